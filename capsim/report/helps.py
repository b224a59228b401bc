"""What would help, as a page shows it: the ladder rung by rung, and each limit lifted by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from capsim.projection import NONE, plural, scaled
from capsim.report.answer_figures import relief_ladder
from capsim.report.figure_cells import title_with_unit
from capsim.report.figure_style import style
from capsim.report.page_pictures import Along, Shown, shown
from capsim.report.relief_tables import best_in_a_line
from capsim.report.sheets import Sheet
from capsim.study import Gain, Relief
from capsim.units import MONTHS_PER_YEAR

HALLS = "halls ready earlier, MW-years"
FIRST, THEN = "first", "then"
"""What the rungs of a ladder are called."""


@dataclass(frozen=True)
class Help:
    """What would help a plan."""

    line: str
    """In a sentence."""
    title: str = ""
    """Name of the plan, of several."""
    rungs: Sheet = field(default_factory=Sheet)
    picture: Shown | None = None
    lifted: Sheet = field(default_factory=Sheet)
    name: str = ""
    """Tells its tables from those of others."""


def help_of(relief: Relief, source: str, title: str = "", name: str = "") -> Help:
    """What a relief says, with its ladder where rungs were climbed."""
    picture = None
    if relief.ladder:
        told, places = "What to lift first, and what next", range(len(relief.ladder) + 1)
        with style():
            ax, along = relief_ladder(relief), Along("x", [float(place) for place in places])
            picture = shown(told, ax, f"ladder{name}", source, along=along)
    return Help(best_in_a_line(relief), title, ladder_sheet(relief), picture, lifted_sheet(relief), name)


def lifted_sheet(relief: Relief) -> Sheet:
    """Limits lifted one by one, and what that gains."""
    heads = ["limit lifted", "what that means", *_heads(relief, "change")]
    rows = [[row.limit, row.what, *_cells(relief, row.gain)] for row in relief.lifted]
    return Sheet(heads, rows, "Each limit lifted by itself", numeric=frozenset(range(2, len(heads))))


def ladder_sheet(relief: Relief) -> Sheet:
    """The ladder: the best limit to lift, the best one after it, and so on, each over the rung before."""
    if not relief.ladder:
        return Sheet()
    by, of_halls = relief.manifest["by"], relief.ranking.is_of_halls
    in_all = HALLS if of_halls else title_with_unit(by, relief.units[by])
    heads = ["rung", "lifted", *_heads(relief, "over the rung before"), f"{in_all}, in all"]
    level = 0.0 if of_halls else relief.plan[by]
    names = _figures(relief)
    rows = [["the\N{NO-BREAK SPACE}plan", "nothing", *[NONE] * (len(names) + of_halls), scaled(level)]]
    for number, gain in enumerate(relief.ladder):
        level += gain.mw_months / MONTHS_PER_YEAR if of_halls else gain.figures[by]
        limits = " and ".join(gain.limits)
        rows.append(
            [THEN if number else FIRST, f"+\N{NO-BREAK SPACE}{limits}", *_cells(relief, gain), scaled(level)]
        )
    # only a ladder that was climbed to its end says how it ends
    climbs_on = f"Ladder, its first {plural(len(relief.ladder), 'rung')} (capsim relief climbs on)"
    title = "Ladder, rung by rung" if relief.end else climbs_on
    return Sheet(heads, rows, title, numeric=frozenset(range(2, len(heads))))


def _figures(relief: Relief) -> list[str]:
    """Figures that the plan has a value of."""
    return [name for name, value in relief.plan.items() if value == value]  # noqa: PLR0124 - not NaN


def _heads(relief: Relief, of: str) -> list[str]:
    heads = [f"{title_with_unit(name, relief.units[name])} ({of})" for name in _figures(relief)]
    return [*heads, HALLS] if relief.ranking.is_of_halls else heads


def _cells(relief: Relief, gain: Gain) -> Sequence[str]:
    cells = [_signed(gain.figures[name]) for name in _figures(relief)]
    halls = gain.mw_months / MONTHS_PER_YEAR
    return [*cells, _signed(halls)] if relief.ranking.is_of_halls else cells


def _signed(change: float) -> str:
    text = scaled(change)
    return f"+{text}" if change > 0.0 and text != "0" else text
