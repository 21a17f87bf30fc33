"""Faults: the things that are wrong in a request, each in words and with its place."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field

from aloud.serve.models.patterns import IN_WORDS

_MOST_NAMED = 3  # faults that a hint points at
# What the parser says of a kind of fault, in words: {…} is what the fault tells beside its kind.
_SAID: Mapping[str, str] = {
    "missing": "this is needed",
    "extra_forbidden": "there is no such field",
    "json_invalid": "this is not JSON: {error}",
    "string_type": "this has to be text, in quotation marks",
    "string_unicode": "half a character is in it (a lone surrogate)",
    "string_too_short": "this is too short: the least it may have is {min_length} (characters)",
    "string_too_long": "this is too long: the most it may have is {max_length} (characters)",
    "too_short": "there are too few in this: the least is {min_length}",
    "too_long": "there are too many in this: the most is {max_length}",
    "bool_type": "this has to be true or false",
    "bool_parsing": "this has to be true or false",
    "int_type": "this has to be a whole number",
    "int_parsing": "this has to be a whole number",
    "int_from_float": "this has to be a whole number",
    "float_type": "this has to be a number",
    "float_parsing": "this has to be a number",
    "finite_number": "this has to be a finite number",
    "greater_than_equal": "this has to be {ge} or more",
    "less_than_equal": "this has to be {le} or less",
    "literal_error": "this has to be {expected}",
    "list_type": "this has to be a list, in square brackets",
    "dict_type": "this has to be a JSON object, in braces",
    "model_type": "this has to be a JSON object, in braces, with Content-Type: application/json",
    "model_attributes_type": "this has to be a JSON object, in braces, with Content-Type: "
    "application/json",
    "timezone_aware": "the time needs its zone, as in 2026-03-05T08:30:00Z",
}
_PATTERN = "this has to be {words}"
_UNKNOWN_PATTERN = "this is not written as /openapi.json describes it"


class Fault(BaseModel):
    """One thing that is wrong in a request."""

    detail: str = Field(description="What is wrong.")
    pointer: str = Field(description="Where: a JSON pointer that begins with body, query, path …")


class Misunderstood(RequestValidationError):
    """A request that a route of ours took apart itself, with an ``example`` of a body that it
    would have taken, if there is one."""

    def __init__(self, errors: Sequence[Any], example: Mapping[str, Any] | None) -> None:
        super().__init__(errors)
        self.example = example


def faults(error: RequestValidationError) -> list[Fault]:
    """Each thing that is wrong. Nothing of the request is quoted."""
    return [Fault(detail=in_words(each), pointer=_pointer(each["loc"])) for each in error.errors()]


def example_of(model: object) -> Mapping[str, Any] | None:
    """A body that the model takes, as the API's description shows it; None: it shows none."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return None
    extra = model.model_config.get("json_schema_extra")
    shown = extra.get("examples") if isinstance(extra, dict) else None
    return shown[0] if isinstance(shown, list) and isinstance(shown[0], dict) else None


def in_words(error: Mapping[str, Any]) -> str:
    """What is wrong, for a person.

    >>> in_words({"type": "greater_than_equal", "ctx": {"ge": 100}, "msg": ""})
    'this has to be 100 or more'
    """
    told = error.get("ctx") or {}
    if error["type"] == "string_pattern_mismatch":
        words = IN_WORDS.get(told["pattern"])
        return _PATTERN.format(words=words) if words else _UNKNOWN_PATTERN
    said = _SAID.get(error["type"])
    if said is None:
        return str(error["msg"]).removeprefix("Value error, ")
    return said.format_map(told)


def hint(found: Sequence[Fault], example: Mapping[str, Any] | None) -> str:
    """What to mend, and a body that would be taken, where one is wrong."""
    places = list(dict.fromkeys(fault.pointer.removeprefix("/") for fault in found))
    named = ", ".join(places[:_MOST_NAMED]) + (" …" if len(places) > _MOST_NAMED else "")
    if example and any(place.startswith("body") for place in places):
        return f"mend {named}; this would be taken: {json.dumps(example, ensure_ascii=False)}"
    return f"mend {named}; /openapi.json describes it, with examples"


def _pointer(place: Iterable[str | int]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in place)
