"""The records of a build at a site: grid steps, phases, stages and deployments."""

from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from capsim.models.ordering import ORDERING
from capsim.scenario.records.quantity import (
    POWER_FACTOR,
    CatalogDefault,
    Choice,
    PositiveShare,
    Quantity,
    Share,
)
from capsim.scenario.records.record import Day, Id, Name, PriceYear, Record, SystemName

Works = Literal["new", "renewal", "liquid-retrofit"]
"""What is built for a hall: all of it, its plant in a building that is there, or liquid cooling in a hall."""


ActualUnit = Literal["systems", "accelerators"]
"""What is counted of a deployment."""


class Count(Record):
    """How many there were on a day, of all."""

    on: Day
    """Day of the count, not after `as_of`."""
    number: Annotated[float, Quantity("systems or accelerators", ge=0)]
    """How many there were. [systems or accelerators]"""
    unit: ActualUnit = "systems"
    """What is counted."""


class Power(Record):
    """How much of a grid step was energised on a day, of all."""

    on: Day
    """Day from which on, not after `as_of`."""
    mw: Annotated[float, Quantity("MW", gt=0)]
    """Power that was energised by then. [MW]"""


class Stage(Record):
    """A stage of a phase or of a grid step: it starts when the stages it comes after are done."""

    id: Id
    """Name of the stage, which is also the cause shown where something waits for it."""
    kind: Name = "work"
    """Entry of the table of stage kinds."""
    arguments: dict[str, Annotated[float, Quantity("as the kind says")]] = Field(default_factory=dict)
    """Keyword arguments of the kind."""
    duration_months: Annotated[float, Quantity("months", ge=0)]
    """Duration; `working_days` may stand in its place. [months]"""
    working_days: Annotated[float, Quantity("d", ge=0)] | None = None
    """Duration in working days, made months by those of a year in the country of the site, in place of
    `duration_months`. [d]"""
    after: tuple[Id, ...] | None = None
    """Stages that must be done before; the stage listed just before where missing."""
    needs_energization: bool = Field(default=False, strict=True)
    """Whether the stage also waits for the phase's grid step."""
    crew: Literal["construction", "commissioning"] | None = None
    """Crews of the portfolio the stage takes one of; none where missing."""
    started_on: Day | None = None
    """Day on which it started, not after `as_of`."""
    finished_on: Day | None = None
    """Day on which it was finished; one after `as_of` is announced, and may slip."""
    overdue_since: Day | None = None
    """Day its end was announced for, where that is past and it is not there; its date is then
    when it is expected, and drawn as that of what is late already."""
    remaining_months: Annotated[float, Quantity("months", ge=0)] | None = None
    """What was left of it on `reported_on`, of a stage that has started. [months]"""
    percent_done: Annotated[float, Quantity("%", ge=0, lt=100)] | None = None
    """Share of it that was done on `reported_on`, of a stage that has started. [%]"""
    reported_on: Day | None = None
    """Day that what is left or done was reported for; `as_of` where missing."""
    cancelled_on: Day | None = None
    """Day on which its phase or grid step ended with it, not after `as_of`."""
    cancel_probability: Share = 0.0
    """Probability that the phase or the grid step ends with this stage (permit or connection refused,
    project dropped). [1]"""


class GridStep(Record):
    """A step of a site's grid connection: power that is energised on one day.

    Either `energised_on` is given (it happened, or is contracted), or the step is applied for on
    `applied_on` and takes its `stages` (queue, study, works), or one `lead_time_months` in their place.
    """

    id: Id
    """Name of the step."""
    was: Name | None = None
    """Its name in earlier vintages of the plan, where it had another, or that of the step it was part of:
    of the same site by id, of another as `site.step`."""
    grid_mw: Annotated[float, Quantity("MW", gt=0)]
    """Contracted power the step adds; `grid_mva` may stand in its place. [MW]"""
    grid_mva: Annotated[float, Quantity("MVA", gt=0)] | None = None
    """Apparent power contracted, in place of `grid_mw`. [MVA]"""
    power_factor: PositiveShare = POWER_FACTOR
    """Power over apparent power, where the step is in MVA. [1]"""
    energised_on: Day | None = None
    """Date of energization, where it is known."""
    applied_on: Day | None = None
    """Date of the application; the scenario's start where missing."""
    preset: Name | None = None
    """Entry of the build-out presets the stages, or else the lead time, default to."""
    lead_time_months: (
        Annotated[float, Quantity("months", "buildout_presets/{preset}.grid_months", ge=0)] | None
    ) = None
    """Application to energization as one time, in place of stages. [months]"""
    stages: tuple[Stage, ...] = ()
    """Stages from application to energization, merged by id over the preset's."""
    finished_on: Day | None = None
    """Day on which all of it was energised, where it has stages or a lead time; one after `as_of` is
    announced, and may slip."""
    overdue_since: Day | None = None
    """Day its power was announced for, where that is past and it is not there; its date is then
    when it is expected, and drawn as that of what is late already."""
    energised: tuple[Power, ...] = ()
    """Parts of it that carry power by `as_of`, before all of it does."""
    cancelled_on: Day | None = None
    """Day on which it was refused or dropped, not after `as_of`."""
    never_probability: Share | None = None
    """Probability that the announced step never comes; the scenario's where missing. [1]"""
    slip_months: Annotated[float, Quantity("months")] = 0.0
    """Delay added to the date, the lead time or the last stage; negative where it comes early, which stages
    cannot; where it is uncertain, a date has no other delay. [months]"""
    unused_power_counts_from: Day | None = None
    """Day from which the years of unused power count (`unused_power_lost_after_years`), where that is later
    than its energization."""


class Equipment(Record):
    """Long-lead equipment of a phase: ordered at one time, needed by a stage."""

    id: Id
    """Name of the equipment, which is also the cause shown where a stage waits for it."""
    item: Name
    """Entry of the catalogue's lead times."""
    lead_time_weeks: Annotated[float, Quantity("weeks", "lead_times/{item}.duration", ge=0)]
    """Order to delivery. [weeks]"""
    needed_at: Id
    """Stage that does not start before the delivery."""
    ordered_on: Day | None = None
    """Date of the order."""
    ordered_after: Id | None = None
    """Stage that must be done before the order; the phase's start where this and the date are missing."""
    delivered_on: Day | None = None
    """Day on which it was delivered; one after `as_of` is announced, and may slip."""
    overdue_since: Day | None = None
    """Day its delivery was announced for, where that is past and it is not there; its date is then
    when it is expected, and drawn as that of what is late already."""
    ordered_before_months: Annotated[float, Quantity("months", ge=0)] | None = None
    """How long before the planned start of its phase it is ordered, where no date or stage says. [months]"""
    per: Literal["phase", "campus"] = "phase"
    """Whether each phase needs its own, or the campus one: that of the first phase of the site, by the same
    id and item, serves the later ones."""
    ordering: Literal["fixed", "just_in_time"] = "fixed"
    """Whether it is ordered then, or as late as the forecast start of `needed_at` allows; the date or the
    stage is then the earliest time."""
    margin_weeks: Annotated[float, Quantity("weeks", "assumptions/ordering", ge=0)]
    """Just in time: how long before the forecast start of its stage the delivery is aimed at. [weeks]"""


class Refresh(Record):
    """What happens when systems reach their refresh age."""

    age_years: Annotated[float, Quantity("y", "assumptions/finance.life_it_years", ge=0.1)]
    """Age in service at which systems leave, and the most their economic life can be; a tenth of a year at
    least. [y]"""
    system: SystemName | None = None
    """System that takes their place, or `{newest: LINE, at: order or delivery}`, the newest of a line of the
    catalogue's systems that is launched by then, with its slip at its median; nothing does where missing."""
    launched_on: Annotated[Day, CatalogDefault("systems/{system}.launched_on")] | None = None
    """First volume shipments of the successors; nothing is delivered before."""
    launch_slip_months: Annotated[float, Quantity("months", "systems/{system}.launch_slip_months", ge=0)] = (
        0.0
    )
    """Delay of the launch after `launched_on`: known to be nothing once it has happened. [months]"""
    fill: Literal["power", "count", "compute"] = "power"
    """Whether the successors fill the same power, are as many as before (which the hall must take), or
    give the same H100e (inside the same power) and leave the power freed as headroom."""
    resale_share: Share = 0.0
    """What systems fetch when they leave, over the price they were bought for. [1]"""
    lead_time_weeks: Annotated[float, Quantity("weeks", "systems/{system}", ge=0)] | None = None
    """Order to delivery of the successors. [weeks]"""
    system_price_usd: Annotated[float, Quantity("USD/system", "systems/{system}.price_usd", ge=0)] | None = (
        None
    )
    """Price of one successor, without cluster network and storage. [USD/system]"""
    system_price_year: Annotated[PriceYear, CatalogDefault("systems/{system}.price_year")] | None = None
    """Price year of the successors' `system_price_usd`."""


class Deployment(Record):
    """Systems that go into a phase's hall.

    Either `in_service_on` is given (they are there), or they are ordered on `ordered_on`. Their
    number is `systems`, or as many as fill `fill_share` of the phase's critical IT power.
    """

    retired = MappingProxyType(
        {
            "lots": "is no key any more: systems come over delivery_weeks, and are installed at the rate of "
            "the crews (crews.racks_per_crew_day, crews.installer_crews_per_mw)"
        }
    )

    id: Id
    """Name of the deployment."""
    system: SystemName
    """Entry of the catalogue's systems, or `{newest: LINE, at: order or delivery}`: the newest of a line of
    them that is launched by then, with its slip at its median."""
    launched_on: Annotated[Day, CatalogDefault("systems/{system}.launched_on")] | None = None
    """First volume shipments of the system; nothing is delivered before."""
    launch_slip_months: Annotated[float, Quantity("months", "systems/{system}.launch_slip_months", ge=0)] = (
        0.0
    )
    """Delay of the launch after `launched_on`: known to be nothing once it has happened. [months]"""
    systems: Annotated[int, Field(strict=True, ge=1, le=10**12)] | None = None
    """Number of systems (servers or racks)."""
    fill_share: Annotated[float, Quantity("1", gt=0, le=2)] | None = None
    """Share of the phase's critical IT power that the systems' all-in IT power fills. [1]"""
    in_service_on: Day | None = None
    """Date the systems went into service, where they are there already."""
    overdue_since: Day | None = None
    """Day its service was announced for, where that is past and it is not there; its date is then
    when it is expected, and drawn as that of what is late already."""
    ordered_on: Day | None = None
    """Date of the order."""
    lead_time_weeks: Annotated[float, Quantity("weeks", "systems/{system}", ge=0)]
    """Order to delivery. [weeks]"""
    system_price_usd: Annotated[float, Quantity("USD/system", "systems/{system}.price_usd", ge=0)]
    """Price of one system, without cluster network and storage. [USD/system]"""
    system_price_year: Annotated[PriceYear, CatalogDefault("systems/{system}.price_year")]
    """Price year of `system_price_usd`."""
    ordering: Annotated[str, Choice(ORDERING)] = "fixed"
    """Whether the order is placed on `ordered_on`, so that delivery meets the forecast hand-over of the
    hall, or once demand asks for it; `ordered_on` is then the earliest date."""
    margin_weeks: Annotated[float, Quantity("weeks", "assumptions/ordering", ge=0)]
    """Just in time: how long before the forecast hand-over the delivery is aimed at. [weeks]"""
    order_at_allocation: Annotated[float, Quantity("1", "assumptions/ordering", gt=0)]
    """On demand: share of what is there or ordered that demand must fill a lead time ahead. [1]"""
    priority: Annotated[int, Field(strict=True, ge=0, le=99)] = 50
    """Rank in queues for crews, supply and money; the lower goes first."""
    delivered: tuple[Count, ...] = ()
    """How many of them were delivered by days up to `as_of`."""
    in_service: tuple[Count, ...] = ()
    """How many of them were in service by days up to `as_of`."""
    cancelled_on: Day | None = None
    """Day on which the order was cancelled, not after `as_of`: what was not delivered by then never comes,
    and nothing more of it is paid."""
    delivery_weeks: Annotated[float, Quantity("weeks", ge=0)] = 0.0
    """Time from the first delivery to the last, over which the systems come evenly; all come at once where
    it is 0. [weeks]"""
    refresh: Refresh | None = None
    """What happens at the refresh age; the systems stay to the horizon where missing."""


class Phase(Record):
    """Critical IT power with its own dates: a hall or a group of halls.

    Either `ready_for_service_on` is given (it is there), or its stages are played forward from
    `starts_on` and after earlier phases.
    """

    id: Id
    """Name of the phase."""
    was: Name | None = None
    """Its name in earlier vintages of the plan, where it had another, or that of the phase it was part of:
    of the same site by id, of another as `site.phase`."""
    critical_it_mw: Annotated[float, Quantity("MW", gt=0)]
    """Design IT power behind the UPS. [MW]"""
    oversubscription: Annotated[float, Quantity("1", ge=1, le=2)] = 1.0
    """Nameplate of the systems that may be placed over `critical_it_mw`; the hall's limit stays. [1]"""
    energization: Id
    """Step of the site's grid connection that powers the phase."""
    ready_for_service_on: Day | None = None
    """Announced date of hand-over; it is ready for service then, or once its grid step is energised."""
    finished_on: Day | None = None
    """Day on which a phase with stages was ready for service; one after `as_of` is announced, and may
    slip."""
    overdue_since: Day | None = None
    """Day its hand-over was announced for, where that is past and it is not there; its date is then
    when it is expected, and drawn as that of what is late already."""
    cancelled_on: Day | None = None
    """Day on which it was cancelled, not after `as_of`."""
    slip_months: Annotated[float, Quantity("months")] = 0.0
    """Delay of the announced date of hand-over; where it is uncertain, all the delay there is. [months]"""
    never_probability: Share | None = None
    """Probability that the announced hall never comes; the scenario's where missing. [1]"""
    starts_on: Day | None = None
    """Date the first stage may start; the scenario's start where missing."""
    after: tuple[Name, ...] = ()
    """Phases that must be ready for service before this one starts: of the same site by id, of another
    as `site.phase`."""
    preset: Name | None = None
    """Entry of the build-out presets the stages default to."""
    stages: tuple[Stage, ...] = ()
    """Stages, merged by id over the preset's."""
    overrun: Annotated[float, Quantity("1", gt=0)] = 1.0
    """Factor on the durations of all stages, in common: 1 in the central case of the presets, drawn from how
    far whole builds spread. [1]"""
    cost_overrun: Annotated[float, Quantity("1", gt=0)] = 1.0
    """Factor on the cost of its buildings and plant: 1 in the central case of the presets, drawn from how far
    builds spread about the prices of the cost items. [1]"""
    reaches: Literal["ready_for_service", "first_power"] = "ready_for_service"
    """What its stages lead to: a hall that is handed over, into which systems come then; or first IT power,
    with the first systems in service: these are installed in the course of the last stage."""
    grid_agreed: bool = Field(default=False, strict=True)
    """Whether it starts once its grid connection is agreed: what comes before the last stage of its grid step
    is done before, and that last stage, the works, is part of the durations of the phase."""
    tenure: Literal["own", "lease"] = "own"
    """Whether the hall is built and owned, or leased: nothing is built for it then, and rent is paid."""
    works: Works = "new"
    """What is built for an owned hall, and with it which cost items apply: a new one, new electrical and
    mechanical plant in a building that is there, or liquid cooling in a hall that is there."""
    equipment: tuple[Equipment, ...] = ()
    """Long-lead equipment, merged by id over the preset's."""
    priority: Annotated[int, Field(strict=True, ge=0, le=99)] = 50
    """Rank in queues for crews and money; the lower goes first."""
    deployments: tuple[Deployment, ...] = ()
    """Systems that go into the phase."""
