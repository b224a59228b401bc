"""Days as spreadsheets write them: taken where they can be one day only.

Tests `catalog.day_words`.
"""

from datetime import date

import pytest

from capsim.catalog.day_words import day_of_text, part_of_year


@pytest.mark.parametrize(
    "text",
    [
        "2022-09-20",
        "2022-9-20",
        "2022/09/20",
        "20220920",
        "20.09.2022",
        "20.9.2022",
        "20/09/2022",
        "09/20/2022",
        "20-09-2022",
        "20 September 2022",
        "20-Sep-2022",
        "Sept 20, 2022",
        "2022-09-20 00:00:00",
        "2022-09-20T00:00:00Z",
    ],
)
def test_a_day_in_a_common_form_is_read(text):
    assert day_of_text(text) == date(2022, 9, 20)


def test_dots_stand_behind_the_day_and_twins_are_one_day():
    assert day_of_text("01.06.2025") == date(2025, 6, 1)
    assert day_of_text("06/06/2025") == date(2025, 6, 6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2022-13-20", "must be a date as in 2026-01-31"),
        ("20/13/2022", "must be a date as in 2026-01-31"),
        ("20.09.22", "must be a date as in 2026-01-31"),
        ("30 Februar 2022", "must be a date as in 2026-01-31"),
        ("abc", "must be a date as in 2026-01-31"),
        ("2023", "with its month and day"),
        ("2023-01", "with its month and day"),
        ("2023-Q1", "with its month and day"),
        ("45657.958", "the number of a day that a spreadsheet keeps"),
        ("01/06/2025", "may be 1 June or 6 January 2025: write 2025-06-01 or 2025-01-06"),
    ],
)
def test_what_is_no_day_or_may_be_two_is_refused_with_what_to_write(text, words):
    with pytest.raises(ValueError, match=words):
        day_of_text(text)


def test_a_part_of_a_year_is_told_from_a_day():
    assert all(map(part_of_year, ["2026", "2026-H2", "2026-Q1", "2026-07", "2026 (samples)"]))
    assert not any(map(part_of_year, ["2026-13", "2022-13-20", "20.09.2022", "soon"]))
