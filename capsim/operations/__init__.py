"""Operations: a timeline and the models become hourly series and their monthly totals."""

from capsim.operations.operate import Operations, operate
from capsim.operations.series import SERIES, Series

__all__ = ["SERIES", "Operations", "Series", "operate"]
