"""Web: addresses as one would tell them to a friend: "example dot com", without the rest."""

import re

_TLD = (
    r"(?:com|org|net|gov|edu|mil|int|info|biz|io|ai|app|dev|news|tv|me|co|uk|us|eu|de|fr|es|it|nl|be|ch|at|se|no"
    r"|dk|fi|pl|pt|ru|ua|in|cn|hk|jp|kr|tw|sg|au|nz|ca|br|mx|ar|za|ie|il|tr|gr|cz|hu)"
)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})"
_END = r"(?<![.,;:!?'’)])"  # the sentence's own mark is not the address's
WEB = re.compile(
    rf"(?:(?:https?|ftp)://|www\.)[\w.~:/?#@!$&'*+,;=%-]{{1,2000}}{_END}"
    rf"|(?<![\w.@-])[A-Za-z0-9._+-]{{1,64}}@(?:{_LABEL}\.){{1,4}}[A-Za-z]{{2,12}}(?![\w-])"
    rf"|(?<![\w.@-])(?:{_LABEL}\.){{1,4}}{_TLD}(?![\w-]|\.\w)(?:/[\w./?=&%#~+-]{{0,500}}{_END})?"
)
_SCHEME = re.compile(r"^(?:\w+://)?(?:www\.)?")
_HOST = re.compile(r"[\w.-]+")
_SHORT_PATH = re.compile(r"/([A-Za-z]{1,15})/?$")
_CLEAN = re.compile(r"[^\w. ]+")
_SPACES = re.compile(r"\s+")


def host(address: str) -> str:
    """The part of an address that tells where it leads, as written.

    >>> host("https://www.example.com/news/2024/11/09/a-long-story.html")
    'example.com'
    """
    bare = _SCHEME.sub("", address)
    if "@" in bare.split("/")[0]:
        return _CLEAN.sub(" ", bare.replace("@", " @ ")).strip() or "www"
    found = _HOST.match(bare)
    return (found[0].strip(".-_") if found else "") or "www"


def told(address: str) -> str:
    """An address in English words.

    >>> told("tips@example.com")
    'tips at example dot com'
    >>> told("https://www.example.com/news")
    'example dot com slash news'
    """
    bare = _SCHEME.sub("", address)
    if "@" in bare.split("/")[0]:
        name, _, where = bare.partition("@")
        return _words(f"{name} at {where}")
    path = _SHORT_PATH.search(bare)
    return _words(host(address) + (f" slash {path[1]}" if path else ""))


def _words(text: str) -> str:
    return _SPACES.sub(" ", _CLEAN.sub(" ", text.replace(".", " dot "))).strip() or "link"
