"""nbgrader's configuration for the instructor of this course: cases are graded without running a line of a student's.

Whole lists are assigned, never appended to: formgrader runs this file again at every request. In each list the
course's own plug-ins stand among nbgrader's (0.9), which still serve assignments that are no cases.
"""

from pathlib import Path

c = get_config()  # noqa: F821 - given by the program that loads this file

c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "itband"
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    ".answers.json.lock",
]
c.ClearSolutions.text_stub = "Double-click here and write:"

# Where the graded questions with their keys are, relative to this file. Read only while grading, never exported.
c.UsesBank.bank_directory = "bank"

# What stands in release/ is made from source/ and bank/ and nothing else: making it again is always right, and without
# it nbgrader would skip a case whose release is there but whose gradebook is not, as in a fresh clone.
c.GenerateAssignment.force = True
c.GenerateAssignment.exporter_class = "itband_course.grading.exporters.CaseExporter"
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "itband_course.grading.project.ProjectQuestions",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

c.Autograde.exporter_class = "itband_course.grading.exporters.CaseExporter"
# Only other assignments come this far: the exporter above takes cases over before anything is executed.
c.Autograde.autograde_preprocessors = [
    "itband_course.grading.confined.ConfinedExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Students write into the exchange, and make the archives that a learning platform hands out: neither is believed.
c.ExchangeFactory.collect = "itband_course.grading.collecting.Collect"
c.ZipCollectApp.extractor_plugin = "itband_course.grading.downloads.Extract"
c.ZipCollectApp.collector_plugin = "itband_course.grading.downloads.CollectByName"
c.ExportApp.plugin_class = "itband_course.grading.export.Export"

c.GenerateFeedback.exporter_class = "itband_course.grading.exporters.FeedbackExporter"
