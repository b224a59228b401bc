"""What a user does wrong: the whole message, exit code 2, and nothing written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

USAGE = "Usage: capsim run [OPTIONS] {FILE}\nTry 'capsim run -h' for help.\n\nError: "
CASES = {
    "missing file": (
        ["run", "nope.yaml"],
        "nope.yaml: cannot be read: no such file or directory\nnope.yaml: 1 problem, nothing was run\n",
    ),
    "a scenario for a claim": (
        ["audit", "aion.yaml"],
        "aion.yaml: must be a claim and is a scenario, which capsim run takes\n"
        "aion.yaml: 1 problem, nothing was run\n",
    ),
    "a scenario for a plan": (
        ["plan", "aion.yaml"],
        "aion.yaml: must be a plan and is a scenario, which capsim run takes\n"
        "aion.yaml: 1 problem, nothing was run\n",
    ),
    "draws without a place": (
        ["ensemble", "aion.yaml", "-n", "2", "--draws"],
        "--draws needs --out DIR: draws are kept in the folder, not shown\n",
    ),
    "hourly without a place": (
        ["run", "aion.yaml", "--hourly"],
        "--hourly needs --out DIR: hourly series are written, not shown\n",
    ),
    "unknown override": (
        ["run", "aion.yaml", "--override", "rubim"],
        "--override: unknown override; did you mean rubin? (got rubim)\n"
        "aion.yaml: 1 problem, nothing was run\n",
    ),
    "misspelt path": (
        ["run", "aion.yaml", "--set", "sites.aion.phases.p1.critical_it_wm=60"],
        "--set  sites.aion.phases.p1.critical_it_wm: unknown key; did you mean critical_it_mw? (got 60)\n"
        "aion.yaml: 1 problem, nothing was run\n",
    ),
    "value out of range": (
        ["run", "aion.yaml", "--set", "sites.aion.phases.p1.critical_it_mw=-5"],
        "--set  sites.aion.phases.p1.critical_it_mw: must be greater than 0 (got -5)\n"
        "aion.yaml: 1 problem, nothing was run\n",
    ),
    "no value": (
        ["run", "aion.yaml", "--set", "horizon_years"],
        "--set: must be written PATH=VALUE (got horizon_years)\naion.yaml: 1 problem, nothing was run\n",
    ),
    "several faults at once": (
        ["run", "aion.yaml", "--set", "horizon_years=99", "--set", "sites.aion.climate=pari"],
        "--set  horizon_years: must be at most 30 (got 99)\n"
        "--set  sites.aion.climate: unknown climate; in fra: paris, nancy, "
        "macon, rennes, la-rochelle, agen, carpentras, nice, lyon, bordeaux, marseille, lille; "
        "or write {nearest: [latitude, longitude]}; did you mean paris? (got pari)\n"
        "aion.yaml: 2 problems, nothing was run\n",
    ),
    "negative seed": (
        ["run", "aion.yaml", "--seed", "-1"],
        USAGE + "Invalid value for '--seed': Input should be greater than or equal to 0 (got -1)\n",
    ),
    "a seed that is no number": (
        ["run", "aion.yaml", "--seed", "one"],
        USAGE + "Invalid value for '--seed': Input should be a valid integer, unable to parse string as an "
        "integer (got one)\n",
    ),
    "an unknown design": (
        ["ensemble", "aion.yaml", "--design", "sobel"],
        "--design must be one of sobol, lhs, random; did you mean sobol? (got sobel)\n",
    ),
    "a sample that is no power of 2": (
        ["sensitivity", "aion.yaml", "--sobol", "3"],
        "--sobol must be a power of 2, or 0 for none (got 3)\n",
    ),
    "an interval of nothing": (
        ["ensemble", "aion.yaml", "--until-ci", "0%"],
        "--until-ci must be greater than 0 and at most 100% (got 0%)\n",
    ),
    "a band that is no number": (
        ["relief", "aion.yaml", "--band", "nan"],
        "--band must be a number of months, 0 or more (got nan)\n",
    ),
    "sections as JSON": (
        ["solve", "aion.yaml", "--vary", "finance.wacc_real", "--until", "lcoc = 3", "--json", "--years"],
        "--json and a section such as --years exclude one another\n",
    ),
    "unknown option": (
        ["run", "aion.yaml", "--ouput", "x"],
        USAGE + "No such option: --ouput (Possible options: --out)\n",
    ),
    "a file in the place of the folder": (
        ["run", "aion.yaml", "--out", "aion.yaml"],
        "aion.yaml exists and is not a saved projection; nothing was written\n",
    ),
    "a file in the place of a folder above": (
        ["run", "aion.yaml", "--out", "aion.yaml/results"],
        "aion.yaml/results: cannot be written: {here}/aion.yaml is not a folder; nothing was written\n",
    ),
    "a folder of something else": (
        ["run", "aion.yaml", "--out", "photos"],
        "photos exists and is not a saved projection; nothing was written\n",
    ),
    "explained path": (
        ["explain", "aion.yaml", "sites.aion.phase"],
        "aion.yaml  sites.aion.phase: no such value; did you mean phases?\n"
        "aion.yaml: 1 problem, nothing was run\n",
    ),
    "validated files": (
        ["validate", "nope.yaml", "empty.yaml"],
        "nope.yaml: cannot be read: no such file or directory\nnope.yaml: 1 problem, nothing was run\n"
        "empty.yaml: the file is empty\nempty.yaml: 1 problem, nothing was run\n",
    ),
    "validated file of no kind": (
        ["validate", "list.yaml"],
        "list.yaml: is no scenario (which has schema, name and sites, or extends another), no claim (claim, "
        "statement and source) and no plan (plan, scenario, slots and options) (got [a, b])\n"
        "list.yaml: 1 problem, nothing was run\n",
    ),
    "validated claim with a set": (
        ["validate", "claim.yaml", "--set", "money=1"],
        "claim.yaml: is a claim; --override and --set change scenarios only\n"
        "claim.yaml: 1 problem, nothing was run\n",
    ),
    "validated claim": (
        ["validate", "claim.yaml"],
        "claim.yaml:1  source: missing\nclaim.yaml:1  statement: missing\n"
        "claim.yaml:2  sttement: unknown key; did you mean statement?\n"
        "claim.yaml: 3 problems, nothing was run\n",
    ),
    "unknown table": (
        ["catalog", "acelerators"],
        "the catalogue has no table acelerators; did you mean accelerators?\n",
    ),
    "unknown figure": (
        ["figures", "facility_peek"],
        "no result is called facility_peek; did you mean facility_peak_mw, facility_gwh or facility_mw?\n",
    ),
    "unknown entry": (
        ["catalog", "accelerators", "gb30"],
        "accelerators has no record gb30; did you mean gb300?\n",
    ),
}


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder, at any depth."""
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


@pytest.mark.parametrize(("arguments", "message"), CASES.values(), ids=CASES)
def test_message(arguments, message, command, aion_file, tmp_path):
    (tmp_path / "aion.yaml").write_bytes(aion_file.read_bytes())
    (tmp_path / "empty.yaml").write_bytes(b"")
    (tmp_path / "list.yaml").write_text("- a\n- b\n", "utf-8")
    (tmp_path / "claim.yaml").write_text("claim: x\nsttement: much\nmoney: 1.0e+9\n", "utf-8")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.png").write_bytes(b"cat")
    before = tree(tmp_path)
    done = command(*arguments, cwd=tmp_path, COLUMNS="100")
    assert done.stderr == message.replace("{here}", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert tree(tmp_path) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="everything can be written by root")
def test_a_folder_that_may_not_be_written(command, aion_file, tmp_path):
    tmp_path.chmod(0o555)
    out = tmp_path / "out"
    done = command("run", aion_file, "--out", out)
    message = f"{out}: cannot be written: Permission denied; nothing was written\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
