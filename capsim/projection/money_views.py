"""Tables of money: instalments with their milestones, statements, who pays, delay, levelised parts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, get_args

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from capsim.ledger import AFTER, BEFORE, FLOWS, INSIDE, delays, levelised_by_item
from capsim.projection.headline_figures import LEVELISED
from capsim.projection.labelled import dates, month_index
from capsim.projection.run import Run, money_name
from capsim.projection.storage import TEXT
from capsim.scenario import Scenario, explain, rows_read, sources
from capsim.vocabulary import Category

BALANCES = ("fixed_assets", "debt", "deferred_grants", "equity")
"""Columns of the cash flow that are levels and no flows."""


def assumptions_table(run: Run) -> pd.DataFrame:
    """Every value of the scenario of a run as resolved, with unit and source."""
    return assumptions_of(run.scenario)


def assumptions_of(scenario: Scenario) -> pd.DataFrame:
    """Every value of a scenario as resolved, with unit and source; the central one where uncertain.

    `retrieved` is the month in which a row of the catalogue was looked up; empty for other values.
    """
    retrieved = {path: value.retrieved for path, (_, value) in rows_read(scenario).items()}
    rows = [
        (
            *(r.path, r.central or r.value, r.unit, r.central and r.value, r.kind, r.confidence, r.source),
            retrieved.get(r.path, ""),
        )
        for r in explain(scenario)
    ]
    names = ["path", "value", "unit", "distribution", "kind", "confidence", "source", "retrieved"]
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pd.DataFrame({name: _text(column) for name, column in zip(names, columns, strict=True)})


def flows_table(run: Run) -> pd.DataFrame:
    """Every cash flow with what made it: instalments of capex one by one, opex and revenue by place.

    `period` says what is paid before the start, in the horizon and after it: the capex rows in the
    horizon sum to capex. `path` leads to the price in the scenario, and `source` is where that comes
    from. An opex or revenue row is the sum over the months it falls due in.
    """
    amount = money_name("amount", run.scenario)
    names = ("site", "phase", "item", "category", "instalment", "milestone", "milestone_item", "period")
    paid = run.ledger.instalments.flows(run.scenario.calendar.n_days)
    rows = [*((*f[:3], "capex", *f[3:]) for f in paid), *_recurring(run)]
    *texts, from_d, to_d, amounts, paths = zip(*rows, strict=True) if rows else [()] * (len(names) + 4)
    source_of = _sources(run.scenario)
    return pd.DataFrame(
        {
            "from": dates(run, pd.Series(from_d, dtype=np.float64)),
            "to": dates(run, pd.Series(to_d, dtype=np.float64)),
            **{name: _text(column) for name, column in zip(names, texts, strict=True)},
            amount: np.array(amounts, dtype=np.float64),
            "path": _text(paths),
            "source": _text([source_of.get(path, "") for path in paths]),
        }
    )


def _text(values: Iterable[str]) -> ExtensionArray:
    """A column of text, also where there is no value."""
    return pd.array(list(values), dtype=TEXT)


def _recurring(run: Run) -> list[tuple[Any, ...]]:
    """Opex and revenue of each place and item, from its first month to its last."""
    edges, rows = run.scenario.calendar.month_start_d, []
    for line, amounts in zip(run.ledger.lines, run.ledger.amounts, strict=True):
        if line.category in ("opex", "revenue"):
            months = np.flatnonzero(amounts)
            span = float(edges[months[0]]), float(edges[months[-1] + 1] - 1)
            path = run.ledger.sources[line.item].format(site=line.site, phase=line.phase)
            what = (line.site, line.phase, line.item, line.category, "monthly", "in operation", "", INSIDE)
            rows.append((*what, *span, float(amounts.sum()), path))
    return rows


def _sources(scenario: Scenario) -> dict[str, str]:
    """Source of each value by path, and of each record that of its first value that has one."""
    source_of: dict[str, str] = {}
    for path, source in sources(scenario):
        source_of[path] = source
        if source:
            parts = path.split(".")
            for n in range(1, len(parts)):
                source_of.setdefault(".".join(parts[:n]), source)
    return source_of


def sums_of_flows(flows: pd.DataFrame) -> pd.DataFrame:
    """Sums of the flows by category and period, in order of time."""
    order = flows["period"].astype(pd.CategoricalDtype([BEFORE, INSIDE, AFTER], ordered=True))
    amount = next(str(name) for name in flows if str(name).startswith("amount_"))
    sums = flows[amount].groupby([flows["category"], order], observed=True).sum()
    return sums.rename_axis(["category", "period"]).reset_index()


def by_item(ledger: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Sums of a ledger by item and category."""
    sums = ledger.groupby(["item", "category"], sort=False)[f"amount_{currency}"].sum()
    columns = sums.unstack().reindex(columns=list(get_args(Category))).fillna(0.0)
    return columns.rename(columns=lambda category: f"{category}_{currency}").rename_axis(columns=None)


def cash_flow_table(run: Run) -> pd.DataFrame:
    """Statements by month, nominal: cash flow, profit and balance."""
    columns = {name: run.statements.flows[name] for name in FLOWS} | run.statements.balance
    table = pd.DataFrame({money_name(name, run.scenario): series for name, series in columns.items()})
    table.insert(0, "month", month_index(run))
    return table


def funding_table(run: Run) -> pd.DataFrame:
    """Who pays what when, and receives what: by month and payer, nominal; empty months left out."""
    parts = []
    paid_in, paid_out = money_name("paid_in", run.scenario), money_name("paid_out", run.scenario)
    for (kind, payer), (paid, received) in run.statements.funding.items():
        part = pd.DataFrame({"month": month_index(run), "kind": kind, "payer": payer})
        part[paid_in], part[paid_out] = paid, received
        parts.append(part[(paid != 0.0) | (received != 0.0)])
    table: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return table.astype({"kind": TEXT, "payer": TEXT})


def cash_flow_by_year(table: pd.DataFrame) -> pd.DataFrame:
    """Flows summed and balances at the end of each calendar year."""
    years = table["month"].dt.year.rename("year")
    balances = [c for c in map(str, table) if c.rsplit("_", 1)[0] in BALANCES]
    sums = table.drop(columns=["month", *balances]).groupby(years).sum()
    return sums.join(table[balances].groupby(years).last()).reset_index()


def payers_by_year(table: pd.DataFrame) -> pd.DataFrame:
    """What each payer gives and receives by calendar year."""
    years = table["month"].dt.year.rename("year")
    return table.drop(columns="month").groupby([years, "kind", "payer"]).sum().reset_index()


def with_money(table: pd.DataFrame, currency: str, stated: str) -> pd.DataFrame:
    """A table whose columns of money say what they are in, as ``capex_eur2025_real``.

    Parameters
    ----------
    table : pandas.DataFrame
        With columns such as ``capex_eur``.
    currency : str
        Code in lower case, as the columns have it.
    stated : str
        What takes its place: ``eur2025_real`` or ``eur_nominal``.
    """
    ending = re.compile(rf"_{currency}(?=_|$)")
    return table.rename(columns=lambda name: ending.sub(f"_{stated}", str(name)))


def delay_table(run: Run) -> pd.DataFrame:
    """What a month's delay of each phase costs."""
    rows = delays(run.scenario, run.timeline, run.ledger)
    names = ("idle_systems", "interest_on_systems", "stranded_plant", "rent", "total")
    columns: dict[str, Any] = {"site": _text(d.site for d in rows), "phase": _text(d.phase for d in rows)}
    for name in names:
        column = money_name(f"{name}_per_month", run.scenario)
        columns[column] = np.array([getattr(d, name) for d in rows], dtype=np.float64)
    return pd.DataFrame(columns)


def levelised_table(run: Run) -> pd.DataFrame:
    """Part of each levelised cost that each item makes."""
    by_item = levelised_by_item(run.scenario, run.operations, run.ledger)
    columns: dict[str, Any] = {"item": _text(by_item)}
    for output in LEVELISED:
        name = money_name(LEVELISED[output], run.scenario)
        columns[name] = np.array([parts[output] for parts in by_item.values()], dtype=np.float64)
    return pd.DataFrame(columns)
