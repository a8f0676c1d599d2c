"""The clinic in `itband check`: every fact names its source, and the keys of *triage* agree with the safety rules.

An author writes the client's `findings` on a triage question. The rules say from these how far the hands go and who
else should see the client; the key should say the same. Where the author has a reason to differ, it is written as
`judgement` with the reference that it rests on, `judgement_source`: for two questions of a case at most, or else the
rules are wrong and are to be mended themselves.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from itband_course.clinic.facts import FactsError, counted, without_source
from itband_course.clinic.safety import Advice, advise
from itband_course.facts import references
from itband_course.grading.bank import BankError
from itband_course.grading.course import CaseFault, Course
from itband_course.kinds.base import REASON_LENGTH
from itband_course.kinds.triage import AuthoredTriage
from itband_course.practising import practice_questions

NOTES_A_CASE = 2
"""More differences in one case mean that a rule is wrong, or the case."""
PRACTICE = "practice"


@dataclass
class ClinicCheck:
    """What is to be mended, and what there is to count.

    Parameters
    ----------
    problems : list of str
        One sentence each.
    facts, unsourced : int
        How many facts there are, and how many of them name no source.
    disagreements, notes : int
        Keys that differ from the rules without a note, and with one.
    compared, silent : int
        Triage questions with findings, and without.
    """

    problems: list[str] = field(default_factory=list)
    facts: int = 0
    unsourced: int = 0
    disagreements: int = 0
    notes: int = 0
    compared: int = 0
    silent: int = 0

    def lines(self) -> list[str]:
        """Return the counts in words."""
        return [
            f"facts without source: {self.unsourced} (of {self.facts})",
            f"keys against rules: {self.disagreements} disagreements without a note, {self.notes} notes "
            f"({self.compared} triage questions compared, {self.silent} name no findings)",
        ]


def clinic_check(course: Course) -> ClinicCheck:
    """Return how the clinic's facts stand, and whether the keys agree with the rules."""
    found = ClinicCheck()
    try:
        missing = without_source()
        found.facts, found.unsourced = sum(counted().values()), len(missing)
    except FactsError as error:
        found.problems.append(str(error))
        return found
    found.problems += [
        f"data/clinic/{name.split('/')[0]}.toml, «{name.split('/')[1]}»: it names no source. Add a key of "
        'references.toml to its sources, or say on what it rests: basis = "usual practice".'
        for name in missing
    ]
    try:
        placed = {case: course.placed(case, course.master(case)) for case in course.cases()}
        questions = course.bank.questions
    except (BankError, CaseFault):
        # Said by `Course.problems` already.
        return found
    rest = set(questions) - {name for names in placed.values() for name in names}
    for case, names in (*placed.items(), ("", sorted(rest))):
        asked = [questions[name] for name in names]
        _compare(found, case, ((course.bank.where[one.id], one) for one in asked if isinstance(one, AuthoredTriage)))
    practised = [one for one in practice_questions().values() if isinstance(one, AuthoredTriage)]
    _compare(found, PRACTICE, ((PRACTICE, one) for one in practised))
    return found


def _compare(found: ClinicCheck, case: str, asked: Iterable[tuple[str, AuthoredTriage]]) -> None:
    notes = 0
    for file, question in asked:
        where = f"{file}, «{question.id}»"
        if not question.findings:
            found.silent += 1
            if question.judgement or question.judgement_source:
                found.problems.append(f"{where}: it has a judgement and no findings: write its findings.")
            continue
        found.compared += 1
        try:
            advice = advise(question.findings)
        except FactsError as error:
            found.problems.append(f"{where}: {error}")
            continue
        differs = (question.key.hands, question.key.who) != (advice.hands, advice.who)
        noted = bool(question.judgement.strip())
        notes += differs and noted
        found.notes += differs and noted
        found.disagreements += differs and not noted
        found.problems += [f"{where}: {fault}" for fault in _faults(question, advice, differs)]
    if case and notes > NOTES_A_CASE:
        found.problems.append(
            f"«{case}» differs from the safety rules in {notes} questions: {NOTES_A_CASE} at most. Mend the rules, or "
            "the keys."
        )


def _faults(question: AuthoredTriage, advice: Advice, differs: bool) -> Iterator[str]:
    note, source = question.judgement.strip(), question.judgement_source
    if differs and not note:
        deciding = ", ".join(f"«{one.name}»" for one in advice.applied if one.decides) or "no rule at all"
        yield (
            f"its key says {question.key.hands}, {question.key.who}; the safety rules say {advice.hands}, "
            f"{advice.who}, because of {deciding}. Mend the key or the findings, or say why they differ: judgement, "
            "judgement_source."
        )
    if not differs and (note or source):
        yield "it has a judgement, and its key says what the safety rules say: take the judgement out."
    if differs and note and len(note) < REASON_LENGTH:
        yield "its judgement is no real reason: say in a sentence why the key differs from the rules."
    if differs and note and source not in references():
        yield f"its judgement_source «{source}» is not in itband_course/data/references.toml: mend the key or add it."
