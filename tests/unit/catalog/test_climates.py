"""Climates: tables of every place in UTC, extremes, analogues and what is nearest.

Tests `catalog.climates`, `catalog.wide`.
"""

import numpy as np
import pytest

from capsim.catalog import climate_names, climate_table, in_utc, load_catalog, nearest, source_of
from capsim.catalog.reading import COLUMNS
from capsim.errors import CatalogError

CATALOG = load_catalog()
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
PLACES = CATALOG.names("climates")
SOUTH = {"sydney", "melbourne", "auckland", "sao-paulo", "santiago", "johannesburg", "jakarta", "nairobi"}


def number(place, field):
    return CATALOG.entry("climates", place).number(field)


@pytest.mark.parametrize("place", PLACES)
def test_a_place_has_full_read_only_tables(place):
    table = climate_table(CATALOG, place)
    for values in (table.dry_bulb_mean_c, table.wet_bulb_mean_c):
        assert values.shape == (12, 24)
        assert not values.flags.writeable
    assert np.all(table.wet_bulb_mean_c <= table.dry_bulb_mean_c)
    for values in (table.dry_bulb_sd_k, table.wet_bulb_sd_k):
        assert values.shape == (12,)
        assert np.all(values > 0)
    for percentiles in (table.dry_bulb_percentiles_c, table.wet_bulb_percentiles_c):
        assert np.all(np.diff(percentiles[1:]) > 0)
        assert not percentiles.flags.writeable


@pytest.mark.parametrize("place", climate_names())
@pytest.mark.parametrize("bulb", ["dry_bulb_mean_c", "wet_bulb_mean_c"])
def test_the_means_give_the_annual_mean_of_the_climate(place, bulb):
    annual = np.average(getattr(climate_table(CATALOG, place), bulb).mean(axis=1), weights=DAYS)
    assert annual == pytest.approx(number(place, bulb), abs=0.1)


def test_a_value_stands_where_its_row_says_in_utc():
    # climate_means.csv, first rows of paris: hour 0 of January is 23:00 UTC
    assert climate_table(CATALOG, "paris").dry_bulb_mean_c[0, 23] == 5.23
    assert climate_table(CATALOG, "paris").wet_bulb_mean_c[0, 0] == 4.54
    assert climate_table(CATALOG, "nancy").dry_bulb_sd_k[1] == 4.171


@pytest.mark.parametrize("place", PLACES)
def test_every_place_is_warmest_in_the_afternoon_of_its_sun(place):
    """The first harmonic of the mean day has its peak from 12:30 to 16:00 of solar time."""
    day = climate_table(CATALOG, place).dry_bulb_mean_c.mean(axis=0)
    peak_utc_h = -np.angle(np.fft.fft(day)[1]) / (2 * np.pi) * 24
    solar_h = (peak_utc_h + number(place, "longitude_deg") / 15) % 24
    assert 12.5 <= solar_h <= 16.0


@pytest.mark.parametrize("place", PLACES)
def test_summer_is_where_the_hemisphere_has_it(place):
    if abs(number(place, "latitude_deg")) < 24:
        return
    months = climate_table(CATALOG, place).dry_bulb_mean_c.mean(axis=1)
    is_warm_in_july = months[6] > months[0]
    assert is_warm_in_july == (number(place, "latitude_deg") > 0)


def test_an_hour_of_a_half_hour_zone_lies_between_two_local_ones():
    local = np.arange(24.0)
    # 00:00 UTC is 05:30 in Mumbai
    assert in_utc(local, 5.5)[0] == 5.5
    assert number("mumbai", "utc_offset_h") == 5.5


def test_the_extremes_are_those_of_design_conditions_where_they_are_higher():
    # Amsterdam: 27.8 degC (ASHRAE 2009) against 25.6 of the typical year, 0.43 K of which are to come
    assert climate_table(CATALOG, "amsterdam").dry_bulb_percentiles_c[-1] == pytest.approx(27.8 - 0.43)
    # Paris has no design conditions: its typical year
    assert climate_table(CATALOG, "paris").dry_bulb_percentiles_c[-1] == 30.05


@pytest.mark.parametrize("place", PLACES)
def test_the_highest_temperatures_are_those_of_the_years(place):
    table, source = climate_table(CATALOG, place), source_of(CATALOG, place)
    assert (table.dry_bulb_max_c, table.wet_bulb_max_c) == (
        number(source, "dry_bulb_max_c"),
        number(source, "wet_bulb_max_c"),
    )


def test_an_analogue_stands_in_at_the_hours_of_the_place_s_own_sun():
    assert source_of(CATALOG, "warsaw") == "munich"
    here, there = climate_table(CATALOG, "warsaw"), climate_table(CATALOG, "munich")
    # Warsaw lies 9.2 degrees east: its day is 37 minutes earlier
    shift = (number("warsaw", "longitude_deg") - number("munich", "longitude_deg")) / 15
    assert here.dry_bulb_mean_c == pytest.approx(in_utc(there.dry_bulb_mean_c, shift), abs=0.1)


def test_each_analogue_has_tables_and_lies_in_the_same_half_of_the_earth():
    analogues = {place: source_of(CATALOG, place) for place in PLACES if source_of(CATALOG, place) != place}
    assert len(analogues) == 16
    for place, source in analogues.items():
        north = [number(name, "latitude_deg") > 0 for name in (place, source)]
        assert north[0] == north[1] or abs(number(place, "latitude_deg")) < 10


def test_the_nearest_place_is_found_on_the_sphere():
    assert nearest(CATALOG, 48.9, 2.4) == "paris"
    # across the date line: Auckland is nearer to 178 W than anything of America
    assert nearest(CATALOG, -37.0, -178.0) == "auckland"


def test_a_table_is_made_once():
    assert climate_table(CATALOG, "lyon") is climate_table(load_catalog(), "lyon")


def test_a_user_s_own_place_takes_the_analogue_it_names(tmp_path):
    path = tmp_path / "mine.csv"
    rows = ["grid,analogue,paris,text,,,assumed,assumed,,,", "grid,longitude_deg,17,deg,,,assumed,assumed,,,"]
    path.write_text("\n".join([",".join(COLUMNS), *rows]), encoding="utf-8")
    mine = load_catalog({"climates": path})
    shifted = in_utc(climate_table(CATALOG, "paris").dry_bulb_mean_c, (17 - 2.01) / 15)
    assert climate_table(mine, "grid").dry_bulb_mean_c == pytest.approx(shifted, abs=0.1)
    path.write_text("\n".join([",".join(COLUMNS), rows[0].replace("paris", "pariss")]), encoding="utf-8")
    with pytest.raises(CatalogError, match="no weather tables for climate pariss; did you mean paris"):
        climate_table(load_catalog({"climates": path}), "grid")
