"""All that a terminal shows of a projection behind its first screen: sections by name, in one order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.console import Console, Group, RenderableType
from rich.text import Text

from capsim.projection import Projection, left_out_words
from capsim.report import tables
from capsim.report.hall_tables import halls_tables
from capsim.report.money_tables import who_pays
from capsim.report.not_in_the_money import not_in_the_money
from capsim.report.opening import projection_opening
from capsim.report.relief_tables import relief_beside
from capsim.report.spread_tables import spread_table
from capsim.report.tables_of_waiting import waiting_tables

if TYPE_CHECKING:
    from capsim.study import Relief


class Shown(NamedTuple):
    """What a section may show, and how wide."""

    projection: Projection
    relief: Relief | None
    console: Console
    all_halls: bool


def _years(of: Shown) -> Iterator[RenderableType]:
    yield from tables.by_year(of.projection, of.console)


def _milestones(of: Shown) -> Iterator[RenderableType]:
    yield tables.milestones(of.projection)


def _halls(of: Shown) -> Iterator[RenderableType]:
    yield from halls_tables(of.projection, all_halls=of.all_halls)


def _binding(of: Shown) -> Iterator[RenderableType]:
    yield from waiting_tables(of.projection)
    if of.relief is not None:
        yield relief_beside(of.relief)


def _money(of: Shown) -> Iterator[RenderableType]:
    yield tables.headline(of.projection)
    yield from map(Text, not_in_the_money(left_out_words(of.projection.facts.scope)))
    # an owner alone pays all
    if len(of.projection.funding[["kind", "payer"]].drop_duplicates()) > 1:
        yield who_pays(of.projection, of.console)


def _sure(of: Shown) -> Iterator[RenderableType]:
    if of.projection.spread is not None:
        yield spread_table(of.projection, of.projection.spread)


def _findings(of: Shown) -> Iterator[RenderableType]:
    if of.projection.targets:
        yield tables.targets(of.projection)
    yield tables.said(of.projection.findings)


SECTIONS: Final[dict[str, Callable[[Shown], Iterator[RenderableType]]]] = {
    "years": _years,
    "milestones": _milestones,
    "halls": _halls,
    "binding": _binding,
    "money": _money,
    "sure": _sure,
    "findings": _findings,
}
"""Sections by name, in the order in which they are shown."""


def summary(
    projection: Projection,
    relief: Relief | None = None,
    *,
    console: Console,
    names: Sequence[str] = tuple(SECTIONS),
) -> Group:
    """The first screen and all sections, or the sections named.

    Parameters
    ----------
    projection : Projection
        What to show.
    relief : Relief, optional
        What it gains to lift its limits one by one.
    console : rich.console.Console
        Where it will be shown; its width decides whether the yearly table is split in two.
    names : sequence of str
        Sections of `SECTIONS`; halls that are asked for by name are shown in full.

    Returns
    -------
    summary : rich.console.Group
        For `console.print`.
    """
    is_all = set(names) == set(SECTIONS)
    of = Shown(projection, relief, console, not is_all)
    parts: list[RenderableType] = [projection_opening(projection, relief, is_alone=False)] if is_all else []
    parts += [part for name, section in SECTIONS.items() if name in names for part in section(of)]
    return Group(*(line for part in parts for line in (part, "")))
