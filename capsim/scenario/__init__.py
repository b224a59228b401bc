"""Scenarios: what a planner writes, read, merged, checked and traceable to file and line.

What other rooms use is named here and made on first use, so importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capsim.scenario.awaited_milestones import FINISHED, IN_SERVICE, Awaited, awaited
    from capsim.scenario.claim import STATED, Claim, Span, load_claim
    from capsim.scenario.costs import RENT_BASIS, applies, is_priced_elsewhere
    from capsim.scenario.draws.factors import Factors, factor_of
    from capsim.scenario.draws.sample import assigned, sample, uncertain_paths, uncertain_values
    from capsim.scenario.draws.streams import stream
    from capsim.scenario.loading import OVERRIDE_CALL, SET_LAYER, load, loads, override
    from capsim.scenario.options import PARTS, Option, Options, changes_of, check_options
    from capsim.scenario.provenance import Origin
    from capsim.scenario.record_file import read_record
    from capsim.scenario.records.buildout_records import Allocation, Reliability, Supply, Tranche
    from capsim.scenario.records.energy_records import Contract, Solar, SolarShape
    from capsim.scenario.records.fields import fields_of, record_at
    from capsim.scenario.records.job_records import JobMix, Workload
    from capsim.scenario.records.money_records import AssetClass, CostItem, Debt, Grant, Revenue
    from capsim.scenario.records.operations_records import Service, Shape
    from capsim.scenario.records.quantity import Quantity
    from capsim.scenario.records.schema import Scenario, Site, Target
    from capsim.scenario.records.site_records import Deployment, Equipment, GridStep, Phase, Stage
    from capsim.scenario.reference import json_schema
    from capsim.scenario.resolved_values import Row, explain

_HOMES = {
    name: module
    for module, names in {
        "awaited_milestones": "FINISHED IN_SERVICE Awaited awaited",
        "claim": "STATED Claim Span load_claim",
        "costs": "RENT_BASIS applies is_priced_elsewhere",
        "draws.factors": "Factors factor_of",
        "draws.sample": "assigned sample uncertain_paths uncertain_values",
        "draws.streams": "stream",
        "loading": "OVERRIDE_CALL SET_LAYER load loads override",
        "options": "PARTS Option Options changes_of check_options",
        "provenance": "Origin",
        "record_file": "read_record",
        "records.buildout_records": "Allocation Reliability Supply Tranche",
        "records.energy_records": "Contract Solar SolarShape",
        "records.fields": "fields_of record_at",
        "records.job_records": "JobMix Workload",
        "records.money_records": "AssetClass CostItem Debt Grant Revenue",
        "records.operations_records": "Service Shape",
        "records.quantity": "Quantity",
        "records.schema": "Scenario Site Target",
        "records.site_records": "Deployment Equipment GridStep Phase Stage",
        "reference": "json_schema",
        "resolved_values": "Row explain",
    }.items()
    for name in names.split()
}

__all__ = ["FINISHED", "IN_SERVICE", "Awaited", "awaited"]
__all__ += ["STATED", "Claim", "Span", "load_claim"]
__all__ += ["RENT_BASIS", "applies", "is_priced_elsewhere"]
__all__ += ["Factors", "factor_of"]
__all__ += ["assigned", "sample", "uncertain_paths", "uncertain_values"]
__all__ += ["stream"]
__all__ += ["OVERRIDE_CALL", "SET_LAYER", "load", "loads", "override"]
__all__ += ["PARTS", "Option", "Options", "changes_of", "check_options"]
__all__ += ["Origin"]
__all__ += ["read_record"]
__all__ += ["Allocation", "Reliability", "Supply", "Tranche"]
__all__ += ["Contract", "Solar", "SolarShape"]
__all__ += ["fields_of", "record_at"]
__all__ += ["JobMix", "Workload"]
__all__ += ["AssetClass", "CostItem", "Debt", "Grant", "Revenue"]
__all__ += ["Service", "Shape"]
__all__ += ["Quantity"]
__all__ += ["Scenario", "Site", "Target"]
__all__ += ["Deployment", "Equipment", "GridStep", "Phase", "Stage"]
__all__ += ["json_schema"]
__all__ += ["Row", "explain"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
