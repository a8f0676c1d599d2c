"""Where the course enters nbgrader's converters: before a run starts, and when feedback is written."""

from typing import Any

from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbgrader.converters import GenerateAssignment

from itband_course.grading.course import CaseFault, UsesBank, course_of
from itband_course.grading.feedback import feedback_page


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
        if not course.is_case(case):
            return
        check = course.check_releasable if isinstance(converter, GenerateAssignment) else course.check_gradable
        try:
            check(case)
        except CaseFault as error:
            self.log.error("%s", error)
            raise


class FeedbackExporter(HTMLExporter, UsesBank):
    """Feedback pages: the course's own page for cases, nbgrader's for every other assignment."""

    def from_notebook_node(self, nb: Any, resources: Any = None, **settings: Any) -> tuple[str, Any]:
        """Return the page of one student as HTML."""
        case = (resources or {}).get("nbgrader", {}).get("assignment")
        if case is None or not course_of(self).is_case(case):
            return super().from_notebook_node(nb, resources, **settings)
        # Past HTMLExporter and its notebook template, for the preprocessors alone: they bring the marks.
        nb, resources = super(TemplateExporter, self).from_notebook_node(nb, resources, **settings)
        return feedback_page(nb, resources), resources
