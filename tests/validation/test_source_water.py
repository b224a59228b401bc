"""Water at source by country: published factors against the generation mix and factors per technology."""

import pytest

from capsim.catalog import load_catalog

L_PER_GAL = 3.785411784
# Macknick et al. (2012), medians of operational consumption, gal/MWh: cooling towers, once-through
MACKNICK = {
    "coal": (687, 250), "gas": (205, 100), "oil": (826, 240), "nuclear": (672, 269), "bio": (553, 300)
}  # fmt: skip
HYDRO = 4491
# TWh of 2023 (OWID/Ember), total last
MIX = {
    "fra": ({"coal": 2.16, "gas": 31.43, "oil": 9.71, "nuclear": 335.65, "bio": 9.5}, 53.19, 514.11),
}  # fmt: skip


def l_per_kwh(gal_per_mwh):
    return gal_per_mwh * L_PER_GAL / 1000


def test_the_thermal_factor_of_france_is_its_mix_times_the_factors_per_technology():
    mix, hydro_twh, total_twh = MIX["fra"]
    towers, once = (
        l_per_kwh(sum(twh * MACKNICK[fuel][way] for fuel, twh in mix.items())) / total_twh for way in (0, 1)
    )
    thermal = load_catalog().entry("carbon", "fra").get("source_water_thermal_l_per_kwh")
    assert (thermal.low, thermal.high) == pytest.approx((once, towers), abs=0.005)
    assert thermal.value == pytest.approx((once + towers) / 2, abs=0.005)
    # with the reservoirs, as WRI counts: 3.5 against 3.67 published
    all_in = towers + l_per_kwh(hydro_twh * HYDRO) / total_twh
    assert all_in == pytest.approx(
        load_catalog().entry("carbon", "fra").number("source_water_l_per_kwh"), rel=0.06
    )


@pytest.mark.parametrize(
    ("country", "published"),
    # WRI (2020) as used by Li et al., arXiv 2304.03271, table 1, and Jegham et al., arXiv 2505.09598
    [("usa", 3.142), ("chn", 6.016)],
)
def test_the_factors_are_those_other_users_of_wri_print(country, published):
    assert load_catalog().entry("carbon", country).number("source_water_l_per_kwh") == pytest.approx(
        published, rel=0.005
    )


WITH_WATER = [
    name for name, grid in load_catalog().tables["carbon"].items() if "source_water_l_per_kwh" in grid
]
"""Countries with a factor of their own; the others have the default."""


@pytest.mark.parametrize("country", WITH_WATER)
def test_every_country_has_a_factor_inside_its_range_with_reservoirs_counted_or_not(country):
    """Reservoirs only add: the factor is never below that of the thermal plants alone."""
    entry = load_catalog().entry("carbon", country)
    with_reservoirs = entry.get("source_water_l_per_kwh")
    thermal = entry.get("source_water_thermal_l_per_kwh")
    assert with_reservoirs.low <= with_reservoirs.value <= with_reservoirs.high
    assert with_reservoirs.low == thermal.low
    assert thermal.low <= thermal.value <= with_reservoirs.value
