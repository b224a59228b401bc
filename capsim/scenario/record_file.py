"""Files that are no scenarios, such as claims and plans: read as one record, with all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from pydantic import ValidationError

from capsim.errors import ScenarioError
from capsim.language.duplicates import find_duplicate_ids
from capsim.language.reader import read_tree
from capsim.language.tree import Faults, plain
from capsim.scenario.messages import Wrong, add_issue, translate
from capsim.scenario.records.record import Record
from capsim.scenario.rules.rule import Issue

R = TypeVar("R", bound=Record)


def read_record(file: str, kind: type[R], check: Callable[[R], Iterable[Issue]]) -> R:
    """A file as a record.

    Parameters
    ----------
    file : str
        YAML file.
    kind : type
        Record of the whole file.
    check : callable
        Gives the issues that no single value has.

    Returns
    -------
    record : Record
        Of type `kind`.

    Raises
    ------
    ScenarioError
        With every fault of the file.
    """
    faults = Faults()
    root = read_tree(file, "file", faults)
    find_duplicate_ids(root, (), faults)
    try:
        record = kind.model_validate(plain(root))
    except ValidationError as error:
        translate([Wrong(kind, root, (), error.errors(include_url=False))], set(), faults)
        raise ScenarioError(file, sorted(set(faults.found))) from None
    for issue in check(record):
        add_issue(issue, root, (), faults)
    faults.stop(file)
    return record
