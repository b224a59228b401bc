"""One hour of a site as a table, with units and the duration of the load around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.table import Column, Table

from capsim.pipeline import simulate
from capsim.projection import NEAR_K, NOTHING, SiteHours, known_site, rounded, time_asked
from capsim.report.grids import unframed
from capsim.report.part_tables import part_tables

if TYPE_CHECKING:
    import pandas as pd

    from capsim.projection import Projection
    from capsim.scenario import Scenario

SHARES_OF_A_YEAR = (0.0, 0.01, 0.1, 0.5, 0.9, 1.0)
"""Where the duration curve is shown: the peak, then hours passed in this share of the year."""
_PERCENT = 100.0


def hour_of_site(scenario: Scenario, site: str, at: str, seed: int = 0) -> list[Table]:
    """Project a scenario, keep the hours of one site, and show one. Raises KeyError as `hour_of` does."""
    known_site([place.id for place in scenario.sites], site)
    time_asked(at)
    kept = SiteHours(site)
    projection = simulate(scenario, seed, hourly=kept)
    return hour_listing(projection.with_views(hourly=kept.dataset(scenario)), site, at)


def hour_listing(projection: Projection, site: str, at: str) -> list[Table]:
    """What a site draws, costs and emits in one hour, and the duration curve of that year's load."""
    values = projection.hour(site, at)
    time = cast("pd.Timestamp", values.name)
    off = off_design(values) if at == "design" else ""
    title = f"{site}, {time:%Y-%m-%d %H:%M} UTC; {off}{binds(values)}"
    about, units = values.attrs["long_name"], values.attrs["units"]
    rows = [(about[name], rounded(float(value), 4), units[name]) for name, value in values.items()]
    table = unframed(title, (Column(), Column(justify="right"), Column("unit")), rows)
    curve = _curve(projection.duration_curve(site, time.year), time.year)
    return [table, curve, *(_of_parts(*parts) for parts in part_tables(projection, site))]


def _of_parts(title: str, heads: list[str], rows: list[list[str]]) -> Table:
    """What one system draws by part."""
    first, *rest = heads
    columns = (Column(first), *(Column(at, justify="right") for at in rest))
    return unframed(title, columns, [tuple(row) for row in rows])


def off_design(values: pd.Series[float]) -> str:
    """That no hour with load is near the design day, and how far the nearest is; empty where one is."""
    away = float(values["dry_bulb_c"] - values["design_dry_bulb_c"])
    # also where the design day is not known: then there is nothing to be far from
    if not abs(away) > NEAR_K:
        return ""
    nearest = f"the nearest is {abs(away):.3g} K {'above' if away > 0.0 else 'below'}"
    return f"no hour with load is within {NEAR_K:g} K of the design day, {nearest}; "


def binds(values: pd.Series[float]) -> str:
    """What binds in an hour, and the share of the IT load it holds back."""
    wanted_mw, drawn_mw = float(values["it_wanted_mw"]), float(values["it_mw"])
    limits = values.attrs["binds"]
    if limits == NOTHING:
        return "no limit binds"
    share = rounded(_PERCENT * (wanted_mw - drawn_mw) / wanted_mw, 2)
    return f"what binds: {limits} ({share} % of the IT load wanted is held back)"


def _curve(curve: pd.Series[float], year: int) -> Table:
    last = len(curve) - 1
    loads = {share: float(curve.iloc[min(int(share * len(curve)), last)]) for share in SHARES_OF_A_YEAR}
    rows = [(f"{share * _PERCENT:g} %", rounded(mw, 4)) for share, mw in loads.items()]
    columns = Column("share of the hours above"), Column("MW", justify="right")
    return unframed(f"Facility load in {year}", columns, rows)
