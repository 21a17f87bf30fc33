"""Figures: counts, shares, scores and codes as an English newsreader says them."""

import re
import unicodedata

from aloud.adapt.money import MAGNITUDES
from aloud.adapt.numbers import NUMBER, cardinal, digits, named, number, ordinal, plural, year

_ALONE = r"(?<![\w.,:/$£€¥#])"  # not in the middle of something longer
_OVER = r"(?!\w|[.,:/]\d)"
_LETTERS = "|".join(sorted(MAGNITUDES, key=len, reverse=True))

DOMAIN = re.compile(r"(?<![\w.])\.(?P<name>com|org|net|gov|edu|mil|uk|eu|io|ai)(?!\w)")
HANDLE = re.compile(r"(?<![\w.])(?P<sign>[#@])(?P<name>[A-Za-z]\w{0,60})")
NUMBER_SIGN = re.compile(r"(?<!\w)(?P<t>#)(?=\d)")
FAMOUS = re.compile(
    r"(?<![\w/.])(?:24/7|9/11|7/7|20/20|50[-/]50)(?![\w/]|\.\d)"
    # The emergency numbers, unless something is counted.
    r"|(?<![\w/.,:$£€¥#+~-])(?<!Porsche\s)(?:911|999)(?=\scalls?\b|(?![\w/%°+–-]|[.,:]\d"
    r"|\s(?:[a-z-]+\s){0,2}[a-z]+s\b|\s(?:people|men|women|children|million|billion|thousand|percent|per\scent)\b))"
)
PHONE = re.compile(
    r"(?<![\w.,$£€-])(?:\+\d{1,3}(?:[ -]\d{2,5}){1,5}|\d{1,4}(?:-\d{2,4}){2,5}|\d{3}-\d{4}"
    r"|0\d{2,4}(?:\s\d{3,4}){2})"
    r"(?![\w-]|[.,]\d)"
)
PERCENT = re.compile(
    rf"{_ALONE}(?P<n>[-−+]?{NUMBER})%?(?:[-–](?P<to>{NUMBER}))?\s?%(?P<tail>(?:-[a-z]+)+)?"
)
ORDINAL = re.compile(
    r"(?<![\w.])(?P<n>\d{1,3}(?:,\d{3})+|\d{1,9})(?:st|nd|rd|th)(?!\w)", re.IGNORECASE
)
MIXED = re.compile(
    r"(?<![\w.,/])(?P<n>\d{1,6})(?:[- ](?P<a>\d)/(?P<b>\d{1,2})|[- ]?(?P<v>[½⅓⅔¼¾⅕⅛]))(?![\w/])"
)
FRACTION = re.compile(
    r"(?<![\w.,/$£€])(?P<a>\d{1,2})/(?P<b>\d{1,3})(?P<tail>(?:-[a-z]+)+)?(?![\w/]|[.,]\d)"
)
VULGAR = re.compile(r"(?<!\w)[½⅓⅔¼¾⅕⅛](?!\w)")
DIALLED = re.compile(
    r"\b(?:[Cc]all(?:ed|ing)?|[Dd]ial(?:led|ed|ling)?|[Rr]ing|[Tt]ext)\s(?P<t>\d{3,6})(?![\w-]|[.,]\d)"
)
MODEL = re.compile(
    r"\b(?:Boeing|Airbus|Flight|Route|Highway|Interstate|Room|Peugeot|Porsche)\s(?P<t>\d{2,4})(?!\w|[.,]\d)"
)
MAGNITUDE = re.compile(
    rf"{_ALONE}(?P<n>[-−]?{NUMBER})(?:(?P<first>m|bn|k)?[-–](?P<to>{NUMBER}))?(?P<letter>{_LETTERS}|BN|TN|MN|M|Bn|Tn|Mn)(?P<tail>(?:-[a-z]+)+)?(?!\w|\.\w)"
)
# F-16s, under-21s, 747s: an s at a whole number makes a plural; seconds have decimals, or an "in".
PLURAL = re.compile(
    r"(?<![\w.,:$£€])(?P<lead>[A-Za-z]{1,8}[-‑])?(?:(?P<from>\d{1,4})[-–])?(?P<n>\d{1,4})['’]?s(?!\w)"
)
FISCAL = re.compile(r"(?<!\w)FY\s?['’]?(?P<a>20\d\d|\d\d)(?:[-–/](?P<b>20\d\d|\d\d))?(?![\w/-])")
POWER = re.compile(r"(?<![\w.,])10(?P<minus>[⁻])?(?P<e>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})(?!\w)")
V_VERSION = re.compile(r"(?<!\w)[vV](?P<n>\d{1,3}(?:\.\d{1,4}){1,4})(?!\w|\.\d)")
COMPOUND = re.compile(
    rf"{_ALONE}(?P<n>{NUMBER})(?:[-–](?P<to>{NUMBER}))?(?P<tail>(?:[-‑][A-Za-z]{{2,}}|[-‑]a(?=-))+)(?!\w|-\d)"
)
TIMES = re.compile(r"(?<![\w.,])(?P<n>\d{1,3}(?:\.\d{1,2})?)[x×](?P<to>\d{1,3})?(?!\w)")
SPAN = re.compile(rf"{_ALONE}(?<!-)(?P<a>{NUMBER})[-–](?P<b>{NUMBER})(?![\w-]|[.,:/]\d)")
RATIO = re.compile(r"(?<![\w.,:/])(?P<a>\d{1,3}):(?P<b>\d{1,3})(?![\w:]|[.,]\d)")
PLUS = re.compile(rf"{_ALONE}(?P<n>{NUMBER})\+(?![\w+=])")
ABOUT = re.compile(rf"(?<![\w~])~\s?(?P<n>{NUMBER}){_OVER}")
VERSION = re.compile(r"(?<![\w.,:/])\d{1,6}(?:\.\d{1,6}){2,5}(?!\w|\.\d)")
PLAIN = re.compile(rf"(?<![\w.,:/])(?P<n>(?:(?<![^\s(“\"])[-−])?{NUMBER}|(?<!\S)\.\d+)(?!\w|\.\d)")
# F-16, MH370, Covid-19, H5N1, 5G. Letters of a code are read one by one.
CODE = re.compile(
    r"(?<![\w-])(?<!\d[.,])(?=[A-Za-z\d-]{0,30}\d)(?=[\d-]{0,30}[A-Za-z])[A-Za-z\d]{1,12}(?:[-‑][A-Za-z\d]{1,12}){0,3}(?!\w)"
)
COMPARE = re.compile(r"(?<=\d)\s?(?P<t>[<>])(?=\s?[$£€]?\d)")

_PARTS = re.compile(r"\d+|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]")
_FAMOUS = {
    "24/7": "twenty four seven", "9/11": "nine eleven", "7/7": "seven seven",
    "20/20": "twenty twenty", "50-50": "fifty fifty", "50/50": "fifty fifty", "911": "nine one one",
    "999": "nine nine nine",
}  # fmt: skip
_VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8),
}  # fmt: skip


_MOST_INITIALS = 3

_LENGTH = re.compile(
    r"[\s-](?:tall|long|wide|deep|high|away|thick|apart|below|above|across|underwater"
    r"|up|down|from the|by|x|mark|sprint"
    r"|race|final|relay|dash|hurdles|freestyle|butterfly|backstroke|breaststroke|run"
    r"|radius|diameter|depth|height|length)\b"
)
_LONG_THING = re.compile(
    r"[\s-](?:pool|tower|wall|fence|statue|tunnel|bridge|cliff|drop|fall|crater|trench|telescope|mast"
    r"|yacht|boat|ship|vessel|rope|hole|peak|mountain|waves?|tsunami)\b"
)
_TICKS = "'’"
_PEOPLE = "people|men|women|children|homes|users|viewers"
_MANY = re.compile(
    rf"\s(?:(?!of\b|in\b|from\b|to\b)[a-z-]+\s){{0,2}}(?:{_PEOPLE}|(?!was\b|is\b|has\b|as\b|its\b|his\b|this\b)[a-z]+s)\b"
    r"|\s(?:[A-Z]+\s)?(?:PEOPLE|[A-Z]{3,}S)\b|\sof\s(?:the|these|them)\b|\s(?:[A-Z]\w+\s)[a-z]+s\b"
)
_CURRENCY = re.compile(
    r"\s(?:dollars|pounds|euros|yen|yuan|rupees|won|roubles|rubles|baht|pesos)\b"
)
_REACHED = re.compile(
    r"(?:\d\s?[x×]\s?|\b(?:jumped|leapt|cleared|threw|vaulted|dived|fell|climbed|standing|stands|measuring"
    r"|measures|ran|swam|depth of|height of|length of|men[’']s|women[’']s)\s)\Z"
)
_COUNTED = re.compile(
    r"\b(?:sold|population|audience|worth|costs?|profits?|revenues?|sales|budget|streams|views|copies"
    r"|users|people|subscribers|followers|viewers|voters|jobs|losses|earned|earns|paid)\b",
    re.IGNORECASE,
)
_RACE = re.compile(r"[\s-](?:run|race|walk)\b")
_TIMED = re.compile(r"\b(?:in|by|within|after|took|lasts?|every|about|just)\s\Z", re.IGNORECASE)


def handle(found: re.Match[str]) -> str:
    """
    >>> handle(HANDLE.search("She used #MeToo."))
    'hashtag Me Too'
    """
    already = found.string[max(0, found.start() - 8) : found.start()].casefold() == "hashtag "
    name = " ".join(_PARTS.findall(found["name"])) or found["name"].replace("_", " ").strip()
    if found["sign"] == "#" and already:
        return name
    return f"{'hashtag' if found['sign'] == '#' else 'at'} {name}"


def famous(found: re.Match[str]) -> str:
    return _FAMOUS[found[0]]


def phone(found: re.Match[str]) -> str:
    groups = re.findall(r"\d+", found[0])
    said = [number(g) if g in ("800", "900") else digits(g) for g in groups]
    return ("plus " if found[0].startswith("+") else "") + " ".join(said)


def percent(found: re.Match[str]) -> str:
    sign = "plus " if found["n"].startswith("+") else ""
    to = f" to {number(found['to'])}" if found["to"] else ""
    return f"{sign}{number(found['n'])}{to} percent{(found['tail'] or '').replace('-', ' ')}"


def ordinals(found: re.Match[str]) -> str:
    return ordinal(int(found["n"].replace(",", "")))


def mixed(found: re.Match[str]) -> str | None:
    """
    >>> mixed(MIXED.search("He waited 2½ hours."))
    'two and a half'
    """
    a, b = _VULGAR[found["v"]] if found["v"] else (int(found["a"]), int(found["b"]))
    if not 0 < a < b:
        return None
    return f"{number(found['n'])} and {_part(a, b) if a > 1 else 'a ' + _part(a, b)[4:]}"


def fraction(found: re.Match[str]) -> str | None:
    a, b = int(found["a"]), int(found["b"])
    if not 0 < a < b or b > 100:
        return None
    tail = (found["tail"] or "").replace("-", " ")
    return f"{_part(a, b)[4:] if tail and a == 1 else _part(a, b)}{tail}"


def vulgar(found: re.Match[str]) -> str:
    a, b = _VULGAR[found[0]]
    return "a half" if b == 2 else _part(a, b)


def dialled(found: re.Match[str]) -> str | None:
    following = found.string[found.end() : found.end() + 12]
    return (
        None if re.match(r"\s(?!now|for|if|or|to|and|in)[a-z]", following) else digits(found["t"])
    )


def model(found: re.Match[str]) -> str:
    return named(found["t"])


def magnitude(found: re.Match[str]) -> str | None:
    """
    >>> [magnitude(MAGNITUDE.search(t)) for t in ("5m users", "a 5m-long wall", "2t", "30m more")]
    ['five million', 'five metre long', 'two tonnes', 'thirty m']
    """
    scale = _magnitude(found)
    if not scale or (found["first"] and found["first"] != found["letter"]):
        return None
    first = f" {scale}" if found["first"] else ""
    to = f"{first} to {number(found['to'])}" if found["to"] else ""
    return f"{number(found['n'])}{to} {scale}{(found['tail'] or '').replace('-', ' ')}"


def _magnitude(found: re.Match[str]) -> str:
    """What the letter at a figure stands for: m is metres or a million, t tonnes or a trillion.

    Where the words around do not tell, it stays the letter that it is.
    """
    letter, text, at = found["letter"], found.string, found.end("letter")
    before = text[max(0, found.start() - 40) : found.start()].rpartition(". ")[2]
    if letter == "k" and _RACE.match(text, at):
        return "k"
    if letter == "M":
        return "million" if _MANY.match(text, at) else ""
    if letter == "t":
        return "trillion" if _CURRENCY.match(text, at) else f"tonne{'' if found['tail'] else 's'}"
    if letter != "m":
        return MAGNITUDES[letter.casefold()]
    if _LONG_THING.match(text, at) and not _LENGTH.match(text, at):
        return "metre"
    if _LENGTH.match(text, at) or _REACHED.search(before):
        return f"metre{'' if found['tail'] else 's'}"
    counted = _MANY.match(text, at) or _CURRENCY.match(text, at) or _COUNTED.search(before)
    return "million" if counted else "m"


def plurals(found: re.Match[str]) -> str | None:
    """
    >>> plurals(PLURAL.search("Two F-16s.")), plurals(PLURAL.search("Three 747s."))
    ('F sixteens', 'seven forty sevens')
    """
    before = found.string[max(0, found.start() - 8) : found.start()]
    if not found["lead"] and not found["from"] and _TIMED.search(before) and len(found["n"]) < 3:
        return None
    lead = (found["lead"] or "").rstrip("-‑")
    if lead.isupper() and len(lead) <= _MOST_INITIALS:
        lead = " ".join(lead)
    start = f"{number(found['from'])} to " if found["from"] else ""
    if found[0][-2] in _TICKS:  # "2023's record"
        return f"{lead} {start}{_owner(found['n'])}'s".strip()
    return f"{lead} {start}{_named_plural(found['n'])}".strip()


def _named_plural(written: str) -> str:
    said = plural(named(written))
    return said.removeprefix("one ") if written.strip("0") == "1" and len(written) > 2 else said


def fiscal(found: re.Match[str]) -> str:
    to = f" to {_year(found['b'])}" if found["b"] else ""
    return f"F Y {_year(found['a'])}{to}"


def _owner(written: str) -> str:
    return year(int(written)) if len(written) == 4 else named(written)


def _year(written: str) -> str:
    return year(int(written)) if len(written) == 4 else number(written)


def power(found: re.Match[str]) -> str:
    """
    >>> power(POWER.search("About 10⁻³ of it."))
    'ten to the power of minus three'
    """
    exponent = "".join(str(unicodedata.digit(c)) for c in found["e"])
    return f"ten to the power of {'minus ' if found['minus'] else ''}{number(exponent)}"


def v_version(found: re.Match[str]) -> str:
    return "version " + " point ".join(number(part) for part in found["n"].split("."))


def compound(found: re.Match[str]) -> str:
    """
    >>> compound(COMPOUND.search("A 24-member panel."))
    'twenty four member'
    """
    to = f" to {number(found['to'])}" if found["to"] else ""
    return f"{number(found['n'])}{to}{re.sub('[-‑]', ' ', found['tail'])}"


def times(found: re.Match[str]) -> str:
    return f"{number(found['n'])} " + (f"by {number(found['to'])}" if found["to"] else "times")


def span(found: re.Match[str]) -> str:
    """A range or a score: "to" fits both, but a draw is told without.

    >>> span(SPAN.search("A 217-213 vote."))
    'two hundred seventeen to two hundred thirteen'
    """
    joint = " " if found["a"] == found["b"] else " to "
    return number(found["a"]) + joint + number(found["b"])


def ratio(found: re.Match[str]) -> str:
    return f"{number(found['a'])} to {number(found['b'])}"


def plus(found: re.Match[str]) -> str:
    return f"{number(found['n'])} plus"


def about(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 6) : found.start()].casefold()
    return f"{'around' if before == 'about ' else 'about'} {number(found['n'])}"


def plain(found: re.Match[str]) -> str:
    return number(found["n"])


def version(found: re.Match[str]) -> str:
    """
    >>> version(VERSION.search("It is iOS 17.4.1 now."))
    'seventeen point four point one'
    """
    return " point ".join(number(part) for part in found[0].split("."))


def code(found: re.Match[str]) -> str:
    """
    >>> code(CODE.search("Flight MH370 vanished."))
    'M H three seventy'
    """
    said = []
    parts = _PARTS.findall(found[0])
    for place, part in enumerate(parts):
        if part.isdecimal():
            said.append(named(part))
        elif part == "s" and said and place == len(parts) - 1 and parts[place - 1].isdecimal():
            said[-1] = plural(said[-1])
        else:
            # COVID is a word, GPT is three letters.
            spelt = part.isupper() and len(part) <= _MOST_INITIALS
            said.append(" ".join(part) if spelt else part)
    return " ".join(said)


def compare(found: re.Match[str]) -> str:
    return "less than" if found["t"] == "<" else "greater than"


def _part(a: int, b: int) -> str:
    """
    >>> _part(2, 3)
    'two thirds'
    """
    name = {2: "half", 4: "quarter"}.get(b) or ordinal(b)
    several = "halves" if b == 2 else plural(name)
    return f"{cardinal(a)} {name if a == 1 else several}"
