"""`capsim run` on the shipped scenarios, as a user starts it.

Tests `cli`, `terminal`.
"""

from __future__ import annotations

import json
import subprocess
from hashlib import sha256

import pytest

import capsim
from capsim.projection.plain import as_json
from capsim.report.result_files import results, write_report
from capsim.study import RUNGS, first_reliefs, with_spread

pytestmark = pytest.mark.e2e

FILES = {
    "assumptions.parquet",
    "binding_by_month.csv",
    "cash_flow.csv",
    "cash_flow.parquet",
    "cash_flow_by_year.csv",
    "delay.parquet",
    "flows.parquet",
    "funding.parquet",
    "gantt.png",
    "gantt.svg",
    "halls.csv",
    "halls.parquet",
    "ledger.csv",
    "eu_scheme.csv",
    "ledger.parquet",
    "levelised.parquet",
    "milestones.parquet",
    "monthly.csv",
    "monthly.parquet",
    "monthly_series.csv",
    "overview.png",
    "overview.svg",
    "projection.json",
    "relief.json",
    "scenario.yaml",
    "stranded.parquet",
    "waiting.parquet",
    "waits.parquet",
    "who_pays_by_year.csv",
    "workbook.xlsx",
    "yearly.csv",
}
PNG = b"\x89PNG\r\n\x1a\n"


def words(text):
    return " ".join(text.split())


def rows_of(text):
    """Cells of tables, whose lines between are bars where the encoding has no others."""
    return [line.replace("|", " ").split() for line in text.splitlines()]


def test_succeeds_and_says_where(shipped):
    assert (shipped.done.returncode, shipped.done.stderr) == (0, "")
    assert shipped.done.stdout.endswith(f"Written to {shipped.folder}\n")


def test_summary_fits_in_a_hundred_columns_without_colour(shipped):
    lines = shipped.done.stdout.splitlines()[:-1]
    assert max(len(line.rstrip()) for line in lines) <= 100
    assert "\x1b" not in shipped.done.stdout


def test_summary_has_every_year(shipped):
    projection = capsim.Projection.load(shipped.folder)
    rows = rows_of(shipped.done.stdout)
    for year, row in projection.yearly.iterrows():
        found = next(r for r in rows if r[:1] == [str(year)] and r[1] != "to")
        assert f"{row['accelerators']:,.0f}" == found[1]
        assert f"{row[f'h100e_{projection.definition}']:,.0f}" == found[2]
        assert f"{row['critical_it_mw']:,.1f}" == found[3]
        assert f"{row['facility_mean_mw']:,.1f}" == found[4]
        assert f"{row['facility_peak_mw']:,.1f}" == found[5]
        assert " ".join(found).endswith(row["binds"])


def test_summary_says_every_finding_and_target(shipped):
    projection = capsim.Projection.load(shipped.folder)
    text = words(shipped.done.stdout)
    sentences = [finding.text for finding in projection.findings]
    assert sentences
    assert [sentence for sentence in sentences if words(sentence) not in text] == []
    assert [target.target for target in projection.targets if target.target not in text] == []


def test_summary_dates_every_phase(shipped):
    projection = capsim.Projection.load(shipped.folder)
    ready = projection.milestones[projection.milestones["kind"] == "ready_for_service"]
    rows = rows_of(shipped.done.stdout)
    for row in ready.itertuples():
        found = next(r for r in rows if r[:2] == [row.site, row.phase])
        assert f"{row.date:%Y-%m}" in found


def test_out_has_exactly_the_files_expected(shipped):
    assert {entry.name for entry in shipped.folder.iterdir()} == FILES
    record = json.loads((shipped.folder / "projection.json").read_text("utf-8"))
    assert set(record["files"]) == FILES
    assert (shipped.folder / "overview.png").read_bytes().startswith(PNG)
    assert "<svg" in (shipped.folder / "overview.svg").read_text("utf-8")[:2000]
    assert [entry for entry in shipped.folder.parent.iterdir() if entry != shipped.folder] == []


def test_out_and_json_are_the_projection(shipped, command):
    projection = capsim.simulate(capsim.load(shipped.file))
    assert capsim.Projection.load(shipped.folder).identical(projection)
    done = command("run", shipped.file, "--spread", 0, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == as_json(results(projection, first_reliefs(projection.run))) + "\n"
    record = json.loads(done.stdout)
    keys = ["facts", "findings", "headline", "heat", "manifest", "milestones", "relief", "targets", "yearly"]
    assert sorted(record) == keys
    saved = json.loads((shipped.folder / "projection.json").read_text("utf-8"))
    assert {key: record[key] for key in saved if key in record} == {k: saved[k] for k in saved if k in record}


def test_json_is_the_same_bytes_twice(command, aion_file):
    """Whatever the order of sets, and the number of threads that linear algebra may use."""
    first, second = (
        command("run", aion_file, "--json", PYTHONHASHSEED=number, OPENBLAS_NUM_THREADS=number)
        for number in ("1", "2")
    )
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == second.stdout


def test_out_again_replaces_and_gives_the_same_bytes(command, aion_file, tmp_path):
    folder = tmp_path / "out"
    for seed in (1, 0):
        done = command("run", aion_file, "--out", folder, "--seed", seed, "--spread", 8, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["manifest"]["seed"] == seed
    projection = with_spread(capsim.simulate(capsim.load(aion_file), seed=0), 8)
    here = write_report(projection, tmp_path / "here", relief=first_reliefs(projection.run, rungs=RUNGS))
    assert contents(folder) == contents(here)


def contents(folder):
    """Digests, since pytest takes minutes to show how two workbooks differ."""
    return {entry.name: sha256(entry.read_bytes()).hexdigest() for entry in folder.iterdir()}


def test_hourly_is_written_with_out(command, aion_file, tmp_path):
    file, folder = tmp_path / "short.yaml", tmp_path / "out"
    file.write_text(f"schema: 1\nextends: {aion_file}\nname: short\nhorizon_years: 5\n", "utf-8")
    sets = [f"--set=sites.aion.phases.{p}.deployments.racks.ordered_on=2028-06-01" for p in ("p3", "p4")]
    done = command("run", file, *sets, "--spread", 0, "--hourly", "--out", folder)
    assert (done.returncode, done.stderr) == (0, "")
    hourly = capsim.Projection.load(folder).hourly
    assert {entry.name for entry in folder.iterdir()} == FILES | {"hourly.parquet"}
    assert hourly.sizes["hour"] == capsim.load(file, sets=[s[6:] for s in sets]).calendar.n_hours


def test_override_and_set_reach_the_run(command, aion_file):
    path = "sites.aion.phases.p1.critical_it_mw"
    done = command("run", aion_file, "--override", "rubin", "--set", f"{path}=40", "--json", COLUMNS="80")
    record = json.loads(done.stdout)
    scenario = capsim.load(aion_file, overrides=["rubin"], sets=[f"{path}=40"])
    assert record["manifest"]["digest"] == scenario.digest
    assert record["headline"]["critical_it_mw_end"] == pytest.approx(40 + 3 * 45.45)


def test_summary_in_eighty_columns_splits_the_yearly_table(command, aion_file):
    done = command("run", aion_file, "--years", COLUMNS="80")
    assert max(len(line.rstrip()) for line in done.stdout.splitlines()) <= 80
    assert "Capacity and power by year" in done.stdout
    assert "Energy, carbon, water and money by year" in done.stdout
    assert "…" not in done.stdout


def test_it_opens_with_one_screen_and_names_the_sections(command, aion_file):
    done = command("run", aion_file, "--spread", 8, COLUMNS="80")
    lines = done.stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert lines[-1].startswith("More: --years --milestones --halls --binding --money --sure --findings")
    flags = lines[-1].replace(",", "").split()[1:8]
    shown = {flag: command("run", aion_file, flag, "--spread", 8).stdout for flag in flags}
    marks = ("By year", "Milestones", "Halls", "What is not ready", "Over the horizon", "How sure", "Targets")
    for text, mark in zip(shown.values(), marks, strict=True):
        assert text.startswith(mark)
    assert "What would help" in shown["--binding"]


def test_what_excludes_one_another_is_refused(command, aion_file):
    for flags, said in (
        (("--years", "--json"), "--json and a section such as --years exclude one another"),
        (("--all", "--scope"), "--scope and a section such as --years exclude one another"),
        (("--json", "--explain", "pue"), "--json and --explain exclude one another"),
    ):
        done = command("run", aion_file, *flags)
        assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", said)


def test_no_relief_gives_the_plan_alone(command, aion_file):
    done = command("run", aion_file, "--no-relief", "--all")
    assert (done.returncode, done.stderr) == (0, "")
    assert "What would help" not in done.stdout
    assert "Helps most" not in done.stdout
    assert "relief" not in json.loads(command("run", aion_file, "--no-relief", "--json").stdout)


def test_a_closed_pipe_is_quiet(start, aion_file):
    process = start("run", aion_file, stdout=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(30) == 1
