"""*Workup*: a client to examine. The student chooses what to ask, look at, feel, measure and test: that is the answer.

What is found comes from the client's chart, which the bank hands to the question. What an act is worth is said in the
question itself. The mark goes by key features: two thirds of the points for what has to be known before hands, where
the six lines of the screen card together count as one thing; one third for the findings that tell one cause from
another. An act that only irritates takes the share of one such finding away, but never more than that third. One that
could harm the client, or delay urgent care, makes the question 0. Anything else costs minutes of the appointment, and
never marks: who asks more must not fare worse than who asks less.

An answer is a log: acts are added to it, none is ever taken out, and none stands in it twice.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from itband_course.kinds.base import (
    ID_PATTERN,
    AuthoredBase,
    ChartGroup,
    ChartRow,
    ChoiceNote,
    Invalid,
    Kind,
    Points,
    QuestionBase,
    Sample,
    Score,
    Verdict,
    lint_ids,
    lint_reason,
    share_reason,
    shared_fields,
    shuffled,
    tally_ids,
)
from itband_course.kinds.examiner import error

RULE = (
    "Two thirds of the points for what has to be known before hands, where the whole screen card counts as one thing; "
    "one third for findings that tell causes apart. What only irritates takes one finding's share away, what could "
    "harm the client makes the question 0; anything else costs minutes, never marks."
)
MUST_SHARE = 2 / 3
"""Of the points, for what has to be known before hands; safety weighs more than telling causes apart."""

Group = Literal["card", "ask", "look", "palpate", "measure", "test"]
GROUPS: dict[Group, str] = {
    "card": "Screen card",
    "ask": "Ask",
    "look": "Look",
    "palpate": "Feel",
    "measure": "Measure",
    "test": "Test",
}
"""The groups of a chart in their order, and what the card calls them."""
CARD = {
    "line-1": "Feeling unwell, fever, shivering",
    "line-2": "Numbness, weakness; bladder, bowel, urge, stream; numbness on wiping; sexual feeling; both legs",
    "line-3": "Swelling of the calf or the whole leg; travel, surgery, bed rest; hormones, birth; a clot, their own or "
    "in the family; breath, chest, fainting",
    "line-4": "Pain at night or at rest, weight loss, a lump, cancer, a fall, groin or thigh pain on each step",
    "line-5": "Blood thinners, steroids, bone medicine, tablets today, injections, allergies",
    "line-6": "Pregnancy; where bone may hurt: periods, eating, weight, an earlier stress fracture",
}
"""The six lines of the screen card: the same in every case."""
WHOLE_CARD, WHOLE_CARD_TEXT = "whole-card", "The whole screen card"
WHOLE_CARD_REASON = (
    "All six lines, at every first visit: each may change what your hands do today. Together they count once."
)
MOST = 80
"""How many acts a chart holds at most, and so how long a log can be."""

Worth = Literal["must", "discriminates", "neutral", "irritates", "danger"]
VERDICTS: dict[Worth, Verdict] = {
    "must": "right",
    "discriminates": "right",
    "neutral": "neutral",
    "irritates": "wrong",
    "danger": "danger",
}
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Angle(Struct, frozen=True, forbid_unknown_fields=True):
    """An angle in the words of a finding, which have ``{id}`` where it belongs.

    Parameters
    ----------
    id : str
        Unique within its finding.
    true : int
        What it is, in degrees.
    within : int
        How far off a student's reading may be.
    signed : bool
        Whether it is written with its sign, ``+6°``.
    """

    id: str
    true: int
    within: Annotated[int, Meta(ge=0, le=10)]
    signed: bool = False


class Finding(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry of a client's chart: what can be sought, and what is found then.

    Parameters
    ----------
    id : str
        Unique within the chart; of the screen card one of `CARD`.
    group : str
        One of `GROUPS`.
    text : str
        What the student chooses to ask or do; the screen card has the course's own words.
    found : str
        What is found, in the client's or the examiner's words.
    minutes : int
        Of a real appointment.
    region : str
        Where on the body map it can be chosen; empty where it is chosen in the list alone.
    angles : list of Angle
        Those that `found` names.
    """

    id: str
    group: Group
    found: str
    minutes: Annotated[int, Meta(ge=0, le=60)]
    text: str = ""
    region: str = ""
    angles: list[Angle] = field(default_factory=list)


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """What the author says of one entry of the chart."""

    id: str
    reason: str
    worth: Worth = field(name="is")
    misconception: str = ""


class Once(Struct, frozen=True, forbid_unknown_fields=True):
    """Acts of which one is enough: each further one irritates."""

    id: str
    acts: list[str]
    reason: str
    misconception: str = ""


class AuthoredWorkup(
    AuthoredBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="workup"
):
    """A workup as written in the bank.

    Parameters
    ----------
    minutes : int
        How long the client has for it.
    item : list of Item
        What each entry of the chart is worth.
    path : list of str
        In which order an expert would go.
    client : str
        Whose chart it is: a file of ``bank/clients/``. Empty where the chart stands in the question.
    once : list of Once
    views : list of str
        Views of the body map on which the chart's regions can be chosen.
    chart : list of Finding
        The client's chart; the bank fills it in where `client` names one.
    """

    minutes: Annotated[int, Meta(ge=1, le=240)]
    item: list[Item]
    path: list[str]
    client: str = ""
    once: list[Once] = field(default_factory=list)
    views: list[str] = field(default_factory=list)
    chart: list[Finding] = field(default_factory=list)


class PublicFinding(Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of the chart in `questions.json`; the card gets `found` and `angles` only once it is sought."""

    id: str
    text: str
    found: str
    minutes: int
    region: str = ""
    angles: list[Angle] = field(default_factory=list)


class PublicGroup(Struct, frozen=True, forbid_unknown_fields=True):
    """Entries of the chart that are sought in one way."""

    id: Group
    title: str
    acts: list[PublicFinding]


class Workup(QuestionBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="workup"):
    """A workup as a student may see it."""

    minutes: int
    views: list[str]
    groups: list[PublicGroup]

    def acts(self) -> dict[str, PublicFinding]:
        """Return all that can be sought, by id, in the order of the card."""
        return {act.id: act for group in self.groups for act in group.acts}


class WorkupRubric(Struct, frozen=True):
    """What decides the mark of a workup.

    Parameters
    ----------
    points : float
    worths : dict of str to str
        What each act is worth, in the order of the card.
    card : tuple of str
        The lines of the screen card.
    once : dict of str to tuple of str
        Acts of which one is enough, by the id of the note on them.
    path : tuple of str
        The expert's.
    notes : tuple of ChoiceNote
        One for each act, then the whole card, then what is done once only.
    """

    points: float
    worths: dict[str, Worth]
    card: tuple[str, ...]
    once: dict[str, tuple[str, ...]]
    path: tuple[str, ...]
    notes: tuple[ChoiceNote, ...]

    def ids(self, worth: Worth) -> list[str]:
        """Return the acts of one worth."""
        return [act for act, its in self.worths.items() if its == worth]


def split(authored: AuthoredWorkup) -> tuple[Workup, WorkupRubric]:
    """Part the bank's question into what the student sees and what the grader knows.

    Within a group acts stand in an order that says nothing about the key; the screen card has its own.
    """
    groups = []
    for group, title in GROUPS.items():
        entries = [entry for entry in authored.chart if entry.group == group]
        ordered = sorted(entries, key=lambda entry: entry.id) if group == "card" else shuffled(authored.id, entries)
        acts = [
            PublicFinding(entry.id, _text(entry), entry.found, entry.minutes, entry.region, entry.angles)
            for entry in ordered
        ]
        if acts:
            groups.append(PublicGroup(id=group, title=title, acts=acts))
    question = Workup(
        **shared_fields(authored), rule=RULE, minutes=authored.minutes, views=list(authored.views), groups=groups
    )
    return question, _rubric(authored, question)


def _text(entry: Finding) -> str:
    return CARD.get(entry.id, entry.text) if entry.group == "card" else entry.text


def _rubric(authored: AuthoredWorkup, question: Workup) -> WorkupRubric:
    items = {item.id: item for item in authored.item}
    acts = {name: act.text for name, act in question.acts().items() if name in items}
    card = tuple(entry.id for entry in authored.chart if entry.group == "card")
    found = [
        ChoiceNote(
            choice=name,
            text=text,
            # A line that decides nothing here still belongs to the whole card.
            verdict="right" if name in card and items[name].worth == "neutral" else VERDICTS[items[name].worth],
            reason=items[name].reason,
            misconception=items[name].misconception,
        )
        for name, text in acts.items()
    ]
    found.append(ChoiceNote(WHOLE_CARD, WHOLE_CARD_TEXT, "right", WHOLE_CARD_REASON))
    once = sorted(authored.once, key=lambda group: group.id)
    found += [
        ChoiceNote(
            choice=f"once/{group.id}",
            text=_more_than_one(text for name, text in acts.items() if name in group.acts),
            verdict="wrong",
            reason=group.reason,
            misconception=group.misconception,
        )
        for group in once
    ]
    return WorkupRubric(
        points=authored.points,
        worths={name: items[name].worth for name in acts},
        card=tuple(sorted(card)),
        once={f"once/{group.id}": tuple(sorted(group.acts)) for group in once},
        path=tuple(authored.path),
        notes=tuple(found),
    )


def score(rubric: WorkupRubric, value: list[str]) -> Score:
    """Score a log of acts by what is in it; in which order costs nothing."""
    for act in value:
        if act not in rubric.worths:
            return Invalid(f"The recorded act «{act[:80]}» is not one that this question offers.")
    sought = set(value)
    if len(sought) < len(value):
        return Invalid("An act stands twice in the recorded log.")
    known = [sought.issuperset(rubric.card), *(act in sought for act in rubric.ids("must"))]
    telling = rubric.ids("discriminates")
    told = sum(act in sought for act in telling)
    irritated = sum(act in sought for act in rubric.ids("irritates")) + sum(
        max(0, len(sought.intersection(acts)) - 1) for acts in rubric.once.values()
    )
    if sought.intersection(rubric.ids("danger")):
        share, why = 0.0, "An act that could harm the client makes the question 0"
    else:
        examined = max(0, told - irritated) / len(telling) if telling else 0.0
        share = MUST_SHARE * sum(known) / len(known) + (1 - MUST_SHARE) * examined
        why = (
            f"{sum(known)} of {len(known)} things to know before hands, {told} of {len(telling)} findings that tell "
            f"causes apart, {_counted(irritated)}"
        )
    earned = round(share * rubric.points, 2)
    made = _made(rubric, sought)
    return Points(earned=earned, possible=rubric.points, reason=share_reason(why, earned, rubric.points), notes=made)


def _counted(irritated: int) -> str:
    if irritated == 0:
        return "nothing that irritates"
    return "1 act that irritates" if irritated == 1 else f"{irritated} acts that irritate"


def _made(rubric: WorkupRubric, sought: set[str]) -> tuple[ChoiceNote, ...]:
    """Return what there is to say of a log, in the order of the card."""
    said = set(sought) | {name for name, acts in rubric.once.items() if len(sought.intersection(acts)) > 1}
    if rubric.card and sought.issuperset(rubric.card):
        said.add(WHOLE_CARD)
    found = [note for note in rubric.notes if note.choice in said]
    texts = {note.choice: note.text for note in rubric.notes}
    # Of acts of which one is enough it names those that were done: the others are nobody's to know yet.
    done = {
        name: [texts[act] for act in rubric.worths if act in sought and act in acts]
        for name, acts in rubric.once.items()
    }
    return tuple(
        msgspec.structs.replace(note, text=_more_than_one(done[note.choice])) if note.choice in done else note
        for note in found
    )


def _more_than_one(texts: Iterable[str]) -> str:
    return f"More than one of: {'; '.join(texts)}"


def notes(rubric: WorkupRubric) -> tuple[ChoiceNote, ...]:
    """Return all that the key says, save the expert's path."""
    return rubric.notes


def expert(rubric: WorkupRubric) -> tuple[str, ...]:
    """Return the expert's path."""
    return rubric.path


def join(recorded: list[str], sent: list[str]) -> list[str]:
    """Return a log with what was sought since: nothing that is in it ever goes, whatever another window knew."""
    return [*recorded, *(act for act in dict.fromkeys(sent) if act not in recorded)]


def shown(question: Workup) -> Any:
    """Return what the card is given: the question without its findings."""
    public = msgspec.to_builtins(question)
    for group in public["groups"]:
        for act in group["acts"]:
            del act["found"], act["angles"]
    return public


def reply(question: Workup, value: list[str], seed: int) -> dict[str, str]:
    """Return what was found so far, by act: what the card may show beside a recorded log."""
    acts = question.acts()
    return {act: in_words(acts[act], seed) for act in value if act in acts}


def chart(question: Workup, value: list[str], seed: int) -> list[ChartGroup]:
    """Return the whole chart, whatever was sought: angles as they are, and beside them what the student read."""
    return [
        ChartGroup(
            title=group.title,
            rows=[
                ChartRow(
                    text=act.text,
                    found=in_words(act, None),
                    sought=act.id in value,
                    read=in_words(act, seed) if act.angles and act.id in value else "",
                )
                for act in group.acts
            ],
        )
        for group in question.groups
    ]


def in_words(act: PublicFinding, seed: int | None) -> str:
    """Return a finding in words, its angles as a student reads them; with None as they are."""
    angles = {angle.id: angle for angle in act.angles}

    def degrees(place: re.Match[str]) -> str:
        angle = angles.get(place[1])
        if angle is None:
            return place[0]
        read = angle.true + (0 if seed is None else error(seed, f"{act.id}/{angle.id}", angle.within))
        return f"{read:+d}°".replace("-", "−").replace("+0°", "0°") if angle.signed else f"{read}°".replace("-", "−")

    return PLACEHOLDER.sub(degrees, act.found)


def lint(authored: AuthoredWorkup) -> list[str]:
    """Return what the author must mend."""
    if not authored.chart:
        return [
            "it has no chart: name the client whose file in bank/clients/ has one, or write [[question.chart]] tables."
        ]
    offered = {entry.id: entry for entry in authored.chart}
    written = [item.id for item in authored.item]
    problems = lint_ids("finding", (entry.id for entry in authored.chart))
    problems += _lint_chart(authored)
    for name in offered:
        if written.count(name) != 1:
            problems.append(f"[[question.item]] speaks of «{name}» {written.count(name)} times: once for each entry.")
    problems += [
        f"item «{name}» is not in the chart: mend its id or take it out."
        for name in dict.fromkeys(written)
        if name not in offered
    ]
    for item in authored.item:
        problems += lint_reason(f"item «{item.id}»", item.reason)
        if item.worth in ("irritates", "danger") and not item.misconception.strip():
            problems.append(f"item «{item.id}» {item.worth} and names no misconception: say which idea it catches.")
    problems += lint_ids("once", (group.id for group in authored.once))
    for group in authored.once:
        name = f"[[question.once]] «{group.id}»"
        problems += lint_reason(name, group.reason)
        if len(set(group.acts)) < 2 or not set(group.acts) <= set(offered):
            problems.append(f"{name} needs two acts of the chart or more: mend its acts.")
        if not group.misconception.strip():
            problems.append(f"{name} names no misconception: say which idea it catches.")
    return problems or _lint_marks(authored)


def _lint_chart(authored: AuthoredWorkup) -> list[str]:
    """Return what is wrong with the chart itself."""
    problems = []
    lines = [entry.id for entry in authored.chart if entry.group == "card"]
    if sorted(lines) != list(CARD):
        problems.append(f"its screen card has the lines {', '.join(sorted(lines)) or 'none'}: write {', '.join(CARD)}.")
    if len(authored.chart) > MOST:
        problems.append(f"its chart has {len(authored.chart)} entries: {MOST} at most.")
    regions = {entry.region for entry in authored.chart if entry.region}
    if regions or authored.views:
        problems += _lint_regions(authored.views, regions)
    for entry in authored.chart:
        if entry.group == "card" and entry.text not in ("", CARD.get(entry.id, "")):
            problems.append(f"«{entry.id}» of the screen card has words of its own: take its text out.")
        if not entry.found.strip():
            problems.append(f"«{entry.id}» finds nothing: write in found what the client says or you find.")
        named, angles = PLACEHOLDER.findall(entry.found), [angle.id for angle in entry.angles]
        if sorted(named) != sorted(angles):
            problems.append(
                f"«{entry.id}» has places for {_listed(named)} in its words and the angles {_listed(angles)}: write "
                "each angle once, as {id} in found and as an entry of angles."
            )
        problems += [
            f"angle id «{name}» of «{entry.id}» is not lower-case words joined by hyphens: write it so."
            for name in angles
            if not re.match(ID_PATTERN, name)
        ]
    return problems


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"«{name}»" for name in names) or "none"


def _lint_regions(views: Sequence[str], regions: set[str]) -> list[str]:
    """Return what is wrong with the pictures that the chart's regions are chosen on."""
    from itband_course.body.map import pictures

    known = pictures()
    problems = [
        f"there is no view «{name}» of the body: take some of {', '.join(known)}."
        for name in views
        if name not in known
    ]
    seen = {place.id for name in views if name in known for place in known[name].regions}
    problems += [
        f"no view of this question shows «{name}»: add a view, or mend the region in the chart."
        for name in sorted(regions - seen)
    ]
    return problems


def _lint_marks(authored: AuthoredWorkup) -> list[str]:
    """Return what keeps a question without other faults from being marked as its rule says."""
    rubric = split(authored)[1]
    problems = []
    if not rubric.ids("discriminates"):
        problems.append("nothing in it discriminates: a third of the points could not be earned.")
    if not _worth_nothing(rubric):
        problems.append("everything in it earns points: add acts that are neutral, irritate or are a danger.")
    result = score(rubric, list(authored.path))
    if isinstance(result, Invalid):
        problems.append(f"its path cannot be followed ({result.reason.rstrip('.')}): mend its ids.")
    elif isinstance(result, Points) and result.earned < result.possible:
        problems.append(f"its path does not earn all points ({result.reason.rstrip('.')}): mend the path or an item.")
    return problems


def _worth_nothing(rubric: WorkupRubric) -> list[str]:
    """Return acts that earn nothing when they are all that was sought; none if there are none."""
    idle = [act for act in rubric.ids("neutral") if act not in rubric.card]
    return rubric.ids("irritates") or idle or rubric.ids("danger")


def describe(question: Workup, value: list[str]) -> str:
    """Return what was sought, in that order."""
    acts = question.acts()
    return "; ".join(acts[act].text if act in acts else act for act in value)


def text(question: Workup) -> list[str]:
    """Return one line for each group and each act, with its minutes."""
    return [
        line
        for group in question.groups
        for line in (group.title, *(f"○ {act.text} ({act.minutes} min)" for act in group.acts))
    ]


def options(question: Workup) -> dict[str, str]:
    """Return id and text of all that can be sought."""
    return {name: act.text for name, act in question.acts().items()}


def tally(rubric: WorkupRubric, values: Iterable[list[str]]) -> dict[str, int]:
    """Count how often each thing was sought."""
    return tally_ids(rubric.notes, (note.choice for value in values for note in _made(rubric, set(value))))


def samples(rubric: WorkupRubric) -> list[Sample]:
    """Make right, wrong and malformed logs."""
    path = list(rubric.path)
    once = {act for acts in rubric.once.values() for act in acts}
    extra = [act for act in rubric.ids("neutral") if act not in once and act not in path]
    made = [
        Sample("right", path, Points, 1.0),
        Sample("right", [*extra, *path[::-1]], Points, 1.0),
        Sample("wrong", _worth_nothing(rubric), Points, 0.0),
        *(Sample("wrong", [*path, act], Points, 0.0) for act in rubric.ids("danger")),
        Sample("malformed", path[0], Invalid, None),
        Sample("malformed", [*path, "no-such-act"], Invalid, None),
        Sample("malformed", [*path, path[0]], Invalid, None),
    ]
    return made


KIND = Kind(
    name="workup",
    authored=AuthoredWorkup,
    question=Workup,
    rubric=WorkupRubric,
    value=Annotated[list[Annotated[str, Meta(max_length=80)]], Meta(max_length=MOST)],
    split=split,
    score=score,
    lint=lint,
    describe=describe,
    text=text,
    options=options,
    notes=notes,
    tally=tally,
    samples=samples,
    join=join,
    shown=shown,
    reply=reply,
    chart=chart,
    expert=expert,
)
