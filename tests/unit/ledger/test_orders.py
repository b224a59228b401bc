"""Which systems were ordered, delivered and in service together."""

import math

from hypothesis import given
from hypothesis import strategies as st

from capsim.buildout.timeline import Milestone, ordered
from capsim.ledger.orders import batches

INF = math.inf


def played(*events):
    rows = [Milestone(time_d, "a", "p", "d", kind, amount, "rack") for time_d, kind, amount in events]
    return [b[4:-1] for b in batches(ordered(rows, [], 0))]


def test_cohorts_keep_their_own_day_in_service():
    found = played(
        (0, "ordered", 10.0), (5, "delivered", 10.0), (7, "in_service", 4.0), (9, "in_service", 6.0)
    )
    assert found == [(4.0, 0, 5, 7, INF), (6.0, 0, 5, 9, INF)]


def test_what_is_ordered_first_is_delivered_first():
    found = played((0, "ordered", 3.0), (2, "ordered", 3.0), (4, "delivered", 4.0))
    assert found == [(3.0, 0, 4, INF, INF), (1.0, 2, 4, INF, INF), (2.0, 2, INF, INF, INF)]


def test_the_cancellation_of_a_phase_takes_all_that_is_not_in_service():
    events = (0, "ordered", 9.0), (3, "delivered", 6.0), (4, "in_service", 2.0)
    rows = [Milestone(time_d, "a", "p", "d", kind, amount, "rack") for time_d, kind, amount in events]
    rows.append(Milestone(5, "a", "p", "construction", "cancelled", 10.0, "MW"))  # as the build-out does
    found = [b[4:-1] for b in batches(ordered(rows, [], 0))]
    assert found == [(2.0, 0, 3, 4, INF), (4.0, 0, 3, INF, 5), (3.0, 0, INF, INF, 5)]


def test_what_is_never_delivered_is_owed_unless_its_order_is_cancelled():
    rows = [Milestone(0, "a", "p", "d", "ordered", 3.0, "rack")]
    assert [b[-1] for b in batches(ordered(rows, [], 0))] == [True]
    rows.append(Milestone(2, "a", "p", "d", "cancelled", 3.0, "rack"))
    (batch,) = batches(ordered(rows, [], 0))
    assert batch[4:] == (3.0, 0, INF, INF, 2, False)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=6), st.data())
def test_no_system_is_lost_or_made(orders, data):
    total = sum(n for _, n in orders)
    delivered = data.draw(st.integers(0, total))
    served = data.draw(st.integers(0, delivered))
    rows = [(t, "ordered", float(n)) for t, n in orders]
    rows += [(20, "delivered", float(delivered)), (40, "in_service", float(served))]
    found = played(*(row for row in rows if row[2]))
    assert sum(b[0] for b in found) == total
    assert sum(b[0] for b in found if b[2] < INF) == delivered
    assert sum(b[0] for b in found if b[3] < INF) == served
