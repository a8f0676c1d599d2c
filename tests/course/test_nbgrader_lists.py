"""Our configuration replaces whole lists of nbgrader's. If a new nbgrader changes them, this is where it shows."""

import inspect
from pathlib import Path

from nbgrader.converters import Autograde, BaseConverter, GenerateAssignment
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


def test_sanitizing_is_left_to_nbgrader(repository: Path) -> None:
    config = PyFileConfigLoader("nbgrader_config.py", path=str(repository)).load_config()
    assert "sanitize_preprocessors" not in config["Autograde"]


def test_autograding_is_nbgraders_list_with_execution_confined(repository: Path) -> None:
    mine = ours(repository, "Autograde", "autograde_preprocessors")
    replaced = {"ConfinedExecute": "Execute"}
    assert [replaced.get(name, name) for name in mine] == stock(Autograde, "autograde_preprocessors")


def test_autograde_makes_its_exporter_before_its_loop_so_that_a_case_is_never_executed() -> None:
    start = inspect.getsource(BaseConverter.start)
    assert start.index("self.exporter_class(parent=self") < start.index("self.convert_notebooks()")
    assert "convert_notebooks" not in vars(Autograde)
