"""Studies: many runs of one or several scenarios, and what they say together.

Named here is what other rooms use: the functions of studies (`capsim.study.ensemble`, ...), and what they
give and take. All of it is imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.faces import on_first_use

if TYPE_CHECKING:
    from capsim.study.audit_terms import CONSISTENT, INCONSISTENT, ONLY_IF, UNDECIDED, Term
    from capsim.study.audits import Audit, Ratio, audit
    from capsim.study.backtests import BackTest, backtest
    from capsim.study.baselines import formerly, load_baseline, named_now, places_of, save_baseline
    from capsim.study.central import REST
    from capsim.study.changes import NOTHING
    from capsim.study.combinations import variants
    from capsim.study.comparisons import Comparison, compare
    from capsim.study.contrast import DIFFERENCE_PERCENTILES, dates_that_differ
    from capsim.study.date_table import planned_dates, rows_left_out, with_dates
    from capsim.study.date_trends import Trend, trends
    from capsim.study.dates import PhaseDates
    from capsim.study.diff_files import diff
    from capsim.study.diffs import ChangedInput, Diff, Moved, difference
    from capsim.study.draws import DESIGNS
    from capsim.study.efforts import Effort, effort, relief_effort, study_effort
    from capsim.study.ensembles import Ensemble, ensemble
    from capsim.study.execution import Progress
    from capsim.study.folder import has_study
    from capsim.study.forecasts import Forecast, Slip, chances_asked, forecast
    from capsim.study.gains import READY, SERVED, DateGain, Gain, TargetGain
    from capsim.study.goals import Chance
    from capsim.study.goalseek import USUAL_RUNS, Solution, solve
    from capsim.study.headings import unit_at
    from capsim.study.held_results import Held, held_ensemble, held_projection, only
    from capsim.study.plan_file import load_options
    from capsim.study.planning import Choice, Planned, plan, plan_runs
    from capsim.study.processes import begun_process
    from capsim.study.relief_results import Lifted, Relief, Slack
    from capsim.study.reliefs import first_reliefs, relief
    from capsim.study.s_curves import Point
    from capsim.study.scenario_grids import EnsembleGrid, ensemble_grid
    from capsim.study.sensitivities import Sensitivity, sensitivity
    from capsim.study.spreads import DRAWS, with_spread
    from capsim.study.statistics import PERCENT, PERCENTILES
    from capsim.study.study_leaves import BETWEEN
    from capsim.study.sweeps import Sweep, parse_axes, scalar, sweep
    from capsim.study.told import RUNGS, Told
    from capsim.study.tolerances import SAME, Allowed, Tolerance, tolerance, tolerance_in_words
    from capsim.study.varied_field import HORIZON
    from capsim.study.vintages import BEYOND, Vintage, vintage
    from capsim.study.waterfalls import Driver, Waterfall

__getattr__, __dir__ = on_first_use(__name__)
