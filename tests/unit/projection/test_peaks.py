"""Where a series is highest. Tests `projection.peaks`."""

import numpy as np
import pandas as pd

from capsim.projection.peaks import first_peak, first_peaks


def test_the_first_of_those_level_but_for_rounding():
    assert first_peak([14.0, 15.0 - 7e-9, 15.0, 15.0 + 7e-9]) == 1
    assert first_peak([14.0, 14.9, 15.0]) == 2
    assert first_peak([-3.0, -2.0, -2.0 + 1e-9]) == 1
    assert first_peak([-np.inf, 0.0, 0.0]) == 1


def test_the_first_of_each_group():
    rows = pd.DataFrame({"of": list("aabb"), "mw": [5.0, 5.0 + 1e-9, 1.0, 2.0], "month": [1, 2, 3, 4]})
    assert first_peaks(rows, "mw", ["of"])["month"].to_dict() == {"a": 1, "b": 4}
