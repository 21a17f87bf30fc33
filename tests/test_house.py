"""The house itself: its locks, its imports, its errors and its papers."""

import ast
import importlib
import pickle
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import aloud
from aloud.errors import AloudError

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
RUNTIME = "requirements.lock"
LOCKS = [RUNTIME, *(f"requirements-{extra}.lock" for extra in EXTRAS)]
S3_LOCK = "requirements-s3.lock"  # of a program apart, which shares nothing with the others

PIN = re.compile(r"([a-z0-9-]+)==([0-9a-z.]+)( ; [^\\]+)? \\")  # a + would be a local version
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")
# Built for each Python, system and processor: a lock of one machine's files holds far fewer.
BUILT_FOR_MANY, MANY_FILES = ("av", "lxml", "numpy", "regex"), 15
HEAVY = ("av", "httpx", "lxml", "numpy", "trafilatura")


def pins(lock: str) -> dict[str, str]:
    """Version of each package in a lock."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    found = [match for line in lines if (match := PIN.fullmatch(line))]
    assert len(found) == len({match[1] for match in found}), "one package, two versions"
    return {match[1]: match[2] for match in found}


def modules() -> list[str]:
    names = (module.name for module in pkgutil.walk_packages(aloud.__path__, "aloud."))
    return [name for name in names if not name.endswith("__main__")]


def imported(file: Path) -> set[str]:
    """The top names that a module imports, wherever it does so."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def kinds(error: type[AloudError]) -> Iterator[type[AloudError]]:
    yield error
    for kind in error.__subclasses__():
        yield from kinds(kind)


@pytest.mark.parametrize("lock", [*LOCKS, S3_LOCK])
def test_a_lock_holds_versions_and_hashes_and_no_address(lock):
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if not (PIN.fullmatch(line) or HASH.fullmatch(line))] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_knows_the_files_of_other_machines_too(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    for package in BUILT_FOR_MANY:
        entry = re.search(rf"^{package}==.*\n((?:    --hash.*\n)+)", text, re.MULTILINE)
        assert entry
        assert entry[1].count("--hash") >= MANY_FILES


@pytest.mark.parametrize("lock", LOCKS)
def test_every_lock_holds_the_runtime_at_the_same_versions(lock):
    assert pins(RUNTIME).items() <= pins(lock).items()


@pytest.mark.parametrize("lock", [RUNTIME, "requirements-dev.lock"])
def test_what_everybody_installs_has_no_torch_and_no_ray(lock):
    assert not {"torch", "ray"} & pins(lock).keys()
    assert not [name for name in pins(lock) if name.startswith(("nvidia-", "cuda-"))]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_fulfils_the_project_file(lock):
    wanted = PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"]
    wanted += EXTRAS.get(lock.removeprefix("requirements-").removesuffix(".lock"), [])
    locked = pins(lock)
    for requirement in map(Requirement, wanted):
        version = locked.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not locked: make lock"
        assert requirement.specifier.contains(version), f"{requirement}: make lock"


def test_the_makefile_locks_every_extra():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    listed = re.search(r"^EXTRAS := (.*)$", makefile, re.MULTILINE)
    assert listed
    assert {"dev", *listed[1].split()} == set(EXTRAS)


def test_debian_packages_stand_one_a_line():
    for line in (ROOT / "deploy/apt.txt").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"(?:[a-z0-9][a-z0-9.+-]+)?\s*(?:#.*)?", line)


def test_every_announced_engine_is_kept_apart_from_the_others():
    engines = PROJECT["project"]["entry-points"]["aloud.engines"].values()
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    (apart,) = (c["modules"] for c in contracts if c["type"] == "independence")
    assert {engine.partition(":")[0] for engine in engines} == set(apart)


@pytest.mark.parametrize("module", modules())
def test_every_module_can_be_imported(module):
    assert importlib.import_module(module).__doc__


def test_help_loads_nothing_heavy():
    ask_for_help = f"""
import sys
from aloud.cli import main
sys.argv = ["aloud", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code
loaded = {{name.partition(".")[0] for name in sys.modules}} & {set(HEAVY)!r}
print("loaded:", *sorted(loaded))
"""
    done = subprocess.run(
        [sys.executable, "-c", ask_for_help], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "loaded:"


def test_reading_an_article_loads_no_engine_and_no_audio():
    read = """
import sys
from aloud.cli import main
sys.argv = ["aloud", "article", "samples/harbour.html"]
try:
    main()
except SystemExit as end:
    assert not end.code
print("loaded:", *sorted({"av", "numpy", "espeakng_loader", "mutagen"} & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", read], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "loaded:"


def test_only_libraries_are_imported_that_the_project_names():
    extras = [name for extra, names in EXTRAS.items() if extra != "dev" for name in names]
    named = map(Requirement, PROJECT["project"]["dependencies"] + extras)
    allowed = {canonicalize_name(requirement.name) for requirement in named}
    providers = packages_distributions()
    for file in (ROOT / "src").rglob("*.py"):
        for library in imported(file) - sys.stdlib_module_names - {"aloud"}:
            found = {canonicalize_name(name) for name in providers.get(library, [library])}
            assert found & allowed, f"{file.name} imports {library}"


def test_every_error_keeps_its_advice_across_a_process_border():
    for module in modules():
        importlib.import_module(module)
    found = set(kinds(AloudError))
    assert len(found) > 1
    for kind in found:
        sent = kind("it failed", subject="a page", hint="try another")
        arrived = pickle.loads(pickle.dumps(sent))
        assert type(arrived) is kind
        assert vars(arrived) == vars(sent)
        assert str(arrived) == "a page: it failed"


def test_the_version_is_said_once():
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "src/aloud/__init__.py"
    assert re.fullmatch(r"\d+\.\d+\.\d+", aloud.__version__)
    assert aloud.__version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["README.md", "LICENSE", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"]
)
def test_the_house_has_its_papers(name):
    assert (ROOT / name).read_text(encoding="utf-8").strip()
