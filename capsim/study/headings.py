"""What screens and reports say of the scenario that a study is of."""

from __future__ import annotations

from typing import Any

from capsim.projection import Run, headline, left_out_words, money_unit
from capsim.quantities import scopes_of
from capsim.scenario import Scenario, explain


def heading_of(scenario: Scenario) -> dict[str, Any]:
    """Title, years, definition of an H100e, unit of money, what it leaves out, whether there is a refresh."""
    months = scenario.calendar.months
    refreshes = (order.refresh for order in scenario.deployments().values())
    ages = [refresh.age_years for refresh in refreshes if refresh is not None]
    return {
        "title": scenario.title,
        "years": " to ".join(dict.fromkeys(f"{month:%Y}" for month in (months[0], months[-1]))),
        "h100e": scenario.h100e,
        "money_unit": money_unit(scenario),
        "left_out": left_out_words(scopes_of(scenario)),
        # it is a part of the totals where it comes before the end
        "has_refresh": any(age < scenario.horizon_years for age in ages),
    }


def unit_at(scenario: Scenario, path: str) -> str:
    """Unit of a value by its dotted path; empty where the path is of no single value, or it has none."""
    rows = explain(scenario, path)
    return rows[0].unit if len(rows) == 1 else ""


def taken_by(run: Run) -> dict[str, float]:
    """Headline figures of a run: what it reaches and takes."""
    return headline(run, run.statements)
