"""From a tree to a scenario: records made from the inside out, and judged by the rules, all at once.

A record that does not validate is made all the same, with a hole for each value of the wrong type or
missing, so that whatever does not read the hole is judged with the rest: the record's other values, the
records in it and around it, and who refers to it by its id. A value of the right type that only lies
outside its field's range is no hole, since a rule may know better what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from pydantic import ValidationError

from capsim.catalog import Catalog
from capsim.errors import Question
from capsim.language.tree import Faults, Node, Path, id_of, leaves, plain
from capsim.models.uncertain import Uncertain, parse_distribution
from capsim.scenario import rules
from capsim.scenario.draws.together import draw_names
from capsim.scenario.messages import SUPPLIED, Wrong, add_issue, misspelt, nearest, node_of, translate
from capsim.scenario.records.fields import FieldPlan, fields_of
from capsim.scenario.records.record import HoleError, Record
from capsim.scenario.records.schema import Scenario
from capsim.scenario.records.study_records import Acceptance
from capsim.scenario.records.walk import records_in
from capsim.scenario.rules.correlation_rules import unmarked, unmatched
from capsim.scenario.rules.rule import Around, Issue, R, Rule, questions_of, rules_of
from capsim.scenario.rules.source_rules import check_sources
from capsim.series import is_series, varying

# a rule is known once its module is imported, so a module in the folder is all that it takes
for _module in iter_modules(rules.__path__):
    import_module(f"{rules.__name__}.{_module.name}")
_OUT_OF_RANGE = ("bound", "string_too_short", "string_pattern_mismatch", "too_short")
"""Kinds of errors of values that have the right type."""


def judged(tree: Node, catalog: Catalog, unresolved: set[Path], faults: Faults) -> Scenario:
    """The scenario of a filled tree; whatever is wrong with it is added to the faults.

    Parameters
    ----------
    tree : Node
        Filled tree of a scenario.
    catalog : Catalog
        The catalogue in force.
    unresolved : set of Path
        Values that an unknown name leaves missing: no faults of their own.
    faults : Faults
        What was found before; a value that has a fault gets no other.

    Returns
    -------
    scenario : Scenario
        To be used only if there are no faults.
    """
    wrong: list[Wrong] = []
    scenario = _record(tree, Scenario, (), wrong)
    of_rules = Faults()
    check_sources(tree, catalog, of_rules)
    judge(scenario, tree, catalog, of_rules, is_in_range=not wrong)
    meant = misspelt(wrong)
    faults.found += [
        fault
        for fault in of_rules.found
        if not faults.covers(tuple(fault.path.split(".")))
        # what a record lacks is told as the misspelt key
        and not any(path == fault.path and key in fault.rule for path, key in meant)
    ]
    translate(wrong, unresolved, faults, tree)
    return scenario


def judge(
    scenario: Scenario, tree: Node, catalog: Catalog, faults: Faults, *, is_in_range: bool = True
) -> None:
    """Run every rule on the records of a scenario, with the tree they were made of.

    A rule that computes with a value outside its field's range ends where a model refuses it, as at a hole.
    """
    told: set[tuple[int, str]] = set()
    for path, record, outer in records_in(scenario):
        around = Around(scenario, catalog, outer)
        for rule in rules_of(type(record)):
            for issue in _issues(rule, record, around, is_in_range=is_in_range):
                key = id(node_of(issue, tree, path)), issue.rule
                # what a site has from the scenario's workload is told once, where the scenario says it
                if key not in told:
                    told.add(key)
                    add_issue(issue, tree, path, faults)


def questioned(scenario: Scenario, tree: Node, catalog: Catalog) -> tuple[Question, ...]:
    """What is doubtful in a valid scenario and not accepted, in file order.

    Parameters
    ----------
    scenario : Scenario
        A valid one.
    tree : Node
        The filled tree it was made of.
    catalog : Catalog
        The catalogue in force.
    """
    doubts: dict[tuple[str, str], Question] = {}
    for doubt in _doubts(scenario, tree, catalog):
        # of two doubts about one value the first is enough
        doubts.setdefault((doubt.path, doubt.value or doubt.rule), doubt)
    unanswered = {*doubts.values()}
    for acceptance in scenario.accepted:
        meant = {doubt for doubt in doubts.values() if _is_meant(doubt, acceptance)}
        unanswered -= meant
        if not meant:
            place = nearest(tree, ("accepted", acceptance.id)).place
            path, rule = f"accepted.{acceptance.id}", "accepts nothing that is questioned"
            unanswered.add(Question(place.file, place.line, path, rule, name="accepted_in_vain"))
    return tuple(sorted(unanswered))


def _doubts(scenario: Scenario, tree: Node, catalog: Catalog) -> Iterator[Question]:
    """Every doubt about a scenario."""
    for path, record, outer in records_in(scenario):
        around = Around(scenario, catalog, outer)
        for ask in questions_of(type(record)):
            faults = Faults()
            for issue in ask(record, around):
                add_issue(issue, tree, path, faults)
            for file, line, dotted, words, value in map(astuple, faults.found):
                yield Question(file, line, dotted, words, value, ask.__name__)


def _is_meant(doubt: Question, acceptance: Acceptance) -> bool:
    """Whether a scenario accepts a doubt: everywhere, or where the acceptance says."""
    is_there = any(f"{doubt.path}.".startswith(f"{at}.") for at in acceptance.at)
    return acceptance.id == doubt.name and (is_there or not acceptance.at)


def correlated(scenario: Scenario, tree: Node, faults: Faults) -> None:
    """Find what correlations, common factors and marks name in a scenario that has no other faults."""
    # listing all values takes longer than most scenarios have use for
    if not (scenario.correlations or scenario.uncertainty.factors or scenario.confidential):
        return
    parts = (path for path, _ in leaves(tree))
    values = [".".join(path) for path in parts if path[0] not in ("correlations", "uncertainty")]
    for issue in unmarked(scenario, values):
        add_issue(issue, tree, (), faults)
    for issue in unmatched(scenario, values, sorted(set(draw_names(scenario).values()))):
        add_issue(issue, tree, (), faults)


def _issues(rule: Rule, record: Record, around: Around, *, is_in_range: bool) -> Iterator[Issue]:
    """What a rule finds, up to the first hole it reads, or value outside its range that a model refuses."""
    try:
        yield from rule(record, around)
    except HoleError:
        return
    except (ValueError, ArithmeticError):
        if is_in_range:
            raise


def _record(node: Node, kind: type[R], path: Path, wrong: list[Wrong]) -> R:
    """The record a node describes, with holes where it is wrong."""
    plans, children = fields_of(kind), node.value if isinstance(node.value, dict) else {}
    # in the order of the fields, so that of two records with one wrong value the outer is told
    keys = [key for key in plans if key in children] + [key for key in children if key not in plans]
    values = {key: _value(children[key], plans.get(key), (*path, key), wrong) for key in keys}
    try:
        record = kind.model_validate(values if isinstance(node.value, dict) else plain(node))
    except ValidationError as error:
        wrong.append(Wrong(kind, node, path, error.errors(include_url=False, include_input=False)))
        record = _with_holes(kind, values, wrong[-1].details)
    supplied = [key for key, child in children.items() if child.place.layer in SUPPLIED]
    record.model_fields_set.difference_update(supplied)
    return record


def _value(node: Node, plan: FieldPlan | None, path: Path, wrong: list[Wrong]) -> Any:
    """The value of a field: a record, a tuple of records, or what the field itself validates."""
    # an unknown key is for the record around it to refuse, a value for its field
    if plan is None or plan.record is None:
        return plain(node)
    if plan.shape == "record":
        return _record(node, plan.record, path, wrong)
    # what should be a list of records and is none is for the record around it to refuse
    if not isinstance(node.value, list):
        return plain(node)
    return tuple(
        _record(element, plan.record, (*path, id_of(element) or str(i)), wrong)
        for i, element in enumerate(node.value)
    )


def _with_holes(kind: type[Record], values: Mapping[str, Any], details: Sequence[Any]) -> Any:
    """A record without the values that errors are about, and without defaults in their place."""
    plans = fields_of(kind)
    broken = set[str]()
    for detail in details:
        # an error of the whole record, which is no mapping then, leaves nothing of it
        broken |= {*(detail["loc"][:1] or plans)} if detail["type"] not in _OUT_OF_RANGE else set()
    written = {key: value for key, value in values.items() if key in plans}
    kept = {key: _typed(value, plans[key]) for key, value in written.items() if key not in broken}
    made = kind.model_construct({*written}, **kept)
    for name, info in kind.model_fields.items():
        if (info.alias or name) in broken:
            vars(made).pop(name, None)
    return made


def _typed(value: Any, plan: FieldPlan) -> Any:
    """A value as its record holds it, whatever its range."""
    if plan.quantity is not None and plan.quantity.series and is_series(value):
        return varying(value, plan.quantity.series)
    if isinstance(value, Mapping):
        if "dist" in value:
            return Uncertain(parse_distribution(value))
        return {key: _typed(child, plan) for key, child in value.items()}
    return float(value) if plan.type_ is float else value
