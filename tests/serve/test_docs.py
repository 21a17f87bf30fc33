"""The API page: every command on it is run as it stands, against a running service."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACE = "127.0.0.1:8008"


def commands(page: str) -> str:
    """All of a page's shell commands, in order; but those that start a service, which runs."""
    blocks = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    assert blocks
    return "".join(block for block in blocks if block != "make serve\n" and "ffplay" not in block)


@pytest.fixture
def service(tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "ALOUD_DATA": str(tmp_path / "data"),
        "ALOUD_SERVE_PORT": str(port),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "aloud", "serve"], env=environment, stderr=subprocess.PIPE, text=True
    )
    assert any("Aloud is at" in line for line in process.stderr)
    yield f"127.0.0.1:{port}", environment
    process.terminate()
    process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0


@pytest.mark.slow
@pytest.mark.parametrize("page", ["docs/api.md", "docs/api-speech.md"])
def test_every_command_on_the_page_works_as_it_is_written(page, service, tmp_path, needs_program):
    for program in ("curl", "ffmpeg"):
        needs_program(program)
    place, environment = service
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    script = "set -euo pipefail\n" + commands(page).replace(PLACE, place)
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
