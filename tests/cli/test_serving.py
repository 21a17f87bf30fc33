"""`aloud serve` as a process: where it listens, for whom, and how it stops."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError

import pytest

from aloud.doctor.presence import Presence

pytestmark = pytest.mark.slow  # each test starts the program anew

PROGRAM = [sys.executable, "-m", "aloud"]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def serving(data: Path, *arguments: str, **environment: str) -> Iterator[tuple[str, list[str]]]:
    """A running service: its address, and what it said before that."""
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--port", str(free_port()), *arguments],
        env={**os.environ, "ALOUD_DATA": str(data), **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    said: list[str] = []
    while "Aloud is at" not in (line := process.stderr.readline()):
        assert line, said
        said.append(line)
    yield line.split()[3], said
    process.send_signal(signal.SIGTERM)
    rest = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0, rest
    assert "Traceback" not in rest
    assert all(json.loads(each)["level"] for each in rest.splitlines())


def get(url: str, token: str = "") -> tuple[int, bytes]:
    request = urllib.request.Request(url)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def test_on_this_machine_nobody_needs_a_token(tmp_path):
    with serving(tmp_path / "data") as (url, _):
        assert get(f"{url}/healthz")[0] == 200
        assert get(f"{url}/api/articles") == (200, b'{"items":[],"next":null}')


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_on_any_other_address_it_refuses_to_start_without_a_token(aloud, tmp_path, host):
    # 192.0.2.7 is nobody's: where it cannot even be bound, nothing is served either.
    tried = aloud(
        "serve", "--host", host, "--port", str(free_port()), ALOUD_DATA=str(tmp_path / "d")
    )
    assert tried.code == 2
    assert "--token" in tried.err or "cannot listen" in tried.err


def test_a_name_for_others_needs_a_token_too(aloud, tmp_path):
    port = str(free_port())
    tried = aloud(
        "serve", "--name", "listen.example", "--port", port, ALOUD_DATA=str(tmp_path / "d")
    )
    assert "there is no token" in tried.failed(2)


def test_the_token_that_it_makes_is_the_only_way_in(tmp_path):
    with serving(tmp_path / "data", "--host", "0.0.0.0", "--token") as (url, said):
        token = next(line.strip() for line in said if line.strip().startswith("aloud_"))
        assert get(f"{url}/api/articles")[0] == 401
        assert get(f"{url}/api/articles", token)[0] == 200
        assert get(f"{url}/api/articles", token[:-1] + "x")[0] == 401
        assert get(f"{url}/healthz")[0] == 200


def test_a_container_that_starts_again_makes_no_second_token(tmp_path):
    for _ in range(2):
        with serving(tmp_path / "data", "--token") as (_, said):
            pass
    assert "There are tokens already" in said[0]


def test_a_port_that_is_taken_is_said_with_advice(aloud, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert "--port" in aloud("serve", "--port", port, ALOUD_DATA=str(tmp_path / "d")).failed(2)


def test_a_data_folder_that_cannot_be_made_is_said_with_advice(aloud, tmp_path):
    (tmp_path / "file").write_text("in the way")
    tried = aloud("serve", "--port", str(free_port()), ALOUD_DATA=str(tmp_path / "file" / "data"))
    assert "file" in tried.failed(8)


def test_a_database_that_is_away_is_said_without_its_password(aloud, tmp_path):
    said = aloud(
        "serve",
        "--port",
        str(free_port()),
        ALOUD_DATA=str(tmp_path / "d"),
        ALOUD_DATABASE_URL=f"postgresql://me:secret@127.0.0.1:{free_port()}/aloud",
    ).failed(8)
    assert "secret" not in said


def findings(aloud, data, *arguments):
    """What the doctor says of services, at a port that no service is at."""
    ran = aloud("doctor", "--json", *arguments, ALOUD_DATA=str(data), ALOUD_SERVE_PORT="9")
    return [f for f in json.loads(ran.out) if f["what"] == "service"]


def test_the_doctor_finds_the_services_of_the_data_folder_wherever_they_listen(aloud, tmp_path):
    data, other = tmp_path / "data", tmp_path / "other"
    with serving(other) as (elsewhere, _):
        with serving(data) as (one, _), serving(data) as (two, _):
            found = findings(aloud, data)
            assert all(each["well"] and "library ok" in each["said"] for each in found)
            assert {each["said"].split()[3] for each in found} == {f"{one}:", f"{two}:"}
        assert [each["said"] for each in findings(aloud, data)] == ["not running: aloud serve"]
        assert list((data / "running").iterdir()) == []
        (named,) = findings(aloud, data, "--service", elsewhere)
        assert named["well"]


def test_what_a_killed_service_left_is_known_for_what_it_is(aloud, tmp_path):
    with subprocess.Popen(
        [*PROGRAM, "serve", "--port", str(free_port())],
        env={**os.environ, "ALOUD_DATA": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while "Aloud is at" not in process.stderr.readline():
            assert process.poll() is None
        process.kill()
    (left,) = (tmp_path / "running").iterdir()
    assert left.read_text().startswith("http://127.0.0.1:")
    assert [each["said"] for each in findings(aloud, tmp_path)] == ["not running: aloud serve"]
    assert not left.exists()


def test_a_service_that_runs_and_does_not_answer_is_not_well(aloud, tmp_path):
    with Presence(tmp_path, "http://127.0.0.1:9"):
        (found,) = findings(aloud, tmp_path)
    assert not found["well"]
    assert "nobody answers at http://127.0.0.1:9" in found["said"]


def test_a_port_that_there_is_not_is_said_with_advice(aloud, tmp_path):
    assert "65535" in aloud("serve", "--port", "80000", ALOUD_DATA=str(tmp_path / "d")).failed(2)
