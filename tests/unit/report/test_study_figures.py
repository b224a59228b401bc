"""Figures of studies: everything on the picture, nothing on top of something else.

Tests `report.study_figures`, `report.sweep_figures`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from capsim.report.study_figures import MOST_STEPS, _mark_goals, picture, tornado, waterfall_chart
from capsim.report.sweep_figures import sweep_chart
from capsim.study.comparisons import Comparison
from capsim.study.sensitivities import Sensitivity
from capsim.study.sweeps import Sweep
from capsim.study.waterfalls import Driver, Waterfall

ABOUT = {"scenario": "a-scenario-with-quite-a-long-name", "money_unit": "EUR2025"}
LONG = "sites.a-campus-in-the-north.phases.the-{}-phase.deployments.racks.system_price_usd"
UNIT = "Cost of an H100e-hour, EUR2025"


def in_money(*numbers):
    return [f"{number} {ABOUT['money_unit']}" for number in numbers]


def comparison(effects, scenarios=1, before=0.7):
    drivers = tuple(Driver(LONG.format(i), "12345678", "23456789.125", e) for i, e in enumerate(effects))
    parts = Waterfall("lcoc_eur_per_h100e_h", before, before + sum(effects), drivers, exact=True)
    names = [f"another-scenario-of-the-comparison-{i}" for i in range(scenarios)]
    return Comparison(("base", *names), pd.DataFrame(), {}, dict.fromkeys(names, parts), ABOUT)


def tick_labels(axis):
    """Labels that are drawn: those inside the view."""
    low, high = sorted(axis.get_view_interval())
    return [t.label1 for t in axis.get_major_ticks() if low <= t.get_loc() <= high and t.label1.get_visible()]


def check_that_all_is_seen(figure):
    """No text leaves the picture, and no two labels of an axis cover one another."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    page = figure.bbox
    for ax in figure.axes:
        texts = [*ax.texts, ax.title, ax.xaxis.label, ax.yaxis.label]
        across, up = (tick_labels(axis) for axis in (ax.xaxis, ax.yaxis))
        shown = [t for t in (*texts, *across, *up) if t.get_text()]
        for text in shown:
            box = text.get_window_extent(renderer)
            assert page.x0 <= box.x0 < box.x1 <= page.x1, text.get_text()
            assert page.y0 <= box.y0 < box.y1 <= page.y1, text.get_text()
        boxes = sorted((t.get_window_extent(renderer) for t in up), key=lambda b: b.y0)
        assert all(below.y1 <= above.y0 + 1 for below, above in pairwise(boxes))


@pytest.mark.parametrize("n", [*range(1, 9), 24])
@pytest.mark.parametrize("scenarios", [1, 3])
def test_a_waterfall_is_readable(n, scenarios):
    figure = picture(comparison([0.1 * (-1) ** i / (i + 1) for i in range(n)], scenarios))
    check_that_all_is_seen(figure)
    assert len(figure.axes) == scenarios
    assert all(ax.get_xlabel().startswith(UNIT) for ax in figure.axes)


def test_a_waterfall_shows_every_effect_and_adds_up():
    effects = [0.5, -0.1, 0.2]
    ax = waterfall_chart(comparison(effects, before=1.0))
    bars = ax.patches[2:]
    assert [bar.get_width() for bar in bars] == pytest.approx(effects)
    assert [bar.get_x() for bar in bars] == pytest.approx([1.0, 1.5, 1.4])
    assert [text.get_text() for text in ax.texts] == in_money("1.000", "+0.500", "-0.100", "+0.200", "1.600")
    assert ax.get_xlim()[0] == 0.0


def test_small_effects_are_told_and_the_axis_is_from_zero():
    ax = waterfall_chart(comparison([0.001, -0.002], before=1.0))
    assert ax.get_xlim()[0] == 0.0
    assert [text.get_text() for text in ax.texts] == in_money("1.000", "+0.001", "-0.002", "0.999")


def test_many_small_drivers_are_one_bar_and_still_add_up():
    effects = [0.5] * 5 + [0.01] * 19
    ax = waterfall_chart(comparison(effects))
    bars = ax.patches[2:]
    assert len(bars) == MOST_STEPS
    assert sum(bar.get_width() for bar in bars) == pytest.approx(sum(effects))
    assert "13 smaller changes" in [label.get_text() for label in ax.get_yticklabels()]


def test_a_comparison_without_changes_says_so():
    figure = picture(Comparison(("base", "same"), pd.DataFrame(), {}, {}, ABOUT))
    assert figure.axes[0].texts[0].get_text() == "nothing was changed that has an effect"


def test_a_tornado_has_units_and_readable_labels():
    rows = {LONG.format(i): {"at_p10": 0.7 - 0.01 * i, "at_p90": 0.7 + 0.02 * i} for i in range(15, 0, -1)}
    table = pd.DataFrame.from_dict(rows, orient="index")
    figure = tornado(Sensitivity("lcoc_eur_per_h100e_h", 0.7, table, None, ABOUT)).figure
    check_that_all_is_seen(figure)
    assert figure.axes[0].get_xlabel() == UNIT


def swept(**axes):
    index = pd.MultiIndex.from_product(axes.values(), names=list(axes))
    index = index if len(axes) > 1 else index.get_level_values(0)
    points = pd.DataFrame({"facility_gwh": np.arange(float(len(index)))}, index=index)
    return Sweep({k: tuple(v) for k, v in axes.items()}, "facility_gwh", points, ABOUT)


@pytest.mark.parametrize(
    "axes",
    [
        {"finance.wacc_real": [0.05, 0.06]},
        {LONG.format(1): list(range(30)), "finance.wacc_real": [0.05 + 0.001 * i for i in range(30)]},
        {LONG.format(1): ["gb300-nvl72", "vr200-nvl72"], "finance.wacc_real": [0.05, 0.06]},
        {"finance.wacc_real": [0.05, 0.06], "workload.allocation": [0.5], LONG.format(2): ["a", "b", "c"]},
    ],
)
def test_a_sweep_has_units_and_readable_labels(axes):
    figure = sweep_chart(swept(**axes)).figure
    check_that_all_is_seen(figure)
    assert "Energy at the meter, GWh" in [ax.get_ylabel() for ax in figure.axes]


def test_a_heat_map_shows_its_values():
    ax = sweep_chart(swept(a=[1, 2], b=[1, 2, 3]))
    assert [t.get_text() for t in ax.texts] == ["0", "1.00", "2.00", "3.00", "4.00", "5.00"]


def test_the_users_style_is_left_alone():
    before = dict(mpl.rcParams)
    waterfall_chart(comparison([0.1]))
    assert dict(mpl.rcParams) == before


def test_pictures_name_inputs_by_their_titles():
    paths = ["system-price:rubin-ultra-kyber", "finance.wacc_real"]
    table = pd.DataFrame({"at_p10": [0.6, 0.65], "at_p90": [0.8, 0.75]}, index=paths)
    ax = tornado(Sensitivity("lcoc_eur_per_h100e_h", 0.7, table, None, ABOUT))
    shown = [label.get_text() for label in ax.get_yticklabels()]
    assert shown == ["Cost of capital, real", "Price of systems, rubin-ultra-kyber"]
    assert sweep_chart(swept(**{"finance.wacc_real": [0.05, 0.06]})).get_xlabel() == "Cost of capital, real"
    path = "sites.aion.phases.p1.deployments.racks.system"
    parts = Waterfall("capex_eur", 1.0, 2.0, (Driver(path, "a", "{newest: h100e}", 1.0),), exact=True)
    ax = waterfall_chart(Comparison(("base", "other"), pd.DataFrame(), {}, {"other": parts}, ABOUT))
    assert ax.get_yticklabels()[1].get_text() == "System, aion.p1.racks\na to newest: h100e"


def test_the_axes_of_a_sweep_have_the_unit_that_their_values_are_shown_in():
    about = ABOUT | {"title": "A plan", "units": {"finance.wacc_real": "1/y"}}
    result = replace(swept(**{"finance.wacc_real": [0.05, 0.06]}), manifest=about)
    ax = sweep_chart(result)
    assert ax.get_xlabel() == "Cost of capital, real, %/y"
    assert list(ax.get_lines()[0].get_xdata()) == pytest.approx([5.0, 6.0])
    assert ax.get_title(loc="left").startswith("A plan: ")


def test_a_figure_that_is_the_same_everywhere_has_no_scale_of_its_own():
    for axes in ({"a": [1, 2]}, {"a": [1]}):
        result = swept(**axes)
        ax = sweep_chart(replace(result, points=result.points * 0.0 + 5.0))
        assert ax.get_ylim()[0] == 0.0
        assert ax.get_ylim()[1] == pytest.approx(5.6)
    result = swept(a=[1, 2], b=[1, 2, 3])
    ax = sweep_chart(replace(result, points=result.points * 0.0 + 5.0))
    assert ax.get_title(loc="left").endswith("the same everywhere")
    assert len(ax.figure.axes) == 1, "no bar of colours"
    red, green, blue = ax.images[0].to_rgba(ax.images[0].get_array())[0, 0, :3]
    assert min(red, green, blue) > 0.9, "black numbers are read on it"


def test_targets_of_a_fan_are_told_apart_by_value_and_month():
    months = pd.date_range("2030-01-01", periods=12, freq="MS")
    goals = ("h100e_8bit>=288000 by 2030-06", "h100e_8bit>=300000 by 2030-12", "accelerators>=5 by 2030-12")
    made = SimpleNamespace(chances=[SimpleNamespace(goal=goal) for goal in goals], manifest=ABOUT)
    _, ax = plt.subplots()
    ax.plot(months, np.zeros(12))
    _mark_goals(ax, made, "h100e_8bit", 1.0)
    drawn = {line.get_label(): list(line.get_ydata()) for line in ax.lines[1:]}
    looks = {(line.get_marker(), line.get_fillstyle()) for line in ax.lines[1:]}
    assert len(looks) == len(drawn) == 2, "told apart in grey"
    assert list(drawn.values()) == [[288_000], [300_000]]
    for words, label in zip((">= 288,000 by 2030-06", ">= 300,000 by 2030-12"), drawn, strict=True):
        assert label.startswith("target: ")
        assert label.endswith(words)
    plt.close("all")
