"""Pictures of money: what costs and a levelised cost are made of, and cash with who pays for it."""

from __future__ import annotations

import math
import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from capsim.projection import Projection, money
from capsim.report.figure_style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    THOUSANDS,
    axes_of,
    dates_below,
    legend_below,
    nothing_to_show,
    styled,
)
from capsim.units import GIGA, MEGA
from capsim.vocabulary import item_title

MOST_ITEMS = 10
"""Items of a levelised cost with a bar of their own; the smaller ones are one."""
MOST_STEPS = 7
"""Items of capex and of opex with a bar of their own; the smaller ones are one."""
WIDEST_LABEL = 34
"""Characters of a line of a label."""
PAYERS = {"equity": BLUE, "debt": ORANGE, "grant": GREEN}
"""Colours of kinds of payers."""


@styled
def levelised_split(projection: Projection, ax: Axes | None = None) -> Axes:
    """Levelised cost of compute by item, the largest on top; of IT energy where nothing computes."""
    ax = axes_of(ax, projection.manifest)
    of_compute = bool(projection.headline["accelerators_peak"])
    name = levelised_name(projection.currency, of_compute=of_compute)
    money_unit = projection.facts.money_unit
    unit = f"{money_unit} per H100e-hour"
    if not of_compute:
        unit = f"{money_unit} per MWh of IT"
    parts = projection.levelised.set_index("item")[name].dropna()
    parts = parts[parts != 0.0].sort_values(key=abs, ascending=False)
    if parts.empty:
        return nothing_to_show(ax, "there is no levelised cost")
    shown, rest = parts.head(MOST_ITEMS), parts.iloc[MOST_ITEMS:]
    if len(rest):
        shown = pd.concat([shown, pd.Series({f"{len(rest)} smaller items": rest.sum()})])
    places = np.arange(len(shown))
    ax.barh(places, shown, color=[BLUE if value > 0.0 else GREEN for value in shown])
    for place, value in zip(places, shown, strict=True):
        share = f"{value:.3g} ({value / parts.sum():.0%})"
        ax.annotate(
            share, (max(value, 0.0), place), (4, 0), textcoords="offset points", va="center", fontsize=10
        )
    ax.set_yticks(places, [_item(projection, str(item)) for item in shown.index], fontsize=10)
    ax.invert_yaxis()
    ax.margins(x=0.18)
    ax.axvline(0.0, color=GREY, lw=1.0)
    ax.set(title=f"What a levelised cost of {parts.sum():.3g} is made of", xlabel=unit)
    ax.grid(visible=False, axis="y")
    return ax


def levelised_name(currency: str, *, of_compute: bool) -> str:
    """The levelised cost that is split: of compute, else of the energy of IT."""
    return f"lcoc_{currency}_per_h100e_h" if of_compute else f"levelised_cost_{currency}_per_it_mwh"


def _item(projection: Projection, item: str) -> str:
    """An item by its title, in lines that leave room for its bar."""
    # what is several items is words already
    title = item if " " in item else item_title(item, projection.facts.items)
    return "\n".join(textwrap.wrap(title, WIDEST_LABEL))


@styled
def cost_waterfall(projection: Projection, ax: Axes | None = None) -> Axes:
    """The whole cost of the horizon from zero: capex item by item, then opex item by item."""
    ax, unit = axes_of(ax, projection.manifest), projection.facts.money_unit
    amount, ledger = f"amount_{projection.currency}", projection.ledger
    steps: list[tuple[str, float, str]] = []
    for category, colour in (("capex", BLUE), ("opex", ORANGE)):
        items = ledger[ledger["category"] == category].groupby("item")[amount].sum()
        items = items[items != 0.0].sort_values(key=abs, ascending=False)
        shown, rest = items.head(MOST_STEPS), items.iloc[MOST_STEPS:]
        steps += [(_item(projection, str(item)), value, colour) for item, value in shown.items()]
        steps += [(f"{len(rest)} smaller of {category}", rest.sum(), colour)] if len(rest) else []
        steps += [(f"all {category}", math.nan, colour)] if len(items) else []
    if not steps:
        return nothing_to_show(ax, "there are no costs")
    costs = sum(value for _, value, _ in steps if value == value)  # noqa: PLR0124
    size, word = (GIGA, "bn") if abs(costs) >= GIGA else (MEGA, "m")
    level, of_category = 0.0, 0.0
    for place, (_, value, colour) in enumerate(steps):
        is_sum = math.isnan(value)
        left, width = (level - of_category, of_category) if is_sum else (level, value)
        ax.barh(place, width / size, left=left / size, color=GREY if is_sum else colour)
        ax.annotate(
            f"{width / size:,.3g}",
            (max(left, left + width) / size, place),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=10,
        )
        level, of_category = (level, 0.0) if is_sum else (level + value, of_category + value)
    ax.set_yticks(range(len(steps)), [name for name, _, _ in steps], fontsize=10)
    ax.invert_yaxis()
    ax.axvline(0.0, color=GREY, lw=1.0)
    ax.margins(x=0.1)
    ax.set_xlim(left=min(0.0, ax.get_xlim()[0]) if level < 0.0 else 0.0)
    ax.set(title=f"Where {money(costs, unit)} go", xlabel=f"{word} {unit}, over the horizon")
    ax.xaxis.set_major_formatter(THOUSANDS)
    ax.grid(visible=False, axis="y")
    return ax


@styled
def cash_and_funding(projection: Projection, ax: Axes | None = None) -> Axes:
    """What owners, lenders and grants have put in by month, net of what they got, and cash before them."""
    ax, currency = axes_of(ax, projection.manifest), projection.currency
    flow, funding = projection.cash_flow, projection.funding
    days = pd.DatetimeIndex(flow["month"]) + pd.offsets.MonthEnd(0)
    cash = flow[f"revenue_{currency}"] - flow[f"opex_{currency}"] - flow[f"capex_{currency}"]
    most = float(cash.cumsum().abs().max())
    size, word = (GIGA, "bn") if most >= GIGA else (MEGA, "m")
    net = funding[f"paid_in_{currency}"] - funding[f"paid_out_{currency}"]
    by_kind = net.groupby([funding["month"], funding["kind"]]).sum().unstack(fill_value=0)
    by_kind = by_kind.reindex(pd.Index(flow["month"]), fill_value=0.0).cumsum() / size
    below, above = np.zeros(len(days)), np.zeros(len(days))
    for kind, colour in PAYERS.items():
        if kind in by_kind:
            level = by_kind[kind].to_numpy()
            base = np.where(level >= 0.0, above, below)
            ax.fill_between(days, base, base + level, color=colour, alpha=0.55, lw=0, label=f"{kind}, net")
            above, below = above + np.maximum(level, 0.0), below + np.minimum(level, 0.0)
    ax.plot(days, cash.cumsum().to_numpy() / size, color=RED, label="cash before tax and financing")
    ax.axhline(0.0, color=GREY, lw=1.0)
    unit = projection.facts.currency
    low = float(cash.cumsum().min())
    title = f"Cash since the start, and who pays for it (lowest: {money(low, unit)})"
    ax.set(title=title, ylabel=f"{word} {unit}, nominal")
    ax.yaxis.set_major_formatter(THOUSANDS)
    dates_below(ax)
    legend_below(ax)
    return ax
