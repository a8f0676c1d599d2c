"""Projection: from a master and the bank to what a student may see."""

from typing import Any

from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from itband_course.answers import empty
from itband_course.asking import (
    NOT_ANSWERED,
    bench_shown,
    chart_shown,
    door_text,
    hand_in_shown,
    not_closed,
    question_text,
)
from itband_course.grading.bank import BankError
from itband_course.grading.course import (
    CaseFault,
    Course,
    UsesBank,
    asked,
    asked_in,
    course_of,
    is_note,
    shows_chart,
    stage_closed_in,
    stages_of,
)
from itband_course.questions import (
    QUESTIONS_FILE,
    CaseQuestions,
    make_case_questions,
    split,
    write_case_questions,
)


class ProjectQuestions(NbGraderPreprocessor, UsesBank):
    """Write the keyless `questions.json` beside the released notebook and set each cell's points.

    Whether the case can be released at all is checked before, by `CaseExporter`.

    Runs inside `nbgrader generate_assignment`, after outputs are cleared and before checksums are computed. Notebooks
    without `ask` cells pass unchanged.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Project one notebook; raises `CaseFault` with what to mend."""
        if not asked(nb):
            return nb, resources
        case = resources["nbgrader"]["assignment"]
        try:
            questions = project(course_of(self), case, nb)
        except (CaseFault, BankError) as error:
            self.log.error("%s", error)
            raise
        resources.setdefault("outputs", {})[QUESTIONS_FILE] = write_case_questions(questions)
        return nb, resources


def project(course: Course, case: str, notebook: Any) -> CaseQuestions:
    """Prepare a master's cells in place and return the public questions of the case.

    Parameters
    ----------
    course : Course
        Whose bank holds the questions.
    case : str
        Id of the case.
    notebook : NotebookNode
        The master.

    Raises
    ------
    CaseFault
        If the master or a question it places cannot be used.
    BankError
        If the bank cannot be read.
    """
    placed = course.placed(case, notebook)
    notes = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if is_note(cell)]
    bank = course.bank
    by_id = {question_id: split(bank.questions[question_id])[0] for question_id in placed}
    stages = stages_of(notebook)
    questions = make_case_questions(case, list(by_id.values()), [bank.notes[note].placed() for note in notes], stages)
    nothing = empty(case)
    by_stage = {stage.id: stage for stage in stages}
    for cell in notebook.cells:
        question_id = asked_in(cell)
        if question_id is not None:
            cell.metadata["nbgrader"] = cell_marks(question_id, bank.questions[question_id].points)
            shown = question_text(questions, nothing, by_id[question_id])
            bench = bench_shown(questions, nothing, by_id[question_id])
            above = [] if bench is None else [bench]
            _show(cell, *above, {"text/plain": shown}, {"text/plain": NOT_ANSWERED})
        elif (stage_id := stage_closed_in(cell)) is not None:
            stage = by_stage[stage_id]
            _show(cell, {"text/plain": door_text(stage)}, {"text/plain": not_closed(stage)})
        elif shows_chart(cell):
            _show(cell, chart_shown(questions, nothing, course.source / case))
        elif _is_hand_in(cell):
            _show(cell, hand_in_shown(questions, nothing))
        elif is_note(cell):
            cell.metadata.nbgrader["points"] = bank.notes[cell.metadata.nbgrader.grade_id].points
    for count, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), start=1):
        cell.execution_count = count
    notebook.metadata["itband"] = {"case": case, "questions": questions.version}
    return questions


def _show(cell: Any, *outputs: dict[str, Any]) -> None:
    """Give a cell the outputs that running it shows before anything is answered.

    nbval compares them, and a reader on GitHub or on paper sees the question.
    """
    cell.outputs = [new_output("display_data", data) for data in outputs]


def _is_hand_in(cell: Any) -> bool:
    return cell.cell_type == "code" and any(line.strip() == "hand_in()" for line in cell.source.splitlines())


def cell_marks(question_id: str, points: float) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell that asks a question: locked and graded automatically."""
    return marks(question_id, "code", grade=True) | {"points": points}


def marks(name: str, cell_type: str, grade: bool = False, solution: bool = False) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell that a student cannot change, unless it is a solution."""
    return {
        "cell_type": cell_type,
        "grade": grade,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
