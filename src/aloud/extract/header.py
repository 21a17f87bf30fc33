"""Header: the rows of a site that are copied along above a headline: its name, menu and sections.

Believed only where a row of them is plainly a menu: a headline may be as short as a label.
"""

import re
from collections.abc import Sequence

from aloud.article import words

_SECTION = re.compile(
    r"home|homepage|news|sport|sports|business|opinion|politics|world|culture|life|"
    r"lifestyle|style|tech|technology|science|health|travel|weather|video|videos|"
    r"menu|search|subscribe|login|tv|radio|more|sections|podcasts|podcast|live|"
    r"latest|local|arts|entertainment|money|finance|markets|economy|education|"
    r"environment|climate|newsletters|newsletter|topics|breaking|crime|account|"
    r"register|help|jobs|shop|puzzles|games|food|property|cars|obituaries|letters|"
    r"photos|pictures|international|national|regional|startseite|nachrichten|politik|"
    r"wirtschaft|accueil|actualités|économie|portada|deportes|главная|новости|"
    r"политика|спорт|首页|新闻|体育"
)
_JOINERS = frozenset(("and", "&", "in", "sign", "log", "my"))
_PARTED = re.compile(r"\s*[|>›»•·/]\s*")
_ENDED = re.compile(r"[.!?…:;,。！？][\"'”’»)\]]*$")
_DEEPEST = 12  # rows
_MOST_NAME = 6  # words of a site's name
LEAST_HEADLINE = 4  # words


def is_menu(text: str) -> bool:
    """Whether a row is nothing but sections of a site, or a path through them.

    >>> is_menu("Home > News > Harbour"), is_menu("Home News Sport"), is_menu("News of the day")
    (True, True, False)
    """
    parts = [part for part in _PARTED.split(text) if part]
    if _ENDED.search(text) or not parts or len(text) > 120:
        return False
    if all(len(part.split()) <= 3 for part in parts) and (
        len(parts) > 2 or (len(parts) == 2 and any(map(_is_section, parts)))
    ):
        return len(parts) > 3 or any(map(_is_section, parts))
    return len(parts) == 1 and _is_section(text)


def _is_section(text: str) -> bool:
    found = text.casefold().split()
    return any(map(_SECTION.fullmatch, found)) and all(
        _SECTION.fullmatch(w) or w in _JOINERS for w in found
    )


def header_end(texts: Sequence[str], rules: Sequence[str]) -> int:
    """How many rows at the top are a site's own; 0 where nothing says so."""
    menus, end = [], 0
    for i, (text, rule) in enumerate(zip(texts[:_DEEPEST], rules, strict=False)):
        if is_menu(text) or rule == "navigation":
            menus.append(text)
            end = i + 1
        elif not rule and (_ENDED.search(text) or words(text) > _MOST_NAME or text[0] in "#-–•*"):
            break
    names = sum(
        not rule and not is_menu(text) for text, rule in zip(texts[:end], rules, strict=False)
    )
    plain = len(menus) > 1 or any(len(menu.split()) > 2 for menu in menus)
    if not menus or (names and not plain):
        return 0
    while end < min(len(texts), _DEEPEST) and (
        rules[end] or (words(texts[end]) < LEAST_HEADLINE and not _ENDED.search(texts[end]))
    ):
        end += 1
    return end
