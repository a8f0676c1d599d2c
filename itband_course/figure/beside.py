"""A moving figure and what stands beside it: beside one another where there is room, else one below the other."""

from typing import Any

from ipywidgets import Box, Layout

from itband_course.figure.moving import Figure
from itband_course.widgets import Widget


class Beside(Box):
    """A figure and another widget that moves it.

    Parameters
    ----------
    figure : Figure
    other : Widget
        A chart, a simulator.
    """

    def __init__(self, figure: Figure, other: Widget) -> None:
        self.figure, self.other = figure, other
        # Both are as wide as their place lets them be, and ask for no width of their own: so each gets one here.
        figure.layout = Layout(flex="1 1 20rem", min_width="0")
        other.layout = Layout(flex="1 1 24rem", min_width="0")
        super().__init__(
            [figure, other],
            layout=Layout(flex_flow="row wrap", align_items="flex-start", grid_gap="0 2rem", overflow="visible"),
        )

    def __repr__(self) -> str:
        return f"{self.figure!r}. {self.other!r}"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data = dict(super()._repr_mimebundle_(**kwargs))
        data["text/plain"] = f"{self.figure.text()}\n\n{self.other.text()}"
        return data | self.other.pictures()
