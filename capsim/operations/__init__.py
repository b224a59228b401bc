"""Operations: a timeline and the models become hourly series and their monthly totals."""

from capsim.operations.borrowed_data import ALIKE, CLIMATE, NEAREST, PRICE, price_zone, stand_ins
from capsim.operations.fleet import ratio
from capsim.operations.full_halls import FullHalls, full_halls_of
from capsim.operations.held_back import (
    ACCELERATORS,
    COOLING,
    DEMAND,
    JOBS,
    NOT_ORDERED,
    OF_THE_PLAN,
    POWER,
    cause_of,
    month_shares,
)
from capsim.operations.operating import Operations, TakeHours, operate
from capsim.operations.outside import air_of
from capsim.operations.served_demand import BY_BOUNDS, BY_FLOPS, MEASURED_SPEED, speed_of
from capsim.operations.surroundings import (
    FLAT,
    LENT,
    OF_THE_SUN,
    Sky,
    design_dry_bulb_c,
    hours_of_carbon,
    is_flat_for_want_of_hours,
    lent_because,
)
from capsim.operations.year_bank import BANK_YEARS, Key
