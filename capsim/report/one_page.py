"""What all pages to send are made of: the template, headline cards, assumptions, how to make it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from capsim.projection import NONE
from capsim.report.alike_values import alike_together
from capsim.report.figure_cells import NO_TITLES, in_a_row
from capsim.report.sheets import Sheet
from capsim.scenario import FORMAT_NOTE
from capsim.vocabulary import Better, item_title, measure_of, parse_figure

CARDS: Final = (
    "h100e_{definition}_peak",
    "critical_it_mw_end",
    "facility_peak_mw",
    "facility_gwh",
    "carbon_t",
    "water_m3",
    "capex",
    "opex",
    "lcoc_per_h100e_h",
    "npv",
)
"""Headline figures with a card each, where there is anything to state."""
ASSUMPTION_HEADS: Final = (
    "value of",
    "value",
    "unit",
    "range",
    "kind",
    "confidence",
    "looked up",
    "source",
)
SAFE, SAFER = ("p20", "p80", 8), ("p10", "p90", 9)
"""Percentiles from below and above which so many of ten draws are; the last where a result has no other."""
OF_THE_FILE: Final = ("schema", "name", "title", "description")
"""What a scenario says of itself, and assumes nothing by."""
PRINTED_BY: Final = tuple(ASSUMPTION_HEADS.index(head) - 1 for head in ("range", "looked up", "source"))
"""Cells behind the path by which an assumption is printed or not."""
OF_THE_FORMAT: Final = FORMAT_NOTE.source
"""Source of what a scenario does not state, and no catalogue gives."""
LONGEST_ON_PAPER: Final = 120
"""Characters of a value that is printed; longer ones are lists, such as the lines of a status file."""
NAMES: Final = frozenset(
    (
        *(
            "id",
            "title",
            "owner",
            "source",
            "notes",
            "retrieved",
            "publisher",
            "published",
            "url",
            "statement",
        ),
        *("preset", "climate", "energization"),
    )
)
"""Fields that call or explain a record, or choose one whose values are assumptions themselves."""
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
RANGE = re.compile(r"(\w+): ([^,}]+)")
"""Arguments of a distribution as an assumption has it."""
ASKS_NOTHING: Final = "nothing is asked of any server."
WORDS: Final = {
    "kind": "what was done",
    "n": "draws asked for",
    "replications": "draws",
    "replication": "draw (0: the plan)",
    "resolved": "resolved scenario, where results are saved",
    "vary": "value that is varied",
    "until": "goal",
    "low": "lower end of the values looked at",
    "high": "upper end of the values looked at",
    "options": "digest of the options",
    "against": "digest of what it is held against",
    "learn": "finished stages count for what is to come",
    "money": "capex is told",
    "on": "figure that is split",
    "by": "figure that ranks",
    "digest": "digest of the inputs",
    "catalog": "digest of the catalogue",
    "catalogue": "digest of the catalogue",
    "catalogs": "digest of the catalogue",
    "actuals": "digest of what happened",
    "h100e": "definition of an H100-equivalent",
    "design": "design of the draws",
    "until_ci": "interval to stop at, over the median",
    "ci_of": "figures that the stop rule looks at",
    "scenarios": "digest",
    "bank_years": "years of weather and prices in the bank",
    "mip_gap": "gap of the solver",
    "as_of": "data date",
    "versions": "version",
    "libraries": "version",
}
"""What the entries of a manifest are called; others by their names."""
FOUND: Final = frozenset(
    ("best_in", "central_outside", "converged_to", "has_refresh", "left_out", "months", "pay_less", "whole")
)
"""Entries of a manifest that were found: the page shows them where they belong, and none makes it again."""


@dataclass(frozen=True)
class Origin:
    """How a page came about."""

    command: str = ""
    """The command line that made it; empty where none did, or where it may tell what is confidential."""
    saved: str = ""
    """What it was made of: a folder of results; empty where its results were computed for it."""

    numbers: str = ""
    """The command line that computes what was saved again; empty where none is known to."""

    @property
    def words(self) -> str:
        """What the page was made of, in a sentence."""
        if self.saved:
            saved = f"the results saved in {self.saved}: nothing was computed anew"
            return f"Made by capsim from {saved}, and {ASKS_NOTHING}"
        return f"Made by capsim with the results that it shows, which were computed for it; {ASKS_NOTHING}"

    @property
    def public(self) -> Origin:
        """Without names of files, and without values that were set: they may be what is confidential."""
        return Origin("", "a folder" if self.saved else "")


HERE: Final = Origin()
"""Of a page whose results were computed by the program that makes it."""


def rendered(**parts: Any) -> str:
    """The page of its parts; every text is escaped."""
    empty: dict[str, Any] = dict.fromkeys(("sentence", "note"), "")
    empty |= dict.fromkeys(
        ("cards", "options", "leads", "warnings", "helps", "pictures", "tables", "findings"), ()
    )
    empty |= {"assumptions": Sheet(), "differ": False, "source": HERE.words, "says": None}
    pages = Environment(
        loader=PackageLoader("capsim.report", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template("report.html").render(empty | parts)


def card(key: str, plan: float, draws: Mapping[str, float], unit: str) -> Iterator[dict[str, str]]:
    """A headline figure of the plan, and how sure it is; none where there is nothing to state.

    Parameters
    ----------
    key : str
        Name of the figure.
    plan : float
        Its value in the plan. [its unit]
    draws : mapping of str to float
        Percentiles of the draws by name: `p50` and `p10` to `p90`, better `p20` and `p80`; empty for none.
    unit : str
        Unit of money, with its price year.
    """
    measure = measure_of(parse_figure(key))
    ends, words = _how_sure("neither" if measure is None else measure.better, draws)
    title, said, *cells = in_a_row(key, [plan, *(draws[end] for end in ends)], unit)
    if said not in (NONE, "0"):
        # a percentile and its value stay in one line
        told = words.format(*(cell.replace(" ", NO_BREAK) for cell in cells)).replace("_", NO_BREAK)
        is_known = bool(cells) and cells[0] != NONE
        yield {"name": key, "title": title, "plan": said, "spread": told if is_known else ""}


def _how_sure(better: Better, draws: Mapping[str, float]) -> tuple[tuple[str, ...], str]:
    """Percentiles that say how sure a figure is, and words for them: what most draws come to at the worst."""
    if not draws:
        return (), ""
    if better == "neither":
        return ("p50", "p10", "p90"), "P50_{}, P10 to P90_{} to_{}"
    low, high, of_ten = SAFE if {*SAFE[:2]} <= draws.keys() else SAFER
    if better == "higher":
        return ("p50", low), f"P50_{{}}; {of_ten} in 10 draws reach at least_{{}}"
    return ("p50", high), f"P50_{{}}; {of_ten} in 10 draws stay within_{{}}"


def key_of(names: Any, name: str, currency: str) -> str:
    """Name of a headline figure in results, with the currency of money."""
    stem, per, of = name.partition("_per_")
    return next((key for key in (name, f"{stem}_{currency}{per}{of}") if key in names), name)


def scope_sheet(
    scope: Mapping[str, Mapping[str, Sequence[str]]], title: str, titles: Mapping[str, str] = NO_TITLES
) -> Sheet:
    """What is in the money, from which item, by its title, and at which sites: those alike are one row.

    Examples
    --------
    >>> scope_sheet({"a": {"land": [], "staff": ["x"]}, "b": {"land": [], "staff": []}}, "").rows
    [['land', 'out', 'all sites'], ['staff', 'X', 'a'], ['staff', 'out', 'b']]
    """
    sites_of: dict[tuple[str, str], list[str]] = {}
    for part in dict.fromkeys(part for of in scope.values() for part in of):
        for site, of in scope.items():
            if part in of:
                said = "; ".join(item_title(item, titles) for item in of[part]) or "out"
                sites_of.setdefault((part, said), []).append(titles.get(site, site))
    is_one = len(scope) == 1
    rows = [
        [part, said, "all sites" if len(sites) == len(scope) and not is_one else ", ".join(sites)]
        for (part, said), sites in sites_of.items()
    ]
    return Sheet(["part", "from", "sites"], rows, title)


def assumption_cells(row: Mapping[str, Any]) -> list[str]:
    """A value with unit, range, kind, confidence, when it was looked up and source."""
    ends = range_words(str(row["distribution"]))
    # results of before were not told when
    looked_up = row.get("retrieved", "")
    cells = (row["value"], row["unit"], ends, row["kind"], row["confidence"], looked_up, row["source"])
    return [str(row["path"]), *map(str, cells)]


def assumptions_sheet(table: pd.DataFrame) -> Sheet:
    """Every value with unit, range, source, kind, confidence and when it was looked up."""
    every = table[~table["path"].isin(OF_THE_FILE)]
    heads, shown = list(map(str, table.columns)), alike_together(every)
    rows = [assumption_cells(dict(zip(heads, row, strict=True))) for row in shown.itertuples(index=False)]
    values = f"{len(every):,} values in {len(rows):,} rows"
    note = f"{values}: what is alike at several sites or phases is one row, which says at which."
    return Sheet(ASSUMPTION_HEADS, rows, on_paper=on_paper(rows), note=note if len(rows) < len(every) else "")


def on_paper(rows: Sequence[Sequence[str]]) -> dict[int, int]:
    """Assumptions that are printed, and how many each stands for: a portfolio has thousands, on 150 pages.

    Printed are those that are uncertain, and those that the scenario states in few words and neither the
    catalogue nor the format gives; the first stands for all with its field, value, range and source.

    Examples
    --------
    >>> hall = ["24", "MW", "", "published", "", "", "press release"]
    >>> pue = ["1.2", "1", "", "derived", "", "2026-01", "a row of the catalogue"]
    >>> on_paper([["sites.a.phases.p1.critical_it_mw", *hall], ["sites.a.phases.p2.critical_it_mw", *hall],
    ...           ["sites.a.cooling.arguments.pue", *pue]])
    {0: 2}
    """
    first: dict[tuple[str, ...], int] = {}
    stands_for: dict[int, int] = {}
    for number, (path, *cells) in enumerate(rows):
        ends, looked_up, source = (cells[at] for at in PRINTED_BY)
        field = path.rpartition(".")[2]
        is_stated = not looked_up and source != OF_THE_FORMAT and field not in NAMES
        if ends or (is_stated and len(cells[0]) <= LONGEST_ON_PAPER):
            place = first.setdefault((field, *cells), number)
            stands_for[place] = stands_for.get(place, 0) + 1
    return stands_for


def range_words(distribution: str) -> str:
    """The range of an uncertain value: its ends, else what it is drawn from.

    Examples
    --------
    >>> range_words("{dist: triangular, low: 1.0, mode: 2, high: 4.5}")
    '1.0 to 4.5'
    >>> range_words("{dist: normal, mean: 3, sd: 0.5}")
    'normal, mean 3, sd 0.5'
    """
    said = dict(RANGE.findall(distribution))
    if {"low", "high"} <= said.keys():
        return f"{said['low']} to {said['high']}"
    name = said.pop("dist", "")
    return ", ".join([*([name] if name else []), *(f"{key} {value}" for key, value in said.items())])


def manifest_sheet(about: Mapping[str, Any], origin: Origin = HERE) -> Sheet:
    """What it takes to make a result again, a row each, in words; the command that does it first.

    Examples
    --------
    >>> manifest_sheet({"seed": 0, "libraries": {"numpy": "1.26"}, "goals": ["a", "b"], "ci_of": []}).rows
    [['seed', '0'], ['version, numpy', '1.26'], ['goals', 'a, b']]
    """
    commands = {"command": origin.command, "command for the same numbers": origin.numbers}
    rows = [[name, command] for name, command in commands.items() if command]
    asked = ((key, value) for key, value in about.items() if key not in FOUND)
    rows += [row for key, value in asked for row in _rows(WORDS.get(key, _words(key)), value)]
    return Sheet(["what", "value"], rows)


def _rows(called: str, value: Any) -> Iterator[list[str]]:
    """Rows of an entry; none of an empty one."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _rows(f"{called}, {_words(str(key))}", inner)
    elif (text := _text(value)) != "":
        yield [called, text]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.6g}"
    if isinstance(value, Iterable) and not isinstance(value, str):
        parts = [_text(list(one.values()) if isinstance(one, Mapping) else one) for one in value]
        return ", ".join(part for part in parts if part)
    return str(value)


def _words(name: str) -> str:
    """A name in words; paths and names of files stay as they are."""
    return name if "." in name or "-" in name else name.replace("_", " ")
