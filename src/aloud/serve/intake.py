"""Intake: what was sent becomes an accepted article. Quick: nothing is fetched, read or spoken.

What came by its address is the same article for everybody. Anything else is known by a digest of
itself, so that nobody can put words of their own under an address that others ask for.
"""

import hashlib
import html
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import assert_never

from aloud import page as pages
from aloud.errors import Conflict, ExtractError, FetchError, NotFound, UsageError
from aloud.extract.kind import Kind, kind
from aloud.fetch.charset import charset_of
from aloud.fetch.http import usable_address
from aloud.fetch.sniff import media_type
from aloud.library.records import Accepted, Request, Source, Wish
from aloud.page import Page
from aloud.serve.jobs import Need
from aloud.serve.models.sent import Options, Sent, SentAddress, SentHtml, SentText
from aloud.serve.service import Service

ACCEPTED = ", ".join(Kind)  # what extraction can read


class UnknownKind(UsageError):
    """A file that nothing here can read."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What was sent, in a form that can be kept."""

    source: Source
    url: str  # normalised; "" where there is none
    page: Page | None  # None: it has to be fetched
    options: Options
    digest: str  # of all of it, options too

    @property
    def identity(self) -> str:
        """What makes two offers the same article."""
        if self.page is None:
            return self.url
        told = json.dumps([self.url, self.page.media_type, self.page.charset]).encode()
        return "sha256:" + hashlib.sha256(told + b"\n" + self.page.body).hexdigest()


def offer(sent: Sent) -> Offer:
    """What came as JSON.

    Raises:
        UsageError: its address cannot be one of an article.
    """
    digest = hashlib.sha256(sent.model_dump_json().encode()).hexdigest()
    url = checked_address(sent.url) if sent.url else ""
    match sent:
        case SentAddress():
            return Offer("url", url, None, sent, digest)
        case SentHtml():
            return Offer("html", url, _page(url, sent.html, "text/html"), sent, digest)
        case SentText():
            return Offer("text", url, _written(url, sent), sent, digest)
        case _:
            assert_never(sent)


def offer_file(body: bytes, declared: str, options: Options) -> Offer:
    """What came as a file. ``declared`` is the media type it was sent with, or "".

    Raises:
        UnknownKind: it cannot be read.
        UsageError: it is empty, or its address cannot be one of an article.
    """
    if not body.strip():
        raise UsageError("the file is empty", hint="send the page or the text itself")
    url = checked_address(options.url) if options.url else ""
    charset = charset_of(body, declared)
    page = Page(url, body, media_type(body, declared, charset), charset, datetime.now(UTC))
    try:
        kind(page)
    except ExtractError as error:
        hint = f"what can be read is {ACCEPTED}"
        raise UnknownKind(error.message, subject=page.media_type, hint=hint) from error
    told = f"{options.model_dump_json()}\n{declared}\n{hashlib.sha256(body).hexdigest()}"
    return Offer("upload", url, page, options, hashlib.sha256(told.encode()).hexdigest())


def accept(service: Service, listener_id: str, offered: Offer, key: str | None) -> Accepted:
    """The article, in the listener's list. ``key`` makes sending it again the same request.

    Its page is kept before the library knows of it: what was accepted is never without.

    Raises:
        Conflict: the key came with something else before.
        LibraryError, ShelfError: it could not be kept, and is not accepted.
    """
    with service.attention.wanted():  # who sends a list of articles waits for each answer
        accepted = _accepted(service, listener_id, offered, key)
    service.wake()
    return accepted


def _accepted(service: Service, listener_id: str, offered: Offer, key: str | None) -> Accepted:
    request = Request(key, offered.digest) if key is not None else None
    if request is not None:
        service.library.requests.find(listener_id, request)  # raises before anything is kept
    kept = service.shelf.keep("pages", pages.to_bytes(offered.page)) if offered.page else None
    options = offered.options
    try:
        accepted = service.library.articles.accept(
            listener_id,
            url=offered.url,
            source=offered.source,
            identity=offered.identity,
            page_key=kept,
            request=request,
            narrate=_wish(options) if options.narrate else None,
            tags=tuple(options.tags),
            queue=options.queue,
        )
    except (Conflict, NotFound, UsageError):
        # Of any other failure nobody knows whether it came before or after the commit.
        if kept is not None:
            service.drop([kept])
        raise
    there = accepted.article.page_key
    if kept is not None and there != kept and not (there and service.shelf.has(there)):
        # The same was sent before, and its page was lost since: here it is again.
        service.library.articles.keep_page(accepted.article.id, kept)
    elif kept is not None and there != kept:
        service.drop([kept])  # the same was sent before
    return accepted


def _wish(options: Options) -> Wish:
    return Wish(options.voice, Need.QUEUE if options.queue else Need.ARCHIVE)


def checked_address(url: str) -> str:
    """An address as it will be asked for: normalised, without its fragment. Nothing is looked up.

    Raises:
        UsageError: it cannot be one of a page.
    """
    try:
        checked = usable_address(url)
    except FetchError as error:
        raise UsageError(error.message, subject=error.subject, hint=error.hint) from error
    # "http://news.example" and "http://news.example/" are one page.
    return str(checked.copy_with(path="/") if checked.path == "/" else checked)


def _written(url: str, sent: SentText) -> Page:
    """A text as a page. Only markup says for certain what its headline and its language are; lines
    that were broken at a width are left to the reader of plain text, who joins them again."""
    title, lines = sent.title or "", sent.text.splitlines()
    broken = any(line.strip() and below.strip() for line, below in pairwise(lines))
    if sent.language is None and (broken or not title):
        return _page(url, f"{title}\n\n{sent.text}" if title else sent.text, "text/plain")
    language = f' lang="{sent.language}"' if sent.language else ""
    head = f"<h1>{html.escape(title)}</h1>\n" if title else ""
    body = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines if line.strip())
    return _page(
        url,
        f"<!doctype html>\n<html{language}><head><title>{html.escape(title)}</title></head>\n"
        f"<body><article>\n{head}{body}\n</article></body></html>\n",
        "text/html",
    )


def _page(url: str, text: str, media_type: str) -> Page:
    return Page(url, text.encode(), media_type, "utf-8", datetime.now(UTC))
