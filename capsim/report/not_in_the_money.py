"""What the money leaves out, in the line that every run shows."""

from __future__ import annotations

from capsim.projection import Scopes, money_left_out, plural
from capsim.report.first_screen import NARROW

WHERE = " (--scope)"
"""Where the table of it is."""


def not_in_the_money(scopes: Scopes) -> list[str]:
    """A line of at most 80 characters; none where all is in, or a result does not say.

    Examples
    --------
    >>> not_in_the_money({"a": {"land": [], "shell": ["hall"], "spare parts": []}})
    ['Not in the money: land, spare parts (--scope)']
    """
    out = money_left_out(scopes)
    somewhere = (f"{part} of {plural(len(sites), 'site')}" for part, sites in out.somewhere.items())
    parts = [*out.everywhere, *somewhere]
    shown = len(parts)
    while shown > 1 and len(_line(parts, shown)) > NARROW:
        shown -= 1
    return [_line(parts, shown)] if parts else []


def _line(parts: list[str], shown: int) -> str:
    more = f" and {len(parts) - shown} more" if shown < len(parts) else ""
    return f"Not in the money: {', '.join(parts[:shown])}{more}{WHERE}"
