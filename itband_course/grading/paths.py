"""The path through a *workup* on a feedback page: what was sought in which order, in full the expert's too."""

from typing import Any

from itband_course.kinds.base import Points, Score
from itband_course.kinds.workup import Workup


def walked(question: object, score: Score, value: Any, expert: tuple[str, ...]) -> dict[str, Any] | None:
    """Return a path, group by group, None for a question whose answer is none.

    Parameters
    ----------
    question : object
        Any public question; only a *workup* has a path.
    score : Score
        Of the answer: only one that has points is a path.
    value : any JSON value
        As recorded.
    expert : tuple of str
        The expert's path where the page may tell it, else nothing.

    Returns
    -------
    dict or None
        ``minutes`` (of the student's path), ``planned``, ``expert`` (minutes of the expert's path; None where it is not
        told) and ``groups``: for each ``title``, ``yours`` and ``theirs``, lists of ``place`` in the path and ``text``.
    """
    if not isinstance(question, Workup):
        return None
    acts = question.acts()
    yours = list(value) if isinstance(score, Points) else []
    theirs = [act for act in expert if act in acts]
    groups = []
    for group in question.groups:
        here = {act.id for act in group.acts}
        rows = {
            name: [{"place": place, "text": acts[act].text} for place, act in enumerate(path, start=1) if act in here]
            for name, path in (("yours", yours), ("theirs", theirs))
        }
        if rows["yours"] or rows["theirs"]:
            groups.append({"title": group.title, **rows})
    return {
        "minutes": sum(acts[act].minutes for act in yours),
        "planned": question.minutes,
        "expert": sum(acts[act].minutes for act in theirs) if theirs else None,
        "groups": groups,
    }
