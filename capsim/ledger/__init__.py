"""The ledger: what a build and its operation cost, by item, place and month."""

from capsim.ledger.book import Ledger, Line, book
from capsim.ledger.levelised import levelised_costs

__all__ = ["Ledger", "Line", "book", "levelised_costs"]
