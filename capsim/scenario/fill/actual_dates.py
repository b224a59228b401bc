"""What has happened, laid over what is planned: each line of the actuals sets the fields of what it is of.

Lines are laid in the order of their days, so what was announced last counts. What was announced for a day
that is past by the data date, or is there in part, is overdue unless a line says that it came. A figure sets
nothing: the projection is held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from capsim.catalog import Catalog
from capsim.language.tree import Faults, Node, Note, Path, Place, as_written, from_python
from capsim.registry import did_you_mean
from capsim.scenario.fill.presets import ITEM_SUFFIX
from capsim.scenario.records.actual_records import DATES, EVENTS, ONCE
from capsim.scenario.setting import set_path

Lay = Callable[["Line"], None]
"""What a line of a kind does."""


Said = dict[tuple[Path, str], "Line"]


class Line:
    """A line of the actuals, with what it is of."""

    def __init__(self, root: Node, node: Node, number: int, catalog: Catalog, faults: Faults) -> None:
        self.root, self.node, self.catalog, self.faults = root, node, catalog, faults
        self.path: Path = ("actuals", str(number))
        self.what = str(node.scalar("what") or "")
        self.on = node.scalar("on")
        head, _, tail = str(node.scalar("item") or "").partition(".")
        self.names = (str(node.scalar("site") or ""), head, tail)
        self.place: Place = node.place
        self.laid: tuple[str, str] = ("", "")
        """What happened, and to what kind of thing, once it is laid."""
        self.at_path: Path = ()
        """Path of that thing."""
        self.before: Said = {}
        """What the lines before it say, by the path of the thing and by what happened."""

    def refuse(self, key: str, rule: str) -> None:
        """Tell what is wrong with it."""
        child = self.node.get(key)
        at = self.node if child is None else child
        self.faults.add(at.place, (*self.path, key), rule, as_written(child) if child is not None else "")

    def found(self, node: Node | None, key: str, name: str) -> Node | None:
        """A record of a list by its id; None where there is none."""
        records = dict(node.records(key)) if node is not None else {}
        return records.get(name)

    def kind(self) -> tuple[str, Path]:
        """What it is of, and its path; nothing, and a fault, where that is unknown."""
        site, head, tail = self.names
        place = self.found(self.root, "sites", site)
        if place is None:
            self.refuse("site", f"unknown site{did_you_mean(site, dict(self.root.records('sites')))}")
            return "", ()
        kinds = [("phases", "phase"), ("grid_connection", "step")]
        # a phase and a step of one name are told apart by what happens
        for key, kind in reversed(kinds) if self.what in ("applied", "energised") else kinds:
            record = self.found(place, key, head)
            if record is not None:
                return self._inside(kind, ("sites", site, key, head), record, tail)
        known = [*dict(place.records("phases")), *dict(place.records("grid_connection"))]
        self.refuse("item", f"unknown phase or grid step{did_you_mean(head, known)}")
        return "", ()

    def _inside(self, kind: str, path: Path, record: Node, tail: str) -> tuple[str, Path]:
        if not tail:
            return kind, path
        for key, inner in (("deployments", "order"), ("equipment", "kit"), ("stages", "stage")):
            if self.found(record, key, tail) is not None:
                return inner, (*path, key, tail)
        # of a preset, whose records are not laid beneath yet
        preset = self.catalog.tables["buildout_presets"].get(str(record.scalar("preset") or ""))
        is_item = preset is not None and f"{tail}{ITEM_SUFFIX}" in preset
        is_kit = kind == "phase" and (is_item or self.what in ("ordered", "delivered"))
        return ("kit", (*path, "equipment", tail)) if is_kit else ("stage", (*path, "stages", tail))

    def at(self, path: Path) -> Node | None:
        """What is at a path of keys and ids; None where nothing is."""
        node: Node | None = self.root
        for part in path:
            node = dict(node.children()).get(part) if node is not None else None
        return node

    def set(self, path: Path, key: str, value: object) -> None:
        """Set a field of what it is of."""
        node = value if isinstance(value, Node) else from_python(value, self.place, self.node.note)
        set_path(self.root, ".".join((*path, key)), node, self.faults)

    def append(self, path: Path, key: str, record: Mapping[str, object]) -> None:
        """Add a record to a list of what it is of."""
        node = self.at(path)
        if node is not None:
            before = node.get(key)
            made = from_python(dict(record), self.place)
            node.value[key] = Node([*(before.value if before is not None else []), made], self.place)


def _started(line: Line, path: Path) -> None:
    line.set(path, "started_on", line.on)


def _finished(line: Line, path: Path) -> None:
    line.set(path, "finished_on", line.on)


def _done(line: Line, path: Path) -> None:
    """Set the field of the date at which a phase or a step is done, by what its plan has."""
    dated = "energised_on" if path[-2] == "grid_connection" else "ready_for_service_on"
    node = line.at(path)
    day = line.node.get("day") if line.what == "announced" else line.node.get("on")
    if day is not None and node is not None:
        line.set(path, dated if dated in node.value else "finished_on", day)


def _energised(line: Line, path: Path) -> None:
    number = line.node.get("number")
    if number is None:
        _done(line, path)
        return
    line.append(path, "energised", {"on": line.node.get("on"), "mw": number})


def _ordered(line: Line, path: Path) -> None:
    # what was cancelled before is ordered anew
    line.before.pop((path, "cancelled"), None)
    line.set(path, "ordered_on", line.on)
    # whatever policy it was to follow
    line.set(path, "ordering", "fixed")


def _applied(line: Line, path: Path) -> None:
    line.set(path, "applied_on", line.on)


def _delivered(line: Line, path: Path) -> None:
    line.set(path, "delivered_on", line.on)


def _cancelled(line: Line, path: Path) -> None:
    line.set(path, "cancelled_on", line.on)
    _put_off(line, path)
    node = line.at(path)
    for name, _ in node.records("deployments") if node is not None and path[-2] == "phases" else ():
        _put_off(line, (*path, "deployments", name))


def _put_off(line: Line, path: Path) -> None:
    """Put a date that was planned or announced, and of which no line says that it came, behind the end."""
    came = any((path, what) in line.before for what in CAME)
    is_announced = (path, "announced") in line.before
    node = line.at(path)
    for key in PLANNED if not came and node is not None else ():
        day = node.scalar(key) if node is not None else None
        if isinstance(day, date) and day <= line.on and (key != "finished_on" or is_announced):
            note = Note(f"planned for {day}, cancelled on {line.on}", kind="derived")
            line.set(path, key, from_python(line.on + timedelta(days=1), line.place, note))


def _unordered(line: Line, path: Path) -> None:
    """Take back the order of equipment: what is needed is ordered anew."""
    node = line.at(path)
    for key in ("ordered_on", "delivered_on"):
        if node is not None:
            node.value.pop(key, None)
    for what in ("ordered", "delivered", "announced"):
        line.before.pop((path, what), None)


def _counted(line: Line, path: Path) -> None:
    unit, number = str(line.node.scalar("unit") or "systems"), line.node.get("number")
    if number is None:
        line.refuse("number", "missing: how many, in systems or accelerators")
        return
    line.append(path, line.what, {"on": line.node.get("on"), "number": number, "unit": unit})


def _reported(line: Line, path: Path) -> None:
    number, node = line.node.get("number"), line.at(path)
    if number is None:
        line.refuse("number", "missing")
        return
    for key in REPORTED:
        # the last that was said counts, in whichever way
        if node is not None and key != line.what and (path, key) in line.before:
            node.value.pop(key, None)
    line.set(path, line.what, number)
    line.set(path, "reported_on", line.on)


def _announced(field: str) -> Callable[[Line, Path], None]:
    def lay(line: Line, path: Path) -> None:
        day = line.node.get("day")
        if day is not None:
            line.set(path, field, day)

    return lay


LAID: Mapping[tuple[str, str], Callable[[Line, Path], None]] = MappingProxyType(
    {
        ("started", "stage"): _started,
        ("finished", "stage"): _finished,
        ("percent_done", "stage"): _reported,
        ("remaining_months", "stage"): _reported,
        ("announced", "stage"): _announced("finished_on"),
        ("ready_for_service", "phase"): _done,
        ("announced", "phase"): _done,
        ("applied", "step"): _applied,
        ("energised", "step"): _energised,
        ("announced", "step"): _done,
        ("ordered", "kit"): _ordered,
        ("delivered", "kit"): _delivered,
        ("announced", "kit"): _announced("delivered_on"),
        ("ordered", "order"): _ordered,
        ("delivered", "order"): _counted,
        ("in_service", "order"): _counted,
        ("announced", "order"): _announced("in_service_on"),
        ("cancelled", "stage"): _cancelled,
        ("cancelled", "phase"): _cancelled,
        ("cancelled", "step"): _cancelled,
        ("cancelled", "order"): _cancelled,
        ("cancelled", "kit"): _unordered,
    }
)
"""What a line does, by what happened and to what."""
REPORTED = ("percent_done", "remaining_months")
CAME = ("finished", "ready_for_service", "energised", "in_service")
"""What says of a thing that it is there."""
PLANNED = ("ready_for_service_on", "energised_on", "in_service_on", "finished_on")
"""Dates at which a plan, or an announcement, has things there."""
COMES = frozenset(
    {
        ("finished", "stage"),
        ("announced", "stage"),
        ("ready_for_service", "phase"),
        ("announced", "phase"),
        ("energised", "step"),
        ("announced", "step"),
        ("delivered", "kit"),
        ("announced", "kit"),
        ("announced", "order"),
    }
)
"""What says of a thing that it came, came in part, or is to come."""
WORDS: Mapping[str, str] = MappingProxyType(
    {"stage": "stage", "phase": "phase", "step": "grid step", "kit": "equipment", "order": "deployment"}
)
UNITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "energised": ("MW",),
        "delivered": ("systems", "accelerators"),
        "in_service": ("systems", "accelerators"),
        "percent_done": ("%",),
        "remaining_months": ("months",),
    }
)
"""Units of the numbers of events."""


def lay_actuals(root: Node, catalog: Catalog, faults: Faults) -> None:
    """Lay what has happened over a scenario's tree, in place."""
    listed, known_until = root.get("actuals"), root.scalar("as_of")
    if listed is None or not isinstance(listed.value, list):
        return
    lines = [Line(root, node, number, catalog, faults) for number, node in enumerate(listed.value)]
    # what is no date is for the records to refuse
    lines = [line for line in lines if isinstance(line.on, date)]
    said: Said = {}
    for line in sorted(lines, key=lambda line: line.on):
        line.before = said
        if isinstance(known_until, date) and line.on > known_until:
            line.refuse("on", f"must not be after as_of, {known_until.isoformat()}")
        elif line.what in EVENTS:
            _lay(line)
    if isinstance(known_until, date):
        _mark_overdue(lines, known_until)


def _mark_overdue(lines: list[Line], known_until: date) -> None:
    """Mark what should be there by the data date and, by the last that was said of it, is not."""
    last = {}
    for line in sorted(lines, key=lambda line: line.on):
        if line.laid in COMES and line.on <= known_until:
            last[line.at_path] = line
    for path, line in last.items():
        is_part = line.what == "energised" and line.node.get("number") is not None
        node = line.at(path)
        if node is None or not (is_part or line.what == "announced"):
            continue
        days = [node.scalar(key) for key in DATES[line.laid[1]]]
        due = next((day for day in days if isinstance(day, date)), None)
        if due is not None and due <= known_until:
            line.set(path, "overdue_since", due)


def _lay(line: Line) -> None:
    kind, path = line.kind()
    if not kind:
        return
    line.laid, line.at_path = (line.what, kind), path
    lay = LAID.get((line.what, kind))
    if lay is None:
        takes = [what for what, of in LAID if of == kind]
        line.refuse("what", f"is nothing that happens to a {WORDS[kind]}: {', '.join(takes)}")
        return
    if line.what == "announced" and line.node.get("day") is None:
        line.refuse("day", "missing: the date that is announced")
        return
    if line.what != "announced" and line.node.get("day") is not None:
        line.refuse("day", f"must be empty: {line.what} has its day under date")
        return
    unit = line.node.scalar("unit")
    if line.node.get("number") is not None and unit not in UNITS.get(line.what, ()):
        allowed = " or ".join(UNITS.get(line.what, ())) or "none, for it has no number"
        line.refuse("unit", f"must be {allowed}")
        return
    if not _is_said_otherwise(line, path):
        lay(line, path)
        line.before[path, line.what] = line


def _is_said_otherwise(line: Line, path: Path) -> bool:
    """Refuse a line of what another line says otherwise."""
    other = line.before.get((path, line.what))
    number = line.node.get("number")
    is_count = line.what in ("delivered", "energised") and number is not None
    if other is None or is_count:
        return False
    where = f"{other.place.file}:{other.place.line}"
    if line.what in ONCE and other.on != line.on:
        line.refuse("on", f"{line.what} on {other.on} already, by {where}")
        return True
    values = [tuple(one.node.scalar(key) for key in ("number", "day", "unit")) for one in (other, line)]
    if line.on == other.on and values[0] != values[1]:
        line.refuse("number" if number is not None else "day", f"of the same day {where} says otherwise")
        return True
    return False
