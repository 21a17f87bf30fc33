"""Sentences: where one ends, in news of any language.

Every mark that could end a sentence is looked at once, with the word before it and the word after.
A stop inside a short quotation or bracket ends no sentence of ours: “This is new. It is risky,” he
said, is spoken in one go. A decision costs a bounded look around, so a book takes linear time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aloud.adapt import abbreviations as known

_ASCII_STOPS = ".!?…"
_OWN_STOPS = "。！？｡।॥؟۔։።፧။។៕"  # these end a sentence with or without a space behind them
_CLOSERS = "\"'”’»)\\]}」』）】》›"
_OPENERS = "\"'“‘„‚«([{「『（【《‹¿¡*"
_STOP = re.compile(
    rf"(?P<mark>(?:\.\s(?=\.)){{1,9}}\.|[{_ASCII_STOPS}{_OWN_STOPS}]+)(?P<close>[{_CLOSERS}]*)"
    r"(?P<space>\s*)"
)
_LINE = re.compile(r"[\n\u2028\u2029]+|\s(?=[•⁃▪‣◦])")
# Quotations and brackets longer than this are split inside, so that nobody runs out of breath.
_SHORT = 250
_WHOLE = re.compile(
    rf"“[^“”\n]{{1,{_SHORT}}}”|„[^„“”\n]{{1,{_SHORT}}}[“”]|«[^«»\n]{{1,{_SHORT}}}»"
    rf"|「[^「」\n]{{1,{_SHORT}}}」|『[^『』\n]{{1,{_SHORT}}}』|（[^（）\n]{{1,{_SHORT}}}）"
    rf"|\([^()\n]{{1,{_SHORT}}}\)|\[[^\[\]\n]{{1,{_SHORT}}}\]"
    rf"|(?<![\w.,!?…])\"[^\"\n]{{1,{_SHORT}}}\"(?!\w)"
)
_ITEM = re.compile(r"(?<!\S)[•⁃▪‣◦]?\s?(?P<mark>\d{1,2}|[a-j])(?P<sign>\.\)|[.)])\s+(?=\S)")
_BARE_ITEM = re.compile(r"\W*(?:\d{1,3}|[A-Za-z])")
_LAST_WORD = re.compile(r"[^\s\"“”'‘(\[«/—–]{1,24}\Z")
_NEXT_WORD = re.compile(rf"[{re.escape(_OPENERS)}\s]*([^\W_]{{1,24}}(?:[’']s)?)")
# 300 km/h. A letter behind a stroke is a unit and no initial.
_UNIT = re.compile(r"[^\W\d_]/[^\W\d_]{1,3}[²³]?\Z")
_DOTTED = re.compile(r"[^\W\d_]{1,2}(?:\.[^\W\d_]){1,6}")
_GLUED_BEFORE = re.compile(r"(?<![./@\w])\w*[a-z]{2}\Z")
_GLUED_AFTER = re.compile(r"[“\"]?[A-Z][a-z]{0,30}(?![\w@]|\.\w)")
_SPACED_ELLIPSIS = re.compile(r"\.\s\.\s\.")
_ROMAN = re.compile("[IVXLC]{2,}")
# “Really?” Mr Li asked: the mark is the quotation's, the sentence goes on.
_SPEAKER = re.compile(
    r"(?:(?:the|a|[A-Z][\w.’'-]{0,30})\s){1,4}"
    r"(?:said|says|asked|asks|told|added|wrote|tweeted|shouted|cried|replied|joked|wondered)\b"
)
# と彼は言った, 他说: what goes on after a quotation where no letter is small.
_QUOTED_ON = re.compile("と|って|など|[他她]?[们們]?[说說道问問]")
_CLOCK = frozenset({"a.m", "p.m", "am", "pm"})
_OPENING = re.compile(
    r"\W*(?:At|By|Around|About|Before|After|Until|Since|From|On|Just|Shortly|Between)(?:\s\S+){1,4}\s?"
)


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where a sentence ends."""

    at: int  # behind the mark and what closes around it, characters
    inside: bool  # of a short quotation or bracket, which is spoken in one go


def sentences(text: str, language: str = "en") -> tuple[tuple[int, int], ...]:
    """Spans ``[start, end)`` of the sentences, white space at their edges left out."""
    spans, start = [], 0
    for at in [*(s.at for s in stops(text, language) if not s.inside), len(text)]:
        piece = text[start:at]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            spans.append((start + lead, start + len(piece.rstrip())))
        start = at
    return tuple(spans)


def stops(text: str, language: str = "en") -> tuple[Stop, ...]:
    """Every place where a sentence ends, in order."""
    cuts = {m.start() for m in _LINE.finditer(text)} | set(_items(text))
    ends = sorted(cuts | set(_ends(text, sorted(cuts), language.split("-")[0].lower())))
    return tuple(_with_quotations(text, ends, cuts))


def _ends(text: str, cuts: list[int], language: str) -> Iterator[int]:
    last = passed = 0
    for found in _STOP.finditer(text):
        while passed < len(cuts) and cuts[passed] <= found.start():
            last = max(last, cuts[passed])
            passed += 1
        if _is_end(text, found, last, language):
            last = found.end("close")
            yield last


def _is_end(text: str, found: re.Match[str], start: int, language: str) -> bool:
    """Whether this mark ends the sentence that began at ``start``."""
    mark, at = found["mark"], found.end()
    if at >= len(text):
        return True
    after = _NEXT_WORD.match(text, at, at + 60)
    if mark[-1] in _OWN_STOPS:
        return after is not None and not (found["close"] and _QUOTED_ON.match(text, at))
    before = _LAST_WORD.search(text, max(0, found.start() - 24), found.start())
    word = before[0] if before else ""
    if not found["space"]:
        return _is_glued(text, found)
    if after is None or _goes_on(text, after.start(1)):
        return False
    # Three spaced dots leave something out, four end the sentence (Chicago Manual, 13.52).
    if _SPACED_ELLIPSIS.fullmatch(mark) and text[found.start() - 1 : found.start()].isspace():
        return False
    if text[found.start() - 1 : at].startswith("[") and found["close"].startswith("]"):
        return False
    if len(mark) > 1 or mark != ".":
        spoken_by = found["close"] and mark[-1] in "?!" and _SPEAKER.match(text, after.start(1))
        return not spoken_by and word.casefold() not in known.WITH_A_MARK
    if found.start() - start < 12 and _BARE_ITEM.fullmatch(text, start, found.start()):
        return False
    if _UNIT.search(text, max(0, found.start() - 24), found.start()):
        return True
    return _period_ends(word, after[1], text[start : found.start()][-60:], language)


def _period_ends(word: str, after: str, so_far: str, language: str) -> bool:
    """Whether a single period between these two words ends a sentence."""
    short = word.strip("().,").casefold()
    tail = short.replace("–", "-").rpartition("-")[2]  # R-Tex., D-Ariz., 3-Feb.
    starts = after.split("'")[0].split("’")[0].casefold() in known.STARTERS
    if short in _CLOCK:
        return _clock_ends(after, so_far)
    if short in known.BEFORE_A_WORD or (short in known.TITLES and _is_title(word, after)):
        return False
    if short in known.NAMED.get(language, ()):
        return False
    if tail in known.BEFORE_A_NUMBER:
        return not (after[0].isdecimal() or _ROMAN.fullmatch(after))
    if tail in known.ANYWHERE or _DOTTED.fullmatch(short):
        return starts
    if word[:1].isupper() and tail in known.STATES:
        return starts
    if len(short) == 1 and short.isalpha():
        return starts
    if short.isdecimal() and len(short) < 3 and language in known.ORDINAL_DOT:
        return starts
    return True


def _is_title(word: str, after: str) -> bool:
    """Sec. Clinton and MR. SMITH, but "the SEC. He" and "the sec."."""
    name = not word.isupper() or (len(after) > 1 and after.isupper())
    return word[:1].isupper() and (name or word.casefold() in known.ALWAYS_TITLES)


def _clock_ends(after: str, so_far: str) -> bool:
    """After "7 a.m.": "Tuesday" goes on, "Tuesday's" begins; "At 5 a.m. Mr. Smith" goes on."""
    if after.casefold() in known.DAYS_AND_MONTHS | known.TIME_ZONES or after[0].isdecimal():
        return False
    return len(so_far) >= 60 or not _OPENING.fullmatch(so_far)


def _goes_on(text: str, at: int) -> bool:
    """A small letter goes on, except in iPhone and eBay."""
    return text[at].islower() and not text[at + 1 : at + 2].isupper()


def _is_glued(text: str, found: re.Match[str]) -> bool:
    """``fell.Then``, the space lost in the page; not ``example.com``, not ``U.S.``"""
    at = found.end()
    if "\u2e80" <= text[at] <= "\u9fff" and found["mark"] != ".":
        return True
    before = _GLUED_BEFORE.search(text, max(0, found.start() - 30), found.start())
    return before is not None and _GLUED_AFTER.match(text, at) is not None


def _items(text: str) -> Iterator[int]:
    """Where the items of a list in one line begin: ``1. The first item 2. The second item``."""
    expected, sign = "", ""
    for found in _ITEM.finditer(text):
        mark = found["mark"]
        if not expected:
            if text[: found.start()].strip():
                return
        elif (mark, found["sign"]) != (expected, sign):
            continue
        else:
            yield found.start()
        expected = str(int(mark) + 1) if mark.isdecimal() else chr(ord(mark) + 1)
        sign = found["sign"]


def _with_quotations(text: str, ends: list[int], cuts: set[int]) -> Iterator[Stop]:
    wholes = _WHOLE.finditer(text)
    whole = next(wholes, None)
    for at in ends:
        while whole and whole.end() <= at:
            whole = next(wholes, None)
        yield Stop(at, whole is not None and whole.start() < at and at not in cuts)
