"""Power caps: where they bite, and what they cost.

Tests `models.it_power`.
"""

import numpy as np
import pytest

from capsim.models.it_power import capped

H100 = {"power_utilisation": 1.0, "idle_share": 0.1}


@pytest.mark.parametrize(("loss_per_cap", "lost"), [(0.84, 0.12), (0.455, 0.065)])
def test_the_published_point_of_600_of_700_w(loss_per_cap, lost):
    """12 % of training and 6.5 % of memory-bound inference (factryze.ai, 2026)."""
    _, throughput = capped(600 / 700, loss_per_cap=loss_per_cap, **H100)
    assert 1 - throughput == pytest.approx(lost, rel=1e-9)


def test_a_cap_above_the_draw_changes_nothing():
    assert capped(0.9, power_utilisation=0.7, idle_share=0.2, loss_per_cap=0.84) == (0.7, 1.0)


def test_power_is_at_the_cap_and_throughput_never_negative():
    utilisation, throughput = capped(0.3, loss_per_cap=2.0, **H100)
    assert 0.1 + 0.9 * utilisation == pytest.approx(0.3)
    assert throughput == 0.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"power_cap": 0.05},
        {"power_cap": 1.1},
        {"idle_share": 1.0},
        {"power_utilisation": np.nan},
        {"loss_per_cap": -0.1},
    ],
)
def test_arguments_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        capped(**({"power_cap": 0.8, "loss_per_cap": 0.84, **H100} | wrong))
