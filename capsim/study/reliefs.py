"""Relief: what holds a plan back, and what is it worth to mend it? Each limit lifted, and run again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Unpack

from capsim.buildout import floats
from capsim.errors import StudyError
from capsim.projection import Run, money_unit
from capsim.scenario import Scenario
from capsim.study.counterfactuals import lifted, of_run, played
from capsim.study.efforts import ladder_runs
from capsim.study.execution import Execution, ExecutionKeywords, Progress, Telling, counted
from capsim.study.folder import result_of
from capsim.study.gains import Gain, Ranking, figures_shown, gain_of
from capsim.study.headings import heading_of
from capsim.study.ladders import Tried, best_of, ladder, tried
from capsim.study.liftable_limits import DEMAND, limits_of
from capsim.study.limit import Limit, Played
from capsim.study.ranked import ranking_by, unit_of_ranked
from capsim.study.relief_results import Lifted, Relief, Slack
from capsim.study.store import Store, identity, of_scenario
from capsim.units import DAYS_PER_MONTH

BAND_MONTHS = 1.0
"""Total float up to which a path is near-critical, unless another is asked for (assumed). [months]"""


def relief(
    scenario: Scenario,
    *,
    seed: int = 0,
    by: str = "",
    band_months: float = BAND_MONTHS,
    **keywords: Unpack[ExecutionKeywords],
) -> Relief:
    """Lift each limit of a plan, ease it by a step, and climb the ladder of the best reliefs.

    Every gain is that of a central run of the changed plan under the weather and prices of the plan.
    Orders with a date follow their hall: it is ready a year earlier, they are placed a year earlier.

    Parameters
    ----------
    scenario : Scenario
        Loaded with `capsim.load`.
    seed : int
        Key of weather and price years.
    by : str
        Figure that ranks reliefs, a headline figure or one in words such as ``h100e_8bit at 2029-12``;
        H100e-hours where missing, or energy of the IT where there are none. Reliefs that are level in it
        are ranked by halls that are ready earlier, after the data date.
    band_months : float
        Total float up to which paths are near-critical. [months]
    **keywords
        ``folder``, ``resume`` and ``progress``, as in `capsim.study.execution.Execution`.

    Returns
    -------
    relief : Relief
        Gains of each limit, the ladder, and float.

    Raises
    ------
    StudyError
        If no figure is called `by`, the plan has no value of it or neither way of it is better, the band is
        negative, or the folder cannot be used.
    """
    if not 0.0 <= band_months < math.inf:
        raise StudyError(f"the band of near-critical paths is 0 months or more (got {band_months})")
    execution = Execution(**keywords)
    plan = played(scenario, seed, by)
    ranking = ranking_by(by, plan)
    what = {"seed": seed, "band_months": band_months} | _words(ranking)
    about = identity("relief", **of_scenario(scenario), **what)

    def compute(_: Store) -> Relief:
        return _relieved(plan, ranking, about, execution.progress)

    return result_of(
        execution, about, {"": scenario}, compute, lambda store: Relief.from_dict(store.results())
    )


def first_reliefs(run: Run, progress: Progress | None = None, *, rungs: int = 0) -> Relief:
    """Each limit of a run's plan lifted once: what `capsim run` shows beside the plan.

    Parameters
    ----------
    run : Run
        Central run of the plan.
    progress : callable, optional
        Told after every limit.
    rungs : int
        First rungs of the ladder that are climbed, too, for a report; only a ladder that ends
        with them says how.
    """
    plan = of_run(run)
    ranking = ranking_by("", plan)
    there, left_out = _sorted_out(plan, (*limits_of(plan.scenario), DEMAND))
    names = _names(plan, ranking)
    rows = [tried(plan, (limit,), ranking, names, lambda: None) for limit in counted(there, progress)]
    about = {"scenario": plan.scenario.name, "seed": run.seed} | _words(ranking)
    climbed: tuple[list[Gain], str] = ([], "")
    if rungs:
        first = [row for row in rows if row.limits != (DEMAND,)]
        climbed = ladder(plan, [*limits_of(plan.scenario)], first, ranking, lambda: None, rungs)
    once = [Lifted(limit.name, limit.what, limit.step, row.gain) for row in rows for limit in row.limits]
    return _result(plan, ranking, once, left_out, climbed, about)


def _words(ranking: Ranking) -> dict[str, str]:
    """How gains are ranked, for a manifest."""
    return {"by": ranking.figure, "better": "higher" if ranking.sign > 0 else "lower"}


def _names(plan: Played, ranking: Ranking) -> tuple[str, ...]:
    """Figures that gains are told in, that which ranks among them."""
    return tuple(dict.fromkeys((*figures_shown(plan), ranking.figure)))


def _relieved(plan: Played, ranking: Ranking, about: dict[str, Any], progress: Progress | None) -> Relief:
    """All that a relief computes."""
    limits = list(limits_of(plan.scenario))
    there, left_out = _sorted_out(plan, (*limits, DEMAND))
    tell = Telling(progress, ladder_runs(len(there)))
    names = _names(plan, ranking)
    singles = [tried(plan, (limit,), ranking, names, tell) for limit in there]
    rows = [_lifted_and_eased(plan, single, ranking, names, tell) for single in singles]
    first = [single for single in singles if single.limits != (DEMAND,)]
    return _result(plan, ranking, rows, left_out, ladder(plan, limits, first, ranking, tell), about)


def _sorted_out(plan: Played, limits: Sequence[Limit]) -> tuple[list[Limit], dict[str, str]]:
    """Limits that a plan has, and why it does not have the others."""
    why_not = {limit.name: limit.why_not(plan) for limit in limits}
    there = [limit for limit in limits if not why_not[limit.name]]
    return there, {name: why for name, why in why_not.items() if why}


def _lifted_and_eased(
    plan: Played, single: Tried, ranking: Ranking, names: tuple[str, ...], tell: Telling
) -> Lifted:
    """A limit lifted with orders on their dates, and eased by a step, beside what lifting it gains."""
    (limit,), group = single.limits, single.gain.limits
    as_dated = gain_of(group, plan, lifted(plan, (limit,), orders="stay"), names)
    tell()
    eased = best_of(plan, limit.eased, (limit,), ranking, names, tell)
    return Lifted(limit.name, limit.what, limit.step, single.gain, as_dated, eased.gain)


def _result(
    plan: Played,
    ranking: Ranking,
    rows: Sequence[Lifted],
    left_out: dict[str, str],
    climbed: tuple[list[Gain], str],
    about: dict[str, Any],
) -> Relief:
    """The result, with what gains most first."""
    ordered = sorted(rows, key=lambda row: ranking.key(row.gain), reverse=True)
    names, unit = _names(plan, ranking), money_unit(plan.scenario)
    return Relief(
        lifted=tuple(ordered),
        left_out=left_out,
        ladder=tuple(climbed[0]),
        end=climbed[1],
        slack=tuple(_slack(plan)),
        plan={name: plan.figures[name] for name in names},
        units={name: unit_of_ranked(name, unit) for name in names},
        manifest=about | heading_of(plan.scenario),
    ).with_scenario(plan.scenario)


def _slack(plan: Played) -> list[Slack]:
    """Float of the plan, in months."""
    calendar = plan.scenario.calendar
    return [
        Slack(
            row.site,
            row.phase,
            row.activity,
            calendar.date_of(row.start_d).isoformat(),
            calendar.date_of(row.end_d).isoformat(),
            row.total_d / DAYS_PER_MONTH,
            row.free_d / DAYS_PER_MONTH,
        )
        for row in floats(plan.scenario, plan.run.timeline)
    ]
