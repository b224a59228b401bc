"""Series of a planner's own: numbers by time, from a file or by date, brought to hours of UTC.

One reader for prices, carbon intensity, load, demand and whatever else moves with time. A file is read as it
comes (separators, units, clocks, known exports); what is wrong with it is said with its line, and what was
repaired is noted.
"""

from capsim.series.clock import Clock, Minutes, check_zone, fixed_offset
from capsim.series.files import read_bytes, stamp_of
from capsim.series.hours import to_hours
from capsim.series.numbers import MISSING, TwoReadingsError, numbers_of
from capsim.series.points import parse_day
from capsim.series.sheet import Sheet, sheet_of_text, text_of
from capsim.series.stamps import Stamps, read_stamps
from capsim.series.time_columns import (
    clock_of,
    is_named_as_time,
    time_columns,
    times_of,
)
from capsim.series.time_forms import may_be_a_time
from capsim.series.unit_kinds import MEASURES, Unit
from capsim.series.varying import HOLD, Series, Varying, hour_of_week, moves_by_the_hour
from capsim.series.written import FILE_ENDINGS, KEYS, is_series, varying

__all__ = [
    "FILE_ENDINGS",
    "HOLD",
    "KEYS",
    "MEASURES",
    "MISSING",
    "Clock",
    "Minutes",
    "Series",
    "Sheet",
    "Stamps",
    "TwoReadingsError",
    "Unit",
    "Varying",
    "check_zone",
    "clock_of",
    "fixed_offset",
    "hour_of_week",
    "is_named_as_time",
    "is_series",
    "may_be_a_time",
    "moves_by_the_hour",
    "numbers_of",
    "parse_day",
    "read_bytes",
    "read_stamps",
    "sheet_of_text",
    "stamp_of",
    "text_of",
    "time_columns",
    "times_of",
    "to_hours",
    "varying",
]
