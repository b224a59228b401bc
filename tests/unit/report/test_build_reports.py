"""What reports say of a build-out: findings, tables of waits and idle assets, the Gantt picture.

Tests `report.gantt`, `report.gantt_rows`, `report.tables_of_waiting`, `projection.findings.build_findings`,
`projection.findings.unfinished_findings`.
"""

import io
import runpy
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from matplotlib.colors import to_rgba
from matplotlib.dates import date2num
from rich.console import Console

from capsim.pipeline import simulate
from capsim.projection.findings.build_findings import build_findings
from capsim.projection.findings.unfinished_findings import unfinished
from capsim.report.gantt import LONGEST_NAME, MOST_ROWS, gantt
from capsim.report.gantt_rows import CAUSES, HANDED_OVER, IN_SERVICE, MOST_DETAILED, OF_STEP, WORK
from capsim.report.projection_figures import GREY, save_twice
from capsim.report.tables_of_waiting import waiting_tables
from capsim.scenario.loading import loads, override
from capsim.study.forecasts import Vintage
from capsim.study.reliefs import first_reliefs
from capsim.units import DAYS_PER_MONTH

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
HALL = {"id": "hall", "category": "capex", "basis": "per_critical_it_mw", "amount": 10.0e6}


def project(*phases, **changes):
    return simulate(loads(make.scenario(make.site(*phases), **changes)))


def texts(findings):
    return [finding.text for finding in findings]


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
    poor = make.hall(id="p2", critical_it_mw=24.0, starts_on=date(2026, 6, 1))
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
    text = next(text for text in texts(build_findings(projection)) if text.startswith("repairs ask for"))
    assert "150 % of the time of 2 technicians in the busiest quarter, more than they can do" in text
    # at most 80 % of the time of four: 3 / 0.8 = 3.75
    assert "100 % of it is at a; 4 technicians would be busy 75.0 % of the time" in text
    assert "waits for technician" in shown(projection)
    for enough, words in ((4, None), (3, "so repairs queue")):
        found = texts(build_findings(simulate(override(scenario, {"reliability.technicians": enough}))))
        text = next((text for text in found if text.startswith("repairs ask for")), None)
        assert (text is None) == (words is None)


def test_deployments_not_in_service_are_named_with_what_they_wait_for():
    # two years from January 2026; nothing of what is ordered late gets through in time
    late = [
        make.racks(id="unready", ordered_on=date(2027, 12, 1), lead_time_weeks=40),
        make.racks(id="installing", ordered_on=date(2027, 12, 1), lead_time_weeks=3, systems=20),
        make.racks(id="unasked", ordering="demand", ordered_on=date(2026, 6, 1)),
        make.racks(id="there"),
    ]
    found = texts(unfinished(project(make.hall(*late, critical_it_mw=60.0), demand={"h100e": 1.0})))
    assert found == [
        "2 deployments are not wholly in service at the horizon: "
        "a.p1.unready (0 of 100 systems, waits for lead time), "
        "a.p1.installing (2 of 20 systems, waits for installation)",
        "1 deployment is never ordered inside the horizon: a.p1.unasked; "
        "demand never fills 80 % of what is there or ordered by then",
    ]
    slow = make.hall(make.racks(), starts_on=date(2027, 8, 1))
    found = texts(unfinished(project(slow)))
    assert found == [
        "1 phase is not ready for service inside the horizon: a.p1 (2028-03, mostly planned start)",
        "1 deployment is not wholly in service at the horizon: a.p1.racks (0 of 100 systems, waits for hall)",
    ]


def test_findings_of_trouble(troubled):
    found = texts(build_findings(troubled))
    assert found[0] == (
        "phase a.p1 (16 MW) is cancelled after its stage permit in 2026-03; what was spent stays spent"
    )
    assert found[1].startswith(
        "the money buys nothing: 1 phase with 24 MW stays unbuilt; of 200 m EUR2025 of"
    )
    assert "of funding, 0 EUR2025 is committed; from 2026-07 on something waits for money" in found[1]
    # all of 200 m is left, and p2 takes 240 m
    assert "; the 200 m EUR2025 left at the end is too little for a.p2, the first in the queue" in found[1]
    assert found[1].endswith("at 240 m EUR2025 with what it is worth nothing without; unbuilt: a.p2")
    # p1 took five before it was refused; all 35 that are allotted after that go to p2
    assert (
        "65 systems are still waited for at the horizon: a.p2.racks; "
        "supply v allots 40 inside the horizon, and 105 are asked for"
    ) in found
    assert any("accelerator-days stand idle: systems without hall" in text for text in found)
    assert any("failures take servers out of service; availability" in text for text in found)


def test_equipment_ordered_ahead_of_a_refusal_is_named_since_it_has_no_price():
    rows = make.stages()
    rows[0]["cancel_probability"] = 1.0
    kit = {"id": "transformer", "item": "lt-power-transformer", "needed_at": "commissioning"}
    late = kit | {"id": "ups", "item": "lt-ups", "ordered_on": date(2026, 6, 1)}
    kits = [kit | {"ordered_on": date(2025, 12, 1)}, late]
    refused = make.hall(stages=rows, deployments=[], equipment=kits)
    found = texts(build_findings(project(refused)))
    # the permit is refused in March, so the UPS of June is never ordered
    assert found[1] == (
        "equipment is ordered for what is cancelled and counts only with the share of the works that is "
        "done, since it has no price of its own: a.p1 (transformer)"
    )
    assert not any(finding.kind == "bought_in_vain" for finding in build_findings(project(make.hall())))


def test_nothing_to_say_where_nothing_is_wrong():
    # the hall of 16 MW takes 18.56 MW at its design PUE of 1.16
    fitting = [{"id": "g1", "grid_mw": 18.5, "energised_on": date(2024, 1, 1)}]
    place = make.standing_site(grid_connection=fitting)
    work = make.FULL_LOAD | {"power_utilisation": 0.8}  # on hot days full load would take more
    projection = simulate(loads(make.scenario(place, workload=work)))
    assert texts(build_findings(projection)) == []
    assert list(waiting_tables(projection)) == []


def test_power_that_no_phase_takes_is_shown_and_said():
    # 40 MW at the meter for 18.56 MW: 21.44 for 730 days, at 0.2 m EUR a MW over 20 years at 6.5 %
    line = {"id": "line", "category": "capex", "basis": "per_grid_mw", "amount": 2.0e5}
    projection = simulate(loads(make.scenario(make.standing_site(), costs={"items": [line]})))
    assert "no phase         power without hall  21.4  15,651 grid MW d  778,000 EUR2025" in shown(projection)
    assert texts(build_findings(projection)) == [
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
    ax = gantt(plain)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == [
        "a g1",
        "a.p1 permit",
        "a.p1 racks",
        "a.p1 construction",
        "a.p1 commissioning",
        "a.p1 ready for service",
    ]
    save_twice(gantt, plain, tmp_path / "gantt")
    first = [(tmp_path / f"gantt.{kind}").read_bytes() for kind in ("png", "svg")]
    save_twice(gantt, plain, tmp_path / "gantt")
    assert [(tmp_path / f"gantt.{kind}").read_bytes() for kind in ("png", "svg")] == first


def bars(ax, name, colour):
    """Start and end, in days since 1970, of the bars of a colour on a row."""
    row = [label.get_text() for label in ax.get_yticklabels()].index(name)
    boxes = [box for box in ax.patches if round(box.get_y() + box.get_height() / 2) == row]
    return [
        (box.get_x(), box.get_x() + box.get_width())
        for box in boxes
        if box.get_facecolor() == to_rgba(colour)
    ]


def days(ax, name, colour):
    """Start and end, in days since the start, of the bars of a colour on a row, in order of time."""
    start = date2num(make.START)
    return sorted((a - start, b - start) for a, b in bars(ax, name, colour))


def approx(*spans):
    return [pytest.approx(span, abs=1e-6) for span in spans]


def test_gantt_draws_the_wait_of_a_phase_for_money(troubled):
    # p2 has its permit two months after 1 June 2026, and no money comes to the end of the two years
    (waits,) = bars(gantt(troubled), "a.p2 ready for service", CAUSES["funding"])
    start, end = date2num([date(2026, 6, 1), date(2028, 1, 1)])
    assert waits == (start + 60.875, end)


def test_gantt_draws_the_works_of_a_cancelled_phase_up_to_its_cancellation_and_nothing_after():
    # the survey ends the phase after 6 months, when 6 of the shell's 10 are done; kit ordered at
    # the start take 40 weeks; racks ordered on day 59 arrive on day 129 and wait for a hall to the end
    rows = [
        {"id": "shell", "duration_months": 10.0},
        {"id": "survey", "duration_months": 6.0, "after": [], "cancel_probability": 1.0},
        {"id": "fit-out", "duration_months": 1.0, "after": ["shell"]},
    ]
    kit = {"id": "kit", "item": "lt-ups", "needed_at": "fit-out", "lead_time_weeks": 40}
    projection = project(make.hall(stages=rows, equipment=[kit]))
    ax, end = gantt(projection), 6.0 * DAYS_PER_MONTH
    assert days(ax, "a.p1 shell", WORK) == approx((0.0, end))
    assert days(ax, "a.p1 survey", WORK) == approx((0.0, end))
    assert days(ax, "a.p1 kit", GREY) == approx((0.0, end))
    assert days(ax, "a.p1 racks", CAUSES["lead time"]) == approx((59.0, 129.0))
    assert days(ax, "a.p1 racks", CAUSES["hall"]) == approx((129.0, end))
    names = [label.get_text() for label in ax.get_yticklabels()]
    marked = [name for name in names if days(ax, name, CAUSES["cancelled"])]
    assert marked == ["a.p1 survey", "a.p1 ready for service"]
    last_d = max(box.get_x() + box.get_width() for box in ax.patches) - date2num(make.START)
    assert last_d < end + 5.0


def test_gantt_draws_the_stages_of_a_dropped_grid_step_up_to_that_day():
    stages = [
        {"id": "study", "duration_months": 2.0, "cancel_probability": 1.0},
        {"id": "works", "duration_months": 8.0, "after": []},
    ]
    place = make.site(grid_connection=[{"id": "g1", "grid_mw": 24.0, "stages": stages}])
    ax, end = gantt(simulate(loads(make.scenario(place)))), 2.0 * DAYS_PER_MONTH
    assert days(ax, "a g1", OF_STEP["study"]) == approx((0.0, end))
    assert days(ax, "a g1", OF_STEP["works"]) == approx((0.0, end))
    # the phase it was to power is marked once, on its own row
    assert len(days(ax, "a.p1 ready for service", CAUSES["cancelled"])) == 1
    assert "a.p1 g1" not in [label.get_text() for label in ax.get_yticklabels()]


def test_gantt_draws_service_over_the_order_of_its_successor_and_not_after_retirement():
    # one lot of 10 racks leaves a year after 1 July 2025; its successors take 20 weeks, are ordered to
    # arrive on that day, and are in service once they are set up and burnt in for 7 days
    refresh = {"age_years": 1.0, "system": "gb300-nvl72", "lead_time_weeks": 20}
    order = {"id": "racks", "system": "gb300-nvl72", "systems": 10, "in_service_on": date(2025, 7, 1)}
    there = make.standing_site(phases=[make.standing_hall(deployments=[order | {"refresh": refresh}])])
    projection = simulate(loads(make.scenario(there)))
    ax, left_d = gantt(projection), (date(2025, 7, 1) - make.START).days + 365.25
    events = projection.milestones
    again_d = events[(events["kind"] == "in_service") & (events["time_d"] > left_d)]["time_d"].min()
    end_d = (date(2028, 1, 1) - make.START).days
    (first, second, *_) = days(ax, "a.p1 racks", IN_SERVICE)
    assert first == pytest.approx((0.0, left_d))
    assert second[0] == pytest.approx(again_d)
    assert again_d > left_d + 7.0
    order_d = days(ax, "a.p1 racks", CAUSES["lead time"])[0]
    assert order_d == pytest.approx((left_d - 140.0, left_d))
    layer = {box.get_facecolor(): box.get_zorder() for box in ax.patches}
    assert layer[to_rgba(IN_SERVICE)] > layer[to_rgba(CAUSES["lead time"])]
    assert second[1] <= end_d + 1.0


def test_works_begun_before_the_start_are_drawn_from_the_start():
    early = make.hall(deployments=[], starts_on=date(2025, 11, 1))
    ax = gantt(project(early))
    # two months of permit from 1 November 2025, 61 days before the start, and four of construction
    begun = 2.0 * DAYS_PER_MONTH - 61.0
    assert days(ax, "a.p1 construction", WORK) == approx((0.0, begun + 4.0 * DAYS_PER_MONTH))


def test_no_two_entries_of_the_gantt_legend_have_the_same_colour(plain):
    handles = gantt(plain).get_legend().get_patches()
    assert len({handle.get_facecolor() for handle in handles}) == len(handles)


def many(number):
    return project(*(make.hall(id=f"p{n}", deployments=[]) for n in range(number)))


def test_gantt_of_many_phases_has_a_row_for_each_with_its_critical_path():
    # four rows a phase and one of the grid step
    number = MOST_DETAILED // 4 + 1
    ax = gantt(many(number))
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["a g1", *(f"a.p{n}" for n in range(number))]
    assert "critical path of each phase" in ax.get_title(loc="left")
    ends = [0.0, 2.0 * DAYS_PER_MONTH, 6.0 * DAYS_PER_MONTH, 7.0 * DAYS_PER_MONTH]
    assert days(ax, "a.p3", WORK) == approx(*pairwise(ends))
    assert len(days(ax, "a.p3", HANDED_OVER)) == 1


def test_gantt_leaves_rows_out_and_says_so():
    ax = gantt(many(MOST_ROWS + 5))
    assert len(ax.get_yticks()) == MOST_ROWS
    assert f"first {MOST_ROWS} of {MOST_ROWS + 6} rows" in ax.get_title(loc="left").replace("\n", " ")


def test_long_names_keep_their_beginning_and_their_end():
    name = "hall-of-the-northern-campus-by-the-river-and-the-old-mill"
    ax = gantt(project(make.hall(id=name, deployments=[])))
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert all(len(text) <= LONGEST_NAME for text in names)
    assert any(text.startswith("a.hall-of-the") and text.endswith("permit") for text in names)


def test_gantt_of_what_is_there_already_is_empty_and_works():
    ax = gantt(simulate(loads(make.scenario(make.standing_site()))))
    assert len(ax.get_yticks()) == 0


def test_a_grid_step_is_one_row_of_its_stages_with_its_mw_at_the_end():
    stages = [{"id": n, "duration_months": m} for n, m in (("queue", 2.0), ("study", 1.0), ("works", 3.0))]
    place = make.site(grid_connection=[{"id": "g1", "grid_mw": 24.0, "stages": stages}])
    projection = simulate(loads(make.scenario(place)))
    ax = gantt(projection)
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
    # 100 racks, delivered on one day
    assert texts == {("24 MW", row), ("100 \u25bc", names.index("a.p1 racks"))}
    assert not [name for name in names if name.startswith("a g1.")]


def test_deliveries_far_apart_have_counts_of_their_own():
    entry = {"id": "q", "from_on": date(2026, 1, 1), "systems_per_quarter": 25}
    supply = [{"id": "v", "systems": ["gb300-nvl72"], "allocation": [entry]}]
    ax = gantt(project(supply=supply))
    counts = [text.get_text() for text in ax.texts if text.get_text().endswith("\u25bc")]
    # the lead time ends on day 129 with 50 racks allotted; 25 come on day 181, and 25 on day 273
    assert counts == ["75 in 2 deliveries \u25bc", "25 \u25bc"]
    assert "systems delivered, with their number" in [t.get_text() for t in ax.get_legend().get_texts()]


def test_tranches_that_wait_for_milestones_are_named_with_what_they_wait_for():
    funding = {
        "tranches": [
            {"id": "seed", "amount": 1.0e6},
            {"id": "grid", "amount": 2.0e8, "after_step": "a.g1"},
            {
                "id": "late",
                "amount": 5.0e8,
                "after_phase": "a.p1",
                "phase_milestone": "in_service",
                "after_step": "a.g1",
                "step_milestone": "applied",
            },
            {
                "id": "circle",
                "amount": 1.0e9,
                "after_phase": "a.p2",
                "phase_milestone": "construction started",
            },
        ],
    }
    # the grid comes after 3 months; p2 takes 2.4 bn, more than comes without its own construction
    dear = make.hall(id="p2", critical_it_mw=240.0, deployments=[])
    halls = project(
        make.hall(deployments=[make.racks(systems=1)]), dear, costs={"items": [HALL]}, funding=funding
    )
    found = [text for text in texts(build_findings(halls)) if text.startswith("tranche")]
    assert found[0] == "tranche grid (200 m EUR2025) comes on 2026-04-02; it waits for a.g1 energised"
    after = "a.p1 its first systems in service and a.g1 applied"
    assert found[1].startswith("tranche late (500 m EUR2025) comes on 2026-")
    assert found[1].endswith(f"it waits for {after}")
    never = "does not come inside the horizon: it waits for a.p2 construction started"
    assert found[2] == f"tranche circle (1 bn EUR2025) {never}"
    assert len(found) == 3


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
    assert any(words in text for text in texts(build_findings(halls)))


def test_gantt_draws_equipment_never_delivered_and_the_stage_that_waits_for_it():
    # ordered at the start, due after 30 weeks (day 210) and never allotted over two years of 730 days;
    # its stage is free after 2 + 4 months and waits for it from then on
    kit = {"id": "kit", "item": "lt-ups", "needed_at": "commissioning", "lead_time_weeks": 30}
    none = {"id": "q", "from_on": make.START, "systems_per_quarter": 0}
    supply = [{"id": "works", "systems": ["lt-ups"], "allocation": [none]}]
    ax = gantt(project(make.hall(deployments=[], equipment=[kit]), supply=supply))
    end_d = 24 * DAYS_PER_MONTH  # under the bar of the allocation, which covers it from day 210 on
    assert days(ax, "a.p1 kit", GREY) == approx((0.0, end_d))
    assert days(ax, "a.p1 kit", CAUSES["allocation"]) == approx((210.0, 730.0))
    assert days(ax, "a.p1 commissioning", GREY) == approx((6 * DAYS_PER_MONTH, 730.0))


def test_gantt_draws_the_slip_of_a_dated_grid_step():
    # announced for 1 March 2026 (day 59) and nine months late
    place = make.site(make.hall(deployments=[]))
    step = {"id": "g1", "grid_mw": 24.0, "energised_on": date(2026, 3, 1), "slip_months": 9.0}
    ax = gantt(simulate(loads(make.scenario(place | {"grid_connection": [step]}))))
    assert days(ax, "a g1", CAUSES["grid connection"]) == approx((59.0, 59.0 + 9 * DAYS_PER_MONTH))


def test_gantt_draws_the_wait_of_an_announced_hall_for_its_power():
    # announced for 1 June 2026 (day 151); its step of 1 March is nine months late, day 332.9
    hall = make.standing_hall(ready_for_service_on=date(2026, 6, 1), deployments=[])
    step = {"id": "g1", "grid_mw": 40.0, "energised_on": date(2026, 3, 1), "slip_months": 9.0}
    ax = gantt(simulate(loads(make.scenario(make.site(hall, grid_connection=[step])))))
    waits = days(ax, f"a.{hall['id']} ready for service", CAUSES["grid connection"])
    assert waits == approx((151.0, 59.0 + 9 * DAYS_PER_MONTH))


def test_gantt_draws_how_long_a_stage_may_slip_and_a_step_of_the_grid(plain):
    # the grid comes on day 91 and is needed for the commissioning on day 183
    relief = first_reliefs(plain.run)
    ax = gantt(plain, relief=relief)
    names = [label.get_text() for label in ax.get_yticklabels()]
    lines = {each.get_label(): each for each in ax.collections if each.get_label().endswith("float")}
    assert set(lines) == {"total float", "free float"}
    spans = {
        names[round(line[0, 1])]: line[:, 0] - date2num(make.START)
        for line in lines["total float"].get_segments()
    }
    slack = next(one for one in relief.slack if one.activity.startswith("grid"))
    assert spans["a g1"][0] == (date.fromisoformat(slack.end) - make.START).days
    assert spans["a g1"][1] - spans["a g1"][0] == pytest.approx(slack.total_months * DAYS_PER_MONTH)
    # what is on the critical path has none
    assert "a.p1 construction" not in spans
    assert {"total float", "free float"} <= {text.get_text() for text in ax.get_legend().get_texts()}
    assert "total float" not in {text.get_text() for text in gantt(plain).get_legend().get_texts()}


def test_gantt_marks_a_baseline_the_data_date_and_the_dates_of_targets():
    targets = [{"id": "t", "by": date(2026, 12, 31), "critical_it_mw": 10.0}]
    place = make.scenario(make.site(), targets=targets, as_of=date(2026, 2, 1))
    projection = simulate(loads(place))
    dates = {"a.p1 ready_for_service": "2026-05-01", "a.g1 energised": "2026-03-01"}
    ax = gantt(projection, baseline=Vintage("board", "2025-11-30", dates, {}, {}))
    names = [label.get_text() for label in ax.get_yticklabels()]
    marks = next(line for line in ax.get_lines() if line.get_label() == "board (2025-11-30)")
    found = {names[round(y)]: x for x, y in zip(marks.get_xdata(), marks.get_ydata(), strict=True)}
    assert found == {
        "a g1": date2num(date(2026, 3, 1)),
        "a.p1 ready for service": date2num(date(2026, 5, 1)),
    }
    lines = {line.get_label(): line.get_xdata()[0] for line in ax.get_lines()}
    assert lines["data date"] == date2num(date(2026, 2, 1))
    assert lines["date of a target"] == date2num(date(2026, 12, 31))
    words = {text.get_text() for text in ax.texts}
    assert {"data date 2026-02-01", "target 2026-12"} <= words


def test_words_are_readable_on_a_slide_and_sites_have_their_titles(aion, opcore):
    for projection in (aion, opcore):
        ax = gantt(projection)
        assert ax.get_figure().get_size_inches()[0] == 12.0
        words = [*ax.texts, *ax.get_yticklabels(), *ax.get_xticklabels(), *ax.get_legend().get_texts()]
        assert min(text.get_fontsize() for text in words) >= 8.0
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert "Generic campus, Sweden, grid block-1" in names
    assert not any(name.startswith(("sweden.", "generic-")) for name in names)
    alone = [label.get_text() for label in gantt(aion).get_yticklabels()]
    assert alone[:3] == ["grid block-1", "grid block-2", "p1 permit"]
    assert all(len(line) <= 62 for line in ax.get_title("left").splitlines())
