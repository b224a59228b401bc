"""The plan without a limit of its power, or with a MW more: halls, cooling, connections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from capsim.models.cooling import COOLING as PLANTS
from capsim.models.cooling import Weather, plant_of
from capsim.models.cooling.coefficients import coefficients_of
from capsim.operations import COOLING, POWER, design_dry_bulb_c
from capsim.quantities import system_count
from capsim.scenario import GridStep, Phase, Scenario, Site
from capsim.study.limit import Limit, Played
from capsim.study.observe import play
from capsim.study.plan_changes import changed, with_phases, with_sites

AMPLE_FACTOR = 100.0
"""Times a connection that no site can use up."""
MARGIN = "chiller_capacity_margin"
"""Coefficient by which plants are sized."""
HALVINGS = 40
"""Halvings in which the least margin is found."""


def _no_cut(played: Played, cause: str) -> str:
    """Why nothing is to be lifted where no load is cut for a cause."""
    cut = any(mw.any() for (of, _), mw in played.run.operations.waiting.items() if of == cause)
    return "" if cut else "it cuts no load"


def _no_full_hall(played: Played) -> str:
    if not any(phase.oversubscription > 1.0 for _, phase in played.scenario.phases()):
        return "no hall has more systems than it carries"
    return _no_cut(played, POWER)


def _larger_halls(played: Played) -> Scenario:
    return _with_hall_power(played.scenario, lambda phase: phase.critical_it_mw * phase.oversubscription)


def _halls_a_mw_larger(played: Played) -> Scenario:
    def larger(phase: Phase) -> float:
        return min(phase.critical_it_mw + 1.0, phase.critical_it_mw * phase.oversubscription)

    return _with_hall_power(played.scenario, larger)


def _with_hall_power(scenario: Scenario, critical_it_mw: Callable[[Phase], float]) -> Scenario:
    """The plan with halls of another power, and the same systems in them."""

    def of_phase(phase: Phase) -> Phase:
        mw = critical_it_mw(phase)
        orders = (
            changed(order, systems=system_count(phase, order, scenario.catalog), fill_share=None)
            for order in phase.deployments
        )
        nameplate_mw = phase.critical_it_mw * phase.oversubscription
        power = {"critical_it_mw": mw, "oversubscription": nameplate_mw / mw}
        return changed(phase, **power, deployments=tuple(orders)) if mw > phase.critical_it_mw else phase

    return with_phases(scenario, of_phase)


def _cooling_carries_all(played: Played) -> Scenario:
    """Chillers as large as it takes to carry full halls in the hottest hour."""

    def sized(site: Site) -> float:
        model, given = _plant(played.scenario, site)
        weather = played.sky.over(site).weather
        hottest = Weather(*(np.asarray(series.max()) for series in weather))
        design_c = design_dry_bulb_c(played.scenario, site)
        low, high = given[MARGIN], coefficients_of(PLANTS[model])[MARGIN].high
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            carried = plant_of(model, given | {MARGIN: middle}).capacity_mw(hottest, 1.0, design_c)
            low, high = (low, middle) if carried is None or carried >= 1.0 else (middle, high)
        return high

    return _with_margin(played.scenario, sized)


def _cooling_a_mw_larger(played: Played) -> Scenario:
    def sized(site: Site) -> float:
        halls_mw = sum(phase.critical_it_mw for phase in site.phases)
        return _plant(played.scenario, site)[1][MARGIN] + (1.0 / halls_mw if halls_mw else 0.0)

    return _with_margin(played.scenario, sized)


def _with_margin(scenario: Scenario, margin: Callable[[Site], float]) -> Scenario:
    """The plan with chillers of another size, at sites whose plant has them."""

    def of_site(site: Site) -> Site:
        if MARGIN not in _plant(scenario, site)[1]:
            return site
        arguments = site.cooling.arguments | {MARGIN: margin(site)}
        return changed(site, cooling=changed(site.cooling, arguments=arguments))

    return with_sites(scenario, of_site)


def _plant(scenario: Scenario, site: Site) -> tuple[str, dict[str, float]]:
    """Cooling model of a site, and its coefficients."""
    model = scenario.catalog.entry("cooling", site.cooling.preset).text("model")
    return model, {name: float(value) for name, value in site.cooling.arguments.items()}


def _ample_connection(played: Played) -> Scenario:
    """Connections as large as the highest load wants, without a clause to curtail or units in reserve."""

    def times(factor: Callable[[Site], float]) -> Scenario:
        def of_site(site: Site) -> Site:
            more_mw = [step.grid_mw * (factor(site) - 1.0) for step in site.grid_connection]
            steps = _grown(site, more_mw, played.scenario.start)
            return changed(site, grid_connection=steps, firm_power=None, grid_call=None)

        return with_sites(played.scenario, of_site)

    wanted_mw = play(times(lambda _: AMPLE_FACTOR), played.run.seed, 0, played.sky).operations.monthly[
        "facility_peak_mw"
    ]
    there_mw = played.run.operations.monthly["grid_mw"]
    share = np.divide(wanted_mw, there_mw, out=np.zeros_like(there_mw), where=there_mw > 0.0).max(axis=1)
    factors = {site.id: max(1.0, of) for site, of in zip(played.scenario.sites, share, strict=True)}
    return times(lambda site: float(factors[site.id]))


def _connection_a_mw_larger(played: Played) -> Scenario:
    def of_site(site: Site) -> Site:
        firm = site.firm_power
        if firm is not None:
            used = (firm.units - firm.redundant_units) * firm.derating
            firm = changed(firm, unit_mw=firm.unit_mw + 1.0 / used)
        more_mw = [1.0] + [0.0] * (len(site.grid_connection) - 1)
        steps = _grown(site, more_mw, played.scenario.start)
        return changed(site, grid_connection=steps, firm_power=firm)

    return with_sites(played.scenario, of_site)


def _grown(site: Site, more_mw: Sequence[float], start: date) -> tuple[GridStep, ...]:
    """Steps of a connection, each with so much more; what is there grows by a step paid at the start."""
    steps = [
        (step, mw, _is_there(step, start)) for step, mw in zip(site.grid_connection, more_mw, strict=True)
    ]
    grown = tuple(step if there else changed(step, grid_mw=step.grid_mw + mw) for step, mw, there in steps)
    added_mw = sum(mw for _, mw, there in steps if there)
    if not added_mw:
        return grown
    like = next(step for step, _, there in steps if there)
    planned = {"applied_on": None, "lead_time_months": None, "stages": (), "slip_months": 0.0}
    known = {"energised_on": start, "finished_on": None, "energised": ()}
    power = {"id": f"{like.id}-more", "grid_mw": added_mw, "grid_mva": None}
    return (*grown, changed(like, **planned, **known, **power))


def _is_there(step: GridStep, start: date) -> bool:
    """Whether a step carries power before the start, so that nothing of it is paid any more."""
    there_on = step.energised_on or step.finished_on
    return there_on is not None and there_on < start


HALL_POWER = Limit(
    "hall power",
    what="halls carry all that is in them",
    step="a MW more in each",
    why_not=_no_full_hall,
    lifted=_larger_halls,
    eased=_halls_a_mw_larger,
    is_of_dates=False,
)
COOLING_PLANT = Limit(
    "cooling",
    what="chillers carry full halls in the hottest hour",
    step="a MW more at each site",
    why_not=lambda played: _no_cut(played, COOLING),
    lifted=_cooling_carries_all,
    eased=_cooling_a_mw_larger,
    is_of_dates=False,
)
METER = Limit(
    "power at the meter",
    what="connections carry the highest load in all hours",
    step="a MW more at each site",
    why_not=lambda played: _no_cut(played, POWER),
    lifted=_ample_connection,
    eased=_connection_a_mw_larger,
    is_of_dates=False,
)
