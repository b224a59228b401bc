import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capsim.models.grid import Residual, hourly_carbon, hourly_price, normalised_shape, relative_price

shapes = arrays(np.float64, (12, 24), elements=st.floats(0.01, 5))
INDEX = np.arange(288)


@given(
    shape=shapes,
    level=st.floats(0, 500, allow_subnormal=False),
    adders=st.floats(-10, 50, allow_subnormal=False),
    residual=st.tuples(st.floats(0, 1), st.floats(-0.99, 0.999)),
    seed=st.integers(0, 2**32 - 1),
)
def test_twice_every_price_gives_twice_the_price_exactly(shape, level, adders, residual, seed):
    def price(factor):
        relative = relative_price(
            shape,
            INDEX,
            np.random.default_rng(seed),
            residual=Residual(*residual),
        )
        return hourly_price(relative, factor * level, factor * adders)

    assert np.array_equal(price(2.0), 2.0 * price(1.0))


@given(shape=shapes, factor=st.floats(0.01, 100))
def test_only_the_form_of_a_shape_matters(shape, factor):
    assert normalised_shape(factor * shape) == pytest.approx(normalised_shape(shape), rel=1e-12)


@given(shape=shapes, intensity=st.floats(0, 1000))
def test_carbon_is_never_negative(shape, intensity):
    assert np.all(hourly_carbon(intensity, shape, INDEX) >= 0)
