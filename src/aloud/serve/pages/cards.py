"""Cards: what a list shows of an article, with its times at the listener's own speed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from aloud import pace
from aloud.article import Article, State, by_roles
from aloud.errors import NotFound
from aloud.library.records import UNFINISHED, Entry, Place
from aloud.serve.models.listening import Piece
from aloud.serve.pages.show import Reader
from aloud.serve.service import Service

Stage = Literal["waiting", "reading", "speaking", "mastering", "ready", "failed", "silent"]


@dataclass(frozen=True, slots=True)
class Card:
    """An article in a list."""

    id: str
    title: str  # "": a text that was not read yet
    language: str  # BCP 47; "": not read yet
    source: str  # the publisher, or the site; "" for a text without either
    published: datetime | None
    picture: bool  # there may be one
    reading_minutes: int  # 0: not read yet
    seconds: float  # to hear all of it at the listener's speed; 0: not read yet
    heard: float  # of it, from 0 to 1
    stage: Stage
    done: int  # sentences spoken
    total: int  # 0: not known yet
    error: str
    hint: str
    archived: bool
    tags: tuple[str, ...]
    queued: bool
    snippet: tuple[Piece, ...] = ()  # where it was searched for

    @property
    def left(self) -> float:
        """Seconds still to hear."""
        return self.seconds * (1.0 - self.heard)

    @property
    def in_progress(self) -> bool:
        return self.stage in UNFINISHED

    @property
    def letter(self) -> str:
        """What stands where a picture would."""
        name = (self.source or self.title).removeprefix("The ")
        return next((c.upper() for c in name if c.isalnum()), "¶")


def cards(
    service: Service, listener_id: str, reader: Reader, entries: Iterable[Entry]
) -> tuple[Card, ...]:
    """The entries as cards."""
    queued = frozenset(service.library.queue.ids(listener_id))
    return tuple(_card(service, reader, entry, entry.article.id in queued) for entry in entries)


def heard(article: Article, place: Place) -> float:
    """How much of what is spoken lies before a place, from 0 to 1; 0 where there is no such place.

    >>> from aloud.article import plain
    >>> from datetime import UTC, datetime
    >>> text = plain("One two.\\nThree four.")
    >>> heard(text, Place("", text.blocks[1].id, 2, datetime.now(UTC)))
    0.5263157894736842
    """
    before = total = 0
    reached = False
    for block in article.blocks:
        length = len(block.text) if block.state is State.SPOKEN else 0
        if block.id == place.block:
            reached = True
            before = total + min(place.start, length)
        total += length
    return before / total if reached and total else 0.0


def _card(service: Service, reader: Reader, entry: Entry, queued: bool) -> Card:
    record, summary, narration = entry.article, entry.summary, entry.narration
    stage = _stage(entry)
    failed = narration if narration and narration.error else record
    image = (summary and summary.image) or ""
    return Card(
        id=record.id,
        title=entry.title or (summary.headline if summary else "") or _bare(record.url),
        language=summary.language if summary else "",
        source=(summary.publisher or _site(record.url)) if summary else "",
        published=summary.published if summary else None,
        picture=stage == "ready" and image.startswith(("http:", "https:")),
        reading_minutes=summary.reading_minutes if summary else 0,
        seconds=_seconds(service, entry, reader.wpm),
        heard=_heard(service, reader, entry),
        stage=stage,
        done=narration.done if narration else 0,
        total=narration.total if narration else 0,
        error=failed.error,
        hint=failed.hint,
        archived=entry.archived,
        tags=entry.tags,
        queued=queued,
    )


def _stage(entry: Entry) -> Stage:
    state = entry.narration.state if entry.narration else None
    if state == "done":
        return "ready"
    if state == "failed" or (entry.article.state == "failed" and state not in UNFINISHED):
        return "failed"
    return "silent" if state is None or state == "cancelled" else state


def _seconds(service: Service, entry: Entry, wpm: float) -> float:
    """As the recording takes, or, until there is one, as the written words do."""
    if entry.narration and entry.narration.state == "done":
        made = service.library.narrations.recordings(entry.narration.id)
        if made:
            return made[0].duration / pace.rate_for(wpm, made[0].natural_wpm or wpm)
    return (entry.summary.words if entry.summary else 0.0) * 60 / wpm


def _heard(service: Service, reader: Reader, entry: Entry) -> float:
    if entry.heard:
        return 1.0
    if entry.place is None:
        return 0.0
    try:
        _, article = service.library.articles.article(entry.article.id)
    except NotFound:
        return 0.0
    return heard(by_roles(article, reader.preferences.roles), entry.place)


def _bare(url: str) -> str:
    """An address as one would say it: what stands for an article until it was read.

    >>> _bare("https://www.news.example/accord/")
    'news.example/accord'
    """
    parts = urlsplit(url)
    return (_site(url) + parts.path).rstrip("/")


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
