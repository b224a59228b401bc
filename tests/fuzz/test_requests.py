"""Requests of any kind to the workbench: an answer in words within seconds, and no fault of capsim.

Asked inside this process; what is computed is computed by the processes that a workbench has.
"""

from __future__ import annotations

import json
import runpy
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from capsim.errors import STEERING
from capsim.scenario import loads
from capsim.web.guarding import Door
from capsim.web.job_stream import Limits
from capsim.web.routes import Desk, application
from capsim.web.workers import Place

fuzz = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("plans.py"))))
TOKEN = "a" * 20
OWN = {"host": "127.0.0.1:8321", "authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
PLAN = loads(fuzz.make.scenario(fuzz.make.standing_site(), horizon_years=1)).resolved()
LONGEST_S = 120.0
"""Longest time that an answer may take, whatever else the machine does: what takes longer hangs. [s]"""
TOLD = {200, 400, 401, 403, 404, 405, 413, 421, 422}
"""Status of answers: none is a fault of capsim, and no work is too much."""

WHICH = {"file": "mine.yaml"}
TEXTS = st.builds(lambda text: {"text": text}, fuzz.nearly(PLAN))
SETS = st.builds(
    lambda path, value: {"file": "mine.yaml", "sets": [f"{path}={value}"]},
    st.sampled_from(("horizon_years", "finance.wacc_real", "sites.s.phases.p1.critical_it_mw", "x.y", "")),
    st.sampled_from(fuzz.WRONG) | st.text(max_size=20),
)
NAMES = st.sampled_from(("mine.yaml", "gone.yaml", "../mine.yaml", "/etc/passwd", ".", "claims/aion", "a\0b"))
FILES = st.builds(lambda kind, name: {kind: name}, st.sampled_from(("file", "example")), NAMES)
SCENARIOS = TEXTS | SETS | FILES | st.builds(dict, st.just(WHICH))
OF_SCENARIOS = (
    "project",
    "change",
    "form",
    "resolved",
    "report",
    "pictures",
    "workbook",
    "relief",
    "sensitivity",
)
BODIES = {
    **{f"/api/{name}": {"scenario": WHICH} for name in OF_SCENARIOS},
    "/api/levers": {"scenario": WHICH, "on": "capex"},
    "/api/ensemble": {"scenario": WHICH, "n": 2, "targets": ["capex <= 1e9"]},
    "/api/compare": {"base": WHICH, "variants": {"b": {**WHICH, "sets": ["finance.wacc_real=0.09"]}}, "n": 2},
    "/api/audit": {"claim": {"example": "claims/aion"}},
    "/api/new": {"name": "x", "starter": "colocation-retrofit", "mw": 6.0},
}
"""A body that is answered by each path that takes one; studies are of few draws, so that they are quick."""
PATHS = (
    *BODIES,
    "/",
    "/docs",
    "/style.css",
    "/openapi.json",
    "/static/page.js",
    "/api/scenarios",
    "/api/catalog",
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
NOT_JSON = st.binary(max_size=60) | st.sampled_from(
    (b"[" * 5_000, b'{"a":' * 2_000, b'"\\ud800"', b"\xff\xfe{}")
)


@st.composite
def bodies(draw: st.DrawFn, path: str) -> bytes:
    """What is sent to a path: its body, mostly with a part of it changed, or no JSON."""
    if draw(st.integers(0, 7)) == 0:
        return draw(NOT_JSON)
    body: Any = json.loads(json.dumps(BODIES.get(path, {"scenario": WHICH})))
    for name in {"scenario", "base"} & body.keys():
        body[name] = draw(SCENARIOS)
    if draw(st.booleans()):
        inside = draw(st.sampled_from([body, *(part for part in body.values() if isinstance(part, dict))]))
        key = draw(st.sampled_from((*inside, "seed", "on", "figures", "x")))
        inside[key] = draw(ANYTHING)
    return json.dumps(body).encode()


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request: mostly one that the page could make, of which something is wrong."""
    path = draw(st.sampled_from(PATHS))
    method = "POST" if path in BODIES else "GET"
    headers = dict(OWN)
    match draw(st.integers(0, 9)):
        case 0:
            path = (
                "/api/" + draw(st.sampled_from(("catalog/", ""))) + quote(draw(st.text(max_size=20)), "/.%")
            )
        case 1:
            method = draw(st.sampled_from(("GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE")))
        case 2:
            name = draw(
                st.sampled_from((*OWN, "origin", "sec-fetch-site", "accept", "content-length", "range"))
            )
            value = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)
            headers[name] = draw(
                value | st.sampled_from(("null", "text/event-stream", "1e9", "-1", "[::1", ""))
            )
    content = draw(bodies(path)) if method != "GET" else b""
    return {"method": method, "url": path, "content": content, "headers": headers}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("requests")
    (folder / "mine.yaml").write_text(PLAN, "utf-8")
    quick, slow = (Limits(2, 16, LONGEST_S, is_background=late) for late in (False, True))
    desk = Desk(Place(folder, 4 * 1024**3), ("mine.yaml",), quick, slow)
    door = Door(TOKEN, frozenset({"127.0.0.1"}))
    with TestClient(application(desk, door), base_url="http://127.0.0.1:8321") as asking:
        yield asking


@settings(max_examples=300)
@given(requests())
def test_any_request_is_answered_in_words(client, asked):
    since_s = time.monotonic()
    asked["headers"] = [(name, value.encode("latin-1")) for name, value in asked["headers"].items()]
    answer = client.request(**asked)
    assert answer.status_code in TOLD, answer.text[:500]
    assert time.monotonic() - since_s < LONGEST_S
    if answer.status_code != 200 and asked["method"] != "HEAD":
        said = answer.json()["message"]
        assert said.strip()
        assert not STEERING.search(said)
        assert "Traceback" not in said
