"""A projection without what its scenario marks as confidential, and without what shows that directly.

Totals and curves of the whole portfolio stay: they are what a report is for, and hold what is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from capsim.scenario import is_marked
from capsim.units import GIGA, KILO, MEGA

if TYPE_CHECKING:
    from capsim.projection.findings.finding import Finding
    from capsim.projection.projection import Projection
    from capsim.projection.spread import Spread

LEFT_OUT = "confidential"
"""What stands in the place of a value."""
GOALS_LEFT_OUT = "goals_left_out"
"""Entry of a manifest: how many goals are not shown."""
ALL_ITEMS = "all items"
"""Item of all costs where one is confidential: it could be worked back from the others."""
WIDE = 3
"""Digits from which on a number in a sentence is told to be that of a value."""
NUMBER = re.compile(r"\d[\d,]*\.?\d*")
SCALES = (1.0, 1.0 / KILO, 1.0 / MEGA, 1.0 / GIGA, 100.0)
"""Sizes in which sentences tell a value: as it is, in thousands, millions and billions, in percent."""
Place = tuple[str, str, str]
"""Site, phase and item."""


def told_path(path: str, marks: Sequence[str]) -> str:
    """What of the path of a marked value may be told: not the name of a record that is marked as a whole.

    Examples
    --------
    >>> told_path("targets.secret.budget", ["targets.secret"])
    'targets'
    >>> told_path("costs.items.network.amount", ["costs.items.*.amount"])
    'costs.items.network.amount'
    """
    keys = path.split(".")
    depths = [mark.count(".") + 1 for mark in marks if is_marked(path, [mark])]
    whole = [depth for depth in depths if depth < len(keys)]
    return ".".join(keys[: max(min(whole) - 1, 1)]) if whole else path


class Hidden:
    """What the marks of a projection's scenario hide."""

    def __init__(self, projection: Projection) -> None:
        self.marks = projection.facts.confidential
        assumptions = projection.assumptions
        self.paths = {path for path in assumptions["path"] if is_marked(path, self.marks)}
        shown = assumptions[assumptions["path"].isin(self.paths)]
        numbers = [value for value in shown["value"] if _digits(value) >= WIDE]
        self._values = [float(value) * scale for value in numbers for scale in SCALES]
        self._names = {path for path in self.paths if "." in path}
        for site, phases in projection.facts.deployments.items():
            self._names |= {site} if self.is_site(site) else set()
            self._names |= {f"{site}.{phase}" for phase in phases if self.is_phase(site, phase)}

    def is_site(self, site: str) -> bool:
        """Whether a site as a whole is."""
        return is_marked(f"sites.{site}", self.marks)

    def is_phase(self, site: str, phase: str) -> bool:
        """Whether a phase is, or anything that its dates or its power follow from."""
        return self.is_site(site) or self.holds(f"sites.{site}.phases.{phase}")

    def is_place(self, place: Place) -> bool:
        """Whether the phase, or the grid step, of a row is."""
        site, phase, item = place
        if phase:
            return self.is_phase(site, phase)
        step = item.partition(".")[0]
        return self.is_site(site) or (bool(step) and self.holds(f"sites.{site}.grid_connection.{step}"))

    def is_target(self, target: str) -> bool:
        """Whether a target is, or any value of it."""
        return self.holds(f"targets.{target}")

    def is_told_in(self, text: str) -> bool:
        """Whether a sentence names what is, or states a number of it."""
        found = [number.replace(",", "").rstrip(".") for number in NUMBER.findall(text)]
        stated = [number for number in found if _digits(number) >= WIDE]
        return any(name in text for name in self._names) or any(map(self._is_one, stated))

    def _is_one(self, number: str) -> bool:
        """Whether a number in a sentence is a value that is, rounded, in whatever size it is told."""
        half = 0.5000001 * 10.0 ** -len(number.partition(".")[2])
        return any(abs(float(number) - value) <= half for value in self._values)

    def holds(self, record: str) -> bool:
        """Whether a record has a value that is, or a value is."""
        return any(f"{path}.".startswith(f"{record}.") for path in self.paths)


def _digits(value: str) -> int:
    """Digits of a number that is written; 0 of other text."""
    return len(value.replace(".", "").lstrip("0")) if re.fullmatch(r"\d+\.?\d*", value) else 0


def without_confidential(projection: Projection) -> Projection:
    """The projection without what its scenario marks as confidential.

    Parameters
    ----------
    projection : Projection
        Simulated or loaded.

    Returns
    -------
    public : Projection
        Values that are marked say so; rows of sites, phases, grid steps and targets that are, or have a value
        that is, are gone, and so are sentences about them; costs are not told by item where a price is.
        The same projection where nothing is marked.
    """
    if not projection.facts.confidential:
        return projection
    hidden = Hidden(projection)
    keep = [not hidden.is_target(goal.target) for goal in projection.targets]
    places = {name: _rows(getattr(projection, name), hidden) for name in ("milestones", "waits", "stranded")}
    places |= {name: _rows(getattr(projection, name), hidden) for name in ("halls", "delay", "flows")}
    public = projection.with_views(
        **places,
        assumptions=_masked(projection.assumptions, hidden),
        manifest=_manifest(projection, hidden) | ({} if all(keep) else {GOALS_LEFT_OUT: keep.count(False)}),
        targets=[goal for goal, is_kept in zip(projection.targets, keep, strict=True) if is_kept],
        facts=_facts(projection, hidden),
        spread=None if projection.spread is None else _spread(projection.spread, hidden, keep),
        scenario_yaml="",
        hourly=None,
    )
    if any(map(hidden.holds, projection.flows["path"])):
        public = public.with_views(ledger=_in_one(public.ledger), levelised=_in_one(public.levelised))
    vars(public)["findings"] = tuple(_told(projection.findings, hidden))
    return public


def _rows(table: pd.DataFrame, hidden: Hidden) -> pd.DataFrame:
    """Rows of places that are shown."""
    columns = [
        table[name] if name in table else pd.Series("", table.index) for name in ("site", "phase", "item")
    ]
    shown = [not hidden.is_place((str(s), str(p), str(i))) for s, p, i in zip(*columns, strict=True)]
    return table[shown].reset_index(drop=True)


def _masked(assumptions: pd.DataFrame, hidden: Hidden) -> pd.DataFrame:
    """Assumptions with marked values said to be confidential, one row for each record that is as a whole.

    The list of what is marked is left out: it would name it.
    """
    table = assumptions[assumptions["path"] != LEFT_OUT].copy()
    is_hidden = table["path"].isin(hidden.paths)
    for column in table.columns.drop("path"):
        table.loc[is_hidden, column] = LEFT_OUT if column == "value" else ""
    table.loc[is_hidden, "path"] = [told_path(path, hidden.marks) for path in table.loc[is_hidden, "path"]]
    if "source" in table:
        names = table["source"].map(lambda source: hidden.is_told_in(str(source)))
        table.loc[names, "source"] = LEFT_OUT
    return table[~(is_hidden & table.duplicated())].reset_index(drop=True)


def _manifest(projection: Projection, hidden: Hidden) -> dict[str, Any]:
    overrides = projection.manifest.get("overrides", {})
    shown = {
        told_path(path, hidden.marks): LEFT_OUT if is_marked(path, hidden.marks) else value
        for path, value in overrides.items()
        if path != LEFT_OUT
    }
    return {**projection.manifest, "overrides": shown}


def _facts(projection: Projection, hidden: Hidden) -> Any:
    """Facts without the sites and phases that are hidden, by whatever they are keyed."""
    facts = projection.facts

    def by_site(of: Mapping[str, Any]) -> dict[str, Any]:
        return {site: about for site, about in of.items() if not hidden.is_site(site)}

    return replace(
        facts,
        energization={
            site: {phase: step for phase, step in of.items() if not hidden.is_phase(site, phase)}
            for site, of in by_site(facts.energization).items()
        },
        dates={
            place: of
            for place, of in facts.dates.items()
            if not hidden.is_phase(*place.split(".", maxsplit=1))
        },
        scope={site: _scope(of, hidden) for site, of in by_site(facts.scope).items()},
        places=by_site(facts.places),
        own_series=[one for one in facts.own_series if not is_marked(one["path"], hidden.marks)],
        questions=[one for one in facts.questions if not is_marked(one["path"], hidden.marks)],
        exchange_rates={}
        if any(path.startswith("currency") for path in hidden.paths)
        else facts.exchange_rates,
        wacc_real=None if any(path.startswith("finance") for path in hidden.paths) else facts.wacc_real,
    )


def _scope(of_site: Mapping[str, list[str]], hidden: Hidden) -> dict[str, list[str]]:
    """Items of each part of the money, without the names of those that are hidden as a whole."""

    def called(item: str) -> str:
        return LEFT_OUT if is_marked(f"costs.items.{item}", hidden.marks) else item

    return {part: [*dict.fromkeys(map(called, items))] for part, items in of_site.items()}


def _spread(spread: Spread, hidden: Hidden, keep: list[bool]) -> Spread:
    """Spread without dates of hidden phases, goals of hidden targets and names of hidden values."""
    return replace(
        spread,
        dates=[row for row in spread.dates if not hidden.is_phase(row["site"], row["phase"])],
        goals=[goal for goal, is_kept in zip(spread.goals, keep, strict=False) if is_kept],
        outside={
            figure: [LEFT_OUT if hidden.is_told_in(cause) else cause for cause in causes]
            for figure, causes in spread.outside.items()
        },
    )


def _told(findings: Iterable[Finding], hidden: Hidden) -> Iterator[Finding]:
    """Findings about nothing that is hidden."""
    for one in findings:
        is_hidden = bool(one.site) and hidden.is_place((one.site, one.phase, ""))
        if not is_hidden and not hidden.is_told_in(one.text):
            yield one


def _in_one(table: pd.DataFrame) -> pd.DataFrame:
    """A table of money by item, with all items as one."""
    one = table.assign(item=ALL_ITEMS)
    keys = [name for name in one.columns if not pd.api.types.is_float_dtype(one[name])]
    return one.groupby(keys, as_index=False, sort=False).sum()[list(table.columns)]
