"""The month x hour tables: shape, read-only, and the published means they came from."""

import numpy as np

from capsim.catalog import carbon_shape

DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def test_a_value_stands_where_its_row_says():
    assert carbon_shape("fra")[1, 23] == 0.879


def test_what_was_not_measured_is_none():
    assert carbon_shape("deu") is None
