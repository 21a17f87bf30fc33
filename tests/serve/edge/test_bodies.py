"""Bodies and heads: what is refused before it can hurt, and what it costs to refuse it."""

import asyncio
import gzip
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.serve.door import Door
from aloud.serve.security import Limits, Wall
from aloud.serve.security.bodies import Intake
from aloud.serve.security.depth import DEEPEST, MOST_VALUES, JsonScan

pytestmark = pytest.mark.slow

MB = 1_000_000
GROWTH = 64  # MB above base, at most
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def bodies():
    """What an application that reads everything has read."""
    return []


@pytest.fixture
def wall(me, bodies):
    async def app(scope, receive, send):
        got = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                bodies.append(None)
                break
            got += message["body"]
            if not message["more_body"]:
                bodies.append(got)
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"read"})

    limits = Limits(most=1000, by_path={"/api/big": 5000, "/api/big/small": 10})
    return Wall(app, authenticate={}.get, session={}.get, everybody=me, limits=limits)


def of_length(length, path="/api/x"):
    return {"path": path, "method": "POST", "headers": {"Content-Length": str(length)}}


CHUNKED = {"Transfer-Encoding": "chunked"}


def test_a_body_within_the_limit_arrives(ask, wall, bodies):
    assert ask(wall, **of_length(1000), body=[b"x" * 600, b"y" * 400]).status == 200
    assert bodies == [b"x" * 600 + b"y" * 400]


@pytest.mark.parametrize("length", [1001, 2_000_000_000, 10**30])
def test_a_body_that_says_it_is_too_large_is_not_read(ask, wall, bodies, length):
    answer = ask(wall, **of_length(length))
    assert answer.status == 413
    assert answer.headers["connection"] == "close"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert b"1000 bytes" in answer.body
    assert bodies == []


def test_a_body_that_turns_out_too_large_is_cut_off(ask, wall, bodies):
    answer = ask(wall, "/api/x", "POST", headers=CHUNKED, body=[b"x" * 600] * 1000)
    assert answer.status == 413
    assert bodies == [None]


def test_some_paths_take_more_and_some_less(ask, wall):
    assert ask(wall, **of_length(5000, "/api/big"), body=[b"x" * 5000]).status == 200
    assert ask(wall, **of_length(5000, "/api/big/small")).status == 413
    assert ask(wall, **of_length(11, "/api/big/small")).status == 413


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "GZIP", "zstd", "x, gzip"])
def test_a_compressed_body_is_never_inflated(ask, wall, bodies, encoding):
    bomb = gzip.compress(bytes(1000_000))
    headers = {"Content-Length": "900", "Content-Encoding": encoding}
    answer = ask(wall, "/api/x", "POST", headers=headers, body=[bomb[:900]])
    assert (answer.status, answer.headers["accept-encoding"]) == (415, "identity")
    assert bodies == []


def test_a_stranger_is_not_read_at_all(ask, me, bodies):
    wall = Wall(None, authenticate={}.get, session={}.get, everybody=None)
    assert ask(wall, "/api/x", "POST", headers=CHUNKED, body=[b"x" * MB] * 5).status == 401


# JSON.


def nested(depth, left="[", right="]"):
    return (left * depth + right * depth).encode()


def refused(data, cuts=()):
    scan, at = JsonScan(), 0
    for cut in [*sorted(cuts), len(data)]:
        if scan.refuses(data[at:cut]):
            return True
        at = max(at, cut)
    return False


def depth_of(value):
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return 0
    return 1 + max(map(depth_of, value), default=0)


tricky = st.text(alphabet='a"\\[]{},é\n', max_size=8)
values = st.recursive(
    tricky | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(tricky, inner, max_size=3),
    max_leaves=20,
)


@given(values, st.integers(0, 80), st.booleans(), st.data())
def test_depth_is_what_the_parser_would_find_wherever_the_bytes_are_cut(value, more, raw, data):
    for _ in range(more):
        value = [value] if len(json.dumps(value)) % 2 else {"]": value}
    text = json.dumps(value, ensure_ascii=not raw).encode("utf-8", "surrogatepass")
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=6))
    assert refused(text, cuts) == (depth_of(value) > DEEPEST)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_scan(data):
    assert refused(data, cuts=range(0, len(data), 3)) == refused(data, cuts=[])


def test_json_as_deep_as_is_allowed_arrives(ask, wall, bodies):
    deep = nested(DEEPEST)
    headers = JSON | {"Content-Length": str(len(deep))}
    assert ask(wall, "/api/x", "POST", headers=headers, body=[deep]).status == 200
    assert bodies == [deep]


@pytest.mark.parametrize("kind", ["application/json", "application/problem+JSON; a=b", ""])
@pytest.mark.parametrize("deep", [nested(65), nested(300, '{"a":', "}"), b"[" * 900])
def test_json_that_is_deeper_is_refused_before_it_is_parsed(ask, wall, bodies, deep, kind):
    headers = {"Content-Type": kind, "Content-Length": "900"}
    answer = ask(wall, "/api/x", "POST", headers=headers, body=[deep[:50], deep[50:900]])
    assert answer.status == 422
    assert b"nested deeper" in answer.body
    assert bodies == [None]


def test_json_of_millions_of_values_is_refused():
    wide = b"[" + b"[]," * MOST_VALUES
    assert refused(wide)
    assert not refused(json.dumps({"lexicon": ["a"] * 50_000, "text": "[,{" * 1_000_000}).encode())


def test_brackets_in_a_text_are_a_text(ask, wall):
    headers = {"Content-Type": "text/plain", "Content-Length": "900"}
    assert ask(wall, "/api/x", "POST", headers=headers, body=[b"[" * 900]).status == 200


# Slow.


def test_who_sends_nothing_for_too_long_is_told_so_and_left():
    sent = []

    async def slowly(limits, pieces):
        async def receive():
            if not pieces:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": pieces.pop(), "more_body": True}

        async def send(message):
            sent.append(message)

        intake = Intake(receive, send, {}, limits, "/x")
        while (await intake.receive())["type"] == "http.request":
            pass
        await intake.send({"type": "http.response.start", "status": 200})  # is not sent any more

    for limits, pieces in [(Limits(idle=0.01), []), (Limits(whole=0.01), [b"x"] * 3)]:
        sent.clear()
        asyncio.run(slowly(limits, pieces))
        assert sent[0]["status"] == 408
        assert (b"connection", b"close") in sent[0]["headers"]
        assert [message["type"] for message in sent].count("http.response.start") == 1


class Hasty(Door):
    head_seconds = 0.3
    stall_seconds = 0.3
    head_bytes = 10_000


async def hello(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def reading(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await hello(scope, receive, send)


async def endless(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})
        if (await peek(receive))["type"] == "http.disconnect":
            return


async def peek(receive):
    try:
        return await asyncio.wait_for(receive(), 0.001)
    except TimeoutError:
        return {"type": "nothing"}


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (b"", b""),
        (b"GET / HT", b"HTTP/1.1 408"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-", b"HTTP/1.1 408"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /again HTTP/1.1\r\n", b"HTTP/1.1 200"),
    ],
)
def test_a_head_that_does_not_end_is_not_waited_for(run, head, answer):
    assert run(hello, Hasty).exchange(head).startswith(answer)


@pytest.mark.parametrize(
    "start",
    [
        b"GET /",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 1000,
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: ",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;extension=",
    ],
)
def test_a_head_or_a_trailer_that_grows_for_ever_is_cut_off(run, start):
    server = run(hello, Hasty)
    with server.connect() as connection:
        connection.sendall(start)
        sent = 0
        with suppress(ConnectionError):
            while sent < 100 * MB:  # until we are closed upon
                sent += connection.send(b"a" * 1000)
    assert sent < 10 * MB  # what the kernel takes before it notices


def test_a_large_body_in_small_pieces_is_no_large_head(run):
    """What counts is what comes between two bytes of a body, not all that is no body."""
    body = b"".join(b"1;x=y\r\na\r\n" for _ in range(50_000)) + b"0\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert run(reading, Hasty).exchange(head + body).startswith(b"HTTP/1.1 200")


def test_who_never_reads_is_dropped(run, wait_until):
    server = run(endless, Hasty)
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until(lambda: bool(server.server.server_state.tasks))
        wait_until(lambda: not server.server.server_state.connections)
        assert connection.recv(1) != b""  # what the kernel had taken before; no more came
        assert server.server.server_state.connections == set()


def test_who_reads_slowly_but_reads_is_kept(run):
    server = run(endless, Hasty)
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        got = 0
        while got < 300 * 65536:
            came = len(connection.recv(65536))
            assert came, "it was dropped"
            got += came
