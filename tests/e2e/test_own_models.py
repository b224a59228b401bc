"""A user's own functions in every table of the package: registered in one place, named by a scenario."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import pkgutil
import runpy
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

import capsim
from capsim.extensions import tables

ROOT = Path(__file__).parents[2]
COMMAND = str(Path(sys.executable).with_name("capsim"))
pytestmark = pytest.mark.e2e

make = SimpleNamespace(**runpy.run_path(str(ROOT / "tests" / "portfolios.py")))

HEAD = '''"""My models."""

from dataclasses import dataclass

import numpy as np

CALLED = set()
'''
STRANGERS = {
    "cost basis of capex": """
from capsim.models.cost_bases import Hall, cost_basis

@cost_basis("per_door", per=Hall, unit="currency/door")
def per_door(amount: float, hall: Hall) -> float:
    \"\"\"Each door of an owned phase: two for each MW.\"\"\"
    CALLED.add("cost basis of capex")
    return amount * 2.0 * hall.critical_it_mw
""",
    "cost basis of opex": """
from capsim.models.cost_bases import SiteMonths, cost_basis

@cost_basis("per_accelerator_hour", per=SiteMonths, unit="currency/h")
def per_accelerator_hour(amount: float, site: SiteMonths) -> np.ndarray:
    \"\"\"Hour delivered by an accelerator.\"\"\"
    CALLED.add("cost basis of opex")
    return amount * site.series["accelerator_h"]
""",
    "stage kind": """
from capsim.models.stages import STAGE_KINDS

@STAGE_KINDS.register("twice")
def twice(duration_d, rng, *, again=2.0):
    \"\"\"Take the duration several times.\"\"\"
    CALLED.add("stage kind")
    return again * duration_d
""",
    "demand shape": """
from capsim.models.demand import DEMAND_SHAPES

@DEMAND_SHAPES.register("office")
def office(hour_of_week, *, share_at_night):
    \"\"\"Demand of an office.\"\"\"
    CALLED.add("demand shape")
    level = np.where((hour_of_week % 24 >= 8) & (hour_of_week % 24 < 20), 1.0, share_at_night)
    return level * 2.0 / (1.0 + share_at_night)
""",
    "cooling model": """
from capsim.models.cooling import COOLING, Cooling

@COOLING.register("snow")
def snow(heat_mw, dry_bulb_c, wet_bulb_c, *, rated_heat_mw, fan_share):
    \"\"\"Cool with snow.\"\"\"
    CALLED.add("cooling model")
    return Cooling(fan_share * np.asarray(heat_mw), np.zeros(np.shape(heat_mw)))
""",
    "repayment schedule": """
from capsim.models.debt import REPAYMENTS, Schedule

@REPAYMENTS.register("late")
def late(rate, periods):
    \"\"\"All in the last two periods.\"\"\"
    CALLED.add("repayment schedule")
    principal = np.zeros(periods)
    principal[-2:] = 1.0 / len(principal[-2:])
    return Schedule(np.full(periods, rate), principal)
""",
    "ordering policy": """
from capsim.models.ordering import ORDERING

@ORDERING.register("half_way")
def half_way(outlook):
    \"\"\"Order half way between today and the hand-over.\"\"\"
    CALLED.add("ordering policy")
    return outlook.now_d if outlook.ready_d() - outlook.now_d < 60.0 else outlook.now_d + 20.0
""",
    "distribution": """
from capsim.models.uncertain import DISTRIBUTIONS

@dataclass(frozen=True)
class Fixed:
    at: float

    @property
    def central(self):
        return self.at

    @property
    def support(self):
        return self.at, self.at + 1.0

    def ppf(self, probability):
        return self.at + np.asarray(probability, dtype=float)

@DISTRIBUTIONS.register("fixed")
def fixed(*, at):
    \"\"\"At a number, or up to 1 above it.\"\"\"
    CALLED.add("distribution")
    return Fixed(float(at))
""",
}
"""A function of a stranger's for each table, by what the table is of."""
HEADER = "name,field,value,unit,low,high,kind,source,retrieved,confidence,note"
COOLING_CSV = f"""{HEADER}
snow,title,Snow,text,,,assumed,assumed: mine,2026-11,C,
snow,model,snow,text,,,assumed,assumed: mine,2026-11,C,
snow,fan_share,0.02,1,,,assumed,assumed: mine,2026-11,C,
"""
ITEMS_CSV = f"""{HEADER}
doors,category,capex,text,,,assumed,assumed: mine,2026-11,C,
doors,basis,per_door,text,,,assumed,assumed: mine,2026-11,C,
doors,amount,1000,EUR/door,,,assumed,assumed: mine,2026-11,C,
doors,currency,EUR,text,,,assumed,assumed: mine,2026-11,C,
doors,price_year,2025,year,,,assumed,assumed: mine,2026-11,C,
"""
PRESETS_CSV = f"""{HEADER}
mine,doors,doors,text,,,assumed,assumed: mine,2026-11,C,
"""
EXPECTED = set(STRANGERS)


def scenario():
    """A small scenario that names all of them."""
    stages = make.stages()
    stages[0] |= {"kind": "twice", "arguments": {"again": 3.0}}
    order = make.racks(
        ordering="half_way", ordered_on=date(2026, 2, 1), margin_weeks={"dist": "fixed", "at": 1.0}
    )
    debt = {"id": "loan", "share": 0.5, "rate_nominal_per_y": 0.05, "term_years": 1.0, "repayment": "late"}
    price = {"id": "p", "on": date(2026, 1, 1), "amount": 2.0, "currency": "EUR"}
    software = {"id": "software", "category": "opex", "basis": "per_accelerator_hour", "amount": 0.01}
    shape = {"name": "office", "arguments": {"share_at_night": 0.5}}
    place = make.site(make.hall(order, stages=stages), cooling={"preset": "snow"})
    return make.scenario(
        place,
        catalog={"cooling": "cooling.csv", "cost_items": "items.csv", "cost_presets": "presets.csv"},
        costs={"preset": "mine", "items": [software]},
        demand={"h100e": 5000.0, "shape": shape},
        finance={"debts": [debt], "inflation_per_y": 0.02, "construction_inflation_per_y": 0.02},
        revenue={"prices": [price]},
    )


@pytest.fixture
def folder(tmp_path):
    """A folder outside the package with the module, the catalogue files and the scenario."""
    (tmp_path / "my_models.py").write_text(HEAD + "".join(STRANGERS.values()), "utf-8")
    (tmp_path / "cooling.csv").write_text(COOLING_CSV, "utf-8")
    (tmp_path / "items.csv").write_text(ITEMS_CSV, "utf-8")
    (tmp_path / "presets.csv").write_text(PRESETS_CSV, "utf-8")
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(scenario(), sort_keys=False), "utf-8")
    return tmp_path


def command(folder, *arguments):
    """Run the installed command where the user's files are, outside the checkout."""
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )


def python(folder, script):
    """Run a script of the user's beside the module."""
    return subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )


def test_every_table_of_the_package_has_a_stranger():
    for module in pkgutil.walk_packages(capsim.__path__, "capsim."):
        importlib.import_module(module.name)
    assert {table.what for table in tables()} == EXPECTED


IN_PYTHON = """
import json
import my_models, capsim
from capsim.pipeline import run
scenario = capsim.load("mine.yaml")
parsed, calls = {"distribution"} & my_models.CALLED, my_models.CALLED
calls.clear()
projection, run = capsim.simulate(scenario), run(scenario)
projection.cash_flow
starts = {m.item: m.time_d for m in run.timeline.of_kind("started")}
print(json.dumps({
    "called": sorted(calls | parsed),
    "permit_d": starts["construction"] - starts["permit"],
    "doors": float(run.ledger.total("capex", item="doors").sum()),
    "software": float(run.ledger.total("opex", item="software").sum()),
    "hours": float(run.operations.monthly["accelerator_h"].sum()),
    "extensions": projection.manifest["extensions"],
}))
"""


def test_a_scenario_names_a_strangers_function_of_every_table(folder):
    done = python(folder, IN_PYTHON)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["called"]) == EXPECTED
    assert found["permit_d"] == pytest.approx(3.0 * 2.0 * 365.25 / 12)
    assert found["doors"] == pytest.approx(1000.0 * 2.0 * 16.0)
    assert found["software"] == pytest.approx(0.01 * found["hours"])
    assert found["hours"] > 0.0
    digest = hashlib.sha256((folder / "my_models.py").read_bytes()).hexdigest()
    assert found["extensions"] == {"my_models": digest}


def test_any_command_takes_the_module(folder):
    for arguments in (["validate", "mine.yaml"], ["run", "mine.yaml", "--out", "out"]):
        done = command(folder, *arguments, "--extend", "my_models.py")
        assert (done.returncode, done.stderr) == (0, ""), arguments
    record = json.loads((folder / "out" / "projection.json").read_text("utf-8"))
    assert list(record["manifest"]["extensions"]) == ["my_models"]
    share = command(folder, "explain", "mine.yaml", "costs.items.doors", "--extend", "my_models.py").stdout
    assert "costs.items.doors.amount: 1000.0 EUR/door" in share
    assert "costs.items.doors.order_share: 0.1\n    cost_bases.csv:5 (catalog)" in share
    listed = command(folder, "catalog", "cost_bases", "per_door", "--extend", "my_models.py").stdout
    assert "Each door of an owned phase: two for each MW" in listed


def test_without_the_module_the_names_are_unknown(folder):
    done = command(folder, "validate", "mine.yaml")
    assert done.returncode == 2
    for rule in (
        "costs.items.doors.basis: unknown capex basis; there are per_critical_it_mw, per_facility_cost",
        "costs.items.software.basis: unknown opex basis; there are 12, such as",
        "phases.p1.stages.permit.kind: unknown stage kind; there are work, attempts (got twice)",
        "phases.p1.deployments.racks.ordering: must be one of fixed, just_in_time, demand, "
        "or one registered with --extend (got half_way)",
    ):
        assert rule in done.stderr, done.stderr


def test_the_processes_of_a_study_have_the_module(folder):
    both = [
        command(
            folder, "ensemble", "mine.yaml", "-n", 17, "--processes", n, "--json", "--extend", "my_models.py"
        )
        for n in (1, 2)
    ]
    assert [(done.returncode, done.stderr) for done in both] == [(0, "")] * 2
    assert both[0].stdout == both[1].stdout


def test_an_imported_module_goes_along_to_the_processes(folder):
    script = """
import my_models, capsim
scenario = capsim.load("mine.yaml")
ensembles = [capsim.ensemble(scenario, 17, processes=n).to_dict() for n in (1, 2)]
assert repr(ensembles[0]) == repr(ensembles[1])
"""
    done = python(folder, script)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_study_is_another_study_with_another_module(folder):
    begin = ["ensemble", "mine.yaml", "-n", 2, "--processes", 1, "--extend", "my_models.py", "--out", "study"]
    assert command(folder, *begin).returncode == 0
    with (folder / "my_models.py").open("a") as module:
        module.write("\n# changed\n")
    again = command(folder, *begin, "--resume")
    assert (again.returncode, again.stderr) == (2, "study holds another study: extensions differs\n")


def test_a_cluster_has_the_module(folder):
    pytest.importorskip("distributed")
    script = """
import warnings
warnings.simplefilter("ignore")
import distributed, my_models, capsim
if __name__ == "__main__":
    scenario = capsim.load("mine.yaml")
    with distributed.LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster:
        there = capsim.ensemble(scenario, 17, dask=cluster.scheduler_address)
    assert repr(there.to_dict()) == repr(capsim.ensemble(scenario, 17, processes=1).to_dict())
    print("same")
"""
    (folder / "go.py").write_text(script, "utf-8")
    # the workers start in a folder that has no such module
    run = "runpy.run_path('go.py', run_name='__main__')"
    done = python(folder, f"import sys, runpy; sys.path.insert(0, {str(folder)!r}); {run}")
    assert done.stdout == "same\n", done.stderr


def test_a_module_that_cannot_be_loaded_stops_the_command(folder):
    (folder / "wrong.py").write_text("from capsim.models.cost_bases import CAPEX_BASES\nx / 0\n", "utf-8")
    for arguments, message in (
        (["nope.py"], "nope.py: cannot be read: No such file or directory\n"),
        (["wrong.py"], "wrong.py:2: cannot be loaded: NameError: name 'x' is not defined\n"),
    ):
        done = command(folder, "run", "mine.yaml", "--out", "out", "--extend", *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
    assert not (folder / "out").exists()


def test_a_file_named_like_a_library_is_refused(folder):
    (folder / "json.py").write_text("x = 1\n", "utf-8")
    done = command(folder, "catalog", "--json", "--extend", "json.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "json.py: there is a module json already; give the file another name\n"


def test_a_plant_that_cannot_be_called_as_plants_are_is_a_fault_of_the_file(folder):
    text = (folder / "my_models.py").read_text("utf-8")
    snow = "def snow(heat_mw, dry_bulb_c, wet_bulb_c, *, rated_heat_mw, fan_share):"
    for wrong, rule in (
        ("def snow(heat_mw, *, fan_share):", "cooling model snow cannot be called: snow() "),
        (snow + "\n    return heat_mw", "cooling model snow gives no Cooling"),
    ):
        assert snow in text
        (folder / "my_models.py").write_text(text.replace(snow, wrong), "utf-8")
        done = command(folder, "validate", "mine.yaml", "--extend", "my_models.py")
        assert done.returncode == 2
        assert rule in done.stderr + done.stdout
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (
            "return amount * 2.0 * hall.critical_it_mw",
            "return None",
            "cost basis of capex per_door of my_models must give a finite cost (got None)\n",
        ),
        (
            'site.series["accelerator_h"]',
            'site.series["nonsense"]',
            "cost basis of opex per_accelerator_hour of my_models fails: KeyError: 'nonsense'\n",
        ),
        (
            "return again * duration_d",
            "return -5.0",
            "stage kind twice of my_models must give a duration of at least 0 days (got -5.0)\n",
        ),
    ],
)
def test_a_function_that_fails_in_a_run_is_named(folder, right, wrong, told):
    module = folder / "my_models.py"
    text = module.read_text("utf-8")
    assert right in text
    module.write_text(text.replace(right, wrong), "utf-8")
    done = command(folder, "run", "mine.yaml", "--spread", "0", "--no-relief", "--extend", "my_models.py")
    assert done.returncode == 2
    assert done.stderr.endswith(told)
    assert "Traceback" not in done.stderr
