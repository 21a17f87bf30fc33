"""Listeners, articles, narrations and what hangs on them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _people()
    _articles()
    _narrations()
    _lists()
    _feeds()


def downgrade() -> None:
    for table in (
        "heartbeat", "requests", "feed_items", "feeds", "lexicon", "places", "queue", "tags",
        "entries", "recordings", "narrations", "choices", "revisions", "articles", "sessions",
        "tokens", "listeners",
    ):  # fmt: skip
        op.drop_table(table)


def _text(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _number(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, **{"nullable": False, **options})


def _real(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Double, **{"nullable": False, **options})


def _moment(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False, **options})


def _of(table: str, name: str, **options: Any) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name, sa.Text, key, **{"nullable": False, **options})


def _of_entry() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["listener_id", "article_id"],
        ["entries.listener_id", "entries.article_id"],
        ondelete="CASCADE",
    )


def _people() -> None:
    op.create_table(
        "listeners",
        _text("id", primary_key=True),
        _text("name", unique=True),
        _real("wpm", nullable=True),
        _text("voices"),
        _text("locale"),
        _moment("created"),
    )
    op.create_table(
        "tokens",
        _text("id", primary_key=True),
        _of("listeners", "listener_id", index=True),
        _text("role"),
        _text("label"),
        _text("sha256", unique=True),
        _moment("created"),
    )
    op.create_table(
        "sessions",
        _text("sha256", primary_key=True),
        _of("listeners", "listener_id", index=True),
        _of("tokens", "token_id", nullable=True, index=True),
        _text("role"),
        _moment("expires"),
    )
    op.create_table(
        "lexicon",
        _text("id", primary_key=True),
        _of("listeners", "listener_id"),
        _text("written"),
        _text("spoken"),
        _text("language"),
        _text("ipa", nullable=True),
        sa.UniqueConstraint("listener_id", "written", "language", name="uq_lexicon_written"),
    )


def _articles() -> None:
    op.create_table(
        "articles",
        _text("id", primary_key=True),
        _text("identity", unique=True),
        _text("url"),
        _text("source"),
        _text("page_key", nullable=True),
        _text("state"),
        _text("error"),
        _text("hint"),
        _number("revision"),
        _moment("created"),
    )
    op.create_table(
        "revisions",
        _of("articles", "article_id", primary_key=True),
        _number("number", primary_key=True, autoincrement=False),
        _number("base"),
        _text("noun", nullable=True),
        _text("digest"),
        _text("choices"),
        _text("headline"),
        _text("publisher"),
        _text("byline"),
        _text("language"),
        _text("image", nullable=True),
        _moment("published", nullable=True),
        _number("reading_minutes"),
        _real("words"),
        _moment("created"),
    )
    op.create_table(
        "choices",
        _of("articles", "article_id", primary_key=True),
        _text("block", primary_key=True),
        _text("text_sha256"),
        _text("state"),
    )


def _narrations() -> None:
    op.create_table(
        "narrations",
        _text("id", primary_key=True),
        _of("articles", "article_id"),
        _of("listeners", "listener_id", index=True),
        _number("revision", nullable=True),
        _text("voice_wish", nullable=True),
        _text("voice", nullable=True),
        _text("script_key", nullable=True),
        _text("lexicon"),
        _text("state"),
        _number("done"),
        _number("total"),
        _number("priority"),
        _text("error"),
        _text("hint"),
        _number("attempts"),
        _moment("created"),
        _moment("updated"),
    )
    op.create_index("ix_narrations_wish", "narrations", ["article_id", "listener_id"])
    op.create_index("ix_narrations_need", "narrations", ["state", "priority", "created"])
    op.create_table(
        "recordings",
        _of("narrations", "narration_id", primary_key=True),
        _text("format", primary_key=True),
        _text("article_id"),
        _number("revision"),
        _text("voice"),
        _text("sha256", index=True),
        _text("key"),
        _text("timing_key"),
        _text("media_type"),
        sa.Column("byte_count", sa.BigInteger, nullable=False),
        _real("duration"),
        _real("loudness"),
        _real("true_peak"),
        _real("natural_wpm"),
        _real("words"),
        _moment("created"),
    )


def _lists() -> None:
    spoken = sa.ForeignKey("narrations.id", ondelete="SET NULL")
    op.create_table(
        "entries",
        _of("listeners", "listener_id", primary_key=True),
        _of("articles", "article_id", primary_key=True, index=True),
        _text("title"),
        sa.Column("archived", sa.Boolean, nullable=False),
        sa.Column("heard", sa.Boolean, nullable=False),
        sa.Column("narration_id", sa.Text, spoken, index=True),
        _moment("added"),
    )
    op.create_index("ix_entries_newest", "entries", ["listener_id", "added", "article_id"])
    pair = ("listener_id", "article_id")
    op.create_table(
        "tags",
        *(_text(name, primary_key=True) for name in (*pair, "tag")),
        _of_entry(),
    )
    op.create_index("ix_tags_tag", "tags", ["listener_id", "tag"])
    op.create_table(
        "queue",
        *(_text(name, primary_key=True) for name in pair),
        _number("position"),
        _of_entry(),
    )
    op.create_table(
        "places",
        *(_text(name, primary_key=True) for name in pair),
        _text("block"),
        _number("start"),
        _moment("updated"),
        _text("device"),
        _of_entry(),
    )


def _feeds() -> None:
    op.create_table(
        "feeds",
        _text("id", primary_key=True),
        _of("listeners", "listener_id"),
        _text("url"),
        _text("url_sha256"),
        _text("title"),
        _text("etag", nullable=True),
        _text("last_modified", nullable=True),
        _moment("next_check", index=True),
        _number("failures"),
        _text("error"),
        sa.Column("paused", sa.Boolean, nullable=False),
        _moment("created"),
        sa.UniqueConstraint("listener_id", "url_sha256", name="uq_feeds_url"),
    )
    came = sa.ForeignKey("articles.id", ondelete="SET NULL")
    op.create_table(
        "feed_items",
        _of("feeds", "feed_id", primary_key=True),
        _text("guid_sha256", primary_key=True),
        sa.Column("article_id", sa.Text, came, index=True),
        _moment("seen"),
    )
    op.create_table(
        "requests",
        _of("listeners", "listener_id", primary_key=True),
        _text("key_sha256", primary_key=True),
        _text("digest"),
        _of("articles", "article_id", index=True),
        sa.Column("made", sa.Boolean, nullable=False),
        sa.Column("added", sa.Boolean, nullable=False),
        _moment("created"),
    )
    op.create_table(
        "heartbeat",
        _number("id", primary_key=True, autoincrement=False),
        _moment("at"),
    )
