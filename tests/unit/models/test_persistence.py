import numpy as np
import pytest

from capsim.models.persistence import persistent


@pytest.mark.parametrize("memory", [0.7, 0.8, -0.5, 0.999, 0.0])
@pytest.mark.parametrize("shape", [(1,), (25,), (2, 24), (3, 1000)])
def test_blocks_give_what_a_step_by_step_sum_gives(shape, memory):
    innovations = np.random.default_rng(5).standard_normal(shape)
    expected = innovations.copy()
    for t in range(1, shape[-1]):
        expected[..., t] += memory * expected[..., t - 1]
    assert persistent(innovations, memory) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_innovations_are_not_changed():
    innovations = np.ones(30)
    persistent(innovations, 0.5)
    assert innovations.tolist() == [1.0] * 30
