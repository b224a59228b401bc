"""What reports say of a build-out: findings, tables of waits and idle assets, the Gantt picture."""

import io
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from matplotlib.colors import to_rgba
from matplotlib.dates import date2num
from rich.console import Console

from capsim.pipeline import simulate
from capsim.report.build_findings import build_findings
from capsim.report.gantt import CAUSES, MOST_ROWS, OF_STEP, gantt, save_gantt
from capsim.report.unfinished import unfinished
from capsim.report.waiting import waiting_tables
from capsim.scenario.load import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
HALL = {"id": "hall", "category": "capex", "basis": "per_critical_it_mw", "amount": 10.0e6}


def project(*phases, **changes):
    return simulate(loads(make.scenario(make.site(*phases), **changes)))


def shown(projection):
    console = Console(width=120, record=True, file=io.StringIO())
    for table in waiting_tables(projection):
        console.print(table)
    return console.export_text()


@pytest.fixture(scope="module")
def plain():
    return project()


@pytest.fixture(scope="module")
def troubled():
    """p1 is refused its permit, p2 gets no money; supply never suffices; servers fail."""
    rows = make.stages()
    rows[0]["cancel_probability"] = 1.0
    refused = make.hall(make.racks(), stages=rows)
    poor = make.hall(id="p2", critical_it_mw=24.0, deployments=[], starts_on=date(2026, 6, 1))
    built = make.standing_hall(id="p0")
    place = make.site(built, refused, poor)
    place["grid_connection"] = [{"id": "g1", "grid_mw": 60.0, "energised_on": date(2024, 1, 1)}]
    entry = {"id": "q", "from_on": date(2026, 1, 1), "systems_per_quarter": 5}
    return simulate(
        loads(
            make.scenario(
                place,
                costs={"items": [HALL]},
                funding={
                    "covers": ["facilities"],
                    "tranches": [{"id": "t", "amount": 2.0e8, "available_on": date(2025, 1, 1)}],
                },
                supply=[{"id": "v", "systems": ["gb300-nvl72"], "allocation": [entry]}],
                reliability={},
            )
        )
    )


def test_technicians_that_cannot_keep_up_are_named_with_how_many_would():
    # 900 servers x 5 per 1,000 days x 16 h of work = 3 technicians; two have 150 % of their time asked for
    terms = {
        "failures_per_1000_node_days": 5.0,
        "repair_mean_days": 4.0,
        "repair_median_days": 4.0,
        "hands_on_hours": 16.0,
        "infant_factor": 1.0,
        "batch_sigma": 0.0,
    }
    scenario = loads(make.scenario(make.standing_site(), reliability=terms | {"technicians": 2}))
    projection = simulate(scenario)
    text = next(text for text in build_findings(projection) if text.startswith("repairs ask for"))
    assert "150 % of the time of 2 technicians in the busiest quarter, more than they can do" in text
    # at most 80 % of the time of four: 3 / 0.8 = 3.75
    assert "100 % of it is at a; 4 technicians would be busy 75.0 % of the time" in text
    assert "waits for technician" in shown(projection)
    for enough, words in ((4, None), (3, "so repairs queue")):
        found = list(build_findings(simulate(scenario.override({"reliability.technicians": enough}))))
        text = next((text for text in found if text.startswith("repairs ask for")), None)
        assert (text is None) == (words is None)


def test_deployments_not_in_service_are_named_with_what_they_wait_for():
    # two years from January 2026; nothing of what is ordered late gets through in time
    late = [
        make.racks(id="unready", ordered_on=date(2027, 12, 1), lead_time_weeks=40),
        make.racks(id="installing", ordered_on=date(2027, 12, 1), lead_time_weeks=3, systems=20, lots=1),
        make.racks(id="unasked", ordering="demand", ordered_on=date(2026, 6, 1)),
        make.racks(id="there"),
    ]
    found = list(unfinished(project(make.hall(*late, critical_it_mw=60.0), demand={"h100e": 1.0})))
    assert found == [
        "2 deployments are not wholly in service at the horizon: "
        "a.p1.unready (0 of 100 systems, waits for lead time), "
        "a.p1.installing (0 of 20 systems, waits for installation)",
        "1 deployment is never ordered inside the horizon: a.p1.unasked; "
        "demand never fills 80 % of what is there or ordered by then",
    ]
    slow = make.hall(make.racks(), starts_on=date(2027, 8, 1))
    found = list(unfinished(project(slow)))
    assert found == [
        "1 phase is not ready for service inside the horizon: a.p1 (2028-03, mostly planned start)",
        "1 deployment is not wholly in service at the horizon: a.p1.racks (0 of 100 systems, waits for hall)",
    ]


def test_findings_of_trouble(troubled):
    found = list(build_findings(troubled))
    assert found[0] == (
        "phase a.p1 (16 MW) is cancelled after its stage permit in 2026-03; what was spent stays spent"
    )
    assert found[1].startswith("of 200 m EUR2025 of funding, 0 EUR2025 is committed; from 2026-07 on")
    # all of 200 m is left, and p2 takes 240 m
    assert "; it buys nothing: the 200 m EUR2025 left at the end is too little for a.p2" in found[1]
    assert "the first in the queue, at 240 m EUR2025" in found[1]
    assert found[1].endswith("; 1 phase with 24 MW stays unbuilt: a.p2")
    assert any(
        text.startswith("75 systems are still waited for at the horizon: a.p1.racks") for text in found
    )
    assert any("accelerator-days stand idle: systems without hall" in text for text in found)
    assert any("failures take servers out of service; availability" in text for text in found)


def test_nothing_to_say_where_nothing_is_wrong():
    # the hall of 16 MW takes 18.56 MW at its design PUE of 1.16
    fitting = [{"id": "g1", "grid_mw": 18.5, "energised_on": date(2024, 1, 1)}]
    place = make.standing_site(grid_connection=fitting)
    work = make.FULL_LOAD | {"power_utilisation": 0.8}  # on hot days full load would take more
    projection = simulate(loads(make.scenario(place, workload=work)))
    assert list(build_findings(projection)) == []
    assert list(waiting_tables(projection)) == []


def test_power_that_no_phase_takes_is_shown_and_said():
    # 40 MW at the meter for 18.56 MW: 21.44 for 730 days, at 0.2 m EUR a MW over 20 years at 6.5 %
    line = {"id": "line", "category": "capex", "basis": "per_grid_mw", "amount": 2.0e5}
    projection = simulate(loads(make.scenario(make.standing_site(), costs={"items": [line]})))
    assert "no phase         power without hall  21.4  15,651 grid MW d  778,000 EUR2025" in shown(projection)
    assert list(build_findings(projection)) == [
        "MW-days of energised grid power stand idle: power without hall 15,651, an annuity of "
        "778,000 EUR2025",
        "energised power that no phase takes, even when all are ready: a (at most 21.4 grid MW, "
        "778,000 EUR2025)",
    ]


def test_tables_show_paths_waits_and_idle_assets(plain):
    text = shown(plain)
    assert "permit 2.0, construction 4.0, commissioning 1.0" in text
    # racks ordered on day 59 arrive on day 129; the hall is ready on day 213
    assert "lead time 2.3, hall 2.8" in text
    assert f"{100 * 72 * (213.0625 - 129):,.0f} accelerator d" in text


def test_what_binds_is_shown_in_runs_of_months(plain):
    # a month is 30.4375 days: permit to day 60.9, construction to 182.6, commissioning to 213.1
    lines = [line.split() for line in shown(plain).splitlines()]
    assert [line for line in lines if line and line[0].startswith("202")][:3] == [
        ["2026-01", "2026-02", "2", "permit", "16", "16"],
        # days 60.9 to 181 of the 122 from March to June: 15.75 MW of 16
        ["2026-03", "2026-06", "4", "construction", "15.8", "16"],
        # days 182.6 to 212 of 31: 15.16 MW
        ["2026-07", "2026-07", "1", "commissioning", "15.2", "15.2"],
    ]


def test_idle_assets_cost_their_annuity(plain):
    row = plain.stranded[plain.stranded["kind"] == "systems without hall"].iloc[0]
    price = 100 * plain.ledger[plain.ledger["category"] == "capex"]["amount_eur"].sum() / 100
    annuity = 0.065 / (1 - 1.065**-5)
    assert row["cost_eur"] == pytest.approx(price * annuity * (213.0625 - 129) / 365.25)


def test_gantt_has_a_row_per_step_stage_order_and_hand_over(plain, tmp_path):
    figure = gantt(plain)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == [
        "a g1",
        "a.p1 permit",
        "a.p1 racks",
        "a.p1 construction",
        "a.p1 commissioning",
        "a.p1 ready for service",
    ]
    save_gantt(plain, tmp_path)
    first = [(tmp_path / f"gantt.{kind}").read_bytes() for kind in ("png", "svg")]
    save_gantt(plain, tmp_path)
    assert [(tmp_path / f"gantt.{kind}").read_bytes() for kind in ("png", "svg")] == first


def bars(figure, name, colour):
    """Start and end, in days since 1970, of the bars of a colour on a row."""
    ax = figure.axes[0]
    row = [label.get_text() for label in ax.get_yticklabels()].index(name)
    boxes = [box for box in ax.patches if round(box.get_y() + box.get_height() / 2) == row]
    return [
        (box.get_x(), box.get_x() + box.get_width())
        for box in boxes
        if box.get_facecolor() == to_rgba(colour)
    ]


def test_gantt_draws_the_wait_of_a_phase_for_money(troubled):
    # p2 has its permit two months after 1 June 2026, and no money comes to the end of the two years
    (waits,) = bars(gantt(troubled), "a.p2 ready for service", CAUSES["funding"])
    start, end = date2num([date(2026, 6, 1), date(2028, 1, 1)])
    assert waits == (start + 60.875, end)


def test_no_two_entries_of_the_gantt_legend_have_the_same_colour(plain):
    handles = gantt(plain).axes[0].get_legend().get_patches()
    assert len({handle.get_facecolor() for handle in handles}) == len(handles)


def test_gantt_leaves_rows_out_and_says_so():
    halls = [make.hall(id=f"p{n}", deployments=[]) for n in range(40)]
    figure = gantt(project(*halls))
    assert len(figure.axes[0].get_yticks()) == MOST_ROWS
    assert f"first {MOST_ROWS} of" in figure.axes[0].get_title(loc="left") + figure.axes[0].get_title()


def test_gantt_of_what_is_there_already_is_empty_and_works():
    figure = gantt(simulate(loads(make.scenario(make.standing_site()))))
    assert len(figure.axes[0].get_yticks()) == 0


def test_a_grid_step_is_one_row_of_its_stages_with_its_mw_at_the_end():
    stages = [{"id": n, "duration_months": m} for n, m in (("queue", 2.0), ("study", 1.0), ("works", 3.0))]
    place = make.site(grid_connection=[{"id": "g1", "grid_mw": 24.0, "stages": stages}])
    projection = simulate(loads(make.scenario(place)))
    ax = gantt(projection).axes[0]
    names = [label.get_text() for label in ax.get_yticklabels()]
    row = names.index("a g1")
    start, month_d = date2num(make.START), 365.25 / 12
    bars = {
        to_rgba(bar.get_facecolor()): (bar.get_x() - start, bar.get_width())
        for bar in ax.patches
        if round(bar.get_y() + bar.get_height() / 2) == row
    }
    found = [bars[to_rgba(OF_STEP[stage["id"]])] for stage in stages]
    assert [pair[0] / month_d for pair in found] == pytest.approx([0.0, 2.0, 3.0])
    assert [pair[1] / month_d for pair in found] == pytest.approx([2.0, 1.0, 3.0])
    texts = {(text.get_text(), round(text.get_position()[1])) for text in ax.texts}
    # 100 racks in four lots, delivered on one day
    assert texts == {("24 MW", row), ("100 \u25bc", names.index("a.p1 racks"))}
    assert not [name for name in names if name.startswith("a g1.")]


def test_deliveries_far_apart_have_counts_of_their_own():
    entry = {"id": "q", "from_on": date(2026, 1, 1), "systems_per_quarter": 25}
    supply = [{"id": "v", "systems": ["gb300-nvl72"], "allocation": [entry]}]
    ax = gantt(project(supply=supply)).axes[0]
    counts = [text.get_text() for text in ax.texts if text.get_text().endswith("\u25bc")]
    # the lead time ends on day 129 with 50 racks allotted; 25 come on day 183, and 25 on day 274
    assert counts == ["75 \u25bc", "25 \u25bc"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        # the grid step asks first, for 24 MW of grid and 16 of hall; with 2 of hall it would be 46 m
        ("in_order", "too little for a.g1, the first in the queue, at 200 m EUR2025"),
        ("who_fits", "too little for a.small, the cheapest of what waits, at 46 m EUR2025"),
    ],
)
def test_money_is_too_little_for_what_the_rule_of_the_queue_says(rule, words):
    items = [
        {"id": "shell", "category": "capex", "basis": "per_critical_it_mw", "amount": 10.0e6},
        {"id": "reserve", "category": "capex", "basis": "per_facility_cost", "amount": 0.1},
        {"id": "line", "category": "capex", "basis": "per_grid_mw", "amount": 1.0e6},
    ]
    funding = {
        "covers": ["facilities", "grid"],
        "rule": rule,
        "tranches": [{"id": "t", "amount": 40.0e6, "available_on": date(2026, 1, 1)}],
    }
    small = make.hall(id="small", critical_it_mw=2.0, deployments=[], priority=60)
    halls = project(make.hall(deployments=[]), small, costs={"items": items}, funding=funding)
    assert any(words in text for text in build_findings(halls))
