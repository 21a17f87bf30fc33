"""What every test stands on: no network, nobody's own settings, no silent skip."""

import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
NO_SKIPS = os.environ.get("ALOUD_NO_SKIPS") == "1"
# Of the environment that Aloud reads, these belong to the tests; all others are put away.
OURS = {"ALOUD_CORPORA", "ALOUD_GOLDEN", "ALOUD_NO_APT", "ALOUD_NO_SKIPS", "ALOUD_SEED"}
USUAL_SEED = 1
HANGS = 60  # seconds after which a program that does not answer is given up

# No deadline: a loaded machine is not a bug. `ci` tries the same examples every time.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("proof", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("ci")

_advice = pytest.StashKey[set[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_advice] = set[str]()
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    for name in set(os.environ) - OURS:
        if name.startswith("ALOUD_"):
            patch.delenv(name)
    patch.setenv("ALOUD_SETTINGS", os.devnull)
    _sign_as_the_tests(patch)
    _stay_on_this_machine(patch)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files are given out whole, in this order: first those that take longest, so that all
    processes end at about the same time."""
    longest = ("faults", "browser", "serve")
    rank = {name: place for place, name in enumerate(longest)}
    tests = ROOT / "tests"

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(tests).parts[0] if item.path.is_relative_to(tests) else ""
        return rank.get(folder, len(longest))

    items.sort(key=place)
    for item in items:
        # Sound is played as fast as a listener hears it, whatever else a machine has to do: what
        # fails here is looked at once more, and the summary names it. Nothing else is.
        if place(item) == rank["browser"]:
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_report_header() -> str:
    return (
        f"seed: {_seed()} (ALOUD_SEED), skips for want of a program: {'no' if NO_SKIPS else 'yes'}"
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for advice in sorted(config.stash[_advice]):
        terminalreporter.write_line(f"SKIPPED: {advice}", yellow=True, bold=True)


@pytest.fixture(scope="session")
def seed() -> int:
    """The seed of everything drawn by chance: always the same, but new in `make proof`."""
    return _seed()


@pytest.fixture(scope="session")
def needs_program(pytestconfig: pytest.Config) -> Callable[..., str]:
    """``needs_program("ffprobe", package="ffmpeg")`` is the program's path; the package stands in
    deploy/apt.txt. Without it the test is skipped, or fails where ALOUD_NO_SKIPS is 1."""
    lines = (ROOT / "deploy/apt.txt").read_text(encoding="utf-8").splitlines()
    listed = {line.split("#")[0].strip() for line in lines}

    def find(program: str, package: str | None = None) -> str:
        package = package or program
        assert package in listed, f"add the Debian package {package} to deploy/apt.txt"
        if path := shutil.which(program):
            return path
        advice = f"tests that need {program}: install the Debian package {package}"
        if NO_SKIPS:
            pytest.fail(advice, pytrace=False)
        pytestconfig.stash[_advice].add(advice)
        pytest.skip(advice)

    return find


@pytest.fixture(scope="module")
def no_names() -> Iterator[None]:
    """No name leads anywhere, so that nobody is asked for it; addresses are what they are."""

    def resolve(host: str, port: int) -> tuple[str, ...]:
        if host != "127.0.0.1":
            raise OSError("no names in tests")
        return (host,)

    from aloud.fetch import http

    with pytest.MonkeyPatch.context() as patch:
        for asks in (http.ask, http.fetch_url):
            patch.setitem(asks.__kwdefaults__, "resolve", resolve)
        yield


@pytest.fixture(scope="module")
def browser(needs_program: Callable[..., str]) -> Iterator["Browser"]:
    """Chromium, for a module."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)  # ms: a busy machine is slow, and not wrong
    with sync_playwright() as driver:
        # The usual rule of browsers, which a headless one does not follow by itself.
        arguments = ["--autoplay-policy=document-user-activation-required"]
        opened = driver.chromium.launch(executable_path=needs_program("chromium"), args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def corpora(pytestconfig: pytest.Config) -> Path:
    """The folder of pages and recordings that are never committed. Named, it has to be there."""
    if folder := os.environ.get("ALOUD_CORPORA"):
        if not Path(folder).is_dir():
            pytest.fail("ALOUD_CORPORA does not name a folder", pytrace=False)
        return Path(folder)
    advice = "floors and other tests on corpora: set ALOUD_CORPORA to their folder"
    pytestconfig.stash[_advice].add(advice)
    pytest.skip(advice)


class S3Server:
    """A real S3 server, moto's, in a process and an environment of its own. It forgets all that
    it held when it is stopped."""

    def __init__(self, program: Path, log: Path, environment: dict[str, str]) -> None:
        self._program = program
        self._environment = os.environ | environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._buckets = itertools.count()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])

    def start(self) -> None:
        """Come up, on the same port as before, and wait until questions are answered."""
        command = [self._program, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=self._environment)
        until = time.monotonic() + HANGS
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < until, self._log.read_text()

    def stop(self) -> None:
        """Go away without a word, as in a power cut."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def bucket(self, name: str = "") -> str:
        """The URL of a new bucket, as a shelf takes it."""
        name = name or f"aloud-{next(self._buckets)}"
        signed = "AWS4-HMAC-SHA256 Credential=aloud/20260101/us-east-1/s3/aws4_request"
        assert self._asked("PUT", f"/{name}", {"Authorization": signed}) == 200
        return self.url(f"{name}/shelf")

    def url(self, place: str) -> str:
        """``bucket/prefix`` here, whether there is such a bucket or not."""
        return f"s3://{place}?endpoint=http://127.0.0.1:{self.port}&region=us-east-1"

    def _answers(self) -> bool:
        try:
            return self._asked("GET", "/moto-api/", {}) == 200
        except OSError:
            time.sleep(0.02)
            return False

    def _asked(self, method: str, path: str, headers: dict[str, str]) -> int:
        asked = HTTPConnection("127.0.0.1", self.port, timeout=HANGS)
        try:
            asked.request(method, path, headers=headers)
            return asked.getresponse().status
        finally:
            asked.close()


@pytest.fixture(scope="session")
def s3_servers(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., S3Server]]:
    """Starts S3 servers with settings of moto's own, and stops them at the end."""
    program = Path(sys.prefix) / "s3/bin/python"
    if not program.exists():
        advice = "tests that need an S3 server: `make test` sets one up"
        if NO_SKIPS:
            pytest.fail(advice, pytrace=False)
        pytestconfig.stash[_advice].add(advice)
        pytest.skip(advice)
    started: list[S3Server] = []

    def start(**environment: str) -> S3Server:
        server = S3Server(program, tmp_path_factory.mktemp("s3") / "log", environment)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def s3(s3_servers: Callable[..., S3Server]) -> S3Server:
    """The S3 server of all tests that leave it running."""
    return s3_servers()


@pytest.fixture
def s3_url(s3: S3Server) -> str:
    """A bucket that nobody else has, as a shelf takes it."""
    return s3.bucket()


class Postgres:
    """A Postgres server of our own on 127.0.0.1, that can be stopped and started again."""

    BIN = "/usr/lib/postgresql/15/bin"

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="aloud-postgres-"))
        self._as: list[str] = []
        if os.geteuid() == 0:  # it refuses to run as root
            shutil.chown(self._folder, "postgres")
            self._as = ["runuser", "-u", "postgres", "--"]
        self._data = self._folder / "data"
        self._databases = itertools.count()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        made = ("-U", "aloud", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("initdb", "-D", str(self._data), *made)

    def start(self) -> None:
        """Come up, on the same port as before, and wait until connections are taken."""
        chosen = (
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._folder}",
            "fsync=off",
        )
        program = [*self._as, f"{self.BIN}/postgres", "-D", str(self._data)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*program, *(f"--{each}" for each in chosen)],
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        until = time.monotonic() + HANGS
        ready = [f"{self.BIN}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode:
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < until, (self._folder / "log").read_text()

    def stop(self) -> None:
        """Send everybody away and stop."""
        pid = (self._data / "postmaster.pid").read_text().splitlines()[0]
        os.kill(int(pid), signal.SIGINT)
        self._process.wait(HANGS)

    def remove(self) -> None:
        if self._process.poll() is None:
            self.stop()
        shutil.rmtree(self._folder)

    def database(self, *options: str) -> str:
        """The URL of a new and empty database."""
        name = f"aloud{next(self._databases)}"
        at = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "aloud")
        subprocess.run([f"{self.BIN}/createdb", *at, *options, name], check=True)
        return f"postgresql://aloud@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, f"{self.BIN}/{program}", *arguments]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()


@pytest.fixture(scope="session")
def postgres_servers(needs_program: Callable[..., str]) -> Iterator[Callable[[], Postgres]]:
    """Starts Postgres servers, and stops them at the end: for tests that stop theirs."""
    needs_program(f"{Postgres.BIN}/postgres", package="postgresql-15")
    started: list[Postgres] = []

    def start() -> Postgres:
        server = Postgres()
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.remove()


@pytest.fixture(scope="session")
def postgres(postgres_servers: Callable[[], Postgres]) -> Postgres:
    """The Postgres server of all tests that leave it running."""
    return postgres_servers()


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """A database that is empty and that nobody else has."""
    return postgres.database()


def _seed() -> int:
    return int(os.environ.get("ALOUD_SEED") or USUAL_SEED)


def _sign_as_the_tests(patch: pytest.MonkeyPatch) -> None:
    """Nobody's own keys, and no asking the network for some: obstore's sockets are not Python's,
    so the guard below does not hold them."""
    for name in set(os.environ):
        if name.startswith("AWS_"):
            patch.delenv(name)
    patch.setenv("AWS_ACCESS_KEY_ID", "aloud")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "aloud")
    patch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")


def _stay_on_this_machine(patch: pytest.MonkeyPatch) -> None:
    """No packet leaves: connecting, sending and asking for a name fail the test.

    The failure is not an Exception, so the code under test cannot take it for a dead network.
    """

    def addressed(method: str, place: Callable[[tuple[Any, ...]], Any]) -> None:
        real = getattr(socket.socket, method)

        def guarded(self: socket.socket, *args: Any) -> Any:
            address = place(args)
            if self.family in (socket.AF_INET, socket.AF_INET6) and address is not None:
                _refuse_unless_local(address[0])
            return real(self, *args)

        patch.setattr(socket.socket, method, guarded)

    addressed("connect", lambda args: args[0])
    addressed("connect_ex", lambda args: args[0])
    addressed("sendto", lambda args: args[-1])
    addressed("sendmsg", lambda args: args[3] if len(args) > 3 else None)

    def named(function: str, asks: bool) -> None:
        real = getattr(socket, function)

        def guarded(host: Any, *args: Any, **options: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            if name and (asks or not _is_address(name)):
                _refuse_unless_local(name)
            return real(host, *args, **options)

        patch.setattr(socket, function, guarded)

    named("getaddrinfo", asks=False)
    named("gethostbyname", asks=False)
    named("gethostbyname_ex", asks=False)
    named("gethostbyaddr", asks=True)  # asks for an address's name, by a packet


def _is_address(name: str) -> bool:
    try:
        ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def _refuse_unless_local(host: str) -> None:
    if host == "localhost":
        return
    if _is_address(host):
        address = ip_address(host.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if address.is_loopback:
            return
    pytest.fail(f"a test tried to leave this machine, to {host}")
