"""Staging: files are made out of sight and appear all together, whole, or not at all."""

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av

from aloud.errors import MasterError

_ADVICE = {
    errno.ENOSPC: ("the disk is full", "free some space, or choose another folder with -o"),
    errno.EDQUOT: ("your disk quota is used up", "free some space, or choose another folder"),
    errno.EROFS: ("the disk is read-only", "choose another folder with -o"),
    errno.EACCES: ("the folder cannot be written", "choose another folder with -o"),
    errno.EPERM: ("the folder cannot be written", "choose another folder with -o"),
    errno.ENOTDIR: ("a file stands where the folder should be", "choose another folder with -o"),
    errno.ENOENT: ("no folder can be made there", "choose another folder with -o"),
    errno.EEXIST: ("a file stands where the folder should be", "choose another folder with -o"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter one with -o"),
    errno.EFBIG: ("the file grew larger than this disk allows", "choose another folder with -o"),
}


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A hidden folder inside ``folder``. When the block ends well its files move out of it, each
    in one step, over whatever bore their names; when it fails they are gone.

    Raises:
        MasterError: the folder cannot be written, or its disk is full.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=".aloud-", dir=folder))
        try:
            yield stage
            made = sorted(stage.iterdir())
            for file in made:
                _flush(file)
            for file in made:
                file.replace(folder / file.name)
        finally:
            shutil.rmtree(stage, ignore_errors=True)


@contextlib.contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turns what the disk refuses into a MasterError that says what to do."""
    try:
        yield
    except (OSError, av.error.FFmpegError) as error:
        # What ffmpeg says of a disk is an FFmpegError, not always an OSError.
        code = getattr(error, "errno", None)
        elsewhere = "choose another folder with -o"
        what, hint = _ADVICE.get(code or 0, (str(error), elsewhere))
        raise MasterError(what, subject=str(folder), hint=hint) from error


def _flush(file: Path) -> None:
    """Bytes on the disk before the name: after a power cut there is no half file either."""
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())
