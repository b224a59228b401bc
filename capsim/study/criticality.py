"""Criticality: how often each stage decides when its phase is ready, over the draws of an ensemble."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capsim.buildout import CREW, FUNDING, Timeline, activities, floats
from capsim.projection import Run
from capsim.scenario import Phase, Scenario
from capsim.study.columns import Rows
from capsim.units import DAYS_PER_MONTH

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("site", "phase", "activity")
VALUES = ("criticality_index", "rank_correlation", "median_months", "median_float_months")
OF_EACH = ("duration", "float")
"""What is kept of each activity in each draw."""
DIGITS = 6
"""Decimals of days that are kept."""
READY = "ready_for_service"
Numbers = NDArray[np.float64]


class ActivityColumn(NamedTuple):
    """An activity on the way to a phase; it has a column for each of `OF_EACH`."""

    site: str
    phase: str
    activity: str

    def names(self) -> tuple[str, ...]:
        """Names of its columns."""
        return tuple(f"{what}_d[{self.site}.{self.phase}.{self.activity}]" for what in OF_EACH)


def activity_columns(scenario: Scenario) -> tuple[ActivityColumn, ...]:
    """Activities on the way to all phases that are not there at the start, in the order of the scenario."""
    return tuple(
        ActivityColumn(site.id, phase.id, activity)
        for site, phase in scenario.phases()
        if phase.ready_for_service_on is None or phase.ready_for_service_on > scenario.start
        for activity in (*activities(scenario, site, phase), *_shared(scenario, phase))
    )


def _shared(scenario: Scenario, phase: Phase) -> tuple[str, ...]:
    """What a phase waits for that it shares with others: crews that are limited, and money."""
    limited = (scenario.crews.construction_crews, scenario.crews.commissioning_crews)
    is_short = any(crews is not None for crews in limited) and any(stage.crew for stage in phase.stages)
    names = (*([CREW] if is_short else []), *([FUNDING] if scenario.funding is not None else []))
    # a stage of that name has a row of its own
    return tuple(name for name in names if all(stage.id != name for stage in phase.stages))


def activity_days(run: Run) -> list[float]:
    """Duration and total float of each of `activity_columns`; NaN where it or its phase never is. [d]

    A wait on the critical path for what phases share has no float; where none is there, it has no end.
    """
    took = {row[:3]: (row.end_d - row.start_d, row.total_d) for row in floats(run.scenario, run.timeline)}
    phases = {(site.id, phase.id): phase for site, phase in run.scenario.phases()}
    for place in {row[:2] for row in took}:
        for cause in _shared(run.scenario, phases[place]):
            took[*place, cause] = _waited(run.timeline, (*place, cause))
    missing = (math.nan,) * len(OF_EACH)
    days = (days for column in activity_columns(run.scenario) for days in took.get(column, missing))
    # what takes as long in each draw is to rank the same, whenever it starts
    return [round(time_d, DIGITS) for time_d in days]


def _waited(timeline: Timeline, column: tuple[str, str, str]) -> tuple[float, float]:
    """Days of the critical path of a phase with a cause, and its float."""
    site, phase, cause = column
    # waits of a phase without an item are its critical path
    waits = (w for w in timeline.waits if (w.site, w.phase, w.item, w.cause) == (site, phase, "", cause))
    waited_d = math.fsum(wait.end_d - max(wait.start_d, 0.0) for wait in waits)
    return waited_d, 0.0 if round(waited_d, DIGITS) > 0.0 else math.inf


def criticality(rows: Rows) -> pd.DataFrame:
    """Criticality of each activity over the draws.

    Parameters
    ----------
    rows : Rows
        Rows of the replications, with dates and activities.

    Returns
    -------
    table : pandas.DataFrame
        By site, phase and activity, of the draws in which it was still to come and its phase is ready:
        the `criticality_index`, the share in which it had no float [1]; the `rank_correlation` of its
        duration with the date of the phase, NaN where one of them does not vary [1]; median duration and
        total float, infinite where own generation carries the phase. [months] Waits for crews and for money,
        which phases share, have rows of their own (``crew``, ``funding``) where either is limited.
    """
    layout, records = rows.layout, []
    ready = {date[:2]: i for i, date in enumerate(layout.dates, layout.first_date) if date[2] == READY}
    for i, column in enumerate(layout.activities):
        first = layout.first_activity + i * len(OF_EACH)
        duration_d, float_d = rows.columns(first, first + len(OF_EACH))
        there = ~np.isnan(duration_d)
        if there.any():
            at = ready[column.site, column.phase]
            (ready_d,) = rows.columns(at, at + 1)
            of_draws = _of_draws(duration_d[there], float_d[there], ready_d[there])
            records.append({**column._asdict(), **of_draws})
    return frame_of(records)


def _of_draws(duration_d: Numbers, float_d: Numbers, ready_d: Numbers) -> dict[str, float]:
    """Figures of an activity over the draws that have it."""
    known = ~np.isnan(ready_d)
    return {
        "criticality_index": float((float_d == 0.0).mean()),
        "rank_correlation": rank_correlation(duration_d[known], ready_d[known]),
        "median_months": float(np.median(duration_d)) / DAYS_PER_MONTH,
        "median_float_months": float(np.median(float_d)) / DAYS_PER_MONTH,
    }


def rank_correlation(x: Numbers, y: Numbers) -> float:
    """Spearman's rank correlation, with mean ranks for ties; NaN where one of the two does not vary. [1]

    Examples
    --------
    >>> round(rank_correlation(np.array([1.0, 2.0, 3.0, 9.0]), np.array([1.0, 4.0, 9.0, 10.0])), 12)
    1.0
    >>> rank_correlation(np.array([1.0, 1.0]), np.array([1.0, 2.0]))
    nan
    """
    first, second = _ranks(x), _ranks(y)
    if first.size < 2 or np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return math.nan
    return float(np.corrcoef(first, second)[0, 1])


def _ranks(values: Numbers) -> Numbers:
    _, place, number = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(number) - (number - 1) / 2.0)[place])


def frame_of(records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Labelled table from rows, None where a number is none."""
    import pandas as pd

    table = pd.DataFrame(list(records), columns=[*KEYS, *VALUES]).astype(dict.fromkeys(VALUES, "float64"))
    # what was kept of a float without end is none
    return table.fillna({"median_float_months": math.inf}).set_index(list(KEYS))


def records_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows that `frame_of` takes."""
    rows = table.reset_index().to_dict(orient="records")
    return [{str(key): value for key, value in row.items()} for row in rows]
