"""A projection without what its scenario marks as confidential, and without what shows that directly.

Totals and curves of the whole portfolio stay: they are what a report is for, and hold what is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from capsim.projection.telling_words import LARGE, TellingWords, folded, names_of_site
from capsim.scenario import is_marked

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
    whole = _whole_record(path, marks)
    return ".".join(keys[: max(whole.count("."), 1)]) if whole else path


class Hidden:
    """What the marks of a projection's scenario hide."""

    def __init__(self, projection: Projection) -> None:
        self.marks = projection.facts.confidential
        assumptions = projection.assumptions
        value_of = dict(zip(assumptions["path"], map(str, assumptions["value"]), strict=True))
        self.paths = {path for path in value_of if is_marked(path, self.marks)}
        shown = {path: value for path, value in value_of.items() if path not in self.paths}
        names = {path for path in self.paths if "." in path}
        parts = {site: self._parts_of(site, projection) for site in projection.facts.deployments}
        names |= {f"{site}.{part}" for site, of in parts.items() for part in of}
        fields = {path.rpartition(".")[2] for path in shown}
        # a name that is a word of a field, too, is found anywhere
        of_fields = folded(" ".join(fields))
        names |= {name for name in self._called(projection) if folded(name) not in of_fields}
        self._words = TellingWords(names, self._numbers(value_of, shown))
        self._parts = {site: {folded(part) for part in of} for site, of in parts.items()}
        keys = (path.split(".") for path in shown)
        others = {folded(of[3]) for of in keys if _is_of_part(of) and of[3] not in parts.get(of[1], ())}
        ids = {part for of in self._parts.values() for part in of} - others
        # nor is a number by itself the name of a part
        self._anywhere = {part for part in ids if part not in of_fields and not part.strip().isdigit()}

    def _parts_of(self, site: str, projection: Projection) -> set[str]:
        """Phases and grid steps of a site that are hidden, by their ids."""
        phases = {phase for phase in projection.facts.deployments[site] if self.is_phase(site, phase)}
        keys = (path.split(".") for path in self.paths if path.startswith(f"sites.{site}.grid_connection."))
        return phases | {of[3] for of in keys if _is_of_part(of)}

    def _called(self, projection: Projection) -> set[str]:
        """Ids of records that are marked as a whole, and titles."""
        records = {_whole_record(path, self.marks) for path in self.paths} - {""}
        # a phase is called by its site, too: of itself it is p2
        names = {record.rpartition(".")[2] for record in records if ".phases." not in record}
        places = projection.facts.places
        hidden = {site for site in places if self.is_site(site)}
        countries = {about["country"] for site, about in places.items() if site not in hidden}
        for site in hidden:
            names |= names_of_site(places[site], countries)
        return names

    def _numbers(self, value_of: Mapping[str, str], shown: Mapping[str, str]) -> Iterator[float]:
        """Values that are; those below ten thousand only where none that is shown is the same."""
        others = {number for value in shown.values() if (number := _number(value)) is not None}
        for path in self.paths:
            number = _number(value_of[path])
            if number is not None and (number >= LARGE or number not in others):
                yield number

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

    def is_told_in(self, text: str, site: str = "") -> bool:
        """Whether a sentence names what is, or states a number of it; of a site, its phases by their ids."""
        return self._words.are_in(text) or self._is_part_in(text, site)

    def is_named_in(self, text: str) -> bool:
        """Whether a text names what is."""
        return self._words.are_named_in(text)

    def _is_part_in(self, text: str, site: str) -> bool:
        """Whether a text names a hidden phase or grid step by its id alone: *as p3, a quarter later*.

        In texts of no site, or of another one, an id names it that is no word and of nothing that is shown.
        """
        words = folded(text)
        return any(part in words for part in self._anywhere | self._parts.get(site, set()))

    def shown_of(self, row: Mapping[str, str]) -> dict[str, str]:
        """An assumption without what is, and without texts that tell it.

        Parameters
        ----------
        row : mapping of str to str
            Of the assumptions: `path`, `value`, `unit`, `source` and others.
        """
        path = row["path"]
        if path in self.paths or is_marked(path, self.marks):
            return {**dict.fromkeys(row, ""), "path": told_path(path, self.marks), "value": LEFT_OUT}
        if self.is_named_in(path):
            keys = path.split(".")
            named = [n for n in range(1, len(keys) + 1) if self.is_named_in(".".join(keys[:n]))]
            kept = ".".join(keys[: max(min(named, default=1) - 1, 1)])
            return {**dict.fromkeys(row, ""), "path": kept, "value": LEFT_OUT}
        texts = {name: text for name, text in row.items() if name != "path" and text}
        # a number by itself is that of another value
        site = path.partition("sites.")[2].partition(".")[0]
        tells = {
            name: self._is_part_in(text, site)
            or (self.is_told_in(text) if name != "distribution" else self.is_named_in(text))
            for name, text in texts.items()
            if _number(text) is None
        }
        return {**row, **{name: LEFT_OUT for name, is_told in tells.items() if is_told}}

    def called(self, words: str, path: str) -> str:
        """The name or the title of a scenario, said to be confidential where it is, or names what is."""
        is_hidden = is_marked(path, self.marks) or self.is_told_in(words)
        return LEFT_OUT if words and is_hidden else words

    def holds(self, record: str) -> bool:
        """Whether a record has a value that is, or a value is."""
        return any(f"{path}.".startswith(f"{record}.") for path in self.paths)


def _is_of_part(keys: Sequence[str]) -> bool:
    """Whether the keys of a path lead into a phase or a grid step."""
    return len(keys) > 4 and keys[0] == "sites" and keys[2] in ("phases", "grid_connection")


def _number(text: str) -> float | None:
    """What is written as a number; None of other text."""
    return float(text) if re.fullmatch(r"\d+\.?\d*(e[+-]?\d+)?", text) else None


def _whole_record(path: str, marks: Sequence[str]) -> str:
    """The record of a marked value that is marked as a whole; empty where only the value is."""
    keys = path.split(".")
    depth = min(_depths(path, marks), default=len(keys))
    return ".".join(keys[:depth]) if depth < len(keys) else ""


def _depths(path: str, marks: Sequence[str]) -> list[int]:
    """Keys of the records on the way to a value that are marked, the value's own among them."""
    return [mark.count(".") + 1 for mark in marks if is_marked(path, [mark])]


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
    paths = {*projection.flows["path"]}
    if any(hidden.holds(path) or hidden.is_named_in(path) for path in paths):
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
    table = assumptions[assumptions["path"] != LEFT_OUT]
    heads = [str(head) for head in table.columns]
    cells = table.astype(str).itertuples(index=False, name=None)
    rows = [hidden.shown_of(dict(zip(heads, row, strict=True))) for row in cells]
    # of a record there is one row
    first = dict.fromkeys(tuple(row.values()) for row in rows)
    return pd.DataFrame([*first], columns=table.columns)


def _manifest(projection: Projection, hidden: Hidden) -> dict[str, Any]:
    overrides = projection.manifest.get("overrides", {})
    shown = {
        row["path"]: row["value"] if row["value"] == LEFT_OUT else value
        for path, value in overrides.items()
        if path != LEFT_OUT and (row := hidden.shown_of({"path": path, "value": str(value)}))
    }
    return {**projection.manifest, "scenario": hidden.called(projection.name, "name"), "overrides": shown}


def _facts(projection: Projection, hidden: Hidden) -> Any:
    """Facts without the sites and phases that are hidden, by whatever they are keyed."""
    facts = projection.facts

    def by_site(of: Mapping[str, Any]) -> dict[str, Any]:
        return {site: about for site, about in of.items() if not hidden.is_site(site)}

    return replace(
        facts,
        title=hidden.called(facts.title, "title"),
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
        places={
            site: {**about, "title": hidden.called(about["title"], f"sites.{site}.title")}
            for site, about in by_site(facts.places).items()
        },
        items={
            item: title for item, title in facts.items.items() if not hidden.is_named_in(f"{item} {title}")
        },
        own_series=[one for one in facts.own_series if not is_marked(one["path"], hidden.marks)],
        questions=[
            one
            for one in facts.questions
            if not is_marked(one["path"], hidden.marks) and not hidden.is_told_in(one["text"])
        ],
        accepted={name: LEFT_OUT if hidden.is_told_in(why) else why for name, why in facts.accepted.items()},
        exchange_rates={}
        if any(path.startswith("currency") for path in hidden.paths)
        else facts.exchange_rates,
        wacc_real=None if any(path.startswith("finance") for path in hidden.paths) else facts.wacc_real,
    )


def _scope(of_site: Mapping[str, list[str]], hidden: Hidden) -> dict[str, list[str]]:
    """Items of each part of the money, without the names of those that are hidden as a whole."""

    def called(item: str) -> str:
        is_hidden = is_marked(f"costs.items.{item}", hidden.marks) or hidden.is_named_in(item)
        return LEFT_OUT if is_hidden else item

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
        if not is_hidden and not hidden.is_told_in(one.text, one.site):
            yield one


def _in_one(table: pd.DataFrame) -> pd.DataFrame:
    """A table of money by item, with all items as one."""
    one = table.assign(item=ALL_ITEMS)
    keys = [name for name in one.columns if not pd.api.types.is_float_dtype(one[name])]
    return one.groupby(keys, as_index=False, sort=False).sum()[list(table.columns)]
