"""What a rule is: a generator over a record that says what is wrong with it, and knows of no file.

::

    @rule
    def owners_pay_all(finance: Finance, around: Around) -> Issues:
        total = sum(owner.share for owner in finance.owners)
        if finance.owners and abs(total - 1.0) > ROUNDING:
            yield Issue(("owners",), f"shares must sum to 1 (sum {total:.6g})")

The annotation of the first parameter is the record it is run on, once for each in a scenario; a union
stands for several. Paths are relative to that record. `capsim.scenario.judging` runs all rules and adds
file, line and path. A rule that reads a value which does not validate ends there: the value has its own
fault, so no rule checks types or bounds again.

A question is a rule over a valid scenario whose findings are doubts and no faults: the value can be meant,
but hardly is. Its name is the function's; a scenario accepts it by that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_args

from capsim.catalog import Catalog
from capsim.language.tree import Path
from capsim.models.uncertain import Uncertain
from capsim.registry import meaning_of, near_or_all
from capsim.scenario.records.record import Record
from capsim.units import MONTHS_PER_YEAR, first_of_month

if TYPE_CHECKING:
    from capsim.scenario.records.schema import Scenario

R = TypeVar("R", bound=Record)
ROUNDING = 1e-9
"""How far a sum of shares may be off by rounding. [1]"""


class Issue(NamedTuple):
    """One thing wrong with a record."""

    path: Path
    """Keys and ids from the record to the value; empty for the record itself."""
    rule: str
    """What must hold, in words, with a suggestion where there is one."""
    got: str | bool = False
    """The value got; True for the one at the path as it was written."""
    at: Path | None = None
    """What stands on the line to show, where that is not the path's."""


Issues = Iterator[Issue]


class Around(NamedTuple):
    """What surrounds a record."""

    scenario: Scenario
    """The scenario it is part of."""
    catalog: Catalog
    """The catalogue in force."""
    outer: tuple[Record, ...]
    """The records it is in, nearest first."""

    def the(self, kind: type[R]) -> R:
        """The nearest record of a kind that the record is in."""
        return next(record for record in self.outer if isinstance(record, kind))

    @property
    def end(self) -> date:
        """First day after the horizon."""
        return first_of_month(self.scenario.start, self.scenario.horizon_years * MONTHS_PER_YEAR)


Rule = Callable[[Any, Around], Iterable[Issue]]
F = TypeVar("F", bound=Rule)
_RULES: dict[type[Record], list[Rule]] = {}
_QUESTIONS: dict[type[Record], list[Rule]] = {}


def rule(function: F) -> F:
    """Decorator that has a rule run on the records its first parameter is annotated with."""
    return _registered(function, _RULES)


def question(function: F) -> F:
    """Decorator that has a question asked of the records its first parameter is annotated with."""
    return _registered(function, _QUESTIONS)


def _registered(function: F, rules: dict[type[Record], list[Rule]]) -> F:
    """A function, known as a rule of the records its first parameter is annotated with."""
    # the other annotations are never asked for, and take long to read for a hundred rules
    kind = next(iter(function.__annotations__.values()))
    kind = eval(kind, function.__globals__) if isinstance(kind, str) else kind
    for record in get_args(kind) or (kind,):
        rules.setdefault(record, []).append(function)
    return function


def rules_of(kind: type[Record]) -> Iterator[Rule]:
    """The rules of a record and of what it is derived from."""
    for base in kind.__mro__:
        yield from _RULES.get(base, ())


def questions_of(kind: type[Record]) -> Iterator[Rule]:
    """The questions asked of a record and of what it is derived from."""
    for base in kind.__mro__:
        yield from _QUESTIONS.get(base, ())


def meanings_of_questions() -> dict[str, str]:
    """Names by which a scenario may accept what is questioned, sorted, and what each expects."""
    asked = {function.__name__: function for questions in _QUESTIONS.values() for function in questions}
    return {name: meaning_of(asked[name]) for name in sorted(asked)}


def unknown(key: str, name: str | None, what: str, names: Iterable[str], lists: str = "") -> Issues:
    """Find a name that is none of `names`; a record that names nothing is fine.

    Where none is very near, a few are all named, and of many the nearest; `lists` is what lists them.
    """
    if name is not None and name not in (offered := tuple(names)):
        yield Issue((key,), f"unknown {what}{near_or_all(name, offered, lists)}", got=True)


def ends(value: float) -> tuple[float, ...]:
    """Central estimate of a number, and the ends of its range where it is uncertain."""
    return (float(value), *value.distribution.support) if isinstance(value, Uncertain) else (value,)


def highest(value: float | None) -> float:
    """Upper end of what can be drawn for a number; 0 where there is none."""
    return 0.0 if value is None else max(ends(value))


def at_upper_ends(*values: float | None) -> str:
    """Words for a sum of upper ends, where any number has a range."""
    return " at the upper ends" if any(isinstance(value, Uncertain) for value in values) else ""


def country_title(country: str, around: Around) -> str:
    """A country by its name where the catalogue has it."""
    tables = (around.catalog.tables[name] for name in ("countries", "carbon"))
    entries = (table.get(country) for table in tables)
    named = (entry.text("title") for entry in entries if entry is not None and "title" in entry)
    return next(named, country)


def ranged(value: float, within: Iterable[float], unit: str = "") -> str:
    """A value in words with the range it lies in, where it has one.

    Examples
    --------
    >>> ranged(50.0, (40.0, 60.0), "kW"), ranged(700.0, (700.0,), "W"), ranged(0.9, ())
    ('50 kW, range 40 to 60', '700 W', '0.9')
    """
    all_ends = (value, *within)
    low, high, of_unit = min(all_ends), max(all_ends), f" {unit}" if unit else ""
    return f"{value:g}{of_unit}" + (f", range {low:g} to {high:g}" if low < high else "")
