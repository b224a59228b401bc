"""Loading a scenario: read, merge, override, fill, check and validate, with all faults at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path as FilePath
from typing import Any

from capsim.catalog import Catalog, load_catalog
from capsim.errors import Fault, ScenarioError, StudyError
from capsim.language.duplicates import find_duplicate_ids
from capsim.language.layers import Layers, merge_layers, read_layers
from capsim.language.merge import without_nulls
from capsim.language.notes import annotate_value
from capsim.language.paths import find_unknown_ids, split
from capsim.language.reader import parse_tree
from capsim.language.tree import Faults, Node, Place, clone, from_python, moved
from capsim.models.uncertain import Uncertain, describe
from capsim.registry import near_or_all
from capsim.scenario.fill.actual_dates import lay_actuals
from capsim.scenario.fill.defaults import fill
from capsim.scenario.fill.working_days import settle_working_days
from capsim.scenario.held_numbers import hold_numbers
from capsim.scenario.informed import informed
from capsim.scenario.judging import correlated, judged, questioned
from capsim.scenario.own_files import as_named, catalog_files, files_of, make_absolute, read_later
from capsim.scenario.provenance import Provenance
from capsim.scenario.records.record import Record
from capsim.scenario.records.schema import Scenario
from capsim.scenario.scenario_files import Files
from capsim.scenario.setting import set_path
from capsim.scenario.status_file import AS_OF, LAYER, read_status
from capsim.series import Varying

SET_LAYER = "--set"
OVERRIDE_CALL = "override()"
RECORDS = "<records>"
"""Stands for a file in the faults of a scenario made of records."""


def load(
    path: str | os.PathLike[str],
    *,
    overrides: Sequence[str] = (),
    sets: Sequence[str] = (),
    strict: bool = False,
    actuals: str = "",
    as_of: date | None = None,
) -> Scenario:
    """Load a scenario file.

    Parameters
    ----------
    path : str or path-like
        The file, YAML or a workbook; relative paths in it are relative to it.
    overrides : sequence of str, optional
        Names of the file's `overrides:` to apply, in this order.
    sets : sequence of str, optional
        ``PATH=VALUE`` to apply after them, in this order; VALUE is YAML.
    strict : bool, optional
        Whether what is questioned (`Scenario.questions`) is a fault.
    actuals : str, optional
        Status file whose lines are added to the scenario's `actuals`.
    as_of : date, optional
        Data date in place of the scenario's; the last day of the status file where neither gives one. Lines
        of the status file after a data date given here are not known yet, and left out.

    Returns
    -------
    scenario : Scenario
        Frozen, merged and valid; it knows where each value comes from.

    Raises
    ------
    ScenarioError
        With every fault of every file, in file order.
    """
    file = os.fspath(path)
    known = partial(_know, actuals, as_of)
    files = Files()
    scenario = _build(file, partial(read_layers, file, read=files.read), overrides, sets, known)
    files.check_units(scenario, file)
    if strict and scenario.questions:
        raise ScenarioError(file, list(scenario.questions))
    return scenario


def loads(
    source: str | Mapping[str, Any], *, overrides: Sequence[str] = (), sets: Sequence[str] = ()
) -> Scenario:
    """Load a scenario from YAML text or from a mapping; otherwise as `load`.

    Relative paths in it are relative to the working directory, and faults name it ``<text>`` or
    ``<mapping>``.
    """
    file, files = "<text>" if isinstance(source, str) else "<mapping>", Files()

    def layers(faults: Faults) -> Layers:
        if isinstance(source, str):
            return merge_layers(parse_tree(source, file, "file", faults), faults, files.read)
        return merge_layers(from_python(source, Place(file, 0, "file")), faults, files.read)

    scenario = _build(file, layers, overrides, sets)
    files.check_units(scenario, file)
    return scenario


def override(scenario: Scenario, changes: Mapping[str, Any] | str) -> Scenario:
    """A scenario with values changed by dotted path, or by a named override; `Scenario.override` calls it."""
    provenance = scenario._provenance
    root, faults = clone(provenance.merged), Faults()
    if isinstance(changes, str):
        _apply_overrides(root, provenance.named, [changes], faults)
        return _finish(provenance.file, root, faults, provenance.named)
    for dotted, value in changes.items():
        # an uncertain value is written as the mapping that a file would have
        node = from_python(_described(value), Place(OVERRIDE_CALL, 0, OVERRIDE_CALL))
        _lay(root, dotted, annotate_value(node, split(dotted), faults), faults)
    return _finish(provenance.file, root, faults, provenance.named)


def hold(scenario: Any) -> None:
    """Refuse what is no scenario, such as the name of its file; StudyError says what makes one."""
    if not isinstance(scenario, Scenario):
        raise StudyError(f"a scenario is what capsim.load gives (got {scenario!r})")


def checked(scenario: Scenario) -> Scenario:
    """A scenario made of records in Python, without any file: filled and checked like that of a file.

    What the records do not say is filled as for a file, from what they say: defaults of the format and
    of the catalogue, presets, exchange rates. The constructors of the records ask for every field
    without a default of the format; ``model_construct`` makes a record of the fields it is given and
    checks nothing, so that the catalogue's are left to be filled, and every fault is found here, at once.

    Parameters
    ----------
    scenario : Scenario
        Of records made in Python, or a loaded one with records replaced by ``model_copy``; of each record
        only the fields in its ``model_fields_set`` count.

    Returns
    -------
    scenario : Scenario
        Another one, valid and ready to run, override and explain.

    Raises
    ------
    ScenarioError
        With every fault: its dotted path, and no line.

    Examples
    --------
    >>> from capsim.scenario.records.schema import Scenario
    >>> from capsim.scenario.records.study_records import Target
    >>> try:
    ...     checked(Scenario.model_construct(schema_version=1, name="x", targets=(Target(id="t"),)))
    ... except ScenarioError as error:
    ...     print(str(error.faults[-1]).partition(", ")[0])
    <records>  targets.t: needs at least one of h100e
    """
    made: object = scenario
    if not isinstance(made, Scenario):
        rule = "must be a Scenario made of records"
        raise ScenarioError(RECORDS, [Fault(RECORDS, 0, "", rule, type(made).__name__)])
    root = from_python(_described(scenario), Place(RECORDS, 0, "file"))
    return _build(RECORDS, lambda _: Layers(root, Node({}, root.place)), (), ())


def _described(value: Any) -> Any:
    """A value of a record as a file would have it: of a record, what its author wrote."""
    if isinstance(value, Record):
        names = {name: info.alias or name for name, info in type(value).model_fields.items()}
        written = [name for name in names if name in value.model_fields_set]
        # what `model_copy` was given under no field's name is told as an unknown key
        written += sorted(value.model_fields_set - names.keys())
        return {names.get(name, name): _described(getattr(value, name)) for name in written}
    if isinstance(value, Mapping):
        return {key: _described(element) for key, element in value.items()}
    if isinstance(value, (tuple, list)):
        return [_described(element) for element in value]
    if isinstance(value, Varying):
        return value.series.written
    return describe(value.distribution) if isinstance(value, Uncertain) else value


def _know(actuals: str, as_of: date | None, root: Node) -> None:
    """Add status files, that of the command and the scenario's own, and a data date to a tree, in place."""
    place, own_file = Place(LAYER, 0, LAYER), root.value.pop("status_file", None)
    files = [as_named(own_file)] if own_file is not None and own_file.value else []
    lines = [line for file in [*files, *([actuals] if actuals else [])] for line in read_status(file)]
    days = [day for line in lines if isinstance(day := line.scalar("on"), date)]
    if as_of is not None:
        lines = [line for line, day in zip(lines, days, strict=True) if day <= as_of]
        root.value["as_of"] = from_python(as_of, Place(AS_OF, 0, AS_OF))
    elif days and root.get("as_of") is None:
        root.value["as_of"] = from_python(max(days), place)
    before = root.get("actuals")
    own = before.value if before is not None and isinstance(before.value, list) else []
    if as_of is not None and own:
        own = [line for line in own if not isinstance(day := line.scalar("on"), date) or day <= as_of]
        root.value["actuals"] = Node(own, place)
    if lines:
        root.value["actuals"] = Node([*own, *lines], place)


def _build(
    file: str,
    layers: Callable[[Faults], Layers],
    overrides: Sequence[str],
    sets: Sequence[str],
    known: Callable[[Node], None] | None = None,
) -> Scenario:
    """The scenario of layers of files, once they are read, with named overrides and sets applied."""
    faults = Faults()
    try:
        files = layers(faults)
    except ScenarioError as error:
        # what cannot be read ends the reading; it is told with the faults found so far
        faults.found += error.faults
        raise ScenarioError(file, sorted(set(faults.found))) from None
    _apply_overrides(files.root, files.overrides, overrides, faults)
    for text in sets:
        _apply_set(files.root, text, faults)
    (known or partial(_know, "", None))(files.root)
    scenario = _finish(file, files.root, faults, files.overrides)
    correlated(scenario, scenario._provenance.tree, faults)
    faults.stop(file)
    return scenario


def files_set(sets: Sequence[str]) -> Iterator[str]:
    """Paths of the files that values set by path name, as the working directory has them."""
    for text in sets:
        # what is wrong with a setting is told where it is laid over the scenario
        root, faults = Node({}, Place(SET_LAYER, 0, SET_LAYER)), Faults()
        _apply_set(root, text, faults)
        yield from files_of(root)


def _apply_overrides(root: Node, named: Node, asked_for: Sequence[str], faults: Faults) -> None:
    for name in asked_for:
        changes = named.get(name)
        if changes is None:
            hint = near_or_all(name, named.value)
            faults.add(Place("--override", 0, "override"), (), f"unknown override{hint}", name)
            continue
        for dotted, value in changes.value.items():
            # a copy, because the same override may be asked for twice with another between
            copy = moved(clone(value), partial(replace, layer=f"override {name}"))
            set_path(root, dotted, copy, faults)
    for name in named.value.keys() - set(asked_for):
        for dotted, value in named.value[name].value.items():
            # on nothing, where no id needs to be known
            set_path(Node({}, value.place), dotted, value, faults)


def _apply_set(root: Node, text: str, faults: Faults) -> None:
    dotted, equals, written = text.partition("=")
    dotted = dotted.strip()
    path, place = split(dotted), Place(SET_LAYER, 0, SET_LAYER)
    if not (equals and dotted and written.strip()):
        faults.add(place, (), "must be written PATH=VALUE", text)
        return
    of_value, value = Faults(), None
    try:
        value = parse_tree(written, SET_LAYER, SET_LAYER, of_value)
    except ScenarioError as error:
        of_value.found += error.faults
    for fault in of_value.found:
        faults.add(place, path, fault.rule, fault.value or written)
    if value is not None:
        _lay(root, dotted, annotate_value(moved(value, lambda _: place), path, faults), faults)


def _lay(root: Node, dotted: str, value: Node, faults: Faults) -> None:
    """Lay a value over what a path names, in place."""
    # looked through first, for merged by id two records of a list would be one
    find_duplicate_ids(value, split(dotted), faults)
    set_path(root, dotted, value, faults)


def _finish(file: str, root: Node, faults: Faults, named: Node) -> Scenario:
    """Fill, check and validate a merged tree."""
    merged = without_nulls(root)
    find_duplicate_ids(merged, (), faults)
    make_absolute(merged)
    catalog = _catalog(merged, faults)
    tree = clone(merged)
    hold_numbers(tree, Scenario, faults)
    lay_actuals(tree, catalog, faults)
    settle_working_days(tree, catalog, faults)
    unresolved = fill(tree, catalog, faults)
    find_unknown_ids(tree, faults)
    scenario = judged(tree, catalog, unresolved, faults)
    faults.stop(file)
    scenario._catalog = catalog
    later = tuple(dict.fromkeys(str(node.value) for node in read_later(tree)))
    scenario._provenance = Provenance(file, merged, tree, named, later, override, questioned)
    return informed(scenario)


def _catalog(root: Node, faults: Faults) -> Catalog:
    """The catalogue with the scenario's files laid over it; the shipped one where they have faults."""
    files = catalog_files(root)
    overlays = {table: FilePath(as_named(n)) for table, n in files.items() if isinstance(n.value, str)}
    try:
        return load_catalog(overlays) if overlays else load_catalog()
    except ScenarioError as error:
        for fault in error.faults:
            named = files.get(fault.path.partition(".")[0])
            faults.found.append(fault if named is None or fault.line else _at_key(fault, named))
        return load_catalog()


def _at_key(fault: Fault, node: Node) -> Fault:
    """A fault of a whole catalogue file, placed where the scenario names the file."""
    return Fault(node.place.file, node.place.line, f"catalog.{fault.path}", fault.rule, node.text)
