"""Tables of a projection: every figure with its unit, at any width.

Tests `report.grids`, `report.tables`, `report.result_files`.
"""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from capsim.projection.plain import as_json
from capsim.report import tables
from capsim.report.result_files import results


def shown(renderable, width=100, make=None):
    """Text of a renderable; ``make(console)`` makes one that looks at the console."""
    console = Console(
        file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False, _environ={}
    )
    console.print(make(console) if make else renderable)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def row(text, *start):
    """Cells of the first row that starts with the words given."""
    return next(line.split() for line in text.splitlines() if line.split()[: len(start)] == list(start))


@pytest.mark.parametrize(("width", "n_tables"), [(120, 1), (100, 1), (80, 2)])
def test_by_year_fits(aion, width, n_tables):
    def make(console):
        parts = tables.by_year(aion, console)
        assert len(parts) == n_tables
        return parts[0]

    text = shown(None, width, make)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text


def test_by_year_shows_the_year(aion):
    text = shown(None, 120, lambda console: tables.by_year(aion, console)[0])
    year = aion.yearly.loc[2031]
    assert row(text, "2031") == [
        "2031",
        "42,624",
        f"{year['h100e_8bit']:,.0f}",
        "181.8",
        f"{year['facility_mean_mw']:,.1f}",
        f"{year['facility_peak_mw']:,.1f}",
        f"{year['facility_gwh']:,.0f}",
        f"{year['pue']:.3f}",
        f"{year['carbon_t']:,.0f}",
        f"{year['water_m3']:,.0f}",
        f"{year['capex_eur'] / 1e6:,.0f}",
        f"{year['opex_eur'] / 1e6:,.0f}",
        year["binds"],
    ]
    assert row(text, "2026")[7] == "-"  # no energy, no PUE


def test_milestones_are_those_of_the_first_fleet(aion):
    events = aion.milestones
    own = events[events["phase"] == "p3"]
    in_service = own[own["kind"] == "in_service"]["date"]
    retired = own[own["kind"] == "retired"]["date"].min()
    assert in_service.max() > retired  # there is a refresh, which is not shown
    ready = own[own["kind"] == "ready_for_service"]["date"].iloc[0]
    permit = own[(own["item"] == "permit") & (own["kind"] == "finished")]["date"].iloc[0]
    step = events[events["item"] == "block-2"]  # the step of p3, not the first
    applied, energised = step["date"].iloc[0], step["date"].iloc[-1]
    last = in_service[in_service <= retired].max()
    dates = [f"{d:%Y-%m}" for d in (permit, applied, energised, ready, in_service.min(), last)]
    assert row(shown(tables.milestones(aion)), "aion", "p3") == ["aion", "p3", "45.5", *dates]


def test_milestones_without_systems_show_a_dash(aion):
    events = aion.milestones
    bare = aion.with_views(milestones=events[events["kind"].isin(["ready_for_service", "energised"])])
    assert row(shown(tables.milestones(bare)), "aion", "p1")[-2:] == ["-", "-"]


def test_headline_leaves_out_what_is_not_there(aion, opcore):
    text = shown(tables.headline(aion))
    assert re.search(r"Levelised cost per H100e-hour +\S+ EUR2025", text)
    assert f"{aion.headline['facility_gwh']:,.0f} GWh at the meter" in text
    text = shown(tables.headline(opcore))
    assert "per H100e" not in text
    assert "nan" not in text


def test_targets(aion):
    text = shown(tables.targets(aion))
    lines = [line for line in text.splitlines() if line.startswith(("announced", "eu-chips"))]
    assert len(lines) == len(aion.targets)
    assert [line.split()[-2] for line in lines] == ["yes" if t.met else "no" for t in aion.targets]
    assert "4 bn EUR2025" in lines[-1]


def test_targets_are_told_by_their_titles(aion):
    text = shown(tables.targets(aion), 120)
    assert "H100e (8bit) >= 288,000" in text
    assert "h100e_8bit" not in text


def test_results_are_json(aion):
    text = as_json(results(aion))
    assert '"pue": null' in text  # the year without energy
    assert "NaN" not in text


def test_json_refuses_nan():
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"pue": float("nan")})
