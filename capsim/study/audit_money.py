"""Readings of a claim about money: its scope, what it buys, and what it covers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from capsim.catalog import Catalog
from capsim.scenario import Claim, Span
from capsim.study.audit_chips import DISTRIBUTED_TO, Chip, Measure, chip_of, chips_of
from capsim.study.audit_terms import (
    CONSISTENT,
    INCONSISTENT,
    ONLY_IF,
    UNDECIDED,
    Basis,
    Reading,
    Term,
    Verdict,
    verdict_of,
)
from capsim.study.statistics import PERCENT
from capsim.units import KILO, MEGA, W_PER_MW

FACILITY, ALL_IN, RENT = "facility only", "all-in with IT", "rent"
SCOPE = "scope of the money"
"""Dimension: what the money is for."""
Counts = Sequence[tuple[Chip, float]]
"""Chips a claim may mean, and how many of each it takes."""
BOUGHT = "gb200"
"""Chip that the published cost per MW with IT is of."""
OF_GENERATIONS = (BOUGHT, "h100-sxm", "vr200")
"""Chips in which money with IT is counted where a claim names none, one of each generation."""


def money_readings(claim: Claim, catalog: Catalog, basis: Basis) -> list[Reading]:
    """Readings of the money, with whatever else the claim states."""
    if claim.money is None:
        return []
    if claim.scope == RENT:
        return [_rented(claim, claim.money)]
    chips = chips_of(claim, catalog)
    takes = [(chip, count) for chip in chips if (count := _count(claim, chip)) > 0]
    readings = list(_by_chip(claim, claim.money, takes, basis, catalog))
    shown = [] if _is_other_scope(claim, ALL_IN) else readings
    # Without MW of its own, a claim is read by the MW its chips take.
    if claim.mw is None and takes:
        return [*_scope_of_chips(claim, claim.money, takes, readings, basis), *shown]
    return [*_by_scope(claim, claim.money, _bought_with(claim, catalog), basis, catalog), *shown]


def _rented(claim: Claim, money: Span) -> Reading:
    """Money that pays for the use of what others build: what it comes to, held against no cost."""
    detail = f"{money_words(money, claim.currency)} pay for use and not for building"
    if claim.mw is not None:
        years = claim.years or 1.0
        low, high = (
            f"{paid / MEGA / mw / years:,.3g}"
            for paid, mw in ((money.low, claim.mw.high), (money.high, claim.mw.low))
        )
        each = f"{low if low == high else f'{low}-{high}'} m {claim.currency} for each MW stated"
        detail += f": {each}{' and year' if claim.years else ''}"
    return Reading(SCOPE, RENT, UNDECIDED, detail, math.nan)


def _bought_with(claim: Claim, catalog: Catalog) -> dict[str, Chip]:
    """Chips that money with IT is counted in: the one a claim names, else one of each generation."""
    if claim.accelerator is not None:
        return dict(zip([ALL_IN], chips_of(claim, catalog), strict=False))
    chips = [chip_of(catalog, name) for name in OF_GENERATIONS]
    return {f"all-in with {chip.generation}": chip for chip in chips}


def all_in_of(chip: Chip | None, catalog: Catalog, basis: Basis) -> Term:
    """Cost per MW of IT with a chip: the published one of `BOUGHT`, moved by what a simulation pays for it.

    A simulation books the price of systems with network and storage beside the halls. The published cost as
    it is where no system of the catalogue has the chip.
    """
    published, facility = basis.all_in_m_per_mw, basis.facility_m_per_mw.value
    if chip is None or math.isnan(chip.musd_per_it_mw):
        return published
    costs = (facility + one.musd_per_it_mw * basis.per_usd for one in (chip, chip_of(catalog, BOUGHT)))
    ratio = next(costs) / next(costs)
    ends = (published.value * ratio, published.low * ratio, published.high * ratio)
    return Term(*ends, published.unit, published.source)


def _is_other_scope(claim: Claim, scope: str) -> bool:
    """Whether a claim says its money is for something else."""
    return claim.scope is not None and not scope.startswith(claim.scope)


def _count(claim: Claim, chip: Chip) -> float:
    """Accelerators the claim takes of a chip: as stated, or for its H100e under 8-bit.

    0 where it states neither, NaN where the chip's 8-bit figure is not known.
    """
    if claim.accelerators is not None:
        return claim.accelerators.low
    return claim.h100e.low / chip.h100e[DISTRIBUTED_TO] if claim.h100e is not None else 0.0


def _by_scope(
    claim: Claim, money: Span, with_it: Mapping[str, Chip], basis: Basis, catalog: Catalog
) -> Iterator[Reading]:
    """What the money buys as facility only and with IT; against the claim's MW where it states one."""
    named = next(iter(with_it.values()), None) if claim.accelerator is not None else None
    scopes: dict[str, Chip | None] = {FACILITY: None, **(with_it or {ALL_IN: None})}
    for scope, chip in scopes.items():
        cost = basis.facility_m_per_mw if scope == FACILITY else all_in_of(chip, catalog, basis)
        buys, bought = _bought(claim, money, scope, cost)
        if claim.mw is not None:
            yield _against(claim, _it_of(claim, claim.mw, named, basis), buys, scope, bought)
        elif not _is_other_scope(claim, scope):
            if chip is not None:
                counts = (mw * W_PER_MW / chip.it_w.value for mw in (buys.low, buys.high))
                bought += f", or {' to '.join(f'{rounded(n):,.0f}' for n in counts)} {chip.name}"
            yield Reading(SCOPE, scope, UNDECIDED, bought, float("nan"))


def _costs(basis: Basis) -> tuple[tuple[str, Term], ...]:
    """Cost per MW by scope."""
    return (FACILITY, basis.facility_m_per_mw), (ALL_IN, basis.all_in_m_per_mw)


def _bought(claim: Claim, money: Span, scope: str, cost: Term) -> tuple[Span, str]:
    """The MW of IT the money buys, and in words."""
    buys = _buys(money, cost)
    words = f"{money_words(money, claim.currency)} at {_cost_words(cost, claim.currency)}"
    return buys, f"{words} buy {_mw_words(buys)} of {'halls for IT' if scope == FACILITY else 'IT'}"


def _buys(money: Span, cost: Term, rate: float = 1.0) -> Span:
    """MW of IT at the ends of a cost per MW, which an exchange rate may multiply."""
    return Span(low=money.low / MEGA / (cost.high * rate), high=money.high / MEGA / (cost.low * rate))


def rounded(number: float) -> float:
    """A number to two digits, for what is only an order of magnitude.

    Examples
    --------
    >>> rounded(149_661.0)
    150000.0
    """
    return float(f"{number:.1e}")


def _scope_of_chips(
    claim: Claim, money: Span, takes: Counts, by_chip: Sequence[Reading], basis: Basis
) -> Iterator[Reading]:
    """Scopes of the money of a claim that states chips and no MW: halls for them, all of it, or a share."""
    buys, bought = _bought(claim, money, FACILITY, basis.facility_m_per_mw)
    needs = Span(
        low=min(count * chip.it_w.low for chip, count in takes) / W_PER_MW,
        high=max(count * chip.it_w.high for chip, count in takes) / W_PER_MW,
    )
    is_enough = buys.low <= needs.high and buys.high >= needs.low
    detail = f"{bought}; the chips take {_mw_words(needs)}, and others pay for them"
    covered = buys.high / needs.low
    yield _reading(claim, FACILITY, CONSISTENT if is_enough else INCONSISTENT, detail, covered)
    verdicts = [reading.verdict for reading in by_chip]
    verdict = next((v for v in (CONSISTENT, ONLY_IF) if v in verdicts), INCONSISTENT)
    most, least = (pick(reading.covered for reading in by_chip) for pick in (max, min))
    low, high = (f"{share * PERCENT:.0f}" for share in (least, most))
    detail = f"the money covers {low if low == high else f'{low}-{high}'} % of the chips with their halls"
    detail += ", by chip" if low != high else ""
    if verdict == ONLY_IF:
        named = ", ".join(reading.reading for reading in by_chip if reading.verdict == ONLY_IF)
        detail += f"; enough with {named} at the low end of cost and power"
    yield _reading(claim, ALL_IN, verdict, detail, most)
    if least < 1 and claim.scope is None:
        rest = "-".join(f"{max(0.0, 1 - share) * PERCENT:.0f}" for share in (most, least))
        detail = f"others pay {rest} % of the cost with IT"
        yield Reading(SCOPE, "a share of the cost with IT", ONLY_IF, detail, 1.0)


def _reading(claim: Claim, scope: str, verdict: Verdict, detail: str, covered: float) -> Reading:
    """A reading of the scope, inconsistent where the claim says its money is for something else."""
    if _is_other_scope(claim, scope):
        return Reading(SCOPE, scope, INCONSISTENT, f"{detail}; the claim says {claim.scope}", covered)
    return Reading(SCOPE, scope, verdict, detail, covered)


def money_notes(claim: Claim, basis: Basis) -> Iterator[str]:
    """How far the exchange rate moves what money in euros buys: costs are in dollars."""
    low, high = basis.usd_per_eur_low, basis.usd_per_eur_high
    # Costs are in dollars, so only money in another currency moves with a rate.
    if claim.money is None or claim.scope == RENT or claim.currency != "EUR" or low == high:
        return
    parts = []
    for scope, cost in _costs(basis):
        least = _buys(claim.money, cost, basis.usd_per_eur / low).low
        most = _buys(claim.money, cost, basis.usd_per_eur / high).high
        parts.append(f"{least:,.0f}-{most:,.0f} MW {scope}")
    yield (
        f"Costs are in dollars: over the rates of the year around the claim, {low:g}-{high:g} USD/EUR, "
        f"the money buys {' or '.join(parts)}."
    )


def _it_of(claim: Claim, stated: Span, chip: Chip | None, basis: Basis) -> Span:
    """IT power of the MW stated: from power at the meter to IT power where the claim does not say which."""
    if claim.mw_basis is None:
        return Span(low=stated.low / basis.pue.value, high=stated.high)
    over_it = Measure.of(claim, basis).over_it()
    if claim.mw_basis == "rack" and chip is not None and chip.rack_w > 0:
        over_it = chip.rack_w / chip.it_w.value
    return Span(low=stated.low / over_it, high=stated.high / over_it)


def _against(claim: Claim, takes: Span, buys: Span, scope: str, bought: str) -> Reading:
    """The MW of IT the money buys against those the claim's MW mean."""
    covered = (buys.low * buys.high) ** 0.5 / (takes.low * takes.high) ** 0.5
    verdict: Verdict = INCONSISTENT
    if _is_other_scope(claim, scope):
        why = f"; the claim says {claim.scope}"
    elif buys.high < takes.low:
        why = f"; {buys.high / takes.low * PERCENT:.0f} % of what is stated"
    elif buys.low > takes.high:
        why = f"; at least {buys.low / takes.high:.1f} times what is stated"
    elif takes.high > buys.high:
        both = Span(low=max(takes.low, buys.low), high=buys.high)
        verdict, why = ONLY_IF, f": the MW stated mean {_mw_words(both)}"
    else:
        verdict, why = CONSISTENT, ""
    return Reading(SCOPE, scope, verdict, bought + why, covered)


def _by_chip(claim: Claim, money: Span, takes: Counts, basis: Basis, catalog: Catalog) -> Iterator[Reading]:
    """What the money covers of the claim's accelerators, all-in, by chip."""
    a_site = " a site" if claim.sites > 1 else ""
    for chip, count in takes:
        all_in = all_in_of(chip, catalog, basis)
        it_mw = count * chip.it_w.value / W_PER_MW
        cost = it_mw * all_in.value * MEGA
        covered = money.high / cost
        best = money.high / (it_mw * all_in.low * MEGA) * chip.it_w.value / chip.it_w.low
        each = money_words(Span(low=cost / claim.sites, high=cost / claim.sites), claim.currency)
        text = f"{it_mw / claim.sites:,.0f} MW of IT{a_site}, {each}{a_site} at {all_in.value:.1f} m per MW"
        text += f"; the money covers {covered * PERCENT:.0f} %"
        verdict = verdict_of(covered, best)
        if verdict == ONLY_IF:
            text += ", all of it at the low end of cost and power"
        yield Reading("money for the chips, all-in", chip.name, verdict, text, covered)


def money_words(money: Span, currency: str) -> str:
    """A range of money in bn.

    Examples
    --------
    >>> money_words(Span(low=2.5e9, high=2.5e9), "EUR")
    '2.5 bn EUR'
    """
    low, high = (f"{end / MEGA / KILO:.3g}" for end in (money.low, money.high))
    return f"{low if low == high else f'{low}-{high}'} bn {currency}"


def _cost_words(cost: Term, currency: str) -> str:
    return f"{cost.low:.1f}-{cost.high:.1f} m {currency} per MW"


def _mw_words(mw: Span) -> str:
    return f"{mw.low:,.0f}-{mw.high:,.0f} MW"
