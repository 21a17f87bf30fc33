"""What every test stands on: no network, nobody's own settings, no silent skip."""

import os
import shutil
import socket
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
NO_SKIPS = os.environ.get("ALOUD_NO_SKIPS") == "1"
# Of the environment that Aloud reads, these belong to the tests; all others are put away.
OURS = {"ALOUD_CORPORA", "ALOUD_GOLDEN", "ALOUD_NO_APT", "ALOUD_NO_SKIPS", "ALOUD_SEED"}
USUAL_SEED = 1

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
    _stay_on_this_machine(patch)


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


def _seed() -> int:
    return int(os.environ.get("ALOUD_SEED") or USUAL_SEED)


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
