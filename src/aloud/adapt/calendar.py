"""Calendar: dates, years and times of day as an English newsreader says them."""

import re

from aloud.adapt.numbers import cardinal, decade, digits, number, ordinal, year

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MONTH_OF = {m[:3].casefold(): m for m in MONTHS} | {"sept": "September"}
_DAY_OF = {
    "mon": "Monday", "tue": "Tuesday", "tues": "Tuesday", "wed": "Wednesday", "thu": "Thursday",
    "thur": "Thursday", "thurs": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip
_SHORT = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
_MONTH = rf"(?:{'|'.join(MONTHS)}|(?:{_SHORT})\.?)"
_HALF = r"(?P<half>a\.m\.|p\.m\.|am|pm|AM|PM|A\.M\.|P\.M\.)(?!\w)"

SHORT_MONTH = re.compile(rf"(?<!\w)(?P<t>{_SHORT})(?:\.(?=[\s,])|(?=\s\d))\.?(?=\s?,?\s?\d)")
SHORT_DAY = re.compile(r"(?<!\w)(?P<t>Mon|Tues?|Wed|Thurs?|Thu|Fri|Sat|Sun)\.?(?=,\s[A-Z])")
DAY_AFTER_MONTH = re.compile(
    rf"(?<!\w){_MONTH}\s(?P<t>(?P<d>\d{{1,2}})(?:[-–](?P<to>\d{{1,2}}))?)(?![\w%:]|[-–.,/]\d|-[a-z]|\s(?:people|million))"
    rf"(?P<on>[-–](?={_MONTH}\s\d))?"
)
DAY_BEFORE_MONTH = re.compile(
    rf"(?P<the>\b[Tt]he\s)?(?<![\w.,:/$£€-])(?P<t>\d{{1,2}})(?=\s{_MONTH}(?!\w))"
)
ISO_DATE = re.compile(r"(?<![\w-])(?P<y>[12]\d{3})-(?P<m>\d\d)-(?P<d>\d\d)(?![\w-])")
SLASHED_DATE = re.compile(r"(?<![\w/])(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>[12]\d{3})(?![\w/])")
DECADE = re.compile(
    r"(?<![\w.,$£€])(?P<n>[12]\d\d0|['’]?[1-9]0)['’]?s(?:[-–](?P<to>[12]\d\d0|['’]?[1-9]0)['’]?s)?(?!\w)"
)
SEASON = re.compile(
    r"(?<![\w.,$£€/-])(?P<a>1[1-9]\d\d|20\d\d)(?P<sign>[-–/])(?P<b>\d{4}|\d\d)(?![\w/-]|[.,]\d)"
)
# Four figures without a separator are a year unless something is counted.
YEAR = re.compile(
    r"(?<![\w.,$£€#+/~])(?P<n>1[1-9]\d\d|20\d\d|(?<=\b[Ii]n )10\d\d)(?![\w%°/+]|[.,:]\d"
    r"|\s(?:people|men|women|children|percent|per\scent|million|billion|thousand|hours|miles|metres|meters"
    r"|kilometres|kilometers|km|kg|ft|feet|dollars|pounds|euros|yen|yuan|tons|tonnes|degrees|points|votes|jobs"
    r"|homes|troops|soldiers|GMT|UTC|EST|ET|local\stime)\b)"
)
CLOCK = re.compile(
    rf"(?<![\w.,:$£€])(?P<h>\d{{1,2}})(?:[:.](?P<m>[0-5]\d))?(?:\s?{_HALF})?(?:[-–](?P<h2>\d{{1,2}})(?:[:.](?P<m2>[0-5]\d))?)?\s?(?P<last>a\.m\.|p\.m\.|am|pm|AM|PM|A\.M\.|P\.M\.)(?!\w)"
)
CLOCK_24 = re.compile(
    r"(?<![\w.,:$£€])(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?!\w|:\d|\.\d)(?P<noon>\s(?:noon|midnight))?"
)
MILITARY = re.compile(
    r"(?<![\w.,])(?P<t>(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d))(?=\s(?:GMT|UTC|hours|hrs|local\stime|BST|EST|ET|HKT)\b)"
)
LAP = re.compile(r"(?<![\w.,:])(?P<m>\d{1,2}):(?P<s>[0-5]\d)\.(?P<f>\d{1,3})(?!\w)")
_TICKS = "'’"
_COUNTED = re.compile(r"\s[a-z]+s\b")


def short_month(found: re.Match[str]) -> str:
    return _MONTH_OF[found["t"].casefold()]


def short_day(found: re.Match[str]) -> str:
    return _DAY_OF[found["t"].casefold()]


def day_after_month(found: re.Match[str]) -> str | None:
    """
    >>> day_after_month(DAY_AFTER_MONTH.search("On Nov 4-6 he rested."))
    'fourth to sixth'
    """
    if not 1 <= int(found["d"]) <= 31:
        return None
    if found["to"] and not 1 <= int(found["to"]) <= 31:
        return None
    to = f" to {ordinal(int(found['to']))}" if found["to"] else " to" if found["on"] else ""
    return ordinal(int(found["d"])) + to


def day_before_month(found: re.Match[str]) -> str | None:
    if not 1 <= int(found["t"]) <= 31:
        return None
    day = ordinal(int(found["t"]))
    return f"{day} of" if found["the"] else f"the {day} of"


def whole_date(found: re.Match[str]) -> str | None:
    """``2024-11-09`` or ``11/09/2024`` in words; month first unless it cannot be."""
    y, m, d = int(found["y"]), int(found["m"]), int(found["d"])
    if m > 12:
        m, d = d, m
    if not (1 <= m <= 12 and 1 <= d <= 31):
        return None
    return f"{MONTHS[m - 1]} {ordinal(d)} {year(y)}"


def decades(found: re.Match[str]) -> str:
    said = decade(int(found["n"].lstrip("'’")))
    return f"{said} to {decade(int(found['to'].lstrip(_TICKS)))}" if found["to"] else said


def season(found: re.Match[str]) -> str:
    """
    >>> season(SEASON.search("The 2024/25 season."))
    'twenty twenty four twenty five'
    """
    first = int(found["a"])
    joint = " " if found["sign"] == "/" else " to "
    last = int(found["b"])
    return year(first) + joint + (year(last) if last >= 100 else _minutes(found["b"]) or "hundred")


def plain_year(found: re.Match[str]) -> str | None:
    """A year, unless an early one is followed by what it seems to count ("1500 jobs")."""
    n = int(found["n"])
    if n < 1900 and _COUNTED.match(found.string, found.end()):
        return None
    return year(n)


def clock(found: re.Match[str]) -> str | None:
    """
    >>> clock(CLOCK.search("At 7.30am."))
    'seven thirty A M'
    >>> clock(CLOCK.search("From 9am-5pm."))
    'nine A M to five P M'
    """
    first = _time(found["h"], found["m"])
    last = _half(found["last"])
    if not found["h2"]:
        return f"{first} {last}" if not found["half"] else None
    half = f" {_half(found['half'])}" if found["half"] else ""
    return f"{first}{half} to {_time(found['h2'], found['m2'])} {last}"


def clock_24(found: re.Match[str]) -> str:
    """
    >>> clock_24(CLOCK_24.search("At 14:05."))
    'fourteen oh five'
    """
    if found["m"] == "00":
        hour = int(found["h"])
        if found["noon"]:
            return number(str(hour)) + found["noon"].lower()
        return f"{cardinal(hour)} o'clock" if 1 <= hour <= 12 else f"{cardinal(hour)} hundred"
    return _time(found["h"], found["m"])


def military(found: re.Match[str]) -> str:
    hour, minute = found["h"], found["m"]
    said = ("oh " if hour[0] == "0" and hour != "00" else "") + cardinal(int(hour))
    return f"{said} {'hundred' if minute == '00' else _minutes(minute)}"


def lap(found: re.Match[str]) -> str:
    seconds = _minutes(found["s"]) or "zero"
    return f"{cardinal(int(found['m']))} {seconds} point {digits(found['f'])}"


def _time(hour: str, minute: str | None) -> str:
    return f"{cardinal(int(hour))} {_minutes(minute or '00')}".strip()


def _minutes(minute: str) -> str:
    value = int(minute)
    return "" if not value else ("oh " if value < 10 else "") + cardinal(value)


def _half(written: str) -> str:
    return "A M" if written[0] in "aA" else "P M"
