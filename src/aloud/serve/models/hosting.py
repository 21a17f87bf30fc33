"""What a host manages: feeds, listeners, tokens; what a player of live narration needs; health."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from aloud.library.records import Feed, Listener, Role, Token
from aloud.serve.models.reading import RecordingOut
from aloud.serve.models.words import Hint, Label, Line, Model, Name, Url, example


class FeedIn(Model):
    """A feed to follow."""

    model_config = example(url="https://news.example/feed.xml")

    url: Url
    title: Line | None = Field(default=None, description="Null: what the feed calls itself")


class FeedOut(Model):
    """A feed that the listener follows."""

    id: str
    url: str
    title: str
    next_check: datetime
    failures: int = Field(ge=0, description="Since it last worked")
    error: str = Field(description="Why it could not be read the last time; empty: it could")
    hint: Hint = Field(description="What to do about that")
    paused: bool

    @classmethod
    def of(cls, feed: Feed) -> Self:
        return cls(
            id=feed.id,
            url=feed.url,
            title=feed.title,
            next_check=feed.next_check,
            failures=feed.failures,
            error=feed.error,
            hint=feed.hint,
            paused=feed.paused,
        )


class Feeds(Model):
    """All feeds of the listener."""

    feeds: list[FeedOut]


class FeedChange(Model):
    """Rest, or be followed again."""

    model_config = example(paused=True)

    paused: bool


class Imported(Model):
    """What an OPML list brought."""

    added: list[FeedOut]
    known: int = Field(ge=0, description="Feeds that were followed already")


class ListenerIn(Model):
    """Somebody who is to listen here."""

    model_config = example(name="anna")

    name: Name


class ListenerOut(Model):
    """Somebody who listens here."""

    id: str
    name: str
    created: datetime

    @classmethod
    def of(cls, listener: Listener) -> Self:
        return cls(id=listener.id, name=listener.name, created=listener.created)


class Listeners(Model):
    """Everybody who listens here."""

    listeners: list[ListenerOut]


class TokenIn(Model):
    """A token for a listener, who is made if there is none of that name."""

    model_config = example(listener="anna", role="listen", label="phone")

    listener: Name
    role: Role = "listen"
    label: Label = Field(default="", description="Where it will be used")


class TokenIssued(Model):
    """A new token. It is shown this once and kept nowhere."""

    token: str


class TokenOut(Model):
    """What may be shown of a token."""

    id: str
    listener: str
    role: Role
    label: str
    created: datetime

    @classmethod
    def of(cls, token: Token) -> Self:
        return cls(
            id=token.id,
            listener=token.listener,
            role=token.role,
            label=token.label,
            created=token.created,
        )


class Tokens(Model):
    """All tokens, oldest first."""

    tokens: list[TokenOut]


class LiveTiming(Model):
    """When one token is heard, in seconds from the segment's beginning."""

    token: int = Field(ge=0)
    start: float = Field(ge=0)
    end: float = Field(ge=0)


class LiveSegmentOut(Model):
    """What a player has to know of a segment."""

    samples: int = Field(ge=0, description="Its true length")
    lead: int = Field(ge=0, description="Samples before the utterance's first")
    sample_rate: int = Field(description="Hz")
    timings: list[LiveTiming]


class LiveOut(Model):
    """What a player needs to begin."""

    revision: int = Field(ge=1)
    voice: str
    utterances: int = Field(ge=1)
    sample_rate: int = Field(description="Hz")
    init: str = Field(
        description="Where the initialisation segment is; {run} is the first utterance's number, "
        "a hyphen, and anything that makes it new"
    )
    segment: str = Field(description="Where segment {n} of that run is")
    timing: str = Field(description="Where its times are")
    finished: list[RecordingOut] | None = Field(description="Null: not finished yet")


class Health(Model):
    """Whether the service can do its work."""

    status: Literal["ok", "degraded"]
    version: str
    checks: dict[str, Literal["ok", "failed"]]
