"""Show results: findings in words, tables for a terminal, figures, files.

What commands use is named here and imported on first use: listings of the catalogue come
without pandas or matplotlib.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.faces import on_first_use

if TYPE_CHECKING:
    from capsim.report.claims_table import audit_table
    from capsim.report.diff_listing import diff_lines, diff_markdown, diff_tables
    from capsim.report.example_listing import example_written, examples_listing
    from capsim.report.figure_listing import figures_listing, figures_record
    from capsim.report.grids import Widest
    from capsim.report.hour_tables import hour_of_site
    from capsim.report.html_report import projection_report, saved_report
    from capsim.report.input_book import write_inputs
    from capsim.report.listing import (
        SystemOrder,
        catalog_listing,
        catalog_record,
        explained,
        systems_listing,
        systems_record,
    )
    from capsim.report.money_tables import scope_table, traced
    from capsim.report.notebook import as_html
    from capsim.report.one_page import Origin
    from capsim.report.opening import projection_opening
    from capsim.report.pictures import Pictures
    from capsim.report.plan_tables import backtest_tables, forecast_tables
    from capsim.report.public_studies import A_CLAIM
    from capsim.report.result_files import results, write_report
    from capsim.report.sections import SECTIONS, summary
    from capsim.report.shelf_listing import stale_listing, stale_record, stale_rows
    from capsim.report.studies import study_summary
    from capsim.report.study_figures import picture
    from capsim.report.study_openings import study_opening
    from capsim.report.study_reports import study_report
    from capsim.report.validation import Kind, told_apart, validated_file
    from capsim.report.workbench_parts import (
        comparison_shown,
        page_style,
        projection_parts,
        projection_pictures,
    )
    from capsim.report.worked_figure import working
    from capsim.report.xlsx import has_xlsx, write_table, write_workbook

__getattr__, __dir__ = on_first_use(__name__)
