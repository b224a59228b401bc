"""Studies of few replications, warm and over one process: what each adds to the runs it is made of."""

from __future__ import annotations

from pathlib import Path

import capsim
from capsim.scenario.loading import override

CLAIM = Path(__file__).parents[1] / "scenarios" / "claims" / "aion.yaml"
REPLICATIONS = 16


def test_ensemble(aion, benchmark, note):
    capsim.ensemble(aion, 2, processes=1)  # imports and tables are read once
    result = benchmark.pedantic(
        capsim.ensemble, (aion, REPLICATIONS), {"processes": 1}, rounds=3, iterations=1
    )
    assert result.manifest["replications"] == REPLICATIONS
    note("cost of a replication", benchmark.stats.stats.median / REPLICATIONS, "s")


def test_compare(aion, benchmark, note):
    scenarios = {"aion": aion, "dearer": override(aion, {"finance.wacc_real": 0.09})}
    result = benchmark.pedantic(
        capsim.compare, (scenarios, REPLICATIONS), {"processes": 1}, rounds=3, iterations=1
    )
    assert result.names == ("aion", "dearer")
    note("cost of a pair", benchmark.stats.stats.median / REPLICATIONS, "s")


def test_audit(benchmark):
    result = benchmark(capsim.audit, CLAIM)
    assert result.findings
