"""Languages: the words of the pages in the reader's own.

English is what the templates say. `catalogues/<tag>.po` holds another language, in the format that
translators and their tools know; a new file there is a new language, and nothing else has to
change. What a catalogue leaves out is shown in English.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

ENGLISH = "en"
_CATALOGUES = files("aloud.serve.pages").joinpath("catalogues")


@cache
def tags() -> tuple[str, ...]:
    """The languages that there are, as BCP 47 tags; English is the first."""
    found = (file.name.removesuffix(".po") for file in _CATALOGUES.iterdir())
    return (ENGLISH, *sorted(tag for tag in found if "." not in tag))


def chosen(wish: str, accepted: str) -> str:
    """The language of the pages. ``wish``: the listener's own choice, or ""; ``accepted``: what
    the browser sent as Accept-Language.

    >>> chosen("", "fr;q=0.9, ru-RU;q=0.8, en;q=0.1")
    'ru'
    """
    asked = [wish] if wish else _preferred(accepted)
    for tag in asked:
        for part in (tag, tag.partition("-")[0]):
            if part in tags():
                return part
    return ENGLISH


@cache
def locale(tag: str) -> Locale:
    """How dates and numbers are written, and which way the text runs."""
    return Locale.parse(tag, sep="-")


@cache
def catalogue(tag: str) -> NullTranslations:
    """The words of one of `tags`."""
    if tag == ENGLISH:
        return NullTranslations()
    packed = BytesIO()
    with _CATALOGUES.joinpath(f"{tag}.po").open("rb") as file:
        write_mo(packed, read_po(file, locale=tag.replace("-", "_")))
    packed.seek(0)
    return Translations(packed)


def _preferred(accepted: str) -> Sequence[str]:
    """Tags of an Accept-Language header, the best first."""
    weighed: list[tuple[float, str]] = []
    for part in accepted[:500].split(","):
        tag, _, rest = part.strip().partition(";")
        weight = rest.strip().removeprefix("q=")
        try:
            weighed.append((float(weight) if weight else 1.0, tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighed, key=lambda each: -each[0]) if weight > 0]
