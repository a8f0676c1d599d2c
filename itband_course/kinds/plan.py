"""*Plan*: a session, row by row: what is done, where, with which pressure, for how many minutes, and in which order.

A plan is held against demands: what this client needs, what comes before what, and how long each kind of work takes.
Each demand that a plan gives occasion for has an equal share of the points, so that every order and every choice that
keeps to them is right. A row that could harm the client makes the question 0. What the safety rules forbid for the
client's findings and what comes before what in any session stand in the clinic's facts; a case adds its own.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec
from msgspec import Struct, field

from itband_course.clinic.plans import (
    MOST_MINUTES,
    MOST_ROWS,
    PRESSURES,
    Before,
    Chosen,
    Demand,
    Demands,
    Forbidden,
    Judged,
    Minutes,
    Outcome,
    Refusals,
    Required,
    Row,
    check,
)
from itband_course.clinic.scales import LEVELS, Family
from itband_course.kinds.base import (
    AuthoredBase,
    ChoiceNote,
    Invalid,
    Kind,
    Points,
    PublicChoice,
    QuestionBase,
    Sample,
    Score,
    Verdict,
    lint_ids,
    lint_reason,
    share_reason,
    shared_fields,
    tally_ids,
)
from itband_course.kinds.views import PublicView, lint_places, lint_views, offered_places, shown_views

Value = list[Row] | Literal["no-session"]
RULE = (
    "Demand by demand: what the session needs, what comes before what, and how long each kind of work takes. Each "
    "demand that your plan keeps earns an equal share of the points; every order that keeps them is right. A row that "
    "could harm the client makes the question 0."
)
LENGTHS = (20, 30, 45, 60)
NO_SESSION, NO_SESSION_TEXT = "no-session", LEVELS["hands"]["none"]
"""The answer of somebody who plans no session: an act, and not an empty plan."""
TOTAL = "total"
FEWEST = 6
"""How many techniques and acts a question offers at least."""
VERDICTS: dict[Outcome, Verdict] = {
    "forbidden": "danger",
    "there": "right",
    "missing": "wrong",
    "kept": "right",
    "turned-round": "wrong",
    "within": "right",
    "below": "wrong",
    "above": "wrong",
}


class Some(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Some of all rows: with these techniques or of these families (any where both are empty), at these places."""

    techniques: list[str] = []
    families: list[Family] = []
    places: list[str] = []


class AuthoredRequire(Some, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the session needs at least once."""

    id: str
    text: str
    reason: str
    misconception: str = ""


class AuthoredForbid(Some, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What could harm this client, beside what the safety rules say; from a pressure on, or in any case where 0."""

    id: str
    text: str
    reason: str
    misconception: str
    from_pressure: int = 0


class AuthoredBefore(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What comes before what for this client, beside what holds for all."""

    id: str
    text: str
    first: Some
    then: Some
    reason: str
    misconception: str
    each: Literal["first", "then"] = "then"


class AuthoredBand(Some, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long some of it takes together; both ends belong to it."""

    id: str
    text: str
    low: int = field(name="from")
    high: int = field(name="to")
    reason: str
    misconception: str = ""


class Total(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long the whole session takes; both ends belong to it."""

    low: int = field(name="from")
    high: int = field(name="to")
    reason: str
    misconception: str = ""


class NoSession(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the author says of the answer «No session today»."""

    verdict: Literal["right", "accepted", "wrong"] = field(name="is")
    reason: str
    misconception: str = ""


class AuthoredPlan(AuthoredBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="plan"):
    """A plan question as written in the bank.

    Parameters
    ----------
    findings : list of str
        The client's, as the safety rules read them.
    length : int
        Minutes of the appointment at the table.
    techniques : list of str
        What can be chosen: ids of techniques and of acts of the session.
    views, places : list of str
        Where it can be chosen to do it, as in *hotspot*.
    no_session, total : NoSession, Total
    require, forbid, before, band : list
    exemplar : list of Row
        One plan that earns everything; empty where no session is the right answer.
    """

    findings: list[str]
    length: int
    techniques: list[str]
    views: list[str]
    places: list[str]
    no_session: NoSession
    total: Total
    require: list[AuthoredRequire] = field(default_factory=list)
    forbid: list[AuthoredForbid] = field(default_factory=list)
    before: list[AuthoredBefore] = field(default_factory=list)
    band: list[AuthoredBand] = field(default_factory=list)
    exemplar: list[Row] = field(default_factory=list)


class PublicAct(Struct, frozen=True, forbid_unknown_fields=True):
    """A technique or an act of the session, as a student may see it; whether a row with it has a place, a pressure."""

    id: str
    text: str
    family: Family
    placed: bool
    pressed: bool


class Plan(QuestionBase, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="plan"):
    """A plan question as a student sees it; the picture is drawn from the course's own body map."""

    length: int
    most: int
    techniques: list[PublicAct]
    views: list[PublicView]
    no_session: PublicChoice


class PlanRubric(Struct, frozen=True):
    """What decides the mark of a plan question; nothing has to be looked up any more.

    Parameters
    ----------
    points : float
    acts : tuple of PublicAct
    places : tuple of str
    demands : Demands
    no_session : NoSession
    exemplar : tuple of Row
    names : dict of str to str
        What each act and place is called.
    """

    points: float
    acts: tuple[PublicAct, ...]
    places: tuple[str, ...]
    demands: Demands
    no_session: NoSession
    exemplar: tuple[Row, ...]
    names: dict[str, str]


def split(authored: AuthoredPlan) -> tuple[Plan, PlanRubric]:
    """Part the bank's question into what the student sees and what the grader knows.

    What can be chosen stands in the order of the course's facts and of the body map, so that it says nothing about the
    key.
    """
    acts = _acts(authored.techniques)
    places = offered_places(authored.views, authored.places)
    question = Plan(
        **shared_fields(authored),
        rule=RULE,
        length=authored.length,
        most=MOST_ROWS,
        techniques=list(acts),
        views=shown_views(authored.views, authored.places),
        no_session=PublicChoice(id=NO_SESSION, text=NO_SESSION_TEXT),
    )
    rubric = PlanRubric(
        points=authored.points,
        acts=acts,
        places=tuple(places),
        demands=_demands(authored, acts, tuple(places)),
        no_session=authored.no_session,
        exemplar=tuple(authored.exemplar),
        names={act.id: act.text for act in acts} | places,
    )
    return question, rubric


def _acts(names: Sequence[str]) -> tuple[PublicAct, ...]:
    """Return what a question offers, in the course's order; unknown names are left out."""
    from itband_course.clinic.session import acts

    return tuple(
        PublicAct(act.id, act.text, act.family, act.is_placed, act.is_pressed)
        for act in acts().values()
        if act.id in names
    )


def _demands(authored: AuthoredPlan, acts: Sequence[PublicAct], places: Sequence[str]) -> Demands:
    """Return all that is asked of a plan: by the safety rules, by any session, by the case."""
    from itband_course.clinic.safety import advise
    from itband_course.clinic.session import precedence

    said = advise(authored.findings)
    forbidden = tuple(_forbidden(authored, acts, places))
    refusals = Refusals(forbidden)
    safe = [row for row in _rows(acts, places) if not refusals.of(row)]
    total = Minutes(
        id=TOTAL,
        text="The whole session",
        reason=authored.total.reason,
        misconception=authored.total.misconception,
        what=Chosen(frozenset(act.id for act in acts)),
        low=authored.total.low,
        high=authored.total.high,
    )
    required = [
        Required(id=one.id, text=one.text, reason=one.reason, misconception=one.misconception, what=_chosen(one))
        for one in authored.require
    ]
    before = [
        Before(
            id=one.id,
            text=one.text,
            reason=one.reason,
            misconception=one.misconception,
            first=_chosen(one.first),
            then=_chosen(one.then),
            each=one.each,
        )
        for one in authored.before
    ]
    bands = [
        Minutes(
            id=one.id,
            text=one.text,
            reason=one.reason,
            misconception=one.misconception,
            what=_chosen(one),
            low=one.low,
            high=one.high,
        )
        for one in authored.band
    ]
    # Where no session is right and no plan earns anything, nothing is asked of the order of one.
    ordered = () if authored.no_session.verdict == "right" and not authored.exemplar else precedence(said, places)
    # In an order of their own, so that a mark and its reasons do not depend on how the author sorted them.
    return Demands(
        forbidden=forbidden,
        required=tuple(sorted(required, key=lambda one: one.id)),
        before=(
            *(one for one in ordered if any(_asks_of(one).has(row) for row in safe)),
            *sorted(before, key=lambda one: one.id),
        ),
        minutes=(*sorted(bands, key=lambda one: one.id), total),
    )


def _forbidden(authored: AuthoredPlan, acts: Sequence[PublicAct], places: Sequence[str]) -> list[Forbidden]:
    """Return what forbids at least one row that can be chosen, the case's own first."""
    from itband_course.clinic.safety import advise
    from itband_course.clinic.session import forbidden

    all_of_them = [*_own(authored), *forbidden(advise(authored.findings))]
    refusals = Refusals(all_of_them)
    told = {one.id for row in _rows(acts, places) for one in refusals.of(row)}
    return [one for one in all_of_them if one.id in told]


def _own(authored: AuthoredPlan) -> list[Forbidden]:
    from itband_course.clinic.session import BY_CASE

    return [
        Forbidden(
            id=one.id,
            text=one.text,
            reason=one.reason,
            misconception=one.misconception,
            what=(_chosen(one, one.from_pressure),),
            rank=BY_CASE,
        )
        for one in sorted(authored.forbid, key=lambda one: one.id)
    ]


def _chosen(some: Some, from_pressure: int = 0) -> Chosen:
    from itband_course.clinic.session import chosen

    return chosen(some.techniques, some.families, some.places, (from_pressure, PRESSURES[1]))


def _rows(acts: Iterable[PublicAct], places: Sequence[str]) -> Iterator[Row]:
    """Yield every row that can be chosen, for one minute."""
    for act in acts:
        for place in places if act.placed else ("",):
            for pressure in range(PRESSURES[0], PRESSURES[1] + 1) if act.pressed else (0,):
                yield Row(technique=act.id, minutes=1, place=place, pressure=pressure)


def _asks_of(before: Before) -> Chosen:
    """Return the rows that give a rule its occasion."""
    return before.then if before.each == "then" else before.first


def score(rubric: PlanRubric, value: Value) -> Score:
    """Score the rows of a plan, first to last, or the answer that there is no session today."""
    if isinstance(value, str):
        is_right = rubric.no_session.verdict != "wrong"
        earned = rubric.points if is_right else 0.0
        why = "No session is right for this client today" if is_right else "This client can be helped by a session"
        made = tuple(note for note in notes(rubric) if note.choice == NO_SESSION)
        return Points(earned, rubric.points, share_reason(why, earned, rubric.points), made)
    fault = _fault(rubric, value)
    if fault:
        return Invalid(fault)
    judged = check(value, rubric.demands)
    counted = [one for one in judged if one.outcome != "forbidden"]
    met = sum(one.is_met for one in counted)
    if any(one.outcome == "forbidden" for one in judged):
        earned, why = 0.0, "A row that could harm the client makes the question 0"
    else:
        earned = round(met / len(counted) * rubric.points, 2)
        why = f"{met} of {len(counted)} demands kept"
    said = {f"{one.outcome}/{one.demand}": one for one in judged}
    made = tuple(
        msgspec.structs.replace(note, text=_text(rubric, note, said[note.choice], value))
        for note in notes(rubric)
        if note.choice in said
    )
    return Points(earned, rubric.points, share_reason(why, earned, rubric.points), made)


def _fault(rubric: PlanRubric, rows: Sequence[Row]) -> str:
    """Return why no card can have recorded these rows; empty where one can."""
    if not rows:
        return "The recorded plan has no row."
    if len(rows) > MOST_ROWS:
        return f"The recorded plan has {len(rows)} rows; a card takes {MOST_ROWS} at most."
    faults = (_row_fault(rubric, row) for row in rows)
    return next((f"Row {number} {fault}" for number, fault in enumerate(faults, start=1) if fault), "")


def _row_fault(rubric: PlanRubric, row: Row) -> str:
    act = next((act for act in rubric.acts if act.id == row.technique), None)
    low, high = PRESSURES
    if act is None:
        return f"names «{row.technique[:80]}», which this question does not offer."
    if row.place not in (rubric.places if act.placed else ("",)):
        return f"names the place «{row.place[:80]}», which cannot be chosen there."
    if not (low <= row.pressure <= high if act.pressed else row.pressure == 0):
        return "has a pressure that cannot be chosen there."
    return "" if 1 <= row.minutes <= MOST_MINUTES else "has a number of minutes that cannot be chosen."


def _text(rubric: PlanRubric, note: ChoiceNote, judged: Judged, rows: Sequence[Row]) -> str:
    """Return what a note speaks of, with the rows and minutes of this plan."""
    demand = next(one for one in _all(rubric.demands) if one.id == judged.demand)
    if judged.outcome == "forbidden":
        return "; ".join(f"Row {number + 1}: {_in_words(rubric.names, rows[number])}" for number in judged.rows)
    if judged.outcome in ("within", "below", "above"):
        return f"{demand.text}: {minutes_text(judged.minutes)}{BAND_WORDS[judged.outcome]}"
    if judged.outcome == "turned-round":
        numbers = ", ".join(str(number + 1) for number in judged.rows)
        return f"{note.text}, in row {numbers}" if len(judged.rows) == 1 else f"{note.text}, in rows {numbers}"
    return note.text


def row_numbers(text: str) -> list[int]:
    """Return the rows, counted from 0, that the text of a note on a plan speaks of."""
    named = re.findall(r"(?:^|; )Row (\d+): ", text) or re.findall(r"\d+", text.partition(", in row")[2])
    return [int(number) - 1 for number in named]


BAND_WORDS: dict[Outcome, str] = {"within": "", "below": ", too short", "above": ", too long"}


def _all(demands: Demands) -> list[Demand]:
    return [*demands.forbidden, *demands.required, *demands.before, *demands.minutes]


def notes(rubric: PlanRubric) -> tuple[ChoiceNote, ...]:
    """Return all that the key says: danger first, then each demand kept and not kept, then «No session today»."""
    found = []
    for forbidden in rubric.demands.forbidden:
        found.append(_note("forbidden", forbidden, forbidden.text))
    for required in rubric.demands.required:
        found.append(_note("there", required, f"Needed, and there: {required.text}"))
        found.append(_note("missing", required, f"Needed, and missing: {required.text}"))
    for before in rubric.demands.before:
        found.append(_note("kept", before, before.text))
        found.append(_note("turned-round", before, f"Not kept: {before.text}"))
    for band in rubric.demands.minutes:
        found.append(_note("within", band, f"{band.text}: {_band_text(band)}"))
        if band.low > 0:
            found.append(_note("below", band, f"{band.text}: less than {minutes_text(band.low)}"))
        found.append(_note("above", band, f"{band.text}: more than {minutes_text(band.high)}"))
    said = rubric.no_session
    found.append(ChoiceNote(NO_SESSION, NO_SESSION_TEXT, said.verdict, said.reason, said.misconception))
    return tuple(found)


def _note(outcome: Outcome, demand: Demand, text: str) -> ChoiceNote:
    verdict = VERDICTS[outcome]
    idea = "" if verdict == "right" else demand.misconception
    return ChoiceNote(f"{outcome}/{demand.id}", text, verdict, demand.reason, idea)


def _band_text(band: Minutes) -> str:
    return minutes_text(band.low) if band.low == band.high else f"{band.low} to {minutes_text(band.high)}"


def minutes_text(minutes: int) -> str:
    """Return minutes with their unit."""
    return f"{minutes}\u202fmin"


def _in_words(names: dict[str, str], row: Row) -> str:
    """Return a row in words; what is not known stands as it was recorded."""
    parts = [names.get(row.technique, row.technique)]
    if row.place:
        parts.append(names.get(row.place, row.place))
    if row.pressure:
        parts.append(f"pressure {row.pressure}")
    return " · ".join([*parts, minutes_text(row.minutes)])


def described(question: Plan, rows: Sequence[Row]) -> list[str]:
    """Return each row of a plan in words."""
    names = options(question)
    return [_in_words(names, row) for row in rows]


def lint(authored: AuthoredPlan) -> list[str]:
    """Return what the author must mend."""
    from itband_course.clinic.facts import FactsError
    from itband_course.clinic.safety import advise

    problems = lint_views(authored.views)
    try:
        hands = advise(authored.findings).hands
    except FactsError as error:
        problems.append(f"findings: {error}")
    if problems:
        return problems
    problems += _lint_offered(authored) + _lint_said(authored)
    if problems:
        # What follows is worked out from all this.
        return problems
    rubric = split(authored)[1]
    return _lint_no_session(authored, hands) + _lint_rules(authored, rubric) + _lint_exemplar(authored, hands, rubric)


def _lint_offered(authored: AuthoredPlan) -> list[str]:
    """Return what is wrong with the length and with what can be chosen."""
    from itband_course.clinic.session import acts

    problems = []
    if authored.length not in LENGTHS:
        problems.append(f"its session lasts {authored.length} minutes: write 20, 30, 45 or 60.")
    for name in dict.fromkeys(authored.techniques):
        if name not in acts():
            problems.append(f"techniques: the course knows no «{name}»: mend the id. It knows {', '.join(acts())}.")
        if authored.techniques.count(name) > 1:
            problems.append(f"techniques: «{name}» stands twice: take one out.")
    if len(authored.techniques) < FEWEST:
        problems.append(f"it offers {len(authored.techniques)} techniques: offer {FEWEST} at least.")
    if not authored.places:
        problems.append("places is empty: name those that can be chosen.")
    named = {"places": authored.places}
    for what, some in _named(authored):
        named[what] = some.places
        problems += [
            f"{what}: «{name}» is not among techniques, so nobody can choose it: add it there."
            for name in some.techniques
            if name not in authored.techniques
        ]
    return problems + lint_places(authored.views, offered_places(authored.views, authored.places), named)


def _named(authored: AuthoredPlan) -> list[tuple[str, Some]]:
    """Return all that names techniques and places, with what it is called."""
    found: list[tuple[str, Some]] = [(f"require «{one.id}»", one) for one in authored.require]
    found += [(f"forbid «{one.id}»", one) for one in authored.forbid]
    found += [(f"band «{one.id}»", one) for one in authored.band]
    for one in authored.before:
        found += [(f"before «{one.id}», first", one.first), (f"before «{one.id}», then", one.then)]
    return found


def _lint_said(authored: AuthoredPlan) -> list[str]:
    """Return what is wrong with ids, texts, reasons, misconceptions and bands."""
    from itband_course.clinic.facts import rules, session_rules

    own: list[AuthoredRequire | AuthoredForbid | AuthoredBefore | AuthoredBand]
    own = [*authored.require, *authored.forbid, *authored.before, *authored.band]
    problems = lint_ids("demand", (one.id for one in own))
    taken = {TOTAL, *session_rules()}
    for one in own:
        if one.id in taken or any(one.id.startswith((f"{rule}-left-out-", f"{rule}-closed-")) for rule in rules()):
            problems.append(f"«{one.id}» is the name of a rule of the course: choose another id.")
        if not one.text.strip():
            problems.append(f"«{one.id}» has no text: say in a few words what it asks.")
        problems += lint_reason(f"«{one.id}»", one.reason)
    ideas: list[AuthoredForbid | AuthoredBefore] = [*authored.forbid, *authored.before]
    for what in ideas:
        if not what.misconception.strip():
            problems.append(f"«{what.id}» names no misconception: say which mistaken idea it catches.")
    for forbid in authored.forbid:
        if not 0 <= forbid.from_pressure <= PRESSURES[1]:
            problems.append(f"«{forbid.id}» begins at a pressure of {forbid.from_pressure}: write 0 to {PRESSURES[1]}.")
    bands: list[tuple[str, AuthoredBand | Total]] = [(one.id, one) for one in authored.band]
    for name, band in (*bands, (TOTAL, authored.total)):
        if not 0 <= band.low <= band.high <= authored.length:
            problems.append(
                f"«{name}» runs from {band.low} to {band.high} minutes: write a band between 0 and {authored.length}."
            )
    problems += lint_reason("total", authored.total.reason)
    problems += lint_reason("no_session", authored.no_session.reason)
    if authored.no_session.verdict == "wrong" and not authored.no_session.misconception.strip():
        problems.append("no_session names no misconception: say which mistaken idea it catches.")
    return problems


def _lint_no_session(authored: AuthoredPlan, hands: str) -> list[str]:
    verdict, text = authored.no_session.verdict, LEVELS["hands"]
    if hands == "none" and verdict == "wrong":
        return [f"no session is wrong here, and the safety rules say «{text[hands]}»: mend no_session or the findings."]
    if hands in ("full-plan", "changed-plan") and verdict != "wrong":
        return [f"no session is {verdict}, and the safety rules say «{text[hands]}»: mend no_session or the findings."]
    return []


def _lint_rules(authored: AuthoredPlan, rubric: PlanRubric) -> list[str]:
    """Return where what the case asks and what the safety rules say disagree, or say the same twice."""
    from itband_course.clinic.safety import advise
    from itband_course.clinic.session import forbidden

    every = list(_rows(rubric.acts, rubric.places))
    by_rules = Refusals(forbidden(advise(authored.findings)))
    problems = []
    for own in _own(authored):
        mine = [row for row in every if own.what[0].has(row)]
        if mine and all(by_rules.of(row) for row in mine):
            problems.append(f"forbid «{own.id}»: the safety rules forbid all of it already: take it out.")
        if not mine:
            problems.append(f"forbid «{own.id}» forbids nothing that can be chosen: mend it or take it out.")
    demands = rubric.demands
    refusals = Refusals(demands.forbidden)
    safe = [row for row in every if not refusals.of(row)]
    for required in demands.required:
        mine = [row for row in every if required.what.has(row)]
        if not any(required.what.has(row) for row in safe):
            why = "; ".join(dict.fromkeys(one.text for row in mine for one in refusals.of(row)))
            problems.append(
                f"require «{required.id}»: nothing that can be chosen is that and safe ({why or 'not offered'}): take "
                "it out, or mend findings and forbid."
            )
    if len(safe) == len(every):
        problems.append("nothing that can be chosen could harm the client: offer a place or a technique that could.")
    return problems


def _lint_exemplar(authored: AuthoredPlan, hands: str, rubric: PlanRubric) -> list[str]:
    if not authored.exemplar:
        return (
            [] if hands in ("none", "only-well-away") else ["it has no exemplar: write a plan that earns everything."]
        )
    fault = _fault(rubric, authored.exemplar)
    if fault:
        return [f"its exemplar cannot be recorded: {fault}"]
    result = score(rubric, authored.exemplar)
    if isinstance(result, Points) and result.earned < result.possible:
        lost = "; ".join(note.text for note in result.notes if note.verdict != "right")
        return [f"its exemplar does not earn everything ({lost}): mend it, or what is asked."]
    return []


def describe(question: Plan, value: Value) -> str:
    """Return the plan in words, its rows numbered."""
    if isinstance(value, str):
        return NO_SESSION_TEXT
    lines = described(question, value[:MOST_ROWS])
    return "; ".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


def text(question: Plan) -> list[str]:
    """Return one line for each technique, each place under its view, and «No session today»."""
    return [
        *(f"○ {act.text}" for act in question.techniques),
        *(line for view in question.views for line in (view.title, *(f"○ {place.text}" for place in view.places))),
        f"○ {question.no_session.text}",
    ]


def options(question: Plan) -> dict[str, str]:
    """Return the text of each technique, of each place and of «No session today»."""
    places = {place.id: place.text for view in question.views for place in view.places}
    return (
        {act.id: act.text for act in question.techniques} | places | {question.no_session.id: question.no_session.text}
    )


def tally(rubric: PlanRubric, values: Iterable[Value]) -> dict[str, int]:
    """Count how often each demand was kept or not, each danger planned, and no session chosen."""
    results = [score(rubric, value) for value in values]
    made = [note.choice for result in results if isinstance(result, Points) for note in result.notes]
    return tally_ids(notes(rubric), made)


def exemplar(rubric: PlanRubric) -> Value:
    """Return an answer that earns everything."""
    return list(rubric.exemplar) or "no-session"


def samples(rubric: PlanRubric) -> list[Sample]:
    """Make right, wrong and malformed plans."""
    refusals = Refusals(rubric.demands.forbidden)
    harmful = next(row for row in _rows(rubric.acts, rubric.places) if refusals.of(row))
    right, harm = msgspec.to_builtins(list(rubric.exemplar)), msgspec.to_builtins(harmful)
    made = [
        Sample("wrong", [harm], Points, 0.0),
        Sample("wrong", [*right[: MOST_ROWS - 1], harm], Points, 0.0),
        Sample("malformed", [], Invalid, None),
        Sample("malformed", harm, Invalid, None),
        Sample("malformed", [harm["technique"]], Invalid, None),
        Sample("malformed", [harm] * (MOST_ROWS + 1), Invalid, None),
        Sample("malformed", [{**harm, "technique": "no-such-technique"}], Invalid, None),
        Sample("malformed", [{**harm, "place": "no-such-place"}], Invalid, None),
        Sample("malformed", [{**harm, "minutes": 0}], Invalid, None),
    ]
    if right:
        made.insert(0, Sample("right", right, Points, 1.0))
    is_wrong = rubric.no_session.verdict == "wrong"
    made.append(Sample("wrong" if is_wrong else "right", NO_SESSION, Points, 0.0 if is_wrong else 1.0))
    return made


KIND = Kind(
    name="plan",
    authored=AuthoredPlan,
    question=Plan,
    rubric=PlanRubric,
    value=Value,
    split=split,
    score=score,
    lint=lint,
    describe=describe,
    text=text,
    options=options,
    notes=notes,
    tally=tally,
    samples=samples,
    exemplar=exemplar,
)
