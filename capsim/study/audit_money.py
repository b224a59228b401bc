"""Readings of a claim about money: its scope, what it buys, and what it covers."""

from __future__ import annotations

from collections.abc import Iterator

from capsim.catalog import Catalog
from capsim.scenario.claim import Claim, Span
from capsim.study.audit_compute import GENERATIONS, PERCENT, chip_of
from capsim.study.audit_terms import CONSISTENT, INCONSISTENT, ONLY_IF, Basis, Reading, Term, Verdict
from capsim.units import KILO, MEGA, W_PER_MW

FACILITY, ALL_IN = "facility only", "all-in with IT"


def money_readings(claim: Claim, catalog: Catalog, basis: Basis) -> list[Reading]:
    """Readings of the money, with whatever else the claim states."""
    if claim.money is None:
        return []
    readings = list(_by_scope(claim, claim.money, basis))
    if claim.accelerators is not None:
        readings += _by_chip(claim, claim.money, claim.accelerators, catalog, basis)
    return readings


def _by_scope(claim: Claim, money: Span, basis: Basis) -> Iterator[Reading]:
    """What the money buys as facility only and with IT; against the claim's MW where it states one."""
    for scope, cost in ((FACILITY, basis.facility_m_per_mw), (ALL_IN, basis.all_in_m_per_mw)):
        buys = Span(low=money.low / MEGA / cost.high, high=money.high / MEGA / cost.low)
        bought = f"{money_words(money, claim.currency)} at {_cost_words(cost, claim.currency)}"
        bought += f" buy {_mw_words(buys)} of IT"
        if claim.mw is None:
            yield Reading("scope of the money", scope, CONSISTENT, bought, 1.0)
        else:
            yield _against(claim, claim.mw, buys, scope, bought, basis)


def _against(claim: Claim, stated: Span, buys: Span, scope: str, bought: str, basis: Basis) -> Reading:
    """The MW the money buys against the MW stated, which may be IT or facility power."""
    is_it = claim.mw_basis == "it"
    wanted = Span(low=stated.low / (1.0 if is_it else basis.pue.value), high=stated.high)
    both = Span(low=max(wanted.low, buys.low), high=max(wanted.low, buys.low, min(wanted.high, buys.high)))
    covered = (buys.low * buys.high) ** 0.5 / (wanted.low * wanted.high) ** 0.5
    mismatch = claim.scope is not None and not scope.startswith(claim.scope)
    if mismatch or buys.high < wanted.low or buys.low > wanted.high:
        share = buys.high / wanted.low if buys.high < wanted.low else buys.low / wanted.high
        why = (
            f"; the claim says {claim.scope}" if mismatch else f"; {share * PERCENT:.0f} % of what is stated"
        )
        why = why if buys.high < wanted.low or mismatch else f"; at least {share:.1f} times what is stated"
        return Reading("scope of the money", scope, INCONSISTENT, bought + why, covered)
    if stated.high > buys.high:
        return Reading(
            "scope of the money", scope, ONLY_IF, f"{bought}: the MW stated mean {_mw_words(both)}", covered
        )
    verdict: Verdict = CONSISTENT
    return Reading("scope of the money", scope, verdict, bought, covered)


def _by_chip(
    claim: Claim, money: Span, accelerators: Span, catalog: Catalog, basis: Basis
) -> Iterator[Reading]:
    """What the money covers of the claim's accelerators, all-in, by chip."""
    names = [claim.accelerator] if claim.accelerator else list(GENERATIONS)
    for name in names:
        chip = chip_of(catalog, name)
        it_mw = accelerators.low * chip.it_w / W_PER_MW
        cost = it_mw * basis.all_in_m_per_mw.value * MEGA
        covered = money.high / cost
        best = money.high / (it_mw * basis.all_in_m_per_mw.low * MEGA) * chip.it_w / chip.it_w_low
        per_site = (
            f", {money_words(Span(low=cost / claim.sites, high=cost / claim.sites), claim.currency)} a site"
        )
        text = (
            f"{it_mw / claim.sites:,.0f} MW of IT a site{per_site if claim.sites > 1 else ''}; "
            f"the money covers {covered * PERCENT:.0f} %"
        )
        verdict: Verdict = CONSISTENT if covered >= 1 else ONLY_IF if best >= 1 else INCONSISTENT
        if verdict == ONLY_IF:
            text += ", all of it at the low end of cost and power"
        yield Reading("money for the chips, all-in", name, verdict, text, covered)


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
