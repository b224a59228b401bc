"""What stands before every request: where it is from, whose it is, how large it is, what a page may do."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BYTES = 2**20
"""Largest body of a request. [B]"""
MOST_BODY_S = 10.0
"""Longest time that a body may take to arrive. [s]"""
DATA = "/api/"
"""What begins the paths that need the token; the pages themselves hold nothing."""
BEARER = "Bearer "
OWN_SITE = ("none", "same-origin")
"""What a browser says of requests that no other site has made."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Door:
    """Whom the workbench lets in."""

    token: str
    """What every request for data carries."""
    hosts: frozenset[str]
    """Names by which it may be called."""
    any_address: bool = False
    """Whether also by any address of numbers, which no name can be rebound to."""

    def refuses(self, scope: Scope) -> tuple[int, str] | None:
        """Status and words where a request is refused."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        host = headers.get("host", "")
        if not self._is_own(_name_of(host)):
            return 421, "this is no name of the workbench; use the link that capsim serve printed"
        origin = headers.get("origin")
        is_data = scope["path"].startswith(DATA)
        is_elsewhere = origin is not None and urlsplit(origin).netloc != host
        # a link elsewhere may lead to the pages, which hold nothing
        if is_elsewhere or (is_data and headers.get("sec-fetch-site", "none") not in OWN_SITE):
            return 403, "asked by a page of another site"
        if is_data and not self._has_token(headers.get("authorization", "")):
            return 401, "the token is missing or wrong; use the link that capsim serve printed"
        return None

    def _is_own(self, name: str) -> bool:
        if name in self.hosts:
            return True
        try:
            return self.any_address and bool(ipaddress.ip_address(name))
        except ValueError:
            return False

    def _has_token(self, given: str) -> bool:
        token = given.removeprefix(BEARER) if given.startswith(BEARER) else ""
        return secrets.compare_digest(
            token.encode("latin-1", "replace"), self.token.encode("latin-1", "replace")
        )


def _name_of(host: str) -> str:
    """The name in a header Host, without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


class Guard:
    """ASGI application that lets another one see only what may pass."""

    def __init__(self, app: App, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request, read its body, and give both on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._door.refuses(scope)
        if refused is not None:
            await _say(send, *refused)
            return
        try:
            async with asyncio.timeout(MOST_BODY_S):
                body = await _body(scope, receive)
        except TimeoutError:
            await _say(send, 408, f"the body took more than {MOST_BODY_S:.0f} s")
            return
        if body is None:
            await _say(send, 413, f"a request has at most {MOST_BYTES} bytes")
            return
        await self._app(scope, _again(body, receive), _with_headers(send))


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """The body of a request; None where it is too long."""
    stated = dict(scope["headers"]).get(b"content-length", b"0")
    if not stated.isdigit() or int(stated[:20]) > MOST_BYTES:
        return None
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """What gives a body that was read, and then what comes after it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return messages.pop() if messages else await receive()

    return receive_again


def _with_headers(send: Send) -> Send:
    async def send_with(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message["headers"] = [*message["headers"], *(pair for pair in own if pair[0] not in given)]
        await send(message)

    return send_with


async def _say(send: Send, status: int, words: str) -> None:
    """Answer a request that is not let in."""
    body = json.dumps({"message": words, "faults": []}).encode()
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    send = _with_headers(send)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
