"""Records of what a portfolio's build-out shares: crews, supply, money, delays and failures."""

from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from capsim.scenario.records.quantity import CatalogDefault, Quantity, Share
from capsim.scenario.records.record import Day, Id, Name, Record, Text
from capsim.units import KILO


class Crews(Record):
    """Crews: of installers, at each hall or shared by the portfolio; of stages, shared by it."""

    installer_crews: Annotated[float, Quantity("crews", ge=1)] | None = None
    """Crews of installers that the whole portfolio shares, rounded to whole ones; each hall has its own, by
    its MW, where missing. [crews]"""
    installer_crews_per_mw: (
        Annotated[float, Quantity("crews/MW", "assumptions/installation", gt=0)] | None
    ) = None
    """Crews of a hall's own over its critical IT power; a hall has at least one. [crews/MW]"""
    racks_per_crew_day: Annotated[float, Quantity("racks/d", "assumptions/installation", gt=0)]
    """Racks one crew sets up and cables in a day. [racks/d]"""
    burn_in_days: Annotated[float, Quantity("d", "assumptions/installation", ge=0)]
    """Burn-in of a system between installation and service, a year at most. [d]"""
    construction_crews: Annotated[float, Quantity("crews", ge=1)] | None = None
    """Stages with `crew: construction` that go on at the same time; no limit where missing. [crews]"""
    commissioning_crews: Annotated[float, Quantity("crews", ge=1)] | None = None
    """Stages with `crew: commissioning` that go on at the same time; no limit where missing. [crews]"""


class Allocation(Record):
    """What a vendor allots from a date on, until the next entry."""

    id: Id
    """Name of the entry."""
    from_on: Day
    """First day, not before the start; a quarter's systems are allotted on this day and every three calendar
    months after it."""
    systems_per_quarter: Annotated[float, Quantity("systems/quarter", ge=0)]
    """Systems per quarter. [systems/quarter]"""


class Supply(Record):
    """Systems or equipment of a vendor that the portfolio shares; what is not taken stays for later."""

    retired = MappingProxyType(
        {
            "rule": "is no key any more: an order takes what is allotted system by system, in the order of "
            "priority and date, so nothing can hold up what fits"
        }
    )

    id: Id
    """Name of the supply."""
    systems: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Systems, or equipment by its entry of the lead times, that count against it."""
    allocation: Annotated[tuple[Allocation, ...], Field(min_length=1)]
    """Allocation over time."""


class Tranche(Record):
    """Money that arrives on a date, or with milestones of a phase and a grid step: when the last has come."""

    id: Id
    """Name of the tranche."""
    amount: Annotated[float, Quantity("scenario currency", ge=0)]
    """Amount, in the scenario's price year. [scenario currency]"""
    available_on: Day | None = None
    """Date of arrival; the scenario's start where missing."""
    after_phase: Text = ""
    """Phase, as `site.phase`, whose `phase_milestone` must come first."""
    phase_milestone: Text = "ready_for_service"
    """`ready_for_service`, `in_service` (its first systems), or a stage: `permit finished`,
    `construction started`."""
    after_step: Text = ""
    """Grid step, as `site.step`, whose `step_milestone` must come first."""
    step_milestone: Text = "energised"
    """`applied`, `energised`, or a stage of the step: `study finished`."""


class Funding(Record):
    """Money the portfolio may commit. What is not funded waits; without this record nothing does."""

    covers: tuple[Literal["facilities", "grid", "systems"], ...] = ("facilities", "grid", "systems")
    """What draws on it: phases at the start of their works, grid steps and deployments when ordered."""
    rule: Literal["in_order", "who_fits"] = "in_order"
    """Whether what cannot be paid holds up what is behind it, or any that can be paid may go first."""
    tranches: Annotated[tuple[Tranche, ...], Field(min_length=1)]
    """Tranches."""


class Reliability(Record):
    """Failures, repairs and maintenance of systems in service; nothing fails without this record."""

    failures_per_1000_node_days: Annotated[
        float,
        Quantity("failures/1000 node-d", "assumptions/reliability", ge=0, le=KILO),
    ]
    """Failures that take a server out of service, after burn-in, whose repairs follow: not what stops jobs.
    [failures/1000 node-d]"""
    nodes_per_system: Annotated[float, Quantity("nodes/system", gt=0)] | None = None
    """Servers that fail one by one in a system; its accelerators over eight where missing. [nodes/system]"""
    repair_mean_days: Annotated[float, Quantity("d", "assumptions/reliability", gt=0)]
    """Mean time of a repair. [d]"""
    repair_median_days: Annotated[float, Quantity("d", "assumptions/reliability", gt=0)]
    """Median time of a repair, at most the mean: repairs are lognormal. [d]"""
    parts_afr_per_y: Annotated[float, Quantity("1/y", "assumptions/reliability", ge=0, le=10)]
    """Accelerators that need a part in their place, per accelerator in service and year. [1/y]"""
    infant_factor: Annotated[float, Quantity("1", "assumptions/reliability", ge=1, le=100)]
    """Failure rate of a new system over its later one. [1]"""
    infant_days: Annotated[float, Quantity("d", "assumptions/reliability", ge=0)]
    """Age, burn-in included, up to which a system counts as new. [d]"""
    batch_sigma: Annotated[float, Quantity("1", "assumptions/reliability", ge=0, le=5)]
    """Standard deviation of the logarithm of a cohort's failure rate around the mean one. [1]"""
    maintenance_days_per_y: Annotated[float, Quantity("d/y", "assumptions/reliability", ge=0, lt=365)]
    """Days of planned maintenance per server and year, spread evenly. [d/y]"""
    hands_on_hours: Annotated[float, Quantity("h", "assumptions/reliability", gt=0)]
    """Time a repair holds a technician; the rest of it, parts and the vendor, holds nobody. [h]"""
    technicians: Annotated[float, Quantity("technicians", ge=1)] | None = None
    """Technicians of the portfolio at work at any time, day and night; no limit if missing. [technicians]"""
    spares: Annotated[float, Quantity("nodes", ge=0)] = 0.0
    """Servers in the portfolio's store that stand in for failed ones at once. [nodes]"""


class Risk(Record):
    """An event that happens or not, beside the spread of durations; only ensembles draw it."""

    id: Id
    """Name of the event."""
    probability: Share
    """Probability that it happens, once for all that it is of. [1]"""
    delay_months: Annotated[float, Quantity("months", ge=0)] = 0.0
    """How much longer each of its stages takes. [months]"""
    cost_share: Annotated[float, Quantity("1", ge=0)] = 0.0
    """What it adds to the cost of buildings and plant of the phases it is of. [1]"""
    stages: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Stages it is of, as `site.phase.stage` or `site.step.stage`; `*` stands for anything."""


class Factor(Record):
    """A cause that makes several uncertain values late or dear together."""

    id: Id
    """Name of the factor."""
    values: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Dotted paths of the values it moves; `*` stands for anything."""
    correlation: Share
    """Correlation between two values it moves, of the normal scores. [1]"""


class Uncertainty(Record):
    """How values go wrong together, and how announced dates slip. Only ensembles draw any of it."""

    supply_chain: Annotated[Share, CatalogDefault("assumptions/uncertainty.supply_chain_correlation")]
    """Correlation between lead times of deliveries. [1]"""
    grid_operator: Annotated[Share, CatalogDefault("assumptions/uncertainty.grid_operator_correlation")]
    """Correlation between lead times of grid connections. [1]"""
    labour: Annotated[Share, CatalogDefault("assumptions/uncertainty.labour_correlation")]
    """Correlation between durations of stages. [1]"""
    between_factors: Annotated[Share, CatalogDefault("assumptions/uncertainty.between_factors_correlation")]
    """Correlation between the factors themselves. [1]"""
    factors: tuple[Factor, ...] = ()
    """Factors of the scenario's own; they take their values from the three above."""
    on_time_share: Annotated[Share, CatalogDefault("lead_times/milestone-slip")]
    """Probability that an announced date after the scenario's start is kept. [1]"""
    mean_slip_months: Annotated[
        float, Quantity("months", "lead_times/milestone-slip.mean_delay_months", ge=0)
    ]
    """Mean delay of a date announced for tomorrow that is not kept; the delay is exponential. [months]"""
    slip_growth_per_month: Annotated[
        float, Quantity("1/month", "lead_times/milestone-slip.mean_growth_per_month", ge=0)
    ]
    """How much the mean delay grows with each month that a date is ahead. [1/month]"""
    never_probability: Annotated[Share, CatalogDefault("lead_times/milestone-slip.never_share")]
    """Probability that what is announced never comes. [1]"""
    slips_of_a_site: Annotated[Share, CatalogDefault("assumptions/uncertainty.slips_of_a_site")]
    """Correlation between the slips of blocks of one site, of the normal scores. [1]"""
    slips_of_an_owner: Annotated[Share, CatalogDefault("assumptions/uncertainty.slips_of_an_owner")]
    """Correlation between the slips of sites of one owner, of the normal scores. [1]"""
