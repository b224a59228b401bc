"""Saved projections: exact round trip, and folders that are damaged or somebody else's.

Tests `projection.storage`, `projection.manifest`, `projection.plain`, `projection.saved_files`,
`projection.sealing`.
"""

import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from capsim import Projection, simulate
from capsim.errors import ProjectionError
from capsim.projection import storage
from capsim.projection.plain import as_json
from capsim.projection.sealing import _checksum, check_size
from capsim.scenario.loading import loads
from capsim.temporary import temporary_folder

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
COSTS = {"preset": "fr-greenfield-ai"}
TARGETS = [{"id": "announced", "h100e": 1e4, "facility_mw": 20.0, "budget": 1e9, "source": "assumed"}]


@pytest.fixture(scope="module")
def projection():
    places = make.site(), make.site(id="b", climate="stockholm")
    return simulate(loads(make.scenario(*places, costs=COSTS, targets=TARGETS)), hourly=True)


@pytest.fixture(scope="module")
def other():
    return simulate(loads(make.scenario(make.standing_site(), costs=COSTS, horizon_years=1)))


@pytest.fixture
def saved(projection, tmp_path):
    return projection.save(tmp_path / "out")


def test_round_trip_is_identical_hourly_too(projection, saved):
    loaded = Projection.load(saved)
    assert loaded.identical(projection)
    for kind in ("monthly", "hourly"):
        was, now = getattr(projection, kind), getattr(loaded, kind)
        assert list(now.data_vars) == list(was.data_vars)
        for name in was.data_vars:
            assert now[name].to_numpy().tobytes() == was[name].to_numpy().tobytes(), name
            assert now[name].attrs == was[name].attrs
    for table in ("milestones", "waits", "ledger", "yearly"):
        assert getattr(loaded, table).equals(getattr(projection, table)), table
        assert list(getattr(loaded, table).dtypes) == list(getattr(projection, table).dtypes)
    assert loaded.targets == projection.targets
    assert loaded.findings == projection.findings
    assert loaded.facts == projection.facts
    assert repr(loaded) == repr(projection)


def test_a_projection_differs_from_another(projection, other):
    assert projection.identical(projection)
    assert not projection.identical(other)


def test_saving_what_was_loaded_gives_the_same_bytes(saved, tmp_path):
    again = Projection.load(saved).save(tmp_path / "again")
    assert {f.name for f in again.iterdir()} == {f.name for f in saved.iterdir()}
    for file in saved.iterdir():
        assert (again / file.name).read_bytes() == file.read_bytes(), file.name


def test_saved_scenario_gives_the_same_projection(projection, saved):
    again = simulate(loads((saved / "scenario.yaml").read_text("utf-8")), hourly=True)
    assert again.headline == pytest.approx(projection.headline, rel=0, nan_ok=True)
    assert again.manifest["digest"] == projection.manifest["digest"]


def test_json_has_no_nan_and_what_is_not_there_comes_back_as_nan(tmp_path):
    empty = make.site(make.hall(deployments=[]))
    made = simulate(loads(make.scenario(empty)))
    folder = made.save(tmp_path / "out")
    record = json.loads((folder / "projection.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert record["headline"]["lcoc_eur_per_h100e_h"] is None
    assert np.isnan(Projection.load(folder).headline["lcoc_eur_per_h100e_h"])
    assert Projection.load(folder).identical(made)


def test_a_projection_replaces_an_earlier_one_and_keeps_the_users_files(saved, other):
    (saved / "notes.txt").write_text("mine", "utf-8")
    (saved / "figures").mkdir()
    (saved / "figures" / "a.png").write_bytes(b"png")
    (saved / "link").symlink_to("nowhere")
    other.save(saved)
    assert Projection.load(saved).identical(other)
    assert not (saved / "hourly.parquet").exists()
    assert (saved / "notes.txt").read_text("utf-8") == "mine"
    assert (saved / "figures" / "a.png").read_bytes() == b"png"
    assert (saved / "link").readlink() == Path("nowhere")
    assert [p.name for p in saved.parent.iterdir()] == ["out"]


def test_an_empty_folder_is_used_and_parents_are_made(other, tmp_path):
    (tmp_path / "empty").mkdir()
    assert Projection.load(other.save(tmp_path / "empty")).identical(other)
    assert Projection.load(other.save(tmp_path / "a" / "b" / "c")).identical(other)


def test_a_link_to_a_folder_stays_a_link(saved, other, tmp_path):
    link = tmp_path / "latest"
    link.symlink_to(saved, target_is_directory=True)
    other.save(link)
    assert link.is_symlink()
    assert Projection.load(saved).identical(other)


FOREIGN = {
    "a file of the user": {"thesis.tex": "text"},
    "another tool's projection.json": {"projection.json": '{"type": "Mercator"}'},
    "a list": {"projection.json": "[1, 2]"},
    "broken JSON": {"projection.json": "{"},
    "names that are none": {"projection.json": '{"format": 2, "files": [1]}'},
}


@pytest.mark.parametrize("files", FOREIGN.values(), ids=FOREIGN)
def test_a_folder_that_is_not_ours_is_refused_and_left_alone(files, other, tmp_path):
    folder = tmp_path / "precious"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    with pytest.raises(ProjectionError, match=r"precious exists and is not a saved projection; nothing was"):
        other.save(folder)
    assert {f.name: f.read_text("utf-8") for f in folder.iterdir()} == files
    assert [p.name for p in tmp_path.iterdir()] == ["precious"]


def test_a_file_of_that_name_is_refused(other, tmp_path):
    (tmp_path / "out").write_text("mine", "utf-8")
    with pytest.raises(ProjectionError, match="not a saved projection"):
        other.save(tmp_path / "out")
    assert (tmp_path / "out").read_text("utf-8") == "mine"


def test_a_fault_while_writing_leaves_the_earlier_projection(projection, saved, other, monkeypatch):
    def full(*arguments, **keywords):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "write_json", full)
    with pytest.raises(OSError, match="No space left"):
        other.save(saved)
    assert Projection.load(saved).identical(projection)
    assert [p.name for p in saved.parent.iterdir()] == ["out"]


def test_a_fault_while_taking_the_name_leaves_the_earlier_projection(projection, saved, other, monkeypatch):
    rename = Path.rename

    def fails_once(self, target):
        if Path(target) == saved and not self.name.endswith(".old"):
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_once)
    with pytest.raises(OSError, match="Input/output"):
        other.save(saved)
    assert Projection.load(saved).identical(projection)


KILLED = """
import os, signal, sys
from capsim import Projection
from capsim.projection import storage
from capsim.projection.plain import as_json
from capsim.projection.sealing import _checksum, check_size
projection = Projection.load(sys.argv[1])
storage.write_json = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
projection.save(sys.argv[2])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_kill_in_the_middle_leaves_the_earlier_projection(projection, saved, other, tmp_path):
    source = other.save(tmp_path / "source")
    command = [sys.executable, "-c", KILLED, str(source), str(saved)]
    killed = subprocess.run(command, capture_output=True, check=False, env=os.environ)
    assert killed.returncode == -signal.SIGKILL
    assert Projection.load(saved).identical(projection)


STEPS = ("os.rename", "os.mkdir", "os.rmdir", "shutil.rmtree")


def killed_at(step, folder):
    """Save a projection in a process that dies before its n-th change of a folder; whether it did die."""
    child = os.fork()
    if child == 0:
        seen = 0

        def die(event, arguments):
            nonlocal seen
            seen += event in STEPS
            if seen >= step:
                os._exit(9)

        projection = Projection.load(folder.with_name("source"))
        sys.addaudithook(die)
        try:
            projection.save(folder)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_killed_at_any_step_it_is_the_old_or_the_new_and_nothing_stays(other, tmp_path):
    other.save(tmp_path / "source")
    folder = tmp_path / "out"
    before = simulate(loads(make.scenario(make.standing_site(), costs=COSTS, horizon_years=1)), seed=1)
    seen, step = set(), 1
    shutil.copytree(before.save(tmp_path / "before"), folder)
    while killed_at(step, folder):
        (kept,) = [made for made in (before, other) if Projection.load(folder).identical(made)]
        seen.add(kept is other)
        others = [p.name for p in tmp_path.iterdir() if p.name not in ("source", "before", "out")]
        assert len(others) <= 2, f"of this kill alone, and not of those at earlier steps ({step}): {others}"
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "before", folder)
        step += 1
    assert {p.name for p in tmp_path.iterdir()} == {"source", "before", "out"}
    assert len(seen) == 2, "killed before and after the new one took its name"
    assert step > 5


def test_what_others_have_in_hand_is_not_swept(other, tmp_path):
    with temporary_folder(".out.capsim-", tmp_path) as in_use:
        (in_use / "file").write_text("mine", "utf-8")
        (tmp_path / ".out.backup").mkdir()
        other.save(tmp_path / "out")
        assert (in_use / "file").read_text("utf-8") == "mine"
    assert {p.name for p in tmp_path.iterdir()} == {"out", ".out.backup"}


@pytest.mark.parametrize("place", [".", "..", "inside/.."])
def test_the_folder_one_is_in_is_refused(other, tmp_path, monkeypatch, place):
    (tmp_path / "inside").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProjectionError, match="is the folder you are in, or holds it; name one inside it"):
        other.save(place)
    assert [p.name for p in tmp_path.iterdir()] == ["inside"]


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(ProjectionError, match=r"out: no saved projection \(projection.json is missing\)"):
        Projection.load(tmp_path / "out")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"format": 99}', "written in format 99, this version reads 3, 4, 5"),
        ("[]", r"written in format \[\], this version reads 3, 4, 5"),
        ("{", "cannot be read"),
        ("\xff", "cannot be read"),
        ('{"format": 2}', "written in format 2, this version reads 3, 4, 5"),
        ('{"format": 4}', "is damaged: projection.json: has no datasets"),
        ('{"format": 5, "a": ' + 100_000 * "[", r"projection.json: cannot be read: nested too deeply"),
        (f'{{"format": 5, "datasets": {{}}, "a": {600 * "["}{600 * "]"}}}', "is damaged: projection.json"),
        ('{"format": 4, "datasets": 3}', "is damaged: "),
        ('{"format": 4, "datasets": {}}', "is damaged: "),
        ('{"format": 4, "datasets": {"monthly": []}}', "is damaged: "),
    ],
)
def test_a_damaged_record_is_refused(saved, text, message):
    (saved / "projection.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ProjectionError, match=message):
        Projection.load(saved)


FILES = ("monthly.parquet", "waiting.parquet", "hourly.parquet", "milestones.parquet", "waits.parquet")


@pytest.mark.parametrize("is_sealed", [True, False], ids=["sealed", "unsealed"])
@pytest.mark.parametrize("name", [*FILES, "ledger.parquet", "scenario.yaml"])
def test_a_missing_cut_or_empty_file_is_refused_by_name(saved, name, is_sealed):
    if not is_sealed:
        rewrite(saved, format=4, sha256=None, contents=None)
    file = saved / name
    content = file.read_bytes()
    file.unlink()
    refused = rf"the saved projection is damaged: .*{name}"
    with pytest.raises(ProjectionError, match=refused):
        Projection.load(saved)
    if is_sealed or file.suffix == ".parquet":
        for damaged in (content[: len(content) // 2], b"", b"PAR1" + content[4:-4] + b"\0\0\0\0"):
            file.write_bytes(damaged)
            with pytest.raises(ProjectionError, match=refused):
                Projection.load(saved)


def rewrite(saved, **changes):
    """Write other fields into a saved record; None takes one away."""
    file = saved / "projection.json"
    record = json.loads(file.read_text("utf-8")) | changes
    file.write_text(json.dumps({k: v for k, v in record.items() if v is not None}), "utf-8")
    return record


def resealed(saved, **changes):
    """The same with a checksum that fits, as by somebody who knows how."""
    record = {k: v for k, v in rewrite(saved, sha256=None, **changes).items() if k != "sha256"}
    rewrite(saved, sha256=_checksum(json.loads(as_json({k: v for k, v in record.items() if v is not None}))))


@pytest.mark.parametrize(
    "changes", [{}, {"sha256": None}, {"contents": None}], ids=["whole", "no sum", "no files"]
)
def test_a_seal_is_looked_at_whatever_the_format_says(saved, changes):
    headline = json.loads((saved / "projection.json").read_text("utf-8"))["headline"]
    rewrite(saved, format=4, headline=headline | {"capex_eur": 1.0}, **changes)
    with pytest.raises(ProjectionError, match=r"projection\.json was changed since it was written"):
        Projection.load(saved)


@pytest.mark.parametrize("contents", [{}, {"waits.parquet": 3}, "text", 7])
def test_files_that_are_read_back_must_be_sealed(saved, contents):
    resealed(saved, contents=contents)
    with pytest.raises(ProjectionError, match=r"projection\.json does not say what [a-z_]+\.parquet holds"):
        Projection.load(saved)


def test_what_a_resealed_record_says_of_a_file_must_be_so(saved):
    contents = json.loads((saved / "projection.json").read_text("utf-8"))["contents"]
    resealed(saved, contents=contents)
    Projection.load(saved)
    contents["waits.parquet"]["rows"] += 1
    resealed(saved, contents=contents)
    with pytest.raises(ProjectionError, match=r"waits\.parquet does not hold what projection\.json says"):
        Projection.load(saved)


@pytest.mark.parametrize(
    "wrong",
    [{"yearly": 7}, {"milestones": "x"}, {"headline": {}}, {"headline": {"capex_eur": []}}, {"manifest": []}],
    ids=str,
)
def test_an_unsealed_record_of_another_form_is_refused(saved, wrong):
    rewrite(saved, format=4, sha256=None, contents=None, **wrong)
    with pytest.raises(ProjectionError, match=rf"damaged: projection\.json: {next(iter(wrong))}"):
        Projection.load(saved)


@pytest.mark.parametrize("field", ["headline", "targets", "manifest", "datasets", "facts", "findings"])
@pytest.mark.parametrize("wrong", [None, 3, [3], "text"])
def test_a_record_with_a_wrong_field_is_refused(saved, field, wrong):
    file = saved / "projection.json"
    record = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps(record | {field: wrong}), "utf-8")
    with pytest.raises(ProjectionError, match="the saved projection is damaged"):
        Projection.load(saved)


@pytest.mark.parametrize("name", ["projection.json", "scenario.yaml", "ledger.parquet", "hourly.parquet"])
@pytest.mark.parametrize("part", [0.35, 0.97])
def test_a_changed_digit_is_refused(saved, name, part):
    """The first digit from some place on becomes another one: what still reads well is found, too."""
    data = bytearray((saved / name).read_bytes())
    start = int(part * len(data))
    place = next(i for i, byte in enumerate(data[start:], start) if chr(byte).isdigit())
    data[place] = ord("1") if data[place] != ord("1") else ord("2")
    (saved / name).write_bytes(data)
    with pytest.raises(ProjectionError, match=r"changed since|is damaged|written in format"):
        Projection.load(saved)


def test_a_table_with_other_columns_or_rows_is_named(saved):
    table = pq.read_table(saved / "waits.parquet")
    pq.write_table(table.append_column("mine", pa.nulls(table.num_rows)), saved / "waits.parquet")
    with pytest.raises(ProjectionError, match=r"waits.parquet was changed .*: other columns"):
        Projection.load(saved)
    pq.write_table(table.slice(1), saved / "waits.parquet")
    rows = f"{table.num_rows - 1} rows instead of {table.num_rows}"
    with pytest.raises(ProjectionError, match=rf"waits.parquet was changed .*: {rows}"):
        Projection.load(saved)


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_unread(tmp_path):
    rows = 40_000_000
    file = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"a": pa.DictionaryArray.from_arrays(np.zeros(rows, "i4"), ["x"])}), file)
    with pytest.raises(ValueError, match=r"bomb.parquet claims 40,000,000 rows in [\d,]+ bytes"):
        check_size(file)


def test_a_folder_without_checksums_opens_and_is_sealed_when_saved_again(projection, saved, tmp_path):
    record = json.loads((saved / "projection.json").read_text("utf-8"))
    unsealed = {k: v for k, v in record.items() if k not in ("sha256", "contents")} | {"format": 4}
    (saved / "projection.json").write_text(json.dumps(unsealed), "utf-8")
    old = Projection.load(saved)
    assert old.identical(projection)
    again = json.loads((old.save(tmp_path / "again") / "projection.json").read_text("utf-8"))
    assert again == record


def test_tables_of_another_projection_are_refused(saved, other, tmp_path):
    shutil.copy(other.save(tmp_path / "other") / "monthly.parquet", saved / "monthly.parquet")
    with pytest.raises(ProjectionError, match="the saved projection is damaged"):
        Projection.load(saved)


def test_a_folder_of_format_3_opens_with_all_it_had(tmp_path):
    """Saved before facts and findings had places of their own, with the sentences it gave then."""
    with zipfile.ZipFile(Path(__file__).with_name("format3.zip")) as saved:
        saved.extractall(tmp_path)
    old = Projection.load(tmp_path / "saved")
    facts = old.facts
    sentences = (tmp_path / "sentences.txt").read_text("utf-8").splitlines()
    # what waits, and what halls provide, is said in other words since
    full, halls = "at their full power the systems alone would draw", "the halls provide"
    sentences = [text.replace(f"{full} 16 MW,", f"{halls} 16 MW for the systems,") for text in sentences]
    (renamed,) = [i for i, text in enumerate(sentences) if text.startswith("the limit that binds longest")]
    (funding,) = [i for i, text in enumerate(sentences) if text.startswith("of 200 m EUR2025 of funding")]
    told = [finding.text for finding in old.findings]
    assert told[renamed].startswith("what is not ready longest is funding: it is the largest in 5 of")
    assert told[funding].startswith("the money buys nothing: 1 phase with 24 MW stays unbuilt; ")
    same = [i for i in range(len(sentences)) if i not in (renamed, funding)]
    assert ([told[i] for i in same], len(told)) == ([sentences[i] for i in same], len(sentences))
    assert (old.name, old.definition, old.currency) == ("small", "8bit", "eur")
    assert (facts.title, facts.start, facts.money_unit) == ("A small one", "2026-01-01", "EUR2025")
    assert set(old.manifest) == {"scenario", "digest", "seed", "replication", "catalogue", "versions"}
    assert old.headline["critical_it_mw_end"] == 16.0
    again = Projection.load(old.save(tmp_path / "again"))
    assert again.identical(old)
    assert again.findings == old.findings
