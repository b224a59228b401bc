"""Readings of a claim about money: its scope, what it buys, and what it covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from capsim.catalog import Catalog
from capsim.scenario.claim import Claim, Span
from capsim.study.audit_chips import DISTRIBUTED_TO, Chip, Measure, chip_of, chips_of
from capsim.study.audit_compute import PERCENT
from capsim.study.audit_terms import (
    CONSISTENT,
    INCONSISTENT,
    ONLY_IF,
    UNDECIDED,
    Basis,
    Reading,
    Term,
    Verdict,
)
from capsim.units import KILO, MEGA, W_PER_MW

FACILITY, ALL_IN = "facility only", "all-in with IT"
SCOPE = "scope of the money"
"""Dimension: what the money is for."""
BOUGHT = "gb200"
"""Chip in which money with IT is counted where a claim names none: the one the cost per MW is of."""


def money_readings(claim: Claim, catalog: Catalog, basis: Basis) -> list[Reading]:
    """Readings of the money, with whatever else the claim states."""
    if claim.money is None:
        return []
    chips = chips_of(claim, catalog)
    wanted = [(chip, count) for chip in chips if (count := _count(claim, chip)) > 0]
    readings = list(_by_chip(claim, claim.money, wanted, basis))
    shown = [] if _is_other_scope(claim, ALL_IN) else readings
    if claim.mw is None and wanted:
        return [*_scope_of_chips(claim, claim.money, wanted, readings, basis), *shown]
    bought = chips if claim.accelerator else [chip_of(catalog, BOUGHT)]
    return [*_by_scope(claim, claim.money, bought, basis), *shown]


def _is_other_scope(claim: Claim, scope: str) -> bool:
    """Whether a claim says its money is for something else."""
    return claim.scope is not None and not scope.startswith(claim.scope)


def _as_said(claim: Claim, scope: str, verdict: Verdict, detail: str) -> tuple[Verdict, str]:
    """A verdict and its detail, inconsistent where the claim says its money is for something else."""
    if _is_other_scope(claim, scope):
        return INCONSISTENT, f"{detail}; the claim says {claim.scope}"
    return verdict, detail


def _count(claim: Claim, chip: Chip) -> float:
    """Accelerators the claim takes of a chip: as stated, or for its H100e under 8-bit.

    0 where it states neither, NaN where the chip's 8-bit figure is not known.
    """
    if claim.accelerators is not None:
        return claim.accelerators.low
    return claim.h100e.low / chip.h100e[DISTRIBUTED_TO] if claim.h100e is not None else 0.0


def _by_scope(claim: Claim, money: Span, chips: Sequence[Chip], basis: Basis) -> Iterator[Reading]:
    """What the money buys as facility only and with IT; against the claim's MW where it states one."""
    for scope, cost in ((FACILITY, basis.facility_m_per_mw), (ALL_IN, basis.all_in_m_per_mw)):
        buys, bought = _bought(claim, money, scope, cost)
        if claim.mw is not None:
            is_named = claim.accelerator is not None and bool(chips)
            wanted = _it_of(claim, claim.mw, chips[0] if is_named else None, basis)
            yield _against(claim, wanted, buys, scope, bought)
            continue
        if _is_other_scope(claim, scope):
            continue
        for chip in chips if scope == ALL_IN else ():
            counts = (mw * W_PER_MW / chip.it_w for mw in (buys.low, buys.high))
            bought += f", or {' to '.join(f'{rounded(n):,.0f}' for n in counts)} {chip.name}"
        yield Reading(SCOPE, scope, UNDECIDED, bought, float("nan"))


def _bought(claim: Claim, money: Span, scope: str, cost: Term) -> tuple[Span, str]:
    """The MW of IT the money buys, and in words."""
    buys = _buys(money, cost)
    words = f"{money_words(money, claim.currency)} at {_cost_words(cost, claim.currency)}"
    return buys, f"{words} buy {_mw_words(buys)} of {'IT' if scope == ALL_IN else 'halls for IT'}"


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
    claim: Claim,
    money: Span,
    wanted: Sequence[tuple[Chip, float]],
    by_chip: Sequence[Reading],
    basis: Basis,
) -> Iterator[Reading]:
    """Scopes of the money of a claim that states chips and no MW: halls for them, all of it, or a share."""
    buys, bought = _bought(claim, money, FACILITY, basis.facility_m_per_mw)
    needs = Span(
        low=min(count * chip.it_w_low for chip, count in wanted) / W_PER_MW,
        high=max(count * chip.it_w_high for chip, count in wanted) / W_PER_MW,
    )
    verdict: Verdict = CONSISTENT if buys.low <= needs.high and buys.high >= needs.low else INCONSISTENT
    detail = f"{bought}; the chips take {_mw_words(needs)}, and others pay for them"
    yield Reading(SCOPE, FACILITY, *_as_said(claim, FACILITY, verdict, detail), buys.high / needs.low)
    verdicts = [reading.verdict for reading in by_chip]
    verdict = CONSISTENT if CONSISTENT in verdicts else ONLY_IF if ONLY_IF in verdicts else INCONSISTENT
    shares = [reading.covered for reading in by_chip]
    low, high = (f"{share * PERCENT:.0f}" for share in (min(shares), max(shares)))
    detail = (
        f"the money covers {low}-{high} % of the chips with their halls, by chip"
        if low != high
        else (f"the money covers {low} % of the chips with their halls")
    )
    if verdict == ONLY_IF:
        named = ", ".join(reading.reading for reading in by_chip if reading.verdict == ONLY_IF)
        detail += f"; enough with {named} at the low end of cost and power"
    yield Reading(SCOPE, ALL_IN, *_as_said(claim, ALL_IN, verdict, detail), max(shares))
    if min(shares) < 1 and claim.scope is None:
        others = [_rest(share) for share in (max(shares), min(shares))]
        detail = f"others pay {others[0]:.0f}-{others[1]:.0f} % of the cost with IT"
        yield Reading(SCOPE, "a share of the cost with IT", ONLY_IF, detail, 1.0)


def _rest(share: float) -> float:
    """What is left to pay. [%]"""
    return max(0.0, 1 - share) * PERCENT


def money_notes(claim: Claim, basis: Basis) -> Iterator[str]:
    """How far the exchange rate moves what money in euros buys: costs are in dollars."""
    low, high = basis.usd_per_eur_low, basis.usd_per_eur_high
    if claim.money is None or claim.currency != "EUR" or low == high:
        return
    parts = []
    for scope, cost in ((FACILITY, basis.facility_m_per_mw), (ALL_IN, basis.all_in_m_per_mw)):
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
        over_it = chip.rack_w / chip.it_w
    return Span(low=stated.low / over_it, high=stated.high / over_it)


def _against(claim: Claim, wanted: Span, buys: Span, scope: str, bought: str) -> Reading:
    """The MW of IT the money buys against those the claim's MW mean."""
    both = Span(low=max(wanted.low, buys.low), high=max(wanted.low, buys.low, min(wanted.high, buys.high)))
    covered = (buys.low * buys.high) ** 0.5 / (wanted.low * wanted.high) ** 0.5
    if _is_other_scope(claim, scope) or buys.high < wanted.low or buys.low > wanted.high:
        share = buys.high / wanted.low if buys.high < wanted.low else buys.low / wanted.high
        why = f"; {share * PERCENT:.0f} % of what is stated"
        if _is_other_scope(claim, scope):
            why = f"; the claim says {claim.scope}"
        elif buys.high >= wanted.low:
            why = f"; at least {share:.1f} times what is stated"
        return Reading(SCOPE, scope, INCONSISTENT, bought + why, covered)
    if wanted.high > buys.high:
        return Reading(SCOPE, scope, ONLY_IF, f"{bought}: the MW stated mean {_mw_words(both)}", covered)
    return Reading(SCOPE, scope, CONSISTENT, bought, covered)


def _by_chip(
    claim: Claim, money: Span, wanted: Sequence[tuple[Chip, float]], basis: Basis
) -> Iterator[Reading]:
    """What the money covers of the claim's accelerators, all-in, by chip."""
    for chip, count in wanted:
        it_mw = count * chip.it_w / W_PER_MW
        cost = it_mw * basis.all_in_m_per_mw.value * MEGA
        covered = money.high / cost
        best = money.high / (it_mw * basis.all_in_m_per_mw.low * MEGA) * chip.it_w / chip.it_w_low
        each = Span(low=cost / claim.sites, high=cost / claim.sites)
        text = f"{it_mw / claim.sites:,.0f} MW of IT{' a site' if claim.sites > 1 else ''}"
        text += f", {money_words(each, claim.currency)}{' a site' if claim.sites > 1 else ''}"
        text += f" at {basis.all_in_m_per_mw.value:.1f} m per MW; the money covers {covered * PERCENT:.0f} %"
        verdict: Verdict = CONSISTENT if covered >= 1 else ONLY_IF if best >= 1 else INCONSISTENT
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
    return f"{low} bn {currency}" if low == high else f"{low}-{high} bn {currency}"


def _cost_words(cost: Term, currency: str) -> str:
    return f"{cost.low:.1f}-{cost.high:.1f} m {currency} per MW"


def _mw_words(mw: Span) -> str:
    return f"{mw.low:,.0f}-{mw.high:,.0f} MW"
