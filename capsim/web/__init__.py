"""The workbench: pages and an interface over HTTP, for processes that compute what the commands compute.

Named here is what its command uses; it is imported on first use, for it needs the extra `web`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capsim.faces import on_first_use

if TYPE_CHECKING:
    from capsim.web.serving import Served, serve

__getattr__, __dir__ = on_first_use(__name__)
