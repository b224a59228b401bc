"""How scenarios and results show themselves in a notebook: by what `report` makes of them.

`report` stands to the right of every room that has a result, so none of them imports it: it is looked up by
its name when a notebook asks.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar, Self


class Shown:
    """What shows itself in a notebook."""

    def _repr_html_(self) -> str:
        html: str = import_module("capsim.report").as_html(self)
        return html


class Pictured(Shown):
    """A result with pictures."""

    of_scenario: ClassVar[Any] = None
    """What a result is of, where it was made here and not read back: whose values a report shows."""

    def with_scenario(self, scenario: Any) -> Self:
        """The result, which knows from now on what it is of; that is neither compared nor saved."""
        object.__setattr__(self, "of_scenario", scenario)
        return self

    @property
    def plot(self) -> Any:
        """Pictures of the result: ``result.plot.NAME(ax=None)``; ``result.plot`` shows their names."""
        return import_module("capsim.report").Pictures(self)
