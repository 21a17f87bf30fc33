"""Show: a template with its facts, in the reader's language, as an answer."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from aloud.library.records import Bearer, Preferences
from aloud.serve.pages import assets, languages
from aloud.serve.service import Service

NORMAL_WPM = 200.0  # which is 1.00x
_SMALL = 1400  # bytes, which travel in one packet anyway
THEMES = ("light", "dark")  # besides "", which is the browser's


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a page, and how they like it."""

    name: str | None  # of the listener; None: nobody is known to be there yet
    by_session: bool  # they logged in and can log out
    preferences: Preferences
    language: str  # of the page, one of `languages.tags`
    theme: str  # one of `THEMES`, or "" for the browser's own

    @property
    def locale(self) -> Locale:
        return languages.locale(self.language)

    @property
    def wpm(self) -> float:
        """At which they listen, in spoken words a minute."""
        return self.preferences.wpm or NORMAL_WPM


def reader(request: Request) -> Reader:
    """Who asks for this page."""
    bearer = request.scope.get("state", {}).get("bearer")
    known = isinstance(bearer, Bearer)
    service: Service = request.app.state.service
    preferences = (
        service.library.listeners.preferences(bearer.listener.id) if known else Preferences()
    )
    accepted = request.headers.get("accept-language", "")
    theme = request.cookies.get("theme", "")
    return Reader(
        name=bearer.listener.name if known else None,
        by_session=known and bearer.token_id is not None and "cookie" in request.headers,
        preferences=preferences,
        language=languages.chosen(preferences.locale, accepted),
        theme=theme if theme in THEMES else "",
    )


def show(request: Request, template: str, status: int = 200, **facts: object) -> HTMLResponse:
    """The page of that name. What every template is told besides ``facts``: ``reader``, ``path``
    (of the page) and what `_environment` gives."""
    read_by = reader(request)
    page = _environment(read_by.language).get_template(f"{template}.html")
    body = page.render(reader=read_by, path=request.url.path, **facts).encode()
    headers = {"Content-Language": read_by.language, "Vary": "Accept-Encoding"}
    if len(body) > _SMALL and "gzip" in request.headers.get("accept-encoding", ""):
        # Nothing secret stands beside what others may put in: its length tells them nothing.
        body = gzip.compress(body, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return HTMLResponse(body, status, headers)


def player_words(language: str) -> dict[str, str]:
    """The strings of the player by their names, in one of `languages.tags`."""
    catalogue = languages.catalogue(language)
    return {name: catalogue.gettext(said) for name, said in assets.player_words().items()}


@cache
def _environment(language: str) -> Environment:
    locale = languages.locale(language)
    made = Environment(
        loader=PackageLoader("aloud.serve"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    install: Callable[..., None] = made.install_gettext_translations  # type: ignore[attr-defined]
    install(languages.catalogue(language), newstyle=True)
    given: dict[str, Any] = {
        "asset": assets.address,
        "locale": locale,
        "right_to_left": locale.text_direction == "rtl",
    }
    made.globals.update(given)
    made.filters["day"] = lambda moment: _day(moment, locale)
    made.filters["moment"] = lambda moment: format_datetime(moment, "medium", locale=locale)
    made.filters["minutes"] = _minutes
    made.filters["number"] = lambda number: format_decimal(number, locale=locale)
    made.filters["percent"] = lambda part: format_percent(part, locale=locale)
    made.filters["language"] = lambda tag: _language(tag, locale)
    return made


def _day(moment: datetime, locale: Locale) -> str:
    """A date as one writes it: 5 March 2024."""
    return format_date(moment, "long", locale=locale)


def _minutes(seconds: float) -> str:
    """A length as players show it: 12:05, 1:02:03."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _language(tag: str, locale: Locale) -> str:
    """What a BCP 47 tag is called: British English."""
    parts = tag.split("-")
    for length in (len(parts), 1):
        try:
            named = Locale.parse("_".join(parts[:length])).get_display_name(locale)
        except (ValueError, UnknownLocaleError):
            continue
        if named:
            return str(named)
    return str(locale.languages.get(parts[0], tag))
