"""Take the pictures of the workbench: ``make docs-images`` writes them where a Chromium can be had."""

from __future__ import annotations

import io
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

from PIL import Image

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
SCENARIO = "scenarios/aion-288k-h100e.yaml"
MOST_BYTES = 200_000
COLOURS = 256
SEEN = {"desktop": (1400, 1000), "phone": (390, 844)}
TO_SHOW = "arguments[0] === 'phone' ? document.getElementById('answer').scrollIntoView() : scrollTo(0, 0)"
MOVED = """
const range = document.querySelector(".lever input[type=range]");
range.value = Number(range.max);
range.dispatchEvent(new Event("input"));
"""


def main() -> None:
    """Write a picture for each width and colour scheme, with one slider moved."""
    tools = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("chromium.py"))))
    if tools.missing():
        sys.stderr.write(f"no {tools.missing()}: the pictures of the workbench stay as they are\n")
        return
    bench = tools.Workbench(ROOT, SCENARIO)
    try:
        link = bench.start()
        with tools.chromium() as driver:
            tools.seen_as(driver, *SEEN["desktop"])
            driver.get(link)
            tools.until(driver, "document.querySelector('.lever')", 180.0)
            driver.execute_script("delete document.body.dataset.spread")
            driver.execute_script(MOVED)
            tools.until(driver, "document.body.dataset.spread", 180.0)
            for name, size in SEEN.items():
                for scheme in ("light", "dark"):
                    tools.seen_as(driver, *size, scheme)
                    # of a narrow page the answer, which stands below what to change
                    driver.execute_script(TO_SHOW, name)
                    write(IMAGES / f"workbench-{name}-{scheme}.png", tools.picture(driver))
    finally:
        bench.end()


def write(file: Path, png: bytes) -> None:
    """Write a picture in few colours, so that it is small."""
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE).save(file, optimize=True)
    if file.stat().st_size > MOST_BYTES:
        raise ValueError(f"{file} is larger than {MOST_BYTES} bytes")


if __name__ == "__main__":
    main()
