"""What a study keeps of a plan beside its figures, so that a report of it has all that of a run has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from capsim.projection import LEFT_OUT, Hidden, Projection, Run, warnings_in, without_confidential
from capsim.study.relief_results import Relief
from capsim.study.reliefs import first_reliefs

RUNGS = 3
"""Rungs of the ladder of a plan that is one of several."""


@dataclass(frozen=True)
class Told:
    """What is to be known of a plan."""

    title: str
    warnings: tuple[str, ...]
    """What is strange, in sentences."""
    scope: dict[str, dict[str, list[str]]]
    """By site and part of the money, the items it is in; none where it is out."""
    relief: Relief | None = None
    """What it gains to lift its limits, with the first rungs of the ladder."""
    assumptions: tuple[dict[str, str], ...] = ()
    """Values of it, of several plans those that another does not share: `path`, `value`, `unit`,
    `distribution`, `kind`, `confidence`, `retrieved`, `source`."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Titles of its sites and of its cost items, by id; results saved before have none."""
    public: Told | None = field(default=None, repr=False)
    """The same without what any scenario of the study marks as confidential; None where none does."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "title": self.title,
            "warnings": list(self.warnings),
            "scope": self.scope,
            "relief": None if self.relief is None else self.relief.to_dict(),
            "assumptions": list(self.assumptions),
            "titles": dict(self.titles),
            "public": None if self.public is None else self.public.to_dict(),
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any] | None) -> Told | None:
        """What `to_dict` wrote; None of a study that kept none."""
        if record is None:
            return None
        return cls(
            record["title"],
            tuple(record["warnings"]),
            record["scope"],
            None if record["relief"] is None else Relief.from_dict(record["relief"]),
            tuple(record["assumptions"]),
            record.get("titles", {}),
            cls.from_dict(record["public"]),
        )


def told_of(run: Run, marks: Sequence[str]) -> Told:
    """What is to be known of the plan of a central run, and of it what marks leave."""
    projection = Projection(run)
    told = _told(projection, first_reliefs(run, rungs=RUNGS))
    if not marks:
        return told
    marked = _marked(projection, marks)
    relief = None if told.relief is None else told.relief.without(Hidden(marked))
    return replace(told, public=_told(without_confidential(marked), relief))


def _marked(projection: Projection, marks: Sequence[str]) -> Projection:
    """A projection that marks what any scenario of the study does."""
    return projection.with_views(facts=replace(projection.facts, confidential=[*marks]))


def _told(projection: Projection, relief: Relief | None) -> Told:
    facts = projection.facts
    warnings = tuple(warnings_in(projection.findings))
    titles = {site: str(about["title"]) for site, about in facts.places.items()} | facts.items
    return Told(facts.title or projection.name, warnings, facts.scope, relief, titles=titles)


def told_alone(run: Run, marks: Sequence[str]) -> Told:
    """What is to be known of the plan of a central run with all its values, and of it what marks leave."""
    told, projection = told_of(run, marks), Projection(run)
    rows = tuple(_rows(projection).values())
    hidden = [Hidden(_marked(projection, marks))] if marks else []
    return replace(told, assumptions=rows, public=_shown_of(told.public, rows, hidden))


def _shown_of(
    public: Told | None, rows: Iterable[Mapping[str, str]], hidden: Sequence[Hidden]
) -> Told | None:
    """What is told in public, with values of which nothing is told that is hidden."""
    if public is None:
        return None
    masked = (_masked(row, hidden) for row in rows if row["path"] != LEFT_OUT)
    # several that are hidden may be one
    return replace(public, assumptions=tuple({tuple(row.items()): row for row in masked}.values()))


def told_apart(runs: Mapping[str, Run], marks: Sequence[str]) -> dict[str, Told]:
    """What is to be known of several plans, each with its values that another does not share."""
    told = {name: told_of(run, marks) for name, run in runs.items()}
    tables = {name: _rows(Projection(run)) for name, run in runs.items()}
    alike = _alike(tables.values())
    # a text of one plan may tell what another marks
    hidden = [Hidden(_marked(Projection(run), marks)) for run in runs.values()] if marks else []
    for name, rows in tables.items():
        differ = tuple(row for path, row in rows.items() if path not in alike)
        public = _shown_of(told[name].public, differ, hidden)
        told[name] = replace(told[name], assumptions=differ, public=public)
    return told


def _rows(projection: Projection) -> dict[str, dict[str, str]]:
    """Assumptions of a plan by path."""
    table = projection.assumptions
    heads = [str(head) for head in table.columns]
    rows = (dict(zip(heads, map(str, row), strict=True)) for row in table.itertuples(index=False, name=None))
    return {row["path"]: row for row in rows}


def _masked(row: Mapping[str, str], hidden: Iterable[Hidden]) -> dict[str, str]:
    """A row without what any of the plans hides."""
    shown = dict(row)
    for one in hidden:
        shown = one.shown_of(shown)
    return shown


def _alike(tables: Iterable[Mapping[str, Mapping[str, str]]]) -> set[str]:
    """Paths that all plans have with one value."""
    first, *others = tables
    return {
        path
        for path, row in first.items()
        if all(
            path in table and all(table[path][key] == row[key] for key in ("value", "unit", "distribution"))
            for table in others
        )
    }
