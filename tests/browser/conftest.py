"""A browser and a workbench for it, made once; without a Chromium these tests are skipped, with a word."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
tools = SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "chromium.py")))
SMALL = (ROOT / "tests" / "unit" / "scenario" / "small.yaml").read_text("utf-8")
TITLES = {"script": "<script>alert(1)</script>", "formula": r"Plan $\frac{ & <b>bold</b>"}
PROJECTED = "document.body.dataset.projected"
WITHIN = ("data:", "blob:", "chrome:", "chrome-untrusted:")
"""Beginnings of addresses that leave neither the page nor the browser, whose own first page asks for some."""


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A running workbench in a folder of small scenarios: two have titles that are code, one is refused."""
    if tools.missing():
        pytest.skip(f"there is no {tools.missing()}; make browser installs what it can")
    folder = tmp_path_factory.mktemp("browser")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    for name, title in TITLES.items():
        text = SMALL.replace("name: small", f"name: {name}\ntitle: {json.dumps(title)}")
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "refused.yaml").write_text(
        SMALL.replace("horizon_years: ", "horizon_years: -"), encoding="utf-8"
    )
    running = tools.Workbench(folder, "small.yaml")
    running.start()
    yield running
    running.end()


@pytest.fixture(scope="session")
def browser(bench: Any) -> Iterator[Any]:
    with tools.chromium() as driver:
        yield driver


class Page:
    """The workbench in the browser, as a planner sees it."""

    def __init__(self, driver: Any, bench: Any) -> None:
        self.driver, self.bench = driver, bench
        self.lost = "nothing is lost"

    def open(self, link: str = "", *, keep: bool = False) -> None:
        """Open the link it printed, with nothing kept from before unless it is to be."""
        link = link or self.bench.link
        if not keep:
            self.driver.get(f"{link.partition('?')[0]}docs")
            self.driver.execute_script("localStorage.clear()")
        self.driver.get(link)
        self.until(PROJECTED)

    def settle(self) -> None:
        """Be on the page with its sliders and nothing changed; where it is so already, nothing is loaded."""
        is_there = "location.pathname === '/' && document.querySelector('.lever')"
        if not self.run(f"return Boolean({is_there} && document.querySelector('#changes .note'))"):
            self.open()
            self.until("document.querySelector('.lever')", 120.0)

    def until(self, condition: str, most_s: float = 60.0) -> None:
        tools.until(self.driver, condition, most_s)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def one(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def click(self, selector: str) -> None:
        self.run("arguments[0].scrollIntoView({block: 'center'})", self.one(selector))
        self.one(selector).click()

    def seen_as(self, *seen: Any, **more: Any) -> None:
        tools.seen_as(self.driver, *seen, **more)

    def after(self, act: Any) -> None:
        """Do something that changes the plan, and wait until it is projected."""
        before = self.run(f"return Number({PROJECTED})")
        act()
        self.until(f"Number({PROJECTED}) > {before}")

    def field(self, path: str) -> Any:
        """The entry of a value, found as a planner does."""
        self.run(
            "const s = arguments[0]; s.value = arguments[1]; s.dispatchEvent(new Event('input'))",
            self.one("#search"),
            path,
        )
        self.until(f"document.querySelector('#form [id=\"v-{path}\"]')")
        entry = self.one(f"#form [id='v-{path}']")
        self.run("arguments[0].scrollIntoView({block: 'center'})", entry)
        return entry


@pytest.fixture
def page(browser: Any, bench: Any) -> Iterator[Page]:
    """The page at 1,400 px; at the end it has logged no error, and asked nobody else."""
    browser.get_log("browser")
    browser.get_log("performance")
    tools.seen_as(browser, 1400, 1000)
    shown = Page(browser, bench)
    yield shown
    errors = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert [text for text in errors if shown.lost not in text] == []
    own = f"http://127.0.0.1:{bench.port}/"
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith((own, *WITHIN))] == []
