"""Working days of a stage as months: by how many there are in a year in the country of its site."""

from __future__ import annotations

from capsim.catalog import Catalog
from capsim.language.tree import Faults, Node, Note, Path, from_python
from capsim.units import MONTHS_PER_YEAR

DAYS, MONTHS = "working_days", "duration_months"
ENTRY, FIELD = "working-days", "days_per_y"


def settle_working_days(root: Node, catalog: Catalog, faults: Faults) -> None:
    """Put months in the place of working days, in all stages of a scenario's tree."""
    for site_id, site in root.records("sites"):
        for kind in ("phases", "grid_connection"):
            for name, works in site.records(kind):
                for stage_id, stage in works.records("stages"):
                    path = ("sites", site_id, kind, name, "stages", stage_id)
                    _settle(stage, str(site.scalar("country") or ""), catalog, faults, path)


def _settle(stage: Node, country: str, catalog: Catalog, faults: Faults, path: Path) -> None:
    days = stage.get(DAYS)
    if days is None:
        return
    if stage.get(MONTHS) is not None:
        faults.add(days.place, (*path, DAYS), f"must not be given together with {MONTHS}")
        return
    if isinstance(days.value, bool) or not (isinstance(days.value, (int, float)) or days.is_distribution):
        faults.add(days.place, (*path, DAYS), "must be a number of days, or a distribution of it")
        return
    entry = catalog.entry("assumptions", ENTRY)
    field = f"{FIELD}_{country}" if f"{FIELD}_{country}" in entry.values else FIELD
    per_month = entry.number(field) / MONTHS_PER_YEAR
    del stage.value[DAYS]
    source = f"working days at {entry.number(field):g} a year (assumptions/{ENTRY}.{field})"
    if days.is_distribution:
        about, value = f"uncertain {source}", {"dist": "affine", "of": days, "scale": 1.0 / per_month}
        stage.value[MONTHS] = from_python(value, days.place, Note(about, kind="derived"))
    else:
        about = f"{days.value:g} {source}"
        stage.value[MONTHS] = from_python(days.value / per_month, days.place, Note(about, kind="derived"))
