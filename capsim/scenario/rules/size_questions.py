"""Questions to sizes that do not go together: halls and their grid, systems and their hall, own chips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from capsim.catalog import Entry, Value, load_catalog, near_name
from capsim.scenario.records.energy_records import Battery
from capsim.scenario.records.schema import Scenario, Site
from capsim.scenario.records.site_records import Phase
from capsim.scenario.records.walk import records_in
from capsim.scenario.rules.deployment_rules import filled_mw
from capsim.scenario.rules.plausible import PLAUSIBLE, limit, power_mw
from capsim.scenario.rules.rule import Around, Issue, Issues, question

SPEEDS = ("bf16_dense_tflops", "fp8_dense_tflops", "int8_dense_tops", "fp4_dense_tflops")
EXACT_FROM = 100.0
"""From how many times on they are told in whole ones. [1]"""
UNIT_SLIP = 10.0
"""From how many times on a power may be in another unit. [1]"""
POWER = "tdp_w"
"""Fields of an accelerator whose ratio shows a sparse figure given for a dense one."""


@question
def halls_over_grid(site: Site, around: Around) -> Issues:
    """Halls are built for the power there will be."""
    most, site_mw = limit(around, "halls_over_grid", "high"), power_mw(site)
    for phase in site.phases:
        if phase.critical_it_mw > most * site_mw:
            rule = f"is {_times(phase.critical_it_mw, site_mw)} the {site_mw:.6g} MW the site is to have"
            hint = (
                "is it in kW?" if phase.critical_it_mw >= UNIT_SLIP * site_mw else "more than that cannot run"
            )
            yield Issue(("phases", phase.id, "critical_it_mw"), f"{rule}; {hint}", got=True)
            return
    halls_mw = sum(phase.critical_it_mw for phase in site.phases)
    if halls_mw > most * site_mw:
        rule = f"their MW sum to {_times(halls_mw, site_mw)} the {site_mw:.6g} MW the site is to have"
        yield Issue(("phases",), rule, got=f"{halls_mw:.6g}")


def _times(one_mw: float, other_mw: float) -> str:
    """How many times a power another is, in words."""
    times = one_mw / other_mw
    return f"{times:,.0f} times" if times >= EXACT_FROM else f"{times:.3g} times"


@question
def grid_over_halls(site: Site, around: Around) -> Issues:
    """Power is contracted for the halls that there will be."""
    halls_mw = sum(phase.critical_it_mw for phase in site.phases)
    most = limit(around, "grid_over_halls", "high") * halls_mw
    for step in site.grid_connection:
        if halls_mw and step.grid_mw > most:
            rule = f"is {_times(step.grid_mw, halls_mw)} the {halls_mw:.6g} MW of all halls; is it in kW?"
            yield Issue(("grid_connection", step.id, "grid_mw"), rule, got=True)


@question
def connection_open_to_the_site(site: Site, around: Around) -> Issues:
    """A way to the grid is taken by those it is open to."""
    total_mw = sum(step.grid_mw for step in site.grid_connection)
    for step in site.grid_connection:
        entry = around.catalog.tables["buildout_presets"].get(step.preset or "")
        if entry is None or "least_mw" not in entry:
            continue
        least_mw, most_mw = entry.number("least_mw"), entry.number("most_mw")
        if not least_mw <= total_mw <= most_mw:
            rule = (
                f"is open to sites of {least_mw:g} to {most_mw:g} MW, and the site is to have {total_mw:.6g}"
            )
            yield Issue(("grid_connection", step.id, "preset"), rule, got=True)


@question
def hall_almost_empty(phase: Phase, around: Around) -> Issues:
    """The systems of a hall fill more than a corner of it."""
    share = filled_mw(phase, around.catalog) / phase.critical_it_mw
    if phase.deployments and share < limit(around, "hall_fill", "low"):
        rule = f"the systems fill {share:.2%} of the hall; is its critical_it_mw in kW?"
        yield Issue(("deployments",), rule, got=f"{phase.critical_it_mw:.6g}")


@question
def battery_hours(battery: Battery, around: Around) -> Issues:
    """A battery's energy lasts for minutes to a day at its power."""
    hours = battery.energy_mwh / battery.power_mw
    if not limit(around, "battery_hours", "low") <= hours <= limit(around, "battery_hours", "high"):
        yield Issue(("energy_mwh",), f"lasts {hours:.3g} h at {battery.power_mw:.6g} MW", got=True)


@question
def own_rows(scenario: Scenario, _: Around) -> Issues:
    """Numbers of a user's own catalogue are of the size of those shipped for their field."""
    shipped, own = load_catalog(), scenario.catalog
    most = own.entry(PLAUSIBLE, "own_rows").number("factor")
    for table in scenario.catalog_files:
        spans = _spans(shipped.tables[table])
        for entry, field, number in _own_numbers(own.tables[table], shipped.tables[table]):
            low, high = spans.get(field, (number, number))
            # a sign, and nothing, are no matter of size
            if number > 0.0 and low > 0.0 and not low / most <= number <= high * most:
                yield _of_row(entry, field, number, f"the catalogue ships {low:.6g} to {high:.6g}")


@question
def own_chips(scenario: Scenario, around: Around) -> Issues:
    """An own chip is no leap ahead of what there was in its year: dense FLOP/s are half the sparse."""
    # the shipped chips are not questioned
    if "accelerators" not in scenario.catalog_files:
        return
    shipped, own = load_catalog().tables["accelerators"], scenario.catalog.tables["accelerators"]
    most = scenario.catalog.entry(PLAUSIBLE, "own_chip").number("factor")
    for entry, field, number in _own_numbers(own, shipped):
        best = _best(entry, field, shipped) if field in SPEEDS else 0.0
        times = _per_watt(entry, field) / best if best else 0.0
        # what is off by a power of ten is the question of the row alone
        if most < times <= around.catalog.entry(PLAUSIBLE, "own_rows").number("factor"):
            peer = "the shipped one" if entry.name in shipped else "the best of its year"
            words = f"for {entry.number(POWER):.6g} W, {times:.3g} times {peer}; is it sparse?"
            yield _of_row(entry, field, number, words)


@question
def own_names(scenario: Scenario, _: Around) -> Issues:
    """A new record of a user's own catalogue is named by something, or unlike those shipped."""
    shipped, own = load_catalog(), scenario.catalog
    fields = (value for _, record, _ in records_in(scenario) for value in vars(record).values())
    named = {value for value in fields if isinstance(value, str)}
    named |= {str(value.value) for table in scenario.catalog_files for value in _texts(own.tables[table])}
    for table in scenario.catalog_files:
        for entry in own.tables[table].values():
            if entry.name in shipped.tables[table] or entry.name in named:
                continue
            hint = near_name(entry.name, shipped.tables[table])
            if hint:
                origin = next(iter(entry.values.values())).origin
                words = f"is a record of its own that nothing here names{hint}"
                yield Issue(("catalog", table), f"{origin} {entry.name}: {words}", got=entry.name)


def _texts(table: Mapping[str, Entry]) -> Iterator[Value]:
    return (value for entry in table.values() for value in entry.values.values())


def _best(entry: Entry, field: str, shipped: Mapping[str, Entry]) -> float:
    """Speed per watt a chip's is held against: the shipped one's of its name, or the best of its year."""
    known = [shipped[entry.name]] if entry.name in shipped else shipped.values()
    return max((_per_watt(other, field) for other in known if _year(other) <= _year(entry)), default=0.0)


def _of_row(entry: Entry, field: str, number: float, words: str) -> Issue:
    """The doubt about a number of a user's catalogue, which names the file and line of its row."""
    where = f"{entry.values[field].origin} {entry.name}.{field}"
    return Issue(("catalog", entry.table), f"{where}: {words}", got=f"{number:.6g}")


def _spans(table: Mapping[str, Entry]) -> dict[str, tuple[float, float]]:
    """Least and most that a table has for each field above 0."""
    numbers: dict[str, list[float]] = {}
    for entry in table.values():
        for field, value in entry.values.items():
            if not isinstance(value.value, str) and value.value > 0.0:
                numbers.setdefault(field, []).append(value.value)
    return {field: (min(values), max(values)) for field, values in numbers.items()}


def _own_numbers(
    own: Mapping[str, Entry], shipped: Mapping[str, Entry]
) -> Iterator[tuple[Entry, str, float]]:
    """Numbers of a table that its shipped form does not have."""
    for entry in own.values():
        before = shipped[entry.name].values if entry.name in shipped else {}
        for field, value in entry.values.items():
            if value is not before.get(field) and not isinstance(value.value, str):
                yield entry, field, value.value


def _per_watt(entry: Entry, field: str) -> float:
    """A speed of an accelerator over its power; 0 where either is not known. [TFLOP/s/W]"""
    known = field in entry and POWER in entry and entry.number(POWER) > 0.0
    return entry.number(field) / entry.number(POWER) if known else 0.0


def _year(entry: Entry) -> str:
    """Year in which an accelerator was launched; one to come where it is not known."""
    return entry.text("launch_date")[:4] if "launch_date" in entry else "9999"
