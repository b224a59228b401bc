"""Dates of phases in an ensemble: a hall that can be dated by hand, and the same bytes however computed.

Tests `study.date_spread`, `study.dates`, `report.study_dates`.
"""

from __future__ import annotations

import io
import json
import runpy
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from capsim.report.studies import ensemble_summary
from capsim.scenario.draws.sample import sample
from capsim.scenario.loading import loads
from capsim.study import columns
from capsim.study.columns import Table
from capsim.study.date_spread import frame_of, percentile_days, records_of
from capsim.study.dates import phase_dates
from capsim.study.draws import design_of
from capsim.study.ensembles import Ensemble, ensemble
from capsim.study.observe import play
from capsim.units import months_to_days

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
N = 64
CONSTRUCTION = {"dist": "uniform", "low": 10.0, "high": 30.0}
"""Two months of permit before and one of commissioning after: ready after 13 to 33 of 24 months."""
ALONE = {"supply_chain": 0, "grid_operator": 0, "labour": 0, "between_factors": 0}
"""No common factor, so that a drawn probability is that of the design."""
ROW = ("a", "p1")


def hall(**permit):
    rows = make.stages(("permit", 2.0), ("construction", CONSTRUCTION), ("commissioning", 1.0))
    rows[0] |= permit
    return loads(make.scenario(make.site(make.hall(stages=rows)), uncertainty=ALONE))


@pytest.fixture(scope="module")
def result():
    return ensemble(hall(), N, processes=1)


def day(month):
    """Date so many months after the start."""
    return pd.Timestamp(make.START + timedelta(days=int(months_to_days(month))))


def test_percentiles_of_ready_for_service_are_those_of_the_one_uncertain_duration(result):
    """Ready after 3 months and the drawn duration; the 64 points of a Sobol' sequence lie one in each
    64th, so that P10 (the 7th) is between 6/64 and 7/64 of the way from 10 to 30 months.
    """
    row = result.dates.loc[(*ROW, "ready_for_service")]
    for p, rank in ((5, 4), (10, 7), (50, 32)):
        assert day(13 + 20 * (rank - 1) / N) <= row[f"p{p}"] <= day(13 + 20 * rank / N), p
    scenario = hall()
    design = design_of([scenario], 0, N)
    drawn = design.rows(0, N)[:, design.paths.index("sites.a.phases.p1.stages.construction.duration_months")]
    days = sorted(int(months_to_days(13 + 20 * p)) for p in drawn)
    at = [pd.Timestamp(make.START + timedelta(days=days[rank])) for rank in (3, 6, 31)]
    assert [row["p5"], row["p10"], row["p50"]] == at
    # 730 days are 23.98 months: 44.1 to 46.9 % are later than that
    assert row["never_share"] == pytest.approx(1 - (23.984 - 13) / 20, abs=1 / N)
    assert row[["p90", "p95"]].isna().all()
    assert row["p50_low"] < row["p50"]
    assert row["central"] == day(23)
    assert row["central_percentile"] == pytest.approx(50.0, abs=100 / N)


def test_power_comes_on_its_day_in_every_draw(result):
    row = result.dates.loc[(*ROW, "energised")]
    assert {row[f"p{p}"] for p in (5, 10, 50, 90, 95)} == {row["central"]} == {pd.Timestamp("2026-04-02")}
    assert (row["never_share"], row["central_percentile"]) == (0.0, 50.0)


def test_the_fleet_follows_the_hall_by_its_installation(result):
    """One crew installs two racks a day: those of the first day, and all 100 after 50, then 7 of burn-in."""
    ready = months_to_days(23)
    for milestone, after_d in (("first_in_service", 1 + 7), ("fleet_in_service", 50 + 7)):
        central = result.dates.at[(*ROW, milestone), "central"]
        expected = ready + after_d
        if expected < 730:
            assert central == pd.Timestamp(make.START + timedelta(days=int(expected))), milestone
        else:
            assert pd.isna(central), milestone
    shares = result.dates["never_share"].loc[ROW]
    assert shares["ready_for_service"] <= shares["first_in_service"] <= shares["fleet_in_service"]
    assert shares["ready_for_service"] < shares["fleet_in_service"]


def test_a_cancelled_phase_never_comes_and_counts_as_later_than_all_others():
    scenario = hall(cancel_probability=0.25)
    table = ensemble(scenario, N, seed=3, processes=1).dates
    design = design_of([scenario], 3, N)
    runs = [play(sample(scenario, 3, k, design.row(k)), 3, k) for k in range(N)]
    ready = [run.timeline.ready_for_service_d()[ROW] for run in runs]
    row = table.loc[(*ROW, "ready_for_service")]
    assert N / 8 < sum(np.isinf(ready)) < N / 2
    assert row["never_share"] == np.mean(np.array(ready) >= 730)
    assert pd.isna(row["p90"])
    first = sorted(ready)[3]
    assert row["p5"] == pd.Timestamp(make.START + timedelta(days=int(first)))
    known = np.floor(ready)
    assert row["central_percentile"] == 100 * (np.sum(known < 700) + np.sum(known == 700) / 2) / N


def test_a_fleet_is_in_service_with_its_last_deployment():
    """The second order is delivered after the horizon, so there is a first system and no fleet."""
    late = make.racks(id="late", systems=1, ordered_on=date(2027, 12, 1), lead_time_weeks=10)
    scenario = loads(make.scenario(make.site(make.hall(make.racks(systems=90), late))))
    table = ensemble(scenario, 2, processes=1).dates
    assert table.at[(*ROW, "fleet_in_service"), "never_share"] == 1.0
    assert table.at[(*ROW, "fleet_in_service"), "central_percentile"] == 50.0
    assert table.at[(*ROW, "first_in_service"), "never_share"] == 0.0
    (row,) = phase_dates("s", play(scenario, 0, 0))
    assert row.ready_on == date(2026, 8, 2)
    assert row.in_service_on is None


def test_what_is_there_at_the_start_is_left_out():
    assert ensemble(loads(make.scenario(make.standing_site())), 2, processes=1).dates.empty


def test_percentiles_are_draws_and_never_is_the_latest():
    ordered = np.append(np.arange(1.0, 18.0), [np.inf] * 3)
    assert percentile_days(ordered).tolist() == [1.0, 2.0, 10.0, np.inf, np.inf]
    assert percentile_days(np.array([4.0])).tolist() == [4.0] * 5


def test_dates_survive_as_plain_data(result):
    pd.testing.assert_frame_equal(frame_of(records_of(result.dates)), result.dates, check_exact=True)
    record = json.loads(json.dumps(records_of(result.dates)))[1]
    assert (record["milestone"], record["central"], record["p90"]) == (
        "ready_for_service",
        "2027-12-02",
        None,
    )


def test_dates_are_read_a_few_columns_at_a_time(result, monkeypatch):
    """One column at a time, however many replications, gives the same table."""
    widths = []
    read = Table.columns

    def seen(self, variant, start, stop):
        widths.append(stop - start)
        return read(self, variant, start, stop)

    monkeypatch.setattr(columns, "VALUES_AT_ONCE", N)
    monkeypatch.setattr(Table, "columns", seen)
    again = ensemble(hall(), N, processes=1)
    assert widths.count(1) >= len(result.dates)
    pd.testing.assert_frame_equal(again.dates, result.dates, check_exact=True)


def files(folder):
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_the_same_bytes_with_two_processes_and_after_a_stop(tmp_path):
    def stop(done, total, left_s):
        raise KeyboardInterrupt

    def study(name, **more):
        return ensemble(hall(cancel_probability=0.5), 40, folder=tmp_path / name, draws=True, **more)

    one = study("one", processes=1)
    study("two", processes=2)
    with pytest.raises(KeyboardInterrupt):
        study("stopped", processes=1, progress=stop)
    study("stopped", processes=2, resume=True)
    assert files(tmp_path / "one") == files(tmp_path / "two") == files(tmp_path / "stopped")
    pd.testing.assert_frame_equal(Ensemble.load(tmp_path / "one").dates, one.dates, check_exact=True)
    drawn = pd.read_parquet(tmp_path / "one" / "draws.parquet")["ready_for_service_d[a.p1]"]
    assert drawn.isna().mean() == one.dates.at[(*ROW, "ready_for_service"), "never_share"]


def shown(result):
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(ensemble_summary(result))
    return console.export_text().splitlines()


def test_the_table_shows_months_and_never(result):
    lines = shown(result)
    assert "Dates of phases (never: not inside the horizon, 2026-01 to 2027-12)" in [
        s.rstrip() for s in lines
    ]
    line = next(line for line in lines if line.startswith("a.p1") and "ready for service" in line)
    row = result.dates.loc[(*ROW, "ready_for_service")]
    months = [f"{row[f'p{p}']:%Y-%m}" for p in (5, 10, 50)]
    never = f"{100 * row['never_share']:.1f}"
    which = f"P{row['central_percentile']:.0f}"
    assert line.split()[4:] == ["2027-12", which, *months, "never", "never", never, "%"]


def test_many_phases_show_when_their_halls_are_ready(monkeypatch, result):
    monkeypatch.setattr("capsim.report.study_dates.MOST_DATES", 3)
    lines = [line for line in shown(result) if line.startswith("a.p1") and "never" in line]
    assert len(lines) == 1
    assert "ready for service" in lines[0]
