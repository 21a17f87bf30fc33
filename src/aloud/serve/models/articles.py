"""Articles as a list shows them, with their narration and place, and what changes them."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from aloud.library.records import Accepted, Entries, Entry, Narration, Place
from aloud.serve.models.words import Count, Hint, Model, OwnTitle, Tags, VoiceId, example

Source = Literal["url", "html", "text", "upload"]
ArticleState = Literal["accepted", "reading", "ready", "failed"]
NarrationState = Literal[
    "waiting", "reading", "speaking", "mastering", "done", "failed", "cancelled"
]


class NarrationOut(Model):
    """One wish to hear an article, and how far it has come."""

    id: str
    state: NarrationState
    revision: int | None = Field(description="Of the article; null until it was read")
    voice: str | None = Field(description="Who speaks; null until that is settled")
    done: int = Field(ge=0, description="Sentences spoken")
    total: int = Field(ge=0, description="Sentences in all; 0: not known yet")
    error: str = Field(description="Why it failed or waits; empty: nothing is wrong")
    hint: Hint = Field(description="What to do about that")

    @classmethod
    def of(cls, narration: Narration) -> Self:
        return cls(
            id=narration.id,
            state=narration.state,
            revision=narration.revision,
            voice=narration.voice or narration.voice_wish,
            done=narration.done,
            total=narration.total,
            error=narration.error,
            hint=narration.hint,
        )


class PlaceOut(Model):
    """Where the listener is: a character of a block, which no change of speed moves."""

    block: str
    start: int = Field(ge=0, description="Character of the block's text")
    updated: datetime
    device: str

    @classmethod
    def of(cls, place: Place) -> Self:
        return cls(block=place.block, start=place.start, updated=place.updated, device=place.device)


class Item(Model):
    """An article in the listener's list."""

    id: str
    url: str | None = Field(description="Where it came from; null for a text without an address")
    source: Source
    state: ArticleState = Field(description="How far reading it has come")
    error: str
    hint: Hint
    revision: int = Field(ge=0, description="The newest; 0: not read yet")
    title: str = Field(description="The listener's own; empty: the headline serves")
    headline: str
    byline: str
    publisher: str
    language: str = Field(description="BCP 47; empty: not read yet")
    image: str | None
    published: datetime | None
    reading_minutes: int = Field(ge=0, description="0: not read yet")
    words: float = Field(ge=0, description="Of what is spoken")
    archived: bool
    heard: bool
    tags: list[str]
    added: datetime
    narration: NarrationOut | None = Field(description="The last one asked for")
    place: PlaceOut | None

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls.model_validate(item_fields(entry))


def item_fields(entry: Entry) -> dict[str, object]:
    """The fields of an Item, for it and for the models that hold more."""
    article, summary = entry.article, entry.summary
    return {
        "id": article.id,
        "url": article.url or None,
        "source": article.source,
        "state": article.state,
        "error": article.error,
        "hint": article.hint,
        "revision": article.revision,
        "title": entry.title,
        "headline": summary.headline if summary else "",
        "byline": summary.byline if summary else "",
        "publisher": summary.publisher if summary else "",
        "language": summary.language if summary else "",
        "image": summary.image if summary else None,
        "published": summary.published if summary else None,
        "reading_minutes": summary.reading_minutes if summary else 0,
        "words": summary.words if summary else 0.0,
        "archived": entry.archived,
        "heard": entry.heard,
        "tags": list(entry.tags),
        "added": entry.added,
        "narration": NarrationOut.of(entry.narration) if entry.narration else None,
        "place": PlaceOut.of(entry.place) if entry.place else None,
    }


class Items(Model):
    """Some of the listener's list, newest first."""

    items: list[Item]
    next: str | None = Field(description="Send it as `before` for what follows; null: no more")

    @classmethod
    def of(cls, entries: Entries) -> Self:
        return cls(items=[Item.of(entry) for entry in entries.entries], next=entries.next)


class AcceptedOut(Model):
    """What became of something that was sent."""

    id: str
    url: str | None
    source: Source
    state: ArticleState
    revision: int = Field(ge=0)
    added: bool = Field(description="It was not in this listener's list before")
    narration: NarrationOut | None

    @classmethod
    def of(cls, accepted: Accepted) -> Self:
        article = accepted.article
        return cls(
            id=article.id,
            url=article.url or None,
            source=article.source,
            state=article.state,
            revision=article.revision,
            added=accepted.added,
            narration=NarrationOut.of(accepted.narration) if accepted.narration else None,
        )


class Change(Model):
    """What to change of an article in the list; what is left out or null stays as it is."""

    model_config = example(archived=True, tags=["sea"])

    title: OwnTitle | None = Field(default=None, description="Empty: the headline again")
    archived: bool | None = None
    heard: bool | None = None
    tags: Tags | None = Field(default=None, description="All of them, in place of those there are")


class NarrationWish(Model):
    """How an article shall be narrated."""

    model_config = example(voice="espeak/en-gb")

    voice: VoiceId | None = Field(
        default=None, description="Null: the listener's own for the article's language"
    )
    fresh: bool = Field(default=False, description="Anew, though there is one")


class Progress(Model):
    """The data of an event."""

    state: NarrationState | ArticleState
    done: Count
    total: Count
    error: str
    hint: Hint
