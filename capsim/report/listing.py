"""Listings for a terminal: the catalogue and its records, and where a scenario's values come from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Literal

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from capsim.catalog import Catalog, Entry, Value, h100e_ratio, worth_of
from capsim.models.compute import DEFINITIONS
from capsim.models.system_power import Parts, system_draw
from capsim.quantities import listed_parts
from capsim.registry import did_you_mean
from capsim.report.figure_cells import PERCENT
from capsim.report.grids import grid, titled, words
from capsim.scenario import Row

SHOWN_AT = {"idle": 0.0, "half of its power above idle": 0.5, "rated": 1.0}
"""Utilisations at which what a system draws is listed. [1]"""
PARTS_OF_A_SYSTEM = {
    "modules_kw": "accelerators",
    "host_kw": "host; all but accelerators where parts are not known",
    "fans_kw": "fans",
    "supplies_kw": "losses of the power supplies",
    "shared_kw": "share of network, storage and management",
}
"""Parts of what a system draws, in words."""
ABOUT = {
    "accelerators": "chips: FLOP/s by precision, memory, power, price",
    "systems": "servers and racks that are ordered: accelerators, power, price, lead time",
    "cooling": "cooling presets: model, set points, efficiencies, cost against air-cooled chillers",
    "redundancy": "tiers and spare units of the plant: cost against tier III",
    "climates": "climates: design temperatures; hourly tables beside them",
    "electricity_prices": "day-ahead prices by bidding zone and year",
    "tariffs": "what a MWh costs at the meter: wholesale level, excise, network",
    "carbon": "carbon intensity of the grid by country",
    "cost_items": "capex and opex items with their bases",
    "cost_presets": "sets of cost items",
    "cost_bases": "what a cost item's amount is multiplied with, and when it falls due",
    "stage_kinds": "what a stage of a phase may be",
    "price_paths": "prices of an accelerator-hour by date",
    "debt_presets": "tranches of debt: share, rate, term",
    "tax_depreciation": "tables of tax depreciation: share of the cost by tax year",
    "lead_times": "published durations: grid, permits, construction, deliveries",
    "buildout_presets": "stages and grid connections with their durations",
    "job_mixes": "sizes of jobs and their shares of the accelerator-time",
    "assumptions": "defaults of workload, installation, electrical chain and finance",
    "range_classes": "ranges by kind of value, for numbers without one of their own; what is exact, and why",
    "factors": "what is one thing and has one draw: the price of a system, the level of a market",
    "plausible": "how far a value may be from what is expected before it is questioned",
    "fx": "exchange rates by date",
    "reference_builds": "announced and running builds, to compare with",
    "efficiency_bands": "published PUE and WUE by cooling system and climate zone",
    "wide_tables": "files with one row per month and hour: climates, prices, carbon",
    "countries": "what a new scenario begins with in a country: presets of other tables",
    "starters": "what a new scenario may begin as: the question it answers, its size and system",
    "shelf_lives": "how long values of a kind are good for, from when they were looked up",
}
"""What each table holds."""


_RIGHT: Literal["right"] = "right"
_LEFT: Literal["left"] = "left"
SHOWN: Mapping[str, tuple[tuple[str, str, Literal["left", "right"]], ...]] = MappingProxyType(
    {
        "systems": (
            ("chips", "accelerator_count", _RIGHT),
            ("accelerator", "accelerator", _LEFT),
            ("rack kW", "nameplate_kw", _RIGHT),
            ("by", "nameplate_basis", _LEFT),
            ("all-in kW", "all_in_it_kw", _RIGHT),
            ("by", "all_in_basis", _LEFT),
            ("USD", "price_usd", _RIGHT),
            ("cooled by", "cooling_medium", _LEFT),
            ("launch", "launched_on", _LEFT),
        ),
        "accelerators": (
            ("bf16 TFLOP/s", "bf16_dense_tflops", _RIGHT),
            ("8-bit TFLOP/s", "fp8_dense_tflops", _RIGHT),
            ("GB", "hbm_gb", _RIGHT),
            ("TB/s", "hbm_tb_per_s", _RIGHT),
            ("W", "tdp_w", _RIGHT),
            ("launch", "launch_date", _LEFT),
        ),
    }
)
"""Columns of tables of which a planner chooses by more than a title: heading, field and side."""
ORDERS = {
    "h100e": "H100e",
    "h100e_per_mw": "per MW\nall-in",
    "h100e_per_rack_mw": "per rack\nMW",
    "h100e_per_meur": "per\nMEUR",
}
"""What systems may be sorted by, with its heading."""
POWER_BASES = (
    "MW all-in count a system with its share of network and storage, as the sources of each count it: "
    "{low:.0f} to {high:.0f} % of its nameplate. Rack MW are the nameplate alone. Neither has a PUE."
)
"""What stands under systems that are sorted."""
BASES_OF_POWER = (
    "Rack kW by the maker's label; by its parts at rated power through their supplies (no label is known); "
    "or per chip, of a pod or rack of the maker, times its chips. All-in kW, with network and storage: per "
    "chip by published clusters, by parts, or the label with its share. None is measured, and none has a "
    "PUE: what was measured stands in docs/validation.md, and capsim hour shows what a system draws at work."
)
"""What stands under systems."""


@dataclass(frozen=True)
class SystemOrder:
    """Systems, most of what they are worth first."""

    by: str
    """One of `ORDERS`."""
    definition: str
    """Definition of an H100-equivalent."""

    def __post_init__(self) -> None:
        """Both must be known. Raises ValueError with the nearest name."""
        for what, name, known in (("sort", self.by, ORDERS), ("h100e", self.definition, DEFINITIONS)):
            if name not in known:
                hint = did_you_mean(name, known)
                raise ValueError(f"{what} must be one of {', '.join(known)}{hint} (got {name})")


def catalog_listing(catalog: Catalog, table: str | None = None, name: str | None = None) -> RenderableType:
    """The catalogue, one of its tables, or one entry.

    Raises
    ------
    CatalogError
        If there is no such table or entry, with the nearest name.
    """
    if table is None:
        return tables(catalog)
    return entries(catalog, table) if name is None else entry_listing(catalog.entry(table, name))


def systems_listing(catalog: Catalog, order: SystemOrder) -> Group:
    """Systems with what they compute for their power and price, most first; those without a figure last."""
    heads = ("rack\nkW", "all-in\nkW", "USD", *ORDERS.values())
    rows = []
    for name in _ordered(catalog, order):
        system = catalog.entry("systems", name)
        worth = asdict(worth_of(catalog, system, order.definition))
        figures = ("" if math.isnan(worth[by]) else f"{worth[by]:,.4g}" for by in ORDERS)
        fields = ("nameplate_kw", "all_in_it_kw", "price_usd")
        rows.append((name, *(_cell(system, field) for field in fields), *figures))
    table = grid([_name("name"), *(words(head, justify=_RIGHT, no_wrap=True) for head in heads)], rows, gap=1)
    systems = (catalog.entry("systems", name) for name in catalog.names("systems"))
    shares = [
        PERCENT * s.number("all_in_it_kw") / s.number("nameplate_kw") for s in systems if "nameplate_kw" in s
    ]
    return Group(table, Text(POWER_BASES.format(low=min(shares), high=max(shares))))


def systems_record(catalog: Catalog, order: SystemOrder) -> list[dict[str, Any]]:
    """The same for machines: None where there is no figure."""
    listed = []
    for name in _ordered(catalog, order):
        worth = asdict(worth_of(catalog, catalog.entry("systems", name), order.definition))
        known = {by: None if math.isnan(figure) else figure for by, figure in worth.items()}
        listed.append({"system": name, "definition": order.definition, **known})
    return listed


def _ordered(catalog: Catalog, order: SystemOrder) -> list[str]:
    """Names of systems in that order."""

    def key(name: str) -> tuple[bool, float]:
        figure = getattr(worth_of(catalog, catalog.entry("systems", name), order.definition), order.by)
        return math.isnan(figure), -figure

    return sorted(catalog.names("systems"), key=key)


def catalog_record(catalog: Catalog, table: str | None = None, name: str | None = None) -> dict[str, Any]:
    """The same for machines."""
    if table is None:
        return {n: {"entries": len(e), "what": ABOUT.get(n, "")} for n, e in catalog.tables.items()}
    if name is None:
        return {entry: entry_record(catalog.entry(table, entry)) for entry in catalog.names(table)}
    return entry_record(catalog.entry(table, name))


def tables(catalog: Catalog) -> Table:
    """Tables of the catalogue with the number of their entries."""
    rows = [(name, str(len(entries)), ABOUT.get(name, "")) for name, entries in catalog.tables.items()]
    return grid((_name("table"), words("entries", justify="right"), words("what")), rows, gap=1)


def entries(catalog: Catalog, table: str) -> RenderableType:
    """Entries of a table; CatalogError where there is no such table."""
    listed = _entries(catalog, table)
    return Group(listed, Text(BASES_OF_POWER)) if table == "systems" else listed


def _entries(catalog: Catalog, table: str) -> Table:
    """Entries of a table with its columns."""
    listed = [catalog.entry(table, name) for name in catalog.names(table)]
    if table in SHOWN:
        columns = [_name("name"), *(words(head, justify=side) for head, _, side in SHOWN[table])]
        shown = [(e.name, *(_cell(e, field) for _, field, _ in SHOWN[table])) for e in listed]
        return grid(columns, shown, gap=1)
    rows = [(entry.name, _title(entry), str(len(entry.values))) for entry in listed]
    return grid((_name("name"), words("title"), words("values", justify="right")), rows, gap=1)


def _cell(entry: Entry, field: str) -> str:
    """A value of an entry as a table shows it; empty where it has none."""
    value = entry.get(field)
    return "" if value is None else _text(value.value, value.unit)


def _title(entry: Entry) -> str:
    title = entry.get("title")
    return str(title.value) if title is not None else ""


def entry_listing(entry: Entry) -> Group:
    """A record: its values, and below them the sources and notes they refer to."""
    sources: dict[str, int] = {}
    rows = []
    for field, value in entry.values.items():
        number = sources.setdefault(_sourced(value), len(sources) + 1)
        text = _text(value.value, value.unit)
        rows.append((field, text, value.unit, _range(value), value.kind, f"[{number}]"))
    columns = [_name("value of"), *map(words, ("value", "unit", "range", "kind"))]
    table = grid([*columns, words("source", justify="right")], rows, gap=1)
    parts: list[RenderableType] = [titled(f"{entry.table} / {entry.name}", table)]
    if entry.table == "accelerators":
        parts += ["", titled("H100-equivalents, computed from the dense FLOP/s above", _h100e(entry))]
    of_parts = listed_parts(entry) if entry.table == "systems" else None
    if of_parts is not None:
        parts += ["", _draws(of_parts)]
    parts += ["", titled("Sources", _items((f"[{n}]", text) for text, n in sources.items()))]
    notes = [(field, value.note) for field, value in entry.values.items() if value.note]
    if notes:
        parts += ["", titled("Notes", _items(notes))]
    return Group(*parts)


def _draws(of_parts: Parts) -> Group:
    """What the parts of a system add up to, without work, at half and at rated power."""
    draws = [system_draw(of_parts, utilisation) for utilisation in SHOWN_AT.values()]
    rows = [
        (words_of, *(f"{getattr(draw, part):.4g}" for draw in draws))
        for part, words_of in PARTS_OF_A_SYSTEM.items()
    ]
    rows.append(("all", *(f"{draw.total_kw:.4g}" for draw in draws)))
    columns = [words("kW"), *(words(at, justify="right") for at in SHOWN_AT)]
    return titled("What it draws, by part, in air of 25 degC", grid(columns, rows, gap=1))


def _sourced(value: Value) -> str:
    retrieved = f" (retrieved {value.retrieved})" if value.retrieved else ""
    return f"{value.source}{retrieved}"


def _text(value: float | str, unit: str) -> str:
    """A value as people write it: a year has no thousands."""
    if isinstance(value, str):
        return value
    return f"{value:g}" if unit == "year" else f"{value:,.10g}"


def _range(value: Value) -> str:
    """Lower and upper end; a missing end is left open."""
    if value.low is None and value.high is None:
        return ""
    low, high = ("" if end is None else f"{end:,.10g}" for end in (value.low, value.high))
    return f"{low} .. {high}".strip()


def _h100e(entry: Entry) -> Table:
    """The three ratios of an accelerator."""
    ratios = {definition: h100e_ratio(entry, definition) for definition in DEFINITIONS}
    return _items((name, "-" if math.isnan(r) else f"{r:.4g} H100e") for name, r in ratios.items())


def _items(rows: Iterable[tuple[str, str]]) -> Table:
    """Names with texts that wrap."""
    return grid((Column(no_wrap=True), words()), rows, gap=1, headed=False)


def entry_record(entry: Entry) -> dict[str, Any]:
    """A record for machines; an accelerator with its computed ratios."""
    names = ("value", "unit", "low", "high", "kind", "source", "retrieved", "confidence", "note", "origin")
    record: dict[str, Any] = {
        field: {name: getattr(value, name) for name in names} for field, value in entry.values.items()
    }
    if entry.table == "accelerators":
        ratios = {definition: h100e_ratio(entry, definition) for definition in DEFINITIONS}
        record["h100e"] = {name: None if math.isnan(ratio) else ratio for name, ratio in ratios.items()}
    return record


def explained(rows: Iterable[Row]) -> Group:
    """Values as resolved, each with the place and the layer that set it and with its source."""
    parts: list[RenderableType] = []
    for row in rows:
        text = Text(row.path, style="bold")
        text.append(f": {row.value}{f' {row.unit}' if row.unit not in ('', '1') else ''}", style="not bold")
        parts += [text, Padding(Text(_where_from(row), style="dim"), (0, 0, 0, 4), expand=False)]
    return Group(*parts)


def _where_from(row: Row) -> str:
    """Place, layer, kind, confidence and source of a value, as far as they are known."""
    origin = row.place if row.place.startswith(row.layer) else f"{row.place} ({row.layer})"
    kind = "" if row.source.startswith(row.kind) else row.kind
    graded = ", ".join(part for part in (kind, row.confidence and f"confidence {row.confidence}") if part)
    about = ": ".join(part for part in (graded, row.source) if part)
    drawn = row.drawn_as and f"one draw: {row.drawn_as}"
    return "; ".join(
        part for part in (origin, about, row.series, drawn, row.factor and f"moved by {row.factor}") if part
    )


def _name(heading: str) -> Column:
    """The first column: names, which are never broken."""
    return words(heading, no_wrap=True)
