"""Service: everything that runs behind the addresses, put together and taken apart in order."""

import logging
import threading
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from starlette.types import Scope

from aloud.errors import LibraryError, ShelfError
from aloud.library import Library
from aloud.library.records import Bearer, Wish
from aloud.serve.catalogue import Catalogue
from aloud.serve.feeds import FeedPoller
from aloud.serve.jobs import Attention, Jobs, Need, Speaker, Staging, Work
from aloud.serve.live import Live
from aloud.serve.observe import Metrics
from aloud.serve.sweep import sweep
from aloud.settings import Settings
from aloud.shelf import Shelf

log = logging.getLogger(__name__)
_FEED_ROUND = 15.0  # seconds between two looks at which feeds are due
_SWEEP_ROUND = 3600.0  # seconds between two looks at what nobody needs any more


class Service:
    """One process's part of an instance. Several may share one library and one shelf.

    ``engine_patience`` (seconds) and ``engine_memory`` (bytes) are what an engine may take, as
    `Booth` has them.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        booths: int = 2,
        slots: int = 2,
        engine_patience: float | None = None,
        engine_memory: int | None = None,
    ) -> None:
        self.settings = settings
        self.metrics = Metrics()
        data = _made(settings.data_folder)
        self.library = Library(settings.library_url)
        self.shelf = Shelf(settings.shelf_place, settings.shelf_max_bytes, cache=data / "cache")
        self.attention = Attention()
        self.speaker = Speaker(
            self.shelf,
            booths,
            attention=self.attention,
            patience=engine_patience,
            memory=engine_memory,
        )
        self.staging = Staging(data / "staging")
        self.work = Work(
            self.library, self.shelf, self.speaker, settings, self.attention, self.staging
        )
        self.live = Live(self.speaker, self.attention)
        self.catalogue = Catalogue(self.speaker.ask)
        # Set by the app: whoever was let in is asked again, since a token was made or taken back;
        # and who sent a request, as things stand now.
        self.forget: Callable[[], None] = lambda: None
        self.known: Callable[[Scope], Awaitable[Bearer | None]] = _as_it_was
        self._stopping = threading.Event()
        self.feeds = FeedPoller(
            self.library, settings, self._follow, stopping=self._stopping.is_set
        )
        self._slots = slots
        self._jobs: Jobs | None = None
        self._rounds = (
            self._thread("feeds", _FEED_ROUND, self._look_at_feeds),
            self._thread("sweep", _SWEEP_ROUND, self.sweep),
        )

    def start(self) -> None:
        """Begin to narrate what waits, and to look after feeds."""
        self._jobs = Jobs(
            self.library,
            self.work.reading,
            self.work.narrating,
            database_url=self.settings.library_url,
            data=self.settings.data_folder,
            slots=self._slots,
        )
        for thread in self._rounds:
            thread.start()

    def wake(self) -> None:
        """Something was accepted, or has become more urgent."""
        if self._jobs is not None:
            self._jobs.wake()

    def running(self) -> int:
        """How many narrations this process works on."""
        return self._jobs.running() if self._jobs is not None else 0

    def close(self) -> None:
        """The running utterances end and are kept; everything else is gone on with next time."""
        self._stopping.set()
        self.speaker.close()
        if self._jobs is not None:
            self._jobs.close()
            for thread in self._rounds:
                thread.join()
        self.staging.close()
        self.shelf.close()
        self.library.close()

    def drop(self, keys: Iterable[str]) -> None:
        """See `Work.drop`."""
        self.work.drop(keys)

    def sweep(self) -> None:
        """See `sweep`: what nobody needs any more leaves the shelf.

        Raises:
            LibraryError, ShelfError: what is left is swept the next time.
        """
        if gone := sweep(self.library, self.shelf, self.work, datetime.now(UTC)):
            log.info("narrations were superseded long ago and are gone", extra={"count": gone})

    def media(self, name: str) -> Path | None:
        """The file of a recording, by its name ``<sha256>.<suffix>``; None where there is none.

        Raises:
            LibraryError, ShelfError: it cannot be had now.
        """
        sha256, _, suffix = name.partition(".")
        record = self.library.narrations.recording_by_sha(sha256)
        if record is None or record.format != suffix:
            return None
        return self.shelf.file(record.key)

    def _follow(self, listener_id: str, url: str) -> str:
        """Accept an item of a feed; the article's id. Once more changes nothing."""
        accepted = self.library.articles.accept(
            listener_id, url=url, source="url", identity=url, narrate=Wish(None, Need.ARCHIVE)
        )
        self.wake()
        return accepted.article.id

    def _look_at_feeds(self) -> None:
        self.feeds.step(datetime.now(UTC))

    def _thread(self, name: str, seconds: float, look: Callable[[], None]) -> threading.Thread:
        """Looks again and again until the service is stopped."""

        def again_and_again() -> None:
            while not self._stopping.wait(seconds):
                try:
                    look()
                except (LibraryError, ShelfError) as error:
                    log.warning("%s: put off, %s", name, error.message)
                except Exception:
                    log.exception("%s: this look failed, the next one follows", name)

        return threading.Thread(target=again_and_again, name=name, daemon=True)


async def _as_it_was(scope: Scope) -> Bearer | None:
    bearer: Bearer | None = scope["state"].get("bearer")
    return bearer


def _made(folder: Path) -> Path:
    """The data folder; what somebody listens to is theirs, so nobody else looks in."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise LibraryError(
            f"the data folder cannot be made ({error.strerror})",
            subject=str(folder),
            hint="choose another one: ALOUD_DATA=FOLDER aloud serve",
        ) from error
    return folder
