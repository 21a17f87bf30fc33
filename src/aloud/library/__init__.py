"""The library: what listeners have. Articles, narrations, queues, places, words of their own.

It keeps words and wishes, on SQLite or Postgres; sound and pages lie on the shelf, and here are
only their keys. It never fetches, never speaks, and never loads a database before one is opened.
"""

from typing import TYPE_CHECKING, Any

from aloud.library.records import (
    ARCHIVE,
    FINISHED,
    LISTENING,
    MATCH_END,
    MATCH_START,
    QUEUED,
    UNFINISHED,
    Accepted,
    ArticleRecord,
    ArticleState,
    Bearer,
    Entries,
    Entry,
    Feed,
    Hit,
    LexiconEntry,
    Listener,
    Narration,
    NarrationState,
    Place,
    Preferences,
    RecordingRecord,
    Request,
    Role,
    Source,
    Summary,
    Token,
    Wish,
)

if TYPE_CHECKING:
    from aloud.library.library import Library

__all__ = [
    "ARCHIVE",
    "FINISHED",
    "LISTENING",
    "MATCH_END",
    "MATCH_START",
    "QUEUED",
    "UNFINISHED",
    "Accepted",
    "ArticleRecord",
    "ArticleState",
    "Bearer",
    "Entries",
    "Entry",
    "Feed",
    "Hit",
    "LexiconEntry",
    "Library",
    "Listener",
    "Narration",
    "NarrationState",
    "Place",
    "Preferences",
    "RecordingRecord",
    "Request",
    "Role",
    "Source",
    "Summary",
    "Token",
    "Wish",
]


def __getattr__(name: str) -> Any:
    # SQLAlchemy and Alembic take half a second to load: only who opens a library waits for them.
    if name == "Library":
        from aloud.library.library import Library

        return Library
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
