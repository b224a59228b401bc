"""Tables of what each phase and each order waited for, and of what stood idle meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from rich.console import Group

from capsim.buildout import ACCELERATOR_DAYS, LEAD_TIME, SPARE
from capsim.projection import NOTHING, BindingRun, Projection, binding_runs, count, megawatts, money, tuples
from capsim.report.grids import grid, titled, words
from capsim.units import DAYS_PER_MONTH

NUMBERS = {"months", "mean MW", "most MW", "most", "amount", "cost", "outages", "repair"}
"""Headings of columns of numbers."""
ORDER = ("site", "phase", "item")
"""Columns by which an order is told from others."""
IDLE_HEADINGS = ("site", "phase", "order", "what", "most", "amount", "cost")
NO_PHASE = "no phase"
"""Shown for power that no phase of the site takes."""
MOST_ROWS = 20
"""Rows of a table on a terminal; the projection's own tables have all."""


def waiting_tables(projection: Projection) -> Iterator[Group]:
    """The tables that have something to say."""
    runs = binding_runs(projection.binding)
    if any(run.cause != NOTHING for run in runs):
        title = "What is not ready, month by month (critical IT MW that wait; lifting it need not help)"
        headings = ("from", "to", "months", "not ready", "mean MW", "most MW")
        yield from _shown(title, headings, [_binding_row(run) for run in runs])
    waits = projection.waits
    path = _joined(waits[waits["item"] == ""], ["site", "phase"], "sum")
    yield from _shown("Critical path of each phase (months, in order)", ("site", "phase", "path"), path)
    orders = _joined(_orders(projection), [*ORDER], "max")
    title = "What orders waited for (months, the longest of their lots)"
    yield from _shown(title, ("site", "phase", "order", "waits"), orders)
    yield from _shown("What stood idle inside the horizon", IDLE_HEADINGS, _idle_rows(projection))
    yield from _repairs(projection)


def _binding_row(run: BindingRun) -> tuple[str, ...]:
    """A run of months, its cause and its MW; none where nothing is missing."""
    mw = ("-", "-") if run.cause == NOTHING else (megawatts(run.mean_mw), megawatts(run.most_mw))
    return (f"{run.first:%Y-%m}", f"{run.last:%Y-%m}", str(run.months), run.cause, *mw)


def _repairs(projection: Projection) -> Iterator[Group]:
    """Outages by site, and the server-days of what they waited for."""
    failures = projection.facts.failures
    # without outages there is nothing that anything waited for
    if not failures or not failures["sites"]:
        return
    waited = {"waited_d": f"waits for {failures['waits_for']}"} if failures.get("waits_for") else {}
    last = "waits for spare" if failures.get("ends_with") == SPARE else "repair"
    shown = {"number": "outages", **waited, "repaired_d": last}
    rows = [(site, *(count(row[name]) for name in shown)) for site, row in failures["sites"].items()]
    title = "What outages waited for (server-days inside the horizon)"
    yield from _shown(title, ("site", *shown.values()), rows)


def _orders(projection: Projection) -> pd.DataFrame:
    """Waits of deployments that waited for more than their lead time."""
    ordered, waits = projection.of_kind("ordered"), projection.waits
    held_up = waits[waits["cause"] != LEAD_TIME]
    shown = set(tuples(ordered, *ORDER)) & set(tuples(held_up, *ORDER))
    # a mask of a stated type: an empty list would choose columns
    return waits[np.array([key in shown for key in tuples(waits, *ORDER)], dtype=bool)]


def _joined(waits: pd.DataFrame, by: list[str], how: str) -> list[tuple[str, ...]]:
    """Causes in order of time with their months, by place: the sum of the waits or the longest, their max."""
    days = waits.groupby([*by, "cause"], sort=False)["wait_d"].agg(how)
    paths: dict[tuple[str, ...], list[str]] = {}
    for (*place, cause), wait_d in zip(days.index.to_list(), days.to_list(), strict=True):
        paths.setdefault(tuple(place), []).append(f"{cause} {wait_d / DAYS_PER_MONTH:.1f}")
    return [(*place, ", ".join(parts)) for place, parts in sorted(paths.items())]


def _idle_rows(projection: Projection) -> list[tuple[str, ...]]:
    """Idle assets, dearest first."""
    cost, unit = f"cost_{projection.currency}", projection.facts.money_unit
    table = projection.stranded.sort_values([cost, "amount"], ascending=False, kind="stable")
    return [
        (
            row["site"],
            row["phase"] or NO_PHASE,
            row["item"],
            row["kind"],
            _most(row["most"], row["unit"]),
            f"{count(row['amount'])} {row['unit']}",
            money(row[cost], unit),
        )
        for _, row in table.iterrows()
    ]


def _most(value: float, unit: str) -> str:
    """What stood idle at its most: MW to the tenth, accelerators whole."""
    return count(value) if unit == ACCELERATOR_DAYS else megawatts(value)


def _shown(title: str, headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[Group]:
    """The table of some rows; none where there are none."""
    if not rows:
        return
    columns = [words(heading, justify=_side(heading)) for heading in headings]
    left_out = f"; {len(rows) - MOST_ROWS} more rows" if len(rows) > MOST_ROWS else ""
    yield titled(title + left_out, grid(columns, rows[:MOST_ROWS], gap=1))


def _side(heading: str) -> str:
    """Where the cells below a heading stand: numbers to the right."""
    return "right" if heading in NUMBERS or heading.startswith("waits for") else "left"
