"""The right leg: a figure that moves, what a musculoskeletal model measures in the same poses, words for its parts.

Picture and numbers are two different people's: the picture shows where things are, the tables how lengths change.
"""

from itband_course.leg.figure import landmark, regions, right_leg
from itband_course.leg.lengths import LegError, moment_arm, path_length
from itband_course.leg.poses import pose, poses
from itband_course.leg.structures import structure, structures

__all__ = [
    "LegError",
    "landmark",
    "moment_arm",
    "path_length",
    "pose",
    "poses",
    "regions",
    "right_leg",
    "structure",
    "structures",
]
