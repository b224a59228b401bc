"""One wrong file per rule, each with its whole message; and all faults of a file at once."""

import pytest

from capsim.catalog.reading import COLUMNS, MAX_BYTES, read_rows
from capsim.series.files import read_bytes

HEADER = ",".join(COLUMNS)
GOOD = "x1,tdp_w,900,W,800,1000,published,datasheet,2026-11,A,"


def faults(*lines, header=HEADER):
    rows, found = read_rows("\n".join([header, *lines]).encode(), file="my.csv", table="accelerators")
    return rows, [str(fault) for fault in found]


def test_a_good_row_is_read_whole():
    rows, found = faults(GOOD)
    assert found == []
    value = rows["x1", "tdp_w"]
    assert (value.value, value.unit, value.low, value.high) == (900.0, "W", 800.0, 1000.0)
    assert (value.kind, value.source, value.retrieved) == ("published", "datasheet", "2026-11")
    assert (value.confidence, value.note, value.origin) == ("A", "", "my.csv:2")


def test_columns_may_come_in_any_order_with_a_byte_order_mark_and_blank_lines():
    header = ",".join(reversed(COLUMNS))
    row = ",".join(reversed(GOOD.split(",")))
    data = "\ufeff" + f"{header}\r\n\r\n{row}\r\n,,,,,,,,,,\r\n"
    rows, found = read_rows(data.encode(), file="my.csv", table="accelerators")
    assert found == []
    assert rows["x1", "tdp_w"].origin == "my.csv:3"


def test_a_row_after_a_quoted_line_break_has_its_own_line():
    rows, _ = faults('x0,title,"a\nb",text,,,assumed,assumed,,,', GOOD)
    assert rows["x0", "title"].origin == "my.csv:2"
    assert rows["x1", "tdp_w"].origin == "my.csv:4"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x1,tdp_w,9OO,W,,,assumed,assumed,,,", "accelerators.x1.tdp_w: value must be a number (got 9OO)"),
        ("x1,tdp_w,nan,W,,,assumed,assumed,,,", "accelerators.x1.tdp_w: value must be a number (got nan)"),
        ("x1,tdp_w,inf,W,,,assumed,assumed,,,", "accelerators.x1.tdp_w: value must be a number (got inf)"),
        (
            "x1,tdp_w,1_000,W,,,assumed,assumed,,,",
            "accelerators.x1.tdp_w: value must be a number (got 1_000)",
        ),
        (
            "x1,tdp_w,,W,,,assumed,assumed,,,",
            "accelerators.x1.tdp_w: value must not be empty; leave the row out where nothing is known",
        ),
        (
            "x1,title,,text,,,assumed,assumed,,,",
            "accelerators.x1.title: value must not be empty; leave the row out where nothing is known",
        ),
        (
            "x1,launch_date,2026-13-01,date,,,assumed,assumed,,,",
            "accelerators.x1.launch_date: value must be a date as in 2026-01-31 (got 2026-13-01)",
        ),
        (
            "x1,title,Chip,text,1,,assumed,assumed,,,",
            "accelerators.x1.title: low and high must be empty where the unit is text (got 1)",
        ),
        ("x1,tdp_w,9,W,a,,assumed,assumed,,,", "accelerators.x1.tdp_w: low must be a number (got a)"),
        ("x1,tdp_w,9,W,,b,assumed,assumed,,,", "accelerators.x1.tdp_w: high must be a number (got b)"),
        (
            "x1,tdp_w,9,W,10,,assumed,assumed,,,",
            "accelerators.x1.tdp_w: low must be at most the value 9 (got 10)",
        ),
        (
            "x1,tdp_w,9,W,,8,assumed,assumed,,,",
            "accelerators.x1.tdp_w: high must be at least the value 9 (got 8)",
        ),
        (
            "x1,tdp_w,9,W,,,publishd,datasheet,,,",
            "accelerators.x1.tdp_w: kind must be one of published, derived, assumed; did you mean published? "
            "(got publishd)",
        ),
        (
            "x1,tdp_w,9,W,,,published, ,,,",
            "accelerators.x1.tdp_w: source must not be empty where the kind is published",
        ),
        (
            "x1,tdp_w,9,W,,,derived,,,,",
            "accelerators.x1.tdp_w: source must not be empty where the kind is derived",
        ),
        (
            "x1,tdp_w,9,,,,assumed,assumed,,,",
            "accelerators.x1.tdp_w: unit must not be empty; write 1 for a share or a count, text for words",
        ),
        (
            "X 1,tdp_w,9,W,,,assumed,assumed,,,",
            "accelerators.X 1.tdp_w: "
            "name must be lower-case letters, digits, hyphens and underscores (got X 1)",
        ),
        (
            "x1,TDP,9,W,,,assumed,assumed,,,",
            "accelerators.x1.TDP: "
            "field must be lower-case letters, digits, hyphens and underscores (got TDP)",
        ),
        ("x1,tdp_w,9,W", "accelerators: a row must have 11 cells (got 4)"),
    ],
)
def test_each_fault_has_its_whole_message(row, message):
    rows, found = faults(row)
    assert rows == {}
    assert found == [f"my.csv:2  {message}"]


def test_a_source_may_be_left_out_where_the_kind_is_assumed():
    rows, found = faults("x1,tdp_w,9,W,,,assumed,,,,")
    assert found == []
    assert rows["x1", "tdp_w"].source == ""


def test_a_duplicate_row_names_the_first():
    rows, found = faults(GOOD, GOOD)
    assert list(rows) == [("x1", "tdp_w")]
    assert found == ["my.csv:3  accelerators.x1.tdp_w: duplicate row; first given on line 2"]


def test_all_faults_come_at_once():
    _, found = faults("x1,a,?,W,,,no,assumed,,,", "x1,b,1,W,2,0,assumed,assumed,,,")
    assert [text.split()[0] for text in found] == ["my.csv:2"] * 2 + ["my.csv:3"] * 2


@pytest.mark.parametrize(
    ("header", "messages"),
    [
        (
            HEADER.replace("source", "sorce"),
            [
                "my.csv:1  accelerators: missing column source",
                "my.csv:1  accelerators: unknown column; did you mean source? (got sorce)",
            ],
        ),
        (HEADER + ",note", ["my.csv:1  accelerators: column given more than once (got note)"]),
        ("name,field", [f"my.csv:1  accelerators: missing columns {', '.join(COLUMNS[2:])}"]),
    ],
)
def test_a_header_that_does_not_fit_stops_the_reading(header, messages):
    rows, found = faults(GOOD, header=header)
    assert rows == {}
    assert found == messages


def test_an_empty_file_misses_every_column():
    _, found = read_rows(b"", file="my.csv", table="fx")
    assert [str(fault) for fault in found] == [f"my.csv:1  fx: missing columns {', '.join(COLUMNS)}"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff\xfe\x00", "my.csv  fx: must be UTF-8 text"),
        (b"name\x00field", "my.csv  fx: must be text, not a binary file"),
        (HEADER.encode() + b'\nx,"y', "my.csv:2  fx: is not readable as CSV: unexpected end of data"),
    ],
)
def test_what_is_not_a_csv_file_is_refused(data, message):
    _, found = read_rows(data, file="my.csv", table="fx")
    assert [str(fault) for fault in found] == [message]


def test_a_cell_of_hostile_length_is_a_fault():
    _, found = read_rows(HEADER.encode() + b"\n" + b"x" * 200_000, file="my.csv", table="fx")
    assert len(found) == 1
    assert "is not readable as CSV: field larger than field limit" in str(found[0])


def test_files_that_cannot_be_read_say_why(tmp_path):
    with pytest.raises(ValueError, match=r"^no such file$"):
        read_bytes(tmp_path / "absent.csv")
    with pytest.raises(ValueError, match=r"^is not a file$"):
        read_bytes(tmp_path)
    with pytest.raises(ValueError, match=r"^cannot be read: File name too long$"):
        read_bytes(tmp_path / ("x" * 300))
    big = tmp_path / "big.csv"
    with big.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(ValueError, match=r"^must be at most 10000000 bytes long$"):
        read_bytes(big, MAX_BYTES)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("x1,tdp_w,1e300,W,,,published,datasheet,2026-11,A,", "value must be at most 1e+07 W"),
        ("x1,tdp_w,1e-300,W,,,published,datasheet,2026-11,A,", "value must be 0 or at least 1e-06 W"),
        ("x1,tdp_w,900,W,800,1e300,published,datasheet,2026-11,A,", "high must be at most 1e+07 W"),
        ("x1,price,1e300,USD,,,published,datasheet,2026-11,A,", "value must be at most 1e+20"),
        ("x1,tdp_w,９００,W,,,published,datasheet,2026-11,A,", "value must be a number"),
    ],
)
def test_a_number_is_of_a_size_that_its_unit_has(row, rule):
    _, (said,) = faults(row)
    assert rule in said
