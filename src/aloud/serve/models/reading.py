"""An article as it is read, its recordings, and the script with each word's place."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from aloud import article as articles
from aloud import script as scripts
from aloud.library.records import Entry, RecordingRecord
from aloud.serve.models.articles import Item, item_fields
from aloud.serve.models.words import Model, example
from aloud.serve.naming import download

State = Literal["spoken", "shown", "removed"]
BlockRole = Literal[
    "headline", "standfirst", "key_point", "heading", "paragraph", "quote", "item", "caption",
    "table", "code", "byline", "furniture",
]  # fmt: skip


class BlockOut(Model):
    """One line of the source, as the page divides it."""

    id: str
    role: BlockRole
    text: str
    state: State = Field(description="Read aloud, only shown, or left out")
    reason: str = Field(description="The rule that decided; empty: nothing did")
    level: int = Field(description="Of a heading (1 to 6) or a quote (depth); 0 elsewhere")

    @classmethod
    def of(cls, block: articles.Block) -> Self:
        return cls(
            id=block.id,
            role=block.role.value,
            text=block.text,
            state=block.state.value,
            reason=block.reason,
            level=block.level,
        )


class TrustOut(Model):
    """What a reader can hold the page to. Null and empty: the page does not say."""

    publishing_principles: str | None
    ownership: str | None
    corrections: str | None
    author_pages: list[str]
    paywalled: bool | None
    missing: list[str] = Field(description="What is known to be absent or guessed")

    @classmethod
    def of(cls, trust: articles.Trust) -> Self:
        return cls(
            publishing_principles=trust.publishing_principles,
            ownership=trust.ownership,
            corrections=trust.corrections,
            author_pages=list(trust.author_pages),
            paywalled=trust.paywalled,
            missing=list(trust.missing),
        )


class Reading(Model):
    """The newest revision's words."""

    revision: int = Field(ge=1)
    standfirst: str
    key_points: list[str]
    modified: datetime | None
    comment_count: int | None
    next_page: str | None
    trust: TrustOut
    blocks: list[BlockOut] = Field(description="In source order")

    @classmethod
    def of(cls, revision: int, article: articles.Article) -> Self:
        return cls(
            revision=revision,
            standfirst=article.standfirst,
            key_points=list(article.key_points),
            modified=article.modified,
            comment_count=article.comment_count,
            next_page=article.next_page,
            trust=TrustOut.of(article.trust),
            blocks=[BlockOut.of(block) for block in article.blocks],
        )


class RecordingOut(Model):
    """One finished file, under a name that never comes to mean something else."""

    url: str = Field(examples=["/media/0f3c.m4a"])
    download: str = Field(
        description="The same as a file to be kept, called like the article",
        examples=["/media/0f3c.m4a?name=The%20harbour%20opens"],
    )
    format: str
    media_type: str
    byte_count: int = Field(ge=0)
    sha256: str
    duration: float = Field(ge=0, description="Seconds")
    natural_wpm: float = Field(ge=0, description="Spoken words a minute of this recording")
    words: float = Field(ge=0, description="Spoken")
    voice: str
    revision: int = Field(ge=1)

    @classmethod
    def of(cls, made: RecordingRecord, title: str = "") -> Self:
        url = f"/media/{made.sha256}.{made.format}"
        return cls(
            url=url,
            download=download(url, title),
            format=made.format,
            media_type=made.media_type,
            byte_count=made.byte_count,
            sha256=made.sha256,
            duration=made.duration,
            natural_wpm=made.natural_wpm,
            words=made.words,
            voice=made.voice,
            revision=made.revision,
        )


def title_of(entry: Entry) -> str:
    """What an article is called in the listener's list: their own title, or the headline."""
    return entry.title or (entry.summary.headline if entry.summary else "")


class ArticleOut(Item):
    """An article whole: its words once it was read, its recordings once they are made."""

    reading: Reading | None
    recordings: list[RecordingOut]
    outdated: bool = Field(
        description="The listener wants it said otherwise since it was recorded: by another"
        " lexicon, or other roles. Asking for its narration, or listening live, mends that"
    )

    @classmethod
    def whole(
        cls,
        entry: Entry,
        reading: Reading | None,
        recordings: tuple[RecordingRecord, ...],
        *,
        outdated: bool,
    ) -> Self:
        made = [RecordingOut.of(one, title_of(entry)) for one in recordings]
        more = {"reading": reading, "recordings": made, "outdated": outdated}
        return cls.model_validate(item_fields(entry) | more)


class TokenOut(Model):
    """One thing to highlight: ``[start, end)`` of its block's text, and what is said for it."""

    block: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    spoken: str


class UtteranceOut(Model):
    """One sentence, or as much of it as is spoken in one breath."""

    block: str
    role: BlockRole
    pause_after: float = Field(ge=0, description="Seconds at natural rate")
    tokens: list[TokenOut]


class ScriptOut(Model):
    """What is said, in the order in which it is heard."""

    revision: int = Field(ge=1)
    voice: str
    language: str
    words: float = Field(ge=0)
    utterances: list[UtteranceOut]

    @classmethod
    def of(cls, revision: int, voice: str, script: scripts.Script) -> Self:
        return cls(
            revision=revision,
            voice=voice,
            language=script.language,
            words=round(script.words, 1),
            utterances=[_utterance(said) for said in script.utterances],
        )


def _utterance(said: scripts.Utterance) -> UtteranceOut:
    return UtteranceOut(
        block=said.block,
        role=said.role.value,
        pause_after=said.pause_after,
        tokens=[
            TokenOut(block=t.block, start=t.start, end=t.end, spoken=t.spoken) for t in said.tokens
        ],
    )


class BlockChoice(Model):
    """What shall become of a block."""

    model_config = example(state="spoken")

    state: State


class Revised(Model):
    """What a choice led to."""

    revision: int = Field(ge=1, description="The newest now")
    narration: str | None = Field(description="The narration that speaks what changed")
