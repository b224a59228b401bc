"""Hours written site by site are those that would be kept, and memory holds one site.

Tests `projection.hourly_file`, `operations.hourly_series`, `operations.memory`.
"""

import runpy
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

from capsim import Projection, simulate
from capsim.projection.hourly_file import NAME, HourlyFile
from capsim.report.result_files import write_report
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def portfolio(sites):
    return loads(make.scenario(*(make.standing_site(id=f"s{n}") for n in range(sites)), horizon_years=2))


def test_the_file_reads_back_as_the_series_kept(tmp_path):
    scenario = portfolio(3)
    with HourlyFile(scenario, tmp_path / NAME) as hours:
        projection = simulate(scenario, hourly=hours)
    assert projection.hourly is None
    folder = write_report(projection, tmp_path / "out", hours)
    read, kept = Projection.load(folder), simulate(scenario, hourly=True)
    assert read.hourly.identical(kept.hourly)
    assert read.monthly.identical(kept.monthly)
    assert not (tmp_path / NAME).exists()


def test_memory_does_not_grow_by_the_hours_of_more_sites(tmp_path):
    peaks = []
    for sites in (2, 8):
        scenario = portfolio(sites)
        simulate(scenario)  # tables and calendars are read once
        tracemalloc.start()
        with HourlyFile(scenario, tmp_path / NAME) as hours:
            simulate(scenario, hourly=hours)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    hours_of_six_sites = 6 * 14 * 17_520 * 8
    assert peaks[1] - peaks[0] < 0.5 * hours_of_six_sites
