"""The level of a tariff is the mean of each calendar year of its prices; sites share what they have alike.

Tests `operations.year_bank`, `operations.surroundings`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.operations.surroundings import Sky, price_years_of
from capsim.operations.year_bank import Key, relative_price_hours
from capsim.scenario.loading import loads
from capsim.units import HOURS_PER_DAY

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


TEXAN = {"zone": "usa-ercot"}


@pytest.mark.parametrize("is_banked", [False, True])
@pytest.mark.parametrize("zone", ["fra", "deu", "fin"])
def test_each_calendar_year_has_a_mean_of_one_and_years_differ(zone, is_banked):
    site = make.standing_site(country=zone, tariff={"preset": f"{zone}-wholesale-plus"})
    scenario = loads(make.scenario(site, horizon_years=4, start="2026-01-01"))
    years = price_years_of(scenario, scenario.sites[0])
    relative = relative_price_hours(Key(0, 0, is_banked), years, scenario.calendar)
    by_year = np.split(relative, np.flatnonzero(np.diff(scenario.calendar.year_of_hour)) + 1)
    # a leap year has the hours of 28 February twice: one day of 366
    assert [year.mean() for year in by_year] == pytest.approx([1.0] * 4, abs=0.01)
    assert len({round(float(year.std()), 6) for year in by_year}) > 1


def test_a_tariff_moves_by_the_hours_of_the_zone_that_it_names():
    """A French level of 50 by Texan hours: the mean is kept, and the hours are those of Texas."""
    french = {"preset": "fra-wholesale-plus", "level_per_mwh": 50.0}
    sites = [make.standing_site(id=f"s{i}", tariff=french | zone) for i, zone in enumerate(({}, TEXAN))]
    scenario = loads(make.scenario(*sites, horizon_years=1, start="2026-01-01"))
    own, texan = (Sky(scenario, Key(0, 0, False)).over(site) for site in scenario.sites)
    years = price_years_of(scenario, scenario.sites[1])
    assert years.market.name == "US-ERCOT-HUBAVG"
    assert np.mean(texan.price_per_mwh) == pytest.approx(np.mean(own.price_per_mwh))
    relative = relative_price_hours(Key(0, 0, False), years, scenario.calendar)
    assert texan.price_per_mwh - texan.adders_per_mwh == pytest.approx(50.0 * relative)


def test_prices_and_carbon_are_made_once_for_the_sites_that_share_them():
    """In France two share both, one of another tariff the carbon; one in Germany has its own."""
    dear = {"preset": "fra-wholesale-plus", "network_per_mwh": 30.0}
    sites = [
        make.standing_site(id="a", country="fra"),
        make.standing_site(id="b", country="fra"),
        make.standing_site(id="c", country="fra", tariff=dear),
        make.standing_site(id="d", country="deu"),
    ]
    scenario = loads(make.scenario(*sites, horizon_years=2))
    key = Key(0, 0, False)
    together = Sky(scenario, key)
    a, b, c, d = (together.over(site) for site in scenario.sites)
    assert a.price_per_mwh is b.price_per_mwh
    assert a.carbon_g_per_kwh is b.carbon_g_per_kwh is c.carbon_g_per_kwh
    for site, around in zip(scenario.sites, (a, b, c, d), strict=True):
        alone = Sky(scenario, key).over(site)
        np.testing.assert_array_equal(around.price_per_mwh, alone.price_per_mwh)
        np.testing.assert_array_equal(around.carbon_g_per_kwh, alone.carbon_g_per_kwh)
        np.testing.assert_array_equal(around.residual_g_per_kwh, alone.residual_g_per_kwh)
    assert np.mean(c.price_per_mwh) != pytest.approx(np.mean(a.price_per_mwh))
    assert not np.array_equal(d.carbon_g_per_kwh, a.carbon_g_per_kwh)


def test_a_year_as_months_has_its_level_in_each_month_and_as_a_year_it_has_not(tmp_path):
    """The same levels, and yet no shared price: months given each have their mean, those of a year differ."""
    lines = {
        "year": ["year,price_eur_per_mwh", "2026,60", "2027,60"],
        "month": ["month,price_eur_per_mwh", *(f"{2026 + m // 12}-{m % 12 + 1:02d},60" for m in range(24))],
    }
    sites = []
    for name, text in lines.items():
        file = tmp_path / f"{name}.csv"
        file.write_text("\n".join([*text, ""]), encoding="utf-8")
        tariff = {
            "preset": "fra-wholesale-plus",
            "level_per_mwh": {"file": str(file), "beyond": "hold"},
            "trend_per_y": 0,
        }
        sites.append(make.standing_site(id=name, country="fra", tariff=tariff))
    scenario = loads(make.scenario(*sites, horizon_years=2, start="2026-01-01"))
    sky = Sky(scenario, Key(0, 0, False))
    hours = np.diff(scenario.calendar.month_start_d) * HOURS_PER_DAY
    of_year, of_months = (
        scenario.calendar.sum_by_month(sky.over(site).wholesale_per_mwh) / hours for site in scenario.sites
    )
    assert of_months == pytest.approx(np.full(24, 60.0))
    assert np.ptp(of_year) > 1.0
