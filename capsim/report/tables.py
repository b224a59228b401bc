"""Tables of a projection for a terminal, as rich renderables."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from rich.console import Console, Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from capsim.models.compute import DEFINITIONS
from capsim.projection import (
    NONE,
    Finding,
    Projection,
    count,
    megawatts,
    money,
    month,
    of_kind,
    rounded,
    stated,
    tuples,
    warnings_in,
)
from capsim.report.figure_cells import goal_title, value_of
from capsim.report.grids import Cells, across, columns, fits, grid, numbers, titled, words
from capsim.units import MEGA
from capsim.vocabulary import DECLARED, Form

H100E_WORDS = {
    "bf16": "dense BF16 FLOP/s over those of an H100 SXM",
    "8bit": "dense 8-bit operations per second over those of an H100 SXM",
    "best": "best dense precision over 8-bit operations per second of an H100 SXM",
}
"""What each definition of an H100-equivalent compares."""
COSTS = {
    "Cost of ownership per MW of critical IT power and year": "tco_per_it_mw_year",
    "Opex of the last year": "opex_last_year",
    "Capex per MW made ready, with refresh": "capex_per_critical_it_mw",
    "Capex per H100e put in service, with refresh": "capex_per_h100e",
    "Levelised cost per accelerator-hour": "lcoc_per_accelerator_h",
    "Levelised cost per H100e-hour": "lcoc_per_h100e_h",
    "Levelised cost per MWh of IT energy": "levelised_cost_per_it_mwh",
}
"""Headline figures of money per something, by their words, which say what they are per."""
DECIMALS: dict[Form, int] = {"power": 1, "ratio": 3}
"""Decimals in the columns of a table; none in those of other forms."""


def by_year(projection: Projection, console: Console) -> list[RenderableType]:
    """The yearly table, in one piece where it fits and in two where it does not."""
    year, capacity, flows, not_ready = _yearly_columns(projection)
    note = "levels at the end of the year; mean and peak MW at the meter"
    whole = _table([year, *capacity, *flows, not_ready])
    words_of_h100e = Text(f"H100e ({projection.definition}): {H100E_WORDS[projection.definition]}")
    if fits(whole, console):
        return [titled(f"By year ({note})", whole, words_of_h100e)]
    return [
        titled(f"Capacity and power by year ({note})", _table([year, *capacity, not_ready]), words_of_h100e),
        titled("Energy, carbon, water and money by year", _table([year, *flows])),
    ]


MILESTONE_HEADINGS = (
    "critical\nIT MW",
    "permit\ndone",
    "grid\napplied",
    "ener-\ngised",
    "ready for\nservice",
    "first in\nservice",
    "fleet in\nservice",
)


def _yearly_columns(projection: Projection) -> tuple[Cells, list[Cells], list[Cells], Cells]:
    """Year, capacity and power, flows, and what is not ready."""
    table, definition, currency = projection.yearly, projection.definition, projection.currency
    code = projection.currency.upper()

    def column(title: str, name: str) -> Cells:
        measure = DECLARED["yearly"][name]
        scale = MEGA if measure.is_money else 1.0
        values, decimals = table[measure.named(currency)] / scale, DECIMALS.get(measure.form, 0)
        return title, [_number(value, decimals) for value in values]

    capacity = [
        column("acceler-\nators", "accelerators"),
        column(f"H100e\n({definition})", f"h100e_{definition}"),
        column("critical\nIT MW", "critical_it_mw"),
        column("mean\nMW", "facility_mean_mw"),
        column("peak\nMW", "facility_peak_mw"),
    ]
    flows = [
        column("\nGWh", "facility_gwh"),
        column("\nPUE", "pue"),
        column("\ntCO2e", "carbon_t"),
        column("water\nm3", "water_m3"),
        column(f"capex\n{code} m", "capex"),
        column(f"opex\n{code} m", "opex"),
    ]
    return ("\nyear", [str(y) for y in table.index]), capacity, flows, ("not\nready", list(table["binds"]))


def _number(value: float, decimals: int) -> str:
    return NONE if math.isnan(value) else f"{value:,.{decimals}f}"


def _table(cells: Sequence[Cells], *, left: Sequence[str] = ("not\nready",)) -> Table:
    """A table with numbers to the right and text to the left, no wider than it must be."""
    headings = [numbers(heading, vertical="bottom") for heading, _ in cells]
    for column in headings:
        if str(column.header).strip() in left:
            column.justify = "left"
    return grid(headings, across(cells))


def milestones(projection: Projection) -> Group:
    """Dates that matter of every phase, in order of readiness."""
    events = projection.milestones
    rows = []
    # of a step that carries power in parts, the day on which it carries all
    steps, applied = (
        projection.of_kind(kind).groupby(["site", "item"])["date"].max() for kind in ("energised", "applied")
    )
    powered_by = projection.facts.energization
    ready = projection.of_kind("ready_for_service")
    for site, phase, mw, when in tuples(ready, "site", "phase", "amount", "date"):
        of_phase = events[(events["site"] == site) & (events["phase"] == phase)]
        permit = of_kind(of_phase[of_phase["item"] == "permit"], "finished")["date"]
        step = site, powered_by[site][phase]
        dates = (permit.max(), applied.get(step), steps.get(step), when, *_first_fleet(of_phase))
        rows.append((site, phase, megawatts(mw), *map(_month, dates)))
    title = "Milestones (grid: the phase's step of the connection; fleet: before any refresh)"
    return titled(title, grid(columns(("site", "phase"), MILESTONE_HEADINGS), rows))


def _first_fleet(of_phase: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    """When the first and the last system of a phase go into service, before the first is retired."""
    in_service = of_kind(of_phase, "in_service")["date"]
    retired = of_kind(of_phase, "retired")["date"].min()
    first_life = in_service if pd.isna(retired) else in_service[in_service <= retired]
    return in_service.min(), first_life.max()


def _month(when: pd.Timestamp | None) -> str:
    return NONE if when is None or pd.isna(when) else f"{when:%Y-%m}"


def headline(projection: Projection) -> Group:
    """Figures of the whole portfolio over the whole horizon."""
    stated_rows = [row for row in _headline_rows(projection) if row[1] != NONE]
    return titled("Over the horizon", grid((words(), words()), stated_rows, gap=2, headed=False))


def _headline_rows(projection: Projection) -> list[tuple[str, str]]:
    figures, currency = projection.headline, projection.currency
    money_unit, declared = projection.facts.money_unit, DECLARED["headline"]

    def of(name: str, unit: str | None = None) -> str:
        measure = declared[name]
        return stated(measure, figures[measure.named(currency)], measure.unit if unit is None else unit)

    h100e = ", ".join(f"{count(figures[f'h100e_{d}_peak'])} ({d})" for d in DEFINITIONS)
    compute = f"{of('h100e_h', 'H100e-hours')} ({projection.definition})"
    costs = [(said_as, of(name, money_unit)) for said_as, name in COSTS.items()]
    return [
        ("Most accelerators in service", count(figures["accelerators_peak"])),
        ("Most H100e in service", h100e if figures["accelerators_peak"] else NONE),
        ("Peak load", f"{of('facility_peak_mw')} facility, {of('it_peak_mw')} IT"),
        ("Energy", f"{of('facility_gwh')} at the meter, PUE {of('pue')}" if figures["it_gwh"] else NONE),
        (declared["carbon_t"].title, of("carbon_t")),
        (declared["carbon_market_t"].title, of("carbon_market_t")),
        ("Carbon, embodied", of("carbon_embodied_t")),
        ("Water", f"{of('water_m3')}, WUE {rounded(figures['wue_l_per_kwh'], 2)} l/kWh"),
        ("Compute delivered (allocated and busy)", compute if figures["h100e_h"] else NONE),
        ("Capex", of("capex", money_unit)),
        ("Opex", of("opex", money_unit)),
        ("Revenue", of("revenue", money_unit) if figures[f"revenue_{currency}"] else NONE),
        ("Net present value before tax", of("npv", money_unit)),
        ("Project IRR, real, before tax and financing", of("irr_real")),
        ("Equity IRR, nominal, after tax and financing", _equity_rate(projection)),
        ("Payback", _payback(projection)),
        ("Peak funding need", of("peak_funding", money_unit)),
        ("Most that the owners have in, nominal", _owners_money(projection)),
        *costs,
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


def _equity_rate(projection: Projection) -> str:
    """Rate of return of the owners, and how much of the money is theirs: leverage lifts the rate."""
    rate = stated(DECLARED["headline"]["irr_equity_nominal"], projection.headline["irr_equity_nominal"], "")
    paid_in = projection.funding.groupby("kind")[f"paid_in_{projection.currency}"].sum()
    if rate == NONE or not paid_in.sum() > 0:
        return rate
    share = float(paid_in.get("equity", 0.0)) / float(paid_in.sum())
    return rate if share == 1.0 else f"{rate}, on {share:.0%} of the money; the rest is debt and grants"


def targets(projection: Projection) -> Group:
    """Targets held against the projection."""
    rows, unit = projection.targets, projection.facts.money_unit
    cells: list[Cells] = [
        ("target", [result.target for result in rows]),
        ("goal", [goal_title(r.metric, r.sense, r.goal, unit) for r in rows]),
        ("reached", [value_of(r.metric, r.reached, unit) for r in rows]),
        ("by", [result.by or NONE for result in rows]),
        ("met", ["yes" if result.met else "no" for result in rows]),
        ("crossed", [month(result.crossed) or NONE for result in rows]),
    ]
    names = [name for name, _ in cells]
    return titled("Targets", grid([*map(words, names[:2]), *map(numbers, names[2:])], across(cells)))


def said(findings: Sequence[Finding]) -> Group:
    """Findings as a list of sentences: warnings, the gravest first, and then all else as it came."""
    notes = [one.text for one in findings if one.severity == "note"]
    rows = [*(("!", text) for text in warnings_in(findings)), *(("-", text) for text in notes)]
    return titled("Findings", grid((Column(), words()), rows, gap=1, headed=False))
