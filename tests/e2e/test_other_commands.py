"""`capsim validate`, `explain`, `catalog`, `figures`, `schema`, and the command itself.

Tests `cli_catalog`.
"""

from __future__ import annotations

import json
import threading

import jsonschema
import pytest
from typer.testing import CliRunner

import capsim
from capsim import cli
from capsim.catalog import load_catalog
from capsim.catalog.loader import DATA
from capsim.terminal import progress
from capsim.vocabulary import DECLARED

pytestmark = pytest.mark.e2e


def good(done):
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_help_names_the_commands(command):
    text = good(command("--help"))
    listed = [line.split()[0] for line in text[text.index("Commands:") :].splitlines()[1:]]
    studies = ["ensemble", "compare", "diff", "relief", "sensitivity", "solve", "plan", "audit"]
    plans = ["forecast", "baseline", "backtest", "schedule", "report"]
    assert listed == [
        "run",
        "validate",
        "explain",
        "catalog",
        "hour",
        "figures",
        *studies,
        *plans,
        "serve",
        "new",
        "examples",
        "template",
        "schema",
    ]


def test_version(command):
    assert good(command("--version")) == f"capsim {capsim.__version__}\n"


def test_validate_counts(command, aion_file):
    text = good(command("validate", aion_file, aion_file))
    line = (
        f"{aion_file}: ok (scenario aion-288k-h100e, 1 site, 4 phases, 4 deployments, 121 uncertain values)\n"
    )
    assert text == 2 * line


def test_validate_knows_claims_and_plans(command, aion_file):
    claim = aion_file.parent / "claims" / "opcore-2-5bn.yaml"
    plan = aion_file.parent / "plans" / "aion-least-cost.yaml"
    lines = good(command("validate", claim, plan)).splitlines()
    assert lines[0].startswith(f"{claim}: ok (claim opcore-2-5bn, of ")
    assert lines[1].startswith(f"{plan}: ok (plan aion-least-cost, ")


def test_validate_applies_overrides_and_sets(command, aion_file):
    path = "sites.aion.phases.p3.deployments.racks.system"
    assert "ok (scenario" in good(
        command("validate", aion_file, "--override", "rubin", "--set", f"{path}=gb300-nvl72")
    )
    done = command("validate", aion_file, "--set", "horizon_years=0", "--override", "rubinn")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--set  horizon_years: must be at least 1 (got 0)\n" in done.stderr
    assert "--override: unknown override; did you mean rubin? (got rubinn)\n" in done.stderr


def test_explain_a_value_of_the_file(command, aion_file):
    source = "assumed: four equal halls that share 200 MW at a design PUE of 1.10"
    written = aion_file.read_text("utf-8").splitlines()
    line = next(n for n, text in enumerate(written, 1) if "critical_it_mw: 45.45" in text)
    path = "sites.aion.phases.p1.critical_it_mw"
    text = good(command("explain", aion_file.name, path, cwd=aion_file.parent, COLUMNS="140"))
    assert text.splitlines()[0] == f"{path}: 45.45 MW"
    assert text.splitlines()[1].rstrip() == f"    {aion_file.name}:{line} (file); {source}"


def test_explain_tells_options_from_the_file(command, aion_file):
    path = "sites.aion.phases.p3.deployments.racks.system"
    text = good(command("explain", aion_file.name, path, "--override", "rubin", cwd=aion_file.parent))
    assert text.splitlines()[0] == f"{path}: vr200-nvl72"
    assert text.splitlines()[1].rstrip().endswith("(override rubin)")
    text = good(command("explain", aion_file, path, "--override", "rubin", "--set", f"{path}=gb300-nvl72"))
    assert [line.rstrip() for line in text.splitlines()] == [f"{path}: gb300-nvl72", "    --set"]


def test_explain_the_whole_scenario(command, aion_file):
    text = good(command("explain", aion_file))
    paths = [line.split(":")[0] for line in text.splitlines() if not line.startswith(" ")]
    assert {"schema", "horizon_years", "finance.wacc_real", "sites.aion.cooling.preset"} <= set(paths)


def test_catalog_lists_tables_entries_and_records(command):
    catalog = load_catalog()
    text = good(command("catalog"))
    rows = {line.split()[0]: line.split()[1] for line in text.splitlines()[2:]}
    assert rows == {name: str(len(entries)) for name, entries in catalog.tables.items()}
    text = good(command("catalog", "systems"))
    listed, _, meaning = text.partition("\nRack kW by ")
    assert [line.split()[0] for line in listed.splitlines()[2:]] == list(catalog.names("systems"))
    assert "None is measured" in " ".join(meaning.split())
    text = good(command("catalog", "systems", "--sort", "h100e_per_mw", COLUMNS="120"))
    assert text.splitlines()[3].split()[0] == "rubin-ultra-kyber"
    for wrong in (("systems", "--sort", "price"), ("accelerators", "--sort", "h100e"), ("--h100e", "bf16")):
        refused = command("catalog", *wrong)
        assert refused.returncode == 2
        assert "--sort" in refused.stderr
    text = good(command("catalog", "accelerators", "gb300", COLUMNS="80"))
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    for field, value in catalog.entry("accelerators", "gb300").values.items():
        row = next(line for line in text.splitlines() if line.startswith(field))
        assert value.kind in row
        assert value.unit in row
        assert value.note.split(" ")[0] in text
    assert "1,875 .. 2,619" in text
    assert "[1] Epoch AI, Machine Learning Hardware" in text
    assert "(retrieved 2026-11)" in " ".join(text.split())
    for definition, ratio in (("bf16", "2.527"), ("8bit", "2.527"), ("best", "7.58")):
        assert [definition, ratio, "H100e"] in [line.split() for line in text.splitlines()]


def test_figures_lists_every_figure_with_its_unit_in_80_columns(command):
    text = good(command("figures", COLUMNS="80"))
    assert max(map(len, text.splitlines())) <= 80
    whole = good(command("figures", COLUMNS="160"))
    rows = [line.split() for line in whole.splitlines()]
    for measures in DECLARED.values():
        for name, measure in measures.items():
            assert [name, *measure.unit.split()] in [row[: 1 + len(measure.unit.split())] for row in rows]


def test_figures_by_part_of_a_name_or_pattern(command):
    listed = json.loads(good(command("figures", "lcoc*", "--json")))["figures"]
    assert [figure["in_results"] for figure in listed] == [
        "lcoc_{currency}_per_accelerator_h",
        "lcoc_{currency}_per_h100e_h",
    ]
    assert listed[1] == {
        "name": "lcoc_per_h100e_h",
        "title": "Cost of an H100e-hour",
        "in_results": "lcoc_{currency}_per_h100e_h",
        "form": "money",
        "unit": "currency/(H100e h)",
        "meaning": "Levelised cost of an H100e-hour",
        "better": "lower",
        "fold": "whole",
        "found": ["headline"],
    }
    peak = good(command("figures", "FACILITY_PEAK"))
    assert "Found: headline, by month, by year" in peak
    assert "capex_per_h100e" in good(command("figures", "capex_usd_per_h100e"))


def test_catalog_for_machines(command):
    tables = json.loads(good(command("catalog", "--json")))
    assert tables["accelerators"]["entries"] == len(load_catalog().names("accelerators"))
    assert [name for name, about in tables.items() if not about["what"]] == []
    entry = json.loads(good(command("catalog", "accelerators", "gb300", "--json")))
    assert entry["h100e"]["8bit"] == pytest.approx(5000 / 1979)
    assert entry["tdp_w"] | {"origin": ""} == {
        "value": 1400.0,
        "unit": "W",
        "low": None,
        "high": None,
        "kind": "published",
        "source": load_catalog().entry("accelerators", "gb300").get("tdp_w").source,
        "retrieved": "2026-11",
        "confidence": entry["tdp_w"]["confidence"],
        "note": "",
        "origin": "",
    }
    table = json.loads(good(command("catalog", "accelerators", "--json")))
    assert table["gb300"] == entry


def test_schema_is_a_schema(command):
    schema = json.loads(good(command("schema")))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert {"sites", "targets", "horizon_years"} <= set(schema["$defs"]["Scenario"]["properties"])
    faults = [fault.message for fault in jsonschema.Draft202012Validator(schema).iter_errors({"schema": 1})]
    assert "'sites' is a required property" in faults


def test_an_interruption_is_one_line(aion_file, capsys, monkeypatch, tmp_path):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("capsim.pipeline.simulate", interrupted)
    monkeypatch.setattr("sys.argv", ["capsim", "run", str(aion_file), "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 130
    assert capsys.readouterr() == ("", "interrupted, nothing more was written\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("is_terminal", [True, False])
def test_progress_is_for_terminals(is_terminal, capsys, monkeypatch):
    monkeypatch.setattr("capsim.terminal.LONG_S", 0.05)
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal)
    with progress("projecting x") as counter:
        threading.Event().wait(0.2)
        counter.of("draws")(3, 8, 2.4)
    out, told = capsys.readouterr()
    assert out == ""
    if not is_terminal:
        assert told == ""
        return
    shown = told.split("\r\x1b[K")
    assert shown[1] == "projecting x ... 0 s"
    assert shown[-2:] == ["projecting x, draws: 3/8, 2 s left", ""]


def test_every_cash_flow_is_traced_to_milestone_price_and_source(command, aion_file):
    text = good(command("explain", aion_file, "aion.p1", "--ledger", COLUMNS="80"))
    lines = [line.rstrip() for line in text.splitlines()]
    assert "Cash flows in EUR2025, real" in lines
    assert max(map(len, lines)) <= 80
    bought = lines.index("aion.p1: systems")
    assert lines[bought + 1] == "  price: sites.aion.phases.p1.deployments.racks.system_price_usd"
    rows = [line.split() for line in lines[bought + 2 : bought + 4]]
    assert [row[0] for row in rows] == ["2028-04-01", "2028-11-13"]
    assert [row[3:] for row in rows] == [["order:", "ordered", "racks"], ["delivery:", "delivered", "racks"]]
    assert "costs.items.network.amount" in lines
    assert "Bernstein" in text
    at = lines.index("Sums")
    assert lines[at + 1].split()[:4] == ["capex", "in", "the", "horizon"]


def test_cash_flows_of_nothing_are_refused(command, aion_file):
    done = command("explain", aion_file, "networc", "--ledger")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "no cash flow of a site, phase, item or payer networc; did you mean network?\n"


def test_hour_says_what_binds(command, aion_file):
    """AION on 2 transformers of 60 MW less one: 60 of the MW contracted are usable."""
    firm = "sites.aion.firm_power={unit_mw: 60, units: 2, redundant_units: 1, source: 'assumed: x'}"
    shown = good(command("hour", aion_file, "aion", "--set", firm))
    assert "what binds: the power at the meter" in " ".join(shown.split())
    usable = next(line for line in shown.splitlines() if "Grid power usable" in line)
    assert usable.split()[-2:] == ["60.00", "MW"]


def test_hour_shows_the_hardest_hour_and_the_duration_curve(command, aion_file):
    shown = good(command("hour", aion_file, "aion", "--at", "2031-07-15T15"))
    assert "aion, 2031-07-15 15:00 UTC; no limit binds" in shown
    assert "EUR2025/h" in shown
    assert "Headroom at the meter" in shown
    assert "Facility load at the meter" in shown
    assert "Facility load in 2031" in shown
    missing = command("hour", aion_file, "aoin")
    assert missing.returncode == 2
    assert "unknown site aoin; did you mean aion?" in missing.stderr
    never = command("hour", aion_file, "aion", "--at", "2099-01-01T00")
    assert "the horizon has no hour 2099-01-01T00" in never.stderr


def test_validate_questions_what_can_hardly_be_meant(command, aion_file):
    price = "sites.aion.phases.p1.deployments.racks.system_price_usd=3900"
    done = command("validate", aion_file, "--set", price)
    assert done.returncode == 0
    assert "is it in thousands? (got 3900) [far_from_catalog]" in done.stderr
    assert done.stdout.rstrip().endswith("1 question)")
    strict = command("validate", aion_file, "--set", price, "--strict")
    assert (strict.returncode, strict.stdout) == (2, "")
    assert "1 problem, nothing was run" in strict.stderr
    run = command("run", aion_file, "--set", price, "--strict")
    assert (run.returncode, run.stdout, run.stderr) == (2, "", strict.stderr)


def test_a_template_is_a_workbook_that_every_command_takes(command, tmp_path):
    file, book = "scenarios/scaleway-5000-gpus.yaml", tmp_path / "mine.xlsx"
    assert f"capsim run {book}" in good(command("template", "--xlsx", book, "--from", file))
    assert "ok (scenario" in good(command("validate", book))
    first, second = (good(command("run", one, "--json", "-n", "0", "--no-relief")) for one in (book, file))
    assert json.loads(first)["headline"] == json.loads(second)["headline"]
    # the same scenario to the last bit: each draw, too
    studies = [json.loads(good(command("ensemble", one, "-n", "3", "--json"))) for one in (book, file)]
    assert studies[0]["manifest"]["digest"] == studies[1]["manifest"]["digest"]
    again = command("template", "--xlsx", book)
    assert (again.returncode, "is there already; nothing was written" in again.stderr) == (2, True)


def test_the_small_scenario_of_a_template_is_valid(command, tmp_path):
    (tmp_path / "mine.yaml").write_text(good(command("template")), encoding="utf-8")
    assert "ok (scenario my-plan" in good(command("validate", tmp_path / "mine.yaml"))
    refused = command("template", "--from", "scenarios/scaleway-5000-gpus.yaml")
    assert (refused.returncode, "--from needs --xlsx" in refused.stderr) == (2, True)
    named = command("template", "mine.txt", "--xlsx")
    assert (named.returncode, "ends in .xlsx" in named.stderr) == (2, True)


def test_a_new_scenario_takes_no_name_that_is_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("mine", "utf-8")
    done = CliRunner().invoke(cli.app, ["new", "mine"])
    assert (done.exit_code, done.stderr) == (2, "mine.yaml: is there already; nothing was written\n")
    assert [file.name for file in tmp_path.iterdir()] == ["mine.yaml"]
    done = CliRunner().invoke(cli.app, ["new", "nowhere/mine"])
    assert (done.exit_code, "nowhere/mine.yaml: cannot be written" in done.stderr) == (2, True)
    done = CliRunner().invoke(cli.app, ["examples", "remove"])
    assert (done.exit_code, "capsim examples copy NAME" in done.stderr) == (2, True)


def test_an_imported_table_is_written_once_and_never_over_a_file(command, tmp_path):
    (tmp_path / "offer.csv").write_text("Name,tdp_w,Source\nChip X1,800,Offer 12\n", "utf-8")
    ask = ["catalog", "import", "offer.csv", "--as", "accelerators", "--out", "mine.csv"]
    first = command(*ask, cwd=tmp_path)
    written = (tmp_path / "mine.csv").read_text("utf-8")
    assert (first.returncode, "chip-x1,tdp_w,800,W,,,published,Offer 12" in written) == (0, True)
    (tmp_path / "mine.csv").write_text("# my notes\n" + written, "utf-8")
    again = command(*ask, cwd=tmp_path)
    assert (again.returncode, "mine.csv: is there already; nothing was written" in again.stderr) == (2, True)
    assert (tmp_path / "mine.csv").read_text("utf-8").startswith("# my notes")


def test_two_forms_of_one_diff_are_refused(tmp_path):
    table = tmp_path / "tariffs.csv"
    table.write_bytes((DATA / "tariffs.csv").read_bytes())
    done = CliRunner().invoke(cli.app, ["diff", str(table), str(table), "--json", "--markdown"])
    assert done.exit_code == 2
    assert "--json and --markdown are two forms of one answer; give one" in done.output
    for form in ("--json", "--markdown"):
        assert CliRunner().invoke(cli.app, ["diff", str(table), str(table), form]).exit_code == 0
        refused = CliRunner().invoke(cli.app, ["diff", str(table), str(table), form, "--all"])
        assert (refused.exit_code, f"{form} and --all exclude one another" in refused.output) == (2, True)
