"""Pictures of the AION scenario for the documents: its overview, and its report as screens show it.

The report is taken on a desktop and a phone, light and dark, with Chromium, which the packages of
most distributions have (`apt-get install chromium`).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
SCENARIO = ROOT / "scenarios" / "aion-288k-h100e.yaml"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--hide-scrollbars",
)
SIZES = {"desktop": (1200, 1600), "phone": (390, 1200)}
"""Width and height of a window. [px]"""
SCHEMES = {"light": 1, "dark": 0}
"""What the browser prefers, as its settings count it."""
COLOURS = 256
"""Colours of an image, those of rare lines included: fewer turn orange into grey."""
MOST_BYTES = 200_000


def main() -> int:
    """Take all of them; 1 where there is no browser, and then none is touched."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        print(f"there is no {' or '.join(BROWSERS)}: the screenshots stay as they are", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        capsim = Path(sys.executable).with_name("capsim")
        out = Path(folder) / "out"
        asked = [capsim, "run", SCENARIO, "--out", out, "--report", page]
        subprocess.run(asked, check=True, stdout=subprocess.DEVNULL)
        kept(out / "overview.png", IMAGES / "aion-overview.png")
        for size, (width, height) in SIZES.items():
            for scheme, preferred in SCHEMES.items():
                shot = Path(folder) / "shot.png"
                window = [f"--window-size={width},{height}", f"--screenshot={shot}"]
                window += [f"--blink-settings=preferredColorScheme={preferred}", page.as_uri()]
                subprocess.run([browser, *QUIET, *window], check=True, capture_output=True)
                kept(shot, IMAGES / f"report-{size}-{scheme}.png")
    return 0


def kept(shot: Path, file: Path) -> None:
    """Write an image with few colours."""
    with Image.open(shot) as image:
        image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE).save(file, optimize=True)
    assert file.stat().st_size < MOST_BYTES, f"{file}: {file.stat().st_size} bytes"
    print(f"Written to {file}")


if __name__ == "__main__":
    sys.exit(main())
