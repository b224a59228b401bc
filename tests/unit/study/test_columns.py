"""Rows turned into columns: the same numbers, each block read once, with few files and little memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from capsim.study import columns
from capsim.study.columns import Rows, Table
from capsim.study.folder import open_store
from capsim.study.observe import Layout
from capsim.study.store import ROWS_PER_BLOCK, Store
from capsim.study.summary import all_percentiles


def stored(folder, rows):
    """Rows of a study in blocks, as it leaves them."""
    store = open_store(folder, {}, resume=False)
    for first in range(0, len(rows), ROWS_PER_BLOCK):
        store.write(first // ROWS_PER_BLOCK, rows[first : first + ROWS_PER_BLOCK])
    return store


@pytest.mark.parametrize("values_at_once", [1, 100, 4_000_000])
@pytest.mark.parametrize("variants", [1, 2, 3])
def test_columns_of_a_variant_are_those_of_its_rows(tmp_path, monkeypatch, values_at_once, variants):
    monkeypatch.setattr(columns, "VALUES_AT_ONCE", values_at_once)
    n, width = 37, 5
    rows = np.arange(float(n * variants * width)).reshape(n * variants, width)
    table = Table(stored(tmp_path / "s", rows), n, width, variants)
    for variant in range(variants):
        assert table.columns(variant, 1, 4).tolist() == rows[variant::variants, 1:4].T.tolist()
    assert (
        table.rows(range(20, 23)).tolist()
        == rows[20 * variants : 23 * variants].reshape(3, -1, width).tolist()
    )


def test_chunks_cover_all_columns_once(tmp_path, monkeypatch):
    monkeypatch.setattr(columns, "VALUES_AT_ONCE", 80)
    values = np.arange(200.0).reshape(40, 5)
    rows = Rows(Table(stored(tmp_path / "s", values), 40, 5), Layout(("a", "b", "c", "d", "e"), (), 0))
    chunks = list(rows.chunks(1, 5))
    assert [first for first, _ in chunks] == [1, 3]
    assert np.concatenate([part for _, part in chunks]).tolist() == values[:, 1:].T.tolist()
    assert rows.figures()["e"].tolist() == values[:, 4].tolist()


@pytest.fixture
def few_files():
    """A process that may open few files."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_65536_replications_are_summed_up_with_few_files_and_each_block_is_read_once(
    tmp_path, monkeypatch, few_files
):
    n = 65_536
    store = stored(tmp_path / "s", np.arange(3.0 * n).reshape(n, 3))
    blocks_read = []
    read = Store._rows_of
    monkeypatch.setattr(Store, "_rows_of", lambda self, block: blocks_read.append(block) or read(self, block))
    rows = Rows(Table(store, n, 3), Layout(("a", "b", "c"), (), 0))
    assert all_percentiles(rows)[0, 2].tolist() == [3 * (n - 1) / 2 + column for column in range(3)]
    assert rows.figures()["b"][-1] == 3 * n - 2
    assert blocks_read == list(range(n // ROWS_PER_BLOCK))


def test_memory_does_not_grow_with_the_replications(tmp_path, monkeypatch):
    """Of 40 columns at most 10,000 numbers are held at once; four times the rows take no more."""
    monkeypatch.setattr(columns, "VALUES_AT_ONCE", 10_000)

    def peak_bytes(n):
        store = stored(tmp_path / str(n), np.random.default_rng(n).random((n, 40)))
        tracemalloc.start()
        all_percentiles(Rows(Table(store, n, 40), Layout(tuple(map(str, range(40))), (), 0)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak_bytes(64)
    assert peak_bytes(8192) < 1.25 * peak_bytes(2048)


def test_the_file_of_panels_is_gone_with_the_table(tmp_path):
    store = stored(tmp_path / "s", np.ones((4, 2)))
    table = Table(store, 4, 2)
    assert table.columns(0, 0, 1).tolist() == [[1.0] * 4]
    assert [file.name for file in store.draws.iterdir()] == ["000000.block"]
    file = table._turned
    del table
    assert file.closed
