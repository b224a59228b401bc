"""How scenarios and results show themselves in a notebook, and their pictures by name.

Tests `report.notebook` and `report.pictures`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import capsim
from capsim.report.pictures import PICTURES
from capsim.study import EnsembleGrid, Sweep, ensemble_grid, sweep

ROOT = Path(__file__).parents[3]
SCENARIO = ROOT / "scenarios" / "scaleway-5000-gpus.yaml"
LONGEST = 250
"""Characters of a line that says what a thing is."""
PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def results():
    """A result of each kind that a notebook makes, of Scaleway's GPUs over a year."""
    short = capsim.load(SCENARIO).override(horizon_years=1)
    dearer = short.override({"finance.wacc_real": 0.12})
    both, one = {"as it is": short, "dearer": dearer}, {"processes": 1}
    made = [
        capsim.simulate(short, hourly=True),
        capsim.ensemble(short, 4, **one),
        capsim.compare(both, 2, **one),
        capsim.sensitivity(short, **one),
        ensemble_grid(both, 2, **one),
        sweep(short, {"finance.wacc_real": [0.06, 0.08]}, **one),
        capsim.relief(short, **one),
        capsim.audit(ROOT / "scenarios" / "claims" / "scaleway-5000-gpus.yaml"),
        capsim.solve(short, "finance.wacc_real", "lcoc <= 100", low=0.05, high=0.10),
    ]
    return {type(result).__name__: result for result in made}


def test_each_result_is_one_line_that_names_it(results):
    for name, result in results.items():
        assert repr(result).startswith(f"<{name} ")
        assert len(repr(result)) <= LONGEST
        assert "\n" not in repr(result)
    assert repr(results["Ensemble"]) == "<Ensemble scaleway-5000-gpus: 4 replications>"
    assert "as it is, dearer" in repr(results["Comparison"])


def test_a_study_shows_what_its_command_shows_first_without_its_options(results):
    html = results["Ensemble"]._repr_html_()
    for words in ("<pre", "4 replications of", "Most H100e in service", "P50"):
        assert words in html
    assert "dearer" in results["Comparison"]._repr_html_()
    assert "Cost of capital" in results["Sensitivity"]._repr_html_()
    for name, result in results.items():
        assert "--all" not in result._repr_html_(), name


def test_a_difference_shows_what_moved(results, tmp_path):
    old, new = (results["Projection"].save(tmp_path / name) for name in ("old", "new"))
    diff = capsim.study.diff(old, new)
    assert repr(diff).startswith("<Diff ")
    assert "0 of" in repr(diff)
    assert "<pre" in diff._repr_html_()


def test_each_picture_of_each_result_is_drawn_and_explained(results):
    results = [result for result in results.values() if type(result) in PICTURES]
    assert {EnsembleGrid, Sweep, capsim.Projection} <= {type(result) for result in results}
    for result in results:
        assert list(result.plot.__dir__()) == list(PICTURES[type(result)])
        for name in dir(result.plot):
            draw = getattr(result.plot, name)
            drawn = draw()
            assert isinstance(drawn, (Axes, Figure)), name
            assert draw.__doc__
            assert name in repr(result.plot)


def test_a_picture_of_one_panel_is_drawn_where_it_is_told_to(results):
    ax = Figure().subplots()
    assert results["Projection"].plot.capacity(ax=ax) is ax
    assert ax.get_lines()


def test_a_picture_shows_itself_also_without_pyplot(results):
    figure = results["Projection"].plot.levelised().figure
    assert figure._repr_png_()[:4] == PNG
    assert figure._repr_png_() == figure._repr_png_()


def test_an_unknown_picture_is_named_with_what_may_be_meant(results):
    with pytest.raises(AttributeError, match=r"^Ensemble has no picture fann; did you mean fan\?$"):
        _ = results["Ensemble"].plot.fann


def test_money_by_item_sums_to_the_headline_and_has_what_is_left_apart(results):
    projection = results["Projection"]
    sums = projection.by_item.sum()
    for name in ("capex_eur", "opex_eur", "revenue_eur"):
        assert sums[name] == pytest.approx(projection.headline[name], rel=1e-12), name
    assert sums["residual_eur"] == pytest.approx(-projection.headline["residual_eur"], rel=1e-12)
    assert sums["residual_eur"] < 0.0
    paid = projection.ledger.query("category == 'opex' and item == 'energy'")["amount_eur"].sum()
    assert projection.by_item.at["energy", "opex_eur"] == pytest.approx(paid, rel=1e-12)
    assert projection.by_item.at["energy", "capex_eur"] == 0.0
