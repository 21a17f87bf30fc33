"""Complaints: errors as OpenAI's clients read them, for every address below /v1."""

import json
from http import HTTPStatus

from pydantic import BaseModel, Field

MEDIA_TYPE = "application/json"
INVALID, SERVER = "invalid_request_error", "server_error"
# What these clients look for; of other statuses the kind of the problem is the code.
_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


class Complaint(BaseModel):
    """What failed, and what to do about it."""

    message: str
    type: str
    param: str | None = Field(default=None, description="The field that is wrong.")
    code: str | None = None


class ErrorAnswer(BaseModel):
    """An error as OpenAI's clients read it."""

    error: Complaint


def speaks_openai(path: str) -> bool:
    """Whether whoever asks for this path reads errors in OpenAI's shape."""
    return path == "/v1" or path.startswith("/v1/")


def complaint(status: int, message: str, param: str | None = None, code: str = "") -> ErrorAnswer:
    """An error in OpenAI's shape; ``code`` is the kind of failure, "" where it has none."""
    kind = INVALID if status < HTTPStatus.INTERNAL_SERVER_ERROR else SERVER
    told = _CODES.get(status, code) or None
    return ErrorAnswer(error=Complaint(message=message, type=kind, param=param, code=told))


def written(answer: ErrorAnswer) -> bytes:
    """Its JSON."""
    # Not the model's own: half of a surrogate pair, sent to us escaped, would fail it.
    return json.dumps(answer.model_dump()).encode()
