"""Hints: what to do next, for somebody who has this service before them and not its machine.

The rooms advise whoever sits at the machine, by commands and options. Here each of those becomes
what the API has for it; what has no counterpart is for the owner, and that is said. Sentences are
left as they are: only what would have to be typed is known here.
"""

import re
from collections.abc import Mapping

# Commands and options as hints name them, and what does the same over HTTP.
_OVER_HTTP = tuple(
    (re.compile(typed), asked)
    for typed, asked in (
        (r"\baloud voices\b", "GET /api/voices"),
        (r"\baloud article\b", "GET /api/articles/{id}"),
        (r"\baloud library listeners\b", "GET /api/listeners"),
        (r"\baloud library tokens\b", "GET /api/tokens"),
        (r"(?<!\S)--voice\b", "the field voice"),
        (r"(?<!\S)--charset NAME\b", "charset=NAME in the Content-Type of the file"),
        (r"(?<!\S)--allow (\S+)", r"ALOUD_FETCH_ALLOW=\1"),
    )
)
_OWNERS = re.compile(
    r"\baloud (?:doctor|library|serve|shelf)\b|\bALOUD_[A-Z]|\bpip install\b|\bcreatedb\b"
)
_FOR_THE_OWNER = " (commands and settings are for whoever runs this service)"

# For failures that bring no advice of their own.
_BY_STATUS: Mapping[int, str] = {
    400: "send what /openapi.json describes; JSON goes with Content-Type: application/json",
    401: "send a token as: Authorization: Bearer <token>; whoever runs this service gives one out",
    403: "use a token with the role manage, or ask whoever manages this service",
    404: "GET /api/articles lists the articles, and /openapi.json every address there is",
    405: "use one of the methods in the header Allow",
    408: "send it again, all at once",
    409: "look at how it stands now, and ask for what is still wanted",
    410: "ask for it anew: it has changed since",
    412: "leave If-Match out, or ask the article for its recordings again",
    413: "send less at once: the article's own text is enough",
    415: "send it as JSON, with Content-Type: application/json",
    416: "ask for a range that begins before the end, which Content-Range tells",
    421: "call the service by a name it has; its owner adds names with ALOUD_SERVE_NAMES",
    422: "mend what `errors` names; /openapi.json describes every field, with examples",
    429: "wait for the seconds that Retry-After says, and send it again",
    500: "it is a fault of the service: please report it; its log says more",
    502: "check the address, or try again later",
    503: "send it again after the seconds that Retry-After says",
    507: "whoever runs this service has to make room on its disk; nothing that was kept is lost",
}
_OTHERWISE = "/openapi.json describes every address there is"


def over_http(hint: str) -> str:
    """A room's hint for somebody who can only send requests. Once more changes nothing.

    >>> over_http("choose a voice from: aloud voices")
    'choose a voice from: GET /api/voices'
    >>> over_http("ALOUD_FETCH_TIMEOUT=60")
    'ALOUD_FETCH_TIMEOUT=60 (commands and settings are for whoever runs this service)'
    """
    for typed, asked in _OVER_HTTP:
        hint = typed.sub(asked, hint)
    if _OWNERS.search(hint) and not hint.endswith(_FOR_THE_OWNER):
        hint += _FOR_THE_OWNER
    return hint


def of_status(status: int, allowed: str = "") -> str:
    """What to do about an answer of this status; ``allowed`` are the methods of a 405."""
    if allowed:
        return f"this address takes {allowed}"
    return _BY_STATUS.get(status, _OTHERWISE)
