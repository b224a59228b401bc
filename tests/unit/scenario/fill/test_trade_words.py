"""Words of the trade: MVA, numbers with units, dates as text in Python, overrides by name, quotes.

Tests `scenario.fill.trade_words`, `scenario.other_money`, `scenario.fill.quotes`,
`scenario.fill.throughput`, `scenario.provenance`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import ScenarioError
from capsim.report.validation import validated_file
from capsim.scenario.loading import load, loads
from capsim.scenario.reference import json_schema

ROOT = Path(__file__).parents[4]
make = SimpleNamespace(**runpy.run_path(str(ROOT / "tests" / "portfolios.py")))
STEP = {"id": "g1", "energised_on": date(2024, 1, 1)}


def of(**place):
    return loads(make.scenario(make.standing_site(**place)))


def test_a_connection_in_mva_has_its_power():
    (step,) = of(grid_connection=[STEP | {"grid_mva": 40.0}]).sites[0].grid_connection
    assert step.grid_mw == pytest.approx(38.0)
    (step,) = of(grid_connection=[STEP | {"grid_mva": 40.0, "power_factor": 0.9}]).sites[0].grid_connection
    assert step.grid_mw == pytest.approx(36.0)
    firm = of(firm_power={"unit_mva": 20.0, "units": 3, "redundant_units": 1}).sites[0].firm_power
    assert firm.usable_mw == pytest.approx(38.0)
    with pytest.raises(ScenarioError, match="grid_mva: must not be given together with grid_mw"):
        of(grid_connection=[STEP | {"grid_mva": 40.0, "grid_mw": 40.0}])
    changed = of().override({"sites.a.grid_connection.g1.grid_mva": 50.0})
    assert changed.sites[0].grid_connection[0].grid_mw == pytest.approx(47.5)


def test_a_resolved_scenario_with_mva_loads_again():
    scenario = of(
        grid_connection=[STEP | {"grid_mva": 40.0, "power_factor": 0.9}],
        firm_power={"unit_mva": 20.0, "units": 3, "redundant_units": 1},
    )
    assert loads(scenario.resolved()).sites == scenario.sites


def test_a_power_factor_without_mva_is_told():
    rule = r"power_factor: is of power in MVA, and grid_mw needs none; write grid_mva, or take it out"
    with pytest.raises(ScenarioError, match=rule):
        of(grid_connection=[STEP | {"grid_mw": 40.0, "power_factor": 0.9}])
    with pytest.raises(
        ScenarioError, match=r"firm_power\.power_factor: is of power in MVA, and unit_mw needs none"
    ):
        of(firm_power={"unit_mw": 20.0, "units": 3, "redundant_units": 1, "power_factor": 0.8})


def test_the_number_to_write_is_said():
    with pytest.raises(ScenarioError, match=r"in MW: write 0\.06 \(got 60 kW\)"):
        of(grid_connection=[STEP | {"grid_mw": "60 kW"}])


@pytest.mark.parametrize(
    ("path", "written", "words"),
    [
        ("tariff.level_per_mwh", "0.08 EUR/kWh", r"in EUR/MWh: write 80 \(got"),
        ("tariff.level_per_mwh", "8 ct/kWh", r"in currency/MWh: write 80 \(got"),
        (
            "tariff.excise_per_mwh",
            "80 USD/MWh",
            r"in EUR/MWh: write 80 and currency: USD, or 64 \(0\.8 EUR for 1 USD\)",
        ),
        ("tariff.level_per_mwh", "80 £/MWh", r"in EUR/MWh: write 80 and currency: GBP \(got"),
        ("phases.p1.critical_it_mw", "10.500 kW", "write 0.0105, or 10.5 where the point stands between"),
    ],
)
def test_an_amount_keeps_its_currency_and_what_it_is_per(path, written, words):
    with pytest.raises(ScenarioError, match=words):
        of().override({f"sites.a.{path}": written})


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1100 EUR/kW", r"in EUR/MW: write 1100000 \(got"),
        ("1100 USD/kW", r"in EUR/MW: write 1100000 and currency: USD, or "),
        ("1.1 MGBP/MW", r"in EUR/MW: write 1100000 and currency: GBP \(got"),
    ],
)
def test_an_amount_of_an_item_is_told_by_its_basis(amount, words):
    item = {"id": "x", "category": "capex", "basis": "per_critical_it_mw", "amount": amount}
    with pytest.raises(ScenarioError, match=words):
        loads(make.scenario(make.standing_site(), costs={"items": [item]}))


def test_money_of_the_scenario_or_of_a_fixed_currency_is_converted_or_has_no_rate():
    with pytest.raises(ScenarioError, match=r"in EUR: write 1600000 \(0\.8 EUR for 1 USD\)"):
        of().override({"targets": [{"id": "t", "by": date(2027, 1, 1), "budget": "2 m USD"}]})
    with pytest.raises(ScenarioError, match=r"the amount is in GBP, and currency\.fx has no rate of it"):
        of().override({"targets": [{"id": "t", "by": date(2027, 1, 1), "budget": "2 m GBP"}]})
    order = "sites.a.phases.p1.deployments.racks.system_price_usd"
    with pytest.raises(ScenarioError, match=r"in USD/system: write 337500 \(1\.25 USD for 1 EUR\)"):
        of().override({order: "270 k€"})


@pytest.mark.parametrize(("written", "power"), [("20 MVA", "19"), ("20000 kVA", "19"), ("0.5 GVA", "475")])
def test_apparent_power_in_a_field_of_power_is_told_with_the_power_factor(written, power):
    with pytest.raises(ScenarioError, match=rf"in MW: write {power}, at a power factor of 0.95; or grid_mva"):
        of(grid_connection=[STEP | {"grid_mw": written}])


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("tariff.price_file", "x.csv", r"unknown key; write level_per_mwh: \{file: FILE\}"),
        ("carbon.intensity_file", "x.csv", r"unknown key; write intensity_gco2e_per_kwh: \{file: FILE\}"),
        ("carbon.price_per_t", 80, "a price of carbon is a cost item with basis per_tco2e"),
        ("weather_fil", "x.epw", "unknown key; did you mean weather_file?"),
    ],
)
def test_keys_of_other_tools_are_told_where_their_values_go(path, value, words):
    with pytest.raises(ScenarioError, match=words):
        of().override({f"sites.a.{path}": value})


@pytest.mark.parametrize("written", ["eur", "Eur", "€"])
def test_a_currency_in_small_letters_or_as_a_sign_is_told_once_with_what_to_write(written):
    with pytest.raises(ScenarioError) as refusal:
        of().override({"sites.a.tariff.currency": written})
    assert [str(fault) for fault in refusal.value.faults] == [
        "override()  sites.a.tariff.currency: must be three capital letters, such as EUR; "
        f"write EUR (got {written})"
    ]


def test_dates_may_be_text_in_python_and_not_in_files(tmp_path):
    scenario = loads(
        make.scenario(
            make.standing_site(grid_connection=[STEP | {"energised_on": "2024-03-01", "grid_mw": 40.0}])
        )
    )
    assert scenario.sites[0].grid_connection[0].energised_on == date(2024, 3, 1)
    later = scenario.override(start="2026-02-01")
    assert later.start == date(2026, 2, 1)
    with pytest.raises(ScenarioError, match="must be a date"):
        scenario.override(start="soon")
    (tmp_path / "x.yaml").write_text(
        scenario.resolved().replace("start: 2026-01-01", 'start: "2026-01-01"'), "utf-8"
    )
    with pytest.raises(ScenarioError, match="start: must be a date, written as 2026-01-01, without quotes"):
        load(tmp_path / "x.yaml")


def test_an_override_of_the_file_by_its_name():
    aion = load(ROOT / "scenarios" / "aion-288k-h100e.yaml")
    assert aion.override("rubin") == load(ROOT / "scenarios" / "aion-288k-h100e.yaml", overrides=["rubin"])
    assert aion.override("rubin", horizon_years=8).horizon_years == 8
    with pytest.raises(ScenarioError, match=r"unknown override; did you mean rubin\?"):
        aion.override("rubinn")


def test_overrides_by_name_one_after_the_other():
    aion = load(ROOT / "scenarios" / "aion-288k-h100e.yaml")
    first, second = sorted(aion._provenance.named.value)[:2]
    both = load(ROOT / "scenarios" / "aion-288k-h100e.yaml", overrides=[first, second])
    assert aion.override(first, second) == both
    assert aion.override(first, {"horizon_years": 8}, name="changed").name == "changed"


@pytest.mark.parametrize("wrong", [["rubin"], None, 5, ("rubin",)])
def test_what_is_no_change_is_told_with_what_to_write(wrong):
    with pytest.raises(TypeError, match=r"as in override\('a', 'b'\) \(got (list|NoneType|int|tuple)\)"):
        of().override(wrong)


def test_an_override_of_nothing_is_told():
    with pytest.raises(TypeError, match="needs what to change"):
        of().override()


def quoted(tmp_path, text, **costs):
    (tmp_path / "quotes.csv").write_text(text, "utf-8")
    return loads(make.scenario(make.standing_site(), costs={"quotes": str(tmp_path / "quotes.csv")} | costs))


def test_quotes_lie_over_cost_items(tmp_path):
    text = "item,amount,currency,date,valid until,source\nnetwork,0.25,EUR,2026-01-10,2026-06-30,Supplier A\n"
    scenario = quoted(tmp_path, text)
    (item,) = scenario.costs.items
    assert (item.id, float(item.amount), item.valid_until) == ("network", 0.25, date(2026, 6, 30))
    origin = scenario.origin("costs.items.network.amount")
    assert (Path(origin.file).name, origin.line, origin.source) == ("quotes.csv", 2, "Supplier A")
    own = [{"id": "hall", "category": "capex", "basis": "per_critical_it_mw", "amount": 1.0e6}]
    scenario = quoted(tmp_path, "item;amount;currency;date\nhall;9 500 000,50;EUR;2025-11-02\n", items=own)
    assert (float(scenario.costs.items[0].amount), scenario.costs.items[0].price_year) == (9500000.5, 2025)


def test_a_quote_that_is_over_is_questioned(tmp_path):
    text = "item,amount,currency,date,valid_until\nnetwork,0.25,EUR,2025-01-10,2025-06-30\n"
    assert [q.name for q in quoted(tmp_path, text).questions] == ["quote_is_over"]


@pytest.mark.parametrize("written", ["2025-06-01", "01.06.2025", "1.6.2025", "1 June 2025", "20250601"])
def test_a_quote_has_its_day_in_a_common_form(tmp_path, written):
    (item,) = quoted(tmp_path, f"item;amount;currency;date\nnetwork;0,25;EUR;{written}\n").costs.items
    assert (item.quoted_on, item.price_year) == (date(2025, 6, 1), 2025)


@pytest.mark.parametrize(
    "text",
    ["item,amount,currency,date\nhall,9.5e6,,2025-11-02\n", "item,amount,date\nhall,9.5e6,2025-11-02\n"],
)
def test_a_quote_without_a_currency_is_in_the_scenarios_and_says_so(tmp_path, text):
    own = [
        {"id": "hall", "category": "capex", "basis": "per_critical_it_mw", "amount": 1.0e6, "currency": "USD"}
    ]
    scenario = quoted(tmp_path, text, items=own)
    (item,) = scenario.costs.items
    assert (item.currency, float(item.amount)) == ("EUR", 9.5e6)
    origin = scenario.origin("costs.items.hall.currency")
    assert (Path(origin.file).name, origin.line) == ("quotes.csv", 2)
    assert origin.source == "the scenario's: the quote says no other"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("item,amount,currency\nnetwork,1,EUR\n", "quotes.csv:1  costs.quotes: missing column date"),
        ("item,amont,currency,date\nnetwork,1,EUR,2025-01-01\n", "did you mean amount?"),
        (
            "item,amount,currency,date\nnetwork,x,EUR,2025-01-01\n",
            "quotes.csv:2  costs.quotes: amount is not a",
        ),
        (
            "item,amount,date\nnetwork,1,06/01/2025\n",
            "csv:2  costs.quotes: date may be 6 January or 1 June 2025",
        ),
        (
            "item,amount,date\nnetwork,1,2025\n",
            "date must be a date as in 2026-01-31, with its month and day (got",
        ),
        ("item,amount,date\nnetwork,1,2025-13-01\n", "date must be a date as in 2026-01-31 (got 2025-13-01)"),
        ("item,amount,date\nnetwork,1,\n", "csv:2  costs.quotes: date is missing"),
        ("item,amount,date\nnetwork,1,2999-01-01\n", "date must not be after today"),
        (
            "item,amount,date,valid_until\nnetwork,1,2025-06-01,2025-05-01\n",
            "must not be before date, 2025-06-01",
        ),
        (
            "item,amount,currency,date\nnetwork,1,EUR,2025-01-01\nnetwork,2,EUR,2025-01-01\n",
            "quotes.csv:3  costs.quotes: is quoted twice; the first is on line 2 (got network)",
        ),
        ("item,amount,currency,date\nnetwrk,1,EUR,2025-01-01\n", "did you mean network?"),
        ("item,amount,currency,date\nnetwork,-1,EUR,2025-01-01\n", "amount must be at least 0 (got -1)"),
        ("item,amount,currency,date\nnetwork,,EUR,2025-01-01\n", "must be at least 0 (got an empty cell)"),
        ("item,amount,currency,date\nnetwork,1,eur,2025-01-01\n", "must be three capital letters"),
    ],
)
def test_wrong_quotes_are_refused(tmp_path, text, words):
    with pytest.raises(ScenarioError) as refusal:
        quoted(tmp_path, text)
    assert words in str(refusal.value)


def test_all_wrong_lines_of_quotes_are_told_at_once(tmp_path):
    text = "item,amount,date\nnetwork,-1,2025-01-01\nstorage,1,soon\ngrid-connection,1,\n"
    with pytest.raises(ScenarioError) as refusal:
        quoted(tmp_path, text)
    assert [(Path(fault.file).name, fault.line) for fault in refusal.value.faults] == [
        ("quotes.csv", line) for line in (2, 3, 4)
    ]


def test_validate_takes_quotes_and_throughput_alone(tmp_path):
    quotes, rates = tmp_path / "q.csv", tmp_path / "thr.csv"
    quotes.write_text("item,amount,date\nnetwork,1,2025-01-01\nstorage,2,01.02.2025\n", "utf-8")
    assert validated_file(str(quotes)) == ("quotes of 2 items", ())
    quotes.write_text("item,amount,date\nnetwork,1,2025\n", "utf-8")
    with pytest.raises(ScenarioError, match=r"q\.csv:2  quotes: date must be"):
        validated_file(str(quotes))
    rates.write_text(
        "system,model,tokens_per_s\ndgx-h100,a,20000\ndgx-h100,b,900\ndgx-h200,a,28000\n", "utf-8"
    )
    assert validated_file(str(rates)) == ("throughput, 3 figures", ())
    for row, words in (
        ("dgx-b200,a,-1", r"thr\.csv:5  throughput: tokens_per_s must be greater than 0 \(got -1\)"),
        ("dgx-b200,a,x", r"thr\.csv:5  throughput: tokens_per_s is not a number \(got x\)"),
        (
            "dgx-h200,a,5",
            r"thr\.csv:5  throughput: has a second figure; the first is on line 4 \(got dgx-h200\)",
        ),
    ):
        rates.write_text(
            f"system,model,tokens_per_s\ndgx-h100,a,20000\ndgx-h100,b,9\ndgx-h200,a,28000\n{row}\n", "utf-8"
        )
        with pytest.raises(ScenarioError, match=words):
            validated_file(str(rates))
    rates.write_text("system,model,tok_per_s\ndgx-h100,a,20000\n", "utf-8")
    with pytest.raises(
        ScenarioError, match=r"thr\.csv:1  throughput: unknown column; did you mean tokens_per_s"
    ):
        validated_file(str(rates))


def test_an_editor_is_offered_names_with_titles():
    records = json_schema()["$defs"]
    for record, key, name, title in (
        ("Cooling", "preset", "dlc-dry-cooler", "dry cooler"),
        ("Deployment", "system", "dgx-h100", "DGX"),
        ("Site", "climate", "paris", ""),
        ("Tariff", "preset", "fr-datacenter", "France"),
        ("Electrical", "preset", "central-ups", ""),
        ("Costs", "preset", "europe-conversion", ""),
        ("Generation", "fuel", "diesel", ""),
        ("Carbon", "zone", "FR", ""),
    ):
        choices = {
            c["const"]: c.get("title", "")
            for c in records[record]["properties"][key]["anyOf"]
            if "const" in c
        }
        assert name in choices, (record, key)
        assert title.lower() in choices[name].lower()


@pytest.mark.parametrize("share", [0.5, 1 / 7, 0.25])
def test_a_fraction_of_a_chip_is_refused_in_words(share):
    jobs = {"classes": [{"id": "slice", "accelerators": share, "share": 1.0}]}
    with pytest.raises(ScenarioError, match=r"slices of one \(MIG, half a GPU\) are not modelled"):
        loads(make.scenario(make.standing_site(), workload={"preset": "large-training", "jobs": jobs}))
