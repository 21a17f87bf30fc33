"""nginx in front, as deploy/ has it: it reads the recordings as another user, and nothing else."""

import grp
import json
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.client import HTTPMessage
from pathlib import Path
from urllib.error import HTTPError

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can start others' processes"),
]

HANGS = 60  # seconds
DEPLOY = Path(__file__).parents[2] / "deploy"
OTHER = "www-data"  # nginx's user on Debian


def umask() -> int:
    """What the unit says."""
    (found,) = re.findall(r"^UMask=(\d+)$", (DEPLOY / "aloud.service").read_text(), re.MULTILINE)
    return int(found, 8)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def ask(url: str, body: object = None) -> tuple[int, HTTPMessage, bytes]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=HANGS) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def kept(headers: HTTPMessage) -> str:
    """How long it may be kept: several lines of a name are one (RFC 9110, 5.2)."""
    return ", ".join(headers.get_all("Cache-Control", []))


@contextmanager
def running(command: list[str], url: str, **how: object) -> Iterator[None]:
    """A process, once somebody answers at ``url``."""
    with subprocess.Popen(command, **how) as process:
        try:
            until = time.monotonic() + HANGS
            while True:
                assert process.poll() is None
                assert time.monotonic() < until
                try:
                    ask(url)
                    break
                except OSError:
                    continue
            yield
        finally:
            process.send_signal(signal.SIGTERM)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder to which others find their way: those of pytest are closed to them."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def aloud(folder: Path) -> Iterator[str]:
    """Aloud as the unit starts it, in the group that nginx's user was let into; its address."""
    group, url = pwd.getpwnam(OTHER).pw_gid, f"http://127.0.0.1:{free_port()}"
    (folder / "data").mkdir(mode=0o700)
    (folder / "shelf").mkdir(mode=0o750)
    os.chown(folder / "shelf", 0, group)
    environment = {
        "ALOUD_DATA": str(folder / "data"),
        "ALOUD_SHELF_URL": str(folder / "shelf"),
        "ALOUD_SERVE_ACCEL": "/kept/",
    }
    command = [sys.executable, "-m", "aloud", "serve", "--port", url.rpartition(":")[2]]
    how = {"env": os.environ | environment, "umask": umask(), "group": group}
    with (
        (folder / "log").open("wb") as log,
        running(command, f"{url}/healthz", **how, stdout=log, stderr=log),
    ):
        yield url


@pytest.fixture
def nginx(folder: Path, aloud: str, needs_program) -> Iterator[str]:
    """nginx with deploy/nginx.conf, but for names, ports and TLS; its address."""
    program, port = needs_program("nginx", package="nginx-light"), free_port()
    served = (DEPLOY / "nginx.conf").read_text()
    for ours, here in (
        (r"listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        (r"ssl_certificate\S*\s+\S+;", ""),
        (r"/var/lib/aloud-shelf", str(folder / "shelf")),
        (r"http://127\.0\.0\.1:8008", aloud),
        (r"proxy_set_header Host \$host;", "proxy_set_header Host 127.0.0.1;"),
    ):
        served, count = re.subn(ours, here, served)
        assert count, ours
    temporary = folder / "nginx"
    temporary.mkdir(mode=0o755)
    paths = " ".join(
        f"{kind}_temp_path {temporary}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    group = grp.getgrgid(pwd.getpwnam(OTHER).pw_gid).gr_name
    whole = f"daemon off; user {OTHER} {group}; pid {temporary}/pid; error_log {temporary}/log;"
    whole += f" events {{}} http {{ access_log off; {paths}\n{served}\n}}"
    (temporary / "nginx.conf").write_text(whole)
    command = [program, "-c", str(temporary / "nginx.conf"), "-e", str(temporary / "log")]
    url = f"http://127.0.0.1:{port}"
    with running(command, f"{url}/healthz"):
        yield url


def narrated(url: str) -> list[dict[str, str]]:
    """The recordings of an article that is posted now."""
    sent = {"text": "The harbour opens.\n\nBoats went out at dawn.", "voice": "tone/beep"}
    article = json.loads(ask(f"{url}/api/articles", sent)[2])["id"]
    until = time.monotonic() + HANGS
    while not (found := json.loads(ask(f"{url}/api/articles/{article}")[2])["recordings"]):
        assert time.monotonic() < until
    return found


def reads(path: Path) -> bool:
    """Whether nginx's user may."""
    user = pwd.getpwnam(OTHER)
    looks = ["/bin/sh", "-c", f"cat '{path}' > /dev/null 2>&1"]
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return subprocess.run(looks, check=False, **who).returncode == 0


def test_nginx_sends_recordings_that_only_its_group_may_read(nginx, folder):
    for recording in narrated(nginx):
        status, headers, body = ask(f"{nginx}{recording['url']}")
        assert status == 200
        assert sha256(body).hexdigest() in recording["url"]
        assert kept(headers) == "private, max-age=31536000, immutable"
    files = [path for path in (folder / "shelf" / "recordings").rglob("*") if path.is_file()]
    assert len(files) == 2
    assert all(reads(path) and path.stat().st_mode & 0o007 == 0 for path in files)
    assert (folder / "data" / "library.sqlite").is_file()
    assert not reads(folder / "data" / "library.sqlite")


def test_what_nginx_cannot_read_is_not_kept_for_a_year(nginx, folder):
    recording, other = narrated(nginx)
    folders = [path for path in (folder / "shelf" / "recordings").iterdir() if path.is_dir()]
    for each in folders:
        each.chmod(0o700)
    for one in (recording, other):
        status, headers, _ = ask(f"{nginx}{one['url']}")
        assert status == 503
        assert kept(headers) == "private, no-store"
        assert headers["Retry-After"]
    for each in folders:
        each.chmod(0o750)
    assert ask(f"{nginx}{recording['url']}")[0] == 200
