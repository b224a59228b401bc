"""Pictures of a projection: data, labels, marks and source.

Tests `report.projection_figures`, `report.site_map`, `study.spreads`.
"""

from __future__ import annotations

import runpy
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.dates import date2num, num2date
from matplotlib.figure import Figure

import capsim
from capsim.report import money_figures, site_map
from capsim.report import projection_figures as figures
from capsim.report.gantt import gantt
from capsim.scenario.loading import loads
from capsim.study.spreads import with_spread

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def axes():
    return Figure().subplots()


def labels(ax):
    return ax.get_legend_handles_labels()[1]


def lines(ax):
    return {line.get_label(): np.asarray(line.get_ydata()) for line in ax.get_lines()}


@pytest.mark.parametrize(
    "draw", [figures.capacity, figures.power, figures.energy_and_carbon, figures.cumulative_cost]
)
def test_returns_the_axes_with_title_unit_and_legend(aion, draw):
    ax = axes()
    assert draw(aion, ax) is ax
    assert ax.get_title() or ax.get_title(loc="left")
    assert ax.get_ylabel()
    assert any(each.get_legend() for each in ax.figure.axes)
    assert ax.get_ylim()[0] == 0.0


def test_capacity_draws_the_series_and_the_goals(aion):
    drawn = lines(figures.capacity(aion, axes()))
    month = aion.monthly.drop_dims("cause").sum("site")
    months = month.sizes["month"]
    np.testing.assert_array_equal(drawn["H100e (8bit)"][-months:], month["h100e_8bit"])
    np.testing.assert_array_equal(drawn["accelerators"][-months:], month["accelerators"])
    assert list(drawn["target: 288,000 H100e (8bit) by 2030-12, met"]) == [288_000, 288_000]
    assert list(drawn["target: 100,000 accelerators by 2030-12, missed"]) == [100_000, 100_000]


def test_a_goal_is_marked_at_its_date_and_hollow_where_it_is_missed(aion):
    ax = figures.capacity(aion, axes())
    marks = {line.get_label(): line for line in ax.get_lines() if line.get_marker() == "^"}
    assert len(marks) == 2
    for label, mark in marks.items():
        assert mark.get_xdata()[-1] == date2num(date(2030, 12, 31))
        assert (mark.get_markerfacecolor() == "white") == label.endswith("missed")


def test_the_draws_of_a_spread_are_a_band_around_the_plan(aion):
    sure = with_spread(aion, 4, processes=1)
    ax = figures.capacity(sure, axes())
    assert "H100e (8bit), P10 to P90" in labels(ax)
    band = ax.collections[0].get_datalim(ax.transData)
    levels = sure.spread.by_month["h100e_8bit"]
    assert band.y1 == pytest.approx(max(levels["p90"]))
    for low, middle, high in zip(*(levels[p] for p in ("p10", "p50", "p90")), strict=True):
        assert low <= middle <= high
    assert sure.spread.by_month["accelerators"]["p90"][-1] == aion.headline["accelerators_peak"]


@pytest.mark.parametrize(
    "draw",
    [
        figures.capacity,
        figures.power,
        figures.energy_and_carbon,
        figures.water,
        figures.cumulative_cost,
        money_figures.cost_waterfall,
        money_figures.levelised_split,
        money_figures.cash_and_funding,
        site_map.site_map,
        gantt,
    ],
)
def test_a_picture_of_its_own_is_a_slide_that_says_its_source(aion, draw):
    figure = draw(aion).figure
    assert figure.get_supxlabel().startswith("Source: capsim")
    assert aion.manifest["digest"][:12] in figure.get_supxlabel()


def test_the_highest_load_is_marked(aion):
    ax = figures.power(aion, axes())
    (mark,) = [line for line in ax.get_lines() if line.get_marker() == "D"]
    assert mark.get_ydata()[0] == aion.headline["facility_peak_mw"]
    assert mark.get_label() == "highest load: 175 MW in 2030-08"


def test_water_has_a_bar_for_every_year(aion):
    bars = [bar.get_height() for bar in figures.water(aion, axes()).patches]
    np.testing.assert_allclose(bars, aion.yearly["water_m3"] / 1e3)


def test_sites_at_one_place_are_one_bubble_by_their_power(opcore):
    ax = site_map.site_map(opcore, axes())
    words = [text.get_text() for text in ax.texts]
    assert "8 sites\n405 MW" in words
    assert "Generic campus, Sweden\n600 MW" in words
    bubbles = {tuple(each.get_offsets()[0]): each.get_sizes()[0] for each in ax.collections[1:]}
    paris, warsaw = bubbles[2.01, 48.77], bubbles[20.97, 52.17]
    assert paris / warsaw == pytest.approx(723.1 / 404.7, rel=1e-3)
    assert "Natural Earth" in ax.get_xlabel()


def test_the_outlines_are_of_the_earth():
    rings = np.concatenate(site_map.outlines())
    assert len(site_map.outlines()) > 250
    assert np.abs(rings[:, 0]).max() <= 180.0
    assert -60.0 < rings[:, 1].min() < rings[:, 1].max() <= 90.0


def test_places_that_are_not_known_are_said(aion):
    nowhere = aion.with_views(facts=replace(aion.facts, places={"aion": {"title": "AION", "country": "fra"}}))
    assert "place of no site is known" in site_map.site_map(nowhere, axes()).texts[0].get_text()


def test_capacity_without_accelerators_is_critical_power(opcore):
    drawn = lines(figures.capacity(opcore, axes()))
    ready_mw = opcore.monthly["critical_it_mw"].sum("site")
    np.testing.assert_array_equal(drawn["critical IT MW"][-ready_mw.size :], ready_mw)
    assert "target: 2,000 critical IT MW by 2039-12, met" in drawn


def test_what_is_there_at_the_start_is_drawn_from_the_start():
    """A hall, racks and 40 MW of grid power of before the start: lines from the first of January 2026."""
    there = capsim.simulate(loads(make.scenario(make.standing_site(), horizon_years=1)))
    for draw, name, level in (
        (figures.capacity, "accelerators", 7200),
        (figures.power, "critical IT power ready", 16),
        (figures.power, "grid power contracted", 40),
    ):
        line = next(each for each in draw(there, axes()).get_lines() if each.get_label() == name)
        assert line.get_xdata()[0] == np.datetime64("2026-01-01")
        assert set(line.get_ydata()) == {level}
        assert len(line.get_ydata()) == 13


def test_what_comes_in_the_first_month_is_not_drawn_before_it_is_there():
    """Racks that enter service on 15 January: no line of accelerators before the end of that month."""
    hall = make.standing_hall()
    hall["deployments"] = [hall["deployments"][0] | {"in_service_on": date(2026, 1, 15)}]
    late = capsim.simulate(loads(make.scenario(make.standing_site(phases=[hall]), horizon_years=1)))
    line = next(
        each for each in figures.capacity(late, axes()).get_lines() if each.get_label() == "accelerators"
    )
    assert line.get_xdata()[0] == np.datetime64("2026-01-31")


def test_the_axis_of_years_has_whole_years():
    year = capsim.simulate(loads(make.scenario(make.standing_site(), horizon_years=1)))
    ax = figures.energy_and_carbon(year, axes())
    low, high = ax.get_xlim()
    assert [tick for tick in ax.get_xticks() if low <= tick <= high] == [2026]


def test_power_stays_below_its_limits_as_drawn(aion):
    ax = figures.power(aion, axes())
    drawn = lines(ax)
    assert {"facility, mean", "IT, mean"} <= set(labels(ax))
    np.testing.assert_array_equal(drawn["facility, peak"][:-1], aion.monthly["facility_peak_mw"].sum("site"))
    assert drawn["grid power contracted"].max() == 200
    assert ax.get_ylim()[1] > 200


def test_energy_has_a_bar_and_a_point_for_every_year(aion):
    ax = figures.energy_and_carbon(aion, axes())
    np.testing.assert_allclose([bar.get_height() for bar in ax.patches], aion.yearly["facility_gwh"])
    right = next(each for each in ax.figure.axes if each is not ax)
    np.testing.assert_allclose(right.get_lines()[0].get_ydata(), aion.yearly["carbon_t"] / 1e3)
    assert right.get_ylabel() == "ktCO2e per year"


def test_cost_is_all_the_money(aion):
    ax = figures.cumulative_cost(aion, axes())
    total = (aion.headline["capex_eur"] + aion.headline["opex_eur"]) / 1e9
    assert ax.get_ylabel() == "bn EUR2025"
    assert ax.dataLim.y1 == pytest.approx(total)
    assert "capex budget: 4 bn EUR2025 by 2030-12, missed" in labels(ax)


def test_overview_is_a_slide_of_four_panels(aion):
    figure = figures.overview(aion)
    width, height = figure.get_size_inches()
    assert width / height == pytest.approx(16 / 9)
    assert figure.get_suptitle() == "AION gigafactory, 200 MW in France"
    assert len(figure.axes) == 5  # four panels and the axis of carbon


def test_files_are_the_same_bytes_whatever_the_user_set(aion, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, size in ((first, 10.0), (second, 30.0)):
        folder.mkdir()
        with mpl.rc_context({"font.size": size, "axes.grid": False}):
            figures.save_twice(figures.overview, aion, folder / "overview")
    for name in ("overview.png", "overview.svg"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert b"dc:date" not in (first / "overview.svg").read_bytes()


def test_drawing_leaves_the_settings_alone(aion):
    before = dict(mpl.rcParams)
    figures.overview(aion)
    assert dict(mpl.rcParams) == before


def test_a_title_with_dollars_is_text(aion, tmp_path):
    costly = aion.with_views(facts=replace(aion.facts, title="from $x to $\\frac{"))
    figures.save_twice(figures.overview, costly, tmp_path / "overview")
    assert (tmp_path / "overview.png").stat().st_size > 0


def test_targets_in_another_unit_are_marked_at_their_date_outside_the_axes(aion):
    ax = figures.capacity(aion)
    ax.figure.draw_without_rendering()
    marks = [line for line in ax.get_lines() if line.get_gid()]
    assert {line.get_gid() for line in marks} == {
        "target: H100e (bf16) >= 288,000 by 2030-12, met",
        "target: H100e (best) >= 288,000 by 2030-12, met",
    }
    assert {text.get_text().strip() for text in ax.texts} == {line.get_gid() for line in marks}
    assert all(f"{num2date(line.get_xdata()[0]):%Y-%m-%d}" == "2030-12-31" for line in marks)
    boxes = sorted((line.get_window_extent() for line in marks), key=lambda box: box.y0)
    assert ax.bbox.y1 < (boxes[0].y0 + boxes[0].y1) / 2, "they have no height on the axis of values"
    assert boxes[0].y1 < boxes[1].y1, "none covers another"


@pytest.mark.parametrize(
    "draw", [figures.capacity, figures.power, figures.energy_and_carbon, figures.cumulative_cost]
)
def test_the_legend_is_outside_what_is_drawn(aion, draw):
    figure = draw(aion).figure
    figure.draw_without_rendering()
    (legend,) = [ax.get_legend() for ax in figure.axes if ax.get_legend()]
    box = legend.get_window_extent()
    assert box.y1 < figure.axes[0].bbox.y0
    assert box.x0 >= 0.0
    assert box.x1 <= figure.bbox.width
