"""Rules of a site's power and of demand that no single field can see."""

from __future__ import annotations

import math
from itertools import product

from capsim.models.solar import most_full_load_h
from capsim.scenario.records.energy_records import Contract, FirmPower, Flexibility, Solar, SolarShape
from capsim.scenario.records.operations_records import Service
from capsim.scenario.records.schema import Site
from capsim.scenario.rules.rule import ROUNDING, Around, Issue, Issues, at_upper_ends, ends, highest, rule


@rule
def units_carry_power(firm: FirmPower, _: Around) -> Issues:
    """At least one unit is left when the redundant ones are kept in reserve."""
    if firm.redundant_units >= firm.units:
        rule = f"must be less than units ({firm.units}), or no power is left"
        yield Issue(("redundant_units",), rule, got=True)


@rule
def contracts_cover_all_at_most(site: Site, _: Around) -> Issues:
    """Contracts cover no more than all energy."""
    total = sum(contract.share for contract in site.contracts)
    if not total <= 1.0 + ROUNDING:
        yield Issue(("contracts",), f"shares must not sum to more than 1 (sum {total:.6g})")


@rule
def contract_covers_something(contract: Contract, _: Around) -> Issues:
    """A contract covers a share of the energy, or a block."""
    if not (highest(contract.share) or highest(contract.block_mw)):
        yield Issue((), "covers nothing; give share or block_mw")


@rule
def contract_has_one_price(contract: Contract, _: Around) -> Issues:
    """A contract has a price, or bounds of the wholesale price, and they do not contradict each other."""
    bounds = contract.floor_per_mwh, contract.cap_per_mwh
    if contract.price_per_mwh is None and bounds == (None, None):
        yield Issue(
            ("price_per_mwh",), "missing; give it, or floor_per_mwh and cap_per_mwh of the wholesale price"
        )
    if None not in bounds and highest(bounds[0]) > highest(bounds[1]):
        yield Issue(("floor_per_mwh",), "must not be above cap_per_mwh", got=True)
    moving = [key for key in ("indexation", "escalator_per_y") if getattr(contract, key)]
    if contract.price_per_mwh is None and moving:
        yield Issue((moving[0],), "is for a price_per_mwh, and there is none")
    if contract.solar is not None and contract.profile is not None:
        yield Issue(("profile",), "must not be given together with solar")
    if contract.profile is not None and not highest(contract.block_mw):
        yield Issue(("profile",), "is of a block; give block_mw")


@rule
def block_can_be_used(contract: Contract, around: Around) -> Issues:
    """A constant block is no more than the connection can take."""
    steps = [step.grid_mw for step in around.the(Site).grid_connection]
    most_mw, at_most = sum(map(highest, steps)), at_upper_ends(*steps)
    if contract.solar is None and contract.profile is None and highest(contract.block_mw) > most_mw > 0.0:
        rule = f"must be at most {most_mw:g}, the grid power contracted{at_most}: more can never be used"
        yield Issue(("block_mw",), rule, got=True)


@rule
def jobs_are_paused(flexibility: Flexibility, _: Around) -> Issues:
    """Flexible load says when it pauses, in the hours of its own signal."""
    signal, written = flexibility.signal, flexibility.model_fields_set
    hours = {key: getattr(flexibility, key) for key in ("hours_per_day", "request_hours_per_y")}
    of_signal = "request_hours_per_y" if signal == "request" else "hours_per_day"
    if of_signal not in written:
        yield Issue((), f"needs {of_signal} with signal {signal}, or nothing is ever paused")
    for key, value in hours.items():
        if key != of_signal and key in written and value != 0.0:
            yield Issue((key,), f"has no effect with signal {signal}; give {of_signal}", got=True)


@rule
def there_are_jobs_to_pause(_: Flexibility, around: Around) -> Issues:
    """Flexible load has jobs to pause: services answer at once."""
    demand = around.scenario.demand
    if demand.services and "h100e" not in demand.model_fields_set:
        rule = "the demand has services only, which answer at once: there are no jobs (demand.h100e) to pause"
        yield Issue((), rule)


@rule
def yield_is_under_the_sun(plant: SolarShape, _: Around) -> Issues:
    """No yield beyond what the sun gives the place in a year without clouds, in all that can be drawn."""
    places = product(ends(plant.latitude_deg), ends(plant.longitude_deg), ends(plant.tilt_deg))
    try:
        most_h = min((most_full_load_h(*place) for place in places), default=math.inf)
    # a place that is none has the fault of its field's bounds
    except ValueError:
        return
    if not highest(plant.full_load_h_per_y) <= most_h:
        yield Issue(
            ("full_load_h_per_y",), f"must be at most {most_h:.0f}, a year there without clouds", got=True
        )


@rule
def begins_inside_the_horizon(record: Service | Contract | Solar, around: Around) -> Issues:
    """Services, contracts and solar plants begin inside the horizon."""
    if record.starts_on is not None and not record.starts_on < around.end:
        rule = f"must be before the end of the horizon on {around.end.isoformat()}"
        yield Issue(("starts_on",), rule, got=True)
