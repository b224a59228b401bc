"""What the sentence that a board reads says of money and of goals, in whatever report."""

from __future__ import annotations

from collections.abc import Sequence

from capsim.projection import plural
from capsim.report.opening import share_of


def span_words(years: Sequence[int], *, has_refresh: bool) -> str:
    """Which years the money of a sentence is of, for its date is another one.

    Examples
    --------
    >>> span_words([2026, 2027, 2028], has_refresh=True), span_words([2026], has_refresh=False)
    ('from 2026 to 2028, refresh included', 'in 2026')
    """
    first, last = min(years), max(years)
    span = f"from {first} to {last}" if last > first else f"in {first}"
    return f"{span}, refresh included" if has_refresh else span


def goals_words(chances: Sequence[float], n: int, left_out: int = 0, *, likely: bool = False) -> str:
    """How many goals are met, and how sure that is.

    Parameters
    ----------
    chances : sequence of float
        Of each goal that is met, the share of the draws that meet it; NaN where there are none. [1]
    n : int
        Goals that are shown.
    left_out : int
        Goals that a public version does not show.
    likely : bool
        Whether those count as met that half of the draws meet.

    Examples
    --------
    >>> goals_words([0.9, 0.42], 6)
    '2 of 6 goals are met, the least sure of them in 42 % of the draws'
    >>> goals_words([0.9], 1, left_out=2), goals_words([float("nan")] * 2, 3)
    ('1 of the 1 goal shown is met, in 90 % of the draws; others are left out', '2 of 3 goals are met')
    >>> goals_words([0.9, 0.6], 2, likely=True)
    '2 of 2 goals are met in half of the draws or more, the least sure of them in 60 %'
    """
    met = len(chances)
    shown = f"the {plural(n, 'goal')} shown" if left_out else plural(n, "goal")
    said = f"{met} of {shown} {'is' if met == 1 else 'are'} met"
    said += " in half of the draws or more" if likely else ""
    least = min(chances, default=float("nan"))
    if least == least:  # noqa: PLR0124
        which = "in" if met == 1 else "the least sure of them in"
        said += f", {which} {share_of(least)}{'' if likely else ' of the draws'}"
    return f"{said}; others are left out" if left_out else said
