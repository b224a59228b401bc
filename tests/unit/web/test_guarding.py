"""What is let in, and what every answer forbids a page."""

from __future__ import annotations

import asyncio

import pytest

from capsim.web.guarding import MOST_BYTES, Door, Guard

DOOR = Door("t" * 20, frozenset({"127.0.0.1", "localhost", "::1"}))
BEARER = {"authorization": f"Bearer {'t' * 20}"}
OWN = {"host": "127.0.0.1:8321"}


def asked(path="/api/project", **headers):
    """A request, with names of headers written with underscores."""
    pairs = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http", "path": path, "headers": pairs}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 421),
        ({"host": "evil.example"}, 421),
        ({"host": "127.0.0.1.evil.example:8321"}, 421),
        ({"host": "127.0.0.1@evil.example"}, 421),
        ({"host": "["}, 421),
        ({"host": "10.0.0.7:8321"}, 421),
        (OWN, 401),
        (OWN | {"authorization": f"Bearer {'t' * 19}"}, 401),
        (OWN | {"authorization": "t" * 20}, 401),
        (OWN | {"authorization": "Bearer ü"}, 401),
        (OWN | BEARER, None),
        ({"host": "LOCALHOST:1"} | BEARER, None),
        ({"host": "[::1]:8321"} | BEARER, None),
        (OWN | BEARER | {"origin": "http://127.0.0.1:8321"}, None),
        (OWN | BEARER | {"origin": "http://127.0.0.1:9999"}, 403),
        (OWN | BEARER | {"origin": "http://evil.example"}, 403),
        (OWN | BEARER | {"origin": "null"}, 403),
        (OWN | BEARER | {"sec_fetch_site": "cross-site"}, 403),
        (OWN | BEARER | {"sec_fetch_site": "same-site"}, 403),
        (OWN | BEARER | {"sec_fetch_site": "same-origin"}, None),
    ],
)
def test_who_is_let_in(headers, status):
    refused = DOOR.refuses(asked(**headers))
    assert (refused and refused[0]) == status


def test_pages_need_no_token_and_may_be_linked_to():
    assert DOOR.refuses(asked("/", **OWN, sec_fetch_site="cross-site")) is None
    assert DOOR.refuses(asked("/", host="evil.example"))[0] == 421
    assert DOOR.refuses(asked("/", **OWN, origin="http://evil.example"))[0] == 403


def test_open_to_a_network_it_may_be_called_by_any_address_and_no_other_name():
    door = Door("t" * 20, frozenset({"0.0.0.0", "planner"}), any_address=True)
    assert door.refuses(asked(host="192.0.2.7:8321", **BEARER)) is None
    assert door.refuses(asked(host="[2001:db8::1]:8321", **BEARER)) is None
    assert door.refuses(asked(host="planner:8321", **BEARER)) is None
    assert door.refuses(asked(host="evil.example", **BEARER))[0] == 421


async def echo(scope, receive, send):
    """An application that answers with the body it was given."""
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def answered(*parts, app=echo, **headers):
    """Status, headers and body of an answer to a body that comes in parts."""
    waiting = [
        {"type": "http.request", "body": p, "more_body": i + 1 < len(parts)} for i, p in enumerate(parts)
    ]
    sent = []

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(Guard(app, DOOR)(asked(**OWN, **BEARER, **headers), receive, send))
    start, body = sent
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body["body"]


def test_a_body_arrives_whole_and_the_answer_forbids_what_no_page_needs():
    status, headers, body = answered(b"one ", b"two")
    assert (status, body) == (200, b"one two")
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


def test_a_body_that_is_too_long_is_refused_before_it_is_read_or_while_it_is():
    assert answered(b"x", content_length=str(MOST_BYTES + 1))[0] == 413
    assert answered(b"x", content_length="-1")[0] == 413
    assert answered(b"x", content_length="9" * 50)[0] == 413
    half = b"x" * (MOST_BYTES // 2 + 1)
    assert answered(half, half)[0] == 413
    assert answered(b"x" * MOST_BYTES)[0] == 200


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("capsim.web.guarding.MOST_BODY_S", 0.01)
    sent = []

    async def receive():
        await asyncio.sleep(60)

    async def send(message):
        sent.append(message)

    asyncio.run(Guard(echo, DOOR)(asked(**OWN, **BEARER), receive, send))
    assert sent[0]["status"] == 408
