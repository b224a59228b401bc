"""The lines of a status file by themselves, whatever plan they are of: what plans are held against."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from capsim.language.tree import Faults, Node, Place, plain
from capsim.scenario.messages import add_issue
from capsim.scenario.records.actual_records import ONCE, Actual
from capsim.scenario.rules.actual_rules import figures_are_known
from capsim.scenario.rules.measured_rules import figures_can_be
from capsim.scenario.status_file import LAYER, read_status


def status_lines(file: str) -> tuple[Actual, ...]:
    """The lines of a status file as records.

    Raises
    ------
    ScenarioError
        As `read_status`, and for what is wrong whatever the plan: an unknown milestone or figure, a number
        that cannot be, two days for one thing.
    """
    nodes, faults = read_status(file), Faults()
    lines = [line for number, node in enumerate(nodes) if (line := _line(node, number, faults)) is not None]
    faults.stop(file)
    place = Place(file, 0, LAYER)
    tree = Node({"actuals": Node(nodes, place)}, place)
    for number, line in enumerate(lines):
        path = ("actuals", str(number))
        # what is asked of a line alone knows no plan
        for issue in (*figures_are_known(line), *figures_can_be(line)):
            add_issue(issue, tree, path, faults)
    _one_day_each(lines, nodes, faults)
    faults.stop(file)
    return tuple(lines)


def _line(node: Node, number: int, faults: Faults) -> Actual | None:
    path = ("actuals", str(number))
    if node.get("what") is None:
        faults.add(node.place, (*path, "what"), "missing: what happened, or which figure it is")
        return None
    try:
        return Actual.model_validate(plain(node))
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            faults.add(node.place, (*path, *map(str, detail["loc"])), detail["msg"])
        return None


def _one_day_each(lines: Sequence[Actual], nodes: Sequence[Node], faults: Faults) -> None:
    """Refuse two days on which one thing happened; what was cancelled between may happen anew."""
    before: dict[tuple[str, str, str], int] = {}
    for number in sorted(range(len(lines)), key=lambda number: lines[number].on):
        line = lines[number]
        if line.what not in ONCE or line.number is not None:
            continue
        if line.what == "cancelled":
            for what in ("ordered", "delivered"):
                before.pop((line.site, line.item, what), None)
        other = before.setdefault((line.site, line.item, line.what), number)
        if lines[other].on != line.on and line.what != "cancelled":
            place = nodes[other].place
            rule = f"{line.what} on {lines[other].on} already, by {place.file}:{place.line}"
            faults.add(nodes[number].place, ("actuals", str(number), "on"), rule, line.on.isoformat())
