"""The pictures of each kind of result by name: what `plot` of a result offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, update_wrapper
from typing import Any

from capsim.projection import Projection
from capsim.registry import did_you_mean
from capsim.report import (
    answer_figures,
    change_figures,
    money_figures,
    projection_figures,
    study_figures,
    sweep_figures,
)
from capsim.report.gantt import gantt
from capsim.report.site_map import site_map
from capsim.study import (
    Audit,
    Comparison,
    Ensemble,
    EnsembleGrid,
    Forecast,
    Planned,
    Relief,
    Sensitivity,
    Solution,
    Sweep,
)

Draw = Callable[..., Any]
"""Takes a result and, where it is of one panel, the axes to draw on."""
PICTURES: Mapping[type, Mapping[str, Draw]] = {
    Projection: {
        "overview": projection_figures.overview,
        "gantt": gantt,
        "capacity": projection_figures.capacity,
        "power": projection_figures.power,
        "energy_and_carbon": projection_figures.energy_and_carbon,
        "water": projection_figures.water,
        "cumulative_cost": projection_figures.cumulative_cost,
        "costs": money_figures.cost_waterfall,
        "levelised": money_figures.levelised_split,
        "cash": money_figures.cash_and_funding,
        "hours": answer_figures.duration_and_design,
        "map": site_map,
    },
    Ensemble: {"fan": study_figures.picture, "chances": answer_figures.chances_over_time},
    EnsembleGrid: {"ranges": study_figures.ranges},
    Comparison: {"waterfall": study_figures.picture},
    Sensitivity: {"tornado": study_figures.tornado, "indices": answer_figures.sobol_bars},
    Sweep: {"chart": sweep_figures.sweep_chart},
    Relief: {"ladder": answer_figures.relief_ladder},
    Audit: {"references": answer_figures.audit_scatter},
    Solution: {"changes": change_figures.changes},
    Planned: {"changes": change_figures.changes},
    Forecast: {"s_curve": answer_figures.s_curve_chart, "trend": answer_figures.trend_chart},
}
"""By kind of result; the first of each says most."""


class Pictures:
    """The pictures of one result, each a method.

    A picture of one panel takes axes and returns them (``plot.levelised(ax=None)``), on a figure of its own
    where none are given; one of several panels returns its figure.
    """

    def __init__(self, result: object) -> None:
        self._result = result

    def __getattr__(self, name: str) -> Draw:
        known = PICTURES[type(self._result)]
        if name not in known:
            kind = type(self._result).__name__
            raise AttributeError(f"{kind} has no picture {name}{did_you_mean(name, list(known))}")
        drawn: Draw = update_wrapper(partial(known[name], self._result), known[name])
        return drawn

    def __dir__(self) -> list[str]:
        return list(PICTURES[type(self._result)])

    def __repr__(self) -> str:
        return f"<pictures of {self._result!r}: {', '.join(self.__dir__())}>"
