"""Numbers: figures as an English newsreader says them. Pure arithmetic, no context."""

import re

_WORDS = str.split(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen "
    "twenty thirty forty fifty sixty seventy eighty ninety"
)
_SMALL = _WORDS[:20]
_TENS = ["", "", *_WORDS[20:]]
_GROUPS = ("", "thousand", "million", "billion", "trillion")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_PLURALS = {"six": "sixes"}
# Every word that can follow "hundred and".
SMALL = "|".join(
    [
        *_WORDS[1:],
        *_ORDINALS.values(),
        *(f"{w}th" for w in _WORDS[4:20]),
        *(f"{w[:-1]}ieth" for w in _WORDS[20:]),
    ]
)
_MOST_DIGITS = 15  # more is a serial number, read digit by digit
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN_NUMBER = re.compile(r"M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")

# A figure as it stands in a text: "1,234.5", "0.3", "2024".
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"


def number(written: str) -> str:
    """A figure in words, with its decimals.

    >>> number("12,345")
    'twelve thousand three hundred forty five'
    >>> number("-0.25")
    'minus zero point two five'
    """
    sign = "minus " if written[0] in "-−" else ""
    whole, _, decimals = written.lstrip("-−+").replace(",", "").partition(".")
    said = digits(whole) if _is_serial(whole) else cardinal(int(whole or "0"))
    return sign + said + (f" point {digits(decimals)}" if decimals else "")


def cardinal(n: int) -> str:
    """
    >>> cardinal(1_000_005)
    'one million five'
    """
    if n < 20:
        return _SMALL[n]
    if n < 100:
        return _TENS[n // 10] + (f" {_SMALL[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{_SMALL[n // 100]} hundred" + (f" {cardinal(n % 100)}" if n % 100 else "")
    said, group = [], 0
    while n and group < len(_GROUPS) - 1:
        n, part = divmod(n, 1000)
        if part:
            said.append(f"{cardinal(part)} {_GROUPS[group]}".strip())
        group += 1
    if n:
        said.append(f"{cardinal(n)} {_GROUPS[group]}")
    return " ".join(reversed(said))


def ordinal(n: int) -> str:
    """
    >>> ordinal(22)
    'twenty second'
    """
    head, _, last = cardinal(n).rpartition(" ")
    last = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{head} {last}".strip()


def year(n: int) -> str:
    """
    >>> [year(n) for n in (1066, 1900, 1905, 2000, 2008, 2024)][1:4]
    ['nineteen hundred', 'nineteen oh five', 'two thousand']
    """
    century, rest = divmod(n, 100)
    if n < 1000 or n % 1000 < 10:
        return cardinal(n)
    if not rest:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def decade(n: int) -> str:
    """
    >>> decade(1990)
    'nineteen nineties'
    """
    return plural(year(n) if n >= 1000 else cardinal(n))


def plural(said: str) -> str:
    """The plural of a number word: "nineties", "hundreds"."""
    head, _, last = said.rpartition(" ")
    last = _PLURALS.get(last) or (f"{last[:-1]}ies" if last.endswith("y") else f"{last}s")
    return f"{head} {last}".strip()


def digits(written: str) -> str:
    """
    >>> digits("2388")
    'two three eight eight'
    """
    return " ".join(_SMALL[int(digit)] for digit in written if digit.isdecimal())


def named(written: str) -> str:
    """The number of a flight, a road or a model.

    >>> named("370"), named("16"), named("1040")
    ('three seventy', 'sixteen', 'ten forty')
    """
    if len(written) <= 2 and not written.startswith("0"):
        return cardinal(int(written))
    if len(written) > 4 or len(written) < 3 or "0" in (written[0], written[-2]):
        return digits(written) if len(written) != 3 or written[1:] != "00" else number(written)
    return f"{cardinal(int(written[:-2]))} {cardinal(int(written[-2:]))}"


def roman(written: str) -> int:
    """The value of a Roman numeral; 0 where it is none."""
    if not _ROMAN_NUMBER.fullmatch(written):
        return 0
    values = [_ROMAN[letter] for letter in written]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


def _is_serial(whole: str) -> bool:
    return len(whole) > _MOST_DIGITS or (len(whole) > 1 and int(whole[0]) == 0)
