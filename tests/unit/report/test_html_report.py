"""The report to send: one file that asks for nothing, escapes all text and computes nothing.

Tests `report.html_report`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from capsim.errors import CapsimError
from capsim.projection import Projection
from capsim.report.html_report import projection_report, saved_report, study_report
from capsim.report.result_files import write_report
from capsim.scenario.loading import load
from capsim.study.audits import audit
from capsim.study.ensembles import ensemble
from capsim.study.reliefs import first_reliefs

SCENARIOS = Path(__file__).parents[3] / "scenarios"
MOST_BYTES = 2_000_000
EVIL = '<script>alert(1)</script> $\\frac{ "x"'
LEADS_OUT = re.compile(
    r"""(?:src|href|action|data)\s*=\s*["'](?!#|data:)|url\((?!#)|@import|fetch\(|XMLHttp"""
)


class Outline(HTMLParser):
    """Tags that are open, headings and the cells of tables."""

    VOID = ("meta", "input", "br", "link", "img")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.scripts = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)


def checked(page):
    """The outline of a page that is whole and asks for nothing."""
    outline = Outline(page)
    assert outline.open == []
    assert outline.scripts == 1
    without_names = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert LEADS_OUT.findall(without_names) == []
    assert len(page.encode()) < MOST_BYTES
    return outline


@pytest.fixture(scope="module")
def page(aion):
    return projection_report(aion, first_reliefs(aion.run))


def test_it_has_all_parts_in_order(page, aion):
    outline = checked(page)
    assert outline.headings[:3] == ["Targets", "What would help", "Capacity"]
    for part in (
        "Build-out",
        "Cash, and who pays",
        "What is in the money",
        "Assumptions",
        "How to make it again",
    ):
        assert part in outline.headings
    assert f"{aion.headline['accelerators_peak']:,.0f}" in page
    assert "747,374" in page
    assert "Most H100e in service (8bit): 747,374, the last of it in 2030-05" in page
    assert "4 of 6 goals are met" in page
    assert page.count("<svg") == 7
    assert page.count("<tr>") > len(aion.assumptions)
    assert aion.manifest["digest"] in page


def test_every_text_is_escaped(aion):
    evil = aion.with_views(facts=replace(aion.facts, title=EVIL))
    text = projection_report(evil)
    checked(text)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "$\\frac{" in text


def test_names_in_pictures_are_not_those_of_others(page):
    names = re.findall(r'<(?:g|clipPath|path|use)[^>]* id="([^"]+)"', page)
    pointed = set(re.findall(r'(?:url\(#|xlink:href="#)([^")]+)', page))
    assert len(names) == len(set(names))
    assert pointed <= set(re.findall(r'id="([^"]+)"', page))


def test_a_saved_projection_gives_the_same_page_and_computes_nothing(aion, page, tmp_path, monkeypatch):
    folder = write_report(aion, tmp_path / "out", relief=first_reliefs(aion.run))
    monkeypatch.setattr("capsim.pipeline.run", None)
    assert saved_report(folder) == page
    assert Projection.load(folder).identical(aion)


def test_a_portfolio_of_many_halls_fits(opcore):
    checked(projection_report(opcore))


def test_of_a_study_there_are_pictures_and_all_tables(tmp_path):
    result = ensemble(load(SCENARIOS / "aion-288k-h100e.yaml"), 4, processes=1, folder=tmp_path / "study")
    text = study_report(result)
    outline = checked(text)
    assert outline.headings == ["How sure by when", "Spread", "In full", "How to make it again"]
    assert "Chance of meeting goals" in text
    assert saved_report(tmp_path / "study") == text
    claim = study_report(audit(SCENARIOS / "claims" / "aion.yaml"))
    assert checked(claim).headings[0] == "Among reference builds"


def test_what_is_no_folder_of_results_is_said(tmp_path):
    with pytest.raises(CapsimError, match="no folder of results"):
        saved_report(tmp_path)
