"""Four charts of the leg: what lengthens the path of tensor and band, who abducts, and where the band meets the knee.

Every number is computed from the tables of `itband_course.leg` or stands in a reference that somebody has seen.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from itband_course.figure.linked import Axis, Chart, Curve, Dash, Measure, Published, Table, Tone, number, whole
from itband_course.leg import lengths, moment_arm, path_length, pose

Floats = NDArray[np.float64]

TENSOR = "tfl"
"""The path of tensor fasciae latae with the band, in the tables."""

ADDUCTIONS = (-10, 0, 10, 20)
"""Hip adductions, in degrees, that have a line of their own; negative is abduction."""

LINES: tuple[Dash, ...] = ("dotted", "dashed", "dash-dotted", "solid")

STRAIGHT, BENT = 0, 90
"""Knee flexion of the modified Ober and of the Ober, in degrees."""

FOOT_STRIKE = Published("orchard-1996", "foot strike of nine runners, 21.4° ± 4.3°", at=21.4, spread=4.3)
ZONE = Published("orchard-1996", "where it hurts: from foot strike to about 30°", low=21.4, high=30)
PEDAL = Published("farrell-2003", "straightest knee of ten cyclists, about 33°", at=33)
ULTRASOUND = (3.8, 7.1)
"""Millimetres by which the band's front fibres came nearer to the epicondyle from 0° to 45° of knee flexion, lying and
standing: jelsing-2013."""

ABDUCTORS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "tensor": ("Tensor fasciae latae", ((TENSOR, "tensor"),)),
    "medius": (
        "Gluteus medius",
        (("glmed1", "medius, front"), ("glmed2", "medius, middle"), ("glmed3", "medius, back")),
    ),
    "minimus": (
        "Gluteus minimus",
        (("glmin1", "minimus, front"), ("glmin2", "minimus, middle"), ("glmin3", "minimus, back")),
    ),
    "maximus": (
        "Gluteus maximus",
        (("glmax1", "maximus, upper"), ("glmax2", "maximus, middle"), ("glmax3", "maximus, lower")),
    ),
}
"""Groups of muscles at the side of the hip: title, and the parts that the tables know with the words at their lines."""

DISSECTED: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    TENSOR: ((4.5, 7.8, 5.6), (2.2, -43.6, 3.3)),
    "glmed1": ((2.7, 10.2, 6.2), (-1.8, -2.6, 7.3)),
    "glmed2": ((-0.2, 13.2, 1.8), (-1.8, -2.6, 7.3)),
    "glmed3": ((-4.8, 9.7, -1.5), (-1.8, -2.6, 7.3)),
    "glmin1": ((2.9, 7.3, 4.1), (0.4, -2.7, 6.9)),
    "glmin2": ((-0.4, 8.8, 2.0), (0.4, -2.7, 6.9)),
    "glmin3": ((-2.6, 7.1, 0.0), (0.4, -2.7, 6.9)),
}
"""Where muscles begin and end in one man's dissected right hip, standing, in cm from the middle of the joint: to the
front, up, and outwards; dostal-1981. Its gluteus maximus is one line, so that it cannot be held against three parts."""

PARTS: tuple[Dash, ...] = ("solid", "dashed", "dotted")
GROUP_TONES: dict[str, Tone] = {"tensor": "band", "medius": "muscle", "minimus": "text", "maximus": "quiet"}

NOT_CLIENTS = "The model is one body of its own: read directions and differences from it, not a client’s millimetres."


def band_length_by_knee() -> Chart:
    """Return the path of tensor and band, in mm, against knee flexion for several hip adductions.

    Source: `itband_course.leg.path_length`.
    """
    standing = path_length(TENSOR)
    by_knee = path_length(TENSOR, knee_flexion=BENT) - standing
    by_hip = path_length(TENSOR, hip_adduction=ADDUCTIONS[-1]) - standing
    first, second = (
        path_length(TENSOR, knee_flexion=to) - path_length(TENSOR, knee_flexion=to - 30) for to in (30, 60)
    )
    arms = [knee_arm(knee) for knee in (STRAIGHT, BENT)]
    always = min(knee_arm(knee) for knee in range(0, 121)) > 0
    less = ober_difference()
    ober, modified = pose("ober").angles["knee_flexion"], pose("modified-ober").angles["hip_adduction"]
    told = ", ".join(f"{whole(angle)}°" for angle in ADDUCTIONS)
    return Chart(
        question="Does bending the knee or adducting the hip lengthen the path from tensor to shin more?",
        title=f"Adducting the hip {ADDUCTIONS[-1]}° lengthens the path by {whole(by_hip)} mm, "
        f"bending the knee {BENT}° by {whole(by_knee)} mm",
        x_axis=Axis("knee_flexion", "Knee flexion", 0, 120, 30),
        y_axis=_length_axis(),
        tables=[_band_table()],
        curves=[
            *(
                Curve(f"at{angle}", f"adduction {whole(angle)}°", TENSOR, {"hip_adduction": angle}, dash, "quiet")
                for angle, dash in zip(ADDUCTIONS, LINES, strict=True)
            ),
            Curve("now", "now: adduction {hip_adduction}°", TENSOR, tone="band", point=True),
        ],
        published=[ZONE, Published("reese-bandy-2003"), Published("falvey-2010"), Published("spoor-1992")],
        agrees=f"With the knee bent {whole(ober)}° (Ober) the path is as long at {number(modified - less)}° of "
        f"adduction as with the knee straight (modified Ober) at {whole(modified)}°: {number(abs(less))}° "
        f"{'less' if less > 0 else 'more'}. 61 people {'also ' if less > 0 else ''}reached less far with the knee bent "
        f"(Reese and Bandy 2003). The direction {'agrees' if less > 0 else 'does not agree'}; no size is compared. "
        f"Near 30°, where it hurts, nothing jumps: the first 30° of knee flexion add {number(first)} mm, the next 30° "
        f"{number(second)} mm. What gets longer as the knee bends helps to hold it straight: in this model "
        f"{'at every angle' if always else 'not at every angle'}, with a leverage of {number(arms[0])} mm at "
        f"{STRAIGHT}° and {number(arms[1])} mm at {BENT}°. Books say that beyond about 30° the band can help to bend: "
        f"{'here model and books differ' if always else 'that agrees'}. A study that measured it on a knee calls its "
        "own result for tensor unreliable, because the fascia gives way and is tied down (Spoor and van Leeuwen 1992).",
        cannot="The path is muscle and band in one line: it does not tell how much of the change is band. In bodies "
        "given to science the band itself lengthened hardly at all (Falvey 2010). Nothing touches in the model: it "
        f"knows no friction, no pressure and no fat beneath the band. {NOT_CLIENTS}",
        source=_source("path of tensor fasciae latae with the band"),
        alternative=f"Lines for hip adduction of {told} run one above the other and rise slowly and evenly as the "
        f"knee bends from 0° to 120°: from {number(standing)} mm at adduction 0° and knee straight to "
        f"{number(standing + by_knee)} mm at knee {BENT}°. More adduction lies higher.",
        x=30,
    )


def abduction_by_hip() -> Chart:
    """Return the abduction moment arms, in mm, of tensor and gluteal muscles against hip flexion.

    Source: `itband_course.leg.moment_arm`, turned about so that positive abducts.
    """
    parts = {muscle: words for _, group in ABDUCTORS.values() for muscle, words in group}
    standing, bent = (
        {muscle: -moment_arm(muscle, "hip_adduction", hip_flexion=f) for muscle in parts} for f in (0, 90)
    )
    loser = min(parts, key=lambda muscle: bent[muscle] - standing[muscle])
    keeper = max(parts, key=lambda muscle: bent[muscle])
    helping = [muscle for muscle in parts if standing[muscle] > 0]
    weaker = [muscle for muscle in helping if bent[muscle] < standing[muscle]]
    off = max(lengths.tables().muscles[muscle].arm_error_max for muscle in parts)
    usual = float(np.mean([lengths.tables().muscles[muscle].arm_error_mean for muscle in parts]))
    apart = {muscle: standing[muscle] - dissected_arm(muscle) for muscle in DISSECTED}
    farthest = max(apart, key=lambda muscle: abs(apart[muscle]))
    leads, led = max(parts, key=lambda muscle: standing[muscle]), max(DISSECTED, key=dissected_arm)
    upper, lower = (("abducts" if standing[muscle] > 0 else "adducts") for muscle in ("glmax1", "glmax3"))
    names = lengths.tables().muscles
    return Chart(
        question="Which muscles share the work of abduction, and does it matter how far the hip is bent?",
        title=f"Bend the hip to 90° and {_named(names[loser].name)} loses its arm to abduct: {whole(standing[loser])} "
        f"to {whole(bent[loser])} mm; {_named(names[keeper].name)} keeps {whole(bent[keeper])} mm",
        x_axis=Axis("hip_flexion", "Hip flexion", -20, 90, 10),
        y_axis=Measure("Moment arm: above 0 abducts, below 0 adducts", "mm", -80, 60, 20, most=3, height=440),
        tables=[_arm_table(muscle) for muscle in parts],
        curves=[
            Curve(muscle, words, muscle, {}, dash, GROUP_TONES[group], point=True, group=title)
            for group, (title, members) in ABDUCTORS.items()
            for (muscle, words), dash in zip(members, PARTS, strict=False)
        ],
        published=[Published("dostal-1981"), Published("hutchinson-2022"), Published("birnbaum-2004")],
        agrees="Anatomy books name directions: tensor, gluteus medius, gluteus minimus and the upper "
        f"fibres of gluteus maximus abduct. Standing, {len(helping)} of the {len(parts)} parts abduct here; the upper "
        f"part of gluteus maximus {upper}, the lower {lower}. At 90° of hip flexion the arm is shorter in "
        f"{len(weaker)} of these {len(helping)}. Millimetres, standing, against one man’s dissected hip with straight "
        f"lines for muscles (Dostal and Andrews 1981): {_beside(standing)}. The largest difference is "
        f"{whole(abs(apart[farthest]))} mm: a straight line cuts through what a real muscle bends around, and the two "
        f"are different bodies. Standing, {_named(names[leads].name)} has the most here, "
        f"{_named(names[led].name)} there.",
        cannot="A moment arm is leverage, not strength: how much each muscle does also depends on its size and on how "
        "hard it works. The model’s gluteus maximus has no fibres in the band, though most of the real one’s surface "
        f"layer ends there (Birnbaum 2004). The tables are off by {number(usual)} mm on average and {number(off)} mm "
        f"at worst: near 0 the direction of an arm is not certain. {NOT_CLIENTS}",
        source=_source("moment arms, the slope of the path’s length over 5° to either side"),
        alternative=f"Ten lines over hip flexion from 20° of extension to 90°. Standing, {_named(names[loser].name)} "
        f"has {number(standing[loser])} mm and tensor {number(standing[TENSOR])} mm; both fall as the hip bends, at "
        f"90° to {number(bent[loser])} and {number(bent[TENSOR])} mm. The lower part of gluteus maximus lies below 0 "
        "all along.",
        x=0,
    )


def band_length_by_drop() -> Chart:
    """Return how much longer than standing the path of tensor and band is, in mm and %, when the pelvis drops.

    The thigh stays upright: the hip is adducted by as many degrees as the pelvis drops. Source:
    `itband_course.leg.path_length`.
    """
    standing = path_length(TENSOR)
    more = path_length(TENSOR, hip_adduction=10) - standing
    most = path_length(TENSOR, hip_adduction=20) - standing
    hitch = path_length(TENSOR, hip_adduction=-10) - standing
    squat = {name: angle for name, angle in pose("single-leg-squat").angles.items() if name in lengths_of()}
    del squat["hip_adduction"]
    level = path_length(TENSOR, **squat) - standing
    in_squat = path_length(TENSOR, **squat, hip_adduction=10) - standing - level
    beside = "lower" if level < 0 else "higher"
    table = _band_table()
    return Chart(
        question="On one leg the other side of the pelvis sinks. What does that do to the path of tensor and band?",
        title=f"A pelvis that drops 10° makes the path of tensor and band {number(more)} mm longer, "
        f"{number(100 * more / standing)} % of standing",
        x_axis=Axis("hip_adduction", "Hip drop (hip adduction, thigh upright)", -10, 20, 5, also=["pelvic_drop"]),
        y_axis=Measure(
            "Longer than standing",
            "mm",
            -40,
            20,
            10,
            above="longer than standing",
            below="shorter than standing",
            whole=standing,
            is_difference=True,
        ),
        tables=[Table(TENSOR, table.axes, table.numbers - standing)],
        curves=[
            Curve(
                "standing", "knee straight", TENSOR, dict.fromkeys(set(table.axes) - {"hip_adduction"}, 0.0), "dashed"
            ),
            Curve("squat", "single-leg squat", TENSOR, squat, "dotted"),
            Curve("now", "now: knee {knee_flexion}°", TENSOR, tone="band", point=True),
        ],
        published=[
            Published("noehren-2007"),
            Published("hamill-2008"),
            Published("aderem-2015"),
            Published("falvey-2010"),
        ],
        agrees="In women who later had pain at the outer knee, hips adducted more in running (Noehren 2007) and a "
        f"modelled band was strained more (Hamill 2008). The model {'agrees' if more > 0 else 'does not agree'} in "
        f"direction: a drop of 10° adds {number(more)} mm in standing and {number(in_squat)} mm in a single-leg "
        f"squat. But the bent hip of that squat by itself makes the path {number(abs(level))} mm "
        f"{'shorter' if level < 0 else 'longer'}. No size is compared: the course knows no published one that it may "
        "print.",
        cannot="The path is muscle and band in one line; tensor can lengthen where the band hardly does (Falvey 2010). "
        "Nothing touches in the model: a longer path is not more friction, nor more pressure on the fat beneath the "
        "band, and does not say that a drop causes pain. A review found small effects in few studies (Aderem 2015). "
        f"{NOT_CLIENTS}",
        source=_source("path of tensor fasciae latae with the band"),
        alternative=f"A line rises from {number(hitch)} mm when the other side is raised 10° through 0 when the pelvis "
        f"is level to {number(more)} mm at a drop of 10° and {number(most)} mm at 20°. In a single-leg squat the line "
        f"is about as steep and some {whole(abs(level))} mm {beside}.",
        x=10,
    )


def band_before_knee() -> Chart:
    """Return how far the band's lower end stands in front of the knee's axis, in mm, against knee flexion.

    Source: `itband_course.leg.lengths.band_before_knee_axis`.
    """
    crossing = axis_crossing()
    straight, thirty, later, bent = (float(lengths.band_before_knee_axis(knee)) for knee in (0, 30, 45, 90))
    strike, spread = float(FOOT_STRIKE.at or 0), FOOT_STRIKE.spread
    place = "before" if crossing < float(ZONE.low or 0) else "within" if crossing <= float(ZONE.high or 0) else "after"
    within = "within" if abs(crossing - strike) <= spread else "beyond"
    knees = [float(knee) for knee in np.arange(0, 91, 5)]
    low, high = ULTRASOUND
    return Chart(
        question="At which knee angle does the band’s end on the shin pass from the front of the knee’s axis to its "
        "back?",
        title=f"The band’s end passes behind the knee’s axis at {whole(crossing)}°, {place} the zone near 30° "
        "where it hurts",
        x_axis=Axis("knee_flexion", "Knee flexion", 0, 90, 10),
        y_axis=Measure(
            "Band’s end in front of the knee’s axis", "mm", -50, 20, 10, "in front of the axis", "behind the axis"
        ),
        tables=[Table("end", {"knee_flexion": knees}, np.asarray(lengths.band_before_knee_axis(np.array(knees))))],
        curves=[Curve("end", "band’s end", "end", tone="band", point=True)],
        published=[FOOT_STRIKE, ZONE, PEDAL, Published("fairclough-2006"), Published("jelsing-2013")],
        agrees="The band is said to lie in front of the axis near extension and behind it beyond about 30°; the exact "
        f"angle varies between books. Here its end passes at {number(crossing)}°, {number(abs(30 - crossing))}° "
        f"{'earlier' if crossing < 30 else 'later'}, and {number(abs(strike - crossing))}° "
        f"{'before' if crossing < strike else 'after'} the mean of foot strike, {within} one standard deviation "
        f"({number(spread)}°; Orchard 1996). At 30° it stands {number(abs(thirty))} mm "
        f"{'behind' if thirty < 0 else 'in front'}. From 0° to 45° it goes {number(straight - later)} mm back; "
        f"ultrasound saw the front fibres come on average {number(low)} mm (lying) and {number(high)} mm (standing) "
        "nearer to the epicondyle (Jelsing 2013). That is another place: the end turns with the shin, the band at the "
        "epicondyle is tied to the thigh. And the end is not the line of pull: the model’s path gets longer all the "
        f"way, so its pull passes {number(knee_arm(STRAIGHT))} mm in front of the axis at {STRAIGHT}° and still "
        f"{number(knee_arm(BENT))} mm at {BENT}°.",
        cannot="The model knows the knee’s axis, not the epicondyle. Nothing touches in it: it cannot tell whether the "
        "band rubs there (friction, Orchard 1996) or presses the fat beneath it (compression, Fairclough 2006), and "
        f"that is disputed. {NOT_CLIENTS}",
        source=_source("place of the path’s end on the shin, seen from the thigh"),
        alternative=f"A line falls evenly from {number(straight)} mm in front of the knee’s axis with the knee "
        f"straight, through 0 at {number(crossing)}°, to {number(abs(bent))} mm behind it at 90°. Above it stand foot "
        f"strike at {number(strike)}° and the zone of pain up to about 30°.",
        x=30,
    )


def axis_crossing() -> float:
    """Return the knee flexion, in degrees, at which the band's end stands level with the knee's axis."""
    knees = np.arange(0, 121, 1.0)
    places = lengths.band_before_knee_axis(knees)
    return float(np.interp(0, places[::-1], knees[::-1]))


def knee_arm(knee_flexion: float) -> float:
    """Return the leverage, in mm, with which the path of tensor and band holds the knee straight; below 0 it bends."""
    return -float(moment_arm(TENSOR, "knee_flexion", knee_flexion=knee_flexion))


def dissected_arm(muscle: str) -> float:
    """Return a muscle's moment arm of abduction, in mm, of the straight line between its ends in `DISSECTED`."""
    start, end = (np.array(place) for place in DISSECTED[muscle])
    pull = (start - end) / np.linalg.norm(start - end)
    # About the axis that points to the front; taking the right thigh outwards turns it the negative way.
    return -10 * float(np.cross(end, pull)[0])


def ober_difference() -> float:
    """Return by how many degrees less adduction the path is as long with the knee bent as with the knee straight.

    The pose of the modified Ober is the measure; hip flexion is the same in both.
    """
    modified = pose("modified-ober").angles
    flexion, adduction = modified["hip_flexion"], modified["hip_adduction"]
    wanted = path_length(TENSOR, hip_flexion=flexion, hip_adduction=adduction, knee_flexion=STRAIGHT)
    hips = np.linspace(-40, 30, 701)
    bent = path_length(TENSOR, hip_flexion=flexion, hip_adduction=hips, knee_flexion=BENT)
    return float(adduction - np.interp(wanted, bent, hips))


def lengths_of() -> list[str]:
    """Return the angles that change the path of tensor and band."""
    return lengths.tables().muscles[TENSOR].angles


def _named(name: str) -> str:
    """Return a muscle's name from the tables as it stands in a sentence: «the front part of gluteus medius»."""
    muscle, _, part = name.partition(", ")
    return f"the {part} of {muscle}" if part else muscle.replace(" with the band", "")


def _beside(standing: dict[str, float]) -> str:
    """Return each group's moment arms beside those of `DISSECTED`: «tensor fasciae latae 53 beside 52; …»."""
    told = []
    for title, members in ABDUCTORS.values():
        known = [muscle for muscle, _ in members if muscle in DISSECTED]
        if known:
            here = ", ".join(whole(standing[muscle]) for muscle in known)
            there = ", ".join(whole(dissected_arm(muscle)) for muscle in known)
            order = " (front, middle, back)" if len(known) > 1 else ""
            told.append(f"{title[0].lower()}{title[1:]}{order} {here} beside {there}")
    return "; ".join(told)


def _source(what: str) -> str:
    return (
        f"Computed: {what}, from the published model of Rajagopal et al. 2016 "
        "(doi 10.1109/TBME.2016.2586891), between whose points the course draws straight lines."
    )


def _length_axis() -> Measure:
    standing = path_length(TENSOR)
    found = path_length(TENSOR, hip_adduction=np.array(ADDUCTIONS)[:, None], knee_flexion=np.array([0, 120]))
    return Measure(
        "Path of tensor and band",
        "mm",
        float(10 * np.floor(found.min() / 10)),
        float(10 * np.ceil(found.max() / 10)),
        10,
        above="longer than standing",
        below="shorter than standing",
        whole=standing,
    )


@cache
def _grid(step: float = 10) -> dict[str, list[float]]:
    """Return the grid of the tables: hip angles and knee, in degrees; hip adduction in steps of its own."""
    return {
        "hip_flexion": [float(at) for at in range(-20, 121, 10)],
        "hip_adduction": [float(at) for at in np.arange(-40, 30.1, step)],
        "hip_rotation": [float(at) for at in range(-40, 41, 10)],
        "knee_flexion": [float(at) for at in range(0, 121, 10)],
    }


@cache
def _band_table() -> Table:
    """Return all lengths of the path of tensor and band, in mm, at the points of the tables themselves."""
    axes = {name: _grid()[name] for name in lengths_of()}
    return Table(TENSOR, axes, np.asarray(path_length(TENSOR, **_mesh(axes))))


@cache
def _arm_table(muscle: str) -> Table:
    """Return abduction moment arms of a muscle, in mm.

    Between points of the tables a slope over 5° to either side bends every 5° of adduction and nowhere else, so that
    this grid gives the same as `moment_arm` in between too. The knee stays straight.
    """
    axes = {name: at for name, at in _grid(lengths.STEP).items() if name != "knee_flexion"}
    return Table(muscle, axes, -np.asarray(moment_arm(muscle, "hip_adduction", **_mesh(axes))))


def _mesh(axes: dict[str, list[float]]) -> dict[str, Floats]:
    return dict(zip(axes, np.meshgrid(*axes.values(), indexing="ij"), strict=True))


CHARTS = {
    "band-length-by-knee": band_length_by_knee,
    "abduction-by-hip": abduction_by_hip,
    "band-length-by-drop": band_length_by_drop,
    "band-before-knee": band_before_knee,
}
"""All charts, by id."""
