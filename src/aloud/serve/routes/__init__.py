"""Routes: what can be asked over HTTP, a module for each subject.

They say who may ask and in what words, pass it on, and show what came of it. Nothing is decided
here that the library, the jobs or the rooms could decide.
"""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from fastapi import APIRouter, Depends, Request

from aloud.script import Script
from aloud.serve import pages, speech
from aloud.serve.jobs import Need
from aloud.serve.routes import (
    articles,
    elsewhere,
    events,
    feeds,
    health,
    lexicon,
    listening,
    live,
    narrations,
    people,
    posting,
    timing,
    voices,
)
from aloud.serve.routes.asking import refusals
from aloud.serve.security import Bucket, charge, within
from aloud.serve.service import Service
from aloud.speech import Speech, Voice

__all__ = ["routers"]

# What one listener may ask for, in narrations: a reading list goes in at once, a runaway script is
# slowed down.
BURST, RATE = 300, 2.0  # at once; a second
_IMPORT = 10.0  # a list of feeds: each of them brings articles
_SAMPLE = 1.0
# A run may be asked for in a voice in which nobody has narrated the article yet. Its segments are
# many and short: a player that looks ahead asks for some in a second.
_LIVE, _SEGMENT = 1.0, 0.1
_AHEAD = 4  # utterances asked for before they are needed


def routers(service: Service) -> tuple[APIRouter, ...]:
    """Every route, in the order in which they are tried."""
    bucket = Bucket(RATE, BURST)
    asking = tuple(each.router for each in (posting, narrations))
    sounding = tuple(each.router for each in (feeds, lexicon, live, voices))
    measured, priced = APIRouter(dependencies=[Depends(within(bucket))]), APIRouter()
    for router in asking:
        measured.include_router(router)
    for router in sounding:
        refuses = refusals(429) if router is live.router else {}  # of others a few do, and say so
        priced.include_router(router, dependencies=[Depends(_priced(bucket))], responses=refuses)
    others = (
        articles.router,
        events.router,
        health.router,
        listening.router,
        narrations.calling_off,
        people.router,
        timing.router,
        speech.router(*_speech(service), partial(charge, bucket)),
        *pages.routers,
    )
    last = elsewhere.router((*asking, *sounding, *others))
    return (measured, priced, *others, last)


def _priced(bucket: Bucket) -> Callable[[Request], Awaitable[None]]:
    """A dependency of routes of which some make sound, or much work at once."""

    async def check(request: Request) -> None:
        cost = _cost(request.scope["route"].path)
        if cost:
            charge(bucket, request, cost)

    return check


def _cost(path: str) -> float:
    """What a route costs, by its pattern."""
    if path.endswith("/opml"):
        return _IMPORT
    if path.endswith("/sample.mp3"):
        return _SAMPLE
    if "/live" in path:
        return _SEGMENT if "{n}" in path else _LIVE
    return 0.0


def _speech(service: Service) -> tuple[speech.Speak, speech.Voices]:
    """What speaks for OpenAI's clients, and who there is to choose from."""

    def speak(script: Script, voice: Voice) -> Iterator[Speech]:
        version = service.speaker.version(voice)
        for number, utterance in enumerate(script.utterances):
            soon = script.utterances[number + 1 : number + 1 + _AHEAD]
            service.speaker.ahead(soon, voice, version, Need.LISTENING)
            # Once it has begun to sound, it is listened to like anything else.
            need = Need.LISTENING if number else Need.WAITING
            yield service.speaker.speak(utterance, voice, version, need)

    return speak, service.catalogue.voices
