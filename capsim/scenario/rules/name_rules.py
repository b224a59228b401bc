"""Names of the catalogue's entries: which field of which record names an entry of what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from capsim.catalog import Catalog
from capsim.models.stages import STAGE_KINDS
from capsim.scenario.fill.presets import GRID_FIELD, stage_values
from capsim.scenario.records.energy_records import Generation
from capsim.scenario.records.job_records import JobMix, Workload
from capsim.scenario.records.money_records import Costs, Debt, Revenue
from capsim.scenario.records.operations_records import Cooling, Electrical, Tariff
from capsim.scenario.records.record import Record
from capsim.scenario.records.site_records import Deployment, Equipment, GridStep, Phase, Refresh, Stage
from capsim.scenario.records.study_records import Acceptance
from capsim.scenario.rules.rule import Around, Issues, meanings_of_questions, rule, unknown

Names = Callable[[Catalog], Iterable[str]]


def entries(table: str, having: str = "") -> Names:
    """Entries of a table; where a field is named, those that have it."""
    return lambda catalog: [n for n, entry in catalog.tables[table].items() if not having or having in entry]


def assumptions(prefix: str) -> Names:
    """What stands behind a prefix in the names of the catalogue's assumptions."""
    return lambda catalog: [
        name.removeprefix(prefix) for name in catalog.names("assumptions") if name.startswith(prefix)
    ]


def _builds(catalog: Catalog) -> list[str]:
    """Build-out presets with the stages of a phase, and not those of a grid step."""
    presets = catalog.tables["buildout_presets"].items()
    return [name for name, entry in presets if stage_values(entry) and GRID_FIELD not in entry]


NAMED: Mapping[tuple[type[Record], str], tuple[str, Names]] = MappingProxyType(
    {
        (Tariff, "preset"): ("tariff preset", entries("tariffs")),
        (Cooling, "preset"): ("cooling preset", entries("cooling")),
        (Electrical, "preset"): ("electrical preset", assumptions("electrical-")),
        (Electrical, "redundancy"): ("redundancy", entries("redundancy")),
        (Generation, "fuel"): ("fuel", assumptions("fuel-")),
        (GridStep, "preset"): ("grid connection preset", entries("buildout_presets", having=GRID_FIELD)),
        (Phase, "preset"): ("build-out preset", _builds),
        (Stage, "kind"): ("stage kind", lambda _: STAGE_KINDS.names),
        (Equipment, "item"): ("lead time", entries("lead_times", having="duration")),
        (Deployment, "system"): ("system", entries("systems")),
        (Refresh, "system"): ("system", entries("systems")),
        (Workload, "preset"): ("workload preset", assumptions("workload-")),
        (JobMix, "preset"): ("job mix", entries("job_mixes")),
        (Costs, "preset"): ("cost preset", entries("cost_presets")),
        (Revenue, "preset"): ("price path", entries("price_paths")),
        (Debt, "preset"): ("debt preset", entries("debt_presets")),
    }
)
"""By record and field: what the field names, and the names there are."""


@rule
def name_is_known(record: Record, around: Around) -> Issues:
    """What a record names is in the catalogue."""
    for (kind, key), (what, names) in NAMED.items():
        if kind is type(record) and getattr(record, key) is not None:
            yield from unknown(key, getattr(record, key), what, names(around.catalog))


@rule
def what_is_accepted_is_asked(acceptance: Acceptance, _: Around) -> Issues:
    """A scenario accepts what is questioned by the name of a question."""
    yield from unknown("id", acceptance.id, "question", meanings_of_questions())
