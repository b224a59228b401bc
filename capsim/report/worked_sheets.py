"""Sheets of a workbook that work the figures of money again, month by month, as formulas.

The cost of capital stands in a cell: what a reader writes there moves the present value and the levelised
costs beside what was stated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from capsim.projection import Projection
from capsim.report.exact_numbers import Exact
from capsim.units import MONTHS_PER_YEAR
from capsim.vocabulary import in_currency, unit_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook

SUMS, MONTHS = "Worked", "Worked by month"
"""Names of the sheets."""
COSTS = ("capex", "opex", "opening", "residual")
"""Categories of cost, in the columns after `revenue`."""
OUTPUTS = ("accelerator_h", "h100e_h", "it_mwh")
"""Series that levelised costs are stated per."""
LEVELISED = ("lcoc_per_accelerator_h", "lcoc_per_h100e_h", "levelised_cost_per_it_mwh")
HEADINGS = ("month", "revenue", *COSTS, *OUTPUTS, "years", "factor", "cost", "cash")
RATE = f"{SUMS}!$B$1"
FIRST = 2
"""First row of the months, counted from 1."""


def add_worked(book: Workbook, projection: Projection) -> None:
    """Add both sheets; nothing where results of an older version do not say their cost of capital."""
    rate = projection.facts.wacc_real
    if rate is None:
        return
    months = _months(projection)
    sums = book.add_worksheet(SUMS)
    _write_months(book, months, rate)
    bold = book.add_format({"bold": True})
    sums.write_row(0, 0, ("cost of capital, real", Exact(rate), "1/y"))
    sums.write_row(2, 0, ("figure", "worked here", "stated", "difference", "unit"), bold)
    for row, (name, formula) in enumerate(_figures(projection, len(months["revenue"])).items(), 3):
        stated = projection.headline[name]
        unit = unit_of(name, "headline", projection.facts.money_unit)
        sums.write_string(row, 0, name)
        # what a spreadsheet shows until it works the formula itself
        sums.write_formula(row, 1, f"={formula}", None, stated)
        sums.write_number(row, 2, Exact(stated))
        sums.write_formula(row, 3, f"=B{row + 1}-C{row + 1}", None, 0.0)
        sums.write_string(row, 4, unit)
    sums.set_column(0, 3, 28)
    sums.set_column(4, 4, 16)


def _months(projection: Projection) -> dict[str, Sequence[float]]:
    """Money by category and output, month by month."""
    index = projection.monthly.indexes["month"]
    ledger, amount = projection.ledger, in_currency("amount", projection.facts.currency)
    sums = ledger[amount].groupby([ledger["category"].astype(str), ledger["month"]]).sum()
    found = {
        name: sums[name].reindex(index, fill_value=0.0).tolist() if name in sums else [0.0] * len(index)
        for name in ("revenue", *COSTS)
    }
    return found | {name: projection.monthly[name].sum("site").to_numpy().tolist() for name in OUTPUTS}


def _figures(projection: Projection, n: int) -> dict[str, str]:
    """Formulas of the figures that there are, over the rows of `n` months."""
    code = projection.facts.currency
    formulas = {"capex": f"SUM({_column('capex', n)})", "opex": f"SUM({_column('opex', n)})"}
    formulas |= {"revenue": f"SUM({_column('revenue', n)})", "residual": f"-SUM({_column('residual', n)})"}
    factor = _column("factor", n)
    formulas["npv"] = f"SUMPRODUCT({_column('cash', n)},{factor})"
    for name, output in zip(LEVELISED, OUTPUTS, strict=True):
        over = f"SUMPRODUCT({_column(output, n)},{factor})"
        formulas[name] = f"SUMPRODUCT({_column('cost', n)},{factor})/{over}"
    named = {in_currency(name, code): formula for name, formula in formulas.items()}
    return {name: formula for name, formula in named.items() if math.isfinite(projection.headline[name])}


def _column(name: str, n: int) -> str:
    letter = _letter(name)
    return f"'{MONTHS}'!${letter}${FIRST}:${letter}${FIRST + n - 1}"


def _letter(name: str) -> str:
    return chr(ord("A") + HEADINGS.index(name))


def _write_months(book: Workbook, months: dict[str, Sequence[float]], rate: float) -> None:
    sheet = book.add_worksheet(MONTHS)
    sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True}))
    first_cost, last_cost, years = _letter(COSTS[0]), _letter(COSTS[-1]), _letter("years")
    for number in range(len(months["revenue"])):
        row = number + FIRST
        values: dict[str, Any] = {name: series[number] for name, series in months.items()}
        year = (number + 0.5) / MONTHS_PER_YEAR
        cost = sum(values[name] for name in COSTS)
        formulas = {
            "years": (f"=(A{row}-0.5)/{MONTHS_PER_YEAR:g}", year),
            "factor": (f"=(1+{RATE})^-{years}{row}", (1.0 + rate) ** -year),
            "cost": (f"=SUM({first_cost}{row}:{last_cost}{row})", cost),
            "cash": (f"={_letter('revenue')}{row}-{_letter('cost')}{row}", values["revenue"] - cost),
        }
        sheet.write_number(row - 1, 0, number + 1)
        for name, value in values.items():
            sheet.write_number(row - 1, HEADINGS.index(name), Exact(value))
        for name, (formula, value) in formulas.items():
            sheet.write_formula(row - 1, HEADINGS.index(name), formula, None, value)
    sheet.set_column(0, len(HEADINGS), 16)
    sheet.freeze_panes(1, 1)
