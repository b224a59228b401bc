"""The requests of the workbench: paths, what each asks for, and the form of its answers."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi import Path as Path_
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from capsim import __version__
from capsim.errors import shown
from capsim.web import bodies
from capsim.web.guarding import Door, Guard
from capsim.web.job_stream import QUICK, SLOW, Limits, Line, events, unless_gone
from capsim.web.pages import interface_page, stylesheet, workbench_page
from capsim.web.workers import Outcome, Place

STATIC = Path(__file__).with_name("static")
EVENTS = "text/event-stream"
JSON, TEXT, HTML = "application/json", "text/plain; charset=utf-8", "text/html; charset=utf-8"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATUS = {"text": 200, "fault": 422, "memory": 413, "late": 504, "busy": 503, "bug": 500}
"""Status of an answer by what came of it."""
ABOUT = (
    "What the commands of capsim compute, as the JSON they print: POST /api/project is capsim run, "
    "/api/ensemble, /api/compare, /api/relief, /api/sensitivity and /api/audit are the commands of their "
    "names, GET /api/catalog is capsim catalog. A projection is the plan alone where nothing else is asked "
    "for, so that a what-if answers at once; spread 64 and relief true give what capsim run --json prints "
    "without options. "
    "Every request carries the token: Authorization: Bearer TOKEN."
)
ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "No token, or another than that of the link."},
    403: {"description": "Asked by a page of another site."},
    413: {"description": "The body, or the memory that it takes, is more than a request may have."},
    421: {"description": "The `Host` is no name of the workbench."},
    422: {
        "description": "The body or what it names has `faults`, each with file, line, path, rule and value."
    },
    503: {"description": "So many requests wait already that this one is not taken: ask again later."},
    504: {"description": "It took longer than a request may, and was ended."},
}
"""What may come in the place of an answer: JSON with `message` and `faults`."""
GONE = 499
"""Status where nobody reads it any more."""


TableName = Annotated[str, Path_(description="Table of the catalogue, such as systems.")]
EntryName = Annotated[str, Path_(description="Entry of the table, such as gb300-nvl72.")]


class Desk:
    """What answers requests: the lines of processes, and the files the command named."""

    def __init__(
        self, place: Place, files: tuple[str, ...], quick: Limits = QUICK, slow: Limits = SLOW
    ) -> None:
        self.place, self.files = place, files
        self.quick, self.slow = Line(place, quick), Line(place, slow)

    async def answer(
        self, request: Request, line: Line, name: str, asked: Mapping[str, Any], media: str = JSON
    ) -> Response:
        """Ask for something and answer with it; with its progress where the request takes events."""
        if EVENTS in request.headers.get("accept", ""):
            return StreamingResponse(_stream(line, name, asked), media_type=EVENTS)
        job = asyncio.create_task(line.ask(name, asked, lambda *_: None))
        outcome = await unless_gone(job, asyncio.create_task(_gone(request)))
        return Response(status_code=GONE) if outcome is None else _response(outcome, media)


def application(desk: Desk, door: Door) -> Guard:
    """The workbench as an ASGI application.

    Parameters
    ----------
    desk : Desk
        What answers.
    door : Door
        Whom it lets in.
    """
    app = FastAPI(
        title="capsim",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=_running(desk),
        responses=ERRORS,
    )
    _studies(app, desk)
    _catalog(app, desk)
    _for_the_page(app, desk)
    _to_take_along(app, desk)
    _pages(app)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_exception_handler(RequestValidationError, _wrong)
    app.add_exception_handler(HTTPException, _not_there)
    return Guard(app, door)


def _running(desk: Desk) -> Any:
    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        warming = asyncio.create_task(desk.quick.warm())
        try:
            yield
        finally:
            warming.cancel()
            with suppress(asyncio.CancelledError):
                await warming
            desk.quick.end()
            desk.slow.end()

    return running


def _studies(app: FastAPI, desk: Desk) -> None:
    """What other programs use: the commands, by their names."""

    @app.post("/api/project", tags=["commands"])
    async def project(asked: bodies.Project, request: Request) -> Response:
        """Project a scenario: what `capsim run --json --spread 0 --no-relief` prints.

        With `spread` 64 and `relief` true, which take longer: what `capsim run --json` prints.
        """
        line = desk.slow if asked.spread or asked.relief else desk.quick
        return await desk.answer(request, line, "project", asked.model_dump())

    @app.post("/api/ensemble", tags=["commands"])
    async def ensemble(asked: bodies.Ensemble, request: Request) -> Response:
        """Sample every uncertain value: what `capsim ensemble --json` prints."""
        return await desk.answer(request, desk.slow, "ensemble", asked.model_dump())

    @app.post("/api/compare", tags=["commands"])
    async def compare(asked: bodies.Compare, request: Request) -> Response:
        """Hold variants against a base: what `capsim compare --json` prints."""
        return await desk.answer(request, desk.slow, "compare", asked.model_dump())

    @app.post("/api/relief", tags=["commands"])
    async def relief(asked: bodies.Relief, request: Request) -> Response:
        """Lift each limit of a plan: what `capsim relief --json` prints."""
        return await desk.answer(request, desk.slow, "relief", asked.model_dump())

    @app.post("/api/sensitivity", tags=["commands"])
    async def sensitivity(asked: bodies.Sensitivity, request: Request) -> Response:
        """Rank uncertain values by what they do to a figure: what `capsim sensitivity --json` prints."""
        return await desk.answer(request, desk.slow, "sensitivity", asked.model_dump())

    @app.post("/api/audit", tags=["commands"])
    async def audit(asked: bodies.Audit, request: Request) -> Response:
        """Hold an announcement against reference builds: what `capsim audit --json` prints."""
        return await desk.answer(request, desk.slow, "audit", asked.model_dump())


def _catalog(app: FastAPI, desk: Desk) -> None:
    """The catalogue, by the names of its tables and entries."""

    async def catalog(request: Request, table: str | None = None, name: str | None = None) -> Response:
        return await desk.answer(request, desk.quick, "catalog", {"table": table, "name": name})

    @app.get("/api/catalog", tags=["commands"])
    async def catalog_tables(request: Request) -> Response:
        """Tables of the catalogue: what `capsim catalog --json` prints."""
        return await catalog(request)

    @app.get("/api/catalog/{table}", tags=["commands"])
    async def catalog_table(table: TableName, request: Request) -> Response:
        """Entries of a table: what `capsim catalog TABLE --json` prints."""
        return await catalog(request, table)

    @app.get("/api/catalog/{table}/{name}", tags=["commands"])
    async def catalog_entry(table: TableName, name: EntryName, request: Request) -> Response:
        """An entry with its values, units and sources: what `capsim catalog TABLE NAME --json` prints."""
        return await catalog(request, table, name)


def _for_the_page(app: FastAPI, desk: Desk) -> None:
    """What the page asks for beside the commands."""

    @app.get("/api/scenarios", tags=["page"])
    async def scenarios(request: Request) -> Response:
        """Scenarios that can be opened, and what a new one can begin as."""
        return await desk.answer(request, desk.quick, "listed", {"files": desk.files})

    @app.post("/api/new", tags=["page"])
    async def new(asked: bodies.Start, request: Request) -> Response:
        """The text of a new scenario, as `capsim new` writes it."""
        return await desk.answer(request, desk.quick, "start", asked.model_dump(), TEXT)

    @app.post("/api/change", tags=["page"])
    async def change(asked: bodies.Project, request: Request) -> Response:
        """A projection as above under `projection`, and what the page shows of it under `shown`."""
        line = desk.slow if asked.spread or asked.relief else desk.quick
        return await desk.answer(request, line, "change", asked.model_dump())

    @app.post("/api/difference", tags=["page"])
    async def difference(asked: bodies.Difference, request: Request) -> Response:
        """A comparison as above under `comparison`, and what the page shows of it under `shown`."""
        return await desk.answer(request, desk.slow, "difference", asked.model_dump())

    @app.post("/api/form", tags=["page"])
    async def form(asked: bodies.OfScenario, request: Request) -> Response:
        """Every value of a scenario as a field of a form, with its bounds, choices, meaning and source."""
        return await desk.answer(request, desk.quick, "form", asked.model_dump())

    @app.post("/api/levers", tags=["page"])
    async def levers(asked: bodies.Sensitivity, request: Request) -> Response:
        """Sliders: the values that move a figure most, by the tornado, and the span of each."""
        return await desk.answer(request, desk.slow, "levers", asked.model_dump())

    @app.post("/api/resolved", tags=["page"])
    async def resolved(asked: bodies.OfScenario, request: Request) -> Response:
        """The scenario as resolved, as YAML."""
        return await desk.answer(request, desk.quick, "resolved", asked.model_dump(), TEXT)


def _to_take_along(app: FastAPI, desk: Desk) -> None:
    """Pictures and files of a projection."""

    @app.post("/api/pictures", tags=["page"])
    async def pictures(asked: bodies.Project, request: Request) -> Response:
        """Pictures of the report, as SVG with the numbers behind them."""
        return await desk.answer(request, desk.slow, "pictures", asked.model_dump())

    @app.post("/api/report", tags=["page"])
    async def report(asked: bodies.Project, request: Request) -> Response:
        """The report of a projection as one HTML file, to keep or send."""
        return await desk.answer(request, desk.slow, "page", asked.model_dump(), TEXT)

    @app.post("/api/workbook", tags=["page"])
    async def workbook(asked: bodies.Project, request: Request) -> Response:
        """The workbook of a projection."""
        return await desk.answer(request, desk.slow, "workbook", asked.model_dump(), SHEET)


def _pages(app: FastAPI) -> None:
    """Pages, which hold nothing until their script has asked with the token."""

    @app.get("/", include_in_schema=False)
    async def workbench() -> Response:
        return Response(workbench_page(), media_type=HTML)

    @app.get("/docs", include_in_schema=False)
    async def interface() -> Response:
        return Response(interface_page(), media_type=HTML)

    @app.get("/style.css", include_in_schema=False)
    async def style() -> Response:
        return Response(stylesheet(), media_type="text/css")


async def _gone(request: Request) -> None:
    """Wait until whoever asked is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _stream(line: Line, name: str, asked: Mapping[str, Any]) -> AsyncIterator[bytes]:
    """Progress as events, then the result or what is wrong."""
    async for kind, body in events(line, name, asked):
        if kind == "progress":
            left_s = None if math.isnan(body["left_s"]) else body["left_s"]
            yield _event("progress", json.dumps(body | {"left_s": left_s}))
        elif body.kind == "text" and isinstance(body.body, str):
            yield _event("result", body.body.removesuffix("\n"))
        else:
            yield _event("fault", json.dumps({"status": STATUS[body.kind], **_said(body)}))


def _event(kind: str, data: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"event: {kind}\n{lines}\n".encode("utf-8", "backslashreplace")


def _said(outcome: Outcome) -> dict[str, Any]:
    """What is wrong; of bytes, which no event can hold, that they are none."""
    words: dict[str, Any] = {"message": "ask for this without events", "faults": []}
    return outcome.body if isinstance(outcome.body, dict) else words


def _response(outcome: Outcome, media: str) -> Response:
    if outcome.kind == "text":
        body = outcome.body
        return Response(
            body if isinstance(body, bytes) else body.encode("utf-8", "backslashreplace"), media_type=media
        )
    return _told(STATUS[outcome.kind], outcome.body)


def _told(status: int, body: Mapping[str, Any]) -> Response:
    return Response(json.dumps(body), status_code=status, media_type=JSON)


async def _wrong(_: Request, error: Exception) -> Response:
    """A body that is not of its form, with the path of each fault in it."""
    if not isinstance(error, RequestValidationError):
        raise error
    faults: list[dict[str, Any]] = []
    for one in error.errors():
        path, rule = (shown(said) for said in (".".join(map(str, one["loc"][1:])), str(one["msg"])))
        text = f"{path}: {rule}" if path else rule
        faults.append({"file": "request", "line": 0, "path": path, "rule": rule, "value": "", "text": text})
    return _told(422, {"message": "\n".join(fault["text"] for fault in faults), "faults": faults})


async def _not_there(_: Request, error: Exception) -> Response:
    """A path or a way of asking that there is not."""
    if not isinstance(error, HTTPException):
        raise error
    return _told(error.status_code, {"message": str(error.detail), "faults": []})
