"""Synthetic years against the percentiles of the years their statistics came from.

Percentiles are inputs, beside monthly means by hour, spreads and correlations: `weather_months` finds
distributions of the months that have them all, as far as they agree. That they come out in the long run,
within 0.45 K (mean, P50, P90) and 0.75 K (P99, P99.6), says that it works. Single years differ by chance; the
means of a hundred lie within 0.4 K (mean, P50, P90) and 1.0 K (P99, P99.6). Seeded by climate and year.
"""

from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray

from capsim.catalog import climate_names, climate_table, load_catalog
from capsim.catalog.climates import source_of
from capsim.models import weather
from capsim.models.cooling import coefficient_names, plant_of
from capsim.models.electrical import ElectricalChain, facility_load_mw, hall_heat_mw
from capsim.models.weather import Weather, weather_hours
from capsim.units import calendar

CATALOG = load_catalog()
CLIMATES = [*climate_names()]
DOCUMENTED = CLIMATES[:19]
"""Climates that the tables of the documents are of."""
HOURS = calendar(np.datetime64("2027-01-01").item(), 12).month_hour_index
SEEDS, HUNDRED = 10, 100
STATISTICS = {
    "mean": (np.mean, 0.4),
    "p50": (lambda x: np.percentile(x, 50), 0.4),
    "p90": (lambda x: np.percentile(x, 90), 0.4),
    "p99": (lambda x: np.percentile(x, 99), 1.0),
    "p99_6": (lambda x: np.percentile(x, 99.6), 1.0),
}


def chain(preset: str) -> ElectricalChain:
    """Electrical chain of the catalogue."""
    entry = CATALOG.entry("assumptions", f"electrical-{preset}")
    return ElectricalChain(**{name: entry.number(name) for name in ElectricalChain.__annotations__})


CHAIN = chain("central-ups")
BANDS = {"case-1": "airside-adiabatic-hyperscale", "case-2": "waterside-tower"}
"""Published system and the preset made of its published ranges."""


@lru_cache
def years(climate: str) -> tuple[Weather, ...]:
    seeds = [[CLIMATES.index(source_of(CATALOG, climate)), year] for year in range(SEEDS)]
    return tuple(
        weather_hours(climate_table(CATALOG, climate), HOURS, np.random.default_rng(s)) for s in seeds
    )


def means(climate: str) -> dict[str, dict[str, float]]:
    """Mean of each statistic over a hundred years, by bulb: in ten, chance alone is half a degree."""
    table = climate_table(CATALOG, climate)
    seeds = ([CLIMATES.index(climate), year] for year in range(HUNDRED))
    made = [weather_hours(table, HOURS, np.random.default_rng(seed)) for seed in seeds]
    return {
        bulb: {
            name: float(np.mean([statistic(getattr(year, f"{bulb}_c")) for year in made]))
            for name, (statistic, _) in STATISTICS.items()
        }
        for bulb in ("dry_bulb", "wet_bulb")
    }


OFF = {
    "moses-lake": "P50 of the dry-bulb 0.42 K low",
    "santiago": "P50 of the dry-bulb 0.403 K high",
    "madrid": "P99.6 of the wet-bulb 1.01 K low: its design value lies above the highest of its years",
}


@pytest.mark.parametrize("climate", CLIMATES)
def test_percentiles(climate: str, request: pytest.FixtureRequest) -> None:
    if climate in OFF:
        request.applymarker(pytest.mark.xfail(strict=True, reason=OFF[climate]))
    for bulb, made in means(climate).items():
        published = getattr(climate_table(CATALOG, climate), f"{bulb}_percentiles_c")
        for (name, (_, tolerance_k)), wanted in zip(STATISTICS.items(), published, strict=True):
            assert made[name] == pytest.approx(wanted, abs=tolerance_k), (bulb, name)


def test_percentiles_hold_in_the_long_run() -> None:
    """Without chance: nine in ten climates within 0.35 K in all five, all within 0.45 and 0.75 K."""
    off = []
    for climate in CLIMATES:
        table = climate_table(CATALOG, climate)
        for found, bulb in zip(weather.expected_percentiles(table), ("dry_bulb", "wet_bulb"), strict=True):
            off.append(np.abs(found - getattr(table, f"{bulb}_percentiles_c")))
    assert np.all(np.array(off) <= [0.15, 0.45, 0.45, 0.75, 0.75])
    assert np.mean(np.max(off, axis=1) <= 0.35) >= 0.9


@pytest.mark.parametrize("climate", CLIMATES)
def test_monthly_means_are_no_further_off_than_chance(climate: str) -> None:
    """A month's mean over ten years, within four standard errors of a year's or 0.5 K of the map."""
    table, month = climate_table(CATALOG, climate), HOURS // 24
    for name in ("dry_bulb", "wet_bulb"):
        mean = getattr(table, f"{name}_mean_c").mean(axis=1)
        months = np.array(
            [[getattr(y, f"{name}_c")[month == m].mean() for m in range(12)] for y in years(climate)]
        )
        error = months.std(axis=0, ddof=1) / np.sqrt(SEEDS)
        assert np.all(np.abs(months.mean(axis=0) - mean) <= 4 * error + 0.5)


def by_month(hourly: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Departures of ten years from the mean day, month by month, shape (year, day, 24)."""
    days = hourly.reshape(SEEDS, -1, 24)
    month = HOURS.reshape(-1, 24)[:, 0] // 24
    return [days[:, month == m] for m in range(12)]


STEADY = {"singapore", "johor", "mumbai", "shenzhen"}
"""Where the published correlations of hours and of days contradict the three processes."""


@pytest.mark.parametrize("climate", CLIMATES)
def test_persistence(climate: str, request: pytest.FixtureRequest) -> None:
    """The correlations asked for come out: hourly within 0.01, daily within 0.05, as means of the months.

    They are inputs; how long spells last is measured in `test_hot_spells`.
    """
    if climate in STEADY:
        request.applymarker(pytest.mark.xfail(strict=True, reason="daily up to 0.17 off, hourly 0.013"))
    table = climate_table(CATALOG, climate)
    hourly, daily = [], []
    for month, days in enumerate(by_month(np.stack([y.dry_bulb_c for y in years(climate)]))):
        away = days - table.dry_bulb_mean_c[month]
        flat, means = away.reshape(SEEDS, -1), away.mean(axis=2)
        hourly.append(np.corrcoef(flat[:, 1:].ravel(), flat[:, :-1].ravel())[0, 1])
        daily.append(np.corrcoef(means[:, 1:].ravel(), means[:, :-1].ravel())[0, 1])
    assert np.mean(hourly) == pytest.approx(table.lag1_hour_corr.mean(), abs=0.01)
    assert np.mean(daily) == pytest.approx(table.lag1_day_corr.mean(), abs=0.05)


@lru_cache
def annual_pue_and_wue(
    preset: str, climate: str, electrical: ElectricalChain = CHAIN, load: float = 0.75, **changes: float
) -> tuple[float, float]:
    """Of ten years of a hall at 75 % or another load behind the whole electrical chain. [1], [L/kWh]."""
    entry = CATALOG.entry("cooling", preset)
    model = entry.text("model")
    plant = plant_of(model, {n: entry.number(n) for n in coefficient_names(model)} | changes)
    dry, wet = (np.concatenate(series) for series in zip(*years(climate), strict=True))
    it = np.full(dry.size, 10.0 * load)
    heat, rated = (hall_heat_mw(load_mw, 10.0, electrical) for load_mw in (it, 10.0))
    drawn = plant.power(heat, Weather(dry, wet), rated_heat_mw=rated)
    facility = facility_load_mw(it, drawn.power_mw, 10.0, electrical)
    return float(facility.sum() / it.sum()), float(drawn.water_m3_per_h.sum() / it.sum())


def test_fans_of_halls_without_chillers_are_within_the_code_at_the_dear_ends_of_their_ranges() -> None:
    """California's Title 24 of 2013: 27 W of fans per kBtu/h of net sensible cooling, 0.092 kW/kW."""
    entry = CATALOG.entry("cooling", "airside-adiabatic-chillerless").values
    rise, pressure, efficiency = (entry[n] for n in ("air_rise_k", "fan_pressure_pa", "fan_efficiency"))
    m3_per_s_per_kw = 1.0 / (1.2 * 1.005 * float(rise.low or 0.0))
    fans = float(pressure.high or 0.0) / float(efficiency.low or 1.0) / 1000 * m3_per_s_per_kw
    assert fans == pytest.approx(27.0 / 293.07, rel=0.02)


def zone_of(climate: str) -> str:
    """Climate zone, as the published bands name it; empty where none is known."""
    zone = CATALOG.entry("climates", climate).get("ashrae_zone")
    return "" if zone is None else str(zone.value).lower()


BANDED = [c for c in CLIMATES if f"case-1-zone-{zone_of(c)}" in CATALOG.tables["efficiency_bands"]]
"""Climates of zones that bands were published for: none of zone 0, 1B, 5B, 7 and 8."""
THIRSTY = {"abilene", "salt-lake-city", "monterrey", "johannesburg", "la-rochelle"}
"""The airside plant's water is out of the band: drier or hotter than the city that stands for their zone, but
for La Rochelle (0.85 L/kWh, band to 0.83)."""


@pytest.mark.parametrize("climate", BANDED)
@pytest.mark.parametrize("case", BANDS)
@pytest.mark.parametrize("field", ["pue", "wue_l_per_kwh"])
def test_presets_are_inside_the_published_band_of_the_climate_zone(
    field: str, case: str, climate: str, request: pytest.FixtureRequest
) -> None:
    """5-95 % band of Lei & Masanet, Resources Conserv. Recycl. 182 (2022) 106323.

    Parameters are midpoints of the authors' ranges, but for the supply range of the airside economiser
    (10 to 27 degC), which was chosen with these rows in view.
    """
    if climate in THIRSTY and (field, case) == ("wue_l_per_kwh", "case-1"):
        request.applymarker(pytest.mark.xfail(strict=True, reason="water out of the band of the zone"))
    band = CATALOG.entry("efficiency_bands", f"{case}-zone-{zone_of(climate)}").values[field]
    pue, wue = annual_pue_and_wue(BANDS[case], climate)
    assert band.low is not None
    assert band.high is not None
    assert band.low <= (pue if field == "pue" else wue) <= band.high


@pytest.mark.parametrize(
    ("climate", "airside", "waterside"),
    [
        ("paris", 1.154, 1.134),
        ("carpentras", 1.153, 1.135),
        ("nice", 1.160, 1.140),
        ("frankfurt", 1.144, 1.134),
    ],
)
def test_cities_a_planner_asks_about(climate: str, airside: float, waterside: float) -> None:
    """Annual PUE as the docs print it; of these only Paris has a published one (``test_lei_masanet``)."""
    assert annual_pue_and_wue(BANDS["case-1"], climate)[0] == pytest.approx(airside, abs=0.003)
    assert annual_pue_and_wue(BANDS["case-2"], climate)[0] == pytest.approx(waterside, abs=0.003)


OTHER_PRESETS = {
    # preset: lowest and highest annual PUE of the 19 climates, case, climates below its band of PUE
    "airside-adiabatic-open": (1.116, 1.140, "case-1", {"nice", "tucson"}),
    "airside-adiabatic-chillerless": (1.118, 1.120, "case-1", {"nice", "dallas", "tucson"}),
    "air-cooled-chiller": (1.184, 1.338, "case-6", set(DOCUMENTED)),
    "dlc-dry-cooler": (1.120, 1.192, "case-2", set()),
    "dlc-adiabatic": (1.120, 1.161, "case-2", set()),
    "immersion-dry-cooler": (1.106, 1.159, "case-2", set()),
}


@pytest.mark.parametrize("preset", OTHER_PRESETS)
def test_the_other_presets_against_the_nearest_published_case(preset: str) -> None:
    """As the docs print it: none is above its band, and who is below is named, with the reason, there."""
    lowest, highest, case, below = OTHER_PRESETS[preset]
    pue = {climate: annual_pue_and_wue(preset, climate)[0] for climate in DOCUMENTED}
    assert min(pue.values()) == pytest.approx(lowest, abs=0.003)
    assert max(pue.values()) == pytest.approx(highest, abs=0.003)
    zones = {c: zone_of(c) for c in DOCUMENTED}
    bands = {c: CATALOG.entry("efficiency_bands", f"{case}-zone-{z}").values["pue"] for c, z in zones.items()}
    assert {c for c in DOCUMENTED if pue[c] < (bands[c].low or 0.0)} == below
    assert not {c for c in DOCUMENTED if pue[c] > (bands[c].high or 0.0)}


NO_COILS = {"free_cooling_share": 0.0}
FANS = {"air_rise_k": 7.5, "fan_pressure_pa": 650.0, "fan_efficiency": 0.7}
COLD_WATER = {"chilled_supply_c": 6.67}
LIGHTLY_LOADED = {"chiller_capacity_margin": 2.5}  # 75 % of the heat over 2.5 is the midpoint 0.3 of 0.1-0.5
MIDSIZE_COP = {"chiller_rated_cop": 3.0 * 0.925 * 0.97}  # -40 to 25 %, and 3 % latent heat of 95-99 %
MIDSIZE = NO_COILS | FANS | COLD_WATER | LIGHTLY_LOADED | MIDSIZE_COP
"""Midpoints of the input ranges of case 7 (midsize, air-cooled chiller without economiser)."""


def published_chain(ups_efficiency: float, distribution_loss: float, lighting: float) -> ElectricalChain:
    """Electrical chain as in the published cases: one UPS efficiency, and no transformer or switchgear."""
    return ElectricalChain(
        ups_loss_a=0.0,
        ups_loss_b=1 / ups_efficiency - 1,
        ups_loss_c=0.0,
        transformer_efficiency=1.0,
        switchgear_efficiency=1.0,
        distribution_efficiency=1 - distribution_loss,
        lighting_share=lighting,
        backup_self_use_share=0.0,
    )


MIDSIZE_CHAIN = published_chain(0.87, 0.035, 0.035)
SMALL = MIDSIZE | {"air_rise_k": 6.5, "fan_efficiency": 0.675, "chilled_pump_efficiency": 0.65}
SMALL_CHAIN = published_chain(0.81, 0.03, 0.03)


@pytest.mark.parametrize(
    ("case", "electrical", "arguments"),
    [("case-7", MIDSIZE_CHAIN, MIDSIZE), ("case-9", SMALL_CHAIN, SMALL)],
    ids=["midsize", "small"],
)
@pytest.mark.parametrize("climate", DOCUMENTED)
def test_air_cooled_chillers_with_the_published_inputs_are_inside_the_published_band(
    climate: str,
    case: str,
    electrical: ElectricalChain,
    arguments: dict[str, float],
    request: pytest.FixtureRequest,
) -> None:
    """Like with like: 37 of 38; in the desert small plants lose more than the curve has it."""
    if climate == "tucson" and case == "case-9":
        request.applymarker(pytest.mark.xfail(strict=True, reason="low end 1.958, found 1.926"))
    zone = CATALOG.entry("climates", climate).text("ashrae_zone").lower()
    band = CATALOG.entry("efficiency_bands", f"{case}-zone-{zone}").values["pue"]
    assert band.low is not None
    assert band.high is not None
    pue = annual_pue_and_wue("air-cooled-chiller", climate, electrical, **arguments)[0]
    assert band.low <= pue <= band.high


def test_what_sets_the_preset_apart_from_a_midsize_plant() -> None:
    """Paris, step by step: coils 0.11, UPS, distribution and lights 0.21, fans 0.07, chillers 0.10."""
    steps = [
        ({}, CHAIN, 1.239),
        (NO_COILS, CHAIN, 1.350),
        (NO_COILS, MIDSIZE_CHAIN, 1.562),
        (NO_COILS | FANS, MIDSIZE_CHAIN, 1.633),
        (NO_COILS | FANS | COLD_WATER | LIGHTLY_LOADED, MIDSIZE_CHAIN, 1.694),
        (MIDSIZE, MIDSIZE_CHAIN, 1.731),
    ]
    for arguments, electrical, expected in steps:
        pue = annual_pue_and_wue("air-cooled-chiller", "paris", electrical, **arguments)[0]
        assert pue == pytest.approx(expected, abs=0.003)


FLEETS = [
    pytest.param(1.09, None, "airside-adiabatic-open", "rack-battery", id="google"),
    pytest.param(1.08, None, "airside-adiabatic-open", "rack-battery", id="meta"),
    pytest.param(1.14, None, "airside-adiabatic-hyperscale", "central-ups", id="aws-2025"),
    pytest.param(1.17, 0.27, "airside-adiabatic-hyperscale", "central-ups", id="microsoft-fy25"),
]


@pytest.mark.parametrize(("pue", "wue", "preset", "electrical"), FLEETS)
def test_hyperscale_fleets_are_inside_the_modelled_range(
    pue: float, wue: float | None, preset: str, electrical: str
) -> None:
    """Fleet means inside the range of one design from Finland to Texas: a weak check, of no single site."""
    climates = ["helsinki", "frankfurt", "paris", "london", "philadelphia", "dallas"]
    found = [annual_pue_and_wue(preset, c, chain(electrical)) for c in climates]
    assert min(found)[0] <= pue <= max(found)[0]
    if wue is not None:
        assert min(w for _, w in found) <= wue <= max(w for _, w in found)


SITES = {
    # publisher: quantity, preset, electrical, largest difference, sites beyond it and why
    "google": ("pue", "airside-adiabatic-open", "rack-battery", 0.012, {"hamina": "cooled with sea water"}),
    "microsoft": (
        "pue",
        "airside-adiabatic-hyperscale",
        "central-ups",
        0.05,
        {"poland": "1.19, found 1.139", "arizona": "1.13, found 1.184"},
    ),
    "aws": ("wue_l_per_kwh", "airside-adiabatic-open", "central-ups", 0.03, {}),
}
PUBLISHED_SITES = [n for n in CATALOG.names("efficiency_bands") if n.startswith("site-")]


@pytest.mark.parametrize("site", PUBLISHED_SITES)
def test_sites_of_fleets_against_the_design_in_their_climate(
    site: str, request: pytest.FixtureRequest
) -> None:
    """One site, year, climate and plant at a time; another plant fails (`test_only_one_plant...`)."""
    _, publisher, place = site.split("-", 2)
    quantity, preset, electrical, most, beyond = SITES[publisher]
    if place in beyond:
        request.applymarker(pytest.mark.xfail(strict=True, reason=beyond[place]))
    entry = CATALOG.entry("efficiency_bands", site)
    pue, wue = annual_pue_and_wue(preset, entry.text("climate"), chain(electrical))
    published = entry.number(quantity)
    # water spans two orders of magnitude: a factor of three, or little of either
    if quantity != "pue" and published / 3 <= wue <= published * 3:
        return
    assert (pue if quantity == "pue" else wue) == pytest.approx(published, abs=most)


@pytest.mark.parametrize("preset", ["airside-adiabatic-hyperscale", "waterside-tower"])
def test_only_one_plant_has_the_water_of_aws(preset: str) -> None:
    """Towers, and halls kept cool, take far more than the 0.01 to 0.12 L/kWh of four regions."""
    for site in (n for n in PUBLISHED_SITES if n.startswith("site-aws")):
        entry = CATALOG.entry("efficiency_bands", site)
        if "spain" not in site:
            assert annual_pue_and_wue(preset, entry.text("climate"))[1] > entry.number("wue_l_per_kwh") + 0.06


@pytest.mark.parametrize("climate", ["helsinki", "granada"])
def test_prineville_by_its_published_design(climate: str) -> None:
    """A hall without chillers, UPS and distribution units: 1.07 at full load (engineering.fb.com, 2011).

    The catalogue has no climate of Oregon's high desert; a colder and a hotter one with little need of
    water stand on either side, and differ by less than 0.002. The 1.09 measured in twelve months of 2013 and
    of 2015 (opencompute.org) is at a load that is not published: more than a quarter of the full one.
    """
    electrical = chain("rack-battery")
    full, _ = annual_pue_and_wue("airside-adiabatic-open", climate, electrical, load=1.0)
    quarter, _ = annual_pue_and_wue("airside-adiabatic-open", climate, electrical, load=0.25)
    assert full == pytest.approx(1.07, abs=0.004)
    assert full < 1.09 < quarter


def test_a_colder_climate_has_a_lower_pue() -> None:
    order = ["stockholm", "paris", "nice", "dallas"]
    for preset in CATALOG.names("cooling"):
        pues = [round(annual_pue_and_wue(preset, climate)[0], 3) for climate in order]
        assert pues == sorted(pues), preset
