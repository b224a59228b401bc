"""The page of a comparison has what that of a run has, from what was saved.

Tests `report.comparison_page`, `report.options_table`, `report.one_page`, `report.helps`, `study.told`.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from capsim.report.html_report import saved_report
from capsim.report.one_page import Origin, manifest_sheet
from capsim.report.options_table import best_option
from capsim.report.study_figures import options_chart, waterfall_chart
from capsim.report.study_reports import study_report
from capsim.scenario.loading import load, override
from capsim.study.comparisons import Comparison, compare

SCENARIOS = Path(__file__).parents[3] / "scenarios"


@pytest.fixture(scope="module")
def small():
    return override(load(SCENARIOS / "scaleway-5000-gpus.yaml"), {"horizon_years": 2})


@pytest.fixture(scope="module")
def folder(small, tmp_path_factory):
    kept = tmp_path_factory.mktemp("comparison") / "study"
    other = override(small, {"finance.wacc_real": 0.09, "workload.allocation": 0.6})
    compare({"base": small, "other": other}, 4, processes=1, folder=kept)
    return kept


@pytest.fixture(scope="module")
def page(folder):
    return saved_report(folder)


def headings(page, tag="h2"):
    return re.findall(f"<{tag}>(.*?)</{tag}>", page)


def test_a_saved_comparison_has_all_parts_in_the_order_of_a_run(page):
    told = headings(page)
    assert re.search(r"<h1>Scaleway, nearly 5,000 GPUs at DC5: other against base</h1>", page)
    first = ["base", "other", "Options side by side: means of 4 draws"]
    assert told[:3] == first
    after = ["What would help", "The options, and how sure that is", "From base to other"]
    places = [told.index(name) for name in after]
    assert places == sorted(places)
    assert "base: what is in the money" in told
    assert told[-2:] == ["2 assumptions that differ", "How to make it again"]


def test_it_is_read_and_not_computed(folder, page, monkeypatch):
    monkeypatch.setattr("capsim.pipeline.run", None)
    monkeypatch.setattr("capsim.study.observe.build_out", None)
    read = Comparison.load(folder)
    assert study_report(read, origin=Origin(saved=str(folder))) == page
    assert read.told["base"].relief is not None


def test_cards_have_the_plan_and_percentiles_of_each_option(folder, page):
    figures = Comparison.load(folder).figures
    for name in ("base", "other"):
        row = figures.loc[name].loc["capex_eur"]
        assert row["p10"] <= row["p20"] <= row["p50"] <= row["p80"] <= row["p90"]
    cards = page[page.index("<h2>other</h2>") : page.index("Options side by side")]
    shown = re.search(
        r"Cost of an H100e-hour[^<]*</span><b>([^<]+)</b><span>P50\xa0[^;]+; 8 in 10 draws stay within\xa0",
        cards,
    )
    assert shown
    assert float(shown[1]) == pytest.approx(figures.loc["other"].loc["lcoc_eur_per_h100e_h", "central"], 1e-3)


def test_a_board_reads_which_option_how_surely_and_why(folder, page):
    result = Comparison.load(folder)
    shares = result.manifest["best_in"]
    assert sum(shares.values()) == pytest.approx(1.0)
    sentence = re.search(r'<p class="sentence">(.*?)</p>', page)[1]
    best = best_option(result)[1]
    assert f"Best by Cost of an H100e-hour: {best}" in sentence
    assert f"It is best in {shares[best] * 100:.0f} % of the " in sentence
    assert "by central estimates" in sentence
    assert "Share of accelerators that hold a job (+" in sentence


def test_means_and_central_estimates_are_told_apart_in_one_picture(folder):
    result = Comparison.load(folder)
    ax = options_chart(result)
    marks = {line.get_label(): line.get_xdata()[::-1] for line in ax.get_lines()}
    by = result.figures.xs("lcoc_eur_per_h100e_h", level="figure").loc[["base", "other"]]
    assert list(marks["mean of the draws"]) == pytest.approx(list(by["mean"]))
    assert list(marks["the plan: central estimates"]) == pytest.approx(list(by["central"]))
    parts = result.waterfalls["other"]
    assert parts.after == pytest.approx(by["central"]["other"])
    assert "central estimates of the plans, not means" in waterfall_chart(result).get_xlabel()


def test_assumptions_that_differ_have_a_row_for_each_option(page):
    table = page[page.index('<table id="assumptions"') :]
    rows = re.findall(r"<tr>(.*?)</tr>", table[: table.index("</table>")], re.DOTALL)
    cells = [re.sub(r"<[^>]+>", "\t", row).split("\t") for row in rows]
    values = [[cell for cell in row if cell.strip()] for row in cells]
    assert values[0][:5] == ["value of", "option", "value", "unit", "range"]
    assert [row[:3] for row in values[1:]] == [
        ["workload.allocation", "base", values[1][2]],
        ["workload.allocation", "other", "0.6"],
        ["finance.wacc_real", "base", values[3][2]],
        ["finance.wacc_real", "other", "0.09"],
    ]


def test_options_of_different_years_are_not_ranked_by_a_total(small):
    other = override(small, {"horizon_years": 3})
    by_total = compare({"base": small, "longer": other}, 2, by="capex", processes=1)
    said, best = best_option(by_total)
    assert (said, best) == ("Not ranked by Capex: a total, of options of different years.", "")
    page = study_report(by_total)
    warnings = page[page.index("<h2>Warnings</h2>") :]
    assert "The options are of different years (base: " in warnings
    assert "rank nothing" in warnings
    by_rate = compare({"base": small, "longer": other}, 2, processes=1)
    assert best_option(by_rate)[1] in ("base", "longer")


def test_a_comparison_that_kept_nothing_beside_its_figures_has_a_report(small):
    result = compare({"base": small, "other": override(small, {"finance.wacc_real": 0.09})}, 2, processes=1)
    assert result.told == {}
    assert headings(study_report(result))[:2] == ["base", "other"]


def test_a_comparison_saved_in_format_5_has_what_was_kept_of_it(tmp_path):
    with zipfile.ZipFile(Path(__file__).parents[1] / "study" / "format5.zip") as old:
        old.extractall(tmp_path)
    page = saved_report(tmp_path / "comparison")
    assert "Options side by side: means of 2 draws" in page
    assert "The options, and how sure that is" not in headings(page)
    assert "rank nothing" in page, "its years differ"
    assert '<div class="card">' not in page


def test_a_manifest_is_told_in_words(page):
    table = page[page.index('<table id="manifest"') :]
    table = table[: table.index("</table>")]
    assert not re.search(r"[\[\]{}]", re.sub(r"<[^>]+>", "", table))
    assert "<td>version, numpy</td>" in table
    assert manifest_sheet({"by_site": False, "until_ci": None, "libraries": {"a": 0.5}}).rows == [
        ["by site", "no"],
        ["version, a", "0.5"],
    ]
    # which option is best is shown above, and makes nothing again
    assert manifest_sheet({"best_in": {"a": 0.5}}).rows == []


def test_a_long_name_of_a_variant_heads_its_column_in_full(small):
    name = "Cost of capital, real = 9 %/y; Critical IT power, dc5.p1 = 60 MW"
    found = compare({"base": small, name: override(small, {"finance.wacc_real": 0.09})}, 4, processes=1)
    page = study_report(found)
    assert f'<button type="button">{name}' in page
    assert "variant 1" not in page
