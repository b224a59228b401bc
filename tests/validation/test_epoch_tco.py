"""Total cost of ownership per IT MW-year, against Epoch AI (2026-05-14).

Published inputs, in USD m per IT MW: 26.11 for compute, 11.77 for construction, and 0.90 a year
of operating cost; 14 years of plant life. The convention that gives the published cost is a
capital-recovery factor at 6.5 % with payments at the end of each year, on compute over its own life
and on construction over the plant's.
"""

import pytest

from capsim.models.finance import capital_recovery_factor

RATE_PER_Y = 0.065
COMPUTE_MUSD, CONSTRUCTION_MUSD, OPEX_MUSD_PER_Y = 26.11, 11.77, 0.90
PLANT_LIFE_Y = 14

# IT life [y], cost worked from unrounded inputs and cost as published [USD m per IT MW-year]. Tolerances:
# inputs are rounded to 0.005, of which opex passes on all; the published figures have one or two digits.
ROWS = [(3, 12.07, 12.0), (5, 8.49, 8.5), (7, 6.97, 7.0)]


@pytest.mark.parametrize(("it_life_y", "worked", "published"), ROWS)
def test_cost_per_it_mw_year(it_life_y, worked, published):
    compute = COMPUTE_MUSD * capital_recovery_factor(RATE_PER_Y, it_life_y)
    construction = CONSTRUCTION_MUSD * capital_recovery_factor(RATE_PER_Y, PLANT_LIFE_Y)
    cost = (compute + construction + OPEX_MUSD_PER_Y).item()
    assert cost == pytest.approx(worked, abs=0.01)
    assert cost == pytest.approx(published, abs=0.1)
