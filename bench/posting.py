"""Fifty articles posted at once: how soon each is accepted, and how soon the first is heard.

    .venv/bin/python bench/posting.py [--rounds 5] [--json]

The service is `aloud serve` in a process of its own, on SQLite and a folder, as anybody has it, and
it has narrated one article before. Fifty are posted over one connection (a script), six (a browser)
or fifty at the same moment. The first sound, from asking for the first article to the last byte of
its first segment, is taken in four cases: of the only article; of the first of fifty as soon as all
are accepted; as soon as it is accepted itself, while 49 others come in; and of one that was posted
while two others are being narrated and 48 wait. Client and service share one machine, so only
ratios within one run mean something when it is busy with other things.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from run import news

ARTICLES, WORDS = 50, 600
CONNECTIONS = (1, 6, 50)
MEDIAN_MS, P95_MS, RATIO = 50, 250, 1.3  # what is asked of it
ALONE, ACCEPTED = "first sound, alone", "first sound, when fifty are accepted"
POSTED, NARRATED = "first sound, while others are posted", "first sound, while others are narrated"
Figures = dict[str, list[float]]  # seconds


class Client:
    """One connection to the service. Small, because it takes its time from the same processors."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Client":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> bytes:
        """The answer's body."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        body = await self._reader.readexactly(int(length[1]) if length else 0)
        assert b" 20" in head.partition(b"\r\n")[0], (head, body)
        return body

    async def get(self, path: str) -> bytes:
        return await self.ask(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    async def send(self, request: bytes) -> str:
        """Send an article; its id."""
        found: str = json.loads(await self.ask(request))["id"]
        return found

    async def first_sound(self, article: str) -> None:
        """The beginning of an article, as a player asks for it."""
        live = json.loads(await self.get(f"/api/articles/{article}/live"))
        for address in (live["init"], live["segment"]):
            await self.get(address.replace("{run}", "0-bench").replace("{n}", "0"))

    def close(self) -> None:
        self._writer.close()


def posting(seed: int) -> bytes:
    """The request that sends an article like no other."""
    sent = {"text": f"Report number {seed}\n\n{news(WORDS, seed)}"}
    body = json.dumps(sent).encode()
    head = (
        "POST /api/articles HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def service() -> Iterator[int]:
    """A fresh service that has spoken once; its port."""
    folder = Path(tempfile.mkdtemp())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    ours = {"ALOUD_DATA": str(folder), "ALOUD_SETTINGS": os.devnull}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "aloud", "serve", "--port", str(port)],
            env=os.environ | ours,
            stderr=log,
        )
    try:
        asyncio.run(warm(port, process))
        yield port
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


async def warm(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait for a service, and have it read, speak and master an article."""
    client = None
    while client is None:
        assert process.poll() is None
        with suppress(OSError):
            client = await Client.open(port)
        await asyncio.sleep(0.05)
    await client.first_sound(await client.send(posting(0)))
    while json.loads(await client.get("/api/articles"))["items"][0]["narration"]["state"] != "done":
        await asyncio.sleep(0.05)
    client.close()


async def first_sound(client: Client, article: str) -> float:
    """Seconds until it is heard."""
    begun = time.perf_counter()
    await client.first_sound(article)
    return time.perf_counter() - begun


async def post(port: int, connections: int, figures: Figures) -> list[str]:
    """Post all articles; their ids as they were accepted."""
    waiting = [posting(number + 1) for number in range(ARTICLES)]
    clients = [await Client.open(port) for _ in range(connections)]
    articles = []

    async def send(client: Client) -> None:
        while waiting:
            request, begun = waiting.pop(0), time.perf_counter()
            articles.append(await client.send(request))
            figures[f"accepted, {connections} at a time"].append(time.perf_counter() - begun)

    await asyncio.gather(*map(send, clients))
    for client in clients:
        client.close()
    return articles


async def alone(port: int, figures: Figures) -> None:
    client = await Client.open(port)
    figures[ALONE].append(await first_sound(client, await client.send(posting(1))))


async def after(port: int, connections: int, figures: Figures) -> None:
    articles, client = await post(port, connections, figures), await Client.open(port)
    figures[ACCEPTED].append(await first_sound(client, articles[0]))
    busy = 0
    while not busy:  # the others are being narrated
        await asyncio.sleep(0.05)
        listed = json.loads(await client.get("/api/articles?limit=100"))["items"]
        busy = sum(item["narration"]["state"] == "mastering" for item in listed)
    later = await client.send(posting(ARTICLES + 1))
    figures[NARRATED].append(await first_sound(client, later))


async def meanwhile(port: int, figures: Figures) -> None:
    client = await Client.open(port)
    request = posting(ARTICLES + 2)
    others = asyncio.create_task(post(port, ARTICLES, defaultdict(list)))
    figures[POSTED].append(await first_sound(client, await client.send(request)))
    await others


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    figures: Figures = defaultdict(list)
    for _ in range(options.rounds):
        with service() as port:
            asyncio.run(alone(port, figures))
        for connections in CONNECTIONS:
            with service() as port:
                asyncio.run(after(port, connections, figures))
        with service() as port:
            asyncio.run(meanwhile(port, figures))
    if options.json:
        print(json.dumps(figures))
        return
    print("| | median, ms | p95, ms | to that alone |")
    print("|---|---|---|---|")
    for name, each in figures.items():
        middle, ratio = statistics.median(each), ""
        if not name.startswith("accepted"):
            ratio = f"{middle / statistics.median(figures[ALONE]):.2f}"
        p95 = sorted(each)[int(len(each) * 0.95)]
        print(f"| {name} | {middle * 1000:.0f} | {p95 * 1000:.0f} | {ratio} |")
    print(f"wanted: {MEDIAN_MS} ms, {P95_MS} ms, {RATIO}")


if __name__ == "__main__":
    main()
