"""The ledger: what a build and its operation cost and earn, by item, place and month, and who pays."""

from capsim.ledger.assets import Bought
from capsim.ledger.booking import Ledger, book
from capsim.ledger.budget import mw_bought
from capsim.ledger.delay import Delay, build_cost_per_mw, delays
from capsim.ledger.financial_statements import FLOWS, Statements, statements
from capsim.ledger.instalments import AFTER, BEFORE, INSIDE
from capsim.ledger.levelised import cost_per_it_mw_year, levelised_by_item, levelised_costs
from capsim.ledger.line import Line
from capsim.ledger.rates_of_return import RETURNS, returns, several_rates
