"""Staging: files are made out of sight and appear all together, whole, or not at all."""

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av

from aloud.errors import DiskError, MasterError

_ELSEWHERE = "choose another folder with -o"
_ADVICE = {
    errno.ENOSPC: ("the disk is full", f"free some space, or {_ELSEWHERE}"),
    errno.EDQUOT: ("your disk quota is used up", f"free some space, or {_ELSEWHERE}"),
    errno.EROFS: ("the disk is read-only", _ELSEWHERE),
    errno.EACCES: ("the folder cannot be written", _ELSEWHERE),
    errno.EPERM: ("the folder cannot be written", _ELSEWHERE),
    errno.ENOTDIR: ("a file stands where the folder should be", _ELSEWHERE),
    errno.ENOENT: ("no folder can be made there", _ELSEWHERE),
    errno.EEXIST: ("a file stands where the folder should be", _ELSEWHERE),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter name with -o"),
    errno.EFBIG: ("the file grew larger than this disk allows", _ELSEWHERE),
}


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A hidden folder inside ``folder``. When the block ends well its files move out of it, each
    in one step, over whatever bore their names; when it fails they are gone.

    Raises:
        DiskError: the folder cannot be written, or its disk is full.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=".aloud-", dir=folder))
        try:
            yield stage
            made = sorted(stage.iterdir(), key=_publishing_order)
            for file in made:
                _flush(file)
                if (folder / file.name).is_dir():
                    said = "a folder stands where the file should be"
                    raise MasterError(said, subject=str(folder / file.name), hint=_ELSEWHERE)
            _move(made, folder)
        finally:
            shutil.rmtree(stage, ignore_errors=True)


@contextlib.contextmanager
def disk_errors(folder: Path, advice: str = "") -> Iterator[None]:
    """Turns what the disk refuses into a DiskError that says what to do: ``advice``, if any."""
    try:
        yield
    except (OSError, av.error.FFmpegError) as error:
        # What ffmpeg says of a disk is an FFmpegError, not always an OSError.
        code = getattr(error, "errno", None)
        what, hint = _ADVICE.get(code or 0, (str(error), _ELSEWHERE))
        raise DiskError(what, subject=str(folder), hint=advice or hint) from error


def _publishing_order(file: Path) -> tuple[bool, str]:
    """The JSON last: it names the others, so whoever reads it finds them whole."""
    return file.suffix == ".json", file.name


def _move(files: list[Path], folder: Path) -> None:
    """All the files or none: once the first stands in its place, being stopped has to wait."""
    stopped: BaseException | None = None
    for file in files:
        while file.exists():
            try:
                file.replace(folder / file.name)
            except (KeyboardInterrupt, SystemExit) as stop:
                stopped = stop
    if stopped:
        raise stopped


def _flush(file: Path) -> None:
    """Bytes on the disk before the name: after a power cut there is no half file either."""
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())
