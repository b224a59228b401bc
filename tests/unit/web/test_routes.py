"""What the interface answers: the bytes of the commands, faults in words, and nothing unhandled.

Tests `web.routes`, `web.bodies`, `web.answering`, `web.pages`, `web.levers`.
"""

from __future__ import annotations

import json
import math
import random
import string

import pytest
from typer.testing import CliRunner

from capsim.cli import app
from capsim.scenario import EXAMPLES, load, uncertain_values
from capsim.study import sensitivity
from capsim.vocabulary.input_titles import input_title
from capsim.web.levers import MOST, levers_of

RUNNER = CliRunner()
CLAIM = "claims/aion"


@pytest.fixture
def printed(bench_folder, monkeypatch):
    """``printed(*arguments)`` -> what the command writes to standard output, in the folder."""
    monkeypatch.chdir(bench_folder)

    def run(*arguments):
        done = RUNNER.invoke(app, [str(argument) for argument in arguments])
        assert done.exit_code == 0, done.output
        return done.stdout_bytes

    return run


def test_a_projection_is_what_run_prints(client, printed, which):
    body = {"scenario": which("mine.yaml", "horizon_years=6", "finance.wacc_real=0.08"), "seed": 3}
    sets = ("--set", "horizon_years=6", "--set", "finance.wacc_real=0.08", "--seed", 3)
    wanted = printed("run", "mine.yaml", *sets, "--json", "--spread", 0, "--no-relief")
    assert client.post("/api/project", json=body).content == wanted


def test_so_it_is_with_spread_and_relief(client, printed, which, events):
    body = {"scenario": which("mine.yaml"), "spread": 4, "relief": True}
    wanted = printed("run", "mine.yaml", "--json", "--spread", 4)
    *progress, (kind, result) = events("/api/project", body)
    assert (kind, result.encode() + b"\n") == ("result", wanted)
    assert {kind for kind, _ in progress} == {"progress"}
    told = [json.loads(data) for _, data in progress]
    assert told[0]["total"] == 4
    assert all(0 <= one["done"] <= one["total"] for one in told)


def test_what_the_command_does_without_options_is_documented(client, printed, which):
    made = client.get("/openapi.json").json()
    spread = made["components"]["schemas"]["Project"]["properties"]["spread"]
    assert spread["default"] == 0
    assert "capsim run takes 64" in spread["description"]
    assert "POST /api/project" in made["info"]["description"]
    body = {"scenario": which("mine.yaml"), "spread": 64, "relief": True}
    assert client.post("/api/project", json=body).content == printed("run", "mine.yaml", "--json")


def test_the_page_has_the_same_bytes_inside(client, printed, which):
    wanted = printed("run", "mine.yaml", "--json", "--spread", 0, "--no-relief").strip()
    assert wanted in client.post("/api/change", json={"scenario": which("mine.yaml")}).content


@pytest.mark.parametrize(
    ("path", "body", "arguments"),
    [
        ("ensemble", {"n": 4, "targets": ["capex<=9e9"]}, ("-n", 4, "--target", "capex<=9e9")),
        ("relief", {"band_months": 2}, ("--band", 2)),
        ("sensitivity", {"on": "capex"}, ("--on", "capex")),
    ],
)
def test_a_study_is_what_its_command_prints(client, printed, which, path, body, arguments):
    wanted = printed(path, "later.yaml", *arguments, "--json")
    assert client.post(f"/api/{path}", json={"scenario": which("later.yaml"), **body}).content == wanted


def test_a_comparison_is_what_its_command_prints(client, printed, which):
    variants = {"dearer": which("later.yaml", overrides=("dearer",))}
    body = {"base": which("later.yaml"), "variants": variants, "n": 4, "on": "capex"}
    wanted = printed("compare", "later.yaml", "--override", "dearer", "-n", 4, "--on", "capex", "--json")
    assert client.post("/api/compare", json=body).content == wanted


def test_an_audit_is_what_its_command_prints(client, printed):
    wanted = printed("audit", EXAMPLES / f"{CLAIM}.yaml", "--json")
    assert client.post("/api/audit", json={"claim": {"example": CLAIM}}).content == wanted


@pytest.mark.parametrize("place", [(), ("tariffs",), ("systems", "gb300-nvl72")])
def test_the_catalogue_is_what_its_command_prints(client, printed, place):
    assert client.get("/".join(("/api/catalog", *place))).content == printed("catalog", *place, "--json")


def test_a_wrong_scenario_is_told_as_by_the_command(client, which, bench_folder, monkeypatch):
    monkeypatch.chdir(bench_folder)
    sets = ("finance.wacc_real=-5", "sites.nowhere.title=x")
    answer = client.post("/api/project", json={"scenario": which("mine.yaml", *sets)})
    done = RUNNER.invoke(app, ["run", "mine.yaml", *(part for one in sets for part in ("--set", one))])
    assert answer.status_code == 422
    assert answer.json()["message"] == done.stderr.strip()
    assert [fault["path"] for fault in answer.json()["faults"]] == ["finance.wacc_real", "sites.nowhere"]
    assert answer.json()["faults"][0]["value"] == "-5"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "scenario: Field required"),
        ({"scenario": {}}, "scenario: Value error, give exactly one of file, example and text"),
        ({"scenario": {"file": "x", "text": "y"}}, "exactly one of file, example and text"),
        ({"scenario": {"file": "mine.yaml"}, "seed": -1}, "seed: Input should be greater than or equal to 0"),
        ({"scenario": {"file": "mine.yaml"}, "colour": 1}, "colour: Extra inputs are not permitted"),
        ({"scenario": {"file": "gone.yaml"}}, "gone.yaml: cannot be read: no such file or directory"),
        ({"scenario": {"file": "."}}, "."),
        ({"scenario": {"file": "/etc/passwd"}}, "/etc/passwd: is outside the folders that may be read"),
        ({"scenario": {"file": "link.yaml"}}, "link.yaml: is outside the folders that may be read"),
        ({"scenario": {"text": "extends: /etc/passwd"}}, "is outside the folders that may be read"),
        ({"scenario": {"example": "stargait"}}, "there is no such example; did you mean stargate?"),
        ({"scenario": {"text": "name: ["}}, "<text>"),
        ({"scenario": {"text": "\ud800"}}, "text must be whole characters"),
        ({"scenario": {"file": "mine.yaml", "sets": ["x"]}}, "must be written PATH=VALUE"),
    ],
)
def test_what_is_wrong_is_said(client, words, body, said):
    answer = client.post(
        "/api/project", content=json.dumps(body), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert said in words(answer)


def test_the_form_has_every_value_with_what_may_stand_in_it(client, which):
    form = client.post("/api/form", json={"scenario": which("later.yaml")}).json()
    fields = {field["row"]["path"]: field for field in form["fields"]}
    wacc = fields["finance.wacc_real"]
    assert (wacc["kind"], wacc["row"]["unit"]) == ("number", "1/y")
    assert wacc["row"]["source"]
    assert "paris" in form["choices"][next(f["choices"] for p, f in fields.items() if p.endswith(".climate"))]
    assert fields["start"]["kind"] == "date"
    assert fields["schema"]["is_fixed"]
    assert form["overrides"] == ["dearer"]


def test_levers_are_the_tornado_with_the_span_of_each(bench_folder):
    scenario = load(bench_folder / "mine.yaml")
    ranked = sensitivity(scenario, "capex")
    levers, uncertain = levers_of(scenario, ranked), uncertain_values(scenario)
    assert 0 < len(levers) <= MOST
    assert [lever["title"] for lever in levers] == [input_title(lever["name"]) for lever in levers]
    assert [lever["name"] for lever in levers] == list(ranked.tornado.index[: len(levers)])
    for lever in levers:
        first = next(iter(lever["paths"]))
        assert lever["low"] < lever["high"]
        assert lever["at"] == float(uncertain[first])
        assert lever["paths"][first] == 1.0
        assert all(math.isfinite(ratio) for ratio in lever["paths"].values())


def test_a_new_scenario_runs(client):
    text = client.post("/api/new", json={"name": "fresh", "country": "swe", "mw": 6.0}).text
    answer = client.post("/api/change", json={"scenario": {"text": text}})
    assert answer.json()["projection"]["manifest"]["scenario"] == "fresh"
    resolved = client.post("/api/resolved", json={"scenario": {"text": text}}).text
    again = client.post("/api/project", json={"scenario": {"text": resolved}}).json()
    assert again["headline"] == answer.json()["projection"]["headline"]


def test_what_can_be_opened_is_of_the_folder_and_of_the_package(client):
    there = client.get("/api/scenarios").json()
    assert there["files"] == ["mine.yaml", "later.yaml"]
    assert "stargate" in there["examples"]
    assert not [name for name in there["examples"] if name.startswith(("claims/", "bases/"))]
    assert CLAIM in there["claims"]


def test_downloads_are_those_of_the_report(client, which):
    body = {"scenario": which("mine.yaml")}
    page = client.post("/api/report", json=body)
    assert page.text.startswith("<!doctype html>")
    # it is a file to keep: shown as text, it runs nothing here
    assert page.headers["content-type"] == "text/plain; charset=utf-8"
    assert client.post("/api/workbook", json=body).content[:2] == b"PK"
    pictures = client.post("/api/pictures", json=body).json()
    titles = {one["title"] for one in pictures}
    assert {"Build-out", "Where the cost goes"} <= titles
    # those are drawn live
    assert titles.isdisjoint({"Capacity", "Power and its limits"})
    assert all(one["svg"].startswith("<svg") for one in pictures)


def test_pages_hold_nothing_and_ask_nobody(client):
    for path in ("/", "/docs"):
        page = client.get(path, headers={"authorization": ""})
        assert page.status_code == 200
        assert "<script>" not in page.text
        assert "style=" not in page.text
        assert "//" not in page.text.replace("<!doctype html>", "")
    described = client.get("/openapi.json").json()["paths"]
    assert {"/api/project", "/api/ensemble", "/api/compare", "/api/relief", "/api/audit"} <= described.keys()
    assert all("summary" in one for path in described.values() for one in path.values())


def test_every_request_field_and_error_is_described(client):
    described = client.get("/openapi.json").json()
    for path, ways in described["paths"].items():
        for one in ways.values():
            assert one["description"], path
            assert {"401", "403", "413", "422", "503", "504"} <= one["responses"].keys(), path
            assert all(parameter["description"] for parameter in one.get("parameters", ())), path
    for name, record in described["components"]["schemas"].items():
        if name in ("HTTPValidationError", "ValidationError"):
            continue
        for field, about in record.get("properties", {}).items():
            said = about.get("description") or about.get("title" if "$ref" in about else "description")
            assert said, f"{name}.{field}"


def test_a_difference_holds_what_the_command_prints_and_its_words(client, which):
    variants = {"dearer": which("later.yaml", overrides=("dearer",))}
    body = {"base": which("later.yaml"), "variants": variants, "n": 4, "on": "capex"}
    whole = client.post("/api/compare", json=body).content.decode().removesuffix("\n")
    asked = body | {"together": {}}
    answer = client.post("/api/difference", json=asked).content.decode()
    assert answer.startswith(f'{{"comparison": {whole},\n"shown": ')
    (shown,) = json.loads(answer)["shown"]
    drivers = json.loads(whole)["waterfalls"]["dearer"]["drivers"]
    assert shown["name"] == "dearer"
    assert len(shown["rows"]) == len(drivers) + 2
    paths = [driver["path"] for driver in drivers]
    asked["together"] = {"All of it": paths}
    (shown,) = json.loads(client.post("/api/difference", json=asked).content)["shown"]
    assert {row[0] for row in shown["rows"][1:-1]} == {"All of it"}


def random_json(chance, depth=0):
    """A value of any kind, sometimes one that a field may have."""
    kinds = [
        lambda: chance.choice(ODD),
        lambda: "".join(chance.choices(string.printable, k=chance.randrange(40))),
        lambda: {"file": "mine.yaml", "sets": [random_json(chance, 3)]},
        lambda: {"file": "mine.yaml", "sets": [f"{chance.choice(PATHS)}={random_json(chance, 3)}"]},
        lambda: {"file": "mine.yaml", "sets": [f"horizon_years={chance.randrange(5)}"]},
        lambda: {"text": f"{chance.choice(PATHS)}: {random_json(chance, 3)}"},
    ]
    if depth < 3:
        kinds += [
            lambda: [random_json(chance, depth + 1) for _ in range(chance.randrange(3))],
            lambda: {chance.choice(KEYS): random_json(chance, depth + 1) for _ in range(chance.randrange(4))},
        ]
    return chance.choice(kinds)()


ODD = (None, True, -1, 0, 10**400, 1e300, "mine.yaml", "\ud800", "\x00", "../x", "\N{BUILDING CONSTRUCTION}")
KEYS = ("scenario", "file", "text", "sets", "overrides", "seed", "spread", "variants", "base", "on", "n")
PATHS = ("horizon_years", "start", "sites", "sites.a", "name", "extends", "catalog", "finance.wacc_real", "")
REQUESTS = ("project", "change", "form", "compare", "relief", "audit", "new", "resolved", "levers")


def test_three_hundred_fuzzed_requests_are_answered(client):
    chance = random.Random(19)
    seen = set()
    for _ in range(300):
        path = f"/api/{chance.choice(REQUESTS)}"
        asked = random_json(chance)
        body = json.dumps({"scenario": asked} if chance.random() < 0.6 else asked).encode()
        if chance.random() < 0.2:
            body = body[: chance.randrange(len(body) + 1)] + chance.randbytes(3)
        answer = client.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (200, 400, 422), (path, body, answer.content)
        assert b"Traceback" not in answer.content
        seen.add(answer.status_code)
    assert seen == {200, 400, 422}
