"""Hold something, and call a function that may never end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def hold(is_so: bool, message: str) -> None:
    """Raise AssertionError with a message where something does not hold, also where Python optimises."""
    if not is_so:
        raise AssertionError(message)


def in_time(what: str, call: Callable[[], Any], seconds: float) -> Any:
    """What a call gives; AssertionError where it has not ended in time.

    Examples
    --------
    >>> in_time("adding", lambda: 1 + 1, 5.0)
    2
    """
    done: list[Any] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(call())
        except BaseException as error:  # told by the caller's thread
            failed.append(error)

    # ends with the process, so that what never ends keeps nobody waiting
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise AssertionError(f"{what} has not ended after {seconds:g} s")
    return done[0]
