"""What is past its shelf life is shown with its day, what hangs on it, and where to look."""

from __future__ import annotations

import io
import json
from datetime import date

from rich.console import Console
from typer.testing import CliRunner

from capsim import cli
from capsim.catalog import load_catalog, stale
from capsim.projection import Matters
from capsim.report.shelf_listing import stale_listing, stale_record, stale_rows

DAY = date(2027, 6, 1)


def shown(*of):
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(stale_listing(*of))
    return console.export_text().splitlines()


def test_each_row_has_its_value_its_day_and_its_source():
    rows = list(stale(load_catalog(), DAY))
    lines = shown(DAY, rows, {})
    assert lines[0].strip() == f"{len(rows)} values past shelf life on 2027-06-01"
    (line,) = [line.split() for line in lines if "accelerators/h100-sxm.price_usd" in line]
    assert line == [
        "accelerators/h100-sxm.price_usd",
        "23,500",
        "USD",
        "2026-11",
        "2027-06-01",
        "Epoch",
        "AI",
    ]
    assert shown(DAY, [], {})[0].strip() == "nothing is past its shelf life on 2027-06-01"


def test_what_hangs_on_a_row_is_shown_where_it_is_known():
    row = next(stale(load_catalog(), DAY))
    lines = shown(DAY, [row], {row.place: Matters("capex", 0.625)})
    assert "62% of capex" in lines[-1]
    assert "most hangs on it of" in lines[1]


def test_rows_of_a_plan_are_those_it_reads_with_most_money_first(aion):
    rows, matters = stale_rows(DAY, aion)
    assert rows[0].place == "systems/rubin-ultra-kyber.price_usd"
    assert {row.place.partition("/")[0] for row in rows} <= {"systems", "lead_times", "assumptions"}
    record = stale_record(DAY, rows, matters)["stale"][0]
    assert (record["matters_in"], record["past_since"]) == ("capex", "2027-06-01")
    json.dumps(record, allow_nan=False)


def test_the_command_takes_a_day_and_refuses_it_elsewhere():
    run = CliRunner().invoke
    assert (
        "nothing is past its shelf life on 2026-11-30"
        in run(cli.app, ["catalog", "stale", "--as-of", "2026-11-30"]).stdout
    )
    listed = json.loads(run(cli.app, ["catalog", "stale", "--as-of", "2027-06-01", "--json"]).stdout)
    assert len(listed["stale"]) == len(list(stale(load_catalog(), DAY)))
    refused = run(cli.app, ["catalog", "systems", "--as-of", "2027-06-01"])
    assert (refused.exit_code, "capsim catalog stale [FILE] --as-of DATE" in refused.stderr) == (2, True)
