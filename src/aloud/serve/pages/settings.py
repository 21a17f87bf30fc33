"""Settings: how the listener likes it. Each part is kept at once, with a script or without."""

from collections.abc import Callable
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from aloud import pace
from aloud.article import OPTIONAL_ROLES
from aloud.errors import AloudError, UnknownVoice, UsageError
from aloud.library.records import LexiconEntry
from aloud.script import Saying
from aloud.serve import problems, samples
from aloud.serve.models.listening import PreferencesChange, SayingIn
from aloud.serve.models.words import Id
from aloud.serve.pages import languages
from aloud.serve.pages.forms import Fields, by_hand, see
from aloud.serve.pages.show import THEMES, Reader, reader, show
from aloud.serve.pages.voices import everybody, tongues
from aloud.serve.routes.asking import Held, Manager, Me, speaking
from aloud.serve.routes.listening import patch_preferences
from aloud.serve.routes.people import delete_token
from aloud.serve.service import Service
from aloud.speech import Voice

router = APIRouter(include_in_schema=False)
_YEAR = 31_536_000  # seconds
_ENGLISH = "en"
Short = Annotated[str, Query(max_length=200)]


@router.get("/settings")
async def settings(
    request: Request, me: Me, service: Held, was: Annotated[str, Query(max_length=35)] = ""
) -> HTMLResponse:
    """All of them. ``was``: the language that the pages were in just now, to go back to."""
    return await _shown(request, me, service, was=was if was in languages.tags() else "")


@router.post("/settings/speed")
async def set_speed(request: Request, me: Me, service: Held, form: Fields) -> Response:
    """Of all that is heard from now on."""
    wish = form.get("pace") or form.get("wpm", "")
    return await _kept(request, me, service, {"wpm": _number(wish)}, "#speed")


@router.post("/settings/roles")
async def set_roles(request: Request, me: Me, service: Held, form: Fields) -> Response:
    """What is read aloud and what is only shown."""
    roles = {role.value: form.get(role.value) or None for role in OPTIONAL_ROLES}
    return await _kept(request, me, service, {"roles": roles}, "#roles")


@router.post("/settings/pages")
async def set_pages(request: Request, me: Me, service: Held, form: Fields) -> Response:
    """The language and the colours of the pages."""
    before = (await run_sync(reader, request)).language
    tag, theme = form.get("locale", ""), form.get("theme", "")
    answer = await _kept(request, me, service, {"locale": tag or None}, f"?was={before}#pages")
    colours, age = (theme, _YEAR) if theme in THEMES else ("", 0)
    answer.headers["Set-Cookie"] = f"theme={colours}; Path=/; Max-Age={age}; SameSite=Lax"
    return answer


@router.post("/settings/lexicon")
async def add_saying(request: Request, me: Me, service: Held, form: Fields) -> Response:
    """One more word that is said in the listener's way."""

    def add() -> None:
        said = _saying(form)
        service.library.lexicon.add(me.listener.id, said.written, said.spoken, said.language)

    return await _done(request, me, service, add, "#lexicon")


@router.post("/settings/lexicon/{id}")
async def change_saying(
    request: Request, id: Annotated[Id, Path()], me: Me, service: Held, form: Fields
) -> Response:
    """Another way to say it, or none any more."""

    def change() -> None:
        if form.get("do") == "delete":
            service.library.lexicon.remove(me.listener.id, id)
            return
        said = _saying(form)
        entry = LexiconEntry(id, said.written, said.spoken, said.language)
        service.library.lexicon.update(me.listener.id, entry)

    return await _done(request, me, service, change, "#lexicon")


@router.get("/settings/said.mp3", dependencies=[Depends(by_hand)])
async def said_aloud(
    me: Me, service: Held, written: Short = "", spoken: Short = "", language: Short = ""
) -> Response:
    """A word as it would be said, before it is kept, by who speaks its language to the listener."""

    def made() -> bytes:
        said = _proper(written, spoken, language)
        voice = service.work.voice_of(me.listener.id, said.language or _ENGLISH)
        saying = Saying(said.written, said.spoken, said.language)
        return samples.of_saying(service, saying, voice.id)

    sound = await speaking(made)
    return Response(sound, media_type="audio/mpeg", headers={"Cache-Control": "no-store"})


@router.post("/settings/tokens/{id}")
def take_back(id: Annotated[Id, Path()], me: Manager, service: Held) -> Response:
    """Who held this token is a stranger from now on."""
    delete_token(id, me, service)
    return see("/settings#tokens")


async def _shown(
    request: Request,
    me: Me,
    service: Service,
    error: AloudError | None = None,
    was: str = "",
) -> HTMLResponse:
    found = await everybody(service)
    here = await run_sync(reader, request)
    voice = await speaking(lambda: _voice(service, me, here))

    def page() -> HTMLResponse:
        listeners = service.library.listeners
        status = problems.of(error).status if error else 200
        return show(
            request, "settings", status,
            speed=pace.label(here.wpm), hard=pace.HARD_TO_FOLLOW_WPM, voice=voice,
            tongues=tongues(found, here.preferences, here.locale, ()),
            sayings=service.library.lexicon.list(me.listener.id),
            roles=dict(here.preferences.roles), names=_names(), was=was,
            tokens=listeners.tokens() if me.role == "manage" else (), mine=me.token_id,
            problem=error.message if error else "", hint=error.hint if error else "",
        )  # fmt: skip

    return await run_sync(page)


async def _kept(
    request: Request, me: Me, service: Service, changed: dict[str, object], part: str
) -> Response:
    """Preferences are ``changed``; back to that part of the page."""

    def keep() -> None:
        try:
            change = PreferencesChange.model_validate(changed)
        except ValidationError as error:
            said = "this cannot be chosen"
            raise UsageError(said, hint="choose from what the page offers") from error
        patch_preferences(change, me, service)

    return await _done(request, me, service, keep, part)


async def _done(
    request: Request, me: Me, service: Service, work: Callable[[], None], part: str
) -> Response:
    """Back to that part of the page when it is done, or the page with what is wrong."""
    try:
        await run_sync(work)
    except AloudError as error:
        return await _shown(request, me, service, error)
    return see(f"/settings{part}")


def _voice(service: Service, me: Me, here: Reader) -> Voice:
    """Who speaks the language of the page: speeds are tried on a sentence of theirs."""
    try:
        return service.work.voice_of(me.listener.id, here.language)
    except UnknownVoice:
        return service.work.voice_of(me.listener.id, _ENGLISH)


def _names() -> tuple[tuple[str, str], ...]:
    """The languages of the pages, each by its own name."""
    named = ((tag, languages.locale(tag).get_display_name() or tag) for tag in languages.tags())
    return tuple((tag, name[:1].upper() + name[1:]) for tag, name in named)


def _saying(form: Fields) -> SayingIn:
    return _proper(form.get("written", ""), form.get("spoken", ""), form.get("language", ""))


def _proper(written: str, spoken: str, language: str) -> SayingIn:
    try:
        return SayingIn(written=written, spoken=spoken, language=language or None)
    except ValidationError as error:
        raise UsageError(
            "a pronunciation has two sides",
            subject=written,
            hint="give what is written and what is said, with a letter or a digit in it",
        ) from error


def _number(text: str) -> float | str:
    """The number that a text is; any other text as it is, which no speed can be."""
    try:
        return float(text)
    except ValueError:
        return text
