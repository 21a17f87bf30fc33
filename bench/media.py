"""Media serving beside nginx: a thousand listeners at random ranges of one recording.

    .venv/bin/python bench/media.py [--seconds 60] [--connections 1000] [--json]

Ours is one uvicorn process as the service runs it (uvloop, httptools, our `Door`), with the whole
wall in front: host, origin, a token for each listener, headers. Theirs is nginx with one worker and
sendfile, which checks nothing. Both serve one 3 MB file on loopback to one client, in turns within
one run: only the ratio means something. The client throws bodies away in the kernel (MSG_TRUNC),
so that it is not the slow part; one answer in 64 it reads and compares byte by byte.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

SIZE, RANGE = 3_000_000, 64 * 1024  # bytes
ROUNDS = 6  # turns that each server gets
FLOOR = 0.35  # of nginx
GROWTH = 4.0  # MB that the second half of the turns may hold more than the first: 64 chunks
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Tally:
    """What one server did in all of its turns."""

    requests: int = 0
    seconds: float = 0.0
    errors: int = 0
    client: float = 0.0  # CPU seconds of ours
    server: float = 0.0  # CPU seconds of theirs
    latencies: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)  # MB after each turn
    files: list[int] = field(default_factory=list)  # descriptors after each turn

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    def latency(self, share: float) -> float:
        """Milliseconds that this share of the requests took at most."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


class Listener:
    """One connection that asks for one range after the other."""

    def __init__(self, port: int, path: str, token: str, content: bytes, chance: random.Random):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.head = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {token}\r\nUser-Agent: bench\r\nRange: bytes="
        ).encode()
        self.content, self.chance = content, chance

    def ask(self) -> None:
        self.start = self.chance.randrange(len(self.content) - RANGE)
        self.begun = time.perf_counter()
        self.left = -1  # the head has not come yet
        self.compared: bytearray | None = bytearray() if self.start % 64 == 0 else None
        self.socket.send(b"%s%d-%d\r\n\r\n" % (self.head, self.start, self.start + RANGE - 1))

    def take(self, buffer: bytearray) -> bool:
        """Whether the answer is complete. ValueError: it is not the right one."""
        if self.left < 0:
            got = self.socket.recv(4096)
            head, found, body = got.partition(b"\r\n\r\n")
            said = b"bytes %d-%d/%d" % (self.start, self.start + RANGE - 1, len(self.content))
            if not found or not head.startswith(b"HTTP/1.1 206 ") or said not in head:
                raise ValueError(got[:200])
            self.left = RANGE - len(body)
            if self.compared is not None:
                self.compared += body
            return False
        if self.compared is None:
            got_bytes = self.socket.recv_into(buffer, self.left, socket.MSG_TRUNC)
        else:
            got_bytes = self.socket.recv_into(buffer, self.left)
            self.compared += buffer[:got_bytes]
        if got_bytes == 0:
            raise ValueError("closed in the middle")
        self.left -= got_bytes
        if self.left:
            return False
        if self.compared not in (None, self.content[self.start : self.start + RANGE]):
            raise ValueError("other bytes")
        return True


def turn(
    port: int, pid: int, path: str, content: bytes, connections: int, seconds: float, tally: Tally
) -> None:
    """Ask a server for so many seconds, over so many connections."""
    chance = random.Random(len(tally.memory))
    listeners = [Listener(port, path, f"token-{n}", content, chance) for n in range(connections)]
    known = {each.socket.fileno(): each for each in listeners}
    poll = select.epoll()
    for number in known:
        poll.register(number, select.EPOLLIN)
    buffer = bytearray(RANGE)
    cpu, busy, begun = time.process_time(), cpu_of(pid), time.perf_counter()
    for each in listeners:
        each.ask()
    while (now := time.perf_counter()) < begun + seconds:
        for number, _ in poll.poll(1.0):
            each = known[number]
            try:
                while each.take(buffer):
                    tally.requests += 1
                    tally.latencies.append(time.perf_counter() - each.begun)
                    each.ask()
                    break
            except BlockingIOError:
                pass
            except (OSError, ValueError) as error:
                tally.errors += 1
                print("error:", error, file=sys.stderr)
                poll.unregister(number)
    tally.seconds += now - begun
    tally.client += time.process_time() - cpu
    tally.server += cpu_of(pid) - busy
    tally.memory.append(memory_of(pid))
    poll.close()
    for each in listeners:
        each.socket.close()
    tally.files.append(settled_files(pid))


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_of(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def settled_files(pid: int) -> int:
    """Open descriptors once the server has noticed that its listeners left."""
    count, deadline = -1, time.monotonic() + 10
    while time.monotonic() < deadline:
        now = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        if now == count:
            break
        count = now
        time.sleep(0.2)
    return count


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise SystemExit("a server did not start")


@contextlib.contextmanager
def ours(folder: Path) -> Iterator[tuple[int, int]]:
    """Port and process id of our server."""
    port = free_port()
    command = [sys.executable, __file__, "--server", str(port), str(folder)]
    with subprocess.Popen(command) as process:
        try:
            wait_for(port, process)
            yield port, process.pid
        finally:
            process.terminate()


@contextlib.contextmanager
def nginx(folder: Path) -> Iterator[tuple[int, int]]:
    """Port of nginx, and the process id of its one worker."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    port, home = free_port(), folder / "nginx"
    home.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    config = home / "nginx.conf"
    config.write_text(
        f"""daemon off; {user} worker_processes 1; worker_rlimit_nofile 8192;
        pid {home}/pid; error_log {home}/error.log;
        events {{ worker_connections 4096; }}
        http {{
            access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
            types {{ audio/mp4 m4a; audio/mpeg mp3; }}
            client_body_temp_path {home}; proxy_temp_path {home}; fastcgi_temp_path {home};
            uwsgi_temp_path {home}; scgi_temp_path {home};
            server {{ listen 127.0.0.1:{port} backlog=2048; root {folder}; }}
        }}""",
        encoding="utf-8",
    )
    command = [program, "-c", str(config), "-e", str(home / "error.log")]
    with subprocess.Popen(command) as process:
        try:
            wait_for(port, process)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            yield port, int(children.read_text(encoding="ascii").split()[0])
        finally:
            process.terminate()


def serve(port: int, folder: Path) -> None:
    """Our server as the service runs it, with a library that knows every token."""
    import uvicorn

    from aloud.library.records import Bearer
    from aloud.library.records import Listener as Known
    from aloud.serve.door import door, settle
    from aloud.serve.lane import MediaLane
    from aloud.serve.media import Media
    from aloud.serve.security import Wall

    def authenticate(token: str) -> Bearer:
        digest = hashlib.sha256(token.encode()).hexdigest()
        return Bearer(Known(digest, token, datetime.now(UTC)), "listen", None)

    def find(name: str) -> Path | None:
        path = folder / "media" / name
        return path if path.exists() else None

    media = Media(find)
    wall = Wall(media, authenticate=authenticate, session=lambda _: None, everybody=None)
    config = uvicorn.Config(
        wall,
        port=port,
        http=door(MediaLane(wall, media)),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        lifespan="off",
    )
    settle()
    uvicorn.Server(config).run()


def measure(seconds: float, connections: int, rounds: int = ROUNDS) -> tuple[Tally, Tally]:
    """Ours and nginx, in turns, over so many seconds each."""
    content = random.Random(1).randbytes(SIZE)
    path = f"/media/{hashlib.sha256(content).hexdigest()}.m4a"
    mine, theirs = Tally(), Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's worker may be somebody else
        (folder / "media").mkdir()
        (folder / path[1:]).write_bytes(content)
        with ours(folder) as (our_port, our_pid), nginx(folder) as (port, pid):
            turn(our_port, our_pid, path, content, connections, 1.0, Tally())  # to warm up
            for _ in range(rounds):
                turn(our_port, our_pid, path, content, connections, seconds / rounds, mine)
                turn(port, pid, path, content, connections, seconds / rounds, theirs)
    return mine, theirs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="for each server")
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--server", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.server:
        serve(int(chosen.server[0]), Path(chosen.server[1]))
        return 0
    mine, theirs = measure(chosen.seconds, chosen.connections, chosen.rounds)
    ratio = mine.rate / theirs.rate
    half = len(mine.memory) // 2 or 1
    growth = max(mine.memory[half:] or mine.memory) - max(mine.memory[:half])
    leaked = mine.files[-1] - mine.files[0]
    if chosen.json:
        said = {
            "requests": mine.requests, "errors": mine.errors + theirs.errors,
            "growth": growth, "leaked": leaked, "ratio": ratio,
        }  # fmt: skip
        print(json.dumps(said))
        return 0
    print(f"{chosen.connections} connections, 64 KiB ranges of 3 MB, {chosen.seconds:g} s each")
    for name, tally in (("aloud", mine), ("nginx", theirs)):
        print(
            f"{name}  {tally.rate:8.0f} requests/s  p50 {tally.latency(0.5):6.1f} ms  "
            f"p99 {tally.latency(0.99):6.1f} ms  errors {tally.errors}  "
            f"CPU: server {tally.server / tally.seconds:4.0%}, "
            f"client {tally.client / tally.seconds:4.0%}"
        )
    cost, its = mine.server / mine.requests * 1e6, theirs.server / theirs.requests * 1e6
    print(f"CPU of one request: {cost:.0f} µs, nginx {its:.0f} µs, ratio {its / cost:.2f}")
    print("aloud's memory after each turn, MB:", *(f"{each:.1f}" for each in mine.memory))
    met = ratio >= FLOOR and growth <= GROWTH and not leaked and not mine.errors + theirs.errors
    print(f"ratio {ratio:.2f} (≥ {FLOOR}), growth {growth:.1f} MB (≤ {GROWTH:g}), leaked {leaked}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
