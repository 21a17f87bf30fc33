"""Language: what a page that does not say so is written in.

A guess for pages without ``<html lang>``; never asked where the page declares its language.
"""

import re
from collections import Counter

# The first that holds a fifth of the letters decides. Kana before Han: Japanese has both.
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]"), 0.1),
    ("zh", re.compile("[\u3400-\u9fff]"), 0.2),
    ("ko", re.compile("[\uac00-\ud7af]"), 0.2),
    ("uk", re.compile("[їєґі]", re.I), 0.03),
    ("ru", re.compile("[\u0400-\u04ff]"), 0.2),
    ("fa", re.compile("[پچژگ]"), 0.03),
    ("ar", re.compile("[\u0600-\u06ff]"), 0.2),
    ("he", re.compile("[\u0590-\u05ff]"), 0.2),
    ("el", re.compile("[\u0370-\u03ff]"), 0.2),
    ("hi", re.compile("[\u0900-\u097f]"), 0.2),
    ("th", re.compile("[\u0e00-\u0e7f]"), 0.2),
)
# Function words that the others do not share.
_SMALL_WORDS = {
    "de": "der die und das ist nicht mit den von auf für dem sich ein eine auch wird",
    "en": "the of and to that is was for with it on as his by from are this be",
    "es": "el los las del que una por con para su como más pero fue está y",
    "fr": "le les des est une dans qui pour du pas sur au avec il ce sont et",
    "it": "il di che della per non sono dei gli con del è una nel alla anche più",
    "nl": "de het een van en dat niet zijn met voor op ook bij aan maar werd",
    "pt": "o os da do não uma em para com dos das são mais foi ao pela e",
}
_OF = {lang: frozenset(small.split()) for lang, small in _SMALL_WORDS.items()}
_LETTERS = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 20_000  # characters; more tells nothing new
_ENOUGH = 3  # small words; below, a name or two would decide


def guess(text: str) -> str:
    """A language code, "en" where nothing speaks for another.

    >>> guess("Der Hafen ist heute nicht mit dem Schiff zu erreichen, und das bleibt so.")
    'de'
    >>> guess("Порт закрыт до утра")
    'ru'
    """
    text = text[:_SAMPLE]
    letters = len(_LETTERS.findall(text))
    for lang, script, share in _SCRIPTS:
        if letters and len(script.findall(text)) >= share * letters:
            return lang
    seen = Counter(_WORD.findall(text.casefold()))
    score = {lang: sum(seen[w] for w in small) for lang, small in _OF.items()}
    best = max(score, key=lambda lang: (score[lang], lang == "en"))
    return best if score[best] >= _ENOUGH else "en"
