"""Tornado, Sobol' indices and sweeps.

Tests `study.sensitivities`, `study.sweeps`.
"""

from __future__ import annotations

import numpy as np
import pytest

from capsim.errors import ScenarioError, StudyError
from capsim.scenario.draws.sample import drawn_together
from capsim.scenario.loading import override
from capsim.study.draws import Design
from capsim.study.sensitivities import OTHERS, STREAMS, factors_of, saltelli_indices, sensitivity, sobol_table
from capsim.study.sweeps import parse_axes, parse_axis, sweep


def ishigami(x):
    x = np.pi * (2 * x - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


A = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])


def g_function(x):
    return np.prod((np.abs(4 * x - 2) + A) / (1 + A), axis=1)


def ishigami_truth():
    v1, v2, v13 = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 49 / 8, 0.1**2 * np.pi**8 * (1 / 18 - 1 / 50)
    total = v1 + v2 + v13
    return np.array([v1, v2, 0]) / total, np.array([v1 + v13, v2, v13]) / total


def g_truth():
    v = 1 / (3 * (1 + A) ** 2)
    total = np.prod(1 + v) - 1
    return v / total, v * np.prod(1 + v) / (1 + v) / total


def test_indices_are_those_of_scipy():
    from scipy.stats import sobol_indices

    values = np.random.default_rng(4).random((64, 5))
    given = {"f_A": values[None, :, 0], "f_B": values[None, :, 1], "f_AB": values.T[2:, None, :]}
    theirs = sobol_indices(func=given, n=64)
    ours = saltelli_indices(values)
    np.testing.assert_allclose(ours[0], np.ravel(theirs.first_order), rtol=1e-9)
    np.testing.assert_allclose(ours[1], np.ravel(theirs.total_order), rtol=1e-9)


@pytest.mark.parametrize(
    ("function", "width", "truth"), [(ishigami, 3, ishigami_truth()), (g_function, 6, g_truth())]
)
def test_indices_match_published_functions(function, width, truth):
    """Ishigami & Homma (1990) and Sobol's g-function, each index inside its 95 % interval or near it."""
    n = 4096
    names = tuple(map(str, range(width)))
    a, b = (Design(names, 3, part=part).rows(0, n) for part in ("", "B"))
    values = [function(a), function(b)]
    for i in range(width):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        values.append(function(mixed))
    table = sobol_table([str(i) for i in range(width)], np.array(values).T, 0).sort_index()
    for name, expected in zip(("first", "total"), truth, strict=True):
        error = (table[f"{name}_high"] - table[f"{name}_low"]).to_numpy() / 2 / 1.96
        assert (np.abs(table[name].to_numpy() - expected) <= 4 * error + 1e-3).all()


def test_a_constant_has_no_indices():
    with pytest.raises(StudyError, match="does not vary"):
        sobol_table(["x"], np.ones((8, 3)), 0)


def test_the_tornado_has_every_value_widest_first(small):
    result = sensitivity(small, processes=1)
    assert set(result.tornado.index) == set(drawn_together(small))
    swings = result.tornado["swing"].abs().to_numpy()
    assert (np.diff(swings) <= 0).all()
    assert result.tornado.index[0] == "workload.allocation"
    assert result.tornado.loc["workload.allocation", "at_p10"] > result.central
    assert result.indices is None


def test_indices_come_with_intervals_whatever_the_processes(small):
    one = sensitivity(small, sobol=8, top=2, processes=1)
    two = sensitivity(small, sobol=8, top=2, processes=2)
    assert one.to_dict() == two.to_dict()
    assert set(one.indices.index) == {*one.tornado.index[:2], OTHERS, STREAMS}
    assert (one.indices["total_low"] <= one.indices["total_high"]).all()


def test_correlated_values_are_one_factor():
    design = Design(("a", "b", "c", "d"), 0, correlated=(("a", "c", 0.5), ("a", "set", 0.5)))
    assert factors_of(design, ["a", "c", "b"]) == {
        "a and 1 correlated": (0, 2),
        "b": (1,),
        OTHERS: (3,),
        STREAMS: (4,),
    }


def test_wrong_bases_and_figures_are_refused(small):
    with pytest.raises(StudyError, match="power of 2"):
        sensitivity(small, sobol=12)
    with pytest.raises(StudyError, match="no result is called"):
        sensitivity(small, "pou")


@pytest.mark.parametrize(
    ("text", "axis"),
    [
        ("a=1:10:3", ("a", (1, 4, 7, 10))),
        ("a=0.1:0.3:0.1", ("a", (0.1, 0.2, 0.3))),
        ("a=3:1:-1", ("a", (3, 2, 1))),
        ("a.b = x, 2.5", ("a.b", ("x", 2.5))),
    ],
)
def test_axes_in_words(text, axis):
    assert parse_axis(text) == axis


@pytest.mark.parametrize("text", ["a", "a=", "=1", "a=1:5:-1", "a=1:5:0"])
def test_wrong_axes_are_refused(text):
    with pytest.raises(StudyError, match=r"an axis is written|a range needs a step"):
        parse_axis(text)


def test_a_sweep_is_the_product_of_its_axes(small):
    axes = {"finance.wacc_real": [0.05, 0.09], "workload.allocation": [0.5, 0.7, 0.9]}
    result = sweep(small, axes, processes=1)
    assert list(result.points.index.names) == list(axes)
    assert len(result.points) == 6
    cost = result.points[result.figure]
    assert cost[0.05, 0.9] < cost[0.05, 0.5] < cost[0.09, 0.5]
    point = sweep(override(small, {"finance.wacc_real": 0.05}), {"workload.allocation": [0.7]}, processes=1)
    assert point.points[result.figure].iloc[0] == cost[0.05, 0.7]


def test_axes_of_the_scenario_are_swept(small):
    with pytest.raises(StudyError, match="needs an axis"):
        sweep(small)
    axes = [{"path": "finance.wacc_real", "values": [0.05, 0.06]}]
    assert len(sweep(override(small, {"axes": axes}), processes=1).points) == 2


def test_an_impossible_point_is_named(small):
    with pytest.raises(ScenarioError, match="at most 1"):
        sweep(small, {"workload.allocation": [0.5, 1.5]}, processes=1)


def test_a_path_has_one_axis():
    assert parse_axes(["a=1,2", "b=3"]) == {"a": (1, 2), "b": (3,)}
    with pytest.raises(StudyError, match="a is swept twice"):
        parse_axes(["a=1,2", "a=3"])
