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

MIB = 1024 * 1024
LONGEST_URL = 4000
LONGEST_TEXT = 10 * MIB  # characters: some thirty books
LONGEST_TITLE = 500
MOST_TAGS = 100
MOST = 2**31 - 1  # of a count or a place: what a database's integer holds

_NO_NUL = r"^[^\x00]*$"
VOICE_PART = r"[A-Za-z0-9][A-Za-z0-9_.+-]*"  # of an engine or one of its voices
# Something to see in one line: controls, and spaces alone, name nothing.
_LINE = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0\s][^\x00-\x1f\x7f-\x9f]*$"
# The same, and nothing unseen at its ends.
_NAME = r"^[^\x00-\x20\x7f-\xa0\s]([^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0\s])?$"


class Model(BaseModel):
    """What every model keeps to: no field that it does not know, no "yes" for true."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


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


Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
VoiceId = Annotated[
    str,
    Field(max_length=200, pattern=rf"^{VOICE_PART}/{VOICE_PART}$", examples=["espeak/en-us"]),
]
Language = Annotated[
    str,
    Field(
        max_length=35,
        pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
        description="BCP 47",
        examples=["en-GB"],
    ),
]
Url = Annotated[
    str,
    Field(
        min_length=8,
        max_length=LONGEST_URL,
        pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://[^\x00-\x20\x7f]+$",
        description="An http or https address",
        examples=["https://news.example/politics/accord"],
    ),
]
Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=_NO_NUL)]
Line = Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE, pattern=_LINE)]
Tag = Annotated[str, Field(min_length=1, max_length=100, pattern=_LINE, examples=["to discuss"])]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=_NAME, examples=["anna"])]
Saying = Annotated[str, Field(min_length=1, max_length=200, pattern=_LINE)]
OwnTitle = Annotated[str, Field(max_length=LONGEST_TITLE, pattern=_NO_NUL)]
Label = Annotated[str, Field(max_length=100, pattern=_NO_NUL)]
Device = Annotated[str, Field(max_length=100, pattern=_NO_NUL)]
BlockId = Annotated[
    str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x20/?#\x7f]+$", examples=["l12"])
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
