"""Scenarios: what a planner writes, read, merged, checked and traceable to file and line.

What other rooms use is named here; it is imported with the package.
"""

from capsim.scenario.awaited_milestones import FINISHED, IN_SERVICE, Awaited, awaited, overdue
from capsim.scenario.book_inputs import default_rows, field_rows, input_rows
from capsim.scenario.book_sheets import BOOK_COLUMNS, BOOK_DISTRIBUTIONS, LONGEST_CELL, InputRow, is_book
from capsim.scenario.claim import load_claim
from capsim.scenario.claim_reference import claim_schema
from capsim.scenario.costs import BATTERY, FACILITY_BASIS, RENT_BASIS, applies, is_priced_elsewhere
from capsim.scenario.draws.factors import Factors, factor_of
from capsim.scenario.draws.sample import (
    Sampler,
    assigned,
    drawn_together,
    numbers_together,
    sample,
    uncertain_paths,
    uncertain_values,
)
from capsim.scenario.draws.streams import stream
from capsim.scenario.field_units import unit_by_name
from capsim.scenario.fill.defaults import FORMAT_NOTE
from capsim.scenario.fill.newest import asks_for_newest, launches, newest_systems
from capsim.scenario.fill.quotes import read_quotes
from capsim.scenario.fill.throughput import read_throughput
from capsim.scenario.form_fields import Form, form_of
from capsim.scenario.informed import uninformed
from capsim.scenario.learning import Learned, learned, with_history
from capsim.scenario.loading import OVERRIDE_CALL, SET_LAYER, checked, files_set, hold, load, loads, override
from capsim.scenario.options import Option, Options, changes_of, option_issues
from capsim.scenario.outcome_lines import status_lines
from capsim.scenario.record_file import read_record
from capsim.scenario.records.actual_records import Actual
from capsim.scenario.records.buildout_records import Allocation, Reliability, Supply, Tranche
from capsim.scenario.records.claim_records import STATED, Claim, Span
from capsim.scenario.records.energy_records import Battery, Contract, Generation, Solar, SolarShape
from capsim.scenario.records.fields import FieldPlan, fields_of, record_at
from capsim.scenario.records.job_records import JobMix, Workload
from capsim.scenario.records.money_records import AssetClass, CostItem, Debt, Grant, Rent, Revenue
from capsim.scenario.records.operations_records import Demand, Service, Shape
from capsim.scenario.records.record import Record, with_fields
from capsim.scenario.records.schema import Scenario, Site
from capsim.scenario.records.site_records import Count, Deployment, Equipment, GridStep, Phase, Refresh, Stage
from capsim.scenario.records.study_records import Target
from capsim.scenario.records.system_records import OF_BASIS, System
from capsim.scenario.reference import json_schema
from capsim.scenario.resolved_values import CATALOG, Row, explain, rows_read, sources, values_set
from capsim.scenario.rules.correlation_rules import holds_marked, is_marked
from capsim.scenario.rules.rule import Issue, Issues
from capsim.scenario.rules.shared_rules import WHOLE
from capsim.scenario.rules.target_rules import not_in_results
from capsim.scenario.scenario_files import read_file
from capsim.scenario.schedule_files import COLUMNS, Schedule, Task, read_schedule, rows_of, written
from capsim.scenario.schedule_stages import Staged, stages_of
from capsim.scenario.series_in_use import own_series, words_on
from capsim.scenario.shipped_examples import EXAMPLES, copied, examples, first_line, names_above
from capsim.scenario.starting import started
from capsim.scenario.status_file import read_status
