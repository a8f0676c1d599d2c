"""The course's plates: still pictures of leg and positions with labels, for lessons, print and handouts.

`PLATES` names them all. The light ones are drawn beforehand and lie in ``itband_course/data/plates/``, so that a
student's notebook shows them without matplotlib (`itband_course.figure.shown_plate`); ``tools/plates.py`` draws these
anew. Any other side, pose, theme or size is drawn by the functions that stand behind them.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from itband_course.figure.leg_plates import layers_plate, leg_plate, no_go_plate
from itband_course.figure.plate_panel import PRINT, SCREEN, Plate
from itband_course.figure.position_plates import positions_plate
from itband_course.figure.section_plates import cross_section
from itband_course.figure.shown_plate import PlateError

__all__ = [
    "PLATES",
    "PRINT",
    "SCREEN",
    "Plate",
    "PlateError",
    "cross_section",
    "draw_plate",
    "layers_plate",
    "leg_plate",
    "no_go_plate",
    "positions_plate",
    "write_plates",
]

BENEATH = ("deep", "bones", "drawn")
PLATES: dict[str, Callable[..., Plate]] = {
    "lateral": partial(
        leg_plate,
        "lateral",
        title="The band runs over vastus lateralis, from the hip to Gerdy's tubercle",
        labels=(
            "hip_bone",
            "gluteus_medius",
            "gluteus_maximus",
            "tensor_fasciae_latae",
            "lateral_femoral_cutaneous_nerve",
            "iliotibial_tract",
            "rectus_femoris",
            "vastus_lateralis",
            "long_head_biceps_femoris",
            "short_head_biceps_femoris",
            "iliopatellar_band",
            "patella",
            "gerdys_tubercle",
            "common_fibular_nerve",
            "lateral_head_gastrocnemius",
            "tibialis_anterior",
        ),
    ),
    "lateral-without-band": partial(
        leg_plate,
        "lateral",
        hidden=("iliotibial_tract",),
        title="Take the band away, and vastus lateralis lies bare from hip to knee",
        labels=(
            "gluteus_medius",
            "gluteus_maximus",
            "tensor_fasciae_latae",
            "trochanteric_bursa",
            "femur",
            "rectus_femoris",
            "vastus_lateralis",
            "long_head_biceps_femoris",
            "short_head_biceps_femoris",
            "lateral_intermuscular_septum",
            "band_femoral_strands",
            "patella",
            "distal_fat_pad",
            "lateral_epicondyle",
        ),
    ),
    "lateral-deep": partial(
        leg_plate,
        "lateral",
        layers=BENEATH,
        title="Beneath the outer muscles: the abductors of the hip, and what ties the band to the femur",
        labels=(
            "gluteus_medius",
            "piriformis",
            "trochanteric_bursa",
            "greater_trochanter",
            "sciatic_nerve",
            "vastus_intermedius",
            "lateral_intermuscular_septum",
            "short_head_biceps_femoris",
            "band_femoral_strands",
            "distal_fat_pad",
            "lateral_collateral_ligament",
            "common_fibular_nerve",
            "patellar_tendon",
        ),
    ),
    "lateral-bones": partial(
        leg_plate,
        "lateral",
        layers=("bones",),
        title="Bony places along the band that a hand can find",
        labels=(
            "iliac_crest_top",
            "iliac_tubercle",
            "asis",
            "ischial_tuberosity",
            "greater_trochanter",
            "femur",
            "patella_centre",
            "lateral_epicondyle",
            "lateral_joint_line",
            "gerdys_tubercle",
            "tibial_tuberosity",
            "fibular_head",
            "fibular_neck",
        ),
    ),
    "front": partial(
        leg_plate,
        "front",
        title="From the front the band is an edge; nerve and vessels lie towards the inner side",
        labels=(
            "iliacus",
            "psoas_major",
            "tensor_fasciae_latae",
            "sartorius",
            "lateral_femoral_cutaneous_nerve",
            "femoral_nerve",
            "femoral_artery",
            "femoral_vein",
            "pectineus",
            "adductor_longus",
            "gracilis",
            "rectus_femoris",
            "vastus_lateralis",
            "vastus_medialis",
            "iliotibial_tract",
            "patella",
            "patellar_tendon",
            "great_saphenous_vein",
        ),
    ),
    "front-deep": partial(
        leg_plate,
        "front",
        layers=BENEATH,
        title="Beneath rectus femoris lies vastus intermedius",
        labels=(
            "iliacus",
            "psoas_major",
            "gluteus_minimus",
            "gluteus_medius",
            "femoral_nerve",
            "pectineus",
            "adductor_brevis",
            "adductor_magnus",
            "vastus_intermedius",
            "femur",
            "patella",
            "iliopatellar_band",
            "patellar_tendon",
            "tibia",
        ),
    ),
    "back": partial(
        leg_plate,
        "back",
        title="Behind, gluteus maximus runs into the band, and biceps femoris lies beside it",
        labels=(
            "hip_bone",
            "gluteus_medius",
            "gluteus_maximus",
            "iliotibial_tract",
            "long_head_biceps_femoris",
            "semitendinosus",
            "semimembranosus",
            "adductor_magnus",
            "gracilis",
            "tibial_nerve",
            "common_fibular_nerve",
            "lateral_head_gastrocnemius",
            "medial_head_gastrocnemius",
        ),
    ),
    "back-deep": partial(
        leg_plate,
        "back",
        layers=BENEATH,
        title="The sciatic nerve runs beneath gluteus maximus, between trochanter and sit bone",
        labels=(
            "gluteus_medius",
            "piriformis",
            "gemellus_superior",
            "obturator_internus",
            "gemellus_inferior",
            "quadratus_femoris",
            "ischial_tuberosity",
            "greater_trochanter",
            "sciatic_nerve",
            "adductor_magnus",
            "short_head_biceps_femoris",
            "tibial_nerve",
            "common_fibular_nerve",
            "plantaris",
        ),
    ),
    "hip": partial(
        leg_plate,
        "lateral",
        layers=("deep", "bones", "drawn"),
        crop="hip",
        title="At the outer hip gluteus medius comes down to the trochanter, with a bursa on it",
        labels=(
            "hip_bone",
            "asis",
            "gluteus_medius",
            "gluteus_minimus",
            "iliacus",
            "piriformis",
            "trochanteric_bursa",
            "greater_trochanter",
            "sciatic_nerve",
            "quadratus_femoris",
            "femur",
        ),
    ),
    "knee": partial(
        leg_plate,
        "lateral",
        crop="knee",
        title="At the outer knee the band ends on Gerdy's tubercle and holds on to the kneecap",
        labels=(
            "iliotibial_tract",
            "vastus_lateralis",
            "iliopatellar_band",
            "patella",
            "patellar_tendon",
            "long_head_biceps_femoris",
            "short_head_biceps_femoris",
            "lateral_collateral_ligament",
            "common_fibular_nerve",
            "gerdys_tubercle",
            "lateral_head_gastrocnemius",
            "tibialis_anterior",
        ),
    ),
    "knee-beneath": partial(
        leg_plate,
        "lateral",
        layers=("bones", "drawn", "vessels"),
        crop="knee",
        title="Beneath the band at the knee: fat on the epicondyle, and strands to the femur",
        labels=(
            "femur",
            "band_femoral_strands",
            "distal_fat_pad",
            "lateral_epicondyle",
            "iliopatellar_band",
            "patella",
            "patellar_tendon",
            "lateral_collateral_ligament",
            "gerdys_tubercle",
            "common_fibular_nerve",
            "fibular_head",
            "tibia",
        ),
    ),
    "layers": layers_plate,
    "no-go": no_go_plate,
    "section-hip": partial(cross_section, "hip"),
    "section-mid-thigh": partial(cross_section, "mid-thigh"),
    "section-knee": partial(cross_section, "knee"),
    "positions": positions_plate,
}
"""All plates by id. Each can be asked for another `side`, `theme` and `dpi`."""
AS_DRAWINGS = ("section-hip", "section-mid-thigh", "section-knee")
"""These are lines and areas, and small as SVG files too."""


def draw_plate(plate: str, *, side: str = "right", theme: str = "light", dpi: int = SCREEN) -> Plate:
    """Return a plate of the course, drawn anew.

    Parameters
    ----------
    plate : str
        One of `PLATES`.
    side : {'right', 'left'}
    theme : {'light', 'dark'}
    dpi : int
        Dots to the inch: 120 for a screen, 300 for print.

    Raises
    ------
    PlateError
        If there is no such plate, side or theme.
    """
    if plate not in PLATES:
        raise PlateError(f"There is no plate «{plate}». There are: {', '.join(PLATES)}.")
    return PLATES[plate](side=side, theme=theme, dpi=dpi)


def write_plates(
    folder: Path, *, theme: str = "light", side: str = "right", grey: bool = False, dpi: int = PRINT
) -> Iterator[Path]:
    """Write all plates into a folder: PNG files for print, the sections as SVG too, and their words in ``plates.md``.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    theme : {'light', 'dark'}
    side : {'right', 'left'}
    grey : bool
        Whether the PNG files are grey, as a printer without colour gives them.
    dpi : int

    Yields
    ------
    Path
        Of each file, once it is written.

    Raises
    ------
    PlateError
        If there is no such side or theme.
    OSError
        If the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told = ["# Plates", ""]
    for name in PLATES:
        plate = draw_plate(name, side=side, theme=theme, dpi=dpi)
        files = {f"{name}.png": plate.png(grey=grey)}
        if name in AS_DRAWINGS:
            files[f"{name}.svg"] = plate.svg()
        for file, content in files.items():
            (folder / file).write_bytes(content)
            yield folder / file
        told += [f"![{plate.title}. {plate.alt}]({name}.png)", "", plate.source, ""]
    (folder / "plates.md").write_text("\n".join(told), "utf-8")
    yield folder / "plates.md"
