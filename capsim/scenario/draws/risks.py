"""Risk events: what happens in some draws, and adds a delay and a cost where it does."""

from __future__ import annotations

from capsim.scenario.draws.factors import matches
from capsim.scenario.draws.streams import stream
from capsim.scenario.records.buildout_records import Risk
from capsim.scenario.records.record import with_fields
from capsim.scenario.records.schema import Scenario, Site
from capsim.scenario.records.site_records import GridStep, Phase


def with_risks(drawn: Scenario, seed: int, replication: int) -> Scenario:
    """A drawn scenario with the risks that happen in it: once each, for all the stages it is of."""
    happened = [
        risk for risk in drawn.risks if stream(seed, replication, "risk", risk.id).random() < risk.probability
    ]
    if not happened:
        return drawn
    return with_fields(drawn, {"sites": tuple(_site(site, happened) for site in drawn.sites)})


def _site(site: Site, risks: list[Risk]) -> Site:
    fields = {
        "grid_connection": tuple(_works(site, step, risks) for step in site.grid_connection),
        "phases": tuple(_works(site, phase, risks) for phase in site.phases),
    }
    return with_fields(site, fields)


def _works(site: Site, works: Phase | GridStep, risks: list[Risk]) -> Phase | GridStep:
    """A phase or a grid step with what happens to its stages; what is finished is past all risks."""
    delays: dict[str, float] = {}
    cost = 1.0
    for risk in risks:
        hit = [
            stage.id
            for stage in works.stages
            if stage.finished_on is None and matches(risk.stages, f"{site.id}.{works.id}.{stage.id}")
        ]
        delays |= {name: delays.get(name, 0.0) + risk.delay_months for name in hit}
        cost *= 1.0 + risk.cost_share if hit else 1.0
    if not delays:
        return works
    overrun = works.overrun if isinstance(works, Phase) else 1.0
    # the overrun of a phase is a factor on what is planned, and a delay is no plan
    stages = tuple(
        with_fields(
            stage,
            {
                "duration_months": stage.duration_months
                + delays.get(stage.id, 0.0) / (1.0 if stage.started_on else overrun)
            },
        )
        for stage in works.stages
    )
    costs = {"cost_overrun": works.cost_overrun * cost} if isinstance(works, Phase) else {}
    return with_fields(works, {"stages": stages, **costs})
