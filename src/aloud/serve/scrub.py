"""Scrub: every object on the shelf is read, and what is damaged or gone is made again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aloud import page as pages
from aloud.errors import AloudError
from aloud.fetch.http import fetch_url
from aloud.library.records import ArticleRecord, Narration
from aloud.serve.service import Service
from aloud.settings import Settings
from aloud.shelf import Health

Progress = Callable[[str, int, int], None]
_WHEN_NEEDED = ("utterances", "covers", "samples")  # made again by whoever asks for them
_IT_IS_GONE = "the article as it was read is in the library; what was received is lost"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one object that was damaged or gone."""

    key: str
    state: str  # "made", "later" or "lost"
    said: str


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What one pass over the shelf found."""

    looked_at: int
    bad: tuple[Outcome, ...]

    @property
    def lost(self) -> bool:
        return any(one.state == "lost" for one in self.bad)


def scrub(settings: Settings, progress: Progress) -> Scrubbed:
    """Look at every byte on the shelf, and mend. A running service is not in the way.

    Raises:
        LibraryError, ShelfError: they cannot be read at all.
    """
    service = Service(settings)
    try:
        service.sweep()  # nothing is made again that nobody needs
        expected = sum(kind.count for kind in service.shelf.usage())
        looked_at, damaged = 0, []
        for finding in service.shelf.scrub():
            looked_at += 1
            progress("reading", looked_at, max(expected, looked_at))
            if finding.state is not Health.WHOLE:
                damaged.append(finding.key)
        bad = [*_by_themselves(damaged), *_pages(service), *_recordings(service, progress)]
        return Scrubbed(looked_at, tuple(bad))
    finally:
        service.close()


def _by_themselves(damaged: list[str]) -> Iterator[Outcome]:
    for key in damaged:
        if key.partition("/")[0] in _WHEN_NEEDED:
            yield Outcome(key, "later", "moved aside; it is made again when it is needed")


def _pages(service: Service) -> Iterator[Outcome]:
    """Pages are what was received. Only an address can give one again."""
    for record in service.library.articles.with_pages():
        assert record.page_key is not None
        if not service.shelf.has(record.page_key):
            yield _page_again(service, record, record.page_key)


def _page_again(service: Service, record: ArticleRecord, key: str) -> Outcome:
    if record.source != "url":
        return Outcome(key, "lost", _IT_IS_GONE)
    try:
        page = fetch_url(record.url, service.settings)
    except AloudError as error:
        return Outcome(key, "lost", f"{_IT_IS_GONE} ({error.message})")
    new = service.shelf.keep("pages", pages.to_bytes(page))
    service.library.articles.keep_page(record.id, new)
    return Outcome(key, "made", "fetched again")


def _recordings(service: Service, progress: Progress) -> Iterator[Outcome]:
    """Scripts, recordings and their times, narration by narration."""
    for narration in service.library.narrations.done():
        gone = [key for key in _keys(service, narration) if not service.shelf.has(key)]
        if gone:
            progress("making", 0, len(gone))
            yield from _again(service, narration, gone)


def _keys(service: Service, narration: Narration) -> list[str]:
    files = service.library.narrations.recordings(narration.id)
    keys = [narration.script_key, *(f.key for f in files), *(f.timing_key for f in files)]
    return list(dict.fromkeys(key for key in keys if key))


def _again(service: Service, narration: Narration, gone: list[str]) -> Iterator[Outcome]:
    """The same words by the same voice and the same encoder are the same bytes. Where one of them
    has changed since, the article is narrated anew by the service."""
    said = "made again"
    try:
        service.work.remake(narration)
    except AloudError as error:
        said = f"could not be made again now ({error.message})"
    missing = [key for key in gone if not service.shelf.has(key)]
    for key in gone:
        if key not in missing:
            yield Outcome(key, "made", said)
    if missing:
        wish = narration.voice_wish or narration.voice
        asked = service.library.narrations.ask(
            narration.article_id, narration.listener_id, wish, fresh=True
        )
        for key in missing:
            yield Outcome(key, "later", f"the service narrates the article again ({asked.id})")
