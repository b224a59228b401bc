"""What power caps cost, against published measurements of five chips (`published/caps.csv`).

Throughput against the power that modules draw, both over those without a cap. What is tried is that one curve
of each class has them, how wide its range is, and how far off the curve of the other studies is.
"""

import runpy
from collections import defaultdict
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.catalog import load_catalog
from capsim.models.system_power import cap_throughput
from capsim.models.uncertain import double_triangular

cases = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "docs" / "cap_cases.py")))
ROWS = cases.rows()


def curve(workload, cut):
    """Throughput left by the class: central, least and most of its range."""
    entry = load_catalog().entry("assumptions", f"workload-{workload}")
    scale, exponent = entry.get("loss_per_cap"), entry.get("cap_exponent")
    corners = product((scale.low, scale.high), (exponent.low, exponent.high))
    found = [cap_throughput(cut, loss_per_cap=one, exponent=other) for one, other in corners]
    central = cap_throughput(cut, loss_per_cap=scale.value, exponent=exponent.value)
    return central, min(found), max(found)


@pytest.mark.parametrize("most_cut", [0.3, 0.6])
def test_points_are_near_the_curve_of_their_class(most_cut):
    """Within 2.5 points in the median above 0.7 of the power, and 4 above 0.4, where chips differ more."""
    rows = [row for row in ROWS if float(row["cut"]) <= most_cut]
    errors = [abs(curve(row["workload"], float(row["cut"]))[0] - float(row["left"])) for row in rows]
    assert np.median(errors) < {0.3: 0.025, 0.6: 0.04}[most_cut]
    # an A40 loses more at half its power, an H100 on images less
    assert max(errors) < {0.3: 0.06, 0.6: 0.16}[most_cut]


def test_the_curve_lies_between_the_chips_and_its_range_holds_nine_in_ten():
    found = [(float(row["left"]), *curve(row["workload"], float(row["cut"]))) for row in ROWS]
    assert abs(np.median([left - central for left, central, _, _ in found])) < 0.02
    assert np.mean([low <= left <= high for left, _, low, high in found]) >= 0.9


def test_every_measured_curve_is_concave():
    """The first watts cost less than the last: what a line through one point at 600 of 700 W did not know."""
    by_chip = defaultdict(list)
    for row in ROWS:
        by_chip[row["what"]].append((float(row["cut"]), 1.0 - float(row["left"])))
    for points in by_chip.values():
        (first_cut, first_lost), *_, (last_cut, last_lost) = sorted(points)
        assert first_lost / first_cut < last_lost / last_cut


def test_the_curve_that_ships_is_the_fit_to_the_points_that_calibrate_it():
    refitted, shipped = cases.curve_without(), load_catalog().entry("assumptions", "workload-large-training")
    for field, found in (("loss_per_cap", refitted.loss_per_cap), ("cap_exponent", refitted.exponent)):
        value = shipped.get(field)
        assert (value.low, value.value, value.high) == tuple(round(number, 1) for number in found)
    assert {row["study"] for row in ROWS if row["calibrates"]} == {row["study"] for row in ROWS}
    assert [row["what"] for row in ROWS if not row["calibrates"]] == ["H100 SXM, ViT-L/16 training"] * 4


def left_out():
    return list(cases.points_left_out())


def test_studies_left_out_are_met_within_five_points_in_the_median():
    points = [abs(point.central - point.published) for point in left_out()]
    assert len(points) == 20
    assert np.median(points) < 0.055
    # mild caps, which cost little, are met better: an H100 on images keeps 0.70 at 0.57 cut, for 0.49
    assert max(points) < 0.21
    mild = [abs(p.central - p.published) for p in left_out() if float(p.row["cut"]) <= 0.3]
    assert max(mild) < 0.06


def test_most_points_are_inside_their_class():
    """In sample: most of them calibrate."""
    inside = [point.low <= point.published <= point.high for point in cases.points()]
    assert np.mean(inside) >= 0.75


def test_a_range_has_p10_and_p90_where_they_were_asked_for():
    """As the law of an ensemble has them; an end below the least is the least."""
    found = cases._range(1.0, (0.8, 1.5), 0.0)
    law = double_triangular(low=found.low, median=found.value, high=found.high)
    assert law.ppf(0.1) == pytest.approx(0.8)
    assert law.ppf(0.9) == pytest.approx(1.5)
    assert cases._range(1.2, (1.05, 1.4), 1.1).low == 1.1


def test_intervals_of_studies_left_out_hold_about_four_in_five():
    inside = [point.low <= point.published <= point.high for point in left_out()]
    assert 0.7 <= np.mean(inside) <= 0.9
