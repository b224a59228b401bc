"""Series of a planner's own: numbers by time, from a file or by date, brought to hours of UTC.

One reader for prices, carbon intensity, load, demand and whatever else moves with time. A file is read as it
comes (separators, units, clocks, known exports); what is wrong with it is said with its line, and what was
repaired is noted.
"""

from capsim.series.clock import Minutes, check_zone, fixed_offset
from capsim.series.exports import Wanted, located
from capsim.series.files import read_bytes, stamp_of
from capsim.series.hours import to_hours
from capsim.series.numbers import numbers_of
from capsim.series.points import parse_day
from capsim.series.sheet import Sheet, sheet_of_text, text_of
from capsim.series.stamps import Stamps, read_stamps
from capsim.series.unit_kinds import MEASURES
from capsim.series.varying import Series, Varying, hour_of_week
from capsim.series.written import FILE_ENDINGS, KEYS, is_series, varying

__all__ = [
    "FILE_ENDINGS",
    "KEYS",
    "MEASURES",
    "Minutes",
    "Series",
    "Sheet",
    "Stamps",
    "Varying",
    "Wanted",
    "check_zone",
    "fixed_offset",
    "hour_of_week",
    "is_series",
    "located",
    "numbers_of",
    "parse_day",
    "read_bytes",
    "read_stamps",
    "sheet_of_text",
    "stamp_of",
    "text_of",
    "to_hours",
    "varying",
]
