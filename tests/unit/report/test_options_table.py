"""Options side by side: who wins, who is dominated, and what fits in 80 columns."""

import math
import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from rich.console import Console

from capsim.report.options_table import Row, dominated, options_table
from capsim.study.comparisons import Comparison


def comparison(values, by="lcoc_eur_per_h100e_h", figures=()):
    """A comparison from means by scenario and figure, in which each difference has no spread."""
    base = next(iter(values.values()))
    records = [
        {"scenario": name, "figure": figure, "mean": mean, "difference": mean - base[figure]}
        | {f"difference_p{p}": mean - base[figure] for p in (10, 50, 90)}
        for name, of_figure in values.items()
        for figure, mean in of_figure.items()
    ]
    table = pd.DataFrame(records).set_index(["scenario", "figure"])
    manifest = {"by": by, "figures": list(figures), "money_unit": "EUR2025", "n": 4}
    return Comparison(tuple(values), table, {}, {}, manifest)


FIGURES = {
    "base": {"lcoc_eur_per_h100e_h": 0.7, "capex_eur": 4e9, "pue": 1.14, "it_gwh": 0.0},
    "dear": {"lcoc_eur_per_h100e_h": 0.8, "capex_eur": 5e9, "pue": 1.14, "it_gwh": 0.0},
    "rubin": {"lcoc_eur_per_h100e_h": 0.5, "capex_eur": 6e9, "pue": 1.14, "it_gwh": 0.0},
}


def shown(result, width=80):
    console = Console(width=width)
    with console.capture() as capture:
        for part in options_table(result):
            console.print(part)
    return capture.get()


def test_the_best_comes_after_the_base_and_is_held_against_it():
    text = shown(comparison(FIGURES))
    assert "Best by Cost of an H100e-hour: rubin" in text
    assert "-28.6 %" in text
    heading = next(
        line for line in text.splitlines() if "rubin" in line and "base" in line and "dear" in line
    )
    assert heading.index("base") < heading.index("rubin") < heading.index("dear")
    assert max(map(len, text.splitlines())) <= 80


def test_rows_have_titles_and_units_and_none_is_zero_throughout():
    text = shown(comparison(FIGURES))
    assert re.search(r"Capex, bn EUR2025 +4\.000 +6\.000 +5\.000", text)
    assert re.search(r"Cost of an H100e-hour, EUR2025 +0\.7000", text)
    assert "capex_eur" not in text
    assert "IT energy" not in shown(comparison(FIGURES, figures=["it_gwh"]))


def test_the_base_may_win_and_a_figure_may_have_no_better_side():
    two = {name: FIGURES[name] for name in ("base", "dear")}
    assert "Best by Cost of an H100e-hour: base, the base" in shown(comparison(two))
    neither = {name: {"grid_mw_end": 200.0} for name in ("base", "other")}
    assert "No way is better" in shown(comparison(neither, by="grid_mw_end"))
    none = {name: {"npv_eur": math.nan, "pue": 1.1} for name in ("base", "other")}
    said = " ".join(shown(comparison(none, by="npv_eur")).split())
    assert "No scenario has a value of Net present value" in said
    assert "it needs revenue" in said
    assert "ranked by nothing" in said


def test_a_base_without_revenue_is_no_winner_over_what_has_some():
    """A plan with prices beside one without: its value is told, and which has none."""
    some = {"base": {"npv_eur": math.nan, "pue": 1.1}, "sold": {"npv_eur": 2e9, "pue": 1.1}}
    said = " ".join(shown(comparison(some, by="npv_eur")).split())
    assert "sold 2 bn EUR2025; none of base: it needs revenue" in said
    assert "Best by" not in said


def test_dates_and_figures_of_a_month_have_their_own_words():
    words = ("ready_for_service of a.p1", "h100e_8bit at 2030-12")
    days = {
        "base": dict(zip(words, (740_000.0, 1e5), strict=True)),
        "late": dict(zip(words, (740_031.0, 1e5), strict=True)),
    }
    text = shown(comparison(days, by=words[0], figures=words))
    assert "a.p1 ready for service" in text
    assert "2027-01-19" in text
    assert re.search(r"H100e \(8bit\) at 2030-12 +100,000 +100,000", text)


@pytest.mark.parametrize(
    ("costs", "outputs", "beaten"),
    [
        ((1.0, 2.0), (5.0, 5.0), {"b": "a"}),
        ((1.0, 2.0), (5.0, 6.0), {}),
        ((1.0, 1.0), (5.0, 5.0), {}),
        ((2.0, 1.0), (math.nan, 5.0), {"a": "b"}),
    ],
)
def test_dominated_is_as_bad_in_all_and_worse_in_one(costs, outputs, beaten):
    rows = [
        Row("lcoc", dict(zip("ab", costs, strict=True))),
        Row("h100e_8bit_peak", dict(zip("ab", outputs, strict=True))),
    ]
    assert dominated(rows, ["a", "b"], dict.fromkeys("ab", frozenset())) == beaten


def test_a_mean_date_says_how_often_it_never_comes():
    dates = {"lcoc_eur_per_h100e_h": 0.7, "ready_for_service of a.h": 739_000.0}
    result = comparison({"base": dates, "late": dates | {"ready_for_service of a.h": 739_100.0}})
    result.manifest["figures"] = ["ready_for_service of a.h"]
    assert "never" not in shown(result)
    result.figures["none_share"] = 0.0
    assert "never" not in shown(result)
    result.figures.loc[("late", "ready_for_service of a.h"), "none_share"] = 0.25
    (line,) = [line for line in shown(result).splitlines() if "never" in line]
    assert line.split()[-3:] == ["%", "0", "25.0"]


def scoped(values, **left_out):
    """A comparison in which some scenarios leave parts out of their money."""
    result = comparison(values)
    return replace(result, manifest=result.manifest | {"left_out": left_out})


def test_what_pays_for_less_neither_wins_nor_dominates():
    """Without a network a plan is cheaper; it is the best of those that pay for it that wins."""
    cheap = FIGURES | {"bare": {"lcoc_eur_per_h100e_h": 0.4, "capex_eur": 3e9, "pue": 1.14, "it_gwh": 0.0}}
    out = {"base": ["land"], "dear": ["land"], "rubin": ["land"]}
    said = " ".join(shown(scoped(cheap, **out, bare=["land", "cluster network", "storage"])).split())
    assert "Best by Cost of an H100e-hour: rubin" in said
    assert "Out of the money of bare, and in that of base: cluster network, storage." in said
    assert re.search(r"Dominated by - - - base", said)
    both = {name: cheap[name] for name in ("base", "bare")}
    said = " ".join(shown(scoped(both, base=[], bare=["storage"])).split())
    assert "none is better or worse than base, the base, at 0.7" in said
    assert "Dominated by - -" in said
    # who pays for more and is cheaper still wins
    said = " ".join(shown(scoped(both, base=["storage"], bare=[])).split())
    assert "Best by Cost of an H100e-hour: bare" in said
    assert "In the money of bare, and out of that of base: storage." in said
    assert "Dominated by bare -" in said


def test_a_mean_date_is_the_same_day_in_the_sentence_and_in_the_table():
    by, day = "ready_for_service of a.p1", float(date(2029, 3, 19).toordinal())
    text = shown(comparison({"base": {by: day + 0.7}, "other": {by: day + 9.6}}, by=by))
    assert text.count("2029-03-19") == 2
    assert "2029-03-20" not in text


def test_a_variant_whose_name_is_too_tall_for_its_column_is_numbered_and_told_in_full():
    tall = "Cost of capital, real = 9 %/y; Critical IT power, aion.p1 = 60 MW"
    text = shown(comparison({"base": FIGURES["base"], tall: FIGURES["dear"], "rubin": FIGURES["rubin"]}))
    assert f"variant 1: {tall}" in " ".join(text.split())
    heading = next(line for line in text.splitlines() if line.startswith("mean of the replications"))
    assert "variant 1" in heading
    assert "..." not in text
