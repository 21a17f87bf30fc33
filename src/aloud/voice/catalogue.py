"""The catalogue: which voices there are, and which one is meant."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

from aloud.errors import UnknownVoice, VoiceError
from aloud.speech import Voice
from aloud.voice.booth import Booth
from aloud.voice.engine import engine_class, engine_names

EMBEDDED = "espeak"  # the engine that is always there
_ONLY_IN_TESTS = "tone"
# One tag of several that a bare language means, where the list's first is not the usual one.
_USUAL = {"en": "en-us", "zh": "cmn", "no": "nb", "fr": "fr-fr"}
# Languages that are commonly named by one tag for all of them (ISO 639-3's macrolanguages).
_PART_OF = {"cmn": "zh", "yue": "zh", "hak": "zh", "nb": "no", "nn": "no"}
_MOST_NAMED = 5  # voices in a hint


def voices(booth: Booth) -> tuple[Voice, ...]:
    """Every voice a listener can choose, by language, embedded engine first."""
    names = sorted((n for n in engine_names() if n != _ONLY_IN_TESTS), key=lambda n: n != EMBEDDED)
    found: list[Voice] = []
    for name in names:
        try:
            found += sorted(booth.voices(name), key=lambda v: (v.language, v.id))
        except VoiceError:
            # One broken extra must not hide the voices that work; `aloud doctor` names it.
            if name == EMBEDDED:
                raise
    return tuple(found)


def find_voice(wish: str | None, language: str, booth: Booth) -> Voice:
    """The voice named ``wish``: an id, or the name after the slash of one of the embedded voices.
    Without a wish the embedded voice of ``language`` (BCP 47).

    Raises:
        UnknownVoice: names the nearest that there are.
    """
    if wish is None:
        return _voice_of(language, booth)
    engine, _, name = wish.lower().rpartition("/")
    engine = engine or EMBEDDED
    if engine not in engine_names():
        raise _unknown(wish, voices(booth))
    engine_class(engine)  # says what is broken, if it is installed but does not load
    found = booth.voices(engine)
    for voice in found:
        if voice.id.lower() == f"{engine}/{name}":
            return voice
    raise _unknown(wish, found)


def of_language(language: str, known: Iterable[Voice]) -> tuple[Voice, ...]:
    """The voices that speak a language (BCP 47), the usual one first; () for what is no language
    of theirs. Chinese and Norwegian are one language here, as in the tags of most pages."""
    wanted = language.lower().replace("_", "-")
    usual = _USUAL.get(wanted, wanted)

    def distance(voice: Voice) -> float:
        tag = voice.language.lower()
        return -1.0 if tag == usual else 1 - SequenceMatcher(None, tag, wanted).ratio()

    found = [voice for voice in known if _family(voice.language) == _family(wanted)]
    return tuple(sorted(found, key=distance))


def _family(language: str) -> str:
    primary = language.lower().partition("-")[0]
    return _PART_OF.get(primary, primary)


def _voice_of(language: str, booth: Booth) -> Voice:
    """The embedded voice for a language: exact tag, the usual one of the language, any of it."""
    wanted = language.lower().replace("_", "-")
    primary = wanted.partition("-")[0]
    found = booth.voices(EMBEDDED)
    by_tag = {voice.id.partition("/")[2]: voice for voice in found}
    for tag in (wanted, _USUAL.get(primary, primary)):
        if tag in by_tag:
            return by_tag[tag]
    for voice in found:
        if voice.language.lower().partition("-")[0] == primary:
            return voice
    raise UnknownVoice(
        "no embedded voice speaks the article's language",
        subject=language,
        hint="choose one with --voice; aloud voices lists them",
    )


def _unknown(wish: str, known: tuple[Voice, ...]) -> UnknownVoice:
    ids = [voice.id for voice in known]
    by_name = {voice.id.partition("/")[2]: voice.id for voice in known}
    short = wish.lower().rpartition("/")[2]
    # By language first: to whoever wanted French, "fa" is no nearer than "zu".
    near = [voice.id for voice in of_language(short, known)]
    near += get_close_matches(wish.lower(), ids, n=_MOST_NAMED, cutoff=0.5)
    near += [by_name[n] for n in get_close_matches(short, by_name, n=_MOST_NAMED, cutoff=0.4)]
    examples = list(dict.fromkeys(near))[:_MOST_NAMED] or ids[:_MOST_NAMED]
    return UnknownVoice(
        f"there is no such voice among {len(ids)}",
        subject=wish,
        hint=f"for example {', '.join(examples)}; the whole list: aloud voices",
    )
