"""What every widget of the course has: the theme of the page that it stands on, and its text for where it cannot be."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import anywidget

from itband_course import colours

HERE = Path(__file__).parent
PANELS = HERE / "panels.css"
"""Sheet of all widgets that have something to choose and to press and are no card; goes before their own."""
THEMES: dict[Literal["light", "dark"], str] = {
    "light": ".{name}",
    "dark": '[data-jp-theme-light="false"] .{name}, .vscode-dark .{name}',
}
"""Where each theme's colours hold, JupyterLab and VS Code alike."""


def style(name: str, meanings: Iterable[str], sheets: Sequence[Path], others: Mapping[str, str] | None = None) -> str:
    """Return a widget's style sheet, with the page's theme and the course's colours in front.

    Parameters
    ----------
    name : str
        Class of the widget's element: ``itband-card``.
    meanings : iterable of str
        The colours of `itband_course.colours` that the widget uses.
    sheets : sequence of Path
        The widget's own rules.
    others : mapping of str to str, optional
        Further colours by name, the same in both themes.
    """
    own = "".join(f"\n--itband-{other}: {value};" for other, value in (others or {}).items())
    rules = [
        f"{selector.format(name=name)} {{\n{colours.declarations(theme, meanings)}{own}\n}}"
        for theme, selector in THEMES.items()
    ]
    return "\n".join(
        [(HERE / "widgets.css").read_text("utf-8"), *rules, *(sheet.read_text("utf-8") for sheet in sheets)]
    )


class Widget(anywidget.AnyWidget):
    """A widget that says in plain text what it shows, for GitHub, print and saved notebooks."""

    def text(self) -> str:
        """Return the text."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        made = super()._repr_mimebundle_(**kwargs)
        data = made[0] if isinstance(made, tuple) else made
        if data is not None:
            # ipywidgets would cut it at 110 characters.
            data["text/plain"] = self.text()
            data.update(self.pictures())
        return made

    def pictures(self) -> dict[str, str]:
        """Return still pictures by MIME type, to stand beside the text."""
        return {}
