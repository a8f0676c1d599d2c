"""Answers that two students hand in as the same file: one of them did not record them."""

import hashlib
import json
from collections.abc import Mapping

from itband_course.answers import Record
from itband_course.grading.submitted import named

MOMENTS = 3
"""At how many different times answers must have been given before equal times cannot be chance."""


def twins(marks: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return a sentence for each student whose answers come from the same file as another's.

    Parameters
    ----------
    marks : mapping of str to list of str
        The `birthmarks` of what each student of a class recorded.
    """
    by_mark: dict[str, list[str]] = {}
    for student, of_student in marks.items():
        for mark in of_student:
            by_mark.setdefault(mark, []).append(student)
    others: dict[str, set[str]] = {}
    for students in by_mark.values():
        for student in students:
            if len(students) > 1:
                others.setdefault(student, set()).update(students)
    return {
        student: [
            f"These answers come from the same answers file as those of {named(sorted(found - {student}))}. One was "
            "copied from the other, or both worked in one folder: ask them."
        ]
        for student, found in sorted(others.items())
    }


def birthmarks(record: Record) -> list[str]:
    """Return by what an answers file is known again, in a few dozen characters each; nothing if it holds no answer.

    Equal answers are none of them. The seed is one: it is drawn once and kept in the file. The moments at which all the
    answers were given, second by second, are another, where somebody has changed the seed.
    """
    if not record.answers:
        return []
    marks = [f"seed {record.seed}"] if record.seed else []
    moments = {question: (answer.time, answer.value) for question, answer in record.answers.items()}
    if len({time for time, _ in moments.values() if time}) >= MOMENTS:
        marks.append(hashlib.sha256(json.dumps(moments, sort_keys=True).encode()).hexdigest())
    return marks
