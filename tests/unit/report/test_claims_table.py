"""Audits of several claims as one table.

Tests `report.claims_table`.
"""

import io
from pathlib import Path

import pytest
from rich.console import Console

from capsim.report.claims_table import NOTHING, audit_table, stated
from capsim.scenario import load_claim
from capsim.study import audit

CLAIMS = sorted((Path(__file__).parents[3] / "scenarios" / "claims").glob("*.yaml"))


@pytest.fixture(scope="module")
def rows():
    console = Console(file=io.StringIO(), width=400, markup=False, highlight=False, _environ={})
    console.print(audit_table([audit(file) for file in CLAIMS]))
    return [line.rstrip() for line in console.file.getvalue().splitlines()[2:]]


def test_every_claim_has_a_row_by_date(rows):
    assert {row.split()[0] for row in rows} == {file.stem for file in CLAIMS}
    assert len(rows) == len(CLAIMS)
    dates = [row.split()[1] for row in rows]
    assert dates == sorted(dates)


def test_a_row_says_what_decides(rows):
    by_claim = {row.split()[0]: row for row in rows}
    assert "inconsistent" in by_claim["softbank-france"]
    assert "scope of the money" in by_claim["softbank-france"]
    assert NOTHING in by_claim["france-109bn"]
    assert "0.83 bn USD (debt), 44 MW, 13,800 GB300" in by_claim["mistral-bruyeres"]


def test_what_a_claim_states_in_words():
    of = {file.stem: stated(load_claim(file), {"tpu-v7": "TPU v7 Ironwood"}) for file in CLAIMS}
    assert of["aion"] == "200 MW, 288,000 H100e"
    assert of["anthropic-tpus"] == "at least 1,000 MW, 1,000,000 TPU v7 Ironwood"
    assert of["openai-amd"] == "at least 6,000 MW, first MW on 2026-10-01"
    assert of["gigawatt-30-50bn"] == "30-50 bn EUR, 1,000 MW"
    assert of["opcore-montereau"] == "4 bn EUR, 700 MW (grid)"
