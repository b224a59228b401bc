"""A report to send: one HTML file with all in it, from what is computed already."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from capsim.errors import CapsimError
from capsim.projection import (
    GOALS_LEFT_OUT,
    Hidden,
    Projection,
    cash_flow_by_year,
    from_json,
    month,
    plural,
    scaled,
    warnings_in,
    without_confidential,
)
from capsim.reach import text_that_ends
from capsim.report.board_words import goals_words, span_words
from capsim.report.figure_cells import in_a_row
from capsim.report.helps import help_of
from capsim.report.one_page import (
    CARDS,
    HERE,
    Origin,
    assumptions_sheet,
    card,
    key_of,
    manifest_sheet,
    rendered,
    scope_sheet,
)
from capsim.report.opening import about_projection, dates_of_all, goals_of, no_middle_of
from capsim.report.page_pictures import pictures_of_projection, source_line
from capsim.report.part_tables import part_tables
from capsim.report.public_studies import NO_MARKS
from capsim.report.result_files import BASELINE, RELIEF
from capsim.report.sheets import Sheet, by_year, money_by_year
from capsim.report.study_reports import study_report
from capsim.study import Comparison, Ensemble, EnsembleGrid, Relief, Vintage

PROJECTION, STUDY = "projection.json", "results.json"
"""Files of a saved folder that a report may be asked of."""
SAVED: Mapping[str, Callable[[Path], Any]] = {
    "ensemble": Ensemble.load,
    "ensemble-grid": EnsembleGrid.load,
    "compare": Comparison.load,
    "relief": Relief.load,
}
"""Kinds of saved studies that a report is made of."""
REFRESH = ".refresh."
"""What the path of a price has in it that is paid for systems in the place of others."""
NO_FOLDER = "no folder of results; capsim run FILE --out DIR and capsim ensemble FILE --out DIR make one"


def projection_report(
    projection: Projection,
    relief: Relief | None = None,
    baseline: Vintage | None = None,
    *,
    is_public: bool = False,
    origin: Origin = HERE,
) -> str:
    """The report of a projection as HTML, without computing anything anew.

    Parameters
    ----------
    projection : Projection
        Simulated or loaded.
    relief : Relief, optional
        What it gains to lift limits.
    baseline : Vintage, optional
        Earlier forecast that the Gantt picture marks.
    is_public : bool
        Whether what the scenario marks as confidential is left out.
    origin : Origin
        How the page comes about.

    Raises
    ------
    CapsimError
        If it is to be public, and nothing is marked.
    """
    note = ""
    if is_public:
        if not projection.facts.confidential:
            raise CapsimError(NO_MARKS)
        marks = plural(len(projection.facts.confidential), "mark")
        note = f"Public version: what {marks} of the scenario name is left out."
        relief = None if relief is None else relief.without(Hidden(projection))
        projection, origin = without_confidential(projection), origin.public
    facts = projection.facts
    return rendered(
        title=facts.title or projection.name,
        about=about_projection(projection),
        note=note,
        sentence=sentence_of(projection),
        cards=list(cards_of(projection)),
        leads=[goals_sheet(projection)],
        warnings=warnings_of(projection),
        helps=[] if relief is None else [help_of(relief, source_line(projection))],
        pictures=list(pictures_of_projection(projection, relief, baseline)),
        tables=[
            by_year(projection.yearly, facts.money_unit, "By year"),
            money_by_year(
                cash_flow_by_year(projection.cash_flow),
                projection.currency,
                f"Cash flow and balance by year, m {facts.currency}, nominal",
            ),
            scope_sheet(facts.scope, "What is in the money", _titles(projection)),
            *([] if is_public else _parts(projection)),
        ],
        findings=[one.text for one in projection.findings],
        assumptions=assumptions_sheet(projection.assumptions),
        manifest=manifest_sheet(projection.manifest | _drawn(projection), origin),
        source=origin.words,
    )


def _drawn(projection: Projection) -> dict[str, int]:
    """How many draws its spread is of."""
    return {} if projection.spread is None else {"replications": projection.spread.n}


def saved_report(path: str | Path, *, is_public: bool = False, command: str = "") -> str:
    """The report of what `--out` wrote: the folder of a projection, an ensemble or a relief, or its file.

    `command` is the command line that asked for it.

    Raises
    ------
    CapsimError
        If it is nothing that a report is made of.
    """
    folder, origin = Path(path), Origin(command, str(path))
    if folder.is_file():
        if folder.name not in (PROJECTION, STUDY):
            what = (
                "a scenario is projected with capsim run FILE --report" if _is_scenario(folder) else NO_FOLDER
            )
            raise CapsimError(f"{path}: not {PROJECTION} or {STUDY} of saved results; {what}")
        folder = folder.parent
    if (folder / PROJECTION).is_file():
        relief, held = (_record(folder / name) for name in (RELIEF, BASELINE))
        projection = Projection.load(folder)
        if command:
            origin = replace(origin, numbers=_numbers_again(projection, folder))
        return projection_report(
            projection,
            None if relief is None else Relief.from_dict(relief),
            None if held is None else Vintage(**held),
            is_public=is_public,
            origin=origin,
        )
    if (folder / STUDY).is_file():
        of = _record(folder / STUDY) or {}
        kind = of.get("manifest", {}).get("kind", "")
        if kind not in SAVED:
            raise CapsimError(
                f"{path}: of a saved {kind or 'study'} there is no report; --report of the command"
            )
        return study_report(SAVED[kind](folder), is_public=is_public, origin=origin)
    raise CapsimError(f"{path}: {NO_FOLDER}")


def _numbers_again(projection: Projection, folder: Path) -> str:
    """The command that projects the scenario of a saved run again, whatever options set in it.

    Empty where it has tables of its own in place of the catalogue's: their records stand in the file by then.
    """
    if projection.assumptions["path"].str.startswith("catalog.").any():
        return ""
    draws = 0 if projection.spread is None else projection.spread.n
    options = {"--seed": projection.manifest["seed"], "--spread": draws}
    words = (str(word) for option in options.items() for word in option)
    return shlex.join(["capsim", "run", str(folder / projection.manifest["resolved"]), *words])


def _is_scenario(file: Path) -> bool:
    return file.suffix.lower() in (".yaml", ".yml", ".xlsx")


def _record(file: Path) -> dict[str, Any] | None:
    """What stands in a file beside the results, if it is there; CapsimError where it is damaged."""
    try:
        return from_json(text_that_ends(file)) if file.is_file() else None
    except ValueError as error:
        raise CapsimError(f"{file}: is damaged: {error}") from None


def sentence_of(projection: Projection) -> str:
    """What a board reads: what is reached and when, at what cost, and how surely goals are met."""
    figures, unit = projection.headline, projection.facts.money_unit
    most = f"h100e_{projection.definition}_peak" if figures["accelerators_peak"] else "critical_it_mw_end"
    title, value = in_a_row(most, [figures[most]], unit)
    dates = dates_of_all(projection)
    last = dates.get("last_in_service", dates.get("last_ready", ""))
    parts = [f"{title}: {value}"]
    if dates:
        parts.append(
            "the last of it never inside the horizon" if last is None else f"the last of it in {month(last)}"
        )
    capex = projection.flows[projection.flows["category"] == "capex"]
    has_refresh = capex["path"].str.contains(REFRESH, regex=False).any()
    span = span_words(projection.yearly.index.tolist(), has_refresh=bool(has_refresh))
    if (spent := figures[f"capex_{projection.currency}"]) > 0.0:
        parts.append(f"for {scaled(spent)} {unit} of capex {span}")
    goals = _goals_words(projection)
    return ", ".join(parts) + (f"; {goals}." if goals else ".")


def _goals_words(projection: Projection) -> str:
    """How many goals are met and how surely; empty where none is shown."""
    goals, spread = projection.targets, projection.spread
    draws = [goal["probability"] for goal in spread.goals] if spread is not None else []
    shares = draws or [math.nan] * len(goals)
    chances = [share for goal, share in zip(goals, shares, strict=True) if goal.met]
    return goals_words(chances, len(goals), projection.manifest.get(GOALS_LEFT_OUT, 0)) if goals else ""


def warnings_of(projection: Projection) -> list[str]:
    """What is strange, in whole sentences: warnings, the gravest first, then where the plan is no middle."""
    first = [] if projection.spread is None else no_middle_of(projection.spread)
    told = [f"{line.removeprefix('! ')}." for line in first]
    return [*warnings_in(projection.findings), *told]


def cards_of(projection: Projection) -> Iterator[dict[str, str]]:
    """Headline figures with the plan, the middle of the draws, and what most of them come to."""
    spread = projection.spread
    for pattern in CARDS:
        name = pattern.format(definition=projection.definition)
        key = key_of(projection.headline, name, projection.currency)
        of_draws = {} if spread is None else spread.figures.get(key, {})
        yield from card(key, projection.headline[key], of_draws, projection.facts.money_unit)


def goals_sheet(projection: Projection) -> Sheet:
    """Targets, what is reached, and with draws how surely."""
    goals = goals_of(projection)
    has_draws = any(goal.spread for goal in goals)
    heads = ["target", "by", "reached", "in", *(("P10", "P50", "P90") if has_draws else ()), "met"]
    rows = [[g.title, g.by, g.reached, g.crossed, *g.spread, g.met] for g in goals]
    return Sheet(heads, rows, "Targets", frozenset(range(1, len(heads))))


def _titles(projection: Projection) -> dict[str, str]:
    """Titles of sites and of cost items, by id."""
    facts = projection.facts
    return {site: str(about["title"]) for site, about in facts.places.items()} | facts.items


def _parts(projection: Projection) -> Iterator[Sheet]:
    """What one system draws by part, at each site."""
    for title, heads, rows in part_tables(projection):
        yield Sheet(heads, rows, title, frozenset(range(1, len(heads))))
