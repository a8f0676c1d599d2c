"""Where the course enters nbgrader's converters: before a run starts, and when feedback is written."""

from datetime import UTC, datetime
from typing import Any

from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import GenerateAssignment

from itband_course.grading.autograde import CaseRun
from itband_course.grading.bank import BankError
from itband_course.grading.course import CaseFault, Course, UsesBank, course_of, graded_cells
from itband_course.grading.foreign import guard


class CaseExporter(NotebookExporter, UsesBank):
    """nbgrader's notebook exporter for releasing and autograding, which refuses to start a run that cannot be right.

    nbgrader constructs it once a run, before it looks at any submission or removes any earlier result. A fault raised
    here therefore ends the run with everything as it was; raised later it would fail student after student.
    """

    def __init__(self, config: Any = None, **settings: Any) -> None:
        super().__init__(config=config, **settings)
        converter = self.parent
        case = converter.coursedir.assignment_id
        course = course_of(self)
        releasing = isinstance(converter, GenerateAssignment)
        if not course.is_case(case):
            if not releasing:
                # What executes notebooks is not loaded where a case is graded.
                from itband_course.grading.confined import ConfinedExecute

                # Before nbgrader removes any former result.
                ConfinedExecute(parent=self).refuse_unless_possible(case)
                converter.convert_notebooks = guard(converter)
            return
        check = course.check_releasable if releasing else course.check_gradable
        try:
            check(case)
            if releasing:
                _check_same_cells(course, case, converter.coursedir.db_url)
        except CaseFault as error:
            self.log.error("%s", error)
            raise
        if not releasing:
            # The converter calls this next. Its own loop would run notebooks, and cannot keep what this one promises.
            converter.convert_notebooks = CaseRun(converter, course).run


class FeedbackExporter(HTMLExporter, UsesBank):
    """Feedback pages: the course's own page for cases, nbgrader's for every other assignment."""

    def __init__(self, config: Any = None, **settings: Any) -> None:
        super().__init__(config=config, **settings)
        case = self.parent.coursedir.assignment_id
        if not course_of(self).is_case(case):
            return
        try:
            course_of(self).client(case)
        except BankError as error:
            self.log.error("%s", error)
            raise CaseFault(str(error)) from error
        if self.feedback != "full":
            return
        due = _due(self.parent.coursedir.db_url, case)
        if due is None:
            self.log.warning(
                "«%s» has no due date in the gradebook. Full feedback holds the whole key: send it only when nobody "
                "may hand in any more.",
                case,
            )
        elif due > datetime.now(UTC).replace(tzinfo=None):
            fault = CaseFault(
                f"«{case}» is due at {due:%Y-%m-%d %H:%M} UTC, and full feedback holds the whole key. Nothing was "
                'written. Wait until then, or set c.UsesBank.feedback = "chosen" in nbgrader_config.py.'
            )
            self.log.error("%s", fault)
            raise fault

    def from_notebook_node(self, nb: Any, resources: Any = None, **settings: Any) -> tuple[str, Any]:
        """Return the page of one student as HTML."""
        # What draws pages is not loaded where a case is graded.
        from itband_course.grading.feedback import Marks, feedback_page

        case = (resources or {}).get("nbgrader", {}).get("assignment")
        if case is None or not course_of(self).is_case(case):
            return super().from_notebook_node(nb, resources, **settings)
        # Past HTMLExporter and its notebook template, for the preprocessors alone: they bring the marks.
        nb, resources = super(TemplateExporter, self).from_notebook_node(nb, resources, **settings)
        page = feedback_page(course_of(self), case, nb, Marks.of(resources), full=self.feedback == "full")
        return page, resources


def _check_same_cells(course: Course, case: str, db_url: str) -> None:
    """Raise if a master gained or lost graded cells after students handed it in: nbgrader would drop the release."""
    with Gradebook(db_url) as gradebook:
        try:
            notebook = gradebook.find_notebook(case, case)
        except MissingEntry:
            return
        known = {cell.name for cell in notebook.grade_cells}
        handed_in = len(notebook.submissions)
    now = graded_cells(course.master(case))
    if handed_in and known != now:
        changed = ", ".join(f"«{name}»" for name in sorted(known ^ now))
        raise CaseFault(
            f"«{case}» has {handed_in} graded submissions, so no question can be added or removed ({changed}), and "
            "nothing was changed. Put the case back as it was, or copy it to a case of another name."
        )


def _due(db_url: str, case: str) -> datetime | None:
    """Return when a case is due, in UTC without a zone as the gradebook keeps it; None where it says nothing."""
    with Gradebook(db_url) as gradebook:
        try:
            return gradebook.find_assignment(case).duedate
        except MissingEntry:
            return None
