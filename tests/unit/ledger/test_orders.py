"""Which systems were ordered, delivered, in service and cancelled together."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capsim.buildout.timeline import Milestone, ordered
from capsim.ledger.orders import batches

INF = math.inf


def played(*events):
    rows = [Milestone(time_d, "a", "p", "d", kind, amount, "rack") for time_d, kind, amount in events]
    return [b[4:] for b in batches(ordered(rows, [], 0))]


def test_lots_keep_their_own_day_in_service():
    found = played(
        (0, "ordered", 10.0), (5, "delivered", 10.0), (7, "in_service", 4.0), (9, "in_service", 6.0)
    )
    assert found == [(4.0, 0, 5, 7, INF), (6.0, 0, 5, 9, INF)]


def test_what_is_ordered_first_is_delivered_first():
    found = played((0, "ordered", 3.0), (2, "ordered", 3.0), (4, "delivered", 4.0))
    assert found == [(3.0, 0, 4, INF, INF), (1.0, 2, 4, INF, INF), (2.0, 2, INF, INF, INF)]


def test_a_cancellation_takes_what_is_ordered_and_not_delivered():
    events = (0, "ordered", 10.0), (3, "delivered", 4.0), (5, "cancelled", 6.0)
    assert played(*events) == [(4.0, 0, 3, INF, INF), (6.0, 0, INF, INF, 5)]


def test_what_is_cancelled_before_its_order_leaves_nothing():
    assert played((5, "cancelled", 6.0)) == []
    assert played((1, "cancelled", 6.0), (5, "ordered", 2.0), (8, "delivered", 2.0)) == [
        (2.0, 5, 8, INF, INF)
    ]


def test_the_cancellation_of_a_phase_takes_all_that_is_not_in_service():
    events = (0, "ordered", 9.0), (3, "delivered", 6.0), (4, "in_service", 2.0)
    rows = [Milestone(time_d, "a", "p", "d", kind, amount, "rack") for time_d, kind, amount in events]
    rows.append(Milestone(5, "a", "p", "construction", "cancelled", 10.0, "MW"))  # as the build-out does
    found = [b[4:] for b in batches(ordered(rows, [], 0))]
    assert found == [(2.0, 0, 3, 4, INF), (4.0, 0, 3, INF, 5), (3.0, 0, INF, INF, 5)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=6), st.data())
def test_no_system_is_lost_or_made(orders, data):
    total = sum(n for _, n in orders)
    delivered = data.draw(st.integers(0, total))
    gone = data.draw(st.integers(0, total - delivered))
    rows = [(t, "ordered", float(n)) for t, n in orders]
    rows += [(20, "delivered", float(delivered)), (30, "cancelled", float(gone))]
    rows += [(40, "in_service", float(delivered))]
    found = played(*(row for row in rows if row[2]))
    assert sum(b[0] for b in found) == pytest.approx(total)
    assert sum(b[0] for b in found if b[2] < INF) == pytest.approx(delivered)
    assert sum(b[0] for b in found if b[4] < INF) == pytest.approx(gone)
    assert all(b[2] == INF for b in found if b[4] < INF)
