"""Answers that two students hand in as the same file: one of them did not record them."""

import json
from collections.abc import Mapping

from itband_course.answers import Record
from itband_course.grading.submitted import named

MOMENTS = 3
"""At how many different times answers must have been given before equal times cannot be chance."""


def twins(records: Mapping[str, Record]) -> dict[str, list[str]]:
    """Return a sentence for each student whose answers come from the same file as another's.

    Two things show it, and equal answers are none of them: the seed, which is drawn once and kept in the file; and the
    moments at which all the answers were given, second by second, where somebody has changed the seed.

    Parameters
    ----------
    records : mapping of str to Record
        What each student of a class recorded.
    """
    by_trace: dict[str, list[str]] = {}
    for student, record in records.items():
        for trace in _traces(record):
            by_trace.setdefault(trace, []).append(student)
    others: dict[str, set[str]] = {}
    for students in by_trace.values():
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


def _traces(record: Record) -> list[str]:
    if not record.answers:
        return []
    traces = [f"seed {record.seed}"] if record.seed else []
    moments = {question: (answer.time, answer.value) for question, answer in record.answers.items()}
    if len({time for time, _ in moments.values() if time}) >= MOMENTS:
        traces.append(json.dumps(moments, sort_keys=True))
    return traces
