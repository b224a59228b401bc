"""What a process of the workbench computes: from the body of a request to the text that answers it.

The studies are those of the commands, and their JSON is printed by the same function.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import gettempdir
from types import MappingProxyType
from typing import Any

from capsim import report, study
from capsim.catalog import load_catalog
from capsim.errors import CapsimError, Fault, ScenarioError
from capsim.pipeline import simulate
from capsim.projection import Projection, as_json, finite
from capsim.registry import did_you_mean
from capsim.scenario import (
    EXAMPLES,
    Scenario,
    examples,
    first_line,
    form_of,
    load,
    loads,
    started,
)
from capsim.study import Comparison, Progress, Relief
from capsim.web.levers import levers_of, tornado_of

Asked = Mapping[str, Any]
"""Body of a request, checked."""
Answer = Callable[[Asked, Progress], str | bytes]
MOST_FILES = 200
"""Most scenario files of the folder that are listed."""
MOST_READ = 4096
"""Most bytes of a file that are read to tell what it is."""
DEEPEST = 3
"""Levels of folders that are looked through for them."""
ENDINGS = (".yaml", ".yml", ".xlsx")
CLAIM = re.compile(rb"^claim\s*:", re.MULTILINE)
"""What only the file of a claim has at its top level."""


def project(asked: Asked, progress: Progress) -> str:
    """What `capsim run --json` prints."""
    projection, relief = _projected(asked, progress)
    return _printed(report.results(projection, relief))


def change(asked: Asked, progress: Progress) -> str:
    """The same, with the parts of it that the page shows beside it, byte for byte inside."""
    projection, relief = _projected(asked, progress)
    shown = json.dumps(report.projection_parts(projection, relief), ensure_ascii=False, allow_nan=False)
    return f'{{"projection": {as_json(report.results(projection, relief))},\n"shown": {shown}}}\n'


def ensemble(asked: Asked, progress: Progress) -> str:
    """What `capsim ensemble --json` prints."""
    options = {name: asked[name] for name in ("targets", "design", "by_site", "seed")}
    scenario = scenario_of(asked["scenario"])
    result = study.ensemble(scenario, asked["n"], **options, processes=1, progress=progress)
    return _printed(finite(result.to_dict()))


def compare(asked: Asked, progress: Progress) -> str:
    """What `capsim compare --json` prints."""
    return _printed(finite(_compared(asked, progress).to_dict()))


def difference(asked: Asked, progress: Progress) -> str:
    """The same, with what the page shows of it beside it, byte for byte inside."""
    result = _compared(asked, progress)
    shown = json.dumps(
        report.comparison_shown(result, asked["together"]), ensure_ascii=False, allow_nan=False
    )
    return f'{{"comparison": {as_json(finite(result.to_dict()))},\n"shown": {shown}}}\n'


def _compared(asked: Asked, progress: Progress) -> Comparison:
    """The comparison of a request."""
    base = scenario_of(asked["base"])
    scenarios = {base.name: base} | {name: scenario_of(of) for name, of in asked["variants"].items()}
    options = {name: asked[name] for name in ("on", "by", "figures", "design", "seed")}
    return study.compare(scenarios, asked["n"], **options, processes=1, progress=progress)


def relief(asked: Asked, progress: Progress) -> str:
    """What `capsim relief --json` prints."""
    options = {name: asked[name] for name in ("by", "band_months", "seed")}
    return _printed(
        finite(study.relief(scenario_of(asked["scenario"]), **options, progress=progress).to_dict())
    )


def sensitivity(asked: Asked, progress: Progress) -> str:
    """What `capsim sensitivity --json` prints."""
    scenario = scenario_of(asked["scenario"])
    return _printed(finite(tornado_of(scenario, asked["on"], asked["seed"], progress).to_dict()))


def levers(asked: Asked, progress: Progress) -> str:
    """The sliders of a scenario, and what their tornado is of."""
    scenario = scenario_of(asked["scenario"])
    ranked = tornado_of(scenario, asked["on"], asked["seed"], progress)
    found = levers_of(scenario, ranked)
    return _printed(finite({"figure": ranked.figure, "central": ranked.central, "levers": found}))


def audit(asked: Asked, _: Progress) -> str:
    """What `capsim audit --json` prints."""
    claim = asked["claim"]
    return _printed(finite(study.audit(claim["file"] or _example(claim["example"])).to_dict()))


def form(asked: Asked, _: Progress) -> str:
    """Every value of a scenario as a field, the names it may have, named overrides, and what is doubtful."""
    scenario = scenario_of(asked["scenario"])
    made = form_of(scenario)
    return _printed(
        {
            "name": scenario.name,
            "title": scenario.title,
            "description": scenario.description,
            "fields": [asdict(one) for one in made.fields],
            "choices": made.choices,
            "overrides": list(made.overrides),
            "doubts": [str(doubt) for doubt in scenario.questions],
        }
    )


def resolved(asked: Asked, _: Progress) -> str:
    """The scenario as resolved, as YAML that loads to an equal one."""
    return scenario_of(asked["scenario"]).resolved()


def page(asked: Asked, progress: Progress) -> str:
    """The report of a projection as HTML."""
    return report.projection_report(*_projected(asked, progress))


def pictures(asked: Asked, progress: Progress) -> str:
    """The pictures of the report that the page does not draw itself."""
    projection, _ = _projected(asked, progress)
    return json.dumps(report.projection_pictures(projection), ensure_ascii=False, allow_nan=False)


def workbook(asked: Asked, progress: Progress) -> bytes:
    """The workbook of a projection."""
    if not report.has_xlsx():
        raise CapsimError("a workbook needs the extra xlsx: pip install capsim[xlsx]")
    projection, _ = _projected(asked, progress)
    file = Path(gettempdir(), "workbook.xlsx")
    report.write_workbook(projection, file)
    try:
        return file.read_bytes()
    finally:
        file.unlink()


def start(asked: Asked, _: Progress) -> str:
    """The text of a new scenario, as `capsim new` writes it."""
    text = started(
        asked["name"], asked["starter"], country=asked["country"], mw=asked["mw"], chip=asked["chip"]
    )
    loads(text)
    return text


def listed(asked: Asked, _: Progress) -> str:
    """What can be opened: files of the folder, examples that ship, starters, countries and chips."""
    catalog = load_catalog()
    titles = {
        table: {name: catalog.entry(table, name).text("title") for name in catalog.names(table)}
        for table in ("starters", "countries")
    }
    shipped = {name: first_line(file) for name, file in examples().items()}
    scenarios = {name: line for name, line in shipped.items() if not name.startswith(("claims/", "plans/"))}
    return _printed(
        {
            "files": list(dict.fromkeys([*asked["files"], *_files_inside()])),
            "examples": {name: line for name, line in scenarios.items() if not name.startswith("bases/")},
            "claims": [name for name in shipped if name.startswith("claims/")],
            **titles,
            "chips": list(catalog.names("systems")),
        }
    )


def catalog(asked: Asked, _: Progress) -> str:
    """What `capsim catalog --json` prints."""
    return _printed(report.catalog_record(load_catalog(), asked["table"], asked["name"]))


ANSWERS: Mapping[str, Answer] = MappingProxyType(
    {
        one.__name__: one
        for one in (
            project,
            change,
            ensemble,
            compare,
            difference,
            relief,
            sensitivity,
            levers,
            audit,
            form,
            resolved,
            page,
            pictures,
            workbook,
            start,
            listed,
            catalog,
        )
    }
)
"""What can be asked of a process, by name."""


def scenario_of(which: Asked) -> Scenario:
    """The scenario that a request names, with its overrides and sets.

    Raises
    ------
    ScenarioError
        With every fault of it.
    """
    changes = {"overrides": which["overrides"], "sets": which["sets"]}
    if which["text"] is not None:
        return loads(which["text"], **changes)
    file = which["file"] or _example(which["example"])
    try:
        return load(file, **changes)
    except ScenarioError as error:
        raise report.told_apart(error, file, "scenario") from None


def _projected(asked: Asked, progress: Progress) -> tuple[Projection, Relief | None]:
    """The projection of a request, with its spread and relief where they are asked for."""
    projection = simulate(scenario_of(asked["scenario"]), asked["seed"])
    if asked["spread"]:
        projection = study.with_spread(projection, asked["spread"], processes=1, progress=progress)
    lifted = study.first_reliefs(projection.run, progress) if asked["relief"] and projection.run else None
    return projection, lifted


def _example(name: str) -> str:
    shipped = examples()
    if name not in shipped:
        rule = f"there is no such example{did_you_mean(name, shipped)}"
        raise ScenarioError(name, [Fault("example", 0, "", rule, name)])
    return str(shipped[name])


def _files_inside() -> list[str]:
    """Scenario files of the folder and of folders inside it, by name; hidden ones are left out."""
    here, found = Path(), list[str]()
    folders = [(here, 0)]
    for folder, depth in folders:
        if folder.resolve() == EXAMPLES.resolve():
            continue
        for path in sorted(folder.iterdir()):
            if path.name.startswith((".", "~$")) or path.is_symlink():
                continue
            if path.is_dir() and depth + 1 < DEEPEST and len(folders) < MOST_FILES:
                folders.append((path, depth + 1))
            elif path.suffix.lower() in ENDINGS and path.is_file() and not _is_claim(path):
                found.append(path.as_posix())
    return found[:MOST_FILES]


def _is_claim(path: Path) -> bool:
    """Whether a file is a claim to audit; it is no scenario, and opening it was refused."""
    if path.suffix.lower() == ".xlsx":
        return False
    with path.open("rb") as file:
        return CLAIM.search(file.read(MOST_READ)) is not None


def _printed(record: Any) -> str:
    """A record as a command prints it: with a new line at its end."""
    return f"{as_json(record)}\n"
