"""Projections: labelled results, milestones, ledger and provenance of one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.faces import on_first_use

if TYPE_CHECKING:
    from capsim.projection.answers import Milestone, Values, headline_name, read, so_far
    from capsim.projection.answers_of_run import Arrays
    from capsim.projection.binding_views import NOTHING, BindingRun, binding_runs
    from capsim.projection.findings.finding import Finding, warnings_in
    from capsim.projection.findings.stale_findings import Matters, what_hangs_on
    from capsim.projection.hall_views import by_hall
    from capsim.projection.headline_figures import Headline, headline
    from capsim.projection.hour_views import NEAR_K, SiteHours, known_site, time_asked
    from capsim.projection.hourly_file import NAME, HourlyFile
    from capsim.projection.left_out import Scopes, left_out_words, money_left_out
    from capsim.projection.money_views import (
        BALANCES,
        assumptions_of,
        cash_flow_by_year,
        payers_by_year,
        sums_of_flows,
    )
    from capsim.projection.monthly_tables import monthly_table, series_table
    from capsim.projection.peaks import first_peak
    from capsim.projection.phase_dates import (
        DateColumn,
        date_columns,
        dates_by_phase,
        first_fleet_d,
        milestone_days,
    )
    from capsim.projection.plain import as_json, finite, from_json
    from capsim.projection.projection import Projection
    from capsim.projection.public import GOALS_LEFT_OUT, LEFT_OUT, Hidden, without_confidential
    from capsim.projection.roadmap import awaits_launch, launch_of
    from capsim.projection.rows import of_category, of_kind, tuples
    from capsim.projection.run import Run, money_name, money_unit
    from capsim.projection.saved_files import write_files
    from capsim.projection.spread import Spread
    from capsim.projection.storage import dataset_from_parquet, dataset_to_parquet, is_saved, new_folder
    from capsim.projection.targets import TargetResult, goals_of_target, target_results
    from capsim.projection.wording import (
        NONE,
        answered,
        count,
        listed,
        megawatts,
        money,
        month,
        plural,
        rounded,
        scaled,
        stated,
    )
    from capsim.projection.workings import meaning_of, why_none, worked

__getattr__, __dir__ = on_first_use(__name__)
