"""What a projection says of its systems on their roadmap: out of date, too old, not launched yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from capsim.projection.findings.finding import Finding, finding, only
from capsim.projection.wording import listed, plural

if TYPE_CHECKING:
    from capsim.projection.projection import Projection


def system_findings(projection: Projection) -> Iterator[Finding]:
    """Findings on systems that successors had replaced, that run past their life, that wait for a launch."""
    facts = projection.facts
    if facts.outdated:
        names = [
            f"{row['system']} for {_name(row)} in {row['ordered_on'][:7]} (since then {listed(row['newer'])})"
            for row in facts.outdated
        ]
        text = f"systems are bought that two successors or more replaced before: {listed(names)}"
        yield finding("outdated_systems", text, _place(facts.outdated), orders=len(facts.outdated))
    if facts.aged:
        oldest = max(row["age_y"] for row in facts.aged)
        text = (
            f"systems of {plural(len(facts.aged), 'deployment')} run {oldest:.1f} years, past their economic "
            f"life of {facts.aged[0]['life_y']:g}, and are never replaced: levelised costs are too low; "
            f"they are {listed([_name(row) for row in facts.aged])}"
        )
        yield finding("aged_systems", text, _place(facts.aged), oldest_y=oldest, deployments=len(facts.aged))
    if facts.awaits_launch:
        names = [f"{row['system']} for {_name(row)} ({row['launched_on']})" for row in facts.awaits_launch]
        text = f"orders wait for the launch of their system, whatever its lead time: {listed(names)}"
        yield finding("launch_awaited", text, _place(facts.awaits_launch), orders=len(facts.awaits_launch))


def _name(row: dict[str, Any]) -> str:
    """Name of a deployment."""
    return f"{row['site']}.{row['phase']}.{row['deployment']}"


def _place(rows: list[dict[str, Any]]) -> tuple[str, str]:
    """The phase that all rows are of, where it is one."""
    return only({(row["site"], row["phase"]) for row in rows})
