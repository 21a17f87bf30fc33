"""What a disk or an S3 server refuses, said so that its owner knows what to do."""

import contextlib
import errno
import re
from collections.abc import Iterator

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from aloud.errors import Damaged, Missing, ShelfError

_ROOM = "free some space, or see what can go: aloud shelf"
_ELSEWHERE = "give the folder to whoever runs Aloud, or choose another with ALOUD_SHELF_URL"
_DISK = {
    errno.ENOSPC: ("the disk is full", _ROOM),
    errno.EDQUOT: ("the disk quota is used up", _ROOM),
    errno.EFBIG: ("the file grew larger than this disk allows", _ROOM),
    errno.EROFS: ("the disk is read-only", _ELSEWHERE),
    errno.EACCES: ("the folder may not be used", _ELSEWHERE),
    errno.EPERM: ("the folder may not be used", _ELSEWHERE),
    errno.ENOENT: ("the folder is gone", "mount its disk again, or make the folder"),
    errno.ENOTDIR: ("a file stands where a folder should be", "move that file away"),
    errno.EEXIST: ("a file stands where a folder should be", "move that file away"),
    errno.EIO: (
        "the disk could not give or take all bytes",
        "look after the disk: it may be dying",
    ),
}
_REFUSALS = (PermissionDeniedError, UnauthenticatedError)
# The second is where obstore asks for keys when it was given none.
_FORBIDDEN = re.compile(r"status code: 40[13]\b|/latest/(?:api|meta-data)/")
_CODE = re.compile(r"\(os error (\d+)\)")  # how obstore spells the system's own number


@contextlib.contextmanager
def disk_errors(place: str, but: type[OSError] | tuple[()] = ()) -> Iterator[None]:
    """Turns what the disk under ``place`` refuses, except ``but``, into a ShelfError."""
    try:
        yield
    except but:
        raise
    except OSError as error:
        raise _refused(place, error.errno, error) from error
    except BaseError as error:
        code = _CODE.search(str(error))
        raise _refused(place, int(code[1]) if code else None, error) from error


@contextlib.contextmanager
def s3_errors(place: str, but: type[OSError] | tuple[()] = ()) -> Iterator[None]:
    """Turns what the server refuses, except ``but``, into a ShelfError.

    Silence and refusal look the same in the end: nothing was lost, and the same call will do.
    """
    try:
        yield
    except but:
        raise
    except (OSError, BaseError) as error:
        raise _unanswered(place, error) from error


def missing(place: str, key: str) -> Missing:
    return Missing(
        "the shelf has no such object",
        subject=f"{place}/{key}",
        hint="it was never put there or it was freed: make it again",
    )


def damaged(place: str, key: str) -> Damaged:
    return Damaged(
        "these are not the bytes that were put there",
        subject=f"{place}/{key}",
        hint="it is made again when needed; for all others, run: aloud library scrub",
    )


def _refused(place: str, code: int | None, error: Exception) -> ShelfError:
    what, hint = _DISK.get(code or 0, (_first_line(error), _ELSEWHERE))
    return ShelfError(what, subject=place, hint=hint)


def _unanswered(place: str, error: Exception) -> ShelfError:
    # What a listing is refused for stands in the answer's text alone, whatever the error's kind.
    said = str(error)
    if isinstance(error, FileNotFoundError) or "<Code>NoSuchBucket</Code>" in said:
        hint = "make the bucket, or name another with ALOUD_SHELF_URL"
        return ShelfError("there is no such bucket", subject=place, hint=hint)
    if isinstance(error, _REFUSALS) or _FORBIDDEN.search(said):
        hint = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what they may do there"
        return ShelfError(
            "the S3 server refuses these credentials, or there are none", subject=place, hint=hint
        )
    return ShelfError(
        f"the S3 server does not answer as it should ({_first_line(error)})",
        subject=place,
        hint="see whether it runs and can be reached; nothing is lost, it goes on by itself",
    )


def _first_line(error: Exception) -> str:
    """What went wrong, without what was asked before it and the page of markup after it."""
    first = (str(error).splitlines() or [type(error).__name__])[0]
    return first.rpartition(" - ")[2].partition(": <?xml")[0]
