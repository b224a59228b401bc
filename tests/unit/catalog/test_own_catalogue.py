"""A planner's own catalogue: misspelt fields and records, wide tables, imports.

Tests `catalog.overlay_checks`, `catalog.wide_form`, `catalog.importing`, `catalog.unit_words`.
"""

import pytest

from capsim.catalog.importing import checked_table, imported
from capsim.catalog.loader import load_catalog
from capsim.catalog.unit_words import currency_meant, numbers_meant, unit_factor, what_to_write
from capsim.errors import ScenarioError
from capsim.report.validation import validated_file

HEADER = "name,field,value,unit,low,high,kind,source,retrieved,confidence,note\n"
EPOCH = (
    "Hardware name,Manufacturer,Release date,Tensor-FP16/BF16 performance (FLOP/s),FP8 performance (FLOP/s),"
    "Memory (bytes),Memory bandwidth (byte/s),TDP (W),Foundry\n"
    "NVIDIA H100 SXM5 80GB,NVIDIA,2022-09-20,9.894e14,1.9789e15,8e10,3.35e12,700,TSMC\n"
    "Chip X1,Me,2026-01-01,1.2e15,2.4e15,9.6e10,4.2e12,800,\n"
)


def row(name, field, value, unit):
    return f"{name},{field},{value},{unit},,,assumed,,2026-11,,\n"


def laid(tmp_path, table, text):
    file = tmp_path / f"{table}.csv"
    file.write_text(text, "utf-8")
    return load_catalog({table: file})


@pytest.mark.parametrize(
    ("table", "rows", "words"),
    [
        ("systems", row("dgx-h100", "price_us", 350000, "USD"), "unknown field; did you mean price_usd?"),
        ("systems", row("dgx-h100", "all_in_kw", 12.5, "kW"), "unknown field"),
        ("systems", row("dgx-h10", "price_usd", 350000, "USD"), "did you mean dgx-h100?"),
        ("tariffs", row("fr-datacenter", "exise_per_mwh", 10, "EUR/MWh"), "did you mean excise_per_mwh?"),
        (
            "carbon",
            row("fra", "intensity_gco2_per_kwh", 40, "gCO2e/kWh"),
            "did you mean intensity_gco2e_per_kwh?",
        ),
        ("accelerators", row("h100-sxm", "tdp_w", 0.7, "kW"), "unit must be W"),
        ("accelerators", row("h100-sxm", "tdp_w", -700, "W"), "must be greater than 0 (got -700)"),
        ("accelerators", row("mine-1", "hbm_gb", 0, "GB"), "must be greater than 0 (got 0)"),
        ("climates", row("paris", "latitude_deg", 480, "deg"), "must be in [-90, 90] (got 480)"),
        ("carbon", row("fra", "intensity_gco2e_per_kwh", -4, "gCO2e/kWh"), "must be at least 0 (got -4)"),
        ("systems", row("dgx-h100", "launched_on", "2022-13-20", "date"), "value must be a date as in"),
        ("systems", row("dgx-h100", "launched_on", "2023", "date"), "(got 2023)"),
        ("systems", row("dgx-h100", "launched_on", "01/06/2023", "date"), "write 2023-06-01 or 2023-01-06"),
        ("systems", row("dgx-h100", "launched_on", "2022-09", "text"), "unit must be date"),
        ("accelerators", row("mine-1", "launch_date", "2022-13-20", "text"), "must be a part of a year"),
        ("assumptions", row("finanse", "life_it_years", 5, "y"), "did you mean finance?"),
        ("assumptions", row("finance", "life_it_yars", 5, "y"), "did you mean life_it_years?"),
        ("cooling", row("dlc-dry-coler", "rack_kw", 130, "kW"), "did you mean dlc-dry-cooler?"),
        ("tariffs", row("fr-datacentre", "level_per_mwh", 50, "EUR/MWh"), "did you mean fr-datacenter?"),
    ],
)
def test_what_does_not_fit_the_table_is_refused_with_its_line(tmp_path, table, rows, words):
    with pytest.raises(ScenarioError) as refusal:
        laid(tmp_path, table, HEADER + rows)
    assert words in str(refusal.value)
    assert f"{table}.csv:2" in str(refusal.value)


def test_a_record_of_ones_own_may_be_new(tmp_path):
    rows = row("my-chip", "bf16_dense_tflops", 1200, "TFLOP/s") + row("my-chip", "tdp_w", 800, "W")
    catalog = laid(tmp_path, "accelerators", HEADER + rows)
    assert catalog.entry("accelerators", "my-chip").number("tdp_w") == 800


def test_a_wide_table_stands_beside_the_long_form(tmp_path):
    head = "name,bf16_dense_tflops,tdp_w [kW],price_usd,source\n"
    text = f"{head}h100-sxm,990,0.65,,\nmine-1,1200,0.8,21000,a quote\n"
    catalog = laid(tmp_path, "accelerators", text)
    assert catalog.entry("accelerators", "h100-sxm").number("tdp_w") == pytest.approx(650)
    grid = laid(tmp_path, "carbon", "name,intensity_gco2e_per_kwh [kg/MWh]\nfra,40\n")
    assert grid.entry("carbon", "fra").number("intensity_gco2e_per_kwh") == 40
    dear = laid(tmp_path, "accelerators", "name,price_usd [kUSD]\nmine-1,21.5\n")
    assert dear.entry("accelerators", "mine-1").number("price_usd") == 21500
    mine = catalog.entry("accelerators", "mine-1").values["price_usd"]
    assert (mine.value, mine.kind, mine.source) == (21000, "published", "a quote")
    assert mine.origin.endswith("accelerators.csv:3")
    french = "name;tdp_w;price_usd\nmine-1;812,5;21 000\n"
    assert laid(tmp_path, "accelerators", french).entry("accelerators", "mine-1").number("tdp_w") == 812.5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,tdp\nmine-1,x\n", "accelerators.tdp_w: tdp is not a number (got x)"),
        ("name,tdp_ww\nmine-1,5\n", "unknown column; did you mean tdp_w?"),
        (
            "name,price_usd [EUR]\nmine-1,5\n",
            "unit of column price_usd [EUR] must be USD, or one that differs",
        ),
        ("name,tdp_w [furlong]\nmine-1,5\n", "unit of column tdp_w [furlong] must be W"),
        ("name,tdp_w\nMine One,500\n", "name must be lower-case letters"),
        ("name,tdp_w\nmine-1,500\nmine-1,600\n", "duplicate row; first given on line 2"),
        ("name,tdp_w\nmine-1,-700\n", "csv:2  accelerators.mine-1.tdp_w: must be greater than 0 (got -700)"),
        ("name,hbm_tb_per_s\nmine-1,0\n", "must be greater than 0 (got 0)"),
        ("name,launch_date\nmine-1,2022-13-20\n", "csv:2  accelerators.launch_date: launch_date must be a"),
        ("name,launch_date\nmine-1,05/06/2025\n", "may be 5 June or 6 May 2025"),
        ("name,launch_date\nmine-1,soon\n", "must be a date as in 2026-01-31 (got soon)"),
        ("name,price_usd\nh100-sxn,21000\n", "did you mean h100-sxm?"),
    ],
)
def test_a_wrong_wide_table_is_refused(tmp_path, text, words):
    with pytest.raises(ScenarioError) as refusal:
        laid(tmp_path, "accelerators", text)
    assert words in str(refusal.value)


@pytest.mark.parametrize("written", ["20.09.2022", "2022/9/20", "20 Sep 2022", "2022-09-20 00:00:00"])
def test_a_day_in_a_common_form_is_that_of_the_calendar(tmp_path, written):
    catalog = laid(tmp_path, "systems", f"name,launched_on,source\ndgx-h100,{written},an offer\n")
    assert catalog.entry("systems", "dgx-h100").text("launched_on") == "2022-09-20"
    catalog = laid(tmp_path, "systems", HEADER + row("dgx-h100", "launched_on", written, "date"))
    assert catalog.entry("systems", "dgx-h100").text("launched_on") == "2022-09-20"


def test_a_launch_may_be_a_part_of_a_year(tmp_path):
    catalog = laid(tmp_path, "accelerators", "name,launch_date\nmine-1,2027-H2\nmine-2,20.09.2026\n")
    dates = [catalog.entry("accelerators", name).values["launch_date"] for name in ("mine-1", "mine-2")]
    assert [(one.value, one.unit) for one in dates] == [("2027-H2", "text"), ("2026-09-20", "date")]


def test_a_column_that_the_catalogue_has_in_several_units_needs_one(tmp_path):
    with pytest.raises(ScenarioError, match=r"write duration \[\w+\] or duration \[\w+\]"):
        laid(tmp_path, "lead_times", "name,duration\ntransformer-hv,100\n")
    name = load_catalog().names("lead_times")[0]
    catalog = laid(tmp_path, "lead_times", f"name,duration [week]\n{name},100\n")
    assert catalog.entry("lead_times", name).values["duration"].unit == "week"


def test_a_published_table_is_imported_and_lays_over(tmp_path):
    (tmp_path / "epoch.csv").write_text(EPOCH, "utf-8")
    text, left_out = imported(str(tmp_path / "epoch.csv"), "accelerators")
    assert left_out == ["Foundry"]
    catalog = laid(tmp_path, "accelerators", text)
    chip = catalog.entry("accelerators", "chip-x1")
    assert [
        chip.number(f) for f in ("bf16_dense_tflops", "fp8_dense_tflops", "hbm_gb", "hbm_tb_per_s", "tdp_w")
    ] == [
        1200.0,
        2400.0,
        96.0,
        4.2,
        800.0,
    ]
    assert (chip.text("vendor"), chip.text("launch_date")) == ("Me", "2026-01-01")
    with pytest.raises(ScenarioError, match="the catalogue has no table chips to lay it over"):
        imported(str(tmp_path / "epoch.csv"), "chips")


@pytest.mark.parametrize("column", ["source", "Source", "SOURCE"])
def test_what_is_said_of_a_row_is_kept_whatever_the_case_of_its_column(tmp_path, column):
    (tmp_path / "mine.csv").write_text(
        f"Name,tdp_w,{column},Note\nchip-x1,800,Offer 12,water-cooled\n", "utf-8"
    )
    text, left_out = imported(str(tmp_path / "mine.csv"), "accelerators")
    assert left_out == []
    value = laid(tmp_path, "accelerators", text).entry("accelerators", "chip-x1").values["tdp_w"]
    assert (value.source, value.kind, value.note) == ("Offer 12", "published", "water-cooled")
    wide = laid(tmp_path, "accelerators", (tmp_path / "mine.csv").read_text("utf-8"))
    assert wide.entry("accelerators", "chip-x1").values["tdp_w"].source == "Offer 12"


def test_validate_knows_the_table_of_a_file(tmp_path):
    (tmp_path / "a.csv").write_text("name,tdp_w,price_usd\nmine-1,800,21000\n", "utf-8")
    assert validated_file(str(tmp_path / "a.csv")) == ("catalogue table accelerators, 1 record, 2 values", ())
    (tmp_path / "m.csv").write_text(
        "name,bf16_dense_tflops,tdp_w\nh100-sxn,990,700\nb300-sxm,2250,1200\n", "utf-8"
    )
    words, (doubt,) = validated_file(str(tmp_path / "m.csv"))
    assert words.startswith("catalogue table accelerators, 2 records")
    assert str(doubt).endswith(
        "m.csv:2  accelerators.h100-sxn: is a record of its own; did you mean h100-sxm? [own_names]"
    )
    (tmp_path / "d.csv").write_text(
        "name,launched_on,price_usd\ndgx-h100,20/13/2022,\ndgx-h200,2023,-5\n", "utf-8"
    )
    with pytest.raises(ScenarioError, match=r"d\.csv:2  systems\.launched_on: .* \(got 20/13/2022\)"):
        validated_file(str(tmp_path / "d.csv"))
    (tmp_path / "s.csv").write_text(HEADER + row("dgx-h100", "price_us", 1, "USD"), "utf-8")
    with pytest.raises(ScenarioError, match=r"systems\.dgx-h100\.price_us"):
        checked_table(str(tmp_path / "s.csv"))
    (tmp_path / "n.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(ScenarioError, match="is of no table of the catalogue"):
        checked_table(str(tmp_path / "n.csv"))
    with pytest.raises(ScenarioError, match="no such file"):
        checked_table(str(tmp_path / "absent.csv"))


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("60 kW", "MW", 0.06),
        ("1.5GW", "MW", 1500.0),
        ("10,5 MW", "MW", 10.5),
        ("1,200 kW", "MW", 1.2),
        ("8 %", "1/y", 0.08),
        ("95%", "1", 0.95),
        ("18 months", "weeks", 78.267857),
        ("2 years", "months", 24.0),
        ("270k USD", "USD/system", 270000.0),
        ("$1.2m", "currency", 1.2e6),
        ("270 k$", "USD/system", 270000.0),
        ("EUR 4.5 bn", "currency", 4.5e9),
        ("4,5 M€", "scenario currency", 4.5e6),
        ("270 k€", "USD/system", None),
        ("8 ct/kWh", "currency/MWh", 80.0),
        ("8,5 Eurocent/kWh", "EUR/MWh", 85.0),
        ("0.08 EUR/kWh", "currency/MWh", 80.0),
        ("0,08 €/kWh", "currency/MWh", 80.0),
        ("$0.08/kWh", "currency/MWh", 80.0),
        ("80000 EUR/GWh", "currency/MWh", 80.0),
        ("80 EUR per MWh", "currency/MWh", 80.0),
        ("8 EUR/kW/month", "currency/MW/month", 8000.0),
        ("96 k€/MW/y", "currency/kW/month", 8.0),
        ("1100 USD/kW", "currency/MW", 1.1e6),
        ("1.1 MUSD/MW", "currency/MW", 1.1e6),
        ("5 Mio. EUR", "scenario currency", 5.0e6),
        ("3.50 USD/h", "currency per hour", 3.5),
        ("80 EUR/MW", "currency/MWh", None),
        ("40 kg/MWh", "gCO2e/kWh", 40.0),
        ("0.5 L/kWh", "m3/MWh", 0.5),
        ("500 kg/MW", "tCO2e/MW", 0.5),
        ("0.04 kg/kWh", "gCO2e/kWh", 40.0),
        ("200 g/kWh", "kgCO2/MWh of fuel", 200.0),
        ("14 racks/week", "racks/d", 2.0),
        ("2 %/y", "1/y", 0.02),
        ("0.5 %/month", "1/y", None),
        ("60 apples", "MW", None),
        ("fast", "MW", None),
        ("60 kW", "months", None),
    ],
)
def test_the_number_to_write_for_a_number_with_a_unit(text, unit, number):
    assert numbers_meant(text, unit)[:1] == (() if number is None else (pytest.approx(number, rel=1e-6),))


def test_a_prefix_of_money_is_a_factor():
    assert unit_factor("GB", "TB") == 0.001
    assert (unit_factor("kUSD", "USD"), unit_factor("k€", "USD"), unit_factor("M€/MW", "EUR/MW")) == (
        1e3,
        None,
        1e6,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10.500 kW", "write 0.0105, or 10.5 where the point stands between thousands"),
        ("10,500 kW", "write 10.5, or 0.0105 where the comma stands before decimals"),
        ("10 500 kW", "write 10.5"),
        ("10.50 kW", "write 0.0105"),
        ("0.500 kW", "write 0.0005"),
    ],
)
def test_a_mark_that_may_be_of_decimals_or_of_thousands_is_told(text, words):
    assert what_to_write(text, "MW") == words


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("80 USD/MWh", "USD"),
        ("80 £/MWh", "GBP"),
        ("$1.2m", "USD"),
        ("US$ 3", "USD"),
        ("8 ct/kWh", ""),
        ("8 Eurocent/kWh", "EUR"),
        ("60 kW", ""),
        ("dear", ""),
    ],
)
def test_the_currency_of_a_text_is_kept(text, code):
    assert currency_meant(text) == code
