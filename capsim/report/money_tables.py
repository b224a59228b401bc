"""Tables of money for a terminal: who pays what when, and every cash flow with what made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from capsim.errors import CapsimError
from capsim.ledger import INSIDE
from capsim.projection import (
    Projection,
    cash_flow_by_year,
    listed,
    money,
    payers_by_year,
    sums_of_flows,
    tuples,
)
from capsim.registry import did_you_mean
from capsim.report.grids import Cells, across, fits, grid, numbers, titled, words
from capsim.units import MEGA
from capsim.vocabulary import item_title

PAYERS: Mapping[str, str] = MappingProxyType(
    {"debt": "finance.debts", "grant": "finance.grants", "equity": "finance.owners"}
)
"""Records of the scenario that each kind of payer is of."""
TAX = "tax"
TAX_TERMS = ("tax_rate", "loss_offset_share", "declining_factor_it", "declining_factor_facility")
"""Fields of `finance` that the tax follows from."""


def scope_table(projection: Projection) -> Group:
    """What is in the money and from which item, by its title; sites with the same are shown together."""
    alike: dict[str, list[str]] = {}
    scope = projection.facts.scope
    for site, parts in scope.items():
        alike.setdefault(str(parts), []).append(site)
    shown = [(sites, scope[sites[0]]) for sites in alike.values()]
    titles = projection.facts.items

    def called(items: Sequence[str]) -> str:
        return "; ".join(item_title(item, titles) for item in items) or "out"

    rows = [(part, *(called(of[part]) for _, of in shown)) for part in shown[0][1]]
    headings = ["part", *(listed(sites) if len(shown) > 1 else "from" for sites, _ in shown)]
    return titled("What is in the money", grid([words(heading) for heading in headings], rows, gap=1))


def who_pays(projection: Projection, console: Console) -> Group:
    """What each payer gives and receives by year, in millions of nominal money.

    Payers stand side by side as far as the console is wide; the others follow below.
    """
    table = payers_by_year(projection.funding)
    sides = [f"{side}_{projection.currency}" for side in ("paid_in", "paid_out")]
    by_year = table.pivot_table(index="year", columns=["kind", "payer"], values=sides, fill_value=0.0) / MEGA
    payers: list[list[Cells]] = []
    for kind, payer in sorted(set(tuples(table, "kind", "payer"))):
        verbs = ("pays", "receives")[: 1 if kind == "grant" else 2]
        payers.append(
            [
                (f"{payer}\n{verb}", [f"{value:,.0f}" for value in by_year[side, kind, payer]])
                for verb, side in zip(verbs, sides, strict=False)
            ]
        )
    years: Cells = ("\nyear", [str(year) for year in by_year.index])
    title = f"Who pays what when ({projection.facts.currency} m, nominal)"
    return titled(title, *_side_by_side(years, payers, console))


def _side_by_side(years: Cells, payers: list[list[Cells]], console: Console) -> list[RenderableType]:
    """Tables of as many payers each as fit into the width, with an empty line between them."""
    tables: list[RenderableType] = []
    shown: list[Cells] = []
    for columns in payers:
        if shown and not fits(_plain_table([years, *shown, *columns]), console):
            tables += [_plain_table([years, *shown]), ""]
            shown = []
        shown = [*shown, *columns]
    return [*tables, _plain_table([years, *shown])]


def _plain_table(columns: Sequence[Cells]) -> Table:
    """Numbers to the right; a heading folds where it must, a number never."""
    headings = [
        words(heading, justify="right", vertical="bottom", min_width=max(map(len, cells)))
        for heading, cells in columns
    ]
    return grid(headings, across(columns))


def traced(projection: Projection, path: str = "") -> RenderableType:
    """Every cash flow of a site, a phase or an item: dates, milestone, amount, price and source.

    Parameters
    ----------
    projection : Projection
        Of a simulation, or loaded.
    path : str, optional
        Site, ``site.phase`` or item; a debt, grant or owner, or ``tax``; all but these where empty.

    Raises
    ------
    CapsimError
        If nothing of that name has a cash flow, with the nearest name that has.
    """
    financed = _financed(projection, path)
    if financed is not None:
        return financed
    table = _chosen(projection, path)
    amount = f"amount_{projection.currency}"
    parts: list[RenderableType] = [titled(f"Cash flows in {projection.facts.money_unit}, real")]
    for (site, phase, item, price), rows in table.groupby(["site", "phase", "item", "path"], sort=False):
        place = ".".join(str(part) for part in (site, phase) if part) or "portfolio"
        parts.append(titled(f"{place}: {item}", Text(f"  price: {price}"), _paid(rows, amount), ""))
    parts += [titled("Sums", _sums(table), ""), titled("Sources of the prices")]
    for price, source in dict(zip(table["path"], table["source"], strict=True)).items():
        parts += [Text(price), Padding(Text(source), (0, 0, 0, 2))]
    if not path:
        names = ", ".join(_financiers(projection))
        parts += ["", Text(f"What pays for them is nominal, and traced by name: {names}")]
    return Group(*parts)


def _financiers(projection: Projection) -> dict[str, str]:
    """Debts, grants and owners by name, and tax, with the record in the scenario each follows from."""
    payers = sorted(set(tuples(projection.funding, "kind", "payer")))
    return {payer: f"{PAYERS[kind]}.{payer}" for kind, payer in payers} | {TAX: "finance"}


def _financed(projection: Projection, name: str) -> Group | None:
    """What a payer gives and receives, or the tax, by year, with the terms it follows from."""
    # a cost item of the same name comes first: it has flows of its own
    if name not in _financiers(projection) or name in set(projection.flows["item"]):
        return None
    currency = projection.currency
    if name == TAX:
        table = cash_flow_by_year(projection.cash_flow)[["year", f"{TAX}_{currency}"]]
        keep = projection.assumptions["path"].isin([f"finance.{term}" for term in TAX_TERMS])
    else:
        table = payers_by_year(projection.funding).query("payer == @name").drop(columns=["kind", "payer"])
        keep = projection.assumptions["path"].str.startswith(f"{_financiers(projection)[name]}.")
    columns = [
        (str(column).removesuffix(f"_{currency}").replace("_", " "), [_cell(v) for v in table[column]])
        for column in table
    ]
    parts: list[RenderableType] = [
        titled(f"{name} in {projection.facts.currency}, nominal", _plain_table(columns), ""),
        titled(f"Terms ({_financiers(projection)[name]})"),
    ]
    terms = projection.assumptions[keep]
    for term, value, unit, source in tuples(terms, "path", "value", "unit", "source"):
        parts.append(Text(f"{term}: {value} {unit}".removesuffix(" 1").rstrip()))
        parts += [Padding(Text(source), (0, 0, 0, 2))] if source else []
    return Group(*parts)


def _cell(value: float) -> str:
    return str(value) if isinstance(value, int) else money(value, "").strip()


def _paid(rows: pd.DataFrame, amount: str) -> Table:
    """The flows of one item of a place, narrow enough for any terminal."""
    listing = grid([*_amounts(), words()], [], gap=1, headed=False)
    for row in rows.to_dict(orient="records"):
        first, last = (f"{row[end]:%Y-%m-%d}" for end in ("from", "to"))
        due = f"{row['instalment']}: {row['milestone']}" if row["category"] == "capex" else row["category"]
        due += f" {row['milestone_item']}" if row["milestone_item"] else ""
        due += f", {row['period']}" if row["period"] != INSIDE else ""
        when = first if first == last else f"{first} to {last}"
        listing.add_row(f"  {when}", money(row[amount], ""), due)
    return listing


def _sums(table: pd.DataFrame) -> Table:
    """Sums by category and period; capex in the horizon is that of the results."""
    sums = sums_of_flows(table).itertuples(index=False, name=None)
    rows = [(f"  {category} {period}", money(amount, "")) for category, period, amount in sums]
    return grid(_amounts(), rows, gap=1, headed=False)


def _amounts() -> tuple[Column, Column]:
    """What is paid for, and how much."""
    return Column(no_wrap=True, min_width=24), numbers(min_width=8)


def _chosen(projection: Projection, path: str) -> pd.DataFrame:
    """The flows of a site, a phase or an item."""
    table = projection.flows
    if not path:
        return table
    places = table["site"] + "." + table["phase"]
    keep = (table["site"] == path) | (places == path) | (table["item"] == path)
    if not keep.any():
        names = [*table["site"].unique(), *places.unique(), *table["item"].unique()]
        names += _financiers(projection)
        raise CapsimError(f"no cash flow of a site, phase, item or payer {path}{did_you_mean(path, names)}")
    return table[keep]
