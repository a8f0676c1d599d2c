"""A bank, a case and a notebook that belong to the unit tests alone, so that no change of content moves them."""

import json
from collections.abc import Iterable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import msgspec

from itband_course.answers import MIME, Answer, Closing, Record, Store, bundle, empty
from itband_course.clinic.plans import Row
from itband_course.kinds.choices import AuthoredChoice
from itband_course.kinds.hotspot import AuthoredHotspot, AuthoredPlace, NothingToMark, OtherPlaces
from itband_course.kinds.many_of import AuthoredManyOf
from itband_course.kinds.match import AuthoredMatch, AuthoredMatchChoice, AuthoredRow, Pair
from itband_course.kinds.measure import SAYS, AuthoredMeasure, AuthoredSays, ReadOff, ReadWell
from itband_course.kinds.number import AuthoredNumber, Band, Otherwise, Slip
from itband_course.kinds.one_of import AuthoredOneOf
from itband_course.kinds.order import AuthoredOrder, AuthoredStep, Before
from itband_course.kinds.plan import (
    AuthoredBand,
    AuthoredBefore,
    AuthoredForbid,
    AuthoredPlan,
    AuthoredRequire,
    NoSession,
    Some,
    Total,
)
from itband_course.kinds.triage import AuthoredTriage, HandsReason, TriageKey, WhoReason
from itband_course.kinds.workup import CARD, Angle, AuthoredWorkup, Finding, Item, Once
from itband_course.questions import Authored, CaseQuestions, PlacedNote, Stage, make_case_questions, split

CASE = "the-small-case"
ONE, MANY, NUMBER, ORDER, MATCH, TRIAGE, HOTSPOT, WORKUP, PLAN, MEASURE = ASKED = (
    "which-side",
    "which-signs",
    "rise-in-percent",
    "which-steps",
    "what-fits",
    "hands-and-who",
    "which-places",
    "examine-her",
    "which-session",
    "both-hips",
)
ANSWERS: dict[str, Any] = {
    ONE: "outer",
    MANY: ["warmth", "days"],
    NUMBER: 73.0,
    ORDER: ["walk", "warm", "compare"],
    MATCH: {"band": "slides", "calf": "clot"},
    TRIAGE: {"hands": "none", "who": "nobody-now"},
    HOTSPOT: ["right-outer-knee", "right-shin"],
    WORKUP: ["ask-start", "line-3", "measure-hip"],
    PLAN: [
        {"technique": "baseline", "minutes": 3, "place": "", "pressure": 0},
        {"technique": "petrissage", "minutes": 12, "place": "right-gluteal", "pressure": 3},
    ],
    MEASURE: {"right": 7.0, "left": 30.0, "end_feel": "springy", "says": "a-difference"},
}
"""An answer to each question, as its card records it."""
HANDS = ("full-plan", "changed-plan", "only-well-away", "none")
WHO = ("nobody-now", "next-routine-visit", "within-days", "same-day", "emergency-now")


def common(question_id: str, number: int, points: float, prompt: str) -> dict[str, Any]:
    """Return what a question of any kind has."""
    return {
        "id": question_id,
        "outcome": "see",
        "points": points,
        "prompt": prompt,
        "sources": ["someone-2001"],
        "canary": f"itband-canary-{number:08}-{number:08}",
    }


def choice(choice_id: str, verdict: Any) -> AuthoredChoice:
    """Return a choice; a wrong or dangerous one has its misconception."""
    return AuthoredChoice(
        id=choice_id,
        text=f"Text of {choice_id}",
        reason=f"Because {choice_id} is as it is.",
        verdict=verdict,
        misconception=f"the mistaken idea behind {choice_id}" if verdict in ("wrong", "danger") else "",
    )


def one_of(**changes: Any) -> AuthoredOneOf:
    """Return a one-of question with a right, an accepted and two wrong choices."""
    fields = common(ONE, 1, 2.0, "Which side is it?") | {
        "choice": [
            choice("outer", "right"),
            choice("lateral", "accepted"),
            choice("inner", "wrong"),
            choice("back", "wrong"),
        ],
    }
    return AuthoredOneOf(**fields | changes)


def many_of(**changes: Any) -> AuthoredManyOf:
    """Return a many-of question with every verdict that it may have."""
    fields = common(MANY, 2, 3.0, "Which signs count?") | {
        "choice": [
            choice("warmth", "right"),
            choice("swelling", "right"),
            choice("stairs", "neutral"),
            choice("days", "wrong"),
            choice("ober", "wrong"),
            choice("press-hard", "danger"),
        ],
    }
    return AuthoredManyOf(**fields | changes)


def band(low: float, high: float, reason: str = "Because these numbers are what is asked.") -> Band:
    """Return a band of numbers."""
    return Band(reason=reason, low=low, high=high)


def slip(slip_id: str, low: float, high: float) -> Slip:
    """Return a band of numbers that betray a mistake."""
    return Slip(
        id=slip_id,
        reason=f"Because {slip_id} is a known mistake.",
        low=low,
        high=high,
        misconception=f"the mistaken idea behind {slip_id}",
    )


def number(**changes: Any) -> AuthoredNumber:
    """Return a number question with a near band and a slip."""
    fields = common(NUMBER, 3, 2.0, "By how many per cent did it rise?") | {
        "unit": "%",
        "plausible": (0.0, 300.0),
        "right": band(70.0, 75.0),
        "near": band(65.0, 80.0, "Because these numbers are close to it."),
        "slip": [slip("divided-by-new", 41.0, 43.0)],
        "other": Otherwise(reason="Because any other number is too far away."),
    }
    return AuthoredNumber(**fields | changes)


def step(step_id: str, use: Any) -> AuthoredStep:
    """Return a step; an unsafe one has its misconception."""
    return AuthoredStep(
        id=step_id,
        text=f"Text of {step_id}",
        reason=f"Because {step_id} is as it is.",
        use=use,
        misconception=f"the mistaken idea behind {step_id}" if use == "unsafe" else "",
    )


def before(first: str, then: str) -> Before:
    """Return a pair of steps whose order matters."""
    return Before(
        id=f"{first}-then-{then}",
        first=first,
        then=then,
        reason=f"Because {first} comes before {then}.",
        misconception=f"the mistaken idea that turns {first} and {then} round",
    )


def order(**changes: Any) -> AuthoredOrder:
    """Return an order question with required, optional and unsafe steps."""
    fields = common(ORDER, 4, 3.0, "Which steps do you take, and in which order?") | {
        "step": [
            step("walk", "required"),
            step("warm", "required"),
            step("work", "required"),
            step("compare", "required"),
            step("move", "optional"),
            step("cool", "optional"),
            step("press", "unsafe"),
        ],
        "before": [
            before("walk", "warm"),
            before("warm", "work"),
            before("work", "compare"),
            before("move", "compare"),
            before("compare", "cool"),
        ],
    }
    return AuthoredOrder(**fields | changes)


def row(row_id: str, choice_id: str, *also: str) -> AuthoredRow:
    """Return a row with the choices that are right for it."""
    return AuthoredRow(
        id=row_id,
        text=f"Row {row_id}",
        choice=choice_id,
        reason=f"Because {row_id} goes with {choice_id}.",
        also=list(also),
    )


def fitting(choice_id: str) -> AuthoredMatchChoice:
    """Return a choice that rows may get."""
    return AuthoredMatchChoice(
        id=choice_id,
        text=f"Text of {choice_id}",
        reason=f"Because {choice_id} speaks about something else.",
        misconception=f"the mistaken idea behind {choice_id}",
    )


def pair(row_id: str, choice_id: str) -> Pair:
    """Return a tempting wrong pair."""
    return Pair(
        row=row_id,
        choice=choice_id,
        reason=f"Because {row_id} only looks like {choice_id}.",
        misconception=f"the mistaken idea that {row_id} means {choice_id}",
    )


def match(**changes: Any) -> AuthoredMatch:
    """Return a match question with a row that has two right choices, one choice for two rows, and a tempting pair."""
    fields = common(MATCH, 5, 3.0, "Which finding fits which place?") | {
        "row": [row("band", "slides", "thick"), row("septum", "slides"), row("calf", "fills")],
        "choice": [fitting(choice_id) for choice_id in ("slides", "thick", "fills", "clot", "none-of-them")],
        "pair": [pair("calf", "clot")],
    }
    return AuthoredMatch(**fields | changes)


def triage(**changes: Any) -> AuthoredTriage:
    """Return a triage question with bolder, careful and also-right levels."""
    fields = common(TRIAGE, 6, 4.0, "How far do your hands go, and who else should see her?") | {
        "key": TriageKey(hands="changed-plan", who="next-routine-visit", hands_also=["none"]),
        "hands": [HandsReason(level, *said(level)) for level in HANDS],
        "who": [WhoReason(level, *said(level)) for level in WHO],
    }
    return AuthoredTriage(**fields | changes)


def said(level: str) -> tuple[str, str]:
    """Return reason and misconception of a level."""
    return f"Because {level} is as it is.", f"the mistaken idea behind {level}"


def place(place_id: str, verdict: Any, share: float = 0.5) -> AuthoredPlace:
    """Return a place on the body map; a wrong or dangerous one has its misconception."""
    return AuthoredPlace(
        id=place_id,
        reason=f"Because {place_id} is as it is.",
        verdict=verdict,
        share=share,
        misconception=f"the mistaken idea behind {place_id}" if verdict in ("wrong", "danger") else "",
    )


def hotspot(**changes: Any) -> AuthoredHotspot:
    """Return a hotspot question in the mode ``paint`` with every verdict that it may have, and «Nothing to mark»."""
    fields = common(HOTSPOT, 7, 3.0, "Which places are meant?") | {
        "mode": "paint",
        "views": ["right", "back"],
        "places": [
            "right-outer-knee",
            "right-gerdys-tubercle",
            "right-shin",
            "right-kneecap",
            "right-calf",
            "right-popliteal-fossa",
            "right-gluteal",
        ],
        "place": [
            place("right-outer-knee", "right"),
            place("right-gerdys-tubercle", "right"),
            place("right-kneecap", "neutral"),
            place("right-shin", "wrong"),
            place("right-popliteal-fossa", "danger"),
        ],
        "otherwise": OtherPlaces(
            reason="Because any other place is too far away.", misconception="the mistaken idea of any other place"
        ),
        "nothing": NothingToMark(
            reason="Because there is a place to mark.", verdict="wrong", misconception="the mistaken idea of nothing"
        ),
    }
    return AuthoredHotspot(**fields | changes)


def finding(entry_id: str, group: Any, **more: Any) -> Finding:
    """Return an entry of a client's chart; the screen card has the course's words."""
    words = {} if group == "card" else {"text": f"Text of {entry_id}"}
    return Finding(**{"id": entry_id, "group": group, "found": f"What {entry_id} finds.", "minutes": 1} | words | more)


def item(entry_id: str, worth: Any) -> Item:
    """Return what the author says of an entry; what irritates or harms has its misconception."""
    return Item(
        id=entry_id,
        reason=f"Because {entry_id} is as it is.",
        worth=worth,
        misconception=f"the mistaken idea behind {entry_id}" if worth in ("irritates", "danger") else "",
    )


def workup(**changes: Any) -> AuthoredWorkup:
    """Return a client to examine: two things to know beside the card, three findings that tell, and all else."""
    fields = common(WORKUP, 8, 6.0, "What do you ask, look at, feel, measure and test?") | {
        "minutes": 15,
        "views": ["right-knee"],
        "chart": [
            *(finding(line, "card") for line in CARD),
            finding("ask-start", "ask", minutes=2),
            finding("ask-shoes", "ask"),
            finding("look-skin", "look"),
            finding("feel-bump", "palpate", region="right-outer-epicondyle"),
            finding("feel-gap", "palpate", region="right-outer-joint-line"),
            finding("feel-hard", "palpate"),
            finding(
                "measure-hip",
                "measure",
                minutes=3,
                found="R {r}, L {l}.",
                angles=[Angle("r", 6, 2, signed=True), Angle("l", -12, 5)],
            ),
            finding("test-push", "test"),
            finding("test-thumb", "test"),
            finding("test-stand", "test"),
            finding("test-force", "test"),
        ],
        "item": [
            *(item(line, "must" if line == "line-3" else "neutral") for line in CARD),
            item("ask-start", "must"),
            item("ask-shoes", "neutral"),
            item("look-skin", "discriminates"),
            item("feel-bump", "discriminates"),
            item("feel-gap", "discriminates"),
            item("feel-hard", "irritates"),
            item("measure-hip", "neutral"),
            item("test-push", "irritates"),
            item("test-thumb", "neutral"),
            item("test-stand", "neutral"),
            item("test-force", "danger"),
        ],
        "once": [
            Once(
                id="provoke",
                acts=["test-thumb", "test-stand"],
                reason="Because one of them is enough.",
                misconception="the mistaken idea that two tests tell more",
            )
        ],
        "path": ["ask-start", *CARD, "look-skin", "feel-gap", "feel-bump"],
    }
    return AuthoredWorkup(**fields | changes)


def row_of(technique: str, minutes: int, place: str = "", pressure: int = 0) -> Row:
    """Return a row of a plan."""
    return Row(technique=technique, minutes=minutes, place=place, pressure=pressure)


def plan(**changes: Any) -> AuthoredPlan:
    """Return a plan question of an acute right outer knee, with every kind of demand."""
    hips = ["right-gluteal", "right-anterolateral-hip"]
    fields = common(PLAN, 9, 4.0, "How do you use the session?") | {
        "findings": ["right-outer-knee-warm"],
        "length": 45,
        "techniques": [
            "cold",
            "re-test",
            "baseline",
            "effleurage",
            "petrissage",
            "stripping",
            "passive-movement",
            "gentle-stretch",
            "self-care",
        ],
        "views": ["right"],
        "places": [*hips, "right-lateral-thigh-lower", "right-outer-knee", "right-calf"],
        "no_session": NoSession(
            verdict="wrong", reason="Because she can be helped.", misconception="the mistaken idea of no session"
        ),
        "total": Total(
            low=40, high=45, reason="Because time is what it is.", misconception="the mistaken idea of any length"
        ),
        "require": [
            AuthoredRequire(
                id="work-on-hips",
                text="hands on the hips",
                families=["kneading", "pressing"],
                places=hips,
                reason="Because hips are needed.",
                misconception="the mistaken idea that hips are not needed",
            ),
            AuthoredRequire(
                id="teach", text="home care", techniques=["self-care"], reason="Because teaching is needed."
            ),
        ],
        "forbid": [
            AuthoredForbid(
                id="deep-calf",
                text="Deep work on the calf",
                places=["right-calf"],
                from_pressure=4,
                reason="Because this calf is not pressed.",
                misconception="the mistaken idea behind a deep calf",
            )
        ],
        "before": [
            AuthoredBefore(
                id="move-before-teaching",
                text="Movement before teaching",
                first=Some(families=["movement"]),
                then=Some(techniques=["self-care"]),
                reason="Because she shows what she has felt.",
                misconception="the mistaken idea of teaching first",
            )
        ],
        "band": [
            AuthoredBand(
                id="hips",
                text="Hips together",
                places=hips,
                low=10,
                high=20,
                reason="Because hips take this long.",
                misconception="the mistaken idea of endless hips",
            )
        ],
        "exemplar": [
            row_of("baseline", 3),
            row_of("effleurage", 6, "right-calf", 2),
            row_of("petrissage", 8, "right-gluteal", 3),
            row_of("stripping", 8, "right-anterolateral-hip", 4),
            row_of("passive-movement", 4, "right-anterolateral-hip"),
            row_of("re-test", 3),
            row_of("self-care", 10),
        ],
    }
    return AuthoredPlan(**fields | changes)


def measure(**changes: Any) -> AuthoredMeasure:
    """Return a measure question with all parts; its hips are 15° apart."""
    fields = common(MEASURE, 10, 5.0, "What do you read on both sides?") | {
        "test": "ober",
        "right": 6,
        "left": 21,
        "at_end": "“There it pulls.”",
        "good": ReadWell(reason="Because the pelvis was held."),
        "off": ReadOff(
            reason="Because the pelvis rolled.", misconception="the mistaken idea of a pelvis that lies still"
        ),
        "end_feel": [choice("springy", "right"), choice("soft", "accepted"), choice("hard", "wrong")],
        "felt": [choice("outer-hip", "right"), choice("groin", "wrong"), choice("knee", "wrong")],
        "says": [
            AuthoredSays(
                id=name,
                text=f"Text of {name}",
                reason=f"Because two readings make it {name}.",
                misconception=f"the mistaken idea behind {name}",
            )
            for name in SAYS
        ],
    }
    return AuthoredMeasure(**fields | changes)


def every_kind() -> list[Authored]:
    """Return one question of each kind, in the order of `ASKED`."""
    return [one_of(), many_of(), number(), order(), match(), triage(), hotspot(), workup(), plan(), measure()]


def toml(question: Authored) -> str:
    """Return a question as an author may write it into a file of the bank."""
    fields = msgspec.to_builtins(question)
    return "[[question]]\n" + "".join(
        f"{name} = {toml_value(value)}\n" for name, value in fields.items() if value is not None
    )


def toml_value(value: Any) -> str:
    """Return a JSON value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {toml_value(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def case_questions(*authored: Any, case: str = CASE, stages: Iterable[Stage] = ()) -> CaseQuestions:
    """Return the public questions of a case that asks `authored`, by default one of each kind, and one note."""
    public = [split(question)[0] for question in authored or every_kind()]
    note = PlacedNote(id="my-note", outcome="see", title="Your note", points=4.0)
    return make_case_questions(case, public, [note], stages)


def staged_questions() -> CaseQuestions:
    """Return the questions of a case with three stages to close; the questions after them are in none."""
    return case_questions(
        stages=[
            Stage(id="workup", questions=[ONE, MANY]),
            Stage(id="decisions", questions=[NUMBER, ORDER]),
            Stage(id="plan", questions=[MATCH]),
        ]
    )


def record(
    *answers: tuple[str, int, Any], case: str = CASE, seed: int = 7, closed: dict[str, Closing] | None = None
) -> Record:
    """Return a record of answers, each given as question, revision and value, and of closed stages."""
    made = {
        question: Answer(revision=revision, time=clock(revision), value=value) for question, revision, value in answers
    }
    closings = closed or {}
    given_out = [item.revision for item in (*made.values(), *closings.values())]
    return msgspec.structs.replace(
        empty(case), seed=seed, revision=max(given_out, default=0), answers=made, closed=closings
    )


def closing(revision: int, *questions: str) -> Closing:
    """Return the closing of a stage with these questions."""
    return Closing(revision=revision, time=clock(revision), questions=list(questions))


def clock(minute: int) -> str:
    """Return a time of day that many minutes after noon."""
    return f"2026-03-01T12:{minute:02}:00Z"


def notebook(*carried: Record | Any) -> dict[str, Any]:
    """Return a notebook whose outputs carry records, one a cell; anything else is carried as it is."""
    cells = []
    for item in carried:
        data = {"text/plain": "Recorded", MIME: bundle(item) if isinstance(item, Record) else item}
        outputs = [{"output_type": "display_data", "metadata": {}, "data": data}]
        cells.append({"cell_type": "code", "metadata": {}, "source": "ask()", "execution_count": 1, "outputs": outputs})
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def save_notebook(folder: Path, *carried: Record | Any, name: str = CASE) -> Path:
    """Write a notebook into a folder and return its path."""
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(notebook(*carried)), "utf-8")
    return path


def write_many(folder: str, name: str, count: int, together: Barrier) -> None:
    """Record answers in a row, as a kernel of its own does, from the moment that all others are ready too."""
    store = Store(Path(folder), CASE)
    together.wait(30)
    for number in range(count):
        store.write(f"{name}-{number}", "x", None, "v")
