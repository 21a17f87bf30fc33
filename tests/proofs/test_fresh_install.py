"""A fresh machine: what the locks install, and that it is all that Aloud needs.

These ask the package index, as an installation does.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parent.parent.parent
MOST_BYTES = 400_000_000  # what `make listen` may install
EVERYBODY = ["requirements.lock", "requirements-dev.lock"]
EXTRAS = sorted({path.name for path in ROOT.glob("requirements-*.lock")} - set(EVERYBODY))
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
LINUX = ["x86_64-manylinux_2_28", "aarch64-manylinux_2_28"]
MAC_ARM, MAC_INTEL = "aarch64-apple-darwin", "x86_64-apple-darwin"
OLDEST_MACOS = "14.0"  # av and onnxruntime are built for no older one on Apple's processors

IMPORT_EVERYTHING = """
import importlib, pkgutil, aloud
for module in pkgutil.walk_packages(aloud.__path__, "aloud."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """The Python of a new environment that holds nothing but pip."""
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    return tmp_path / "venv" / "bin" / "python"


@pytest.mark.parametrize("lock", EVERYBODY)
def test_a_lock_installs_all_that_aloud_needs(lock: str, fresh: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "src", source / "src")
    run(fresh, "-m", "pip", "install", "--require-hashes", "-r", ROOT / lock)
    run(fresh, "-m", "pip", "install", "--no-deps", "--no-build-isolation", source)
    run(fresh, "-m", "pip", "check")
    run(fresh, "-W", "error", "-c", IMPORT_EVERYTHING)
    files = (path for path in fresh.parent.parent.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in files if not path.is_symlink())
    print(f"{lock}: {size / 1e6:.0f} MB")
    if lock == "requirements.lock":
        assert size <= MOST_BYTES


def wheels_exist(lock: str, platform: str, python: str, target: Path) -> str:
    """Nothing is downloaded: the index says which files there are, and their hashes."""
    return run(
        sys.executable, "-m", "uv", "pip", "install", "--dry-run", "--require-hashes", "--no-build",
        "--target", target, "--python-platform", platform, "--python-version", python,
        "-r", ROOT / lock, MACOSX_DEPLOYMENT_TARGET=OLDEST_MACOS,
    )  # fmt: skip


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", [*LINUX, MAC_ARM, MAC_INTEL])
@pytest.mark.parametrize("lock", EVERYBODY)
def test_no_machine_has_to_compile(lock: str, platform: str, python: str, tmp_path: Path) -> None:
    assert "numpy" in wheels_exist(lock, platform, python, tmp_path)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", [*LINUX, MAC_ARM])  # Intel Macs: onnxruntime has left them
@pytest.mark.parametrize("lock", EXTRAS)
def test_no_machine_has_to_compile_for_an_extra(
    lock: str, platform: str, python: str, tmp_path: Path
) -> None:
    assert "numpy" in wheels_exist(lock, platform, python, tmp_path)


@pytest.mark.parametrize("extra", ["piper", "sign"])  # the small ones; pocket brings gigabytes
def test_pip_accepts_the_lock_of_an_extra(extra: str, fresh: Path) -> None:
    lock = ROOT / f"requirements-{extra}.lock"
    said = run(fresh, "-m", "pip", "install", "--dry-run", "--require-hashes", "-r", lock)
    assert "Would install" in said
