"""Loading a scenario: read, merge, override, fill, check and validate, with all faults at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from capsim.catalog import Catalog, load_catalog
from capsim.errors import Fault, ScenarioError
from capsim.language.layers import Layers, merge_layers, read_layers
from capsim.language.merge import without_nulls
from capsim.language.notes import annotate_value
from capsim.language.paths import find_unknown_ids, split
from capsim.language.reader import parse_tree
from capsim.language.tree import Faults, Node, Place, clone, from_python, moved, plain
from capsim.models.uncertain import Uncertain, describe
from capsim.registry import did_you_mean
from capsim.scenario.fill.defaults import fill
from capsim.scenario.messages import translate
from capsim.scenario.paths import check_path, set_path
from capsim.scenario.provenance import Provenance
from capsim.scenario.records.schema import Scenario
from capsim.scenario.rules.correlation_rules import check_correlations

SET_LAYER = "--set"
OVERRIDE_CALL = "override()"


def load(
    path: str | os.PathLike[str], *, overrides: Sequence[str] = (), sets: Sequence[str] = ()
) -> Scenario:
    """Load a scenario file.

    Parameters
    ----------
    path : str or path-like
        The file; relative paths in it are relative to it.
    overrides : sequence of str, optional
        Names of the file's `overrides:` to apply, in this order.
    sets : sequence of str, optional
        ``PATH=VALUE`` to apply after them, in this order; VALUE is YAML.

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
    return _build(file, partial(read_layers, file), overrides, sets)


def loads(
    source: str | Mapping[str, Any], *, overrides: Sequence[str] = (), sets: Sequence[str] = ()
) -> Scenario:
    """Load a scenario from YAML text or from a mapping; otherwise as `load`.

    Relative paths in it are relative to the working directory, and faults name it ``<text>`` or
    ``<mapping>``.
    """
    file = "<text>" if isinstance(source, str) else "<mapping>"

    def layers(faults: Faults) -> Layers:
        if isinstance(source, str):
            return merge_layers(parse_tree(source, file, "file", faults), faults)
        return merge_layers(from_python(source, Place(file, 0, "file")), faults)

    return _build(file, layers, overrides, sets)


def override(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Another scenario, with values changed by dotted path.

    Parameters
    ----------
    scenario : Scenario
        A loaded scenario; it stays as it is.
    changes : mapping of str to object
        Values by dotted path, such as ``{"sites.paris.phases.p1.critical_it_mw": 60}``. An
        uncertain value is a mapping with `dist` or an `Uncertain`; None removes a value.

    Returns
    -------
    changed : Scenario
        Valid, with the catalogue's defaults taken anew.

    Raises
    ------
    ScenarioError
        With every fault of the changed scenario.
    """
    provenance = scenario._provenance
    root, faults = clone(provenance.merged), Faults()
    for dotted, value in changes.items():
        # an uncertain value is written as the mapping that a file would have
        described = describe(value.distribution) if isinstance(value, Uncertain) else value
        node = from_python(described, Place(OVERRIDE_CALL, 0, OVERRIDE_CALL))
        set_path(root, dotted, annotate_value(node, split(dotted), faults), faults)
    return _finish(provenance.file, root, faults)


def _build(
    file: str, layers: Callable[[Faults], Layers], overrides: Sequence[str], sets: Sequence[str]
) -> Scenario:
    """The scenario of layers of files, once they are read, with named overrides and sets applied."""
    faults = Faults()
    try:
        files = layers(faults)
    except ScenarioError as error:
        # what cannot be read ends the reading; it is told with the faults found so far
        faults.found += error.faults
        raise ScenarioError(file, sorted(faults.found)) from None
    _apply_overrides(files.root, files.overrides, overrides, faults)
    for text in sets:
        _apply_set(files.root, text, faults)
    scenario = _finish(file, files.root, faults)
    check_correlations(scenario._provenance.tree, faults)
    faults.stop(file)
    return scenario


def _apply_overrides(root: Node, named: Node, asked_for: Sequence[str], faults: Faults) -> None:
    for name in asked_for:
        changes = named.get(name)
        if changes is None:
            hint = did_you_mean(name, list(named.value))
            faults.add(Place("--override", 0, "override"), (), f"unknown override{hint}", name)
            continue
        for dotted, value in changes.value.items():
            # a copy, because the same override may be asked for twice with another between
            copy = moved(clone(value), partial(replace, layer=f"override {name}"))
            set_path(root, dotted, copy, faults)
    for name in named.value.keys() - set(asked_for):
        for dotted, value in named.value[name].value.items():
            check_path(dotted, value, faults)


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
        value = annotate_value(moved(value, lambda _: place), path, faults)
        set_path(root, dotted, value, faults)


def _finish(file: str, root: Node, faults: Faults) -> Scenario:
    """Fill, check and validate a merged tree."""
    from capsim.scenario.rules.all_rules import check

    merged = without_nulls(root)
    _absolute_files(merged)
    catalog = _catalog(merged, faults)
    tree = clone(merged)
    unresolved = fill(tree, catalog, faults)
    find_unknown_ids(tree, faults)
    between = Faults()
    check(tree, catalog, between)
    faults.found += [f for f in between.found if not faults.covers(split(f.path))]
    scenario = None
    try:
        scenario = Scenario.model_validate(plain(tree))
    except ValidationError as error:
        translate(error, tree, unresolved, faults)
    if scenario is None or faults.found:
        raise ScenarioError(file, sorted(faults.found))
    scenario._catalog = catalog
    scenario._provenance = Provenance(file, merged, tree)
    return scenario


def _absolute_files(root: Node) -> None:
    """Make the user's catalogue and weather files absolute: each is relative to the file that names it."""
    weather = [site.get("weather_file") for _, site in root.records("sites")]
    for node in (*_catalog_files(root).values(), *weather):
        if node is not None and isinstance(node.value, str) and node.value:
            node.value = str(FilePath(_as_named(node)).absolute())


def _catalog_files(root: Node) -> dict[str, Node]:
    files = root.get("catalog")
    return files.value if files is not None and isinstance(files.value, dict) else {}


def _as_named(node: Node) -> str:
    """Path of a catalogue file from the working directory, as the files of the scenario name it."""
    base = os.path.dirname(node.place.file) if node.place.line else ""  # noqa: PTH120
    return os.path.normpath(os.path.join(base, node.text))  # noqa: PTH118


def _catalog(root: Node, faults: Faults) -> Catalog:
    """The catalogue with the scenario's files laid over it; the shipped one where they have faults."""
    files = _catalog_files(root)
    overlays = {table: FilePath(_as_named(n)) for table, n in files.items() if isinstance(n.value, str)}
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
