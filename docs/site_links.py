"""Links of the documents for their site: what they name outside of docs/ is told by its path."""

from __future__ import annotations

import re
from typing import Any

OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./([^)\s]+)\)")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The text of a page, with paths of the project's files in place of links that the site has not."""
    return OUTSIDE.sub(r"\1 (`\2`)", markdown)
