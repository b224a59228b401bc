"""A kit to pin projections in tests of one's own, and to check models and catalogues of one's own.

The plugin of pytest comes with it: the fixture `projection_regression`, and ``pytest --update-golden``.
The checks are functions to call in a test; each raises AssertionError, which says what does not hold.
"""

from capsim.testing.check_catalog import check_catalog
from capsim.testing.check_cooling import check_cooling_model
from capsim.testing.check_models import check_cost_basis, check_stage_kind
from capsim.testing.check_projection import check_projection

__all__ = [
    "check_catalog",
    "check_cooling_model",
    "check_cost_basis",
    "check_projection",
    "check_stage_kind",
]
