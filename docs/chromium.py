"""A headless Chromium and a workbench for it: for the pictures of the documents, and for tests."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

COMMAND = str(Path(sys.executable).with_name("capsim"))
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en",
)
LINK = re.compile(r"http://\S+")


def missing() -> str:
    """What there is not of a browser and what drives it; empty where all is there."""
    if find_spec("selenium") is None:
        return "selenium, of the extra dev"
    return ", ".join(name for name in ("chromium", "chromedriver") if shutil.which(name) is None)


@contextmanager
def chromium() -> Iterator[Any]:
    """A driver of a browser that keeps nothing, and that tells what it logs and asks for."""
    from selenium import webdriver  # noqa: PLC0415 - of the extra dev

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with TemporaryDirectory() as folder:
        for flag in (*FLAGS, f"--user-data-dir={folder}"):
            options.add_argument(flag)
        service = webdriver.ChromeService(executable_path=str(shutil.which("chromedriver")))
        driver = webdriver.Chrome(options=options, service=service)
        try:
            yield driver
        finally:
            driver.quit()


def seen_as(driver: Any, width: int, height: int, scheme: str = "light", media: str = "screen") -> None:
    """Look at pages in a window of a size, in a colour scheme, on a medium."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})


def picture(driver: Any) -> bytes:
    """What is seen, as PNG."""
    return base64.b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"])


def until(driver: Any, condition: str, most_s: float = 90.0) -> None:
    """Wait until a condition of the page holds; TimeoutError where it does not."""
    end_s = time.monotonic() + most_s
    while not driver.execute_script(f"return Boolean({condition})"):
        if time.monotonic() > end_s:
            raise TimeoutError(f"{condition} did not hold within {most_s:.0f} s")
        time.sleep(0.05)


class Workbench:
    """`capsim serve` as a process, which may be ended and started again at its port."""

    def __init__(self, folder: Path, *files: str) -> None:
        self._folder, self._files = folder, files
        self._process: subprocess.Popen[str] | None = None
        self.link, self.port = "", 0

    def start(self) -> str:
        """Start it; the link it prints."""
        command = [COMMAND, "serve", *self._files, "--port", str(self.port)]
        self._process = subprocess.Popen(command, cwd=self._folder, stdout=subprocess.PIPE, text=True)
        found = LINK.search(self._process.stdout.readline())  # type: ignore[union-attr]
        if found is None:
            raise OSError("capsim serve printed no link")
        self.link = found[0]
        self.port = int(self.link.split(":")[2].split("/")[0])
        return self.link

    def end(self) -> None:
        """End it, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
