"""Question quality in `itband check`: what gives a key away, and the traps of this topic as far as a program sees them.

What a program cannot see (whether a stage is read from signs, whether an order is one of several safe ones, whether a
place is right) stays with whoever reads the case; the safety rules hold the decisions.
"""

import re
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Any

import nbformat

from itband_course.asking import chart_pictures
from itband_course.grading.course import Course
from itband_course.kinds.base import RIGHT
from itband_course.kinds.choices import AuthoredChoices
from itband_course.kinds.number import AuthoredNumber
from itband_course.kinds.one_of import AuthoredOneOf
from itband_course.practising import practice_questions
from itband_course.questions import Authored, kind_of, notes_of, split

LONGEST = 1.6
"""A right choice may be this many times as long as the median of the others."""
PLACE_SPREAD = 3.0
"""Standard deviations by which right choices may gather at one place of the card, or among the longest."""
ALTERNATIVE = 12
"""Words that say what a picture shows, at least."""
SHOWN = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<file>[^)\s]+)\)")
SENTENCE = re.compile(r"(?<=[.!?”])\s+")
NEGATION = re.compile(r"\b(not|never|except|cannot|least)\b")
"""In small letters only: «NOT» is marked."""
DENIES = re.compile(r"\b(not?|never|cannot|nothing|neither|without|leaves?|left)\b|n’t\b", re.IGNORECASE)


@dataclass(frozen=True)
class Trap:
    """Something that no right choice may say.

    Parameters
    ----------
    says : str
        A regular expression, in any case of letters.
    why : str
        What is wrong with it, as a sentence.
    outcome : str
        The outcome whose questions it is looked for in; empty for all.
    denied : bool
        Whether a right choice may say it in order to deny it: «does not show a tight band».
    always : bool
        Whether full notes of the bank are searched for it too.
    """

    says: str
    why: str
    outcome: str = ""
    denied: bool = False
    always: bool = False

    def holds(self, question: Authored, text: str) -> bool:
        """Whether a right choice falls into it."""
        if self.outcome and question.outcome != self.outcome:
            return False
        return bool(re.search(self.says, text, re.IGNORECASE)) and not (self.denied and DENIES.search(text))


BAND = r"(?:iliotibial |it )?band"
TRAPS = (
    Trap(
        r"\b(?:positive|negative)\b.{0,10}\bober|\bober\b.{0,40}\b(?:positive|negative)",
        "Ober is never «positive» or «negative»: write degrees, side, version and side difference.",
        always=True,
    ),
    Trap(
        rf"\b(?:short|tight)\b.{{0,20}}\b{BAND}\b|\b{BAND}\b.{{0,20}}\b(?:short|tight)",
        "no test shows a short or tight band: say what was measured.",
        always=True,
    ),
    Trap(
        r"\b(?:noble|renne)\b.{0,60}\b(?:tight|short|exclud|rules? out|ruled out|prov)",
        "Noble and Renne provoke a pain; they measure nothing, and a quiet one excludes nothing.",
        denied=True,
    ),
    Trap(
        r"\breleas|\badhesion|trigger point|\blengthens? the\b",
        "«release», «adhesion», «trigger point» and «lengthen» are disputed and never the key.",
        always=True,
    ),
    Trap(
        r"\bfriction\b.{0,60}\d+\s*(?:%|per cent|percent|times)|\d+\s*(?:%|per cent|percent).{0,60}\bfriction\b",
        "nobody knows a number for the benefit of friction: leave it out.",
    ),
    Trap(
        r"\b(?:\d+|two|three|four|five|six|seven|eight|ten|twelve)\s+(?:days?|weeks?|months?)\b",
        "signs set the stage, days and weeks do not.",
        outcome="stage-by-signs",
    ),
    Trap(
        r"\borthop|\bsurgeon|\bneurolog|\bradiolog|\bspecialist|\bgeneral practitioner|\bGP\b|\bosteopath|\bchiroprac",
        "who it is differs from country to country: only how soon is graded.",
        outcome="decide-hands-and-referral",
    ),
    Trap(
        r"\bhomans|\bsqueez\w+.{0,20}\bcal(?:f|ves)|\bwells score",
        "no sign or score of a therapist rules a clot in or out: the act is graded.",
        denied=True,
    ),
    Trap(
        rf"\b(?:roll|stretch)\w* (?:out )?(?:the |her |his |your )?{BAND}\b",
        "what is rolled or stretched is muscle: name it.",
        denied=True,
    ),
    Trap(
        r"\bhop(?:s|ping|ped)?\b|\brests? (?:for )?(?:two|three|\d+) weeks? and see",
        "no hop and no «rest and see» where bone may be the source.",
        denied=True,
    ),
    Trap(
        r"\b(?:weak\w*|drop\w*|sinks?)\b.{0,60}\b(?:caus\w+|proves?|proof)\b",
        "a drop or weakness is found with the syndrome and not proved to cause it.",
        denied=True,
    ),
)
"""The traps of this topic that have words to look for; what a claim looks like that is never the key."""


def claims_what_is_doubted(text: str) -> bool:
    """Whether a text claims what the course teaches to doubt, whatever it is about: a full note must not either."""
    return any(re.search(trap.says, text, re.IGNORECASE) for trap in TRAPS if trap.always)


def quality(course: Course) -> list[str]:
    """Return what there is to mend in the wording of all graded and practice questions, one sentence each."""
    graded = list(course.bank.questions.values())
    where = {**course.bank.where, **{name: "data/practice/" for name in practice_questions()}}
    questions = [*graded, *practice_questions().values()]
    problems = [f"{where[one.id]}, «{one.id}»: {problem}" for one in questions for problem in question_problems(one)]
    problems += gathered(graded) + gathered(practice_questions().values(), "practice")
    return problems + pictures_without_words(course)


def pictures_without_words(course: Course) -> list[str]:
    """Return which pictures of masters and lessons do not say in words what they show."""
    shown: list[tuple[str, str]] = []
    for path in [course.source / case / f"{case}.ipynb" for case in course.cases()] + sorted(
        (course.root / "notebooks").glob("*.ipynb")
    ):
        cells = nbformat.read(path, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        shown += [(found["file"], found["alt"]) for found in SHOWN.finditer(text)]
        shown += chart_pictures(path.parent) if path.parent.parent == course.source else []
    return [
        f"the picture {name} says in {len(words.split())} words what it shows: write {ALTERNATIVE} or more."
        for name, words in shown
        if len(words.split()) < ALTERNATIVE
    ]


def question_problems(question: Authored) -> list[str]:
    """Return what is to be mended in the wording of one question."""
    return [*_lengths(question), *_stem(question), *_traps(question), *_number(question)]


def _lengths(question: Authored) -> Iterator[str]:
    if not isinstance(question, AuthoredChoices):
        return
    for right in _right(question):
        others = [len(choice.text) for choice in question.choice if choice.id != right.id]
        if len(right.text) > LONGEST * statistics.median(others):
            yield f"choice «{right.id}» is right and stands out by its length: shorten it, or say more in the others."


def _stem(question: Authored) -> Iterator[str]:
    asked = SENTENCE.split(question.prompt.strip())[-1]
    if found := NEGATION.search(asked):
        yield f"it asks with an unmarked «{found[0]}»: ask for what is so, or write it in capitals: {found[0].upper()}."


def _traps(question: Authored) -> Iterator[str]:
    denied = bool(re.search(r"\b(?:NOT|NEVER)\b", SENTENCE.split(question.prompt.strip())[-1]))
    for note in notes_of(split(question)[1]):
        if note.verdict in RIGHT and not denied:
            for trap in TRAPS:
                if trap.holds(question, note.text):
                    yield f"«{note.text}» is right there, but {trap.why}"


def _number(question: Authored) -> Iterator[str]:
    if isinstance(question, AuthoredNumber) and re.search(r"\bfriction\b", question.prompt, re.IGNORECASE):
        yield "it asks for a number about friction: nobody knows one for its benefit."


def gathered(questions: Iterable[Any], which: str = "graded") -> list[str]:
    """Return where the right choices of *one-of* questions gather: at one place of the card, or among the longest.

    Parameters
    ----------
    questions : iterable of authored questions
        Kinds other than *one-of* are left out.
    which : str
        What they are called in the sentence.
    """
    asked = [question for question in questions if isinstance(question, AuthoredOneOf)]
    problems = []
    places = max((len(question.choice) for question in asked), default=0)
    for place in range(places):
        with_place = [question for question in asked if len(question.choice) > place]
        there = sum(_place(question) == place for question in with_place)
        if _too_many(there, [1 / len(question.choice) for question in with_place]):
            problems.append(
                f"the right choice is number {place + 1} in {there} of {len(with_place)} {which} one-of questions: "
                "give some of their choices other ids, which decide the order."
            )
    longest = sum(_is_longest(question) for question in asked)
    if _too_many(longest, [1 / len(question.choice) for question in asked]):
        problems.append(
            f"the right choice is the longest in {longest} of {len(asked)} {which} one-of questions: shorten some, or "
            "say more in the others."
        )
    return problems


def _right(question: Any) -> list[Any]:
    return [choice for choice in question.choice if choice.verdict in RIGHT]


def _place(question: AuthoredOneOf) -> int:
    """Return at which place of the card the right choice stands."""
    public = kind_of(question).split(question)[0]
    return [choice.id for choice in public.choices].index(_right(question)[0].id)


def _is_longest(question: AuthoredOneOf) -> bool:
    lengths = sorted((len(choice.text), choice.id) for choice in question.choice)
    return lengths[-1][1] in {choice.id for choice in _right(question)}


def _too_many(found: int, chances: list[float]) -> bool:
    """Whether something happens far more often than by chance."""
    expected = sum(chances)
    return found - expected > PLACE_SPREAD * sqrt(sum(chance * (1 - chance) for chance in chances))
