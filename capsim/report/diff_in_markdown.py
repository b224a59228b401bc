"""A diff as Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from capsim.projection import plural
from capsim.report.diff_listing import MOST_INPUTS, headline_of, why
from capsim.report.diff_screen import HEADS, DiffRow, by_weight, input_row, moved_row, who_of
from capsim.study import Diff


def diff_markdown(diff: Diff) -> str:
    """A line, a table of what moved, and one of the inputs that changed, folded."""
    lines = [f"**{_safe(who_of(diff, '→'))}**: {headline_of(diff)}", ""]
    if diff.beyond:
        lines += [*_table("moved", [moved_row(diff, row) for row in by_weight(diff.beyond)]), ""]
    if not diff.moved or not why(diff):
        return "\n".join(lines)
    if not diff.inputs:
        return "\n".join([*lines, why(diff), ""])
    inputs = [input_row(diff, row) for row in diff.inputs[:MOST_INPUTS]]
    more = len(diff.inputs) - len(inputs)
    folded = [*_table("input", inputs), *(["", f"and {plural(more, 'input')} more"] if more else [])]
    return "\n".join([*lines, f"<details><summary>{why(diff)}</summary>", "", *folded, "", "</details>", ""])


def _table(heading: str, rows: Sequence[DiffRow]) -> Iterator[str]:
    yield f"| {' | '.join((heading, *HEADS))} |"
    yield "|---|--:|--:|--:|--:|"
    for row in rows:
        yield f"| {' | '.join(map(_safe, (row.title, *row.cells)))} |"


def _safe(text: str) -> str:
    """Text that is no mark-up of a table."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
