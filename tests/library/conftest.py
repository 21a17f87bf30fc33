"""A library on each database, and what fills it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from aloud.article import Article, Block, Role, State
from aloud.library import (
    Accepted,
    Library,
    Listener,
    Place,
    Preferences,
    RecordingRecord,
    Request,
    Wish,
)

NOON = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until it is set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def go(self, **ahead: float) -> datetime:
        self.now += timedelta(**ahead)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def kind(request: pytest.FixtureRequest) -> str:
    """Every test that has to do with a library runs on both databases, in `make check` on one."""
    kind: str = request.param
    return kind


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where nothing is yet."""
    return _empty(kind, request, tmp_path)


@pytest.fixture
def other_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where nothing is yet, on the other database."""
    return _empty({"sqlite": "postgres", "postgres": "sqlite"}[kind], request, tmp_path)


def _empty(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder}/library.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def emptied(postgres: Any) -> Callable[[], str]:
    """One database that is up to date, emptied at each call: sooner done than a new one."""
    url: str = postgres.database()
    Library(url).close()

    def empty() -> str:
        with psycopg.connect(url) as connection:
            connection.execute("TRUNCATE listeners, articles, heartbeat CASCADE")
        return url

    return empty


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that is up to date and empty."""
    path = tmp_path_factory.mktemp("blank") / "library.db"
    Library(path).close()
    return path


@pytest.fixture
def library(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, clock: Clock
) -> Iterator[Library]:
    """An empty library."""
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path}/open.db"
        shutil.copy(request.getfixturevalue("blank"), tmp_path / "open.db")
    else:
        url = request.getfixturevalue("emptied")()
    opened = Library(url, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def me(library: Library) -> Listener:
    return library.listeners.me()


@pytest.fixture
def accept(library: Library, me: Listener) -> Callable[..., Accepted]:
    """``accept("a")`` takes in https://example.org/a for me."""

    def take(name: str = "a", listener: Listener = me, **more: object) -> Accepted:
        url = f"https://example.org/{name}"
        given = {"url": url, "source": "url", "identity": url, **more}
        return library.articles.accept(listener.id, **given)

    return take


@pytest.fixture(name="article")
def article_fixture() -> Callable[..., Article]:
    """``article("Headline", "One.", "Two.")`` has the blocks b0, b1 and b2."""
    return article


@pytest.fixture(scope="session")
def article_of() -> Callable[..., Article]:
    """The same, for fixtures that outlive a test."""
    return article


@pytest.fixture(name="recording")
def recording_fixture() -> Callable[..., RecordingRecord]:
    """``recording(narration_id, article_id)`` is a finished file of it."""
    return recording


@pytest.fixture
def harbour() -> Article:
    return article("The harbour is closed", "Ships wait outside.", "The château burned.")


@pytest.fixture
def read(library: Library, accept: Callable[..., Accepted]) -> Callable[..., str]:
    """``read("a", article)`` is the id of an article that was accepted and read."""

    def take(name: str, what: Article, **more: object) -> str:
        article_id = accept(name, **more).article.id
        library.articles.add_revision(article_id, what)
        return article_id

    return take


@pytest.fixture
def filled(library: Library, me: Listener, clock: Clock, read: Callable[..., str]) -> str:
    """Something of everything, and the id of the article that most of it hangs on."""
    ann = library.listeners.add("Ann")
    request, wish = Request("key", "digest"), Wish("espeak/en-gb", 1)
    first = read(
        "a",
        article("The harbour is closed", "Ships wait outside.", "Ein Schloß — 北京."),
        request=request,
        narrate=wish,
        tags=("sea", "news"),
        queue="last",
        page_key="pages/aa/aa",
    )
    library.articles.choose(first, "b2", State.REMOVED)
    narration = library.narrations.ask(first, me.id, "espeak/en-gb", 0)
    library.narrations.advance(
        narration.id, "mastering", revision=2, script_key="scripts/a", total=3
    )
    library.narrations.finish(narration.id, (recording(narration.id, first),))
    clock.go(minutes=1)
    read("b", article("Zweiter", "Über Österreich.", language="de"), listener=ann)
    library.articles.update(me.id, first, title="Mine", heard=True)
    library.places.set(me.id, Place(first, "b1", 6, clock(), "phone"))
    library.lexicon.add(me.id, "Xi", "shee", "en", "ʃiː")
    library.lexicon.add(me.id, "Li", "lee")
    library.listeners.prefer(
        me.id, lambda before: Preferences(250.0, (("en", "espeak/en-gb"),), "en-GB")
    )
    library.listeners.issue("Ann", "listen", "her phone")
    library.articles.accept(ann.id, url="c", source="url", identity="c", narrate=Wish())
    feed = library.feeds.add(me.id, "https://example.org/feed", "News")
    library.feeds.mark_seen(feed.id, "guid", first)
    library.feeds.checked(feed.id, next_check=clock.go(hours=1), etag='"x"', failures=2, error="no")
    return first


def article(headline: str, *paragraphs: str, language: str = "en") -> Article:
    blocks = (
        Block("b0", Role.HEADLINE, headline, State.SPOKEN, "headline"),
        *(
            Block(f"b{number}", Role.PARAGRAPH, text, State.SPOKEN, "body")
            for number, text in enumerate(paragraphs, 1)
        ),
    )
    return Article(
        url="https://example.org/a",
        blocks=blocks,
        byline="A. Writer",
        publisher="The Example",
        image="https://example.org/a.jpg",
        published=NOON - timedelta(days=1),
        language=language,
    )


def recording(narration_id: str, article_id: str, format: str = "m4a") -> RecordingRecord:
    return RecordingRecord(
        narration_id=narration_id,
        article_id=article_id,
        revision=2,
        voice="espeak/en-gb",
        format=format,
        sha256=format * 3,
        key=f"recordings/aa/{format}",
        timing_key="timings/aa/aa.json",
        media_type="audio/mp4",
        byte_count=3_000_000_000,
        duration=61.25,
        loudness=-16.0,
        true_peak=float("-inf"),
        natural_wpm=201.3,
        words=205.0,
        created=NOON,
    )
