"""Seasons and extremes of synthetic years in every climate of the catalogue.

The hottest hour of a year is in a warm month. No dry-bulb passes the record that the climate's hour in 250
and its summer's spread allow, or the highest it states; no wet-bulb the highest it states by over 1.5 K.
Months keep their means and spreads. A month is warm if it is in the warmer half of the months by its mean.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from capsim.catalog import climate_names, climate_table, load_catalog
from capsim.models import weather, weather_months
from capsim.models.weather import weather_hours
from capsim.units import calendar

CATALOG = load_catalog()
CLIMATES = [*climate_names()]
HOURS = calendar(np.datetime64("2027-01-01").item(), 12).month_hour_index
MONTH = HOURS // 24
N_YEARS = 10


class Bulb(NamedTuple):
    """What a climate states of a bulb."""

    mean_c: NDArray[np.float64]
    sd_k: NDArray[np.float64]
    percentiles_c: NDArray[np.float64]
    max_c: float


def stated(climate: str, bulb: str) -> Bulb:
    table = climate_table(CATALOG, climate)
    names = (f"{bulb}_{what}" for what in ("mean_c", "sd_k", "percentiles_c", "max_c"))
    return Bulb(*(getattr(table, name) for name in names))


@lru_cache
def years(climate: str) -> dict[str, NDArray[np.float64]]:
    """Ten years of each bulb, shape (10, 8760)."""
    seeds = [[7, CLIMATES.index(climate), year] for year in range(N_YEARS)]
    table = climate_table(CATALOG, climate)
    made = [weather_hours(table, HOURS, np.random.default_rng(seed)) for seed in seeds]
    dry, wet = (np.stack(series) for series in zip(*made, strict=True))
    return {"dry_bulb": dry, "wet_bulb": wet}


def warmer_half(mean_c: NDArray[np.float64], sign: int = 1) -> set[int]:
    """Months of the warmer half by their mean; of the colder half with -1."""
    return {*np.argsort(sign * mean_c.mean(axis=1))[6:].tolist()}


BULBS = ["dry_bulb", "wet_bulb"]
SEASONLESS = {
    "dry_bulb": {
        "mumbai": "its afternoons are warm from October to June",
        "johor": "its months are alike",
        "bogota": "its months are alike",
    },
    "wet_bulb": {
        "mumbai": "October has humid days before it dries",
        "bengaluru": "November as well",
        "johor": "its months are alike",
        "bogota": "its months are alike",
    },
}
"""Climates of the tropics where a hottest or a coldest hour may be in the other half of the year."""
MISSED = {
    ("dry_bulb", "sao-paulo"): "one year of ten has its hottest hour in August, whose days spread by 3 K",
    (
        "dry_bulb",
        "zurich",
    ): "one year of ten has its hottest hour in April, whose afternoons are warmer than October's",
}


@pytest.mark.parametrize("bulb", BULBS)
@pytest.mark.parametrize("climate", CLIMATES)
def test_the_extremes_of_every_year_are_in_their_season(
    climate: str, bulb: str, request: pytest.FixtureRequest
) -> None:
    if (bulb, climate) in MISSED:
        request.applymarker(pytest.mark.xfail(strict=True, reason=MISSED[bulb, climate]))
    mean_c, made = stated(climate, bulb).mean_c, years(climate)[bulb]
    hottest, coldest = set(MONTH[made.argmax(axis=1)].tolist()), set(MONTH[made.argmin(axis=1)].tolist())
    if climate not in SEASONLESS[bulb]:
        assert hottest <= warmer_half(mean_c)
        assert coldest <= warmer_half(mean_c, -1)
        return
    warmest_c = mean_c.max(axis=1)
    assert warmest_c[[*hottest]].min() > warmest_c.max() - 4.0


@pytest.mark.parametrize("bulb", BULBS)
@pytest.mark.parametrize("climate", CLIMATES)
def test_no_hour_is_hotter_than_the_stated_extreme_allows(climate: str, bulb: str) -> None:
    wanted, made = stated(climate, bulb), years(climate)[bulb]
    warmest = wanted.mean_c.max(axis=1).argmax()
    if bulb == "dry_bulb":
        highest_c = max(wanted.max_c, wanted.percentiles_c[-1] + 3.0 * wanted.sd_k[warmest])
    else:
        highest_c = max(wanted.max_c, wanted.percentiles_c[-1]) + 1.5
    assert made.max() <= highest_c + 1e-6
    # and the tail is not cut away: half of the years come near to it
    assert np.median(made.max(axis=1)) >= wanted.percentiles_c[-1]


def test_the_hottest_hours_of_years_are_near_those_of_the_tables() -> None:
    """In the middle of the climates within 0.5 K; the tables' are of single years, so single ones differ."""
    for bulb in BULBS:
        above = [years(c)[bulb].max(axis=1).mean() - stated(c, bulb).max_c for c in CLIMATES]
        assert abs(np.median(above)) <= 0.5


@pytest.mark.parametrize("climate", CLIMATES)
def test_months_keep_their_means_and_spreads(climate: str) -> None:
    """In the long run, after the cut at the dry-bulb: means to 0.2 K, spreads to 11 and 13 %."""
    spread = {"dry_bulb": 0.11, "wet_bulb": 0.13}
    table = climate_table(CATALOG, climate)
    dry = weather.dry_bulb_months(table)
    made = {"dry_bulb": (dry, None)}
    at_wet = weather_months.dry_bulb_of_wet(dry, table.corr_dry_wet)
    made["wet_bulb"] = (weather.wet_bulb_months(table), at_wet)
    for bulb, (months, most_c) in made.items():
        wanted = stated(climate, bulb)
        mean_c, spread_k = weather_months.moments_of(months, most_c)
        np.testing.assert_allclose(mean_c.mean(axis=1), wanted.mean_c.mean(axis=1), atol=0.2)
        np.testing.assert_allclose(spread_k, wanted.sd_k, rtol=spread[bulb])


@pytest.mark.parametrize("climate", ["dallas", "houston", "tucson", "marseille"])
def test_winters_of_wide_spread_have_no_summer_heat(climate: str) -> None:
    """Sixty years: Texas had 49.7 degC in December, Houston 39 degC wet-bulb in March."""
    table = climate_table(CATALOG, climate)
    dry, wet = weather_hours(table, np.tile(HOURS, 60), np.random.default_rng(0))
    month = np.tile(MONTH, 60)
    for made_c in (dry, wet):
        highest_c = np.array([made_c[month == m].max() for m in range(12)])
        assert highest_c[[11, 0, 1]].max() <= highest_c[[5, 6, 7]].max() - 4.0
