"""A report to send: one HTML file with all in it, from what is computed already."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from capsim.errors import CapsimError
from capsim.projection import (
    NONE,
    Projection,
    cash_flow_by_year,
    finite,
    month,
    plural,
    scaled,
    without_confidential,
)
from capsim.report.answer_figures import about_of
from capsim.report.figure_cells import goal_words, in_a_row, title_with_unit
from capsim.report.opening import (
    about_projection,
    chance_spread,
    dates_of_all,
    goals_of,
    no_middle_of,
    share_of,
)
from capsim.report.page_pictures import pictures_of_projection, pictures_of_study
from capsim.report.part_tables import part_tables
from capsim.report.public_studies import NO_MARKS, public_relief, public_study
from capsim.report.relief_tables import best_in_a_line
from capsim.report.result_files import BASELINE, RELIEF
from capsim.report.sheets import Sheet, by_year, money_by_year, sheets_of
from capsim.report.studies import study_summary
from capsim.study import Ensemble, Relief, Vintage
from capsim.units import MONTHS_PER_YEAR
from capsim.vocabulary import parse_goal

CARDS = (
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
PROJECTION, STUDY = "projection.json", "results.json"
"""Files of a saved folder that a report may be asked of."""
NO_FOLDER = "no folder of results; capsim run FILE --out DIR and capsim ensemble FILE --out DIR make one"
RANGE = re.compile(r"(\w+): ([^,}]+)")
"""Arguments of a distribution as an assumption has it."""


def projection_report(
    projection: Projection,
    relief: Relief | None = None,
    baseline: Vintage | None = None,
    *,
    is_public: bool = False,
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
        relief = None if relief is None else public_relief(relief, projection)
        projection = without_confidential(projection)
    facts = projection.facts
    return _page(
        title=facts.title or projection.name,
        about=about_projection(projection),
        note=note,
        sentence=sentence_of(projection),
        cards=list(cards_of(projection)),
        goals=goals_sheet(projection),
        warnings=warnings_of(projection),
        helps="" if relief is None else best_in_a_line(relief),
        ladder=Sheet() if relief is None else lifted_sheet(relief),
        pictures=list(pictures_of_projection(projection, relief, baseline)),
        tables=[
            by_year(projection.yearly, facts.money_unit, "By year"),
            money_by_year(
                cash_flow_by_year(projection.cash_flow),
                projection.currency,
                f"Cash flow and balance by year, m {facts.currency}, nominal",
            ),
            _scope(projection),
            *([] if is_public else _parts(projection)),
        ],
        findings=[one.text for one in projection.findings],
        assumptions=_assumptions(projection),
        manifest=_manifest(projection.manifest),
    )


def study_report(result: Any, *, is_public: bool = False) -> str:
    """The report of a study as HTML: its pictures and all of its tables.

    Raises
    ------
    CapsimError
        If it is to be public, and nothing is marked or it cannot be told without what is.
    """
    result = public_study(result) if is_public else result
    about = about_of(result)
    tables = [sheet for sheet in sheets_of(study_summary(result)) if sheet.rows or sheet.text]
    title = about.get("title") or about.get("scenario") or next((t.title for t in tables if t.title), "Study")
    is_ensemble = isinstance(result, Ensemble)
    return _page(
        title=title,
        about=_about_study(result, about),
        note="Public version: what the scenario marks as confidential is left out." if is_public else "",
        cards=list(_cards_of_draws(result)) if is_ensemble else [],
        goals=_chances(result) if is_ensemble else Sheet(),
        pictures=list(pictures_of_study(result)),
        tables=tables,
        manifest=_manifest(finite(about)),
    )


def saved_report(path: str | Path, *, is_public: bool = False) -> str:
    """The report of what `--out` wrote: the folder of a projection, an ensemble or a relief, or its file.

    Raises
    ------
    CapsimError
        If it is nothing that a report is made of.
    """
    folder = Path(path)
    if folder.is_file():
        if folder.name not in (PROJECTION, STUDY):
            what = (
                "a scenario is projected with capsim run FILE --report" if _is_scenario(folder) else NO_FOLDER
            )
            raise CapsimError(f"{path}: not {PROJECTION} or {STUDY} of saved results; {what}")
        folder = folder.parent
    if (folder / PROJECTION).is_file():
        relief, held = (_record(folder / name) for name in (RELIEF, BASELINE))
        return projection_report(
            Projection.load(folder),
            None if relief is None else Relief.from_dict(relief),
            None if held is None else Vintage(**held),
            is_public=is_public,
        )
    if (folder / STUDY).is_file():
        of = _record(folder / STUDY) or {}
        kind = of.get("manifest", {}).get("kind", "")
        if kind not in ("ensemble", "relief"):
            raise CapsimError(
                f"{path}: of a saved {kind or 'study'} there is no report; --report of the command"
            )
        study = Ensemble.load(folder) if kind == "ensemble" else Relief.load(folder)
        return study_report(study, is_public=is_public)
    raise CapsimError(f"{path}: {NO_FOLDER}")


def _is_scenario(file: Path) -> bool:
    return file.suffix.lower() in (".yaml", ".yml", ".xlsx")


def _record(file: Path) -> dict[str, Any] | None:
    """What stands in a file beside the results, if it is there; CapsimError where it is damaged."""
    try:
        return json.loads(file.read_text("utf-8")) if file.is_file() else None
    except ValueError as error:
        raise CapsimError(f"{file}: is damaged: {error}") from None


def _page(**parts: Any) -> str:
    """The page of its parts; every text is escaped."""
    empty: dict[str, Any] = dict.fromkeys(("sentence", "helps", "note"), "")
    empty |= dict.fromkeys(("cards", "warnings", "pictures", "tables", "findings"), ())
    empty |= dict.fromkeys(("goals", "ladder", "assumptions"), Sheet())
    pages = Environment(
        loader=PackageLoader("capsim.report", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    source = (
        "Made by capsim from saved results: nothing was computed anew, and nothing is asked of any server."
    )
    return pages.get_template("report.html").render(empty | {"source": source} | parts)


def sentence_of(projection: Projection) -> str:
    """What a board reads: what is reached and when, at what cost, and how many goals are met."""
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
    parts.append(f"for {scaled(figures[f'capex_{projection.currency}'])} {unit} of capex")
    goals = projection.targets
    met = sum(goal.met for goal in goals)
    return ", ".join(parts) + (f"; {met} of {len(goals)} goals are met." if goals else ".")


def warnings_of(projection: Projection) -> list[str]:
    """What is strange, in whole sentences."""
    first = [] if projection.spread is None else no_middle_of(projection.spread)
    told = [f"{line.removeprefix('! ')}." for line in first]
    return told + [one.text for one in projection.findings if one.severity == "warning"]


def cards_of(projection: Projection) -> Iterator[dict[str, str]]:
    """Headline figures with plan, P50 and P80."""
    spread = projection.spread
    for pattern in CARDS:
        name = pattern.format(definition=projection.definition)
        key = _key(projection.headline, name, projection.currency)
        of_draws = {} if spread is None else spread.figures.get(key, {})
        values = [projection.headline[key], *(of_draws[end] for end in ("p50", "p80") if of_draws)]
        yield from _card(key, values, ("P50", "P80"), projection.facts.money_unit)


def _cards_of_draws(result: Ensemble) -> Iterator[dict[str, str]]:
    """Headline figures of an ensemble with plan, P50 and P90, which are the percentiles it has."""
    unit, table = result.manifest["money_unit"], result.figures
    for pattern in CARDS:
        key = _key(table.index, pattern.format(definition=result.manifest["h100e"]), unit[:3].lower())
        if key in table.index:
            values = [float(value) for value in table.loc[key][["central", "p50", "p90"]].to_numpy()]
            yield from _card(key, values, ("P50", "P90"), unit)


def _card(key: str, values: list[float], ends: tuple[str, ...], unit: str) -> Iterator[dict[str, str]]:
    title, plan, *of_draws = in_a_row(key, values, unit)
    if plan not in (NONE, "0"):
        # a percentile and its value stay in one line
        words = ", ".join(f"{end}\N{NO-BREAK SPACE}{of}" for end, of in zip(ends, of_draws, strict=False))
        yield {"name": key, "title": title, "plan": plan, "spread": words}


def _key(names: Any, name: str, currency: str) -> str:
    """Name of a headline figure in results, with the currency of money."""
    stem, per, of = name.partition("_per_")
    return next((key for key in (name, f"{stem}_{currency}{per}{of}") if key in names), name)


def goals_sheet(projection: Projection) -> Sheet:
    """Targets, what is reached, and with draws how surely."""
    goals = goals_of(projection)
    has_draws = any(goal.spread for goal in goals)
    heads = ["target", "by", "reached", "in", *(("P10", "P50", "P90") if has_draws else ()), "met"]
    rows = [[g.title, g.by, g.reached, g.crossed, *g.spread, g.met] for g in goals]
    return Sheet(heads, rows, numeric=frozenset(range(1, len(heads))))


def _chances(result: Ensemble) -> Sheet:
    unit, rows = result.manifest["money_unit"], []
    for chance in result.chances:
        goal = parse_goal(chance.goal)
        spread = chance_spread(str(goal.figure), goal.sense, vars(chance), unit)
        rows.append([goal_words(goal, unit), *spread, share_of(chance.probability)])
    return Sheet(["target", "P10", "P50", "P90", "met"], rows, numeric=frozenset(range(1, 5)))


def _about_study(result: Any, about: dict[str, Any]) -> str:
    parts = [str(about.get("kind") or type(result).__name__.lower())]
    parts += [plural(about["replications"], "draw")] if "replications" in about else []
    parts += [f"seed {about['seed']}"] if "seed" in about else []
    parts += [f"data date {about['as_of']}"] if about.get("as_of") else []
    parts += [f"{about['money_unit']}, real"] if "money_unit" in about else []
    return "; ".join(parts)


def lifted_sheet(relief: Relief) -> Sheet:
    """Limits lifted, and what that gains."""
    names = [name for name in relief.plan if relief.plan[name] == relief.plan[name]]
    heads = ["limit lifted", "what that means", *(title_with_unit(n, relief.units[n]) for n in names)]
    heads = [head if i < 2 else f"{head} (change)" for i, head in enumerate(heads)]
    rows = [[row.limit, row.what, *(scaled(row.gain.figures[n]) for n in names)] for row in relief.lifted]
    if relief.ranking.is_of_halls:
        heads.append("halls ready earlier, MW-years")
        rows = [
            [*cells, scaled(row.gain.mw_months / MONTHS_PER_YEAR)]
            for cells, row in zip(rows, relief.lifted, strict=True)
        ]
    return Sheet(heads, rows, numeric=frozenset(range(2, len(heads))))


def _scope(projection: Projection) -> Sheet:
    """What is in the money by site, and from which item."""
    scope = projection.facts.scope
    rows = [
        [site, part, ", ".join(items) or "out"] for site, of in scope.items() for part, items in of.items()
    ]
    return Sheet(["site", "part", "from"], rows, "What is in the money")


def _parts(projection: Projection) -> Iterator[Sheet]:
    """What one system draws by part, at each site."""
    for title, heads, rows in part_tables(projection):
        yield Sheet(heads, rows, title, frozenset(range(1, len(heads))))


def _assumptions(projection: Projection) -> Sheet:
    """Every value with unit, range, source, kind, confidence and when it was looked up."""
    table = projection.assumptions
    # results of before were not told when
    looked_up = table.get("retrieved", pd.Series("", table.index))
    columns = [table[name] for name in ("path", "value", "unit")]
    columns += [
        table["distribution"].map(_range),
        table["kind"],
        table["confidence"],
        looked_up,
        table["source"],
    ]
    rows = [[str(value) for value in row] for row in zip(*columns, strict=True)]
    heads = ["value of", "value", "unit", "range", "kind", "confidence", "looked up", "source"]
    return Sheet(heads, rows)


def _range(distribution: str) -> str:
    """The range of an uncertain value: its ends, else what it is drawn from.

    Examples
    --------
    >>> _range("{dist: triangular, low: 1.0, mode: 2, high: 4.5}"), _range("{dist: normal, mean: 3, sd: 0.5}")
    ('1.0 to 4.5', 'normal, mean 3, sd 0.5')
    """
    said = dict(RANGE.findall(distribution))
    if {"low", "high"} <= said.keys():
        return f"{said['low']} to {said['high']}"
    name = said.pop("dist", "")
    return ", ".join([*([name] if name else []), *(f"{key} {value}" for key, value in said.items())])


def _manifest(about: dict[str, Any]) -> Sheet:
    rows = [
        [key, value if isinstance(value, str) else json.dumps(value, default=str)]
        for key, value in about.items()
    ]
    return Sheet(["what", "value"], rows)
