"""Words: kinds of text and number that requests are made of, with their limits.

What no database takes (NUL) and no voice can say (half a character, which pydantic refuses by
itself) is refused here, once, for every route.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from aloud.serve import hints
from aloud.serve.models import patterns

MIB = 1024 * 1024
LONGEST_URL = 4000
LONGEST_TEXT = 10 * MIB  # characters: some thirty books
LONGEST_TITLE = 500
MOST_TAGS = 100
MOST = 2**31 - 1  # of a count or a place: what a database's integer holds


class Model(BaseModel):
    """What every model keeps to: no field that it does not know, no "yes" for true."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def example(**fields: object) -> ConfigDict:
    """The configuration of a model that shows in the API's description what it takes."""
    return ConfigDict(json_schema_extra={"examples": [fields]})  # type: ignore[list-item]


def _written(moment: object) -> object:
    if not isinstance(moment, str):  # a number would be taken for seconds since 1970
        raise ValueError("a time is written like 2026-03-05T08:30:00Z")
    return moment


def _storable(moment: datetime) -> datetime:
    # Databases keep times in UTC, where the first and the last day of the calendar may be no day.
    if not 1970 <= moment.year < 9000:
        raise ValueError("the year must be between 1970 and 8999")
    return moment


def _whole(number: object) -> object:
    # JSON knows no difference between 3 and 3.0, and JavaScript writes either.
    return int(number) if isinstance(number, float) and number.is_integer() else number


Id = Annotated[str, Field(min_length=1, max_length=64, pattern=patterns.ID)]
VoiceId = Annotated[
    str,
    Field(max_length=200, pattern=patterns.VOICE, examples=["espeak/en-us"]),
]
Language = Annotated[
    str,
    Field(
        max_length=35,
        pattern=patterns.LANGUAGE,
        description="BCP 47",
        examples=["en-GB"],
    ),
]
Url = Annotated[
    str,
    Field(
        min_length=8,
        max_length=LONGEST_URL,
        pattern=patterns.URL,
        description="An http or https address",
        examples=["https://news.example/politics/accord"],
    ),
]
Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=patterns.NO_NUL)]
Line = Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE, pattern=patterns.LINE)]
Tag = Annotated[
    str, Field(min_length=1, max_length=100, pattern=patterns.LINE, examples=["to discuss"])
]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=patterns.NAME, examples=["anna"])]
Saying = Annotated[str, Field(min_length=1, max_length=200, pattern=patterns.LINE)]
OwnTitle = Annotated[str, Field(max_length=LONGEST_TITLE, pattern=patterns.NO_NUL)]
Label = Annotated[str, Field(max_length=100, pattern=patterns.NO_NUL)]
Device = Annotated[str, Field(max_length=100, pattern=patterns.NO_NUL)]
BlockId = Annotated[
    str, Field(min_length=1, max_length=100, pattern=patterns.BLOCK, examples=["l12"])
]
Count = Annotated[int, Field(ge=0, le=MOST), BeforeValidator(_whole)]
_MOMENT = {
    "type": "string",
    "format": "date-time",
    "pattern": "^(19[7-9][0-9]|[2-8][0-9]{3})-",
    "examples": ["2026-03-05T08:30:00Z"],
}
# Not strict: JSON has no times, only text.
Moment = Annotated[
    AwareDatetime,
    Field(strict=False),
    AfterValidator(_storable),
    BeforeValidator(_written),
    WithJsonSchema(_MOMENT),
]
Wpm = Annotated[float, Field(ge=100, le=550, description="Spoken words a minute; 200 is 1.00×")]
Role = Literal["listen", "manage"]
# What the rooms advise, as far as somebody far from the machine can follow it.
Hint = Annotated[str, AfterValidator(hints.over_http)]
