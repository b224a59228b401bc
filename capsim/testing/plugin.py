"""The plugin of pytest: the fixture `projection_regression`, and what ``--update-golden`` says moved.

It is registered by its entry point, and imports the rest of capsim when the fixture is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from capsim.projection import Projection
    from capsim.scenario import Scenario
    from capsim.study import Allowed

FOLDER = "golden"
"""Folder of the goldens, beside the file of tests."""
UPDATE = "--update-golden"
WRITTEN = "capsim-golden"
"""What a test's report carries: goldens that it wrote. It reaches the one that reports, from any process."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes goldens."""
    parser.addoption(
        UPDATE,
        action="store_true",
        help="write the goldens of capsim that moved, and print what moved in per cent and by which input",
    )


@pytest.fixture
def projection_regression(request: pytest.FixtureRequest) -> Callable[..., None]:
    """``projection_regression(scenario, figures=[...], rel=..., abs=..., days=..., draws=..., name=...)``.

    The projection of a scenario comes to what ``golden/<name>.json`` beside the test pins. Written by
    ``pytest --update-golden`` only.
    """
    folder = Path(request.path).parent / FOLDER
    update = request.config.getoption(UPDATE)

    def compare(
        scenario: Scenario | Projection,
        figures: Sequence[str] = (),
        *,
        name: str = "",
        rel: Allowed | None = None,
        abs: Allowed = 0.0,  # noqa: A002
        days: Allowed = 0.0,
        **held: Any,
    ) -> None:
        from capsim.study import SAME, tolerance
        from capsim.testing.goldens import held_scenario, pin

        within = tolerance(SAME if rel is None else rel, abs, days)
        file = folder / f"{name or scenario.name}.json"
        golden = pin(file, held_scenario(scenario, figures, **held), within)
        if update:
            written = golden.write()
            if written:
                request.node.user_properties.append((WRITTEN, written))
        elif golden.moved:
            pytest.fail(golden.message(), pytrace=False)

    return compare


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say which goldens were written, what moved and by which input."""
    written = list(_written(terminalreporter.stats))
    if written:
        terminalreporter.section("goldens written")
        for text in written:
            terminalreporter.write_line(text)


def _written(stats: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    for reports in stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                yield from (text for name, text in report.user_properties if name == WRITTEN)
