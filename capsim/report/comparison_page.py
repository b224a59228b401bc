"""The page of a comparison: which option, by what, how surely, and what the difference rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from capsim.projection import plural, scaled
from capsim.report.figure_cells import in_a_sentence
from capsim.report.figure_style import source_of
from capsim.report.helps import help_of
from capsim.report.one_page import (
    ASSUMPTION_HEADS,
    CARDS,
    assumption_cells,
    card,
    key_of,
    scope_sheet,
)
from capsim.report.opening import share_of
from capsim.report.option_titles import against
from capsim.report.options_table import (
    best_option,
    how_often_best,
    numbered,
    of_other_scope,
    of_other_years,
    side_by_side_title,
)
from capsim.report.sheets import Sheet
from capsim.study import Comparison, Driver
from capsim.vocabulary import input_title

MOST_DRIVERS = 2
"""Changes that the sentence names."""
SPREAD = ("central", "p10", "p50", "p90")
"""Columns that all comparisons have with which there are cards."""


def comparison_parts(result: Comparison, tables: list[Sheet]) -> dict[str, Any]:
    """Parts of the page that only a comparison has.

    Parameters
    ----------
    result : Comparison
        By titles; computed, or read from its folder. Of one that was saved without what is told of its
        options, those parts are left out.
    tables : list of Sheet
        All tables of it.
    """
    told, source = result.told, source_of(result.manifest)
    scopes = [
        scope_sheet(one.scope, f"{name}: what is in the money", one.titles) for name, one in told.items()
    ]
    # who is compared with whom and who is best stand above all tables
    of_options, *rest = [sheet for sheet in tables if sheet.rows]
    return {
        "title": against(result),
        "sentence": sentence_of_options(result),
        "options": list(_options(result)),
        "leads": [_side_by_side(result, of_options)],
        "warnings": list(_warnings(result)),
        "helps": [
            help_of(relief, source, name, f"-{number}")
            for number, name in enumerate(result.names)
            if name in told and (relief := told[name].relief) is not None
        ],
        "tables": [*rest, *scopes],
        "assumptions": _assumptions(result),
        "differ": True,
    }


def _side_by_side(result: Comparison, of_options: Sheet) -> Sheet:
    """The options side by side, with the names that a terminal has no room for: a page's heading wraps."""
    names = numbered(result.names)
    heads = [names.get(head, head) for head in of_options.heads]
    rows = [[names.get(cell, cell) for cell in row] for row in of_options.rows]
    return replace(of_options, title=side_by_side_title(result), heads=heads, rows=rows)


def sentence_of_options(result: Comparison) -> str:
    """What a board reads: which option, by what, how surely, and what the difference rests on."""
    said, best = best_option(result)
    if not best:
        return said
    parts = [said, *how_often_best(result, best)]
    shares = result.manifest.get("best_in", {})
    # where the first is best, what the next best lacks against it
    base, *others = result.names
    other = best if best != base else max(others, key=lambda name: shares.get(name, 0.0))
    if other in result.waterfalls:
        parts.append(_rests_on(result, other))
    return " ".join(part for part in parts if part)


def _rests_on(result: Comparison, name: str) -> str:
    """The changes that make most of the difference."""
    parts = result.waterfalls[name]
    by_size = sorted(parts.drivers, key=lambda driver: -abs(driver.effect))
    shown = [driver for driver in by_size if driver.effect][:MOST_DRIVERS]
    if not shown:
        return ""
    ends = f"{scaled(parts.before)} to {scaled(parts.after)}"
    words = " and ".join(_driver(driver) for driver in shown)
    figure = in_a_sentence(parts.figure)
    return f"In the plans, by central estimates, {figure} goes from {ends} in {name}, most of it by {words}."


def _driver(driver: Driver) -> str:
    sign = "+" if driver.effect > 0.0 else ""
    words = input_title(driver.path) if driver.path else ""
    # of a record in the place of another it is said what of it changes
    name = driver.path.rpartition(".")[2]
    words = driver.after if name and driver.after.endswith(f" of {name}") else words
    return f"{words or 'all changes together'} ({sign}{scaled(driver.effect)})"


def _options(result: Comparison) -> Iterator[dict[str, Any]]:
    """Each option with its headline figures, and how sure they are."""
    unit, shares = result.manifest["money_unit"], result.manifest.get("best_in", {})
    for number, name in enumerate(result.names):
        title = result.told[name].title if name in result.told else ""
        notes = ["the base that the others are held against"] if not number else []
        frame = result.manifest.get("months", {}).get(name)
        notes += [f"{frame[0]} to {frame[1]}"] if frame else []
        notes += [f"best in {share_of(shares[name])} of the draws"] if name in shares else []
        yield {
            "name": name,
            "title": title if title != name else "",
            "note": "; ".join(notes),
            "cards": list(_cards(result, name, unit)),
        }


def _cards(result: Comparison, name: str, unit: str) -> Iterator[dict[str, str]]:
    table = result.figures.loc[name]
    if not {*SPREAD} <= {*table.columns}:
        return
    for pattern in CARDS:
        key = key_of(table.index, pattern.format(definition="8bit"), unit[:3].lower())
        if key in table.index:
            of = dict(zip(map(str, table.columns), map(float, table.loc[key].to_numpy()), strict=True))
            yield from card(key, of["central"], of, unit)


def _warnings(result: Comparison) -> Iterator[str]:
    """What makes the options hard to hold against one another, and then what is strange in each."""
    yield from of_other_years(result)
    yield from of_other_scope(result)
    for name, told in result.told.items():
        yield from (f"{name}: {text}" for text in told.warnings)


def _assumptions(result: Comparison) -> Sheet:
    """Values that the options do not share, a row for each option that has one."""
    by_path: dict[str, list[list[str]]] = {}
    for name, told in result.told.items():
        for row in told.assumptions:
            path, *cells = assumption_cells(row)
            by_path.setdefault(path, []).append([path, name, *cells])
    rows = [row for of in by_path.values() for row in of]
    first, *others = ASSUMPTION_HEADS
    title = f"{plural(len(by_path), 'assumption')} that differ"
    return Sheet([first, "option", *others], rows, title)
