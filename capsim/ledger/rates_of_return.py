"""What a ledger earns: net present value, internal rate of return, payback, peak funding."""

from __future__ import annotations

import math

import numpy as np

from capsim.ledger.booking import Ledger
from capsim.ledger.financial_statements import Statements
from capsim.ledger.levelised import month_times_y
from capsim.models.finance import irr, irrs, npv, payback_y
from capsim.quantities import wacc_real
from capsim.scenario import Scenario
from capsim.units import Array

RETURNS = ("npv", "irr_real", "payback_y", "irr_equity_nominal", "peak_funding", "peak_equity_nominal")
"""Names of the figures."""


def returns(scenario: Scenario, ledger: Ledger, statements: Statements) -> dict[str, float]:
    """Figures of a ledger as an investment.

    Before tax and financing, real: `npv` at the real WACC, `irr_real` and `payback_y`, with what is
    there at the start as an outlay; the first two count the value left at the end. `peak_funding` is
    the deepest point of the cumulative cash flow. After tax and financing, nominal:
    `irr_equity_nominal` of what owners pay and receive, with the assets left at the end less debt, and
    `peak_equity_nominal`, the most that they have paid in and not received back.

    Returns
    -------
    figures : dict of float
        By name, see `RETURNS`; those that need revenue are NaN without it.
    """
    revenue = ledger.total("revenue")
    cash = revenue - ledger.total("capex", "opex")
    figures = dict.fromkeys(RETURNS, math.nan)
    figures["peak_funding"] = float(max(0.0, -np.cumsum(cash).min()))
    owners = statements.flows["equity_called"] - statements.flows["distributed"]
    figures["peak_equity_nominal"] = float(max(0.0, np.cumsum(owners).max()))
    # without revenue there is an outlay and no return
    if not revenue.any():
        return figures
    times_y = month_times_y(scenario)
    outlay, valued = _outlay(ledger), _valued(ledger)
    figures["npv"] = float(npv(valued, rate_per_y=wacc_real(scenario), times_y=times_y))
    figures["irr_real"] = irr(valued, times_y=times_y)
    figures["payback_y"] = payback_y(outlay, times_y=times_y)
    figures["irr_equity_nominal"] = irr(_of_owners(statements), times_y=times_y)
    return figures


def several_rates(scenario: Scenario, ledger: Ledger, statements: Statements) -> dict[str, list[float]]:
    """All internal rates of return by figure, of figures that have more than one. [1/y]"""
    if not ledger.total("revenue").any():
        return {}
    times_y = month_times_y(scenario)
    flows = {"irr_real": _valued(ledger), "irr_equity_nominal": _of_owners(statements)}
    found = {name: irrs(flow, times_y=times_y) for name, flow in flows.items()}
    return {name: rates for name, rates in found.items() if len(rates) > 1}


def _outlay(ledger: Ledger) -> Array:
    """Revenue less costs by month, with what is there at the start as an outlay. [scenario currency]"""
    return ledger.total("revenue") - ledger.total("capex", "opex") - ledger.total("opening")


def _valued(ledger: Ledger) -> Array:
    """The same, with what is left at the end. [scenario currency]"""
    return _outlay(ledger) - ledger.total("residual")


def _of_owners(statements: Statements) -> Array:
    """What owners receive less what they pay by month.

    They bring in what is there at the start and keep what is left.
    A grant that is not released yet is not owed to anybody: it stays with the owners.
    """
    owners = statements.flows["distributed"] - statements.flows["equity_called"]
    owners[0] -= statements.opening_equity
    owners[-1] += statements.balance["fixed_assets"][-1] - statements.balance["debt"][-1]
    return owners
