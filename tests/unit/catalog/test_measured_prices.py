"""Markets and their measured years.

Tests `catalog.price_hours`.
"""

import numpy as np
import pytest

from capsim.catalog import load_catalog, market_of, price_years, turned
from capsim.catalog.reading import COLUMNS
from capsim.catalog.wide import names_in, rows_of
from capsim.errors import CatalogError

CATALOG = load_catalog()
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@pytest.mark.parametrize("market", names_in("price_shape"))
def test_shapes_of_a_market_are_whole_read_only_and_of_mean_one(market):
    for year in price_years(market):
        assert year.shape.shape == (12, 24)
        assert not year.shape.flags.writeable
        assert np.average(year.shape.mean(axis=1), weights=DAYS) == pytest.approx(1.0, abs=0.03)
        assert np.all(np.diff(year.quantiles.shares) > 0)
        assert np.all(np.diff(year.quantiles.prices) >= 0)


def test_a_value_stands_where_its_row_says():
    year = {year.year: year for year in price_years("FR")}[2024]
    assert year.mean == 58.02
    assert year.negative_hours == 352
    assert year.residual == (0.479, 0.94, 0.472)


@pytest.mark.parametrize("zone", CATALOG.names("electricity_prices"))
def test_every_zone_has_hours_of_its_own_or_says_why_not(zone):
    market = market_of(CATALOG, zone)
    assert market.name in names_in("price_shape")
    entry = CATALOG.entry("electricity_prices", zone)
    assert market.is_own == ("lent_because" not in entry)


def test_every_market_that_ships_states_its_terms_and_none_of_a_closed_exchange_does():
    for market in names_in("price_years"):
        for row in rows_of("price_years", market):
            assert row["terms"].startswith(("CC BY 4.0 (", "public domain (")), market
            # a copy of the platform may be the source of factors, and never of the right to ship them
            assert "ENTSO-E" not in row["terms"], market
    assert not {"NO1", "NO5", "SE1", "SE3", "JP-TOKYO", "SG-USEP"} & set(names_in("price_years"))


def test_borrowed_hours_are_turned_to_the_sun_of_the_zone():
    tokyo = market_of(CATALOG, "jpn-tokyo")
    year = price_years(tokyo.name)[-1]
    noon_there, noon_here = (
        int(shape.mean(axis=0)[2:14].argmin()) for shape in (year.shape, turned(tokyo, year))
    )
    assert noon_here != noon_there
    assert turned(tokyo, year).mean() == pytest.approx(year.shape.mean())


def test_a_zone_of_one_s_own_may_name_a_market_and_a_wrong_one_is_told(tmp_path):
    path = tmp_path / "mine.csv"

    def mine(*rows):
        path.write_text("\n".join([",".join(COLUMNS), *rows]), encoding="utf-8")
        return load_catalog({"electricity_prices": path})

    assert market_of(mine("mine,market,FR,text,,,assumed,assumed,,,"), "mine").name == "FR"
    assert market_of(mine("mine,title,Mine,text,,,assumed,assumed,,,"), "mine") is None
    with pytest.raises(CatalogError, match="no hourly prices of market DE"):
        market_of(mine("mine,market,DE,text,,,assumed,assumed,,,"), "mine")
