from __future__ import annotations

import io
from dataclasses import replace
from types import MappingProxyType

import pytest
from rich.console import Console

from capsim.catalog import Entry, Value, load_catalog
from capsim.errors import CatalogError
from capsim.report import listing
from capsim.scenario.resolved_values import Row


def shown(renderable, width=100):
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False, _environ={})
    console.print(renderable)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def value(number, *, low=None, high=None, source="a paper", note=""):
    return Value(number, "W", low, high, "published", source, "2026-11", "A", note, "mine.csv:2")


def entry(**values):
    return Entry("systems", "mine", MappingProxyType(values))


def test_every_table_is_described():
    assert set(listing.ABOUT) == set(load_catalog().tables)


def test_values_share_their_sources():
    lines = shown(listing.entry_listing(entry(a=value(1.5), b=value(2.0, source="a book"), c=value(3.0))))
    rows = {line.split()[0]: line.split() for line in lines if line[:2] in ("a ", "b ", "c ")}
    assert rows["a"] == ["a", "1.5", "W", "published", "[1]"]
    assert [rows[name][-1] for name in "abc"] == ["[1]", "[2]", "[1]"]
    at = lines.index("Sources")
    assert lines[at + 1 :] == ["[1] a paper (retrieved 2026-11)", "[2] a book (retrieved 2026-11)"]


def test_a_system_shows_what_its_parts_add_up_to():
    lines = shown(listing.entry_listing(load_catalog().entry("systems", "cray-mi250x")), 200)
    at = next(number for number, line in enumerate(lines) if line.startswith("What it draws, by part"))
    rated = {line[:20].strip(): float(line.split()[-1]) for line in lines[at + 3 : at + 9]}
    total = rated.pop("all")
    assert total == pytest.approx((4 * 0.56 + 0.464) / 0.94 + 0.09, abs=0.002)
    assert sum(rated.values()) == pytest.approx(total, abs=0.002)
    assert not any("by part" in line for line in shown(listing.entry_listing(entry(a=value(1.5)))))


@pytest.mark.parametrize(
    ("low", "high", "text"), [(1.0, 2000.0, "1 .. 2,000"), (None, 2.0, ".. 2"), (1.0, None, "1 ..")]
)
def test_range(low, high, text):
    lines = shown(listing.entry_listing(entry(a=value(1.5, low=low, high=high))))
    assert f" {text} " in next(line for line in lines if line.startswith("a "))


def test_a_year_has_no_thousands():
    year = replace(value(2026.0), unit="year")
    assert " 2026 " in next(line for line in shown(listing.entry_listing(entry(a=year))) if line[:2] == "a ")


def test_notes_follow():
    lines = shown(listing.entry_listing(entry(a=value(1.5, note="per rack"))))
    assert lines[-2:] == ["Notes", "a per rack"]


def test_an_accelerator_without_figures_has_no_ratio():
    bare = Entry("accelerators", "mine", MappingProxyType({"tdp_w": value(700.0)}))
    assert listing.entry_record(bare)["h100e"] == {"bf16": None, "8bit": None, "best": None}
    assert "best -" in shown(listing.entry_listing(bare))


def test_listing_goes_from_tables_to_a_record():
    catalog = load_catalog()
    assert "accelerators" in " ".join(shown(listing.catalog_listing(catalog)))
    assert any(line.startswith("gb300 ") for line in shown(listing.catalog_listing(catalog, "accelerators")))
    assert shown(listing.catalog_listing(catalog, "accelerators", "gb300"))[0] == "accelerators / gb300"
    with pytest.raises(CatalogError, match="did you mean gb300"):
        listing.catalog_listing(catalog, "accelerators", "gb30")
    with pytest.raises(CatalogError, match="did you mean systems"):
        listing.catalog_record(catalog, "sistems")


def test_systems_are_sorted_by_what_they_are_worth():
    catalog = load_catalog()
    order = listing.SystemOrder("h100e_per_mw", "8bit")
    records = listing.systems_record(catalog, order)
    figures = [record["h100e_per_mw"] for record in records]
    known = [figure for figure in figures if figure is not None]
    assert known == sorted(known, reverse=True)
    assert figures[len(known) :] == [None] * (len(figures) - len(known))
    *rows, below, end = shown(listing.systems_listing(catalog, order), 120)[3:]
    assert [row.split()[0] for row in rows] == [record["system"] for record in records]
    gb300 = next(row.split() for row in rows if row.startswith("gb300-nvl72"))
    # 181.9 H100e over 0.159552 MW all-in and over a nameplate of 0.135 MW
    assert gb300[1:] == ["135", "159.552", "4,000,000", "181.9", "1,140", "1,347", "52"]
    assert "100 to 170 % of its nameplate" in f"{below} {end}"


def test_every_power_of_a_system_has_its_basis():
    catalog = load_catalog()
    for system in (catalog.entry("systems", name) for name in catalog.names("systems")):
        assert ("nameplate_kw" in system) == ("nameplate_basis" in system)
        assert system.text("all_in_basis") in ("label", "parts", "per chip", "assumed")
        # with its share of network and storage no system is provisioned less than its own rack
        if "nameplate_kw" in system:
            assert system.number("all_in_it_kw") >= system.number("nameplate_kw"), system.name
    lines = shown(listing.entries(catalog, "systems"), 120)
    bases = {line.split()[0]: line for line in lines if line}
    assert "10.2 label 11.2 per chip" in " ".join(bases["dgx-h100"].split())
    assert "3.184 parts" in " ".join(bases["gh200-quad"].split())
    assert "None is measured" in " ".join(lines)


def test_makers_are_ranked_on_either_basis_of_power():
    """All-in, Trainium3 is counted at 38 % over its nameplate and GB300 at 18 %, and their order turns."""
    catalog, first = load_catalog(), {}
    for by in ("h100e_per_mw", "h100e_per_rack_mw"):
        listed = [one["system"] for one in listing.systems_record(catalog, listing.SystemOrder(by, "8bit"))]
        first[by] = min("trn3-ultraserver", "gb300-nvl72", key=listed.index)
    assert first == {"h100e_per_mw": "gb300-nvl72", "h100e_per_rack_mw": "trn3-ultraserver"}


def test_sorted_systems_break_no_number_in_80_columns():
    catalog = load_catalog()
    lines = shown(listing.systems_listing(catalog, listing.SystemOrder("h100e", "8bit")), 80)
    kyber = next(line.split() for line in lines if line.startswith("rubin-ultra-kyber"))
    assert kyber[1:] == ["600", "611", "22,300,000", "2,525", "4,132", "4,208", "129.5"]


@pytest.mark.parametrize("width", [50, 60, 80])
def test_what_parts_draw_breaks_no_number(width):
    """Of no system of the catalogue whose parts are known: each figure of the wide table stands whole."""
    catalog = load_catalog()
    for name in catalog.names("systems"):
        wide, narrow = (
            [cell for line in of_parts(catalog.entry("systems", name), at) for cell in line.split()]
            for at in (300, width)
        )
        assert sorted(filter(is_number, narrow)) == sorted(filter(is_number, wide)), name


def of_parts(of, width):
    """Lines of what a system draws by part; none where its parts are not known."""
    lines = shown(listing.entry_listing(of), width)
    first = next((n for n, line in enumerate(lines) if line.startswith("What it draws, by")), len(lines))
    return lines[first + 1 : lines.index("Sources")]


def is_number(cell):
    return cell.replace(".", "").isdigit()


@pytest.mark.parametrize(
    ("by", "definition", "message"),
    [
        ("h100e_per_mv", "8bit", "sort must be one of .*did you mean h100e_per_mw"),
        ("h100e", "8bits", "h100e must be one of bf16, 8bit, best; did you mean 8bit"),
    ],
)
def test_an_unknown_order_is_refused(by, definition, message):
    with pytest.raises(ValueError, match=message):
        listing.SystemOrder(by, definition)


@pytest.mark.parametrize(
    ("row", "lines"),
    [
        (
            Row("a.b", "60", "MW", "--set", "--set", "", "", ""),
            ["a.b: 60 MW", "    --set"],
        ),
        (
            Row("a.b", "60", "1", "file", "x.yaml:3", "assumed: as p1", "assumed", ""),
            ["a.b: 60", "    x.yaml:3 (file); assumed: as p1"],
        ),
        (
            Row("a.b", "7", "y", "catalog", "t.csv:3", "a paper", "published", "high"),
            ["a.b: 7 y", "    t.csv:3 (catalog); published, confidence high: a paper"],
        ),
        (
            Row(
                "a.b",
                "{file: p.csv}",
                "",
                "file",
                "x.yaml:3",
                "",
                "",
                "",
                series="p.csv (UTC), in place of c",
            ),
            ["a.b: {file: p.csv}", "    x.yaml:3 (file); p.csv (UTC), in place of c"],
        ),
    ],
)
def test_explained(row, lines):
    assert shown(listing.explained([row])) == lines
