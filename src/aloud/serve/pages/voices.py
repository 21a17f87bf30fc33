"""Voices: who can speak, by language, to be heard and chosen."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from anyio.to_thread import run_sync
from babel import Locale
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from aloud.errors import UsageError
from aloud.library.records import Preferences
from aloud.serve.models.listening import PreferencesChange
from aloud.serve.pages.article import failure
from aloud.serve.pages.forms import Fields, see
from aloud.serve.pages.show import reader, show
from aloud.serve.routes.asking import Held, Me, speaking
from aloud.serve.routes.listening import patch_preferences
from aloud.serve.service import Service
from aloud.speech import Voice

router = APIRouter(include_in_schema=False)
_NEWEST = 50  # articles of the list, whose languages the listener seems to read
# Tags of voices that articles name otherwise: "zh" stands on a page that is read in Mandarin.
_WRITTEN_AS = {"cmn": "zh"}


@dataclass(frozen=True, slots=True)
class Offered:
    """A voice, and how much of it is here."""

    voice: Voice
    here: float = 1.0  # share of its data, 0 to 1: below that it has to be installed first

    @property
    def engine(self) -> str:
        return self.voice.id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language and who speaks it."""

    tag: str  # primary subtag of BCP 47, as preferences name it
    name: str  # in the language of the page; in English where that has no name for it
    voices: tuple[Offered, ...]
    chosen: str  # id of the listener's voice for it, or ""
    mine: bool  # the listener reads it, as far as can be told

    @property
    def words(self) -> str:
        """All by which it can be found, in small letters."""
        names = (f"{each.voice.name} {each.voice.language} {each.engine}" for each in self.voices)
        return f"{self.name} {self.tag} {' '.join(names)}".casefold()


@router.get("/voices")
async def voices(
    request: Request, me: Me, service: Held, q: Annotated[str, Query(max_length=100)] = ""
) -> HTMLResponse:
    """All voices, those of the listener's languages first. ``q`` leaves those that it finds."""
    found = await everybody(service)
    here = await run_sync(reader, request)
    accepted = request.headers.get("accept-language", "")
    read = await run_sync(_read, service, me.listener.id)
    mine = {*_primaries(accepted), *_primaries(",".join(read)), here.language}
    every = tongues(found, here.preferences, here.locale, mine)
    shown = [each for each in every if all(word in each.words for word in q.casefold().split())]
    return await run_sync(lambda: show(request, "voices", tongues=shown, q=q, total=len(found)))


@router.post("/voices")
def choose(request: Request, me: Me, service: Held, form: Fields) -> Response:
    """The voice of a language from now on; none named: the usual one."""
    language = form.get("language", "")
    try:
        _choose(service, me, language, form.get("voice", ""))
    except UsageError as error:
        return failure(request, error)
    return see(f"/voices#lang-{language}")


async def everybody(service: Service) -> tuple[Voice, ...]:
    """All who can be chosen. Asked of the engines only where it is not known already."""
    known = service.catalogue.at_once()
    return known if known is not None else await speaking(service.catalogue.voices)


def tongues(
    found: Iterable[Voice], preferences: Preferences, locale: Locale, mine: Iterable[str]
) -> list[Tongue]:
    """The voices by language: first the listener's own languages, then all by name."""
    by_tag: dict[str, list[Voice]] = {}
    for voice in found:
        by_tag.setdefault(primary(voice.language), []).append(voice)
    chosen = dict(preferences.voices)
    own = {*mine, *chosen}
    made = [_tongue(tag, those, chosen, locale, tag in own) for tag, those in by_tag.items()]
    return sorted(made, key=lambda each: (not each.mine, each.name.casefold()))


def primary(tag: str) -> str:
    """A language without its place and script, as preferences and articles name it.

    >>> primary("en-GB-scotland"), primary("cmn-latn-pinyin")
    ('en', 'zh')
    """
    first = tag.strip().lower().partition("-")[0]
    return _WRITTEN_AS.get(first, first)


def _tongue(
    tag: str, voices: list[Voice], chosen: Mapping[str, str], locale: Locale, mine: bool
) -> Tongue:
    name = locale.languages.get(tag) or voices[0].name
    offered = tuple(Offered(voice) for voice in voices)
    return Tongue(tag, name[:1].upper() + name[1:], offered, chosen.get(tag, ""), mine)


def _read(service: Service, listener: str) -> list[str]:
    newest = service.library.articles.entries(listener, limit=_NEWEST).entries
    return [entry.summary.language for entry in newest if entry.summary]


def _primaries(tags: str) -> list[str]:
    """The languages of a list like an Accept-Language header.

    >>> _primaries("de-AT,de;q=0.9, cmn")
    ['de', 'de', 'zh']
    """
    firsts = (primary(part.partition(";")[0]) for part in tags.split(","))
    return [first for first in itertools.islice(firsts, _NEWEST) if first]


def _choose(service: Service, me: Me, language: str, voice: str) -> None:
    try:
        change = PreferencesChange.model_validate({"voices": {language: voice or None}})
    except ValidationError as error:
        hint = "choose one from the list of voices"
        raise UsageError("this is no voice of a language", subject=voice, hint=hint) from error
    patch_preferences(change, me, service)
