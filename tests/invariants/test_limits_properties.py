import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capsim.models.limits import RELATIVE_GAP, lost_compute_share, throttle

N_HOURS = 6
ONE_WATT_MW = 1e-6


def hourly(low, high):
    return arrays(np.float64, N_HOURS, elements=st.floats(low, high, allow_subnormal=False))


limits = arrays(np.float64, N_HOURS, elements=st.just(0.0) | st.floats(ONE_WATT_MW, 500))


@given(
    wanted=hourly(0, 500),
    limit=limits,
    fixed=hourly(0, 20),
    slope=hourly(1, 3),
    bend=hourly(0, 0.05),
)
def test_facility_never_exceeds_its_limit_and_wastes_none_of_it(wanted, limit, fixed, slope, bend):
    def facility(it_mw, hours):
        return fixed[hours] + slope[hours] * it_mw + bend[hours] * it_mw**2

    hours = np.arange(N_HOURS)
    got = throttle(wanted, facility, limit)
    drawn = facility(got, hours)
    fits = fixed <= limit
    throttled = got < wanted
    assert np.all((got >= 0) & (got <= wanted))
    assert np.all(drawn[fits] <= limit[fits])
    assert np.all(got[~fits] == 0)
    assert np.all(drawn[fits & throttled] >= limit[fits & throttled] * (1 - RELATIVE_GAP))
    assert np.all(facility(wanted, hours)[throttled] > limit[throttled])


@given(wanted=hourly(0, 500), given_=hourly(0, 500))
def test_lost_compute_is_a_share_and_falls_with_power(wanted, given_):
    share = lost_compute_share(wanted, given_)
    assert np.all((share >= 0) & (share <= 1))
    assert np.all(lost_compute_share(wanted, given_ + 1.0) <= share)
