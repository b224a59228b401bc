"""The ledger: what a build and its operation cost and earn, by item, place and month, and who pays."""

from capsim.ledger.book import Ledger, book
from capsim.ledger.budget import Bought, mw_bought
from capsim.ledger.delay import Delay, build_cost_per_mw, delays
from capsim.ledger.levelised import cost_per_it_mw_year, levelised_by_item, levelised_costs
from capsim.ledger.line import Line
from capsim.ledger.returns import RETURNS, returns
from capsim.ledger.statements import FLOWS, Statements, statements

__all__ = [
    "FLOWS",
    "RETURNS",
    "Bought",
    "Delay",
    "Ledger",
    "Line",
    "Statements",
    "book",
    "build_cost_per_mw",
    "cost_per_it_mw_year",
    "delays",
    "levelised_by_item",
    "levelised_costs",
    "mw_bought",
    "returns",
    "statements",
]
