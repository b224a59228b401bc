"""Projections: labelled results, milestones, ledger and provenance of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.faces import on_first_use

if TYPE_CHECKING:
    from capsim.projection.binding_views import NOTHING, BindingRun, binding_runs
    from capsim.projection.findings.finding import Finding
    from capsim.projection.hall_views import by_hall
    from capsim.projection.headline_figures import Headline, headline
    from capsim.projection.hour_views import NEAR_K, SiteHours, known_site
    from capsim.projection.hourly_file import NAME, HourlyFile
    from capsim.projection.money_views import cash_flow_by_year, payers_by_year, sums_of_flows
    from capsim.projection.monthly_tables import monthly_table, series_table
    from capsim.projection.plain import as_json, finite
    from capsim.projection.projection import Projection
    from capsim.projection.rows import of_category, of_kind
    from capsim.projection.run import Run, money_name, money_unit
    from capsim.projection.saved_files import write_files
    from capsim.projection.storage import dataset_from_parquet, dataset_to_parquet, new_folder
    from capsim.projection.targets import TargetResult, target_results
    from capsim.projection.wording import (
        NONE,
        count,
        megawatts,
        money,
        month,
        plural,
        rounded,
        scaled,
        stated,
    )

__getattr__, __dir__ = on_first_use(
    __name__,
    {
        "binding_views": "BindingRun NOTHING binding_runs",
        "findings.finding": "Finding",
        "hall_views": "by_hall",
        "headline_figures": "Headline headline",
        "hour_views": "NEAR_K SiteHours known_site",
        "hourly_file": "HourlyFile NAME",
        "money_views": "cash_flow_by_year payers_by_year sums_of_flows",
        "monthly_tables": "monthly_table series_table",
        "plain": "as_json finite",
        "projection": "Projection",
        "rows": "of_category of_kind",
        "run": "Run money_name money_unit",
        "saved_files": "write_files",
        "storage": "dataset_from_parquet dataset_to_parquet new_folder",
        "targets": "TargetResult target_results",
        "wording": "NONE count megawatts money month plural rounded scaled stated",
    },
)
