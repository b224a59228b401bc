"""A scenario made of records in Python, with no file, is filled and checked like that of a file.

Tests `scenario.loading`, `scenario.provenance`, `scenario.records.record`, `scenario.records.schema`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from capsim import CapsimError, ensemble, simulate
from capsim.errors import ScenarioError
from capsim.models.uncertain import Uncertain, triangular
from capsim.scenario.loading import checked, loads
from capsim.scenario.records.operations_records import Cooling, Tariff
from capsim.scenario.records.schema import Scenario, Site
from capsim.scenario.records.site_records import Deployment, GridStep, Phase
from capsim.scenario.records.study_records import Target

START = date(2026, 1, 1)


def deployment(**changed: Any) -> Deployment:
    """Two systems that are ordered at the start."""
    return Deployment.model_construct(
        **{"id": "d1", "system": "gb300-nvl72", "systems": 2, "ordered_on": START, **changed}
    )


def phase(**changed: Any) -> Phase:
    """A hall that is there."""
    fields = {"id": "p1", "critical_it_mw": 5.0, "energization": "g1", "ready_for_service_on": START}
    return Phase(**{**fields, "deployments": (deployment(),), **changed})


def site(**changed: Any) -> Site:
    """A site of one hall, with what the catalogue has for the rest."""
    fields = {
        "id": "a",
        "country": "fra",
        "climate": "paris",
        "tariff": Tariff.model_construct(preset="fr-datacenter"),
        "cooling": Cooling(preset="dlc-dry-cooler"),
        "grid_connection": (GridStep(id="g1", grid_mw=10.0, energised_on=START),),
        "phases": (phase(),),
    }
    return Site.model_construct(**{**fields, **changed})


def scenario(**changed: Any) -> Scenario:
    """A scenario of that site."""
    fields = {"schema_version": 1, "name": "small", "start": START, "horizon_years": 2}
    return Scenario.model_construct(**{**fields, "sites": (site(),), **changed})


def with_phase(**changed: Any) -> Scenario:
    """A scenario with another hall."""
    return scenario(sites=(site(phases=(phase(**changed),)),))


AS_FILE = Path(__file__).with_name("small.yaml").read_text("utf-8")


def told(make: Callable[[], Scenario]) -> list[tuple[str, str, str]]:
    """Path, rule and value of each fault."""
    with pytest.raises(ScenarioError) as caught:
        make()
    return sorted((fault.path, fault.rule, fault.value) for fault in caught.value.faults)


def test_a_misspelt_field_is_not_lost():
    with pytest.raises(TypeError, match=r"^Site has no field climat; did you mean climate\?$"):
        site(climat="paris")
    copied = with_phase().sites[0].phases[0].model_copy(update={"overun": 2.0})
    assert told(lambda: checked(scenario(sites=(site(phases=(copied,)),)))) == [
        ("sites.a.phases.p1.overun", "unknown key; did you mean overrun?", "")
    ]


def test_it_is_filled_and_runs():
    made = checked(scenario())
    assert made == loads(AS_FILE)
    assert made.sites[0].tariff.level_per_mwh > 0.0
    assert simulate(made).headline == simulate(loads(AS_FILE)).headline


def test_it_can_be_written_and_changed_like_any_other():
    made = checked(scenario(title="A title"))
    assert loads(made.resolved()) == made
    assert made.override(horizon_years=3).horizon_years == 3
    assert made.origin("sites.a.tariff.level_per_mwh").layer == "catalog"


def test_a_loaded_scenario_with_a_record_replaced_is_checked_anew():
    loaded = loads(AS_FILE)
    assert checked(loaded) == loaded
    larger = loaded.sites[0].model_copy(update={"phases": (phase(critical_it_mw=7.0),)})
    again = checked(loaded.model_copy(update={"sites": (larger,)}))
    assert again.sites[0].phases[0].critical_it_mw == 7.0


@pytest.mark.parametrize("run", [simulate, lambda made: ensemble(made, n=2), lambda made: made.digest])
def test_what_is_not_checked_does_not_run(run):
    copied = loads(AS_FILE).model_copy(update={"horizon_years": 5})
    for made in (copied, scenario()):
        with pytest.raises(CapsimError, match=r"^Scenario\.\w+ has no value: capsim\.scenario\.checked"):
            run(made)
    assert simulate(checked(copied)).end.year == START.year + 5


def test_a_copy_without_changes_runs_as_it_is():
    loaded = loads(AS_FILE)
    assert loaded.model_copy().digest == loaded.digest


def test_an_uncertain_value_stays_one():
    months = Uncertain(triangular(low=3, mode=4, high=9))
    step = GridStep(id="g1", grid_mw=10.0, lead_time_months=months)
    made = checked(scenario(sites=(site(grid_connection=(step,), phases=()),)))
    drawn = made.sites[0].grid_connection[0].lead_time_months
    assert isinstance(drawn, Uncertain)
    assert drawn.distribution == months.distribution


@pytest.mark.parametrize(
    ("made", "written", "wrong"),
    [
        (scenario(sites=(site(climate="pariss"),)), "climate: paris", "climate: pariss"),
        (with_phase(energization="g2"), "energization: g1", "energization: g2"),
        (with_phase(critical_it_mw=0.1), "critical_it_mw: 5.0", "critical_it_mw: 0.1"),
        (with_phase(starts_on=START), "energization: g1", "energization: g1\n        starts_on: 2026-01-01"),
        (
            with_phase(deployments=(deployment(fill_share=0.5),)),
            "systems: 2,",
            "systems: 2, fill_share: 0.5,",
        ),
        (with_phase(deployments=(deployment(systems=True),)), "systems: 2,", "systems: true,"),
        (scenario(start=date(2026, 1, 2)), "start: 2026-01-01", "start: 2026-01-02"),
        (scenario(horizon_years=50), "horizon_years: 2", "horizon_years: 50"),
        (scenario(targets=(Target(id="t"),)), "sites:", "targets: [{id: t}]\nsites:"),
    ],
)
def test_what_is_wrong_is_told_as_for_a_file(made, written, wrong):
    assert AS_FILE.count(written) == 1
    assert told(lambda: checked(made)) == told(lambda: loads(AS_FILE.replace(written, wrong)))


def test_faults_have_a_path_and_no_line_and_come_at_once():
    wrong = phase(energization="g2", starts_on=START)
    with pytest.raises(ScenarioError) as caught:
        checked(scenario(sites=(site(climate="pariss", phases=(wrong,)),)))
    assert str(caught.value).splitlines() == [
        "<records>  sites.a.climate: unknown climate; in fra: paris, "
        "nancy, macon, rennes, la-rochelle, agen, carpentras, nice, lyon, bordeaux, marseille, lille; "
        "or write {nearest: [latitude, longitude]}; did you mean paris? (got pariss)",
        "<records>  sites.a.phases.p1.energization: unknown step of the grid connection; "
        "there is g1 (got g2)",
        "<records>  sites.a.phases.p1.ready_for_service_on: must not be given together with starts_on",
        "<records>: 3 problems, nothing was run",
    ]


def test_phases_come_with_their_site_and_deployments_by_their_place_in_the_order_written():
    first = site(phases=(phase(id="p2"), phase(id="p1", deployments=())))
    made = scenario(sites=(first, site(id="b")))
    assert [(place.id, one.id) for place, one in made.phases()] == [("a", "p2"), ("a", "p1"), ("b", "p1")]
    assert list(made.deployments()) == [("a", "p2", "d1"), ("b", "p1", "d1")]
    assert made.deployments()["a", "p2", "d1"] is first.phases[0].deployments[0]
