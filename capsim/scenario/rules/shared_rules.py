"""Rules of the scenario itself, and of what a portfolio's build-out shares: counts, supply, reliability."""

from __future__ import annotations

from datetime import date

from capsim.models.uncertain import Uncertain
from capsim.registry import did_you_mean
from capsim.scenario.records.buildout_records import Crews, Reliability, Supply
from capsim.scenario.records.schema import Scenario
from capsim.scenario.rules.rule import Around, Issue, Issues, rule
from capsim.units import first_of_month

WHOLE = (
    ("crews", "installer_crews"),
    ("crews", "construction_crews"),
    ("crews", "commissioning_crews"),
    ("reliability", "technicians"),
    ("reliability", "spares"),
)
"""Counts of a record; a draw of one is rounded."""


@rule
def start_is_the_first_of_a_month(scenario: Scenario, _: Around) -> Issues:
    """The horizon begins with a month."""
    if scenario.start.day != 1:
        month = first_of_month(scenario.start, 0).isoformat()
        yield Issue(("start",), f"must be the first of a month, such as {month}", got=True)


@rule
def counts_are_whole(record: Crews | Reliability, _: Around) -> Issues:
    """Numbers of crews, technicians and spares are whole, where they are certain."""
    for _name, key in WHOLE:
        count = getattr(record, key, None)
        if count is not None and not isinstance(count, Uncertain) and not count.is_integer():
            yield Issue((key,), "must be a whole number", got=True)


@rule
def installers_are_counted_once(crews: Crews, _: Around) -> Issues:
    """Crews of installers are shared by the portfolio, or each hall has its own."""
    if crews.installer_crews is not None and "installer_crews_per_mw" in crews.model_fields_set:
        yield Issue(("installer_crews_per_mw",), "halls have no crews of their own beside installer_crews")


@rule
def median_is_at_most_the_mean(reliability: Reliability, _: Around) -> Issues:
    """A lognormal's median is at most its mean."""
    median, mean = reliability.repair_median_days, reliability.repair_mean_days
    if not median <= mean:
        rule = f"must be at most repair_mean_days, {mean:g}"
        yield Issue(("repair_median_days",), rule, got=f"{median:g}")


@rule
def supplies_share_no_system(scenario: Scenario, around: Around) -> Issues:
    """A system or a kind of equipment is known, and counts against one supply only."""
    equipment = [name for name, entry in around.catalog.tables["lead_times"].items() if "duration" in entry]
    supplied, taken = [*around.catalog.names("systems"), *equipment], dict[str, str]()
    for supply in scenario.supply:
        path = ("supply", supply.id, "systems")
        for i, system in enumerate(supply.systems):
            at = (*path, str(i))
            if system not in supplied:
                yield Issue(path, f"unknown system{did_you_mean(system, supplied)}", got=system, at=at)
            elif system in taken:
                yield Issue(path, f"{system} counts against supply {taken[system]} already", at=at)
            taken.setdefault(system, supply.id)


@rule
def allocation_has_one_entry_a_day(supply: Supply, around: Around) -> Issues:
    """An allocation has one entry a day, since of two nobody knows which holds, and none before the start.

    What was allotted by then would all be there on the first day, as if none of it were taken.
    """
    start, first = around.scenario.start, dict[date, str]()
    for entry in supply.allocation:
        day, path = entry.from_on, ("allocation", entry.id, "from_on")
        if day in first:
            yield Issue(path, f"is the day of {first[day]} already", got=str(day))
        if day < start:
            rule = (
                f"must not be before the start, {start.isoformat()}; what is left of earlier quarters is an "
                "entry on that day"
            )
            yield Issue(path, rule, got=str(day))
        first.setdefault(day, entry.id)
