"""Numbers that a workbook keeps to the last bit."""

from __future__ import annotations


class Exact(float):
    """A float whose text in a workbook has all its digits: XlsxWriter asks for 16, and a double needs 17.

    Examples
    --------
    >>> f"{0.1 + 0.2:.16G}", f"{Exact(0.1 + 0.2):.16G}"
    ('0.3', '0.30000000000000004')
    """

    def __format__(self, spec: str) -> str:
        """The shortest text that is read as the same number."""
        return str(int(self)) if self.is_integer() and abs(self) < WHOLE else float.__repr__(self)


WHOLE = 2.0**53
"""Whole numbers below it are written without a point."""
