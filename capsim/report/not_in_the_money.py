"""What the money leaves out, in the line that every run and every study with costs shows."""

from __future__ import annotations

from collections.abc import Sequence

from capsim.report.sentences import NARROW

WHERE = "--scope"
"""Option of a run that shows the table of it."""
OF_A_RUN = f"run {WHERE}"
"""The same beside another command."""


def not_in_the_money(parts: Sequence[str], where: str = WHERE) -> list[str]:
    """A line of at most 80 characters; none where all is in, or a result does not say.

    Parameters
    ----------
    parts : sequence of str
        Parts that no item contains, in words.
    where : str
        What shows the table of it.

    Examples
    --------
    >>> not_in_the_money(["land", "spare parts"])
    ['Not in the money: land, spare parts (--scope)']
    """
    shown = len(parts)
    while shown > 1 and len(_line(parts, shown, where)) > NARROW:
        shown -= 1
    return [_line(parts, shown, where)] if parts else []


def _line(parts: Sequence[str], shown: int, where: str) -> str:
    more = f" and {len(parts) - shown} more" if shown < len(parts) else ""
    return f"Not in the money: {', '.join(parts[:shown])}{more} ({where})"
