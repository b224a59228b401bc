"""The command of the workbench."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

import typer

from capsim import web
from capsim.terminal import Text, option


def serve(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILES]", help="Scenario files, offered first.")
    ] = None,
    host: Annotated[
        str, option("--host", "NAME", "Where to listen; another machine's needs --token.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port; 0 for any that is free.")
    ] = 8321,
    token: Annotated[
        Text, option("--token", "TEXT", "What the link carries, in place of a random one.")
    ] = None,
) -> None:
    """Open a workbench for the browser: sliders, a form and live pictures of what each change leads to."""

    def tell(link: str) -> None:
        typer.echo(f"The workbench is at {link}\nIt reads files of this folder alone. Ctrl-C ends it.")

    with suppress(KeyboardInterrupt):
        web.serve(web.Served(tuple(files or ()), host, port, token or ""), tell)
    typer.echo("The workbench has ended.")


COMMANDS: tuple[Callable[..., None], ...] = (serve,)
"""Commands, in the order of the help."""
