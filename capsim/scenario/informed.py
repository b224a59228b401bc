"""What the data date says of durations: what is under way takes longer than it has taken already.

Only what runs is changed. What has not begun keeps its distribution, and what is over has dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, TypeVar

from capsim.models.elapsed import Affine, Product, StillRunning
from capsim.models.uncertain import Distribution, Lognormal, Uncertain
from capsim.scenario.records.record import Record, with_fields
from capsim.scenario.records.schema import Scenario, Site
from capsim.scenario.records.site_records import Deployment, Equipment, GridStep, Phase, Stage
from capsim.units import DAYS_PER_MONTH, DAYS_PER_WEEK

R = TypeVar("R", bound=Record)
DURATIONS = ("duration_months", "lead_time_months", "lead_time_weeks")
"""Fields of which part may have elapsed."""


def informed(scenario: Scenario) -> Scenario:
    """The scenario with what is under way at its data date given that it is not over.

    The duration of a stage that has started then includes the overrun of its phase: the two are drawn
    together, given that their product is longer than the time elapsed.
    """
    if scenario.as_of is None:
        return scenario
    known = _Known(scenario, scenario.as_of)
    return with_values(scenario, sites=tuple(known.site(site) for site in scenario.sites))


def uninformed(scenario: Scenario) -> Scenario:
    """The scenario as it was planned, where nothing tells of it: grid steps and orders take what they take.

    Stages that were reported as begun keep what is known of them.
    """
    sites = tuple(
        with_values(
            site,
            grid_connection=tuple(_as_planned(step) for step in site.grid_connection),
            phases=tuple(
                with_values(phase, deployments=tuple(_as_planned(order) for order in phase.deployments))
                for phase in site.phases
            ),
        )
        for site in scenario.sites
    )
    return with_fields(scenario, {"as_of": None, "actuals": (), "sites": sites})


def _as_planned(record: R) -> R:
    """A record without what has elapsed of its durations, and of those of its stages."""
    values: dict[str, Any] = {
        key: Uncertain(value.distribution.of)
        for key in DURATIONS
        if isinstance(value := getattr(record, key, None), Uncertain)
        and isinstance(value.distribution, StillRunning)
    }
    if isinstance(record, GridStep):
        values["stages"] = tuple(_as_planned(stage) for stage in record.stages)
    return with_values(record, **values)


def with_values(record: R, **values: Any) -> R:
    """A record with some values changed, whose author wrote no more than before."""
    changed = {key: value for key, value in values.items() if value is not getattr(record, key)}
    if not changed:
        return record
    copy = with_fields(record, changed)
    copy.__pydantic_fields_set__.intersection_update(record.model_fields_set)
    return copy


class _Known:
    """What is known at a data date of the things of a scenario."""

    def __init__(self, scenario: Scenario, as_of: date) -> None:
        self.as_of = as_of
        self.correlation = float(scenario.uncertainty.labour)
        spread = scenario.catalog.entry("lead_times", "overrun-works")
        self.sigma = spread.number("sigma")
        """Spread of a duration that is a plain number, once time has overtaken it. [1]"""

    def site(self, site: Site) -> Site:
        """A site, with what is under way there."""
        steps = tuple(self._step(step) for step in site.grid_connection)
        return with_values(
            site,
            grid_connection=steps if steps != site.grid_connection else site.grid_connection,
            phases=tuple(self._phase(phase) for phase in site.phases),
        )

    def _step(self, step: GridStep) -> GridStep:
        if _is_cancelled(step):
            return step
        stages = tuple(self._stage(stage, 1.0) for stage in self._applied_for(step))
        lead = step.lead_time_months
        is_due = step.energised_on is None and step.finished_on is None and not step.stages
        if is_due and lead is not None and _is_past(step.applied_on, self.as_of):
            lead = self._longer(lead, self._days(step.applied_on) / DAYS_PER_MONTH)
        return with_values(step, stages=stages, lead_time_months=lead)

    def _applied_for(self, step: GridStep) -> Iterator[Stage]:
        """Stages of a step; those that come after nothing run since the application."""
        is_applied_for = _is_past(step.applied_on, self.as_of)
        for number, stage in enumerate(step.stages):
            is_first = not (number if stage.after is None else stage.after)
            runs = is_first and is_applied_for and stage.started_on is None and stage.finished_on is None
            yield with_values(stage, started_on=step.applied_on) if runs else stage

    def _phase(self, phase: Phase) -> Phase:
        # of what is cancelled no stage runs; what was ordered for it comes
        runs = not _is_cancelled(phase)
        return with_values(
            phase,
            stages=tuple(self._stage(s, phase.overrun) if runs else s for s in phase.stages),
            equipment=tuple(self._lead_time(item, item.delivered_on) for item in phase.equipment),
            deployments=tuple(
                # of systems that are there in part, the rest is under way
                self._lead_time(order, order.in_service_on)
                for order in phase.deployments
            ),
        )

    def _lead_time(self, order: Any, arrived: object) -> Any:
        """An order with the lead time that is left of it, where it is placed and not all there."""
        kind: Equipment | Deployment = order
        is_placed = kind.ordering == "fixed" and _is_past(kind.ordered_on, self.as_of)
        if arrived is not None or not is_placed:
            return order
        elapsed_weeks = self._days(kind.ordered_on) / DAYS_PER_WEEK
        return with_values(kind, lead_time_weeks=self._longer(kind.lead_time_weeks, elapsed_weeks))

    def _stage(self, stage: Stage, overrun: float) -> Stage:
        if stage.started_on is None or stage.finished_on is not None:
            return stage
        if _is_running(stage.duration_months):
            return stage
        reported = stage.reported_on or self.as_of
        elapsed = self._days(stage.started_on) / DAYS_PER_MONTH
        before = (reported - stage.started_on).days / DAYS_PER_MONTH
        total: float | Distribution = _times(stage.duration_months, overrun, self.correlation)
        if stage.remaining_months is not None:
            left = _times(stage.remaining_months, overrun, self.correlation)
            total = before + left if isinstance(left, float) else Affine(left, 1.0, before)
        elif stage.percent_done is not None:
            whole, left_share = self._longer(_value(total), before), 1.0 - stage.percent_done / 100.0
            if isinstance(whole, Uncertain):
                total = Affine(whole.distribution, left_share, before)
            else:
                total = before + left_share * whole
        return with_values(stage, duration_months=self._longer(_value(total), elapsed))

    def _longer(self, duration: float, elapsed: float) -> float:
        """A duration given that it is longer than the time elapsed."""
        if _is_running(duration):
            return duration
        if isinstance(duration, Uncertain):
            return Uncertain(StillRunning(duration.distribution, max(0.0, elapsed)))
        if duration > elapsed:
            return duration
        # a number without a range was wrong: it gets the spread of whole builds
        spread = Lognormal(max(duration, 1.0), self.sigma)
        return Uncertain(StillRunning(spread, elapsed))

    def _days(self, day: date | None) -> float:
        """Days from a date to the data date."""
        return float((self.as_of - (day or self.as_of)).days)


def _is_cancelled(works: Phase | GridStep) -> bool:
    """Whether nothing of it runs any more."""
    return any(part.cancelled_on is not None for part in (works, *works.stages))


def _is_past(day: date | None, as_of: date) -> bool:
    return day is not None and day <= as_of


def _is_running(value: float) -> bool:
    return isinstance(value, Uncertain) and isinstance(value.distribution, StillRunning)


def _value(total: float | Distribution) -> float:
    return total if isinstance(total, (int, float)) else Uncertain(total)


def _times(value: float, factor: float, correlation: float) -> float | Distribution:
    """A value times a factor, either of which may be uncertain."""
    if not isinstance(value, Uncertain):
        scaled = Affine(factor.distribution, value, 0.0) if isinstance(factor, Uncertain) and value else None
        return value * factor if scaled is None else scaled
    if not isinstance(factor, Uncertain):
        return value.distribution if factor == 1.0 else Affine(value.distribution, factor, 0.0)
    return Product(factor.distribution, value.distribution, correlation)
