"""The lane answers what the long way answers, and only what it may."""

import hashlib
import random
import socket
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aloud.serve.door import Door, door
from aloud.serve.lane import MediaLane
from aloud.serve.media import Media
from aloud.serve.security import Wall

pytestmark = pytest.mark.slow  # two servers for each test

CONTENT = random.Random(3).randbytes(200_000)
NAME = hashlib.sha256(CONTENT).hexdigest() + ".mp3"
PATH = f"/media/{NAME}"
TOKEN = "Authorization: Bearer good"


@pytest.fixture
def pieces(me, tmp_path):
    """A wall and the media behind it, with one recording."""
    (tmp_path / NAME).write_bytes(CONTENT)
    media = Media(lambda name: tmp_path / name)
    wall = Wall(media, authenticate={"good": me}.get, session={"s": me}.get, everybody=None)
    yield wall, media
    media.close()


@pytest.fixture
def both(run, pieces):
    """The same service twice: with a lane that counts its answers, and without."""
    wall, media = pieces
    laned = []
    lane = MediaLane(wall, media, lambda status, length: laned.append((status, length)))
    with_lane, without = run(wall, door(lane)), run(wall, Door)
    for server in (with_lane, without):  # the long way opens the file and asks who it is
        answer(server, [TOKEN])
    return with_lane, without, laned


def answer(server, headers, target=PATH, method="GET", then=b""):
    """Status, headers and body of one request, without what differs by time."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{server.port}",
             "Connection: close" if not then else "X-A: b", *headers]  # fmt: skip
    return parsed(server.exchange("\r\n".join([*lines, "", ""]).encode("latin-1") + then))


def parsed(received):
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    skipped = ("date: ", "connection: ", "server: ")
    return first, sorted(line for line in lines if not line.startswith(skipped)), body


def asked_twice(server, headers, target=PATH):
    """The same request twice on one connection that is kept open; the first answer."""
    lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *headers]
    request = "\r\n".join([*lines, "", ""]).encode("latin-1")
    with server.connect() as connection:
        first = whole(connection, request)
        assert whole(connection, request)[0] == first[0]
    return first


def whole(connection, request):
    connection.sendall(request)
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    head = got.partition(b"\r\n\r\n")[0].lower()
    found = [line for line in head.split(b"\r\n") if line.startswith(b"content-length: ")]
    length = int(found[0].split()[1]) if found else 0
    while len(got) < len(head) + 4 + length:
        got += connection.recv(65536)
    return parsed(got)


ranges = st.one_of(
    st.tuples(st.integers(0, 210_000), st.integers(0, 210_000)).map(lambda r: f"{r[0]}-{r[1]}"),
    st.integers(0, 210_000).map(lambda n: f"{n}-"),
    st.integers(0, 210_000).map(lambda n: f"-{n}"),
    st.sampled_from(["0-1", "0-1,5-6", "x", "5-4", ""]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(ranges, st.sampled_from(["", f'If-Range: "{NAME[:64]}"', 'If-None-Match: "x"',
                                f'If-None-Match: "{NAME[:64]}"']))  # fmt: skip
def test_the_lane_says_what_the_long_way_says(both, wanted, condition):
    headers = [TOKEN, f"Range: bytes={wanted}", *([condition] if condition else [])]
    assert asked_twice(both[0], headers) == asked_twice(both[1], headers)


def test_the_next_piece_for_one_who_is_known_takes_the_lane(both):
    first, _, body = asked_twice(both[0], [TOKEN, "Range: bytes=5-1004"])
    assert (first, body) == ("HTTP/1.1 206 Partial Content", CONTENT[5:1005])
    assert both[2] == [(206, 1000), (206, 1000)]
    asked_twice(both[0], ["Cookie: aloud_session=s", "Range: bytes=5-1004"])
    assert len(both[2]) == 3  # the first of them had to ask the library


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (401, []),
        (401, ["Authorization: Bearer bad"]),
        (401, [TOKEN, TOKEN]),
        (403, ["Cookie: aloud_session=s", "Sec-Fetch-Site: cross-site"]),
        (206, [TOKEN, "X-Forwarded-For: 203.0.113.9"]),
        (200, [TOKEN, "Range: bytes=0-1", "Range: bytes=5-6"]),
        (200, [TOKEN, "Range: bytes=0-"]),
        (304, [TOKEN, f'If-None-Match: "{NAME[:64]}"']),
        (415, [TOKEN, "Content-Length: 5", "Content-Encoding: gzip"]),
    ],
)
def test_everything_else_goes_the_long_way(both, status, headers):
    if not any(line.startswith("Range") for line in headers) and status == 206:
        headers = [*headers, "Range: bytes=0-9"]
    first, _, _ = answer(both[0], headers, then=b"hello" if status == 415 else b"")
    if status == 200 and headers[-1] == "Range: bytes=0-":  # the whole of it, but by a range
        status = 206
    assert first.split()[1] == str(status)
    assert both[2] == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_a_rebound_name_finds_no_lane(both, host):
    request = f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\n{TOKEN}\r\nRange: bytes=0-9\r\n"
    for server in both[:2]:
        got = server.exchange(f"{request}Connection: close\r\n\r\n".encode())
        assert got.split()[1] in (b"400", b"421")
    assert both[2] == []


def test_answers_come_in_the_order_of_the_requests(both):
    """The lane must not overtake an answer that is still under way on the same connection."""
    server = both[0]
    head = f"Host: 127.0.0.1:{server.port}\r\n{TOKEN}\r\n"
    requests = [
        f"GET {PATH} HTTP/1.1\r\n{head}\r\n",  # whole: the long way
        f"GET {PATH} HTTP/1.1\r\n{head}Range: bytes=0-9\r\n\r\n",
        f"GET {PATH} HTTP/1.1\r\n{head}Range: bytes=10-19\r\n\r\n",
        f"GET {PATH} HTTP/1.1\r\n{head}Range: bytes=20-29\r\nConnection: close\r\n\r\n",
    ]
    got = server.exchange("".join(requests).encode())
    assert [parsed(piece)[2][:10] for piece in got.split(b"HTTP/1.1 ")[1:]] == [
        CONTENT[:10], CONTENT[:10], CONTENT[10:20], CONTENT[20:30],
    ]  # fmt: skip


def test_a_connection_that_asks_no_more_is_closed(run, pieces):
    wall, media = pieces
    server = run(wall, door(MediaLane(wall, media)), timeout_keep_alive=0.2)
    request = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n{TOKEN}\r\nRange: bytes=0-9\r\n\r\n"
    assert server.exchange(request.encode() * 3).count(b"HTTP/1.1 206") == 3  # the long way
    assert server.exchange(request.encode() * 3).count(b"HTTP/1.1 206") == 3  # the lane


def test_a_token_taken_back_has_no_lane(both, pieces):
    asked_twice(both[0], [TOKEN, "Range: bytes=0-9"])
    laned = len(both[2])
    pieces[0].forget()
    pieces[0]._identity._tokens._ask = {}.get
    assert answer(both[0], [TOKEN, "Range: bytes=0-9"])[0].split()[1] == "401"
    assert len(both[2]) == laned


def test_a_listener_who_takes_nothing_is_not_written_to_for_ever(both, pieces):
    """Each next piece is asked for before the last was read: the lane stops, and so does memory."""
    server = both[0]
    request = f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{TOKEN}\r\n"
    request += "Range: bytes=0-60000\r\n\r\n"
    with server.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(0.5)
        with suppress(TimeoutError):
            for _ in range(10_000):
                connection.sendall(request.encode() * 100)
    assert sum(length for _, length in both[2]) < 20_000_000  # what the kernel holds, at most


def test_where_everybody_is_served_the_lane_serves_this_machine_only(me, pieces, ask):
    _, media = pieces
    wall = Wall(media, authenticate={}.get, session={}.get, everybody=replace(me))
    asked = {b"host": b"localhost"}
    assert not wall.admits(PATH, asked, "http", ("127.0.0.1", 1))
    assert ask(wall, PATH).status == 200  # nobody has a token: that is known for some seconds
    assert wall.admits(PATH, asked, "http", ("127.0.0.1", 1))
    assert not wall.admits(PATH, asked, "http", ("203.0.113.9", 1))
    assert not wall.admits(PATH, asked | {b"host": b"evil.example"}, "http", ("127.0.0.1", 1))
    assert not wall.admits(PATH, asked | {b"transfer-encoding": b"x"}, "http", ("127.0.0.1", 1))
