"""Advice: what a failed fetch means for the listener, and what to do about it."""

import ssl
from collections.abc import Mapping

import httpcore

from aloud.errors import FetchError, FetchLater

SAVE_IT = "save the page in your browser and give the file to aloud"

# status: what failed, what to do
_STATUS = {
    401: ("the page wants a login", SAVE_IT),
    402: ("the page is for subscribers", SAVE_IT),
    403: ("the server does not give this page to programs", SAVE_IT),
    404: ("there is no such page", "check the address"),
    410: ("the page has been taken down", "look for a copy in an archive and give its address"),
    451: ("the page may not be shown here for legal reasons", SAVE_IT),
}


def for_status(status: int, headers: Mapping[str, str], url: str) -> FetchError:
    """What an answer other than a page means. ``headers`` are looked up as they come, by name."""
    if status == 429:
        message, hint = "too many requests for this server", f"try again {_when(headers)}"
    elif status in _STATUS:
        message, hint = _STATUS[status]
    elif status >= 500:
        message, hint = (
            "the server is in trouble",
            f"it is not your doing: try again {_when(headers)}",
        )
    elif status >= 400:
        message, hint = "the server does not accept the request", SAVE_IT
    else:
        message, hint = "the server answered with something that is not a page", SAVE_IT
    kind = FetchLater if status == 429 or status >= 500 else FetchError
    return kind(f"{message} (HTTP {status})", subject=url, hint=hint)


def _when(headers: Mapping[str, str]) -> str:
    after = headers.get("retry-after", "").strip()[:60]
    if after.isdecimal():
        return f"after {after} seconds"
    return f"after {after}" if after else "later"


def for_failure(error: Exception, url: str, timeout: float) -> FetchError:
    """What a connection that failed means. ``timeout`` is the whole time there was, in seconds."""
    if isinstance(error, httpcore.TimeoutException):
        return FetchLater(
            f"the page did not come within {timeout:g} seconds",
            subject=url,
            hint=f"try again, or give it longer: ALOUD_FETCH_TIMEOUT={max(1, round(3 * timeout))}",
        )
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return FetchError(
            f"the server cannot prove who it is ({cause.verify_message})",
            subject=url,
            hint=f"check this machine's clock and the address; or {SAVE_IT}",
        )
    if isinstance(cause, ssl.SSLError):
        return FetchError(
            f"no secure connection ({cause.reason or cause})",
            subject=url,
            hint="if the site has no https, give its http address",
        )
    if isinstance(cause, ConnectionRefusedError):
        return FetchLater(
            "nobody answers at this address: connection refused",
            subject=url,
            hint="check the address and the port, and whether the server is running",
        )
    if isinstance(error, httpcore.ConnectError):
        return FetchLater(
            f"the server cannot be reached ({error})",
            subject=url,
            hint="check whether this machine is online, and try again later",
        )
    return FetchLater(
        f"the page did not arrive whole ({error})", subject=url, hint=f"try again; or {SAVE_IT}"
    )
