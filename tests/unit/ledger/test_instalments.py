"""Instalments: what falls due together is held once, and is what each asset alone would pay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import capsim
from capsim.ledger.instalments import share_paid
from capsim.pipeline import run

SCENARIOS = Path(__file__).parents[3] / "scenarios"


@pytest.fixture(scope="module", params=["aion-288k-h100e", "france-109bn", "scaleway-5000-gpus"])
def whole(request):
    return run(capsim.load(SCENARIOS / f"{request.param}.yaml"))


def test_what_falls_due_together_is_held_once(whole):
    made = whole.ledger.instalments
    amounts, each = share_paid(made.booked, whole.scenario.calendar.month_start_d)
    assert np.array_equal(amounts, made.amount)
    assert np.array_equal(each, made.paid[made.timing])
    assert len(np.unique(each, axis=0)) <= len(made.paid) < len(each)
    assert np.array_equal(made.share_paid_by(-1), each[:, -1])


def test_months_of_groups_are_sums_of_their_assets(whole):
    made = whole.ledger.instalments
    _, each = share_paid(made.booked, whole.scenario.calendar.month_start_d)
    group = np.arange(len(made.booked)) % 3
    cash = np.zeros((3, each.shape[1] - 1))
    np.add.at(cash, group[made.asset], made.amount[:, None] * np.diff(each, axis=1))
    np.testing.assert_array_equal(made.by_month(group, 3), cash)
