import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from capsim.models.it_power import server_power

share = st.floats(0, 1, allow_subnormal=False)


@given(share, st.floats(1, 2))
def test_server_power_rises_with_utilisation(idle, r):
    drawn = server_power(1.0, np.linspace(0, 1, 50), idle_share=idle, r=r)
    assert np.all(np.diff(drawn) >= -1e-12)
