"""Label a run: arrays become an xarray Dataset and pandas tables, with units and long names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from capsim.buildout import stranded
from capsim.projection.monthly_tables import with_units_of
from capsim.projection.months import months_of
from capsim.projection.run import Run, money_name, money_unit
from capsim.units import Array
from capsim.vocabulary import HALLS, HOURLY, MONTHLY, WAITING, Category, Measure

if TYPE_CHECKING:
    import xarray as xr

    from capsim.scenario import Scenario

TIME_UNIT: Final = "ms"
"""Resolution of all times: the coarsest that Parquet keeps."""


def label(measure: Measure, scenario: Scenario) -> tuple[str, dict[str, str]]:
    """Name and attributes of a series, with the scenario's currency where it is money."""
    attributes = {"units": measure.unit_in(money_unit(scenario)), "long_name": measure.meaning}
    return measure.named(scenario.currency.code), attributes


def _variables(
    scenario: Scenario,
    measures: Iterable[Measure],
    dims: tuple[str, ...],
    values: Mapping[str, Array],
) -> dict[str, Any]:
    """Variables of a dataset by name, with units and long names."""
    labels = {measure.name: label(measure, scenario) for measure in measures}
    return {name: (dims, values[plain], attributes) for plain, (name, attributes) in labels.items()}


def monthly_dataset(run: Run) -> xr.Dataset:
    """Monthly series with dims (site, month), and `waiting_mw` with dims (cause, site, month)."""
    import xarray as xr

    scenario, months = run.scenario, months_of(run, month_index(run))
    variables = _variables(scenario, MONTHLY, ("site", "month"), run.operations.monthly)
    of_causes = {WAITING.name: months.waiting_mw}
    variables |= _variables(scenario, [WAITING], ("cause", "site", "month"), of_causes)
    coords = {"cause": list(months.causes), "site": list(months.sites), "month": months.index}
    return xr.Dataset(variables, coords=coords)


def hourly_dataset(run: Run) -> xr.Dataset | None:
    """Hourly series with dims (site, hour), where they were kept."""
    if run.operations.hourly is None:
        return None
    return labelled_hours(run.scenario, [s.id for s in run.scenario.sites], run.operations.hourly)


def labelled_hours(scenario: Scenario, sites: Sequence[str], hourly: Mapping[str, Array]) -> xr.Dataset:
    """Hourly series of some sites, each of shape (site, hour), with units and long names."""
    import xarray as xr

    hours = pd.date_range(scenario.start, periods=scenario.calendar.n_hours, freq="h", unit=TIME_UNIT)
    variables = _variables(scenario, HOURLY, ("site", "hour"), hourly)
    return xr.Dataset(variables, coords={"site": list(sites), "hour": hours})


def milestones_table(run: Run) -> pd.DataFrame:
    """Milestones with the date of each."""
    table = pd.DataFrame(
        run.timeline.milestones, columns=["time_d", "site", "phase", "item", "kind", "amount", "unit"]
    )
    table.insert(1, "date", dates(run, table["time_d"]))
    return table


def waits_table(run: Run) -> pd.DataFrame:
    """What waited for what, from when to when; an empty item is the phase's critical path."""
    table = pd.DataFrame(run.timeline.waits, columns=["start_d", "end_d", "site", "phase", "item", "cause"])
    table["wait_d"] = table["end_d"] - table["start_d"]
    return table


def stranded_table(run: Run) -> pd.DataFrame:
    """What stood idle: power without halls, halls without systems, systems without halls."""
    columns = ["site", "phase", "item", "kind", "amount", "unit", "most", money_name("cost", run.scenario)]
    table = pd.DataFrame(stranded(run.scenario, run.timeline), columns=columns)
    return table.astype(dict.fromkeys(("amount", "most", columns[-1]), "float64"))


def halls_table(run: Run) -> pd.DataFrame:
    """Each hall by month, from the month it is ready or has systems in service. [MW]"""
    halls, months = run.operations.halls, month_index(run)
    ids = [(site.id, phase.id) for site, phase in run.scenario.phases()]
    row, month = np.nonzero((halls["critical_it_mw"] > 0.0) | (halls["nameplate_mw"] > 0.0))
    table = pd.DataFrame(ids, columns=["site", "phase"]).iloc[row].reset_index(drop=True)
    table.insert(0, "month", months[month])
    for series in HALLS:
        table[series.name] = halls[series.name][row, month]
    return with_units_of(table, HALLS)


def ledger_table(run: Run) -> pd.DataFrame:
    """Ledger as dated rows, zero amounts left out."""
    row, month = np.nonzero(run.ledger.amounts)
    lines = pd.DataFrame(run.ledger.lines, columns=["site", "phase", "item", "category"])
    table = lines.iloc[row].reset_index(drop=True)
    table.insert(0, "month", month_index(run)[month])
    table[money_name("amount", run.scenario)] = run.ledger.amounts[row, month]
    return table


def amounts_of(run: Run, category: Category) -> pd.Series[float]:
    """Amounts of a category of the ledger by month, row after row, zero amounts left out."""
    rows = run.ledger.rows(category)
    row, month = np.nonzero(rows)
    return pd.Series(rows[row, month], index=month_index(run)[month])


def dates(run: Run, time_d: pd.Series[float]) -> pd.Series[pd.Timestamp]:
    """Dates of times since the start."""
    days = np.floor(time_d.to_numpy(dtype=np.float64)).astype("timedelta64[D]")
    return pd.Series(np.datetime64(run.scenario.start, "D") + days).astype("datetime64[ms]")


def month_index(run: Run) -> pd.DatetimeIndex:
    """First day of each month."""
    return pd.DatetimeIndex(run.scenario.calendar.months).as_unit(TIME_UNIT)
