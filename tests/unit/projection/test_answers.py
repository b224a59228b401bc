"""Figures in words, read from a projection and from its run: the same numbers, held against its tables.

Tests `projection.answers_of_run`, `projection.answers_of_views`, `projection.phase_dates`,
`projection.quotients`.
"""

import math
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.errors import FigureError
from capsim.pipeline import simulate
from capsim.projection import Arrays, Projection, read
from capsim.projection.answers import folded
from capsim.projection.workings import worked
from capsim.scenario import loads
from capsim.vocabulary import parse_figure

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
FIGURES = [
    "npv",
    "capex_eur",
    "accelerators at 2026-06",
    "accelerators of a by 2027",
    "facility_mwh in 2026",
    "facility_peak_mw by 2027-12",
    "grid_headroom_mw in 2027",
    "capex by 2026-12",
    "capex of a by 2026-12",
    "opex of a.p1 by 2027-12",
    "energy_cost in 2027-03",
    "pue in 2026",
    "it_gwh by 2027-12",
]
DATES = [
    "ready_for_service of a.p1",
    "fleet_in_service of a.p1",
    "date of accelerators>=1",
    "date of accelerators >= 1e9",
    "date of capex>=1",
    "date of capex of a.p1>=1e6",
]


@pytest.fixture(scope="module")
def made() -> Projection:
    return simulate(loads(make.scenario(make.site(make.hall()), horizon_years=2)))


def test_the_projection_and_its_run_answer_alike(made):
    arrays = Arrays(made.run)
    for text in FIGURES:
        assert made.figure(text) == pytest.approx(
            float(read(parse_figure(text), arrays)), rel=1e-12, nan_ok=True
        )
    for text in DATES:
        day = float(read(parse_figure(text), arrays))
        assert made.date(text) == (None if math.isnan(day) else date.fromordinal(int(day)))


def test_a_saved_projection_answers_as_before(made, tmp_path):
    again = Projection.load(made.save(tmp_path / "saved"))
    assert repr([again.figure(text) for text in FIGURES]) == repr([made.figure(text) for text in FIGURES])
    assert [again.date(text) for text in DATES] == [made.date(text) for text in DATES]


def test_months_add_up_as_the_tables_do(made):
    month = made.monthly.drop_dims("cause").sum("site")
    facility, it = (month[name].sel(month="2026").sum().item() for name in ("facility_mwh", "it_mwh"))
    assert made.figure("facility_mwh in 2026") == pytest.approx(facility)
    assert made.figure("pue in 2026") == pytest.approx(facility / it)
    assert made.figure("pue by 2027-12") == pytest.approx(made.headline["pue"])
    assert made.figure("capex by 2027-12") == pytest.approx(made.headline["capex_eur"])
    assert made.figure("facility_peak_mw by 2027-12") == made.headline["facility_peak_mw"]


def test_money_of_places_adds_up_to_that_of_all():
    sites = [make.site(make.hall(), make.hall(id="p2"), id=key) for key in ("a", "b")]
    two = simulate(loads(make.scenario(*sites, horizon_years=2)))
    for name in ("capex", "opex"):
        of_sites = [two.figure(f"{name} of {site} by 2027-12") for site in ("a", "b")]
        assert sum(of_sites) == pytest.approx(two.headline[f"{name}_eur"])
        rows = two.ledger[(two.ledger["site"] == "a") & (two.ledger["phase"] == "p2")]
        stated = rows.loc[rows["category"] == name, "amount_eur"].sum()
        assert two.figure(f"{name} of a.p2 by 2027-12") == pytest.approx(stated)
        _, (*items, figure) = worked(two, f"{name} of b by 2027-12")
        assert figure.value == pytest.approx(of_sites[1]) == pytest.approx(sum(item.value for item in items))


def test_a_level_is_reached_at_the_end_of_a_month(made):
    month = made.monthly["accelerators"].sum("site").to_numpy()
    first = int(np.argmax(month >= 1))
    reached = made.date("date of accelerators>=1")
    assert (reached.year, reached.month) == (2026 + first // 12, first % 12 + 1)
    assert made.date("date of accelerators>=1e9") is None


@pytest.mark.parametrize(
    ("fold", "value"),
    [("sum", 8.0), ("hours", 8.0), ("peak", 5.0), ("least", 1.0), ("end", 2.0), ("margin", 2.0)],
)
def test_months_fold_as_their_series_does(fold, value):
    assert folded(np.array([1.0, 5.0, 2.0]), fold) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accelerators", "accelerators needs a month"),
        ("accelerators of a", "accelerators of a needs a month"),
        ("npv by 2026-12", "npv is of the whole horizon"),
        ("acelerators at 2026-12", "did you mean accelerators"),
        ("capx", "did you mean capex_eur"),
        ("capex_usd", "did you mean capex_eur"),
        ("accelerators at 2040-01", "the horizon is from 2026-01 to 2027-12"),
        ("accelerators of b at 2026-12", "no site or phase b"),
        ("accelerators of a.p1 at 2026-12", "accelerators is not known of a.p1; ask for that of a"),
        ("pue of a.p1 in 2026", "pue is not known of a.p1"),
        ("capex of a.p9 in 2026", "no site or phase a.p9; did you mean a.p1"),
        ("ready_for_service of a.p1", "is a date: ask for it with date"),
    ],
)
def test_what_there_is_not_is_said(made, text, said):
    with pytest.raises(FigureError, match=said):
        made.figure(text)


def test_a_phase_there_is_not_is_said(made):
    with pytest.raises(FigureError, match=r"no phase a.p9 has that date; did you mean a.p1"):
        made.date("ready_for_service of a.p9")
    with pytest.raises(FigureError, match="is no date"):
        made.date("npv")
