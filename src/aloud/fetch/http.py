"""HTTP: one page by one address, its redirects followed, every step of it guarded.

Knows no files, sends no cookies and no password, uses no proxy, and reads no environment.
A redirect from https to http is followed, as browsers follow it: nothing secret is sent along.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from ssl import SSLContext

import httpcore
import httpx

from aloud import __version__
from aloud.errors import AddressRefused, FetchError
from aloud.fetch.address import allowances
from aloud.fetch.advice import SAVE_IT, for_failure, for_status
from aloud.fetch.charset import charset_of
from aloud.fetch.decode import ACCEPTED, decode
from aloud.fetch.guard import Deadline, GuardedBackend, Resolver, system_resolver
from aloud.fetch.size import gather, too_large
from aloud.fetch.sniff import media_type
from aloud.page import Page
from aloud.settings import Settings

MOST_REDIRECTS = 10
A_PAGE = "text/html,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.7"

_ASKING = {
    "User-Agent": f"Aloud/{__version__}",
    "Accept-Encoding": ACCEPTED,
    "Connection": "close",
}
_NAME = re.compile(rb"[a-z0-9._-]+")  # in ASCII, other alphabets being spelt xn--…
_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the last request got: its body is b"" where the status makes it no page."""

    url: str  # after redirects
    status: int
    headers: httpx.Headers
    body: bytes


def fetch_url(
    source: str,
    settings: Settings,
    *,
    previous: Page | None = None,
    charset: str | None = None,
    resolve: Resolver = system_resolver,
    network: httpcore.NetworkBackend | None = None,
) -> Page:
    """The page at an http or https address; ``previous``, freshly dated, where it is unchanged.

    ``resolve`` and ``network`` stand in for the system's in tests.

    Raises:
        AddressRefused: the address, or one it redirects to, may not be asked. Nothing was sent.
        TooLarge: more than ``settings.fetch_max_bytes`` once unpacked.
        FetchError: anything else that kept the whole page from arriving.
    """
    answer = ask(source, settings, previous=previous, resolve=resolve, network=network)
    if answer.status in _REDIRECTS:
        raise FetchError(
            f"the page redirects more than {MOST_REDIRECTS} times",
            subject=source,
            hint="give the address that your browser ends at",
        )
    return page_of(answer, previous=previous, charset=charset)


def ask(
    source: str,
    settings: Settings,
    *,
    previous: Page | None = None,
    accept: str = A_PAGE,
    most_redirects: int = MOST_REDIRECTS,
    resolve: Resolver = system_resolver,
    network: httpcore.NetworkBackend | None = None,
) -> Answer:
    """What an http or https address answers, whatever its status; after the last redirect that
    is followed, that redirect itself.

    Of ``previous`` only the address and what it gave for the next request matter, so that it may
    be without its body. Where it is unchanged the status is 304.

    Raises:
        AddressRefused, TooLarge, FetchError: no whole answer came. A status is none of these.
    """
    deadline = Deadline(time.monotonic() + settings.fetch_timeout)
    guard = GuardedBackend(deadline, allowances(settings.fetch_allow), resolve, network)
    url = usable_address(source)
    seen: list[httpx.URL] = []
    while True:
        asking = {"Accept": accept, **_conditions(_known(str(url), previous))}
        try:
            answer = _ask(url, guard, settings, asking)
        except AddressRefused as error:
            if not seen:
                raise
            raise _blamed(error, seen[-1]) from error
        if answer.status not in _REDIRECTS or len(seen) == most_redirects:
            return answer
        seen.append(url)
        url = _next(url, answer.headers, seen)


def page_of(answer: Answer, *, previous: Page | None = None, charset: str | None = None) -> Page:
    """The page that an answer holds; ``previous``, freshly dated, where it is unchanged.

    Raises:
        FetchError: the answer is no page, or not a whole one.
    """
    now = datetime.now(UTC)
    known = _known(answer.url, previous)
    if answer.status == 304 and known is not None:
        return replace(known, fetched=now, charset=charset or known.charset)
    # 206 is a part of a page, and we asked for all of it.
    if not 200 <= answer.status < 300 or answer.status == 206:
        raise for_status(answer.status, answer.headers, answer.url)
    declared = answer.headers.get("content-type", "")
    charset = charset or charset_of(answer.body, declared)
    return Page(
        url=answer.url,
        body=answer.body,
        media_type=media_type(answer.body, declared, charset),
        charset=charset,
        fetched=now,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
    )


def _known(url: str, previous: Page | None) -> Page | None:
    # A tag is a secret of the address that gave it: elsewhere the same one may mean another.
    return previous if previous is not None and previous.url == url else None


def _ask(
    url: httpx.URL, guard: GuardedBackend, settings: Settings, asking: dict[str, str]
) -> Answer:
    target = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    headers = {"Host": url.netloc.decode("ascii"), **_ASKING, **asking}
    # A dot at the end of a host is the DNS's business: no certificate carries it.
    extensions = {"sni_hostname": url.raw_host.decode("ascii").rstrip(".")}
    tls = _tls() if url.scheme == "https" else None
    with (
        _failing_with_advice(str(url), settings.fetch_timeout),
        # Not a pool: ConnectionPool drops the causes of what goes wrong in the guard.
        httpcore.HTTPConnection(target.origin, tls, network_backend=guard) as connection,
        connection.stream(
            "GET", target, headers=list(headers.items()), extensions=extensions
        ) as response,
    ):
        received = httpx.Headers(response.headers)
        body = b""
        if 200 <= response.status < 300:
            body = _body(response, received, settings.fetch_max_bytes, str(url))
        return Answer(str(url), response.status, received, body)


def _body(response: httpcore.Response, headers: httpx.Headers, limit: int, url: str) -> bytes:
    encoding = headers.get("content-encoding", "")
    length = headers.get("content-length", "")
    if not encoding and length.isdecimal() and int(length) > limit:
        raise too_large(limit, url)
    return gather(decode(response.iter_stream(), encoding, url), limit, url)


def _conditions(known: Page | None) -> dict[str, str]:
    if known is None:
        return {}
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    # A tag in other letters cannot be sent back as it came, so the page is fetched anew.
    return {name: value for name, value in conditions.items() if value and value.isascii()}


def usable_address(text: str, start: httpx.URL | None = None) -> httpx.URL:
    """An address that may be asked, without its fragment; seen from ``start`` in a redirect.
    Nothing is looked up.

    Raises:
        FetchError: it is none of a page, and why.
    """
    try:
        url = (start.join(text) if start else httpx.URL(text)).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(
            f"this is not an address ({error})", subject=text[:200], hint="check the spelling"
        ) from error
    if url.userinfo:
        # Told apart from the host by one character, it is what a false address hides behind.
        raise FetchError(
            "the address holds a name or a password",
            subject=str(url.copy_with(userinfo=b"")),
            hint=f"take out all up to the @; if the page wants a login, {SAVE_IT}",
        )
    if url.scheme not in ("http", "https"):
        raise FetchError(
            f"{url.scheme or 'such'} addresses cannot be fetched",
            subject=str(url)[:200],
            hint="give the http or https address of the article itself",
        )
    named = ":" in url.host or _NAME.fullmatch(url.raw_host)
    if not named or not (url.port is None or 0 < url.port < 65536):
        raise FetchError(
            "the address has no usable host and port", subject=str(url), hint="check the spelling"
        )
    return url


def _next(url: httpx.URL, headers: httpx.Headers, seen: list[httpx.URL]) -> httpx.URL:
    location = headers.get("location")
    if not location:
        raise FetchError(
            "the page redirects to nowhere", subject=str(url), hint=f"try again later; or {SAVE_IT}"
        )
    target = usable_address(location, url)
    if target in seen:
        raise FetchError(
            "the page redirects in a circle",
            subject=str(target),
            hint=f"it probably wants cookies or a login: {SAVE_IT}",
        )
    return target


def _blamed(error: AddressRefused, sender: httpx.URL) -> AddressRefused:
    return AddressRefused(
        f"{error.message} (redirected from {sender})", subject=error.subject, hint=error.hint
    )


@cache
def _tls() -> SSLContext:
    # certifi's authorities and the system's: an intranet's own authority lies with the system.
    return httpcore.default_ssl_context()


@contextmanager
def _failing_with_advice(url: str, timeout: float) -> Iterator[None]:
    try:
        yield
    except (
        httpcore.TimeoutException,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
    ) as error:
        raise for_failure(error, url, timeout) from error
