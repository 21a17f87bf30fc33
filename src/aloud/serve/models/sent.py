"""What can be sent to become an article: an address, a page as it was seen, a text, or a file."""

from typing import Annotated, Any, Literal

from pydantic import Field

from aloud.serve.models import patterns
from aloud.serve.models.words import (
    LONGEST_TEXT,
    Language,
    Line,
    Model,
    Tags,
    Url,
    VoiceId,
    example,
)

Where = Literal["first", "last"]
_Full = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, pattern=patterns.FULL)]

_EXAMPLES: dict[str, dict[str, Any]] = {
    "an address": {"url": "https://news.example/accord"},
    "what I see": {"html": "<h1>Accord</h1><p>It was signed.</p>", "url": "https://news.example/a"},
    "a text": {"text": "It was signed on Monday.", "queue": "last"},
}


class Options(Model):
    """What shall become of it, whatever was sent. The fields of a form beside its file."""

    url: Url | None = Field(default=None, description="Where the listener found it")
    voice: VoiceId | None = Field(default=None, description="Who shall speak")
    tags: Tags = Field(default=[], description="Added to those it has")
    queue: Where | None = Field(default=None, description="Put it into the queue too")
    narrate: bool = Field(default=True, description="Have it narrated at once")


class SentAddress(Options):
    """An article by its address. It is fetched later, once."""

    model_config = example(**_EXAMPLES["an address"])

    url: Url


class SentHtml(Options):
    """A page as the listener sees it, for what lies behind a login."""

    model_config = example(**_EXAMPLES["what I see"])

    html: _Full = Field(examples=["<h1>Accord</h1><p>It was signed on Monday.</p>"])


class SentText(Options):
    """A text as it stands."""

    model_config = example(**_EXAMPLES["a text"])

    text: _Full = Field(examples=["It was signed on Monday."])
    title: Line | None = Field(default=None, description="Becomes the headline")
    language: Language | None = Field(default=None, description="Null: found in the text")


Sent = SentAddress | SentHtml | SentText


def body_description() -> dict[str, Any]:
    """The request body of POST /api/articles, for the API's description."""
    form = _form()
    file = {"type": "string", "format": "binary", "description": "A web page or a text"}
    upload = {**form, "properties": {"file": file, **form["properties"]}, "required": ["file"]}
    one_of = [model.model_json_schema() for model in (SentAddress, SentHtml, SentText)]
    as_json = {
        "schema": {"oneOf": one_of},
        "examples": {name: {"value": value} for name, value in _EXAMPLES.items()},
    }
    content = {
        "application/json": as_json,
        "multipart/form-data": {"schema": upload},
        "application/x-www-form-urlencoded": {"schema": {**form, "required": ["url"]}},
    }
    return {"requestBody": {"required": True, "content": content}}


def _form() -> dict[str, Any]:
    """The options as a form has them: it has no null, and leaves out instead."""
    schema = Options.model_json_schema()
    for field in schema["properties"].values():
        for choice in field.pop("anyOf", ()):
            if choice.get("type") != "null":
                field.update(choice)
        field.pop("default", None)
    return schema
