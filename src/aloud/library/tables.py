"""Tables: how the library lies in a database. The migrations bring it there, step by step.

Whatever a stranger wrote can be any length, and Postgres indexes no more than 2,700 bytes: where
such text must be unique, its SHA-256 is.
"""

import hashlib
import unicodedata
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

METADATA = MetaData()
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


class Words(TypeDecorator[str]):
    """Text that any database takes: Postgres refuses NUL, and UTF-8 has no half characters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return "".join("\ufffd" if c == "\0" or _is_half(c) else c for c in value)


class Moment(TypeDecorator[datetime]):
    """A time in UTC, aware. SQLite keeps no zone, so it goes in and out here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        try:
            value = value.astimezone(UTC)
        except OverflowError:  # a device may say anything: in the year 1, or 9999
            value = _EARLIEST if value.year == 1 else _LATEST
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def digest(text: str) -> str:
    """The SHA-256 that stands for a text of any length."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _is_half(character: str) -> bool:
    return unicodedata.category(character) == "Cs"


def _words(name: str, **options: Any) -> Column[str]:
    return Column(name, Words, nullable=False, **options)


def _moment(name: str) -> Column[datetime]:
    return Column(name, Moment, nullable=False)


def _of(table: str, name: str, **options: Any) -> Column[str]:
    """A row that goes with a row of another table."""
    return Column(
        name, Words, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, **options
    )


def _of_entry() -> ForeignKeyConstraint:
    """A row that goes with the entry it belongs to."""
    return ForeignKeyConstraint(
        ["listener_id", "article_id"],
        ["entries.listener_id", "entries.article_id"],
        ondelete="CASCADE",
    )


listeners = Table(
    "listeners",
    METADATA,
    _words("id", primary_key=True),
    _words("name", unique=True),
    Column("wpm", Double),
    _words("voices"),  # JSON: [[language, voice id], …]
    _words("locale"),
    _words("roles", default="[]"),  # JSON: [[role, state], …] in order of role
    Column("greeted", Boolean, nullable=False, default=False),
    _moment("created"),
)

tokens = Table(
    "tokens",
    METADATA,
    _words("id", primary_key=True),
    _of("listeners", "listener_id", index=True),
    _words("role"),
    _words("label"),
    _words("sha256", unique=True),
    _moment("created"),
)

sessions = Table(
    "sessions",
    METADATA,
    _words("sha256", primary_key=True),
    _of("listeners", "listener_id", index=True),
    Column("token_id", Words, ForeignKey("tokens.id", ondelete="CASCADE"), index=True),
    _words("role"),
    _moment("expires"),
)

articles = Table(
    "articles",
    METADATA,
    _words("id", primary_key=True),
    _words("identity", unique=True),  # SHA-256
    _words("url"),
    _words("source"),
    Column("page_key", Words),
    _words("state"),
    _words("error"),
    _words("hint"),
    Column("revision", Integer, nullable=False),
    _moment("created"),
)

revisions = Table(
    "revisions",
    METADATA,
    _of("articles", "article_id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    # A reading of the page stands whole in `noun`. A choice makes a revision without one: the
    # reading `base` with these `choices`, so that an article of 60 kB is kept once a reading.
    Column("base", Integer, nullable=False),
    Column("noun", Words),  # JSON of the Article as extracted
    _words("digest"),  # of what the reading has to hear and show
    _words("choices"),  # JSON: [[block id, state], …] in order of block id
    _words("headline"),
    _words("publisher"),
    _words("byline"),
    _words("language"),
    Column("image", Words),
    Column("published", Moment),
    Column("reading_minutes", Integer, nullable=False),
    Column("words", Double, nullable=False),
    _moment("created"),
)

choices = Table(
    "choices",
    METADATA,
    _of("articles", "article_id", primary_key=True),
    _words("block", primary_key=True),
    _words("text_sha256"),  # the choice holds while the block's text is this
    _words("state"),
)

narrations = Table(
    "narrations",
    METADATA,
    _words("id", primary_key=True),
    _of("articles", "article_id"),
    _of("listeners", "listener_id", index=True),
    Column("revision", Integer),
    Column("voice_wish", Words),
    Column("voice", Words),
    Column("script_key", Words),
    _words("lexicon"),  # digest of the lexicon, and of what is spoken per role
    _words("state"),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    _words("error"),
    _words("hint"),
    Column("attempts", Integer, nullable=False),
    _moment("created"),
    _moment("updated"),
    Index("ix_narrations_wish", "article_id", "listener_id"),
    Index("ix_narrations_need", "state", "priority", "created"),
)

recordings = Table(
    "recordings",
    METADATA,
    _of("narrations", "narration_id", primary_key=True),
    _words("format", primary_key=True),
    _words("article_id"),
    Column("revision", Integer, nullable=False),
    _words("voice"),
    _words("sha256", index=True),
    _words("key"),
    _words("timing_key"),
    _words("media_type"),
    Column("byte_count", BigInteger, nullable=False),
    Column("duration", Double, nullable=False),
    Column("loudness", Double, nullable=False),
    Column("true_peak", Double, nullable=False),
    Column("natural_wpm", Double, nullable=False),
    Column("words", Double, nullable=False),
    _moment("created"),
)

entries = Table(
    "entries",
    METADATA,
    _of("listeners", "listener_id", primary_key=True),
    _of("articles", "article_id", primary_key=True, index=True),
    _words("title"),
    Column("archived", Boolean, nullable=False),
    Column("heard", Boolean, nullable=False),
    Column("narration_id", Words, ForeignKey("narrations.id", ondelete="SET NULL"), index=True),
    _moment("added"),
    Index("ix_entries_newest", "listener_id", "added", "article_id"),
)

tags = Table(
    "tags",
    METADATA,
    _words("listener_id", primary_key=True),
    _words("article_id", primary_key=True),
    _words("tag", primary_key=True),
    _of_entry(),
    Index("ix_tags_tag", "listener_id", "tag"),
)

queue = Table(
    "queue",
    METADATA,
    _words("listener_id", primary_key=True),
    _words("article_id", primary_key=True),
    Column("position", Integer, nullable=False),
    _of_entry(),
)

places = Table(
    "places",
    METADATA,
    _words("listener_id", primary_key=True),
    _words("article_id", primary_key=True),
    _words("block"),
    Column("start", Integer, nullable=False),
    _moment("updated"),
    _words("device"),
    _of_entry(),
)

lexicon = Table(
    "lexicon",
    METADATA,
    _words("id", primary_key=True),
    _of("listeners", "listener_id"),
    _words("written"),
    _words("spoken"),
    _words("language"),  # "": every language. NULL would not be unique
    Column("ipa", Words),
    UniqueConstraint("listener_id", "written", "language", name="uq_lexicon_written"),
)

feeds = Table(
    "feeds",
    METADATA,
    _words("id", primary_key=True),
    _of("listeners", "listener_id"),
    _words("url"),
    _words("url_sha256"),
    _words("title"),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("next_check", Moment, nullable=False, index=True),
    Column("failures", Integer, nullable=False),
    _words("error"),
    _words("hint", default=""),
    Column("paused", Boolean, nullable=False),
    _moment("created"),
    UniqueConstraint("listener_id", "url_sha256", name="uq_feeds_url"),
)

feed_items = Table(
    "feed_items",
    METADATA,
    _of("feeds", "feed_id", primary_key=True),
    _words("guid_sha256", primary_key=True),
    Column("article_id", Words, ForeignKey("articles.id", ondelete="SET NULL"), index=True),
    _moment("seen"),
)

requests = Table(
    "requests",
    METADATA,
    _of("listeners", "listener_id", primary_key=True),
    _words("key_sha256", primary_key=True),
    _words("digest"),
    _of("articles", "article_id", index=True),
    Column("made", Boolean, nullable=False),  # the article was new then
    Column("added", Boolean, nullable=False),  # it came to the listener's list then
    _moment("created"),
)

heartbeat = Table(
    "heartbeat",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _moment("at"),
)

# What was searched is worked out from the revisions and can be thrown away. Beside it lies
# `search_words`, the index proper, which is different on each database (migrations/r0002).
search_texts = Table(
    "search_texts",
    METADATA,
    Column("number", Integer, primary_key=True),
    _of("articles", "article_id", index=True),
    Column("part", Integer, nullable=False),
    _words("body"),
)

# What a backup holds, in an order in which each row finds what it belongs to.
KEPT = (
    listeners, tokens, articles, revisions, choices, narrations, recordings, entries, tags, queue,
    places, lexicon, feeds, feed_items,
)  # fmt: skip
