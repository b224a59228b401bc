"""Operations: a timeline and the models become hourly series and their monthly totals."""

from capsim.operations.operate import Operations, operate

__all__ = ["Operations", "operate"]
