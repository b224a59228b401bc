"""Files, options and saved results with something changed: a clear refusal or a sound result, in seconds."""

import runpy
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capsim.catalog import load_catalog
from capsim.errors import STEERING, CapsimError, ScenarioError
from capsim.pipeline import simulate
from capsim.projection import Projection
from capsim.scenario import load
from capsim.scenario.claim import load_claim
from capsim.scenario.loading import loads
from capsim.scenario.status_file import read_status
from capsim.series import varying
from capsim.study.plan_file import load_options
from capsim.vocabulary.asked import parse_goal

fuzz = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("plans.py"))))
numbers = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "number_fields.py")))
SCENARIOS = Path(__file__).parents[2] / "scenarios"
WHOLE = fuzz.make.scenario(
    fuzz.make.standing_site(**fuzz.OF_A_SITE), costs=fuzz.COSTS[1], revenue=fuzz.SOLD, reliability={}
)
"""A scenario with everything a site can have, with all that is filled in written out."""
SERIES = "time,price\n" + "".join(f"2026-01-01 {hour:02d}:00,{40 + hour}\n" for hour in range(24))
SYSTEMS = (
    "name,field,value,unit,kind,source,retrieved,confidence\n"
    "my-box,rack_count,1,1,assumed,assumed: x,2026-11,low\n"
)
STATUS = "date,site,item,what,value,unit,source\n2026-03-02,s,p1,ready_for_service,,,minutes\n"
LONGEST_S = 5.0
"""Processor time in which any of it is answered. [s]"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def answered(ask):
    """The answer, or None where it is refused in words."""
    since_s, found, said = time.process_time(), None, "-"
    try:
        found = ask()
    except CapsimError as error:
        said = str(error)
    assert said.strip()
    assert not STEERING.search(said)
    assert time.process_time() - since_s < LONGEST_S
    return found


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(st.data())
def test_a_scenario_nearly_valid_is_refused_or_runs(data):
    text = data.draw(fuzz.nearly(loads(WHOLE).resolved()))
    scenario = answered(lambda: loads(text))
    if scenario is not None and scenario.horizon_years <= 10:
        projection = simulate(scenario)
        assert all(fuzz.is_finite(figure) for figure in projection.headline.values())


FIELDS = sorted(numbers.number_fields(loads(WHOLE)) | numbers.date_fields(loads(WHOLE)))
"""Every path that takes a number or a date."""


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FIELDS), st.sampled_from(fuzz.EXTREME))
def test_a_number_beyond_all_plans_meets_no_model(path, value):
    """One thing is wrong and nothing else: among other faults no model would be reached."""
    scenario = answered(lambda: loads(WHOLE, sets=[f"{path}={value}"]))
    if scenario is not None:
        projection = simulate(scenario)
        assert all(fuzz.is_finite(figure) for figure in projection.headline.values())


SHIPPED = {
    load_claim: sorted((SCENARIOS / "claims").glob("*.yaml"))[:6],
    load_options: sorted((SCENARIOS / "plans").glob("*.yaml")),
}


@pytest.mark.parametrize("reader", SHIPPED, ids=["claims", "plans"])
@settings(max_examples=150)
@given(data=st.data())
def test_claims_and_plans_nearly_valid_are_refused_or_read(folder, reader, data):
    file = folder / "mine.yaml"
    text = data.draw(fuzz.nearly(data.draw(st.sampled_from(SHIPPED[reader])).read_text("utf-8")))
    file.write_text(text, "utf-8")
    answered(lambda: reader(str(file)))


READERS = {
    "series": (SERIES, lambda file: varying({"file": str(file)}, "price")),
    "catalogue": (SYSTEMS, lambda file: load_catalog({"systems": file})),
    "status": (STATUS, lambda file: read_status(str(file))),
}


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=200)
@given(data=st.data())
def test_tables_nearly_valid_are_refused_or_read(folder, kind, data):
    text, read = READERS[kind]
    file = folder / f"{kind}.csv"
    file.write_text(data.draw(fuzz.nearly(text)), "utf-8")
    # a reader of tables says what is wrong as ValueError; who names the table adds the place
    with suppress(ValueError):
        answered(lambda: read(file))


@settings(max_examples=600)
@given(st.text(max_size=40) | fuzz.nearly("h100e_8bit at 2030-12 >= 100,000 by 2031-12-31"))
def test_goals_in_any_words_are_read_or_refused(text):
    answered(lambda: parse_goal(text))


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    place = tmp_path_factory.mktemp("saved") / "out"
    projection = simulate(loads(fuzz.make.scenario(fuzz.make.standing_site(), horizon_years=1)))
    return projection, projection.save(place)


@settings(max_examples=150)
@given(data=st.data())
def test_a_damaged_projection_is_refused_or_what_was_saved(saved, data):
    projection, place = saved
    file = data.draw(st.sampled_from(sorted(p for p in place.iterdir() if p.is_file())))
    before = file.read_bytes()
    at = data.draw(st.integers(0, len(before) - 1))
    damage = data.draw(st.sampled_from(("flip", "cut", "empty", "gone", "repeat")))
    try:
        if damage == "gone":
            file.unlink()
        else:
            flipped = (
                before[:at] + bytes([before[at] ^ (1 << data.draw(st.integers(0, 7)))]) + before[at + 1 :]
            )
            file.write_bytes(
                {"flip": flipped, "cut": before[:at], "empty": b"", "repeat": before * 2}[damage]
            )
        loaded = answered(lambda: Projection.load(place))
        assert loaded is None or loaded.identical(projection)
    finally:
        file.write_bytes(before)


@settings(max_examples=100)
@given(
    st.sampled_from(
        ("sites.s.battery.power_mw", "horizon_years", "sites.s.phases.p1.critical_it_mw", "x.y", "")
    ),
    st.sampled_from(fuzz.WRONG) | st.text(max_size=20),
)
def test_sets_in_any_words_are_taken_or_refused(path, value):
    answered(lambda: loads(WHOLE, sets=[f"{path}={value}"]))


def test_a_refusal_is_no_traceback_and_a_result_no_refusal(tmp_path):
    """The checks above can fail: of a right file there is a result, of a wrong one a refusal."""
    assert answered(lambda: loads(WHOLE)) is not None
    assert answered(lambda: loads(WHOLE, sets=["horizon_years=-1"])) is None
    with pytest.raises(ScenarioError):
        load(tmp_path / "nowhere.yaml")
