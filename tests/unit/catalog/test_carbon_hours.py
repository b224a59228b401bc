"""Hours of carbon intensity.

Tests `catalog.carbon`.
"""

import numpy as np
import pytest

from capsim.catalog import carbon_shape, carbon_zones, load_catalog

CATALOG = load_catalog()
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@pytest.mark.parametrize("zone", carbon_zones())
def test_hours_of_a_zone_are_whole_positive_read_only_and_of_mean_one(zone):
    shape = carbon_shape(zone)
    assert not shape.flags.writeable
    assert np.all(shape > 0)
    assert np.average(shape.mean(axis=1), weights=DAYS) == pytest.approx(1.0, abs=0.01)


def test_fifty_two_zones_are_known_and_one_that_is_not_has_none():
    assert len(carbon_zones()) == 52
    assert carbon_shape("XX") is None


@pytest.mark.parametrize("zone", ["DE", "ES", "US-CAL-CISO", "AU-NSW"])
def test_grids_of_much_sun_are_cleanest_at_the_noon_of_their_sun(zone):
    """Longitudes 10, -4, -120 and 151 degrees: noon at 11:20, 12:15, 20:00 and 2:00 UTC."""
    noon_h = (12 - {"DE": 10, "ES": -4, "US-CAL-CISO": -120, "AU-NSW": 151}[zone] / 15) % 24
    cleanest = int(carbon_shape(zone).mean(axis=0).argmin())
    assert min(abs(cleanest - noon_h), 24 - abs(cleanest - noon_h)) <= 2


def test_countries_name_zones_that_are_there_and_say_whose_hours_are_another_s():
    for country, entry in CATALOG.tables["carbon"].items():
        if "zone" in entry:
            assert entry.text("zone") in carbon_zones(), country
    lent = {country for country, entry in CATALOG.tables["carbon"].items() if "lent_because" in entry}
    assert lent == {"irl", "che", "chn", "usa", "aus", "bra", "can", "mys"}


def test_the_trend_of_a_country_falls_and_its_range_reaches_to_none():
    trend = CATALOG.entry("carbon", "deu").get("trend_per_y")
    assert (trend.low, trend.value, trend.high) == (-0.08, -0.04, 0.0)
