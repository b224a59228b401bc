"""Questions to what a plan is asked for, or given, that is of another size than the plan itself."""

from __future__ import annotations

from capsim.scenario.records.buildout_records import Funding
from capsim.scenario.records.money_records import CostItem, Grant
from capsim.scenario.records.operations_records import Demand, Service
from capsim.scenario.records.schema import Site
from capsim.scenario.records.study_records import Target
from capsim.scenario.rules.plausible import EURO, PLAUSIBLE, Span, limit, power_mw, rate_between, slip
from capsim.scenario.rules.rule import Around, Issue, Issues, question

LUMP = "lump"
"""Basis of an amount that is no multiple of anything in the plan."""
PLANT = (
    ("battery", "power_mw"),
    ("solar", "peak_mw"),
    ("generation", "power_mw"),
    ("firm_power", "unit_mw"),
)
"""Plant of a site, and the field of its power."""


@question
def target_of_another_size(target: Target, around: Around) -> Issues:
    """What a plan is held against is of its own size."""
    halls_mw, site_mw = _halls_mw(around), sum(power_mw(site) for site in around.scenario.sites)
    keys = {"critical_it_mw": halls_mw, "facility_mw": site_mw, "h100e": halls_mw, "accelerators": halls_mw}
    for key, size_mw in keys.items():
        wanted = getattr(target, key)
        if wanted is not None and size_mw:
            name = "mw_over_plan" if key.endswith("_mw") else f"{key}_per_mw"
            yield from _doubts((key,), wanted / size_mw, name, f"the {size_mw:.6g} MW of the plan", around)
    yield from _doubts_of_money(("budget",), target.budget, around)


@question
def funding_of_another_size(funding: Funding, around: Around) -> Issues:
    """The money that comes in is of the size of what is built."""
    total = sum(tranche.amount for tranche in funding.tranches)
    for issue in _doubts_of_money(("tranches",), total, around):
        yield issue._replace(got=f"{total:.6g}")


@question
def grant_of_another_size(grant: Grant, around: Around) -> Issues:
    """A grant is of the size of what it pays a share of."""
    yield from _doubts_of_money(("at_most",), grant.at_most, around)


@question
def lump_of_another_size(item: CostItem, around: Around) -> Issues:
    """A lump sum is no multiple of what the plan can cost."""
    if item.basis == LUMP and "amount" in item.model_fields_set:
        in_euro = item.amount * rate_between(item.currency, EURO, around)
        if 0.0 < in_euro < limit(around, "lump", "low"):
            rule = f"is a lump sum of {in_euro:.4g} EUR for a data center; is it in thousands or millions?"
            yield Issue(("amount",), rule, got=True)
            return
        in_own = rate_between(item.currency, around.scenario.currency.code, around)
        yield from _doubts_of_money(("amount",), item.amount * in_own, around, is_part=True)


@question
def demand_of_another_size(demand: Demand, around: Around) -> Issues:
    """What is asked for at the start is no multiple of what the halls can hold."""
    if demand.h100e is not None and (halls_mw := _halls_mw(around)):
        of = f"the {halls_mw:.6g} MW of the plan"
        yield from _doubts(("h100e",), demand.h100e / halls_mw, "h100e_per_mw", of, around)


@question
def growth_beyond_all(asked: Demand | Service, around: Around) -> Issues:
    """A growth that a year can see does not go on for decades."""
    fastest, most = (limit(around, name, "high") for name in ("growth_per_y", "growth_in_all"))
    years = around.scenario.horizon_years
    times = (1.0 + asked.growth_per_y) ** years
    # what no year has seen is questioned as that
    if asked.growth_per_y <= fastest and times > most:
        rule = f"multiplies what is asked for by {times:.3g} in {years} years, expected at most {most:g}"
        yield Issue(("growth_per_y",), rule, got=True)


@question
def plant_over_halls(site: Site, around: Around) -> Issues:
    """A battery, sun, engines and transformers are of the size of what they supply."""
    halls_mw = sum(phase.critical_it_mw for phase in site.phases)
    for holder, key in PLANT:
        record = getattr(site, holder)
        if record is not None and halls_mw:
            of = f"the {halls_mw:.6g} MW of its halls"
            yield from _doubts((holder, key), getattr(record, key) / halls_mw, "plant_over_halls", of, around)


def _doubts_of_money(
    path: tuple[str, ...], amount: float | None, around: Around, *, is_part: bool = False
) -> Issues:
    """A doubt about a sum in the scenario's currency that is far from what the plan's MW can cost."""
    halls_mw, in_euro = _halls_mw(around), rate_between(around.scenario.currency.code, EURO, around)
    # nothing is no matter of size, and a currency without a rate is held against nothing
    if not (amount and halls_mw and in_euro):
        return
    per_mw = amount * in_euro / halls_mw
    # a part of the cost may be as small as it likes
    if not is_part or per_mw > limit(around, "money_per_mw", "low"):
        yield from _doubts(path, per_mw, "money_per_mw", f"the {halls_mw:.6g} MW of the plan", around)


def _doubts(path: tuple[str, ...], value: float, name: str, of: str, around: Around) -> Issues:
    """A doubt about a value, over what it is of, outside the limits of a name."""
    limits = around.catalog.entry(PLAUSIBLE, name)
    low, high = (limits.number(end) if end in limits else 0.0 for end in ("low", "high"))
    if not low <= value <= high:
        unit = limits.values["high"].unit.split("/")[0]
        size = f"{value:.3g} times" if unit == "MW" else f"{value:.3g} {unit} for each of"
        expected = f"{low:g} to {high:g}" if low else f"at most {high:g}"
        unit_it_is_in = slip(value, Span(low, high, expected), limits.values["high"].unit)
        yield Issue(path, f"is {size} {of}, expected {expected}{unit_it_is_in}", got=True)


def _halls_mw(around: Around) -> float:
    """Critical IT power of the plan. [MW]"""
    return sum(phase.critical_it_mw for _, phase in around.scenario.phases())
