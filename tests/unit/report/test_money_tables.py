"""Who pays what, at any width, and what finances it, traced to its terms."""

import io
import re
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from capsim import simulate
from capsim.errors import CapsimError
from capsim.report.money_tables import traced, who_pays
from capsim.report.tables import headline
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
FINANCE = {
    "debts": [
        {"id": "senior-bank-loan", "preset": "gpu-loan", "of": "it", "share": 0.3},
        {"id": "mezzanine-tranche", "preset": "gpu-loan", "of": "it", "share": 0.2},
        {"id": "construction-loan", "preset": "facility-loan", "of": "facility", "share": 0.4},
    ],
    "grants": [{"id": "state-aid", "of": "it", "share": 0.1}],
    "owners": [{"id": "infrastructure-fund", "share": 0.5}, {"id": "operator-group", "share": 0.5}],
}


def sold(amount):
    path = [{"id": "flat", "on": date(2026, 1, 1), "amount": amount, "currency": "EUR"}]
    changes = {"costs": {"preset": "fr-greenfield-ai"}, "finance": FINANCE, "revenue": {"prices": path}}
    return simulate(loads(make.scenario(**changes)))


@pytest.fixture(scope="module")
def projection():
    return sold(4.0)


def printed(renderable, width):
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    return console.file.getvalue()


@pytest.mark.parametrize(("width", "n_tables"), [(60, 5), (80, 3), (250, 1)])
def test_six_payers_fit_any_width_with_every_number_whole(projection, width, n_tables):
    text = printed(who_pays(projection, Console(width=width)), width)
    assert "\u2026" not in text, "nothing is cut off"
    assert max(map(len, text.splitlines())) <= width
    table = projection.funding
    in_2026 = table[table["month"].dt.year == 2026].groupby("payer")["paid_in_eur"].sum() / 1e6
    rows = re.findall(r"^2026(.*)$", text, re.MULTILINE)
    assert len(rows) == n_tables
    shown = [int(cell.replace(",", "")) for row in rows for cell in row.split()]
    assert len(shown) == 6 * 2 - 1, "a grant is not paid back"
    assert {round(value) for value in in_2026} <= set(shown)


def test_what_finances_is_traced_to_its_terms_and_their_source(projection):
    text = printed(traced(projection, "mezzanine-tranche"), 120)
    assert "Terms (finance.debts.mezzanine-tranche)" in text
    assert "finance.debts.mezzanine-tranche.rate_nominal_per_y: 0.13 1/y" in text
    assert "https://www.gpuloans.com" in text
    assert re.search(r"mezzanine-tranche.share: 0.2 *\n", text)
    assert "Terms (finance.grants.state-aid)" in printed(traced(projection, "state-aid"), 120)
    assert "finance.tax_rate: 0.25" in printed(traced(projection, "tax"), 120)
    assert "senior-bank-loan" in printed(traced(projection), 120).rpartition("traced by name: ")[2]
    with pytest.raises(CapsimError, match="did you mean state-aid"):
        traced(projection, "state-ai")


def test_a_payback_that_is_not_reached_is_said():
    assert re.search(r"Payback +not reached within the horizon", printed(headline(sold(0.01)), 100))
    assert "Payback" not in printed(headline(simulate(loads(make.scenario()))), 100)
