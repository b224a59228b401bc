"""The shipped catalogue, and the user's files laid over it.

Tests `catalog.loader`, `catalog.ranges`, `catalog.shelf`.
"""

import pytest

from capsim.catalog import load_catalog
from capsim.catalog.loader import DATA, FILES, RECORD_TABLES, shipped_rows
from capsim.catalog.ranges import out_of_range
from capsim.catalog.reading import COLUMNS
from capsim.catalog.shelf import Shelf
from capsim.errors import ScenarioError

WIDE = {"climate_means", "climate_residuals", "price_shape", "price_years", "carbon_shape"}


@pytest.fixture
def overlay(tmp_path):
    """Writes a user's file and returns its path."""

    def write(*rows, name="mine.csv"):
        path = tmp_path / name
        path.write_text("\n".join([",".join(COLUMNS), *rows]), encoding="utf-8")
        return path

    return write


def messages(overlays):
    with pytest.raises(ScenarioError) as raised:
        load_catalog(overlays)
    return str(raised.value).splitlines()


def test_every_shipped_file_is_a_known_table():
    assert {path.stem for path in DATA.glob("*.csv")} == set(FILES) | WIDE
    assert set(RECORD_TABLES) - set(FILES) == {"stage_kinds"}
    assert set(load_catalog().tables) == set(RECORD_TABLES)


def test_the_shipped_catalogue_is_parsed_once():
    assert load_catalog() is load_catalog({})
    assert len(load_catalog().version) == 12
    assert load_catalog().overlays == ()


def test_an_overlay_replaces_a_value_and_keeps_the_rest(overlay):
    path = overlay("gb300,tdp_w,1500,W,,,published,datasheet,2026-11,A,")
    catalog = load_catalog({"accelerators": path})
    mine, shipped = catalog.entry("accelerators", "gb300"), load_catalog().entry("accelerators", "gb300")
    assert mine.number("tdp_w") == 1500.0
    assert mine.get("tdp_w").origin == f"{path}:2"
    assert mine.number("hbm_gb") == shipped.number("hbm_gb")
    assert shipped.number("tdp_w") == 1400.0
    assert catalog.overlays == (str(path),)
    assert catalog.names("accelerators") == load_catalog().names("accelerators")


def test_an_overlay_adds_a_record(overlay):
    chip = overlay("next-1,tdp_w,2000,W,,,assumed,assumed,,,", name="chips.csv")
    server = overlay("next-nvl8,accelerator,next-1,text,,,assumed,assumed,,,", name="servers.csv")
    catalog = load_catalog({"systems": server, "accelerators": chip})
    assert catalog.names("accelerators")[-1] == "next-1"
    assert catalog.entry("systems", "next-nvl8").text("accelerator") == "next-1"


def test_the_version_follows_the_bytes_of_the_overlays(overlay):
    first = load_catalog({"fx": overlay("2027,usd_per_eur,1.2,USD/EUR,,,assumed,assumed,,,")}).version
    again = load_catalog({"fx": overlay("2027,usd_per_eur,1.2,USD/EUR,,,assumed,assumed,,,")}).version
    other = load_catalog({"fx": overlay("2027,usd_per_eur,1.3,USD/EUR,,,assumed,assumed,,,")}).version
    assert first == again
    assert len({first, other, load_catalog().version}) == 3


def test_all_faults_of_all_files_come_at_once(overlay, tmp_path):
    bad = overlay("x1,tdp_w,?,W,,,assumed,assumed,,,", "x1,hbm_gb,80,TB,,,assumed,assumed,,,")
    absent = tmp_path / "absent.csv"
    assert messages({"accelerators": bad, "sytems": bad, "fx": absent}) == [
        f"{bad}:2  accelerators.x1.tdp_w: value must be a number (got ?)",
        f"{bad}:3  accelerators.x1.hbm_gb: unit must be GB, as elsewhere in the table (got TB)",
        f"{bad}  sytems: unknown table; did you mean systems? (got sytems)",
        f"{absent}  fx: no such file",
        f"{bad}, {absent}: 4 problems, nothing was run",
    ]


def test_a_name_of_another_table_must_be_there(overlay):
    server = overlay("my-box,accelerator,gb30,text,,,assumed,assumed,,,", name="servers.csv")
    preset = overlay("mine,watr,watr,text,,,assumed,assumed,,,", name="presets.csv")
    assert messages({"systems": server, "cost_presets": preset}) == [
        f"{server}:2  systems.my-box.accelerator: unknown accelerator; did you mean gb300? (got gb30)",
        f"{preset}:2  cost_presets.mine.watr: unknown cost item; did you mean water? (got watr)",
        f"{server}, {preset}: 2 problems, nothing was run",
    ]


@pytest.mark.parametrize(
    ("table", "row", "fault"),
    [
        ("systems", "s,all_in_it_kw,0,kW,,,", "systems.s.all_in_it_kw: must be greater than 0 (got 0)"),
        (
            "systems",
            "s,accelerator_count,-8,1,,,",
            "systems.s.accelerator_count: must be at least 0 (got -8)",
        ),
        ("systems", "s,rack_count,-1,1,,,", "systems.s.rack_count: must be at least 0 (got -1)"),
        ("systems", "s,idle_share,7,1,,,", "systems.s.idle_share: must be in [0, 1] (got 7)"),
        ("systems", "s,idle_share,0.5,1,-0.5,1,", "systems.s.idle_share: must be in [0, 1] (got -0.5)"),
        (
            "accelerators",
            "a,bf16_dense_tflops,-2500,TFLOP/s,,,",
            "accelerators.a.bf16_dense_tflops: must be greater than 0 (got -2500)",
        ),
        ("carbon", "fin,solar_share,1.5,1,,,", "carbon.fin.solar_share: must be in [0, 1] (got 1.5)"),
        ("carbon", "fin,latitude_deg,99,deg,,,", "carbon.fin.latitude_deg: must be in [-90, 90] (got 99)"),
        ("fx", "2025-07,usd_per_eur,0,USD/EUR,,,", "fx.2025-07.usd_per_eur: must be greater than 0 (got 0)"),
        (
            "fx",
            "midyear,usd_per_eur,1.1,USD/EUR,,,",
            "fx.midyear.usd_per_eur: name must be a year or a month, as in 2025-07 (got midyear)",
        ),
    ],
)
def test_a_number_no_run_can_use_is_a_fault_of_the_file(overlay, table, row, fault):
    path = overlay(f"{row}assumed,assumed,,,")
    assert messages({table: path})[0] == f"{path}:2  {fault}"


def test_every_shipped_number_is_in_its_range():
    assert [out_of_range(table, shipped_rows(table)) for table in FILES] == [[]] * len(FILES)


@pytest.mark.parametrize("table", FILES)
def test_a_record_read_alone_is_that_of_the_whole_file(table):
    shelf = load_catalog().tables[table]
    alone = {(name, field): value for name in shelf for field, value in shelf[name].values.items()}
    whole = shipped_rows(table)
    if table == "cost_bases":
        # bases have their meaning from their functions beside what the file says
        alone = {key: alone[key] for key in whole}
    assert alone == whole


def test_a_catalogue_reads_the_records_that_are_named_and_no_others():
    fresh = Shelf(DATA / "climates.csv")
    assert "paris" in fresh
    assert "atlantis" not in fresh
    assert fresh["paris"].text("title") == "Paris"
    assert len(fresh._entries) == 1 < len(fresh)


@pytest.mark.parametrize("table", ["cost_bases", "stage_kinds", "wide_tables"])
def test_what_the_package_brings_takes_no_overlay(overlay, table):
    assert "describes what capsim ships, and takes no file of yours" in messages({table: overlay()})[0]
