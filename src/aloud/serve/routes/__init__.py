"""Routes: what can be asked over HTTP, a module for each subject.

They say who may ask and in what words, pass it on, and show what came of it. Nothing is decided
here that the library, the jobs or the rooms could decide.
"""

from collections.abc import Iterator

from fastapi import APIRouter, Depends

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
from aloud.serve.security import Bucket, within
from aloud.serve.service import Service
from aloud.speech import Speech, Voice
from aloud.voice import voices as voices_of

__all__ = ["routers"]

# Narrations of one listener: a reading list goes in at once, a runaway script is slowed down.
BURST, RATE = 300, 2.0  # at once; a second
_AHEAD = 4  # utterances asked for before they are needed


def routers(service: Service) -> tuple[APIRouter, ...]:
    """Every route, in the order in which they are tried."""
    measured = APIRouter(dependencies=[Depends(within(Bucket(RATE, BURST)))])
    for each in (posting, narrations):
        measured.include_router(each.router)
    others = (
        articles.router,
        events.router,
        feeds.router,
        health.router,
        lexicon.router,
        listening.router,
        live.router,
        narrations.calling_off,
        people.router,
        timing.router,
        voices.router,
        speech.router(*_speech(service)),
        *pages.routers,
    )
    last = elsewhere.router((posting.router, narrations.router, *others))
    return (measured, *others, last)


def _speech(service: Service) -> tuple[speech.Speak, speech.Voices]:
    """What speaks for OpenAI's clients, and who there is to choose from."""

    def speak(script: Script, voice: Voice) -> Iterator[Speech]:
        version = service.speaker.version(voice)
        for number, utterance in enumerate(script.utterances):
            soon = script.utterances[number + 1 : number + 1 + _AHEAD]
            service.speaker.ahead(soon, voice, version, Need.LISTENING)
            yield service.speaker.speak(utterance, voice, version, Need.WAITING)

    return speak, lambda: service.speaker.ask(voices_of)
