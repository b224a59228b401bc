"""`capsim serve`: where it listens, the link it prints, and the server itself."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from capsim.errors import CapsimError
from capsim.reach import folders_in_reach
from capsim.web.workers import Place

LOOPBACK = "127.0.0.1"
OWN_NAMES = frozenset({LOOPBACK, "localhost", "::1"})
"""Names of this machine that no other can use."""
EVERYWHERE = ("0.0.0.0", "::")
"""Addresses that stand for all of a machine."""
SHORTEST_TOKEN = 16
"""Shortest token of one's own. [characters]"""
MEMORY_BYTES = 2 * 1024**3
"""Most data of a process. [B]"""
NEEDED = ("fastapi", "uvicorn")
GRACE_S = 2
"""Time that answers have to end in when the server does. [s]"""
MOST_CONNECTIONS = 256


@dataclass(frozen=True)
class Served:
    """What is asked of the command."""

    files: tuple[str, ...] = ()
    """Scenario files that the page offers first."""
    host: str = LOOPBACK
    port: int = 8321
    """Port; any that is free where 0."""
    token: str = ""
    """What the link carries; a random one where empty."""
    folder: Path = Path()
    """Folder outside of which nothing is read."""


def serve(asked: Served, told: Callable[[str], None]) -> None:
    """Serve the workbench until it is interrupted.

    Parameters
    ----------
    asked : Served
        Files and where to listen.
    told : callable
        Takes the link, once requests are answered at it.

    Raises
    ------
    CapsimError
        If the extra is not installed, a file is none of the folder, the token is missing or too short, or the
        port is taken.
    """
    if any(find_spec(name) is None for name in NEEDED):
        raise CapsimError('capsim serve needs the extra web: pip install "capsim[web]"')
    folder = asked.folder.resolve()
    files = tuple(_inside(file, folder) for file in asked.files)
    token = _token(asked)
    with _listening(asked) as listening:
        ready = _telling(told, asked.host, listening.getsockname()[1], token)
        _run(listening, Place(folder, MEMORY_BYTES, folders_in_reach()), files, asked.host, token, ready)


def _inside(file: str, folder: Path) -> str:
    """The name of a file from its folder, which it must be inside."""
    path = Path(file)
    if not path.is_file():
        raise CapsimError(f"{file}: there is no such file")
    real = path.resolve()
    if not real.is_relative_to(folder):
        raise CapsimError(f"{file}: lies outside {folder}; start capsim serve in a folder that holds it")
    return real.relative_to(folder).as_posix()


def _token(asked: Served) -> str:
    if not asked.token:
        if asked.host not in OWN_NAMES:
            raise CapsimError(f"--host {asked.host} lets other machines in: it needs --token")
        return secrets.token_urlsafe(24)
    if len(asked.token) < SHORTEST_TOKEN or not asked.token.isascii() or not asked.token.isalnum():
        raise CapsimError(f"--token must be {SHORTEST_TOKEN} or more letters and digits")
    return asked.token


def _listening(asked: Served) -> socket.socket:
    """A socket that listens, or why there is none."""
    try:
        family, _, _, _, address = socket.getaddrinfo(asked.host, asked.port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((address[0], asked.port), family=family)
    except (OSError, OverflowError) as error:
        # what the system says, without what Python adds to it
        why = str(getattr(error, "strerror", None) or error).partition(" (")[0]
        raise CapsimError(f"cannot listen at {asked.host} port {asked.port}: {why}; try --port") from None


def _telling(told: Callable[[str], None], host: str, port: int, token: str) -> Callable[[], None]:
    name = socket.gethostname() if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    return lambda: told(f"http://{name}:{port}/?token={token}")


def _run(
    listening: socket.socket,
    place: Place,
    files: tuple[str, ...],
    host: str,
    token: str,
    told: Callable[[], None],
) -> None:
    import uvicorn

    from capsim.web.guarding import Door
    from capsim.web.routes import Desk, application

    hosts = OWN_NAMES if host in OWN_NAMES else {host, socket.gethostname(), socket.getfqdn()}
    door = Door(token, frozenset(name.lower() for name in hosts), any_address=host in EVERYWHERE)

    class Server(uvicorn.Server):
        async def startup(self, sockets: Sequence[socket.socket] | None = None) -> None:
            await super().startup(list(sockets or ()))
            told()

    settings = uvicorn.Config(
        application(Desk(place, files), door),
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        http="h11",
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=GRACE_S,
    )
    Server(settings).run(sockets=[listening])
