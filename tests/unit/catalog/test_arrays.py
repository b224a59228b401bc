"""The month x hour tables: shape, read-only, and the published means they came from."""

import numpy as np
import pytest

from capsim.catalog import (
    carbon_shape,
    climate_names,
    climate_table,
    in_utc,
    load_catalog,
    price_residual,
    price_shape,
)
from capsim.errors import CatalogError

DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
CLIMATES = load_catalog().names("climates")


@pytest.mark.parametrize("name", CLIMATES)
def test_a_climate_has_full_read_only_tables(name):
    table = climate_table(name)
    for values in (table.dry_bulb_mean_c, table.wet_bulb_mean_c):
        assert values.shape == (12, 24)
        assert not values.flags.writeable
    assert np.all(table.wet_bulb_mean_c <= table.dry_bulb_mean_c)
    for values in (table.dry_bulb_sd_k, table.wet_bulb_sd_k):
        assert values.shape == (12,)
        assert np.all(values > 0)
    for values in (table.corr_dry_wet, table.lag1_hour_corr, table.lag1_day_corr):
        assert values.shape == (12,)
        assert np.all(np.abs(values) <= 1)


@pytest.mark.parametrize("name", CLIMATES)
def test_the_means_give_the_annual_mean_of_the_climate(name):
    table, climate = climate_table(name), load_catalog().entry("climates", name)
    for means, field in (
        (table.dry_bulb_mean_c, "dry_bulb_mean_c"),
        (table.wet_bulb_mean_c, "wet_bulb_mean_c"),
    ):
        annual = np.average(means.mean(axis=1), weights=DAYS)
        assert annual == pytest.approx(climate.number(field), abs=0.1)


def test_a_value_stands_where_its_row_says():
    # climate_means.csv, first row: paris, month 1, hour 0.
    assert climate_table("paris").dry_bulb_mean_c[0, 0] == 5.23
    assert climate_table("paris").wet_bulb_mean_c[0, 1] == 4.54
    assert climate_table("nancy").dry_bulb_sd_k[1] == 4.171
    assert price_shape("fra", 2023)[0, 1] == 1.042
    assert carbon_shape("fra")[1, 23] == 0.879


def test_an_unknown_climate_is_named():
    with pytest.raises(CatalogError) as raised:
        climate_table("pariss")
    assert str(raised.value) == "no weather tables for climate pariss; did you mean paris?"


def test_tables_are_read_once():
    assert climate_table("lyon") is climate_table("lyon")
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


def test_every_shipped_climate_has_weather_tables():
    assert set(climate_names()) == set(load_catalog().names("climates"))


def test_hours_are_turned_from_local_time_to_utc():
    local, utc = climate_table("dallas"), climate_table("dallas", utc_offset_h=-6)
    # 15:00 in Dallas is 21:00 UTC
    assert np.array_equal(utc.dry_bulb_mean_c[:, 21], local.dry_bulb_mean_c[:, 15])
    assert np.array_equal(utc.wet_bulb_mean_c[:, 3], local.wet_bulb_mean_c[:, 21])
    assert np.array_equal(in_utc(price_shape("fra"), 1)[:, 17], price_shape("fra")[:, 18])


def test_every_climate_has_its_clock_and_is_warmest_in_its_afternoon():
    catalog = load_catalog()
    for name in catalog.names("climates"):
        offset = int(catalog.entry("climates", name).number("utc_offset_h"))
        july = climate_table(name, utc_offset_h=offset).dry_bulb_mean_c[6]
        assert 12 <= (np.argmax(july) + offset) % 24 <= 18, name
