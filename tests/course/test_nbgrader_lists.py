"""Our configuration replaces whole lists of nbgrader's. If a new nbgrader changes them, this is where it shows."""

from pathlib import Path

from nbgrader.converters import Autograde, GenerateAssignment
from traitlets.config.loader import PyFileConfigLoader


def names(classes: list) -> list[str]:
    return [item.rsplit(".", 1)[-1] if isinstance(item, str) else item.__name__ for item in classes]


def stock(converter: type, trait: str) -> list[str]:
    return names(converter.class_traits()[trait].default_args[0])


def ours(repository: Path, section: str, trait: str) -> list[str]:
    config = PyFileConfigLoader("nbgrader_config.py", path=str(repository)).load_config()
    return names(config[section][trait])


def test_generate_assignment_is_nbgraders_list_with_projection_after_outputs_are_cleared(
    repository: Path,
) -> None:
    mine = ours(repository, "GenerateAssignment", "preprocessors")
    assert mine.index("ProjectQuestions") == mine.index("ClearOutput") + 1
    mine.remove("ProjectQuestions")
    assert mine == stock(GenerateAssignment, "preprocessors")


def test_sanitizing_is_nbgraders_list_with_rebuild_first(repository: Path) -> None:
    mine = ours(repository, "Autograde", "sanitize_preprocessors")
    assert mine[0] == "Rebuild"
    assert mine[1:] == stock(Autograde, "sanitize_preprocessors")


def test_autograding_is_nbgraders_list_with_scoring_first_and_two_replaced(repository: Path) -> None:
    mine = ours(repository, "Autograde", "autograde_preprocessors")
    assert mine[0] == "ScoreAnswers"
    replaced = {"ExecuteUnlessScored": "Execute", "SaveScores": "SaveAutoGrades"}
    assert [replaced.get(name, name) for name in mine[1:]] == stock(Autograde, "autograde_preprocessors")


def test_no_scorer_is_switched_off_with_execution() -> None:
    from nbgrader.preprocessors import Execute

    from itband_course.grading.rebuild import Rebuild
    from itband_course.grading.scoring import SaveScores, ScoreAnswers

    assert not any(issubclass(plugin, Execute) for plugin in (Rebuild, ScoreAnswers, SaveScores))
