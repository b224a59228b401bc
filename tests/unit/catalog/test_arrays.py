"""The month x hour tables: shape, read-only, and the published means they came from."""

import numpy as np
import pytest

from capsim.catalog import carbon_shape, price_residual, price_shape

DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def test_a_value_stands_where_its_row_says():
    assert price_shape("fra", 2023)[0, 1] == 1.042
    assert carbon_shape("fra")[1, 23] == 0.879


def test_tables_are_read_once():
    assert price_shape("fra") is price_shape("fra")


def test_the_price_shape_is_the_mean_of_its_years():
    mean = price_shape("fra")
    assert mean.shape == (12, 24)
    assert not mean.flags.writeable
    np.testing.assert_allclose(mean, (price_shape("fra", 2023) + price_shape("fra", 2024)) / 2)
    for shape in (mean, carbon_shape("fra")):
        assert np.average(shape.mean(axis=1), weights=DAYS) == pytest.approx(1.0, abs=0.005)


def test_residuals_are_those_of_the_year():
    spread = price_residual("fra", 2024)
    assert spread[:2] == (0.479, 0.94)
    assert spread.quantiles == pytest.approx((0.0401, 0.0, 122.8 / 58.01))
    assert price_residual("fra", 2022).sd_over_mean == 0.361


def test_what_was_not_measured_is_none():
    assert price_shape("deu") is None
    assert price_shape("fra", 2019) is None
    assert price_residual("fra", 2019) is None
    assert price_residual("deu", 2024) is None
    assert carbon_shape("deu") is None
