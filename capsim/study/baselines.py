"""Baselines: forecasts that are kept under a name, and what their phases are called now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

from capsim.errors import CapsimError
from capsim.projection import from_json
from capsim.reach import text_that_ends
from capsim.registry import did_you_mean
from capsim.scenario import GridStep, Phase, Scenario
from capsim.study.vintages import Vintage, vintage
from capsim.temporary import new_file

V = TypeVar("V")
FOLDER = "baselines"
"""Folder beside a plan that its baselines are kept in."""


def save_baseline(file: str, name: str, scenario: Scenario, *, replace: bool = False) -> Path:
    """Keep the central forecast of a plan under a name, beside its file, with its capex.

    Raises
    ------
    CapsimError
        If there is one of that name, and it is not to be replaced.
    """
    folder = Path(file).parent / FOLDER
    path = folder / f"{Path(file).stem}.{name}.json"
    if path.exists() and not replace:
        raise CapsimError(f"{path}: is there already; another name, or --replace")
    folder.mkdir(exist_ok=True)
    text = json.dumps(asdict(vintage(scenario, name, money=True)), indent=1)
    with new_file(path) as unfinished:
        unfinished.write_text(text + "\n", encoding="utf-8")
    return path


def load_baseline(file: str, name: str, was: Mapping[str, str] | None = None) -> Vintage:
    """A baseline of a plan by its name; `was` has the names there of its phases by their names now.

    Raises
    ------
    CapsimError
        If there is none of that name, or it cannot be read.
    """
    path = Path(file).parent / FOLDER / f"{Path(file).stem}.{name}.json"
    try:
        record = from_json(text_that_ends(path))
        kept = Vintage(**record)
    except OSError as error:
        raise CapsimError(f"{path}: no baseline that can be read: {error.strerror or error}") from None
    except (ValueError, TypeError) as error:
        raise CapsimError(f"{path}: no baseline that can be read: {error}") from None
    return named_now(kept, was or {}, str(path))


def named_now(kept: Vintage, was: Mapping[str, str], file: str) -> Vintage:
    """A vintage whose phases and grid steps are called as they are now; one that was split has several names.

    Raises
    ------
    CapsimError
        If it has none of a name that is renamed.
    """
    places = _places(kept)
    for old in was.values():
        if old not in places:
            raise CapsimError(f"{file}: has no phase or grid step {old}{did_you_mean(old, places)}")

    def renamed(by_milestone: Mapping[str, V]) -> dict[str, V]:
        found: dict[str, V] = {}
        for milestone, value in by_milestone.items():
            place, _, kind = milestone.partition(" ")
            names = [new for new, old in was.items() if old == place] or [place]
            found |= {f"{name} {kind}": value for name in names}
        return found

    return replace(kept, dates=renamed(kept.dates), causes=renamed(kept.causes), beyond=renamed(kept.beyond))


def formerly(scenario: Scenario, renamed: Mapping[str, str]) -> dict[str, str]:
    """Names in an earlier vintage of what has another now; what it came of keeps its name where it is there.

    Parameters
    ----------
    scenario : Scenario
        The plan as it is now.
    renamed : mapping of str to str
        Names then by names now, as `site.phase`.
    """
    kept = {old: old for old in renamed.values() if old not in renamed and old in places_of(scenario)}
    return {**kept, **renamed}


def as_the_plan_says(scenario: Scenario, kept: Vintage) -> Vintage:
    """A vintage with the names of now where phases and grid steps of a plan say what they were (`was`)."""
    places = _places(kept)
    said = dict[str, str]()
    for site in scenario.sites:
        works: list[Phase | GridStep] = [*site.phases, *site.grid_connection]
        said |= {f"{site.id}.{one.id}": _in(site.id, one.was) for one in works if one.was is not None}
    # a vintage that has the new name is of after the change
    before = {new: old for new, old in said.items() if old in places and (new == old or new not in places)}
    return named_now(kept, formerly(scenario, before), kept.name)


def _in(site: str, name: str) -> str:
    """A name as `site.phase`, where it is not written so."""
    return name if "." in name else f"{site}.{name}"


def places_of(scenario: Scenario) -> list[str]:
    """Phases and grid steps of a plan, as `site.phase`."""
    known = [f"{site.id}.{phase.id}" for site, phase in scenario.phases()]
    return known + [f"{site.id}.{step.id}" for site in scenario.sites for step in site.grid_connection]


def _places(kept: Vintage) -> set[str]:
    """Phases and grid steps of a vintage."""
    return {milestone.partition(" ")[0] for milestone in [*kept.dates, *kept.beyond]}
