"""Prepared: a narration of which everything is known but its sound."""

from dataclasses import dataclass

from aloud.library.records import Narration
from aloud.script import Script
from aloud.speech import Voice


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is needed to speak any sentence of a narration."""

    narration: Narration
    script: Script
    voice: Voice
    version: str  # of the engine
