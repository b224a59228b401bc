"""The workbench in a real browser: a planner's path, by keyboard and by ear, at every width.

Tests `web.pages`.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

SMALL = Path(__file__).parents[1] / "unit" / "scenario" / "small.yaml"
TAB, ENTER, ESCAPE, RIGHT = "\ue004", "\ue007", "\ue00c", "\ue014"
NAMED = {
    "button",
    "slider",
    "textbox",
    "searchbox",
    "combobox",
    "checkbox",
    "link",
    "spinbutton",
    "figure",
    "image",
}
"""Roles that a screen reader tells by their names."""


def test_a_screen_reader_has_names_for_all(page):
    page.settle()
    page.field("finance.wacc_real")
    nodes = page.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    shown = [node for node in nodes if not node.get("ignored")]
    role = lambda node: node.get("role", {}).get("value")  # noqa: E731
    nameless = [role(n) for n in shown if role(n) in NAMED and not n.get("name", {}).get("value", "").strip()]
    assert nameless == []
    roles = [role(node) for node in shown]
    assert {"banner", "complementary", "main", "navigation", "slider", "status", "table"} <= set(roles)
    assert roles.count("main") == 1
    assert page.run("return document.documentElement.lang") == "en"


@pytest.mark.parametrize("width", [1400, 1024, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_every_width_in_both_schemes(page, width, scheme):
    page.settle()
    page.seen_as(width, 900, scheme)
    page.until(f"innerWidth === {width}")
    inside = "c.getBoundingClientRect().right <= c.closest('.chart').getBoundingClientRect().right"
    page.until(f"[...document.querySelectorAll('.chart canvas')].every(c => {inside})", 5.0)
    assert page.run("return document.documentElement.scrollWidth") <= width
    widths = page.run("return [...document.querySelectorAll('.chart canvas')].map(c => c.clientWidth)")
    assert len(widths) == 3
    assert min(widths) > 180
    assert max(widths) < width
    ink, paper = page.run(
        "const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]"
        ".map(c => c.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0))"
    )
    assert (ink < paper) == (scheme == "light")
    assert abs(ink - paper) > 450


def test_it_prints_the_answer_alone(page):
    page.settle()
    page.seen_as(1000, 1400, media="print")
    assert page.one("#cards").is_displayed()
    assert not page.one("aside").is_displayed()
    printed = page.driver.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.7})
    assert base64.b64decode(printed["data"]).startswith(b"%PDF")


def test_all_of_it_by_keyboard(page):
    page.open()  # what was clicked on a page is where its next tab begins
    page.until("document.querySelector('.lever')", 120.0)
    body = page.one("body")
    body.send_keys(TAB)
    focus = "document.activeElement"
    assert page.run(f"return {focus}.className") == "skip"
    seen = []
    for _ in range(60):
        page.driver.switch_to.active_element.send_keys(TAB)
        seen.append(page.run(f"return {focus}.id || {focus}.type || {focus}.tagName"))
        outline = page.run(f"return getComputedStyle({focus}).outlineStyle")
        assert outline != "none" or seen[-1] == "BODY", f"{seen[-1]} does not show that it has the focus"
        if seen[-1] == "range":
            break
    assert {"show-yaml", "copy-link", "pick", "start-new", "rank", "range"} <= set(seen)
    page.after(lambda: page.driver.switch_to.active_element.send_keys(RIGHT))
    summary = page.one("#downloads summary")
    page.run("arguments[0].focus()", summary)
    summary.send_keys(ENTER)
    assert page.one("[data-take=report]").is_displayed()
    page.driver.switch_to.active_element.send_keys(ESCAPE)
    assert not page.one("[data-take=report]").is_displayed()


def test_sliders_move_what_the_tornado_found_and_the_spread_follows(page):
    page.settle()
    page.until("document.body.dataset.spread")
    assert "P50" in page.one("#cards").text
    before = page.one("#sentence").text + page.one("#cards").text
    page.after(lambda: page.one(".lever input[type=range]").send_keys(RIGHT * 10))
    assert page.one("#sentence").text + page.one("#cards").text != before
    assert "P50" not in page.one("#cards").text
    page.run("document.getElementById('variant-name').value = 'Moved'")
    page.click("#keep")
    page.click("#compare")
    page.until("document.querySelector('#comparison table')")
    assert "Moved against the scenario as opened" in page.one("#comparison").text


def test_variants_and_legends_are_in_the_text_of_the_cards(page):
    page.open()
    page.until("document.querySelector('.lever')", 120.0)
    card_script = (
        "return [...document.querySelectorAll('#cards .card')]"
        ".map(c => [c.querySelector('span').textContent, c.querySelector('b').textContent])"
    )
    opened = dict(page.run(card_script))
    page.after(lambda: page.one(".lever input[type=range]").send_keys(RIGHT * 10))
    page.run("document.getElementById('variant-name').value = 'Moved'")
    page.click("#keep")
    moved = dict(page.run(card_script))
    shown = page.run(
        "return [...document.querySelectorAll('#variants tbody tr')].filter(r => r.querySelector('.n'))"
        ".map(r => [r.querySelector('th').textContent, ...[...r.querySelectorAll('.n')]"
        ".map(c => c.firstChild.textContent)])"
    )
    assert [row[0] for row in shown] == list(moved)
    assert [row[2] for row in shown] == [row[3] for row in shown] == list(moved.values())
    # the size of the number may be another than now
    assert all(row[1].split()[0] == opened[row[0]] for row in shown if row[0] in opened)
    assert opened != moved
    # kept before its answer was there, a variant has what would help, and so has the scenario as opened
    words = "[...document.querySelectorAll('#variants td.words')].slice(0, 2)"
    page.until(f"{words}.length === 2 && {words}.every(c => c.textContent.length > 1)")
    (most,) = (plan for title, plan in moved.items() if title.startswith("Most "))
    legends = page.run("return [...document.querySelectorAll('.u-legend .u-value')].map(v => v.textContent)")
    assert most in legends


def test_a_draw_may_be_cancelled(page):
    page.open()
    page.until("!document.getElementById('spread-stop').hidden")
    page.click("#spread-stop")
    assert page.one("#spread-note").text == "Cancelled."
    assert page.one("#spread-go").is_displayed()


def test_a_fault_stands_at_its_field_and_what_was_shown_stays(page):
    page.open()
    cards = page.one("#cards").text
    entry = page.field("finance.wacc_real")
    entry.clear()
    entry.send_keys("-5")
    page.until("document.querySelector('.field .fault')")
    assert entry.get_attribute("aria-invalid") == "true"
    assert "must be at least -0.1" in page.one("[data-path='finance.wacc_real'] .fault").text
    assert page.one("#cards").text == cards
    # what is typed on is typed into the same field
    entry.clear()
    page.after(lambda: entry.send_keys("0.09"))
    assert not page.run("return document.querySelector('.field .fault')")
    assert entry.get_property("value") == "0.09"


def test_a_choice_that_is_refused_leaves_what_is_open_and_its_name(page):
    page.open()
    entry = page.field("horizon_years")
    entry.clear()
    page.after(lambda: entry.send_keys("5"))
    shown = page.one("#sentence").text
    page.run(
        "arguments[0].value = 'file:refused.yaml'; arguments[0].dispatchEvent(new Event('change'))",
        page.one("#pick"),
    )
    page.until("document.getElementById('faults').textContent.includes('horizon_years')")
    page.until("document.getElementById('pick').value === 'file:small.yaml'")
    assert page.one("#sentence").text == shown
    assert "horizon_years = 5" in page.one("#changes").text
    # and it is what a page that is opened anew goes on with
    page.open(keep=True)
    assert page.one("#pick").get_property("value") == "file:small.yaml"
    assert "horizon_years = 5" in page.one("#changes").text


def test_a_planners_path_from_the_start_to_a_changed_projection(page, bench):
    page.open()
    page.click("#start-new")
    page.one("#new-name").clear()
    page.one("#new-name").send_keys("our-plan")
    page.one("#new-mw").send_keys("6")
    page.after(lambda: page.click("#new-make"))
    page.until("document.getElementById('title').textContent.includes('6 MW')")
    before = page.one("#sentence").text
    entry = page.field("sites.campus.phases.hall-1.critical_it_mw")
    entry.clear()
    page.after(lambda: entry.send_keys("4.5"))
    assert page.one("#sentence").text != before
    assert page.one("#cards .moved-by").text
    assert "hall-1.critical_it_mw = 4.5" in page.one("#changes").text
    page.one("#variant-name").send_keys("Larger hall")
    page.click("#keep")
    assert "Larger hall" in page.one("#variants thead").text
    page.click("#show-yaml")
    assert "--set sites.campus.phases.hall-1.critical_it_mw=4.5" in page.one("#command").text
    assert page.one("#text").get_property("value").startswith("# yaml-language-server")
    page.one("#yaml form button").click()
    page.click("#undo-all")
    page.until("!document.querySelector('#cards .moved-by')")


@pytest.mark.parametrize("name", ["script", "formula"])
def test_titles_that_are_code_elsewhere_are_text(page, name):
    from selenium.common.exceptions import NoAlertPresentException

    title = {"script": "<script>alert(1)</script>", "formula": r"Plan $\frac{ & <b>bold</b>"}[name]
    page.open()
    pick = page.one("#pick")
    page.run(
        "arguments[0].value = `file:${arguments[1]}.yaml`; arguments[0].dispatchEvent(new Event('change'))",
        pick,
        name,
    )
    page.until(f"document.getElementById('title').textContent === {json.dumps(title)}")
    if name == "script":
        with pytest.raises(NoAlertPresentException):
            _ = page.driver.switch_to.alert
        return
    page.click("#draw")
    page.until("document.querySelectorAll('.picture img').length > 3")
    page.until("[...document.querySelectorAll('.picture img')].every(i => i.complete && i.naturalWidth > 0)")


def test_a_link_brings_the_page_back_to_its_state(page):
    page.open()
    entry = page.field("horizon_years")
    entry.clear()
    page.after(lambda: entry.send_keys("5"))
    page.run("navigator.clipboard.writeText = () => Promise.reject(new Error('none'))")
    page.click("#copy-link")
    page.until("location.hash.startsWith('#s=')")
    link = page.driver.current_url
    assert "token" not in link
    page.open()
    assert "horizon_years" not in page.one("#changes").text
    page.driver.get(page.bench.link)
    page.until("document.body.dataset.projected")
    page.open(link, keep=True)
    page.until("document.getElementById('changes').textContent.includes('horizon_years = 5')")


def test_a_slider_of_many_values_comes_back_as_one(page):
    page.open()
    text = SMALL.read_text("utf-8")
    second = text[text.index("      - id: p1") :].replace("id: p1", "id: p2").replace("id: d1", "id: d2")
    page.run(
        "localStorage.setItem('capsim-state', arguments[0])", json.dumps({"source": {"text": text + second}})
    )
    page.open(keep=True)
    page.until("document.querySelector('.lever')", 120.0)
    one_of_many = "[...document.querySelectorAll('.lever')].find(l => l.textContent.includes(' values.'))"
    lever = page.run(f"return {one_of_many}.querySelector('input')")
    page.after(lambda: lever.send_keys(RIGHT))
    changes = "return [...document.querySelectorAll('#changes li')].map(li => li.textContent)"
    (moved,) = page.run(changes)
    page.open(keep=True)
    assert page.run(changes) == [moved]
    page.after(lambda: page.click("#changes button"))
    assert page.run("return JSON.parse(localStorage.getItem('capsim-state')).sets") == {}


def test_a_restart_loses_nothing_typed(page, bench):
    page.open()
    entry = page.field("horizon_years")
    entry.clear()
    page.after(lambda: entry.send_keys("3"))
    # until its next start, the browser says of each request that it was lost
    page.lost = "net::ERR_"
    bench.end()
    entry.clear()
    entry.send_keys("4")
    page.until("document.getElementById('faults').textContent.includes('What you typed is kept')")
    bench.start()
    page.open(bench.link, keep=True)
    assert "horizon_years = 4" in page.one("#changes").text
    assert "token" not in page.driver.current_url


def test_the_interface_is_listed(page):
    page.driver.get(page.bench.link.partition("?")[0] + "docs")
    page.until("document.querySelectorAll('#list section').length > 10")
    assert "POST /api/project" in page.one("#list").text
    assert "as --override" in page.one("#list").text


@pytest.mark.parametrize(("typed", "is_refused"), [("40 %", True), ("22.3 m", False)])
def test_a_slider_takes_no_unit_that_is_not_its_own(page, typed, is_refused):
    page.open()
    page.until("document.querySelector('.lever')", 120.0)
    of_money = "[...document.querySelectorAll('.lever')].find(l => /, (USD|EUR)/.test(l.textContent))"
    entry = page.run(f"return {of_money}.querySelector('input.n')")
    page.run(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", entry, typed
    )
    assert page.run("return arguments[0].getAttribute('aria-invalid') === 'true'", entry) is is_refused
    fault = page.run(f"return {of_money}.querySelector('.fault')")
    assert fault.is_displayed() is is_refused
    sets = page.run("return JSON.parse(localStorage.getItem('capsim-state') || '{}').sets || {}")
    assert bool(sets) is not is_refused


def test_faults_of_a_slider_of_many_values_are_one_line_with_its_title(page):
    page.open()
    text = SMALL.read_text("utf-8")
    second = text[text.index("      - id: p1") :].replace("id: p1", "id: p2").replace("id: d1", "id: d2")
    page.run(
        "localStorage.setItem('capsim-state', arguments[0])", json.dumps({"source": {"text": text + second}})
    )
    page.open(keep=True)
    page.until("document.querySelector('.lever')", 120.0)
    one_of_many = "[...document.querySelectorAll('.lever')].find(l => l.textContent.includes(' values.'))"
    entry = page.run(f"return {one_of_many}.querySelector('input.n')")
    title = page.run(f"return {one_of_many}.querySelector('.name').firstChild.textContent")
    page.run("arguments[0].value = '-1e9'; arguments[0].dispatchEvent(new Event('input'))", entry)
    page.until("document.querySelector('#faults .fault')")
    faults = page.run("return [...document.querySelectorAll('#faults .fault')].map(f => f.textContent)")
    assert len(faults) == 1
    assert faults[0].startswith(f"{title}: ")


@pytest.mark.parametrize(("of", "is_kept"), [(1, True), (40, False)])
def test_a_link_keeps_variants_where_it_stays_short_and_says_so_where_not(page, of, is_kept):
    page.open()
    page.until("document.querySelector('.lever')", 120.0)
    page.run(
        "arguments[0].value = arguments[1]", page.one("#variant-name"), "Kept one " + "x" * 400 * (of - 1)
    )
    page.one("#variant-name").send_keys("\ue007")
    page.until("document.getElementById('status').textContent.startsWith('Kept')")
    page.run("navigator.clipboard.writeText = () => Promise.reject(new Error('no clipboard'))")
    page.run("document.getElementById('copy-link').click()")
    page.until("document.getElementById('status').textContent.startsWith('The link is')")
    told = page.run("return document.getElementById('status').textContent")
    assert ("without the variants (1)" in told) is not is_kept
    link = page.run("return location.href")
    page.open()
    page.until("document.body.dataset.projected")
    page.open(link, keep=True)
    page.until("document.querySelector('.lever')", 120.0)
    assert page.run("return document.getElementById('variants').textContent.includes('Kept one')") is is_kept
