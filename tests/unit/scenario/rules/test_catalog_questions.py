"""Values far from what is expected are questioned, with the value expected, the unit it may be in, and once.

Tests `scenario.rules.size_questions`, `projection.findings.input_findings`.
"""

import pytest

from capsim import load
from capsim.catalog import load_catalog
from capsim.errors import ScenarioError
from capsim.scenario.loading import loads

HALL = """
schema: 1
name: hall
start: 2026-01-01
horizon_years: 3
sites:
  - id: s
    country: fra
    climate: paris
    tariff: {preset: fr-datacenter}
    cooling: {preset: air-cooled-chiller}
    grid_connection:
      - {id: g, grid_mw: 20, energised_on: 2026-01-01}
    phases:
      - id: p
        critical_it_mw: 10
        energization: g
        ready_for_service_on: 2026-01-01
        deployments:
          - {id: d, system: dgx-h100, systems: 500, in_service_on: 2026-01-01}
"""
PHASE = "sites.s.phases.p"
FX = "currency.fx=[{{id: x, currency: {}, per_unit: {}, dated: 2025-07-01}}]".format
PRICE = "{id: a, on: 2026-01-01"
SHELL = "costs.items=[{id: x, category: capex, basis: per_critical_it_mw, amount: 9999}]"
FAR, ODD, TURNED = "far_from_catalog", "out_of_the_ordinary", "rate_upside_down"
PPA = "sites.s.contracts=[{id: a, share: 1, price_per_mwh: 50"
ORDER = f"{PHASE}.deployments.d"
PLANT = "sites.s.cooling={preset: air-cooled-chiller"
SPRAYS = "sites.s.cooling={preset: airside-adiabatic-open"
WORK = "workload={preset: large-training"


@pytest.fixture
def hall(tmp_path):
    file = tmp_path / "hall.yaml"
    file.write_text(HALL, "utf-8")
    return lambda *sets, strict=False: load(file, sets=sets, strict=strict)


def asked(scenario):
    return [(question.name, question.path, question.rule) for question in scenario.questions]


def test_an_ordinary_plan_is_not_questioned(hall):
    assert hall().questions == ()


@pytest.mark.parametrize(
    ("written", "name", "says"),
    [
        # a price in thousands, and the catalogue's in full
        (f"{ORDER}.system_price_usd=270", FAR, "202350 USD/system (systems/dgx-h100); is it in thousands?"),
        (f"{ORDER}.system_price_usd=270e6", FAR, "is it in a unit a thousand times smaller?"),
        (f"{ORDER}.lead_time_weeks=520", FAR, "catalogue's 10 weeks"),
        # times are mistaken for other times
        (f"{ORDER}.lead_time_weeks=0.5", FAR, "is it in months?"),
        (f"{ORDER}.refresh={{age_years: 2, system: dgx-b200, system_price_usd: 344}}", FAR, "in thousands?"),
        # EUR/kWh and cents for EUR/MWh
        ("sites.s.tariff.level_per_mwh=0.08", FAR, "is it per kWh?"),
        ("sites.s.tariff.level_per_mwh=8", FAR, "is it in cents per kWh?"),
        ("sites.s.carbon.intensity_gco2e_per_kwh=0.045", FAR, "is it in thousands?"),
        ("sites.s.tariff.trend_per_y=2", FAR, "is it in per cent?"),
        ("sites.s.tariff.trend_per_y=-0.36", FAR, "catalogue's -0.0013 1/y (tariffs/fr-datacenter); is"),
        ("demand={h100e: 1000, growth_per_y: 30}", ODD, "between -0.9 and 2 1/y; is it in per cent?"),
        ("demand={h100e: 1000, growth_per_y: 3}", ODD, "between -0.9 and 2 1/y; is it in per cent?"),
        (
            "sites.s.grid_connection.g={energised_on: null, lead_time_months: 600}",
            ODD,
            "between 0 and 144 months",
        ),
        ("finance.wacc_real=0.3", ODD, "between 0 and 0.2"),
        (FX("USD", 1.13), TURNED, "upside down: expected between 0.8004 and 1.045 EUR for 1 USD"),
        # a yen is 0.6 cents and a pound more than a euro, in each of the last ten years
        (FX("JPY", 165), TURNED, "upside down: expected between 0.005327 and 0.008995 EUR for 1 JPY"),
        (FX("GBP", 0.85), TURNED, "upside down: expected between 1.075 and 1.365 EUR for 1 GBP"),
        (FX("SEK", 9.1), TURNED, "is expected between 0.08342 and 0.1094 EUR for 1 SEK"),
        (SHELL, "far_from_items_of_its_basis", "is it in thousands?"),
        (f"{PHASE}.critical_it_mw=40", "halls_over_grid", "2 times the 20 MW the site is to have; more than"),
        (f"{PHASE}.critical_it_mw=200", "halls_over_grid", "10 times the 20 MW the site is to have; is it"),
        ("sites.s.grid_connection.g.grid_mw=5000", "grid_over_halls", "is 500 times the 10 MW of all halls"),
        (f"{ORDER}.systems=10", "hall_almost_empty", "fill 1.12% of the hall"),
        (
            "sites.s.grid_connection.g={energised_on: null, preset: fr-grid-fast-track}",
            "connection_open_to_the_site",
            "is open to sites of 400 to 1000 MW, and the site is to have 20",
        ),
        ("sites.s.battery={power_mw: 2, energy_mwh: 8000}", "battery_hours", "lasts 4e+03 h at 2 MW"),
        (f"{PPA}, carbon_gco2e_per_kwh: 0}}]", "contract_without_carbon", "no source has less than 2 gCO2e"),
        (f"{PPA}, carbon_gco2e_per_kwh: 0.012}}]", ODD, "expected between 2 and 1500 gCO2e/kWh; is it in t"),
        (f"revenue={{prices: [{PRICE}, amount: 2200}}]}}", ODD, "expected between 0.05 and 50 EUR/h"),
        # published plants of a class span less than a factor of any kind
        (f"{PLANT}, plant_factor: 3}}", FAR, "the catalogue's 1, 0.7 to 1.35 in its class (cooling/air-"),
        (f"{PLANT}, plant_factor: 0.5}}", FAR, "the catalogue's 1, 0.7 to 1.35 in its class (cooling/air-"),
        (f"{SPRAYS}, water_factor: 12}}", FAR, "the catalogue's 1, 0.25 to 4 in its class (cooling/airside-"),
        (f"{WORK}, loss_per_cap: 9}}", FAR, "the catalogue's 1.2, 0.6 to 2.4 in its class (assumptions/wor"),
        (f"{WORK}, loss_per_cap: 0.1}}", FAR, "the catalogue's 1.2, 0.6 to 2.4 in its class (assumptions/"),
        (f"{WORK}, cap_exponent: 6}}", FAR, "the catalogue's 1.8, 1.3 to 2.3 in its class (assumptions/wor"),
    ],
)  # fmt: skip
def test_nonsense_is_questioned(hall, written, name, says):
    ((asked_name, path, rule),) = asked(hall(written))
    assert asked_name == name
    assert says in rule
    assert path.startswith(written.split("=")[0]) or written.startswith(path)


@pytest.mark.parametrize(
    "written",
    [
        # as far as the factors allow: four times the price, five times the lead time
        f"{ORDER}.system_price_usd=1080000",
        f"{ORDER}.lead_time_weeks=90",
        "sites.s.tariff.level_per_mwh=120",
        # nothing is no matter of size
        f"{ORDER}.system_price_usd=0",
        "sites.s.tariff.network_per_mwh=0",
        f"{PHASE}.critical_it_mw=28",
        FX("USD", 0.97),
        FX("CHF", 1.08),
        FX("GBP", 1.5),
        # a currency the catalogue knows no rates of
        FX("XAF", 0.0015),
        "sites.s.battery={power_mw: 2, energy_mwh: 8}",
        "finance.wacc_real=0.15",
        # prices that fall, as the catalogue's do
        "sites.s.tariff.trend_per_y=-0.004",
        "sites.s.tariff.trend_per_y=-0.1",
        "finance.system_price_trend_per_y=-0.2",
        # a quarter beyond the class in power, twice in water
        f"{PLANT}, plant_factor: 1.6}}",
        f"{SPRAYS}, water_factor: 7}}",
        f"{SPRAYS}, water_factor: 0.15}}",
        # twice beyond the class in what a cap costs, half in how that grows
        f"{WORK}, loss_per_cap: 4.5, cap_exponent: 3.2}}",
        "workload={preset: inference-decode, loss_per_cap: 18, cap_exponent: 10}",
    ],
)
def test_what_can_be_is_not_questioned(hall, written):
    assert asked(hall(written)) == []


def test_a_pair_without_the_euro_goes_through_it(hall):
    euro = "{id: eur, currency: EUR, per_unit: 0.86, dated: 2025-07-01}"
    pound = "currency={{code: GBP, fx: [{}, {{id: usd, currency: USD, per_unit: {}, dated: 2025-07-01}}]}}"
    # a dollar was 0.59 to 0.97 pounds, were both at their ends at once
    assert asked(hall(pound.format(euro, 0.76))) == []
    ((name, path, rule),) = asked(hall(pound.format(euro, 1.31)))
    assert (name, path) == (TURNED, "currency.fx.usd.per_unit")
    assert "upside down: expected between 0.5862 and 0.9721 GBP for 1 USD" in rule


def test_the_catalogues_own_values_are_not_questioned(hall):
    assert loads(hall().resolved()).questions == ()


def test_a_price_in_another_currency_is_compared_in_it(hall):
    yen = "currency.fx=[{id: jpy, currency: JPY, per_unit: 0.006, dated: 2025-07-01}]"
    tariff = ("sites.s.tariff.currency=JPY", "sites.s.tariff.level_per_mwh=12000")
    assert asked(hall(yen, *tariff)) == []
    cheap = hall(yen, tariff[0], "sites.s.tariff.level_per_mwh=12")
    assert [name for name, *_ in asked(cheap)] == [FAR]


def own_chip(tmp_path, tflops):
    file = tmp_path / "chips.csv"
    columns = "name,field,value,unit,low,high,kind,source,retrieved,confidence,note"
    file.write_text(f"{columns}\nh100-sxm,bf16_dense_tflops,{tflops},TFLOP/s,,,assumed,,2026-11,,\n", "utf-8")
    return file


@pytest.mark.parametrize(
    ("tflops", "name", "says"),
    [
        ("1978.9", "own_chips", "for 700 W, 2 times the shipped one; is it sparse?"),
        ("9.894e14", "own_rows", "the catalogue ships 148 to 15625"),
    ],
)
def test_a_chip_of_another_unit_or_sparse_is_questioned_at_its_row(hall, tmp_path, tflops, name, says):
    ((asked_name, path, rule),) = asked(hall(f"catalog.accelerators={own_chip(tmp_path, tflops)}"))
    assert (asked_name, path) == (name, "catalog.accelerators")
    assert "chips.csv:2 h100-sxm.bf16_dense_tflops" in rule
    assert says in rule


def test_a_new_chip_is_held_against_the_best_of_its_year(hall, tmp_path):
    file = own_chip(tmp_path, "4500")
    rows = [
        f"mine,bf16_dense_tflops,{5000},TFLOP/s,,,assumed,,2026-11,,",
        "mine,tdp_w,1000,W,,,assumed,,2026-11,,",
    ]
    file.write_text("\n".join([file.read_text("utf-8").splitlines()[0], *rows]), "utf-8")
    ((name, _, rule),) = asked(hall(f"catalog.accelerators={file}"))
    assert name == "own_chips"
    assert "chips.csv:2 mine.bf16_dense_tflops: for 1000 W" in rule


def test_every_shipped_chip_passes_as_a_chip_of_ones_own(hall, tmp_path):
    chips = load_catalog().tables["accelerators"]
    speeds = [(n, e.number("bf16_dense_tflops")) for n, e in chips.items() if "bf16_dense_tflops" in e]
    rows = [f"my-{n},bf16_dense_tflops,{v},TFLOP/s,,,assumed,,2026-11,," for n, v in speeds]
    file = tmp_path / "chips.csv"
    file.write_text(
        "\n".join(["name,field,value,unit,low,high,kind,source,retrieved,confidence,note", *rows]), "utf-8"
    )
    assert asked(hall(f"catalog.accelerators={file}")) == []


def test_a_record_a_letter_off_a_shipped_one_that_nothing_names_is_questioned(hall, tmp_path):
    chips, racks = tmp_path / "chips.csv", tmp_path / "racks.csv"
    chips.write_text("name,bf16_dense_tflops,tdp_w\nh100-sxn,1000,700\nh150-sxm,1000,700\n", "utf-8")
    ((name, path, rule),) = asked(hall(f"catalog.accelerators={chips}"))
    assert (name, path) == ("own_names", "catalog.accelerators")
    assert rule.endswith(
        "chips.csv:2 h100-sxn: is a record of its own that nothing here names; did you mean h100-sxm?"
    )
    # what a system of one's own is made of is meant
    racks.write_text("name,accelerator,accelerator_count,nameplate_kw\nmine,h100-sxn,8,10\n", "utf-8")
    assert asked(hall(f"catalog.accelerators={chips}", f"catalog.systems={racks}")) == []


def test_what_is_accepted_by_name_is_not_asked(hall):
    cheap = f"{ORDER}.system_price_usd=270"
    accepted = "accepted=[{{id: far_from_catalog, at: [{}], reason: a gift}}]"
    assert asked(hall(cheap, accepted.format(ORDER))) == []
    elsewhere = hall(cheap, accepted.format("finance"))
    assert [name for name, *_ in asked(elsewhere)] == ["accepted_in_vain", FAR]


def test_an_acceptance_names_a_question_and_a_reason(hall):
    with pytest.raises(ScenarioError, match="unknown question; did you mean far_from_catalog"):
        hall("accepted=[{id: far_from_catalogue, reason: x}]")
    with pytest.raises(ScenarioError, match=r"accepted\.far_from_catalog\.reason: missing"):
        hall("accepted=[{id: far_from_catalog}]")


def test_strict_makes_a_question_a_fault_with_file_and_line(hall, tmp_path):
    with pytest.raises(ScenarioError) as refused:
        hall(f"{ORDER}.system_price_usd=270", strict=True)
    assert "[far_from_catalog]" in str(refused.value)
    assert "1 problem, nothing was run" in str(refused.value)
    assert hall(strict=True).name == "hall"


def test_a_question_shows_file_and_line(hall, tmp_path):
    file = tmp_path / "hall.yaml"
    file.write_text(HALL.replace("systems: 500", "systems: 500, system_price_usd: 270"), "utf-8")
    (question,) = load(file).questions
    assert (question.line, question.value) == (20, "270")
    assert str(question).startswith(f"{file}:20  {ORDER}.system_price_usd: is far from")


def test_the_run_says_what_is_questioned_and_saves_it(hall, tmp_path):
    from capsim import simulate
    from capsim.projection import Projection

    projection = simulate(hall(f"{ORDER}.system_price_usd=270"), 0)
    (found,) = [finding for finding in projection.findings if finding.kind == "questioned"]
    assert (found.severity, found.site, found.phase) == ("warning", "s", "p")
    assert projection.findings[0] == found
    projection.save(tmp_path / "saved")
    assert found in Projection.load(tmp_path / "saved").findings


def test_thousands_of_times_are_told_in_full(hall):
    told = [
        rule for name, _, rule in asked(hall(f"{PHASE}.critical_it_mw=40000")) if name == "halls_over_grid"
    ]
    assert told
    assert all("2,000 times the 20 MW the site is to have" in rule for rule in told)
