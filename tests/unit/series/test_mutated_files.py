"""Files of series and of the catalogue with random changes: a message that names the place, or a result.

Tests `series.series_given`, `catalog.loader`.

Some 11,000 files are tried with CAPSIM_MUTATIONS=1500 in the environment.
"""

import os
import random
import re
import time

import numpy as np
import pytest

from capsim.catalog.loader import load_catalog
from capsim.errors import ScenarioError
from capsim.series.exports import Wanted
from capsim.series.series_given import read_series
from capsim.series.unit_kinds import MEASURES

TRIES = int(os.environ.get("CAPSIM_MUTATIONS", "150"))
SERIES = [
    "time,price_eur_per_mwh\n"
    + "".join(f"2026-01-{d:02}T{h:02}:00+01:00,{h}.5\n" for d in (1, 2) for h in range(24)),
    "Datum von;Datum bis;Deutschland/Luxemburg [€/MWh] Originalauflösungen\n"
    + "".join(f"29.03.2026 {h:02}:00;x;{h},25\n" for h in range(24) if h != 2),
    '"MTU (CET/CEST)","Area","Sequence","Day-ahead Price (EUR/MWh)"\n'
    + "".join(f'"01/02/2026 {h:02}:00:00 - x","BZN|FR","Without Sequence","{h}"\n' for h in range(24)),
    "UTC Time at End of Hour,Balancing Authority,Demand (MW)\n"
    + "".join(f'01/13/2026 {h}:00:00 AM,PJM,"{h},000"\n' for h in range(1, 12)),
    "time,price (EUR/MWh)\n"
    + "".join(f"2025-09-30 {h:02}:00,{h}\n" for h in range(24))
    + "".join(f"2025-10-01 {h:02}:{m:02},{h}\n" for h in range(6) for m in (0, 15, 30, 45)),
    "Datum (MEZ);Preis [ct/kWh];Land\n"
    + "".join(f"{45745 + h / 24:.6f};1.{h:03};DE\n" for h in range(48)).replace(".", ","),
    "1. Quartal;price\n" + "".join(f"{q}. Quartal 202{y};{q}.000\n" for y in (5, 6) for q in range(1, 5)),
    "year,month,day,hour,price\n" + "".join(f"2025,3,30,{h},{h}\n" for h in range(1, 25)),
    "month;price\n" + "".join(f"2026-{m:02};{m},5\n" for m in range(1, 13)),
]
CATALOGUE = [
    "name,field,value,unit,low,high,kind,source,retrieved,confidence,note\nmine,tdp_w,800,W,700,900,assumed,,2026,,\n",
    "name,tdp_w [kW],bf16_dense_tflops\nmine,0.8,1200\nother-1,0.7,900\n",
]
PIECES = [
    "",
    ",",
    ";",
    "\t",
    "\n",
    '"',
    "nan",
    "-1",
    "1e999",
    "24:00",
    "2026-02-30",
    "\0",
    "é",
    "%",
    "x" * 50,
    "+99:00",
    "(",
    "0",
]


def mutated(text, rng):
    for _ in range(rng.randint(1, 4)):
        i = rng.randrange(len(text) + 1)
        j = min(len(text), i + rng.choice([0, 1, 1, 3, 20]))
        text = text[:i] + rng.choice(PIECES) + text[j:]
    return text


OF_THE_WHOLE = ("has ", "is not ", "column ", "no row has ", "a series ")
"""How a message begins that is of the file or of a column, and of no line."""


def tried(file, wanted):
    """The hours of a file, or why it is refused; anything but a ValueError fails the test."""
    try:
        return read_series(str(file), wanted).hours.values, ""
    except ValueError as refusal:
        return None, str(refusal)


def faults_of(file):
    try:
        load_catalog({"accelerators": file})
    except ScenarioError as refusal:
        return refusal.faults
    return []


def says_where(refusal, file):
    """Whether a message names a line that the file has, or speaks of a column or of the file."""
    line = re.match(r"line (\d+): ", refusal)
    if line is None:
        return refusal.startswith(OF_THE_WHOLE)
    return 1 <= int(line.group(1)) <= len(file.read_bytes().splitlines()) + 1


@pytest.mark.parametrize("kind", range(len(SERIES)))
def test_a_mutated_series_is_refused_in_words_or_read(tmp_path, kind):
    rng = random.Random(kind)
    for number in range(TRIES):
        file = tmp_path / f"{number}.csv"
        file.write_bytes(mutated(SERIES[kind], rng).encode("utf-8", "ignore"))
        start = time.process_time()
        wanted = Wanted(rng.choice([*MEASURES]), time_zone=rng.choice(["", "Europe/Paris"]))
        values, refusal = tried(file, wanted)
        assert values is not None or says_where(refusal, file), refusal
        assert values is None or (values.size > 0 and np.isfinite(values).all())
        assert time.process_time() - start < 1.0


@pytest.mark.parametrize("kind", range(len(CATALOGUE)))
def test_a_mutated_table_is_refused_in_words_or_read(tmp_path, kind):
    rng = random.Random(kind)
    for number in range(TRIES):
        file = tmp_path / f"{number}.csv"
        file.write_bytes(mutated(CATALOGUE[kind], rng).encode("utf-8", "ignore"))
        start = time.process_time()
        n_lines = len(file.read_bytes().splitlines()) + 1
        for fault in faults_of(file):
            assert fault.file == str(file), fault
            assert 0 <= fault.line <= n_lines, fault
            assert fault.rule, fault
        assert time.process_time() - start < 1.0
