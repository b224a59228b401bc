"""Questions to the carbon of a site's grid: a level of a year that the plan does not reach."""

from __future__ import annotations

from datetime import timedelta

from capsim.scenario.fill.level_years import LEVEL_YEARS
from capsim.scenario.records.operations_records import Carbon
from capsim.scenario.rules.rule import Around, Issue, Issues, question


@question
def level_of_a_later_year(carbon: Carbon, around: Around) -> Issues:
    """A level of one's own is of no year after the plan: its trend would be run back from there."""
    first, last = around.scenario.start.year, (around.end - timedelta(days=1)).year
    for key in LEVEL_YEARS["Carbon"]:
        year = getattr(carbon, key) if key in carbon.model_fields_set else None
        if year is not None and year > last:
            back = (
                f"trend_per_y ({carbon.trend_per_y:.3g}) is run back over {year - first} years to its start"
            )
            rule = f"is after the plan, which ends in {last}: {back}; write the year that it is the mean of"
            yield Issue((key,), rule, got=True)
