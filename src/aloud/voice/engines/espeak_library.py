"""espeak-ng by ctypes: the few calls that the espeak engine needs, and nothing of Aloud.

The library holds global state and is not thread-safe: it segfaults when two threads enter it.
Whoever uses this module does so from one thread of a process of its own.

Source: espeak-ng 1.52, speak_lib.h.
"""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_short, c_size_t, c_ubyte, c_uint, c_void_p
from dataclasses import dataclass
from pathlib import Path

import espeakng_loader  # type: ignore[import-untyped]

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS
_PHONEME_EVENTS, _DONT_EXIT = 0x0001, 0x8000
_BUFFER_MS = 1000  # fewer, larger callbacks
_UTF8, _ENDPAUSE = 0x0001, 0x1000
# Article text is spoken with these flags and never with 0x10 (SSML) or 0x100 (phonemes in [[ ]]),
# so that nothing a page holds is taken for a command.
TEXT_FLAGS = _UTF8 | _ENDPAUSE
_RATE_PARAMETER = 1
_EVENT_END, _EVENT_PHONEME = 0, 7
_SEPARATOR = "|"  # between phonemes


class _EventId(ctypes.Union):
    _fields_ = (("number", c_int), ("name", c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", c_int),
        ("unique_identifier", c_uint),
        ("text_position", c_int),
        ("length", c_int),
        ("audio_position", c_int),
        ("sample", c_int),
        ("user_data", c_void_p),
        ("id", _EventId),
    )


class _VoiceRecord(ctypes.Structure):
    _fields_ = (
        ("name", c_char_p),
        ("languages", c_void_p),
        ("identifier", c_char_p),
        ("gender", c_ubyte),
        ("age", c_ubyte),
        ("variant", c_ubyte),
        ("xx1", c_ubyte),
        ("score", c_int),
        ("spare", c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(c_int, POINTER(c_short), c_int, POINTER(_Event))


@dataclass(frozen=True, slots=True)
class Phoneme:
    """One sound, as the engine reports it."""

    character: int  # index into the text, of the word that it belongs to
    sample: int  # where it begins
    name: str  # the engine's own; a leading "_" is a pause


@dataclass(frozen=True, slots=True)
class LibraryVoice:
    """One line of the engine's list of voices."""

    name: str
    language: str
    identifier: str  # path below the data's lang folder


class EspeakLibrary:
    """The loaded library. Make one a process."""

    def __init__(self) -> None:
        self.data = Path(espeakng_loader.get_data_path())
        self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
        self._lib.espeak_Info.restype = c_char_p
        self._lib.espeak_TextToPhonemes.restype = c_char_p
        self._lib.espeak_ListVoices.restype = POINTER(POINTER(_VoiceRecord))
        self._lib.espeak_Synth.argtypes = (
            c_char_p, c_size_t, c_uint, c_int, c_uint, c_uint, c_void_p, c_void_p,
        )  # fmt: skip
        self.sample_rate: int = self._lib.espeak_Initialize(
            _SYNCHRONOUS, _BUFFER_MS, str(self.data).encode(), _PHONEME_EVENTS | _DONT_EXIT
        )
        if self.sample_rate <= 0:
            raise OSError(f"espeak-ng cannot start with its data in {self.data}")
        self.version: str = self._lib.espeak_Info(None).decode()
        self._audio: list[bytes] = []
        self._phonemes: list[Phoneme] = []
        self._callback = _Callback(self._heard)  # kept: the library holds only a pointer to it
        self._lib.espeak_SetSynthCallback(self._callback)

    def voices(self) -> list[LibraryVoice]:
        """Every voice of the data folder, in the library's own order."""
        found: list[LibraryVoice] = []
        records = self._lib.espeak_ListVoices(None)
        while records[len(found)]:
            record = records[len(found)].contents
            # The languages string begins with a byte of priority.
            language = ctypes.string_at(record.languages + 1).decode()
            name, identifier = record.name.decode().strip(), record.identifier.decode()
            found.append(LibraryVoice(name, language, identifier))
        return found

    def definition(self, voice: LibraryVoice) -> Path:
        """The file that says what a voice is."""
        return self.data / "lang" / voice.identifier

    def dictionary(self, voice: LibraryVoice) -> Path:
        """The file of its language's words: the tag's first part, unless the definition names
        another. Packages leave some out, and then the voice is listed but has no sound."""
        name = voice.identifier.rpartition("/")[2].partition("-")[0]
        for line in self.definition(voice).read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(" ")
            if key == "dictionary":
                name = value.split("//")[0].strip()
        return self.data / f"{name}_dict"

    def choose(self, identifier: str, words_a_minute: int) -> bool:
        """Whether the voice could be chosen. The rate is the engine's own count, 80 to 450."""
        self._lib.espeak_SetParameter(_RATE_PARAMETER, words_a_minute, 0)
        return bool(self._lib.espeak_SetVoiceByName(identifier.encode()) == 0)

    def synthesise(self, text: str) -> tuple[bytes, list[Phoneme]]:
        """Mono 16-bit samples of ``text``, which must hold no NUL, and the sounds in them."""
        self._audio.clear()
        self._phonemes.clear()
        data = text.encode() + b"\0"
        status = self._lib.espeak_Synth(data, len(data), 0, 1, 0, TEXT_FLAGS, None, None)
        if status != 0:
            raise OSError(f"espeak-ng refused the text (status {status})")
        return b"".join(self._audio), list(self._phonemes)

    def count_phonemes(self, text: str) -> int:
        """How many sounds ``text`` has when it is said alone."""
        pointer, count = c_char_p(text.encode()), 0
        while pointer.value is not None:
            mode = ord(_SEPARATOR) << 8
            said = self._lib.espeak_TextToPhonemes(byref(pointer), _UTF8, mode)
            count += sum(len(word.split(b"|")) for word in (said or b"").split())
        return count

    def _heard(self, wave: object, count: int, events: object) -> int:
        if wave and count > 0:
            self._audio.append(ctypes.string_at(wave, 2 * count))  # type: ignore[arg-type]
        index = 0
        while (event := events[index]).type != _EVENT_END:  # type: ignore[index]
            if event.type == _EVENT_PHONEME:
                name = event.id.string.decode(errors="replace")
                self._phonemes.append(Phoneme(event.text_position - 1, event.sample, name))
            index += 1
        return 0
