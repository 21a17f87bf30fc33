"""Robots: what a site lets programs fetch on their own, and how often.

It binds what Aloud fetches by itself: feeds that are followed, their items, sitemaps. A page that
a listener asked for is fetched once, without asking here.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from protego import Protego

from aloud.errors import FetchError
from aloud.fetch.http import Answer, ask
from aloud.settings import Settings

AGENT = "Aloud"
MOST_REDIRECTS = 5  # RFC 9309, 2.3.1.2
MOST_BYTES = 500 * 1024  # that are read of it: RFC 9309, 2.5
KEPT = 24 * 3600.0  # seconds: RFC 9309, 2.4
RETRY = 1800.0  # seconds until a site is asked again that did not answer
LONGEST_DELAY = 3600.0  # seconds; who asks for more than an hour has made a mistake of units
_MOST_SITES = 1000  # that are remembered
_TOO_MANY_REQUESTS = 429

_AGENT_LINE = re.compile(r"\s*user[- ]?agent\s*[:\s]\s*(?P<token>\*|[\w-]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site asks of us."""

    parsed: Protego | None = None  # None: nothing
    answered: bool = True  # whether the site could be asked at all

    @property
    def delay(self) -> float:
        """The least time between two requests, in seconds."""
        asked_for = self.parsed.crawl_delay(AGENT) if self.parsed else None
        return min(asked_for or 0.0, LONGEST_DELAY)

    def refusal(self, url: str) -> str | None:
        """Why a program may not fetch ``url``, in words; None where it may.

        >>> read(b"User-agent: *\\nDisallow: /a").refusal("https://news.example/a/b")
        'its robots.txt does not let programs fetch it'
        """
        if not self.answered:
            return "its robots.txt could not be read, and forbids until it can be"
        if self.parsed is None or self.parsed.can_fetch(url, AGENT):
            return None
        return "its robots.txt does not let programs fetch it"


_UNANSWERED = Rules(answered=False)


def rules_of(answer: Answer) -> Rules:
    """What an answer to the question for /robots.txt means. Source: RFC 9309, 2.3.1."""
    if 200 <= answer.status < 300:
        return read(answer.body)
    # RFC 9309 counts "too many requests" among the answers that allow all. Nobody means it so.
    if answer.status >= 500 or answer.status == _TOO_MANY_REQUESTS:
        return _UNANSWERED
    return Rules()


def read(robots_txt: bytes) -> Rules:
    """The rules in a robots.txt. Total: a line that means nothing is left out."""
    text = robots_txt[:MOST_BYTES].decode("utf-8-sig", "replace")
    return Rules(Protego.parse("\n".join(map(_ours_or_anothers, text.splitlines()))))


def _ours_or_anothers(line: str) -> str:
    # Protego keeps a list of rules for every agent: a file that names 20,000 agents before as many
    # rules would fill the memory. It also takes "a" for "Aloud": we want the whole name.
    found = _AGENT_LINE.match(line)
    if not found:
        return line
    token = found["token"].lower()
    return f"User-agent: {token if token in ('*', AGENT.lower()) else 'another'}"


@dataclass(frozen=True, slots=True)
class _Site:
    rules: Rules
    until: float  # seconds of the clock: to be asked again then


_Known = TypeVar("_Known")


class Robots:
    """The rules of the sites met so far, and when each was last asked. For one thread."""

    def __init__(
        self,
        settings: Settings,
        *,
        ask: Callable[..., Answer] = ask,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._ask = ask
        self._clock = clock
        self._sites: dict[str, _Site] = {}
        self._asked: dict[str, float] = {}

    def refusal(self, url: str) -> str | None:
        """Why ``url`` may not be fetched, in words; None where it may. May ask the site first."""
        return self.rules(url).refusal(url)

    def wait(self, url: str) -> float:
        """Seconds until the site of ``url`` may be asked for anything again."""
        last = self._asked.get(_site(url))
        if last is None:
            return 0.0
        return max(0.0, last + self.rules(url).delay - self._clock())

    def asked(self, url: str) -> None:
        """Notes that the site of ``url`` has been asked for something now."""
        _remember(self._asked, _site(url), self._clock())

    def rules(self, url: str) -> Rules:
        """What the site of ``url`` asks of us. May ask the site first."""
        site, now = _site(url), self._clock()
        known = self._sites.get(site)
        if known is not None and now < known.until:
            return known.rules
        rules = self._found(site)
        until = now + (KEPT if rules.answered else RETRY)
        if known is not None and not rules.answered:
            rules = known.rules  # what a site asked for holds while it does not answer
        _remember(self._sites, site, _Site(rules, until))
        return rules

    def _found(self, site: str) -> Rules:
        try:
            answer = self._ask(
                f"{site}/robots.txt",
                self._settings,
                accept="text/plain,*/*;q=0.5",
                most_redirects=MOST_REDIRECTS,
            )
        except FetchError:
            return _UNANSWERED
        return rules_of(answer)


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _remember(memory: dict[str, _Known], site: str, known: _Known) -> None:
    memory.pop(site, None)
    memory[site] = known
    if len(memory) > _MOST_SITES:
        del memory[next(iter(memory))]  # the one that was met first
