"""Goal seek: what would it take? The value of one input at which a result reaches a goal."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from datetime import date
from time import monotonic
from typing import Any

import numpy as np

from capsim.errors import ScenarioError, StudyError
from capsim.models.uncertain import Uncertain, parse_distribution
from capsim.projection import answered, finite
from capsim.scenario import Scenario, override
from capsim.shown import Pictured
from capsim.study.execution import Progress
from capsim.study.figures_of_rows import values_in
from capsim.study.headings import heading_of, taken_by, unit_at
from capsim.study.observe import play
from capsim.study.obstacles import NO_EFFECT, limits_broken, limits_words, what_binds
from capsim.study.store import identity, of_scenario
from capsim.study.varied_field import beyond_calendar, beyond_field, bounds_of, is_count
from capsim.vocabulary import Goal, parse_goal

USUAL_RUNS = 30
"""Runs foreseen: the first values and a bisection between two of them."""
TOLERANCE = 1e-6
"""Width of the final bracket over the value, where the value is no whole number or date. [1]"""
GRID = 9
"""Values looked at first, ends of the bracket included."""
REACH = 4.0
"""The first bracket reaches from the present value over this to the present value times this."""
DAYS_EACH_WAY = 1461
"""First bracket of a date: four years each way. [d]"""
GROWTH = 2.0
"""The bracket grows by this, outwards from the present value, until the goal lies inside."""
MOST_STEPS = 12
"""Times an end is moved outwards at most: to some 16,000 times the present value."""
HORIZON = ("start", "horizon_years")
"""Values of the horizon itself: results of two of them have no months in common by which to compare them."""
IDLE_STEPS = 2
"""Moves in a row that bring nothing nearer to the goal, after which an end stays where it is."""


@dataclass(frozen=True)
class Solution(Pictured):
    """Where a result reaches a goal, or why it cannot."""

    path: str
    """Value that was varied."""
    goal: str
    """The goal in words."""
    present: Any
    """Value in the scenario."""
    reached_at_present: float
    """What the result is with it."""
    found: Any
    """Value at which the goal is reached; None where no value does it."""
    reached: float
    """What the result is at the value found, or at the best value looked at."""
    best: Any
    """Value that comes nearest, where none reaches the goal; else the value found."""
    low: Any
    """Lower end of the values looked at."""
    high: Any
    """Upper end of them."""
    runs: int
    """Scenarios simulated."""
    binds: str
    """What holds the plan back at the value found, or at the best one; empty where nothing waits."""
    limits: tuple[str, ...]
    """Limits the plan breaks with the value found; empty where it can be built."""
    explanation: str
    """The outcome in a sentence."""
    unit: str
    """Unit of the value that is varied."""
    takes_at_present: dict[str, float]
    """Headline figures of the scenario as it is."""
    takes: dict[str, float]
    """Headline figures with the best value."""
    manifest: dict[str, Any]
    """What makes it the same answer, and the title, unit of money and H100-equivalent of the scenario."""

    def __repr__(self) -> str:
        return f"<Solution of {self.goal} by {self.path}: {self.found}>"

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, dates as ISO text."""
        plain: dict[str, Any] = finite(asdict(self))
        return plain


def solve(
    scenario: Scenario,
    vary: str,
    until: str,
    *,
    low: Any = None,
    high: Any = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Solution:
    """Find the value of one input at which a result reaches a goal, by bracketing and bisection.

    Parameters
    ----------
    scenario : Scenario
        Loaded with `capsim.load`; its central estimates count.
    vary : str
        Dotted path of a number or a date.
    until : str
        Goal such as ``"h100e_8bit=288000 at 2030-01"`` or ``"lcoc<=0.6"``.
    low, high : float or date, optional
        Ends of the bracket. Where missing, a quarter and four times the present value, and four years
        each way for a date; from there it grows, inside the bounds of the field and of the horizon,
        while that brings the result nearer to the goal.
    seed : int
        Key of weather and price years.
    progress : callable, optional
        Called after every run with the runs done, those foreseen so far, and the seconds left.

    Returns
    -------
    solution : Solution
        The value found: where the result rises or falls in steps, the first one past the goal; and
        where no value in the bracket does it, the nearest and what is not ready there. Limits it breaks
        (grid, budget) are named: the answer is then none that can be built.

    Raises
    ------
    StudyError
        If the path is no number or date, or the goal is none.
    """
    what = {"seed": seed, "vary": vary, "until": until, "low": low, "high": high}
    about = identity("solve", **of_scenario(scenario), **what) | heading_of(scenario)
    search = _Search(scenario, vary, parse_goal(until), about, progress)
    start, end = _bracket(search, low, high)
    valid = [x for x in (*np.linspace(start, end, GRID), search.start) if start <= x <= end]
    ends = sorted({search.rounded(x) for x in valid if search.is_valid(x)})
    if not ends:
        raise StudyError(_no_plan(search, start, end))
    at = _crossing(search, ends)
    if at is None:
        at = _grown(search, ends, is_low_open=low is None, is_high_open=high is None)
    if at is None:
        return search.failed(ends)
    return search.succeeded(ends, _bisect(search, ends[at], ends[at + 1]))


def _no_plan(search: _Search, start: float, end: float) -> str:
    """That no value of a bracket makes a plan, and what is wrong with the plan of its lower end."""
    between = f"between {_shown(search.value(start))} and {_shown(search.value(end))}"
    words = f"no value of {search.vary} {between} makes a valid plan"
    try:
        search.variant(start)
    except ScenarioError as error:
        words += f": {error.faults[0].path}: {error.faults[0].rule}"
    return words


def _crossing(search: _Search, ends: list[float]) -> int | None:
    """The interval nearest to the present value in which the goal is crossed."""
    by_distance = sorted(range(len(ends) - 1), key=lambda i: abs((ends[i] + ends[i + 1]) / 2 - search.start))
    return next((i for i in by_distance if _crosses(search.gap(ends[i]), search.gap(ends[i + 1]))), None)


def _grown(search: _Search, ends: list[float], *, is_low_open: bool, is_high_open: bool) -> int | None:
    """Add values outwards at the open ends, in turn, until the goal is crossed; None where it never is."""
    bounds = _limits_of(search)
    idle = {0: 0 if is_low_open else IDLE_STEPS, -1: 0 if is_high_open else IDLE_STEPS}
    for _ in range(MOST_STEPS):
        for side in (0, -1):
            if idle[side] < IDLE_STEPS:
                idle[side] = _step(search, ends, side, bounds, idle[side])
        at = _crossing(search, ends)
        if at is not None or min(idle.values()) >= IDLE_STEPS:
            return at
    return None


def _step(search: _Search, ends: list[float], side: int, bounds: tuple[float, float], idle: int) -> int:
    """Add a value beyond one end; idle steps after it."""
    x = search.rounded(min(max(_beyond(search, ends, side), bounds[0]), bounds[1]))
    # At a bound, or where the scenario ends, this side has nothing more to offer.
    if x == ends[side] or not search.is_valid(x):
        return IDLE_STEPS
    nearest = min(abs(search.gap(end)) for end in ends)
    # In place: the values looked at are those of the answer too.
    ends.insert(0 if side == 0 else len(ends), x)
    return 0 if abs(search.gap(x)) < nearest * (1 - TOLERANCE) else idle + 1


def _beyond(search: _Search, ends: list[float], side: int) -> float:
    """The next value outwards: as far again from the present for a date, a factor for a number."""
    end = ends[side]
    if search.is_date:
        return search.start + (end - search.start) * GROWTH
    # No factor leads away from zero.
    if end == 0:
        return -1.0 if ends[0] == 0 else 1.0
    is_outward = (end > 0) == (end == ends[-1])
    return end * GROWTH if is_outward else end / GROWTH


def _limits_of(search: _Search) -> tuple[float, float]:
    """Furthest values worth a look: the bounds of the field, or for a date those of the horizon."""
    if not search.is_date:
        return bounds_of(search.vary)
    months = search.scenario.calendar.months
    around = [months[0].toordinal() - DAYS_EACH_WAY, months[-1].toordinal(), search.start]
    return float(min(around)), float(max(around))


def _crosses(a: float, b: float) -> bool:
    is_sign_changed = a == 0 or b == 0 or (a < 0) != (b < 0)
    return is_sign_changed and not (math.isnan(a) or math.isnan(b))


def _bisect(search: _Search, low: float, high: float) -> float:
    """Value on the side of the crossing where the goal is reached (a gap of 0 or more)."""
    is_rising = search.gap(high) >= 0 > search.gap(low)
    # Both ends do it only where the gap of one is exactly 0.
    if search.gap(low) >= 0 and search.gap(high) >= 0:
        return low if search.gap(low) == 0 else high
    while True:
        middle = search.rounded((low + high) / 2)
        if middle in (low, high) or high - low <= TOLERANCE * max(abs(low), abs(high)):
            return high if is_rising else low
        if (search.gap(middle) >= 0) == is_rising:
            high = middle
        else:
            low = middle


def _bracket(search: _Search, low: Any, high: Any) -> tuple[float, float]:
    """First and last value to look at."""
    if search.is_date:
        around = [search.start - DAYS_EACH_WAY, search.start + DAYS_EACH_WAY]
        bounds = -math.inf, math.inf
    else:
        around = sorted((search.start / REACH, search.start * REACH)) if search.start else [0.0, 1.0]
        bounds = bounds_of(search.vary)
    start = max(around[0], bounds[0]) if low is None else _end(search, "low", low)
    end = min(around[1], bounds[1]) if high is None else _end(search, "high", high)
    if not start < end:
        raise StudyError(f"the bracket must run from a lower to a higher value (got {low} and {high})")
    return start, end


def _end(search: _Search, name: str, end: Any) -> float:
    """An end that the caller gives, as a number."""
    kind = "a date such as 2028-06-01" if search.is_date else "a number such as 60, without unit or separator"
    try:
        number = search.to_number(end)
    except (TypeError, ValueError, AttributeError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise StudyError(f"{name} must be {kind}, as {search.vary} is (got {end})")
    too_far = beyond_calendar(number) if search.is_date else beyond_field(search.vary, number)
    if too_far:
        raise StudyError(f"{name} of {search.vary} {too_far} (got {end})")
    return number


class _Search:
    """The goal's gap as a function of the value, each value simulated once."""

    def __init__(
        self, scenario: Scenario, vary: str, goal: Goal, about: dict[str, Any], progress: Progress | None
    ) -> None:
        self.scenario, self.vary, self.goal, self.about = scenario, vary, goal, about
        self.seed: int = about["seed"]
        self.progress, self.began = progress, monotonic()
        self.present = _present(scenario, vary)
        self.is_date = isinstance(self.present, date)
        self.is_whole = is_count(vary)
        self.start = self.to_number(self.present)
        self._reached: dict[float, float] = {}
        self._binds: dict[float, str] = {}
        self._takes: dict[float, dict[str, float]] = {}

    def to_number(self, value: Any) -> float:
        """A value as the number that is varied; a date, or its ISO text, as its ordinal."""
        day = date.fromisoformat(value) if self.is_date and isinstance(value, str) else value
        return float(day.toordinal() if self.is_date else value)

    def rounded(self, x: float) -> float:
        """The nearest number the value can be."""
        return float(round(x)) if self.is_date or self.is_whole else float(x)

    def value(self, x: float) -> Any:
        """A number as the value."""
        if self.is_date:
            return date.fromordinal(round(x))
        return round(x) if self.is_whole else x

    def variant(self, x: float) -> Scenario:
        """The scenario with a value."""
        return override(self.scenario, {self.vary: self.value(x)})

    def is_valid(self, x: float) -> bool:
        """Whether the scenario is valid with a value."""
        try:
            self.variant(x)
        except ScenarioError:
            return False
        return True

    def reached(self, x: float) -> float:
        """The result at a value."""
        x = self.rounded(x)
        if x not in self._reached:
            run = play(self.variant(x), self.seed, 0)
            self._reached[x] = float(values_in(run, [self.goal.figure])[0])
            self._binds[x] = what_binds(run, self.vary, self.goal)
            self._takes[x] = taken_by(run)
            if self.progress is not None:
                # A search may take fewer runs than foreseen, or more.
                done, total = len(self._reached), max(len(self._reached), USUAL_RUNS)
                self.progress(done, total, (monotonic() - self.began) / done * (total - done))
        return self._reached[x]

    def words(self, x: float) -> str:
        """The result at a value, in words."""
        reached, figure = self.reached(x), self.goal.figure
        return answered(figure, reached, "") if figure.is_date else f"{reached:,.6g}"

    def gap(self, x: float) -> float:
        """How far the goal is passed; negative where it is missed."""
        gap = self.reached(x) - self.goal.value
        return -gap if self.goal.sense == "<=" else gap

    def succeeded(self, ends: list[float], x: float) -> Solution:
        """Outcome where a value does it."""
        limits = self.limits(x)
        text = f"{self.vary} = {_shown(self.value(x))} gives {self.goal.figure} = {self.words(x)}"
        return self._outcome(ends, x, text + limits_words(limits), limits)

    def limits(self, x: float) -> tuple[str, ...]:
        """Limits the plan breaks at a value."""
        return limits_broken(self.variant(self.rounded(x)), self.variant(self.start), self.seed, self.goal)

    def failed(self, ends: list[float]) -> Solution:
        """Outcome where no value looked at does it, or every one does."""
        gaps = np.array([self.gap(x) for x in ends])
        if np.isnan(gaps).all():
            raise StudyError(f"{self.goal.figure} has no value, whatever {self.vary} is")
        between = f"between {_shown(self.value(ends[0]))} and {_shown(self.value(ends[-1]))}"
        # An inequality can hold everywhere; an equality that is never crossed holds nowhere.
        if self.goal.sense != "=" and (gaps >= 0).all():
            x = ends[int(gaps.argmin())]
            return self._outcome(ends, x, f"every value {between} meets {self.goal}", self.limits(x))
        x = self.rounded(ends[int(np.nanargmin(np.abs(gaps)))])
        text = f"no value {between} gives {self.goal}; "
        text += f"the nearest is {self.words(x)} at {_shown(self.value(x))}"
        if len({self.reached(end) for end in ends}) == 1:
            text += f"; {NO_EFFECT}"
        text += f"; not ready there: {self._binds[x] or 'nothing waits there'}"
        return replace(self._outcome(ends, x, text, ()), found=None)

    def _outcome(self, ends: list[float], x: float, text: str, limits: tuple[str, ...]) -> Solution:
        x = self.rounded(x)
        return Solution(
            path=self.vary,
            goal=str(self.goal),
            present=self.present,
            reached_at_present=self.reached(self.start),
            found=self.value(x),
            reached=self.reached(x),
            best=self.value(x),
            low=self.value(ends[0]),
            high=self.value(ends[-1]),
            runs=len(self._reached),
            binds=self._binds[x],
            limits=limits,
            explanation=text,
            unit=unit_at(self.scenario, self.vary),
            takes_at_present=self._takes[self.rounded(self.start)],
            takes=self._takes[x],
            manifest=self.about,
        ).with_scenario(self.scenario)


def _present(scenario: Scenario, vary: str) -> Any:
    """The number or date a path has, of an uncertain value its central estimate."""
    if vary in HORIZON:
        raise StudyError(f"{vary} cannot be varied: it says which months there are, in which goals are read")
    present = scenario.origin(vary).value
    if isinstance(present, dict) and "dist" in present:
        return float(Uncertain(parse_distribution(present)))
    if isinstance(present, bool) or not isinstance(present, (int, float, date)):
        raise StudyError(f"{vary} is no number or date (got {present!r})")
    return present


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:,.6g}"
