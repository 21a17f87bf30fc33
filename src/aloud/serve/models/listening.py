"""What belongs to a listener: queue, places, preferences, lexicon, what was found; and voices."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field

from aloud.article import Role as BlockRole
from aloud.article import State
from aloud.library.records import MATCH_END, MATCH_START, Hit, LexiconEntry, Preferences
from aloud.serve.models import patterns
from aloud.serve.models.articles import Item
from aloud.serve.models.words import (
    BlockId,
    Count,
    Device,
    Id,
    Language,
    Model,
    Moment,
    Saying,
    VoiceId,
    Wpm,
    example,
)
from aloud.speech import Voice

# As `article.OPTIONAL_ROLES`: the API's description names them.
OptionalRole = Literal[
    "standfirst", "key_point", "heading", "quote", "item", "caption", "table", "code", "byline"
]
_MOST_QUEUED = 10_000
_MOST_LANGUAGES = 200


class PlaceIn(Model):
    """Where the listener is now."""

    model_config = example(block="l12", start=0, device="phone")

    block: BlockId
    start: Count = Field(description="Character of the block's text")
    updated: Moment | None = Field(
        default=None,
        description="By the device's clock, with its zone; null: now. The newest holds",
    )
    device: Device = ""


class QueueOut(Model):
    """What the listener wants to hear next."""

    items: list[Item] = Field(description="First the next")


class QueueOrder(Model):
    """The whole queue."""

    model_config = example(articles=["a1", "b2"])

    articles: list[Id] = Field(
        max_length=_MOST_QUEUED,
        description="First the next; what is not named leaves the queue",
    )


class Queued(Model):
    """Something to hear."""

    model_config = example(article="a1", first=True)

    article: Id
    first: bool = Field(default=False, description="Next, not last")


class Moved(Model):
    """A new place in the queue."""

    model_config = example(to=0)

    to: Count = Field(description="0: next. Beyond the end is at the end")


class Piece(Model):
    """A bit of plain text, and whether it is what was looked for."""

    text: str
    match: bool


class HitOut(Model):
    """An article that was found."""

    id: str
    headline: str
    snippet: list[Piece]

    @classmethod
    def of(cls, hit: Hit) -> Self:
        return cls(id=hit.article_id, headline=hit.headline, snippet=_pieces(hit.snippet))


class Hits(Model):
    """What was found, the best first."""

    hits: list[HitOut]


class VoiceOut(Model):
    """Who can speak."""

    id: str
    name: str
    language: str = Field(description="BCP 47")
    sample_rate: int = Field(description="Hz")
    natural_wpm: float = Field(description="Spoken words a minute when nothing is changed")
    licence: str = Field(description="SPDX")
    source: str
    bytes: int = Field(ge=0, description="Size of the voice's data")
    sample: str = Field(description="Address of a sentence spoken by it")

    @classmethod
    def of(cls, voice: Voice) -> Self:
        return cls(
            id=voice.id,
            name=voice.name,
            language=voice.language,
            sample_rate=voice.sample_rate,
            natural_wpm=voice.natural_wpm,
            licence=voice.licence,
            source=voice.source,
            bytes=voice.bytes,
            sample=f"/api/voices/{voice.id}/sample.mp3",
        )


class Voices(Model):
    """Every voice that can be chosen."""

    voices: list[VoiceOut]


class PreferencesOut(Model):
    """How the listener likes it."""

    model_config = example(wpm=250, voices={"en": "espeak/en-gb"})

    wpm: Wpm | None = Field(
        default=None, description="Spoken words a minute; null: 200, which is 1.00×"
    )
    voices: dict[Language, VoiceId] = Field(
        default_factory=dict,
        max_length=_MOST_LANGUAGES,
        description="A voice for a language",
        json_schema_extra={"additionalProperties": False},
    )
    locale: Language | None = Field(default=None, description="Of the pages; null: the browser's")
    roles: dict[OptionalRole, Literal["spoken", "shown"]] = Field(
        default_factory=dict,
        description="Whether blocks of a role are spoken or only shown; left out: as the page was "
        "read. Narrations that are asked for from now on keep to it",
        examples=[{"caption": "spoken", "key_point": "shown"}],
    )

    @classmethod
    def of(cls, preferred: Preferences) -> Self:
        return cls.model_validate(
            {
                "wpm": preferred.wpm,
                "voices": dict(preferred.voices),
                "locale": preferred.locale or None,
                "roles": {role.value: state.value for role, state in preferred.roles},
            }
        )

    @property
    def record(self) -> Preferences:
        roles = tuple((BlockRole(role), State(wish)) for role, wish in self.roles.items())
        return Preferences(self.wpm, tuple(self.voices.items()), self.locale or "", roles)


class PreferencesChange(Model):
    """What is to be otherwise (RFC 7396): null takes a wish back."""

    model_config = example(wpm=300, voices={"en": "espeak/en-us", "de": None})

    wpm: Wpm | None = Field(default=None, description="Spoken words a minute")
    voices: dict[Language, VoiceId | None] = Field(
        default_factory=dict,
        max_length=_MOST_LANGUAGES,
        description="A voice for a language; the others stay",
        json_schema_extra={"additionalProperties": False},
    )
    locale: Language | None = Field(default=None, description="Of the pages")
    roles: dict[OptionalRole, Literal["spoken", "shown"] | None] = Field(
        default_factory=dict, description="A wish for a role; the others stay"
    )

    def of(self, before: PreferencesOut) -> PreferencesOut:
        """What was preferred ``before``, with this change."""
        changed = self.model_dump(include=self.model_fields_set)
        for field in {"voices", "roles"} & changed.keys():
            merged = getattr(before, field) | changed[field]
            changed[field] = {name: wish for name, wish in merged.items() if wish is not None}
        return PreferencesOut.model_validate(before.model_dump() | changed)


def _said(spoken: str) -> str:
    if not any(character.isalnum() for character in spoken):
        raise ValueError("there must be a letter or a digit in it: nothing can be silenced")
    return spoken


class SayingIn(Model):
    """Where this is written, that is said."""

    model_config = example(written="Saltmere", spoken="salt meer", language="en")

    written: Saying = Field(examples=["Xi"])
    spoken: Annotated[
        str,
        Field(min_length=1, max_length=200, pattern=patterns.SPOKEN, examples=["She"]),
        AfterValidator(_said),
    ]
    language: Language | None = Field(default=None, description="Null: in every language")


class SayingOut(Model):
    """An entry of the listener's lexicon."""

    id: str
    written: str
    spoken: str
    language: str | None

    @classmethod
    def of(cls, entry: LexiconEntry) -> Self:
        return cls(id=entry.id, written=entry.written, spoken=entry.spoken, language=entry.language)


class Lexicon(Model):
    """How the listener wants words to be said."""

    entries: list[SayingOut]


def _pieces(snippet: str) -> list[Piece]:
    found: list[Piece] = []
    for index, part in enumerate(snippet.split(MATCH_START)):
        match, end, rest = part.partition(MATCH_END)
        if index and end:
            found.append(Piece(text=match, match=True))
        else:
            rest = part.replace(MATCH_END, "")
        if rest:
            found.append(Piece(text=rest, match=False))
    return found
