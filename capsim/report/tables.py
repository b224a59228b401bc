"""Tables of a projection for a terminal, as rich renderables."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from rich import box
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from capsim.models.compute import DEFINITIONS
from capsim.projection import Projection
from capsim.projection.findings import Finding
from capsim.projection.wording import count, megawatts, money, month, rounded
from capsim.report.hall_tables import halls_tables
from capsim.report.money_tables import who_pays
from capsim.report.waiting import waiting_tables
from capsim.units import KILO, MEGA

H100E_WORDS = {
    "bf16": "dense BF16 FLOP/s over those of an H100 SXM",
    "8bit": "dense 8-bit operations per second over those of an H100 SXM",
    "best": "best dense precision over 8-bit operations per second of an H100 SXM",
}
"""What each definition of an H100-equivalent compares."""
NONE = "-"
UNLIMITED_WIDTH = 10_000
"""Wide enough for any table to show its natural width. [characters]"""


def summary(projection: Projection, console: Console, *, all_halls: bool = False) -> Group:
    """All a terminal shows of a projection: who, by year, milestones, halls, headline, targets, findings.

    Parameters
    ----------
    projection : Projection
        What to show.
    console : rich.console.Console
        Where it will be shown; its width decides whether the yearly table is split in two.
    all_halls : bool
        Whether single halls and long lists of halls are shown too.

    Returns
    -------
    summary : rich.console.Group
        For `console.print`.
    """
    parts: list[RenderableType] = [header(projection), *by_year(projection, console)]
    parts += [milestones(projection), *halls_tables(projection, all_halls=all_halls)]
    parts += [*waiting_tables(projection), headline(projection)]
    if projection.targets:
        parts.append(targets(projection))
    if len(projection.funding[["kind", "payer"]].drop_duplicates()) > 1:
        parts.append(who_pays(projection, console))
    parts.append(said(projection.findings))
    return Group(*(line for part in parts for line in (part, "")))


def header(projection: Projection) -> Text:
    """Name, horizon, seed, money and the definition of an H100-equivalent."""
    facts = projection.facts
    first, last = projection.yearly.index[0], projection.yearly.index[-1]
    text = Text()
    text.append(facts.title or projection.name, style="bold")
    if facts.title:
        text.append(f" ({projection.name})")
    text.append(f"\n{first} to {last}, {facts.horizon_years} years from {facts.start}, ")
    text.append(f"seed {projection.manifest['seed']}; money in {facts.money_unit}, real")
    for code, rate in facts.exchange_rates.items():
        text.append(f"; 1 {code} is {rate:.4g} {facts.currency}")
    words = H100E_WORDS[projection.definition]
    text.append(f"\nH100e ({projection.definition}): {words}")
    return text


def by_year(projection: Projection, console: Console) -> list[RenderableType]:
    """The yearly table, in one piece where it fits and in two where it does not."""
    year, capacity, flows, binds = _yearly_columns(projection)
    note = "levels at the end of the year; mean and peak MW at the meter"
    whole = _table([year, *capacity, *flows, binds])
    unlimited = console.options.update(max_width=UNLIMITED_WIDTH)
    if Measurement.get(console, unlimited, whole).maximum <= console.width:
        return [_titled(f"By year ({note})", whole)]
    return [
        _titled(f"Capacity and power by year ({note})", _table([year, *capacity, binds])),
        _titled("Energy, carbon, water and money by year", _table([year, *flows])),
    ]


def _titled(title: str, table: RenderableType) -> Group:
    return Group(Text(title, style="bold"), table)


MILESTONE_HEADINGS = (
    "critical\nIT MW",
    "permit\ndone",
    "grid\napplied",
    "ener-\ngised",
    "ready for\nservice",
    "first in\nservice",
    "fleet in\nservice",
)
Column = tuple[str, Sequence[str]]
"""Heading and cells."""


def _yearly_columns(projection: Projection) -> tuple[Column, list[Column], list[Column], Column]:
    """Year, capacity and power, flows, and what binds."""
    table, definition, currency = projection.yearly, projection.definition, projection.currency
    code = projection.currency.upper()

    def column(title: str, name: str, scale: float = 1.0, decimals: int = 0) -> Column:
        return title, [_number(value / scale, decimals) for value in table[name]]

    capacity = [
        column("acceler-\nators", "accelerators"),
        column(f"H100e\n({definition})", f"h100e_{definition}"),
        column("critical\nIT MW", "critical_it_mw", decimals=1),
        column("mean\nMW", "facility_mean_mw", decimals=1),
        column("peak\nMW", "facility_peak_mw", decimals=1),
    ]
    flows = [
        column("\nGWh", "facility_gwh"),
        column("\nPUE", "pue", decimals=3),
        column("\ntCO2e", "carbon_t"),
        column("water\nm3", "water_m3"),
        column(f"capex\n{code} m", f"capex_{currency}", MEGA),
        column(f"opex\n{code} m", f"opex_{currency}", MEGA),
    ]
    return ("\nyear", [str(y) for y in table.index]), capacity, flows, ("\nbinds", list(table["binds"]))


def _number(value: float, decimals: int) -> str:
    return NONE if math.isnan(value) else f"{value:,.{decimals}f}"


def _table(columns: Sequence[Column], *, left: Sequence[str] = ("binds",)) -> Table:
    """A table with numbers to the right and text to the left, no wider than it must be."""
    table = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False)
    for heading, _ in columns:
        is_text = heading.strip() in left
        table.add_column(heading, justify="left" if is_text else "right", vertical="bottom", no_wrap=True)
    for row in zip(*(cells for _, cells in columns), strict=True):
        table.add_row(*row)
    return table


def milestones(projection: Projection) -> Group:
    """Dates that matter of every phase, in order of readiness."""
    events = projection.milestones
    table = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False)
    for heading in ("site", "phase"):
        table.add_column(heading, vertical="bottom", overflow="fold")
    for heading in MILESTONE_HEADINGS:
        table.add_column(heading, justify="right", vertical="bottom", no_wrap=True)
    steps, applied = (
        projection.of_kind(kind).set_index(["site", "item"])["date"] for kind in ("energised", "applied")
    )
    powered_by = projection.facts.energization
    ready = projection.of_kind("ready_for_service")
    columns = (ready["site"], ready["phase"], ready["amount"], ready["date"])
    for site, phase, mw, when in zip(*(list(column) for column in columns), strict=True):
        of_phase = events[(events["site"] == site) & (events["phase"] == phase)]
        permit = of_phase[(of_phase["item"] == "permit") & (of_phase["kind"] == "finished")]["date"]
        step = site, powered_by[site][phase]
        dates = (permit.max(), applied.get(step), steps.get(step), when, *_first_fleet(of_phase))
        table.add_row(site, phase, megawatts(mw), *map(_month, dates))
    title = "Milestones (grid: the phase's step of the connection; fleet: before any refresh)"
    return _titled(title, table)


def _first_fleet(of_phase: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    """When the first and the last system of a phase go into service, before the first is retired."""
    in_service = of_phase[of_phase["kind"] == "in_service"]["date"]
    retired = of_phase[of_phase["kind"] == "retired"]["date"].min()
    first_life = in_service if pd.isna(retired) else in_service[in_service <= retired]
    return in_service.min(), first_life.max()


def _month(when: pd.Timestamp | None) -> str:
    return NONE if when is None or pd.isna(when) else f"{when:%Y-%m}"


def headline(projection: Projection) -> Group:
    """Figures of the whole portfolio over the whole horizon."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, show_edge=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for name, text in _headline_rows(projection):
        if text != NONE:
            table.add_row(name, text)
    return _titled("Over the horizon", table)


def _headline_rows(projection: Projection) -> list[tuple[str, str]]:
    figures, currency = projection.headline, projection.currency
    unit = projection.facts.money_unit

    def amount(name: str, per: str = "") -> str:
        value = figures[name.format(currency)]
        return NONE if math.isnan(value) else money(value, unit + per)

    h100e = ", ".join(f"{count(figures[f'h100e_{d}_peak'])} ({d})" for d in DEFINITIONS)
    energy = f"{count(figures['facility_gwh'])} GWh at the meter, PUE {figures['pue']:.3f}"
    load = f"{megawatts(figures['facility_peak_mw'])} MW facility, {megawatts(figures['it_peak_mw'])} MW IT"
    compute = f"{rounded(figures['h100e_h'] / MEGA)} m H100e-hours"
    return [
        ("Most accelerators in service", count(figures["accelerators_peak"])),
        ("Most H100e in service", h100e if figures["accelerators_peak"] else NONE),
        ("Peak load", load),
        ("Energy", energy if figures["it_gwh"] else NONE),
        ("Carbon, location-based", f"{rounded(figures['carbon_t'] / KILO)} ktCO2e"),
        ("Carbon, market-based", f"{rounded(figures['carbon_market_t'] / KILO)} ktCO2e"),
        ("Carbon, embodied", f"{rounded(figures['carbon_embodied_t'] / KILO)} ktCO2e"),
        ("Water", f"{count(figures['water_m3'])} m3, WUE {rounded(figures['wue_l_per_kwh'], 2)} l/kWh"),
        (
            "Compute delivered (allocated and busy)",
            f"{compute} ({projection.definition})" if figures["h100e_h"] else NONE,
        ),
        ("Capex", amount("capex_{}")),
        ("Opex", amount("opex_{}")),
        ("Revenue", amount("revenue_{}") if figures[f"revenue_{currency}"] else NONE),
        ("Net present value before tax", amount("npv_{}")),
        ("Project IRR, real, before tax and financing", _rate(figures["irr_real"])),
        ("Equity IRR, nominal, after tax and financing", _equity_rate(projection)),
        ("Payback", _payback(projection)),
        ("Peak funding need", amount("peak_funding_{}")),
        ("Most that the owners have in, nominal", _owners_money(projection)),
        ("Cost of ownership per MW of critical IT power and year", amount("tco_{}_per_it_mw_year")),
        ("Opex of the last year", amount("opex_last_year_{}")),
        ("Capex per MW made ready, with refresh", amount("capex_{}_per_critical_it_mw")),
        ("Capex per H100e put in service, with refresh", amount("capex_{}_per_h100e")),
        ("Levelised cost per accelerator-hour", amount("lcoc_{}_per_accelerator_h")),
        ("Levelised cost per H100e-hour", amount("lcoc_{}_per_h100e_h")),
        ("Levelised cost per MWh of IT energy", amount("levelised_cost_{}_per_it_mwh")),
    ]


def _payback(projection: Projection) -> str:
    """Years until what was paid has come back; nothing without revenue."""
    years, currency = projection.headline["payback_y"], projection.currency
    if not math.isnan(years):
        return f"{years:.1f} years"
    return "not reached within the horizon" if projection.headline[f"revenue_{currency}"] else NONE


def _owners_money(projection: Projection) -> str:
    """Peak of the equity, where not all is the owners'."""
    is_shared = (projection.funding["kind"] != "equity").any() or projection.headline["payback_y"] > 0
    currency = projection.currency
    peak = projection.headline[f"peak_equity_nominal_{currency}"]
    return money(peak, currency.upper()) if is_shared else NONE


def _rate(value: float) -> str:
    return NONE if math.isnan(value) else f"{value:.1%}"


def _equity_rate(projection: Projection) -> str:
    """Rate of return of the owners, and how much of the money is theirs: leverage lifts the rate."""
    rate, table = projection.headline["irr_equity_nominal"], projection.funding
    paid_in = table.groupby("kind")[f"paid_in_{projection.currency}"].sum()
    if math.isnan(rate) or not paid_in.sum() > 0:
        return _rate(rate)
    share = float(paid_in.get("equity", 0.0)) / float(paid_in.sum())
    return (
        _rate(rate)
        if share == 1.0
        else f"{rate:.1%}, on {share:.0%} of the money; the rest is debt and grants"
    )


def targets(projection: Projection) -> Group:
    """Targets held against the projection."""
    rows = projection.targets
    is_money = [result.metric == "capex" for result in rows]

    def figure(value: float, unit: str, as_money: bool) -> str:
        if as_money:
            return money(value, unit)
        return f"{megawatts(value) if unit == 'MW' else count(value)} {unit}"

    columns: list[Column] = [
        ("target", [result.target for result in rows]),
        ("goal", [figure(r.goal, r.unit, m) for r, m in zip(rows, is_money, strict=True)]),
        ("reached", [figure(r.reached, r.unit, m) for r, m in zip(rows, is_money, strict=True)]),
        ("by", [r.by for r in rows]),
        ("met", ["yes" if r.met else "no" for r in rows]),
        ("crossed", [month(r.crossed) or NONE for r in rows]),
    ]
    table = _table(columns, left=("target", "by", "met", "crossed"))
    return _titled("Targets (power and budget are upper limits)", table)


def said(findings: Sequence[Finding]) -> Group:
    """Findings as a list of sentences."""
    rows = Table(box=None, padding=(0, 1, 0, 0), show_header=False, show_edge=False)
    rows.add_column()
    rows.add_column(overflow="fold")
    for finding in findings:
        rows.add_row("-", finding.text)
    return _titled("Findings", rows)
