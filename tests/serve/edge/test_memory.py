"""What it costs to refuse the large, the deep, the packed and the slow: looked at from outside."""

import gzip
import json
import random
import select
import socket
from contextlib import ExitStack, suppress

import httpx
import pytest

pytestmark = pytest.mark.slow

MB = 1_000_000
GROWTH = 64  # MB above base, at most
JSON = {"Content-Type": "application/json"}


def nested(depth, left="[", right="]"):
    return (left * depth + right * depth).encode()


def nothing(size):
    """So many bytes of it, made as they are asked for."""
    for _ in range(size // MB):
        yield bytes(MB)


def test_the_memory_of_an_honest_upload_can_be_seen(apart):
    """A control: what is measured does grow when something is held."""
    base = apart.forget()
    with httpx.Client(base_url=f"http://127.0.0.1:{apart.port}", timeout=30) as http:
        answer = http.post("/api/json", content=json.dumps(["x" * 10_000_000]), headers=JSON)
    assert answer.status_code == 200
    assert apart.peak - base > 9


def upload(port, pieces, chunked, size):
    """Send until the server has said something; what it said."""
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        head = f"POST /api/upload HTTP/1.1\r\nHost: localhost\r\n{length}\r\n\r\n"
        connection.sendall(head.encode())
        for piece in pieces:
            if select.select([connection], [], [], 0)[0]:
                break
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
        return connection.recv(65536)


@pytest.mark.parametrize("chunked", [False, True])
def test_two_gigabytes_are_refused_without_being_held(apart, chunked):
    base = apart.forget()
    size = 2_000 * MB
    assert upload(apart.port, nothing(size), chunked, size).startswith(b"HTTP/1.1 413")
    assert apart.peak - base < GROWTH


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_one_who_sends_on_after_being_refused_costs_nothing(apart, host):
    base = apart.forget()
    sent = 0
    with socket.create_connection(("127.0.0.1", apart.port), 30) as connection:
        connection.sendall(
            f"POST /api/upload HTTP/1.1\r\nHost: {host}\r\n".encode()
            + b"Content-Length: 2000000000\r\n\r\n"
        )
        with suppress(ConnectionError):
            for piece in nothing(2_000 * MB):
                sent += connection.send(piece)
    assert sent < 200 * MB
    assert apart.peak - base < GROWTH


@pytest.mark.parametrize(
    "deep", [nested(10_000), nested(10_000, '{"a":', "}"), b"[" * 20 * MB, b"[" + b"[]," * 6 * MB]
)
def test_ten_thousand_brackets_are_refused_and_cost_nothing(apart, deep):
    base = apart.forget()
    answer = httpx.post(f"http://127.0.0.1:{apart.port}/api/json", content=deep, headers=JSON)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert apart.peak - base < GROWTH


def test_a_gzip_bomb_is_refused_as_it_is(apart):
    bomb = gzip.compress(bytes(200 * MB), 1)
    base = apart.forget()
    answer = httpx.post(
        f"http://127.0.0.1:{apart.port}/api/json",
        content=bomb,
        headers=JSON | {"Content-Encoding": "gzip"},
    )
    assert answer.status_code == 415
    assert apart.peak - base < GROWTH


def test_two_hundred_who_send_a_byte_now_and_then_are_all_sent_away(apart, seed, wait_until):
    chance, base, files = random.Random(seed), apart.forget(), apart.files
    starts = [
        b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: b",
        b"POST /api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc",
        b"POST /api/json HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na",
    ]  # fmt: skip
    with ExitStack() as stack:
        crowd = []
        for _ in range(200):
            connection = socket.create_connection(("127.0.0.1", apart.port), 30)
            crowd.append(stack.enter_context(connection))
            connection.sendall(chance.choice(starts))
        for connection in crowd:
            ended = b"".join(iter(lambda: connection.recv(65536), b""))  # noqa: B023
            assert ended[:12] in (b"", b"HTTP/1.1 408")
    assert apart.peak - base < GROWTH
    honest = httpx.post(f"http://127.0.0.1:{apart.port}/api/json", json=[1, 2])
    assert honest.json() == 2
    wait_until(lambda: apart.files <= files)
