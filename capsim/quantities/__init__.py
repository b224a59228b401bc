"""What the numbers of a plan come to before anything happens: prices, money, costs, sizes, loads, jobs."""

from capsim.quantities.jobs import Mix, mix_of, planned_working_share
from capsim.quantities.money import exchange_rates, in_scenario_money, price_level, price_trend, wacc_real
from capsim.quantities.prices import (
    Part,
    battery_price,
    facility_price,
    grid_price,
    item_costs,
    ordered_systems,
    price_of_one,
    system_price,
)
from capsim.quantities.replaced import Replaced, last_of_each
from capsim.quantities.scope import PARTS, parts_left_out, scope_of, scopes_of, without_parts_of_a_cluster
from capsim.quantities.sizes import part_sizes, refreshed_sizes, system_count, system_h100e
from capsim.quantities.system_draws import (
    draws_of,
    idle_kw,
    listed_parts,
    on_curve,
    parts_of,
    peak_kw,
    throughput,
    throughput_range,
    working_kw,
)
