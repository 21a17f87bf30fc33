"""Patterns: how the texts in a request are written, each with the words for who wrote another.

A pattern is for machines: nobody who is told "String should match pattern" knows what to send.
"""

from collections.abc import Mapping

_PART = r"[A-Za-z0-9][A-Za-z0-9_.+-]*"  # of an engine or one of its voices

ID = r"^[A-Za-z0-9_-]+$"
VOICE = rf"^{_PART}/{_PART}$"
LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
URL = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\x00-\x20\x7f]+$"
NO_NUL = r"^[^\x00]*$"
# With something to read in it: the reader refuses what is empty.
FULL = r"^[^\x00]*[^\x00\s][^\x00]*$"
# Something to see in one line: controls, and spaces alone, name nothing.
LINE = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0\s][^\x00-\x1f\x7f-\x9f]*$"
# The same, and nothing unseen at its ends.
NAME = r"^[^\x00-\x20\x7f-\xa0\s]([^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0\s])?$"
SPOKEN = r"^[^\x00-\x1f\x7f-\x9f]*[^\W_][^\x00-\x1f\x7f-\x9f]*$"
BLOCK = r"^[^\x00-\x20/?#\x7f]+$"
PATH_PART = r"^[^\x00-\x1f\x7f]+$"
RUN = r"^[0-9]{1,6}-[A-Za-z0-9_-]{1,64}$"
CURSOR = r"^[A-Za-z0-9_.:~=-]+$"
KEY = r"^[\x21-\x7e]+$"

# What each of them asks for, to be read after "this has to be".
IN_WORDS: Mapping[str, str] = {
    ID: "an id as the service gave it: letters, digits, _ and -",
    VOICE: "a voice's id, which is its engine, a slash and its name: espeak/en-gb",
    LANGUAGE: "a language tag (BCP 47), for example en, en-GB or pt-BR",
    URL: "a whole http or https address, for example https://news.example/politics/accord",
    NO_NUL: "text without the character NUL",
    FULL: "text with something to read in it, and without the character NUL",
    LINE: "one line with something to see in it",
    NAME: "a name in one line, without spaces at its ends",
    SPOKEN: "one line with a letter or a digit in it, written as it should be heard",
    BLOCK: "a block's id as the article names it, for example l12",
    PATH_PART: "text without control characters",
    RUN: "the number of a run's first utterance, a hyphen and a name of your own: 0-a1b2",
    CURSOR: "the `next` of the page before, unchanged",
    KEY: "1 to 200 visible ASCII characters without a space",
}
