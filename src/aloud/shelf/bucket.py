"""A bucket of an S3 server as a store."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from aloud.errors import UsageError
from aloud.shelf import listing
from aloud.shelf.advice import s3_errors
from aloud.shelf.shelved import Stored

if TYPE_CHECKING:
    from obstore.store import S3Config

_PIECE = 1024 * 1024  # bytes read at a time
_SMALL = 1024 * 1024  # bytes: an utterance, which comes and goes within the shorter wait
# The first wait for an answer is for small questions: a server that is down has to be known as
# down within about 10 s, and a try of 4 s that begins just before _RETRIES are over is the last.
# The second is for recordings, which may take their time: a small question comes before them.
_WAITS = timedelta(seconds=4), timedelta(seconds=120)
_RETRIES = timedelta(seconds=4)
_CONNECT = timedelta(seconds=3)
_EXAMPLE = "s3://bucket/prefix?endpoint=http://127.0.0.1:9000&region=us-east-1"


class Bucket:
    """A bucket as a store, as the seam `Store` has it. Nothing is asked of it at opening."""

    def __init__(self, url: str) -> None:
        """Open ``s3://bucket/prefix?endpoint=…&region=…``; all but the bucket may be left out.

        Raises:
            UsageError: the URL means nothing.
        """
        try:
            parts = urlsplit(url)
            options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True))
            if parts.scheme != "s3" or not parts.netloc or not _mean_something(options):
                raise ValueError("not s3://bucket/prefix?endpoint=…&region=…")
            self._quick, self._patient = (
                _opened(parts.netloc, parts.path.strip("/"), options, wait) for wait in _WAITS
            )
        except (ValueError, BaseError) as error:
            raise UsageError(
                f"this is no place for a shelf ({str(error).splitlines()[0]})",
                subject=url,
                hint=f"a folder, or for example: {_EXAMPLE}",
            ) from error
        self.place = f"s3://{parts.netloc}{parts.path}"

    def kinds(self) -> tuple[str, ...]:
        with s3_errors(self.place):
            return listing.kinds(self._quick)

    def list(self, kind: str) -> Iterator[Stored]:
        with s3_errors(self.place):
            yield from listing.objects(self._quick, kind)

    def stat(self, key: str) -> Stored | None:
        with s3_errors(self.place):
            try:
                return listing.stored(self._quick.head(key))
            except FileNotFoundError:
                return None

    def read(self, key: str) -> tuple[Stored, bytes] | None:
        with s3_errors(self.place):
            try:
                found = self._quick.get(key)
                if found.meta["size"] > _SMALL:
                    found = self._patient.get(key)
                return listing.stored(found.meta), bytes(found.bytes())
            except FileNotFoundError:
                return None

    def pieces(self, key: str) -> Iterator[bytes]:
        with s3_errors(self.place, but=FileNotFoundError):
            for piece in self._patient.get(key).stream(min_chunk_size=_PIECE):
                yield bytes(piece)

    def write(self, key: str, data: bytes) -> None:
        with s3_errors(self.place):
            if len(data) <= _SMALL:
                self._quick.put(key, data, use_multipart=False)
            else:
                self.check()
                self._patient.put(key, data)

    def write_file(self, key: str, file: Path) -> None:
        """The whole object or nothing, from a file that is not held in memory."""
        with s3_errors(self.place):
            self.check()
            self._patient.put(key, file)

    def touch(self, key: str, data: bytes) -> None:
        self.write(key, data)  # S3 has no other way to make an object younger

    def delete(self, keys: Sequence[str]) -> None:
        if keys:
            with s3_errors(self.place):
                self._quick.delete(keys)

    def move(self, key: str, to: str) -> None:
        with s3_errors(self.place):
            try:
                self._patient.rename(key, to)
            except FileNotFoundError:
                return

    def check(self) -> None:
        with s3_errors(self.place):
            self._quick.list_with_delimiter("check")


def _mean_something(options: dict[str, str]) -> bool:
    endpoint = options.get("endpoint", "https://")
    return (
        not options.keys() - {"endpoint", "region"}
        and all(options.values())
        and endpoint.startswith(("https://", "http://"))
    )


def _opened(bucket: str, prefix: str, options: dict[str, str], wait: timedelta) -> S3Store:
    config: S3Config = {}
    if endpoint := options.get("endpoint", ""):
        config["endpoint"] = endpoint
    if region := options.get("region"):
        config["region"] = region
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": _CONNECT,
            "timeout": wait,
        },
        retry_config={
            "max_retries": 4,
            "retry_timeout": _RETRIES,
            "backoff": {
                "init_backoff": timedelta(seconds=0.1),
                "max_backoff": timedelta(seconds=1),
                "base": 2,
            },
        },
    )
