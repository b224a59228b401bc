"""What results are called: every figure with its unit and meaning, kinds of events, causes, categories."""

from capsim.vocabulary.events import Binding, Category, Cause, MilestoneKind, OutageCause, SystemKind
from capsim.vocabulary.figures import DATES, HEADLINE, LEDGER, YEARLY
from capsim.vocabulary.measures import Measure, in_currency
from capsim.vocabulary.names import DECLARED, Place, declared, in_results, no_result, unit_of
from capsim.vocabulary.series import HALLS, HOURLY, MONTHLY, OF_AN_HOUR, WAITING

__all__ = [
    "DATES",
    "DECLARED",
    "HALLS",
    "HEADLINE",
    "HOURLY",
    "LEDGER",
    "MONTHLY",
    "OF_AN_HOUR",
    "WAITING",
    "YEARLY",
    "Binding",
    "Category",
    "Cause",
    "Measure",
    "MilestoneKind",
    "OutageCause",
    "Place",
    "SystemKind",
    "declared",
    "in_currency",
    "in_results",
    "no_result",
    "unit_of",
]
