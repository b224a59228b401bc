"""A workbench that answers inside the test, with processes of its own that all tests share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from capsim.web.guarding import Door
from capsim.web.routes import Desk, application
from capsim.web.workers import Place

TOKEN = "a" * 20
HEADERS = {"authorization": f"Bearer {TOKEN}"}
SMALL = Path(__file__).parents[1] / "scenario" / "small.yaml"
LINK = "http://127.0.0.1:8321"
Events = Callable[[str, dict[str, Any]], list[tuple[str, Any]]]


@pytest.fixture(scope="session")
def bench_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two scenarios, one of them changed by a named override, and a link that leads out."""
    folder = tmp_path_factory.mktemp("bench")
    text = SMALL.read_text("utf-8").replace("name: small", "name: mine")
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    later = "\noverrides:\n  dearer:\n    finance.wacc_real: 0.11\n"
    (folder / "later.yaml").write_text(text.replace("name: mine", "name: later") + later, encoding="utf-8")
    (folder / "claims").mkdir()
    claim = "# A claim.\nclaim: said\nmoney: 1.0e9\n"
    (folder / "claims" / "said.yaml").write_text(claim, encoding="utf-8")
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.yaml").write_text(text, encoding="utf-8")
    (folder / "link.yaml").symlink_to(outside / "secret.yaml")
    return folder


@pytest.fixture(scope="session")
def desk(bench_folder: Path) -> Desk:
    return Desk(Place(bench_folder, 4 * 1024**3), ("mine.yaml",))


@pytest.fixture(scope="session")
def client(desk: Desk) -> Iterator[TestClient]:
    """Asks as the page does; a fault of the application is raised in the test."""
    app = application(desk, Door(TOKEN, frozenset({"127.0.0.1", "localhost"})))
    with TestClient(app, base_url=LINK, headers=HEADERS) as asking:
        yield asking


@pytest.fixture(scope="session")
def events(client: TestClient) -> Events:
    """``events(path, body)`` -> the events of an answer, each its kind and its data as text."""

    def ask(path: str, body: dict[str, Any]) -> list[tuple[str, Any]]:
        answer = client.post(path, json=body, headers={"accept": "text/event-stream"})
        assert answer.headers["content-type"].startswith("text/event-stream")
        found = []
        for block in answer.text.removesuffix("\n\n").split("\n\n"):
            kind, *data = block.split("\n")
            text = "\n".join(line.removeprefix("data: ") for line in data)
            found.append((kind.removeprefix("event: "), text))
        return found

    return ask


def of_file(name: str, *sets: str, overrides: tuple[str, ...] = ()) -> dict[str, Any]:
    """A scenario as a request names it."""
    return {"file": name, "sets": list(sets), "overrides": list(overrides)}


@pytest.fixture(scope="session")
def which() -> Callable[..., dict[str, Any]]:
    return of_file


@pytest.fixture(scope="session")
def words() -> Callable[[Any], str]:
    """What an answer says is wrong."""
    return lambda answer: json.loads(answer.content)["message"]
