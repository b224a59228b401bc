"""Tables of money for a terminal: who pays what when, and every cash flow with what made it."""

from __future__ import annotations

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from capsim.errors import CapsimError
from capsim.ledger.instalments import INSIDE
from capsim.projection import Projection
from capsim.projection.money import sums_of_flows
from capsim.registry import did_you_mean
from capsim.report.wording import money
from capsim.units import MEGA


def who_pays(projection: Projection) -> Group:
    """What each payer gives and receives by year, in millions of nominal money."""
    table = projection.funding
    years = table["month"].dt.year.rename("year")
    by_year = table.drop(columns=["month", "kind"]).groupby([years, "payer"]).sum().unstack("payer")
    listing = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False)
    listing.add_column("\nyear", justify="right")
    payers = table[["kind", "payer"]].drop_duplicates().sort_values(["kind", "payer"])
    for kind, payer in payers.itertuples(index=False):
        for word in ("pays", "receives")[: 1 if kind == "grant" else 2]:
            listing.add_column(f"{payer}\n{word}", justify="right")
    for year, row in by_year.fillna(0.0).iterrows():
        cells = []
        for kind, payer in payers.itertuples(index=False):
            both = [row[f"{side}_{projection.currency}", payer] / MEGA for side in ("paid_in", "paid_out")]
            cells += [f"{value:,.0f}" for value in both[: 1 if kind == "grant" else 2]]
        listing.add_row(str(year), *cells)
    return Group(
        Text(f"Who pays what when ({projection.manifest['currency']} m, nominal)", style="bold"), listing
    )


def traced(projection: Projection, path: str = "") -> RenderableType:
    """Every cash flow of a site, a phase or an item: dates, milestone, amount, price and source.

    Parameters
    ----------
    projection : Projection
        Of a simulation, or loaded.
    path : str, optional
        Site, ``site.phase`` or item; everything where empty.

    Raises
    ------
    CapsimError
        If nothing of that name has a cash flow, with the nearest name that has.
    """
    table = _chosen(projection.flows, path)
    amount = f"amount_{projection.currency}"
    title = Text(f"Cash flows in {projection.manifest['money_unit']}, real", style="bold")
    parts: list[RenderableType] = [title]
    for (site, phase, item, price), rows in table.groupby(["site", "phase", "item", "path"], sort=False):
        place = ".".join(str(part) for part in (site, phase) if part) or "portfolio"
        parts += [Text(f"{place}: {item}", style="bold"), Text(f"  price: {price}"), _paid(rows, amount), ""]
    parts += [Text("Sums", style="bold"), _sums(table), "", Text("Sources of the prices", style="bold")]
    for price, source in dict(zip(table["path"], table["source"], strict=True)).items():
        parts += [Text(price), Padding(Text(source), (0, 0, 0, 2))]
    return Group(*parts)


def _paid(rows: pd.DataFrame, amount: str) -> Table:
    """The flows of one item of a place, narrow enough for any terminal."""
    listing = Table(box=None, padding=(0, 1, 0, 0), show_header=False, show_edge=False)
    listing.add_column(no_wrap=True, min_width=24)
    listing.add_column(justify="right", no_wrap=True, min_width=8)
    listing.add_column(overflow="fold")
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
    listing = Table(box=None, padding=(0, 1, 0, 0), show_header=False, show_edge=False)
    listing.add_column(no_wrap=True, min_width=24)
    listing.add_column(justify="right", no_wrap=True, min_width=8)
    for category, period, amount in sums_of_flows(table).itertuples(index=False):
        listing.add_row(f"  {category} {period}", money(amount, ""))
    return listing


def _chosen(table: pd.DataFrame, path: str) -> pd.DataFrame:
    """The flows of a site, a phase or an item."""
    if not path:
        return table
    places = table["site"] + "." + table["phase"]
    keep = (table["site"] == path) | (places == path) | (table["item"] == path)
    if not keep.any():
        known = [*table["site"].unique(), *places.unique(), *table["item"].unique()]
        raise CapsimError(f"no cash flow of a site, phase or item {path}{did_you_mean(path, known)}")
    return table[keep]
