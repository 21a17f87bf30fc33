"""Voice: a script becomes speech, and each word gets its time.

The room knows engines; no other room does. It must never shorten text to fit an engine and never
answer a failure with silence.
"""

from aloud.voice.booth import Booth
from aloud.voice.catalogue import find_voice, of_language, voices

__all__ = ["Booth", "find_voice", "of_language", "voices"]
