"""The report to send: one file that asks for nothing, escapes all text and computes nothing.

Tests `report.html_report`, `report.study_reports`, `report.page_pictures`, `report.sheets`,
`projection.public`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Group

from capsim.errors import CapsimError
from capsim.pipeline import simulate
from capsim.projection import Projection
from capsim.projection.public import without_confidential
from capsim.report.folding import Name
from capsim.report.grids import grid, numbers, titled, words
from capsim.report.html_report import projection_report, saved_report, sentence_of
from capsim.report.one_page import HERE, OF_THE_FILE, Origin
from capsim.report.result_files import write_report
from capsim.report.sheets import sheets_of
from capsim.report.study_reports import study_report
from capsim.scenario.loading import load, override
from capsim.study.audits import audit
from capsim.study.ensembles import ensemble
from capsim.study.reliefs import first_reliefs
from capsim.study.spreads import with_spread
from capsim.study.told import RUNGS

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


def of_saved(page, saved):
    """A page as it is when its results are read back: it says so, and all else is the same."""
    assert page.count(HERE.words) == 1
    return page.replace(HERE.words, Origin(saved=str(saved)).words)


@pytest.fixture(scope="module")
def page(aion):
    return projection_report(aion, first_reliefs(aion.run, rungs=RUNGS))


def test_a_ladder_that_was_not_climbed_to_its_end_says_so(page):
    assert f"Ladder, its first {RUNGS} rungs (capsim relief climbs on)" in page


def test_it_has_all_parts_in_order(page, aion):
    outline = checked(page)
    assert outline.headings[:3] == ["Targets", "What would help", "Capacity"]
    for part in (
        "Build-out",
        "By year",
        "Cash, and who pays",
        "What is in the money",
        "Assumptions",
        "How to make it again",
    ):
        assert part in outline.headings
    assert f"{aion.headline['accelerators_peak']:,.0f}" in page
    assert "747,374" in page
    assert "Most H100e in service (8bit): 747,374, the last of it in 2030-05" in page
    span = "bn EUR2025 of capex from 2026 to 2037, refresh included; 4 of 6 goals are met."
    assert span in page, "the money is of another date than the fleet"
    assert page.count("<svg") == 9, "the ladder has a picture, too"
    assert outline.headings[outline.headings.index("Energy and carbon") + 1] == "Water"
    assert outline.headings.index("Build-out") < outline.headings.index("Where the cost goes")
    assert page.count("<tr>") > len(aion.assumptions)
    assert aion.manifest["digest"] in page
    assert "Staff that is on site around the clock; Further staff per MW" in page
    scope = page[page.index("What is in the money") : page.index("How to make it again")]
    assert "facility-fr" not in scope.partition("</table>")[0], "cost items are told by their titles"


def test_the_ladder_stands_rung_by_rung_above_limits_lifted_once(page):
    heads, plan, *rungs = rows_of(page, "ladder")
    assert [row[:2] for row in rungs] == [
        ["first", "+\xa0commissioning"],
        ["then", "+\xa0permit"],
        ["then", "+\xa0grid connection"],
    ]
    assert plan[:2] == ["the\xa0plan", "nothing"]
    assert heads[-1] == "H100e-hours delivered, H100e h, in all"
    assert all(row[2].startswith("+") for row in rungs), "gains have their sign"
    in_all = [float(row[-1].removesuffix(" bn")) for row in (plan, *rungs)]
    gained = [float(row[2][1:-2]) / (1.0 if row[2].endswith("bn") else 1e3) for row in rungs]
    assert in_all[-1] == pytest.approx(in_all[0] + sum(gained), abs=0.1)
    assert page.index('id="ladder"') < page.index('id="lifted"')
    assert ">+ commissioning</text>" in page
    assert page.count("What would help") == 1


def test_what_scrolls_is_a_named_region_below_a_hint(page):
    regions = re.findall(
        r'(<p class="hint" hidden>[^<]+</p>)\s*<div class="(?:wide|draw)[^"]*"([^>]*)>', page
    )
    assert len(regions) == len(re.findall(r'<div class="(?:wide|draw)', page)) > 10
    for hint, attributes in regions:
        assert "Scroll sideways for more" in hint
        assert 'role="region"' in attributes
        assert 'tabindex="0"' in attributes
        name = re.search(r'aria-label="([^"]+)"', attributes)[1]
        assert name.endswith("scrolls")
        assert not name.startswith(("Table,", ","))


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
    folder = write_report(aion, tmp_path / "out", relief=first_reliefs(aion.run, rungs=RUNGS))
    monkeypatch.setattr("capsim.pipeline.run", None)
    assert saved_report(folder) == of_saved(page, folder)
    assert Projection.load(folder).identical(aion)


def test_a_portfolio_of_many_halls_fits(opcore):
    text = projection_report(opcore)
    checked(text)
    table = text[text.index('<table id="assumptions"') :]
    table = table[: table.index("</table>")]
    rows = re.findall(r"<tr( class=\"on\")?>(.*?)</tr>", table[table.index("<tbody>") :], re.DOTALL)
    printed = [row for is_on, row in rows if is_on]
    assert 4_000 < len(rows) == len(opcore.assumptions) - len(OF_THE_FILE)
    assert 150 < len(printed) < 450, "thousands of rows took 150 pages of paper"
    told = f"On paper: {len(printed)} of {len(rows):,} values, those that are uncertain"
    assert told in text
    # each value with a range is printed, or one that is the same
    alike = sum(1 + int(more) for more in re.findall(r'data-alike="(\d+)"', table))
    alone = len(printed) - len(re.findall("data-alike", table))
    uncertain = int((opcore.assumptions["distribution"] != "").sum())
    assert alike + alone >= uncertain > 900
    systems = opcore.facts.systems["hosted-it-100kw"]["draws_at"]
    titles = re.findall(r"<h2>One hosted-it-100kw at (.*?), under its cooling", text)
    assert len(systems) > 4 * len(titles) > 0, "sites where a system draws the same have one table"


def test_of_a_study_there_are_pictures_and_all_tables(tmp_path):
    result = ensemble(load(SCENARIOS / "aion-288k-h100e.yaml"), 4, processes=1, folder=tmp_path / "study")
    text = study_report(result)
    outline = checked(text)
    order = ["Targets", "Warnings", "What would help", "How sure by when", "H100e (8bit)"]
    assert outline.headings[:5] == order, "of four draws the plan is no middle"
    sentence = re.search(r'<p class="sentence">(.*?)</p>', text)[1]
    assert sentence.startswith(
        "Most H100e in service (8bit): 747,374 in the middle of the draws (P10 to P90: "
    )
    assert re.search(
        r"the last of it in 20\d\d-\d\d .* of capex from 2026 to 2037, refresh included; ", sentence
    )
    assert re.search(r"\d of 6 goals (are|is) met in half of the draws or more, (the least|in)", sentence)
    assert "What is in the money" in outline.headings
    assert "Chance of meeting goals" in outline.headings
    assert outline.headings[-1] == "How to make it again"
    assert re.search(r"<b>747,374</b>\s*<span>P50\xa0[\d,]+; 9 in 10 draws reach at least\xa0", text)
    assert "<pre>" not in text
    for file in (tmp_path / "study", tmp_path / "study" / "results.json"):
        assert saved_report(file) == of_saved(text, file)
    claim = study_report(audit(SCENARIOS / "claims" / "aion.yaml"))
    assert checked(claim).headings[:2] == ["What would make it true", "Among reference builds"]


def test_what_is_no_folder_of_results_is_said(tmp_path):
    with pytest.raises(CapsimError, match="no folder of results"):
        saved_report(tmp_path)
    with pytest.raises(CapsimError, match=r"capsim run FILE --report"):
        saved_report(SCENARIOS / "aion-288k-h100e.yaml")
    (tmp_path / "results.json").write_text('{"manifest": {"kind": "sweep"}}', "utf-8")
    with pytest.raises(CapsimError, match="of a saved sweep there is no report"):
        saved_report(tmp_path)
    (tmp_path / "results.json").write_text("{", "utf-8")
    with pytest.raises(CapsimError, match="is damaged"):
        saved_report(tmp_path)


def rows_of(page, table):
    """Cells of a table of a page, row by row, its heading first."""
    text = page[page.index(f'<table id="{table}"') :]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", text[: text.index("</table>")], re.DOTALL)
    return [[re.sub(r"<[^>]+>", "", each) for each in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def test_assumptions_have_range_source_and_when_they_were_looked_up(page):
    heads, *rows = rows_of(page, "assumptions")
    assert heads == ["value of", "value", "unit", "range", "kind", "confidence", "looked up", "source"]
    by_path = {row[0]: row for row in rows}
    network = by_path["costs.items.network.amount"]
    assert network[1:6] == ["0.247148", "1", "0.185361 to 0.308935", "derived", "high"]
    assert re.fullmatch(r"20\d\d-\d\d", network[6])
    assert network[7].startswith("Bernstein")


def test_years_are_columns_and_money_is_in_few_digits(page, aion):
    heads, *rows = rows_of(page, "table-1")
    assert heads == ["", *map(str, aion.yearly.index)]
    of = {row[0]: row[1:] for row in rows}
    assert of["Accelerators"][-1] == "42,624"
    assert max(float(cell) for cell in of["Capex, bn EUR2025"]) == pytest.approx(
        aion.yearly["capex_eur"].max() / 1e9, rel=1e-3
    )
    assert all(len(cell) <= 12 for cells in rows_of(page, "table-2")[1:] for cell in cells[1:])


SECRET = ["costs.items.network.amount", "sites.aion.phases.p2", "targets.announced"]


@pytest.fixture(scope="module")
def secretive():
    plan = override(load(SCENARIOS / "aion-288k-h100e.yaml"), {"confidential": SECRET})
    return with_spread(simulate(plan), 2, processes=1)


def test_a_public_report_has_nothing_that_is_confidential(secretive, tmp_path):
    relief = first_reliefs(secretive.run)
    public = projection_report(secretive, relief, is_public=True)
    checked(public)
    rows = {row[0]: row for row in rows_of(public, "assumptions")[1:]}
    assert rows["costs.items.network.amount"][1:] == ["confidential", *[""] * 6]
    assert rows["sites.aion.phases"][1:] == rows["targets"][1:] == ["confidential", *[""] * 6]
    assert rows["sites.aion.phases.p1.critical_it_mw"][1] == "45.45"
    whole = projection_report(secretive, relief).casefold()
    for secret in ("0.247148", "0.185361", "aion campus, p2", "h100e (8bit) &gt;= 288,000"):
        assert secret in whole
        assert secret not in public.casefold(), secret
    assert "aion.p2" not in public.casefold()
    # the price of the network follows from all other parts of a split, so there is none
    assert "all items" in public
    assert ">cluster network</text>" in whole
    assert ">cluster network</text>" not in public.casefold()
    assert "Public version: what 3 marks of the scenario name is left out" in public
    assert "; 0 of the 2 goals shown are met; others are left out." in public
    chances = [goal["probability"] for goal in secretive.spread.goals[:4]]
    assert f"; 4 of 6 goals are met, the least sure of them in {min(chances):.0%}".replace("%", " %") in (
        sentence_of(secretive)
    )
    folder = write_report(secretive, tmp_path / "out", relief=relief)
    assert saved_report(folder, is_public=True) == of_saved(public, "a folder")


def test_findings_about_what_is_confidential_are_left_out(secretive):
    told = {one.text for one in without_confidential(secretive).findings}
    assert told < {one.text for one in secretive.findings}
    assert not any("p2" in text or "288,000" in text for text in told)


def test_without_marks_there_is_no_public_report(aion):
    assert without_confidential(aion) is aion
    with pytest.raises(CapsimError, match="nothing is"):
        projection_report(aion, is_public=True)


def test_what_a_terminal_shows_becomes_tables():
    shown = Group(
        titled("A title", grid([words("name"), numbers("MW")], [[Name("a_b"), "1,000"], ["c", "2"]])),
        "a sentence",
    )
    table, text = sheets_of(shown)
    assert (table.title, table.heads, table.rows) == (
        "A title",
        ["name", "MW"],
        [("a_b", "1,000"), ("c", "2")],
    )
    assert table.numeric == {1}
    assert text.text == "a sentence"


def test_a_title_and_a_name_that_are_confidential_or_tell_what_is_are_not_shown(secretive):
    marked = replace(secretive.facts, confidential=["title", "name"])
    page = projection_report(secretive.with_views(facts=marked), is_public=True)
    assert "<h1>confidential</h1>" in page
    assert "<title>confidential</title>" in page
    assert secretive.facts.title not in page
    assert secretive.name not in page
    # a site that is marked is not to be told by the title that names it
    campus = replace(secretive.facts, title="AION campus, as planned", confidential=["sites.aion"])
    told = projection_report(secretive.with_views(facts=campus), is_public=True)
    assert "AION campus" not in told
    plain = projection_report(secretive, is_public=True)
    assert f"<h1>{secretive.facts.title}</h1>" in plain
