"""When, with what spread: percentiles of the dates of phases in an ensemble."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from capsim.scenario import Scenario
from capsim.study.columns import Rows
from capsim.study.statistics import ENDS, PERCENT, PERCENTILES, percentile_intervals, percentile_of

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("site", "phase", "milestone")
SHARES = ("central_percentile", "never_share")
DAYS = ("central", *(f"p{p}{end}" for p in PERCENTILES for end in ENDS))
"""Columns that are dates."""
QUANTILES = {"p10": 0.1, "p20": 0.2, "p50": 0.5, "p80": 0.8, "p90": 0.9}
"""Shares of the draws beside a plan. [1]"""


def date_spread(scenario: Scenario, central: NDArray[np.float64], rows: Rows) -> pd.DataFrame:
    """Spread of the dates of phases.

    Parameters
    ----------
    scenario : Scenario
        Whose start the days count from.
    central : ndarray of float64, shape (n_columns,)
        Row of the central run.
    rows : Rows
        Rows of the replications; so many columns are read at a time as memory allows.

    Returns
    -------
    dates : pandas.DataFrame
        As in `capsim.study.ensembles.Ensemble`.
    """
    records, layout = [], rows.layout
    for first, values in rows.chunks(layout.first_date, layout.first_activity):
        for column, days in enumerate(values, first):
            # What is there at the start in every draw has no spread to tell of.
            if is_there_already(days, central[column]):
                continue
            key = layout.dates[column - layout.first_date]
            records.append(dict(zip(KEYS, key, strict=True)) | _spread(scenario.start, central[column], days))
    return frame_of(records)


def _spread(start: date, central: float, days: NDArray[np.float64]) -> dict[str, Any]:
    """Central date and percentiles; a date that never comes lies after all others."""
    at = float(np.nan_to_num(central, nan=np.inf))
    drawn = np.sort(np.nan_to_num(days, nan=np.inf))
    row: dict[str, Any] = {
        "central": _on(start, at),
        "central_percentile": percentile_of(at, drawn),
        "never_share": float(np.isinf(drawn).mean()),
    }
    spread = (percentile_days(drawn), *percentile_intervals(drawn))
    for end, bounds in zip(ENDS, spread, strict=True):
        row |= {f"p{p}{end}": _on(start, day) for p, day in zip(PERCENTILES, bounds, strict=True)}
    return row


def percentile_days(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    """First day by which the share of each percentile has come, of sorted days (infinite: never). [d]

    No value between two draws is made up, since there is none between a date and never.

    Examples
    --------
    >>> percentile_days(np.array([10.0, 20.0, 30.0, np.inf]))
    array([10., 10., 20., inf, inf])
    """
    ranks = [math.ceil(p * len(ordered) / PERCENT) - 1 for p in PERCENTILES]
    return np.asarray(ordered[ranks])


def _on(start: date, day: float) -> str | None:
    return (start + timedelta(days=float(day))).isoformat() if math.isfinite(day) else None


def frame_of(records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Labelled table from rows with dates in ISO form, None where never."""
    import pandas as pd

    table = pd.DataFrame(list(records), columns=[*KEYS, *SHARES, *DAYS])
    table = table.astype(dict.fromkeys(SHARES, "float64") | dict.fromkeys(DAYS, "datetime64[ns]"))
    return table.set_index(list(KEYS))


def records_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows that `frame_of` takes."""
    rows = table.reset_index().to_dict(orient="records")
    return [{str(k): _plain(v) if k in DAYS else v for k, v in row.items()} for row in rows]


def _plain(day: pd.Timestamp) -> str | None:
    """The date in ISO form; None where there is none (NaT is not equal to itself)."""
    return day.date().isoformat() if day == day else None  # noqa: PLR0124


def is_there_already(days: NDArray[np.float64], at: float) -> bool:
    """Whether a date is not after the start, in the plan and in every draw."""
    return bool((days <= 0.0).all() and at <= 0.0)


def ranked(scenario: Scenario, days: NDArray[np.float64], at: float) -> dict[str, Any]:
    """A date of the plan among those of the draws; one that never comes is later than all others."""
    drawn, last = np.sort(np.nan_to_num(days, nan=np.inf)), float(np.nan_to_num(at, nan=np.inf))
    at_share = {p: drawn[int(np.ceil(q * len(drawn))) - 1] for p, q in QUANTILES.items()}
    dates = {name: _on(scenario.start, float(day)) for name, day in {"plan": last, **at_share}.items()}
    return dates | {"never_share": float(np.isinf(drawn).mean())}


def whole_spread(scenario: Scenario, rows: Rows, central: NDArray[np.float64]) -> dict[str, dict[str, Any]]:
    """When the first and the last phase to come are ready, and the last fleet is in service.

    Of the same phases in the plan and in every draw: what the plan has at the start is not among them, and
    what it has later is, though a draw may have it before.
    """
    with_systems = {(site.id, phase.id) for site, phase in scenario.phases() if phase.deployments}
    plan: dict[str, list[float]] = {"ready_for_service": [], "fleet_in_service": []}
    draws: dict[str, list[NDArray[np.float64]]] = {milestone: [] for milestone in plan}
    for first, values in rows.chunks(rows.layout.first_date, rows.layout.first_activity):
        for column, days in enumerate(values, first):
            key = rows.layout.dates[column - rows.layout.first_date]
            has_it = key.milestone != "fleet_in_service" or (key.site, key.phase) in with_systems
            is_there = central[column] <= 0.0
            if key.milestone in plan and has_it and not is_there:
                plan[key.milestone].append(float(central[column]))
                draws[key.milestone].append(days)
    # NaN is never: no first one where there is another, and the last where it is one of them
    ends = {
        "first_ready": ("ready_for_service", np.fmin),
        "last_ready": ("ready_for_service", np.maximum),
        "last_in_service": ("fleet_in_service", np.maximum),
    }
    return {
        name: ranked(scenario, pick.reduce(draws[milestone]), float(pick.reduce(plan[milestone])))
        for name, (milestone, pick) in ends.items()
        if plan[milestone]
    }
