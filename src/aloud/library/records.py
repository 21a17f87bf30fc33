"""What the library answers with: frozen records, one for each thing that a listener has.

A record says how things stood when it was read. Changes go through the library, never through it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aloud.article import Role as BlockRole
from aloud.article import State

Role = Literal["listen", "manage"]
Source = Literal["url", "html", "text", "upload"]
ArticleState = Literal["accepted", "reading", "ready", "failed"]
NarrationState = Literal[
    "waiting", "reading", "speaking", "mastering", "done", "failed", "cancelled"
]

UNFINISHED: tuple[NarrationState, ...] = ("waiting", "reading", "speaking", "mastering")
FINISHED: tuple[NarrationState, ...] = ("done", "failed", "cancelled")

# In order of need: what somebody listens to, what stands in a queue, everything else. 0 is kept for
# a sentence that somebody waits for at this moment, which no narration as a whole is.
LISTENING, QUEUED, ARCHIVE = 1, 2, 3

# Around each word that was found. Neither can stand in an article, and neither means anything in
# HTML, so that a page can only turn them into marks on purpose.
MATCH_START, MATCH_END = "\u0002", "\u0003"


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who listens. Queue, places, preferences, lexicon and feeds belong to one."""

    id: str
    name: str
    created: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds a token or a session, and what it allows."""

    listener: Listener
    role: Role
    token_id: str | None  # None: a session that was opened without a token


@dataclass(frozen=True, slots=True)
class Token:
    """What may be shown of a token. The secret itself is nowhere: only its SHA-256 is kept."""

    id: str
    listener: str  # name
    role: Role
    label: str
    created: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a listener likes it."""

    wpm: float | None = None  # spoken words a minute; None: 1.00x
    voices: tuple[tuple[str, str], ...] = ()  # (BCP 47 language, voice id)
    locale: str = ""  # BCP 47, of the pages; "": what the browser says
    # Whether blocks of a role are spoken or only shown; not named: as the page was read.
    roles: tuple[tuple[BlockRole, State], ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """An article as something that was accepted; its words are `articles.article`."""

    id: str
    url: str  # as it was sent; "" where there is none
    source: Source
    page_key: str | None  # on the shelf: the page as received
    state: ArticleState
    error: str  # why it failed, for the listener
    hint: str
    revision: int  # the newest; 0: not read yet
    created: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list shows of an article, of its newest revision."""

    headline: str
    publisher: str
    byline: str
    language: str  # BCP 47
    image: str | None  # URL
    published: datetime | None  # UTC
    reading_minutes: int
    words: float  # of the spoken blocks


@dataclass(frozen=True, slots=True)
class Narration:
    """One wish to hear an article, and how far it has come."""

    id: str
    article_id: str
    listener_id: str
    revision: int | None  # None until the article was read
    voice_wish: str | None  # voice id; None: the listener's voice of the article's language
    voice: str | None  # voice id that speaks, once chosen
    script_key: str | None  # on the shelf
    state: NarrationState
    done: int  # utterances spoken
    total: int  # utterances in all; 0: not known yet
    priority: int  # LISTENING, QUEUED or ARCHIVE
    error: str
    hint: str
    attempts: int  # how often it was begun
    lexicon: str  # digest of the listener's lexicon when it was asked for
    created: datetime  # UTC
    updated: datetime  # UTC


@dataclass(frozen=True, slots=True)
class RecordingRecord:
    """One finished file of a narration."""

    narration_id: str
    article_id: str
    revision: int
    voice: str  # voice id
    format: str  # m4a, mp3
    sha256: str  # of the file
    key: str  # on the shelf
    timing_key: str  # on the shelf
    media_type: str
    byte_count: int
    duration: float  # seconds
    loudness: float  # LUFS
    true_peak: float  # dBTP
    natural_wpm: float
    words: float  # spoken
    created: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Place:
    """Where a listener is in an article: a character of a block, which no change of speed moves."""

    article_id: str
    block: str  # block id
    start: int  # character of the block's text, from 0
    updated: datetime  # UTC, by the clock of the device
    device: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in one listener's list."""

    article: ArticleRecord
    summary: Summary | None  # None: not read yet
    title: str  # the listener's own; "": the headline serves
    archived: bool
    heard: bool
    tags: tuple[str, ...]  # in alphabetical order
    added: datetime  # UTC
    narration: Narration | None  # the last one asked for
    place: Place | None


@dataclass(frozen=True, slots=True)
class Entries:
    """Some of a list, newest first."""

    entries: tuple[Entry, ...]
    next: str | None  # cursor of what follows; None: this was the last of it


@dataclass(frozen=True, slots=True)
class Wish:
    """How something that is accepted shall be narrated at once."""

    voice: str | None = None  # voice id
    priority: int = ARCHIVE


@dataclass(frozen=True, slots=True)
class Request:
    """An idempotency key with the digest of what was sent under it."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of something that was sent."""

    article: ArticleRecord
    created: bool  # nobody had the article before
    added: bool  # it was not in this listener's list before
    narration: Narration | None  # None: none was wished
    # The request was answered before and changed nothing now; `created` and `added` are as then.
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """A pronunciation of a listener's own: where this is written, that is said."""

    id: str
    written: str
    spoken: str
    language: str | None = None  # BCP 47; None: every language
    ipa: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that a listener follows, and when it is due."""

    id: str
    listener_id: str
    url: str
    title: str
    etag: str | None
    last_modified: str | None  # as the server wrote it
    next_check: datetime  # UTC
    failures: int  # since it last worked
    error: str  # why it could not be read; "": it could
    hint: str  # what to do about that
    paused: bool
    created: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found."""

    article_id: str
    headline: str
    snippet: str  # plain text; MATCH_START and MATCH_END stand around what was found
