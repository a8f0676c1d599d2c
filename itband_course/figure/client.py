"""What is known of a client: the chart that a workup is about, what the pictures are drawn from, how the story ends."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from itband_course.kinds.workup import Finding

Pain = Annotated[int, Meta(ge=0, le=10)]
Degrees = Annotated[int, Meta(ge=0, le=160)]
Kilometres = Annotated[float, Meta(ge=0)]
Girth = Annotated[float, Meta(ge=15, le=90)]
Count = Annotated[float, Meta(ge=0)]
Words = Annotated[str, Meta(min_length=1)]
# The places that the findings picture knows where to label.
Landmark = Literal[
    "gluteus_medius",
    "tensor_fasciae_latae",
    "patella_centre",
    "lateral_epicondyle",
    "lateral_joint_line",
    "fibular_head",
]


class Load(Struct, frozen=True, forbid_unknown_fields=True):
    """How the load grew, and when it began to hurt.

    Parameters
    ----------
    title : str
        What the chart shows, in one sentence.
    weeks : list of str
        Name of each week, the earliest first; the last one ends with the onset.
    km : list of float
        Distance of each week, in kilometres.
    run : str
        What was special about the last week.
    onset : str
        What happened when the pain began.
    days_ago : int
        Days from the onset to the visit.
    """

    title: Words
    weeks: Annotated[list[Words], Meta(min_length=2)]
    km: list[Kilometres]
    run: Words
    onset: Words
    days_ago: Annotated[int, Meta(ge=0)]

    def __post_init__(self) -> None:
        if len(self.weeks) != len(self.km):
            raise ValueError(f"{len(self.weeks)} weeks but {len(self.km)} distances: give each week its km")


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """A palpated place.

    Parameters
    ----------
    landmark : str
        Where it lies on the drawn leg.
    name : str
        What the label calls it.
    pain : int
        On light touch, 0 to 10.
    familiar : bool
        Whether it is the pain that the client came with.
    words : str
        What else was felt or seen there.
    """

    landmark: Landmark
    name: Words
    pain: Pain
    familiar: bool
    words: str = ""


class Situation(Struct, frozen=True, forbid_unknown_fields=True):
    """A situation of daily life and the pain in it, 0 to 10."""

    words: Words
    pain: Pain


class Tapes(Struct, frozen=True, forbid_unknown_fields=True):
    """Two tapes round the legs, to be read.

    Parameters
    ----------
    title : str
        What the picture shows, in one sentence.
    where : str
        Where the tapes lie, and how.
    right, left : float
        What they read, in centimetres.
    """

    title: Words
    where: Words
    right: Girth
    left: Girth


class Event(Struct, frozen=True, forbid_unknown_fields=True):
    """What happened, and when, counted from the visit."""

    when: Words
    words: Words


class Timeline(Struct, frozen=True, forbid_unknown_fields=True):
    """What happened before the visit.

    Parameters
    ----------
    title : str
        What the picture shows, in one sentence.
    source : str
        Where it comes from.
    event : list of Event
        The earliest first.
    """

    title: Words
    source: Words
    event: Annotated[list[Event], Meta(min_length=2)]


class Pair(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing counted or measured on both sides in the same way.

    Parameters
    ----------
    words : str
        What was counted.
    unit : str
        Of the numbers, as the axis names it.
    right, left : float
        What was found on each side.
    most : float
        Where the axis ends: the most that could be, or a round number above both.
    right_words, left_words : str
        What else there is to say of a side.
    """

    words: Words
    unit: Words
    right: Count
    left: Count
    most: Annotated[float, Meta(gt=0)]
    right_words: str = ""
    left_words: str = ""

    def __post_init__(self) -> None:
        if max(self.right, self.left) > self.most:
            raise ValueError(f"«{self.words}» has more than its most, {self.most:g}: raise it")


class Sides(Struct, frozen=True, forbid_unknown_fields=True):
    """What both sides were found to do, side by side.

    Parameters
    ----------
    title : str
        What the picture shows, in one sentence that names neither stage nor diagnosis.
    pair : list of Pair
        One group of two bars each.
    """

    title: Words
    pair: Annotated[list[Pair], Meta(min_length=1, max_length=4)]


class KneeRange(Struct, frozen=True, forbid_unknown_fields=True):
    """How far one knee straightens and bends, in degrees; a straight knee is 0, bending counts upwards."""

    side: Literal["left", "right"]
    low: Degrees = field(name="from")
    high: Degrees = field(name="to")

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise ValueError(f"the {self.side} knee goes from {self.low} to {self.high}: the bend comes last")


class Bend(Struct, frozen=True, forbid_unknown_fields=True):
    """How far both knees bend.

    Parameters
    ----------
    title : str
        What the picture shows, in one sentence.
    knee : list of KneeRange
        Both knees, each once.
    sore : {'left', 'right'}
        The knee whose end of bend is not free.
    end : str
        What is felt there.
    """

    title: Words
    knee: Annotated[list[KneeRange], Meta(min_length=2, max_length=2)]
    sore: Literal["left", "right"]
    end: Words

    def __post_init__(self) -> None:
        if {knee.side for knee in self.knee} != {"left", "right"}:
            raise ValueError("the bend names one knee twice: give left and right one range each")


class Client(Struct, frozen=True, forbid_unknown_fields=True):
    """One client.

    Parameters
    ----------
    name : str
        First name.
    closure : str
        What this client taught and what became of them; shown with the full feedback, never in a picture.
    findings : str
        What the picture of the findings shows, in one sentence that names neither stage nor diagnosis.
    load : Load or None
        Training before the onset; without it no such picture is drawn.
    sides : Sides or None
        What both sides were found to do; without it no such picture is drawn.
    place : list of Place
        Palpated places; without them no picture of findings is drawn.
    situation : list of Situation
        Pain by situation, the mildest first.
    timeline : Timeline or None
        What happened before the visit; without it no such picture is drawn.
    tapes : Tapes or None
        Tapes to be read; without them no such picture is drawn.
    bend : Bend or None
        How far both knees bend; without it no such picture is drawn.
    chart : list of Finding
        All that a workup of this client can find.
    """

    name: Words
    closure: Words
    findings: str = ""
    load: Load | None = None
    sides: Sides | None = None
    place: list[Place] = []
    situation: list[Situation] = []
    timeline: Timeline | None = None
    tapes: Tapes | None = None
    bend: Bend | None = None
    chart: list[Finding] = []

    def __post_init__(self) -> None:
        if self.place and not self.findings.strip():
            raise ValueError("it has places and no findings: say in a sentence what their picture shows")
