"""Measures: units as an English newsreader says them, ``120km/h`` and ``1.5C`` among them."""

import re

from aloud.adapt.money import ARTICLE, ATTRIBUTIVE
from aloud.adapt.numbers import NUMBER, number

# written: one, several.
_UNITS = {
    "km": ("kilometre", "kilometres"), "cm": ("centimetre", "centimetres"),
    "mm": ("millimetre", "millimetres"), "nm": ("nanometre", "nanometres"),
    "kg": ("kilogram", "kilograms"), "mg": ("milligram", "milligrams"),
    "g": ("gram", "grams"), "cm²": ("square centimetre", "square centimetres"),
    "ft²": ("square foot", "square feet"), "km³": ("cubic kilometre", "cubic kilometres"),
    "cm³": ("cubic centimetre", "cubic centimetres"),
    "km/h": ("kilometre per hour", "kilometres per hour"),
    "kmh": ("kilometre per hour", "kilometres per hour"),
    "kph": ("kilometre per hour", "kilometres per hour"),
    "mph": ("mile per hour", "miles per hour"), "m/s": ("metre per second", "metres per second"),
    "sq km": ("square kilometre", "square kilometres"),
    "km²": ("square kilometre", "square kilometres"),
    "km2": ("square kilometre", "square kilometres"),
    "sq m": ("square metre", "square metres"), "m²": ("square metre", "square metres"),
    "m2": ("square metre", "square metres"), "m³": ("cubic metre", "cubic metres"),
    "sq ft": ("square foot", "square feet"), "sq mi": ("square mile", "square miles"),
    "ft": ("foot", "feet"), "lb": ("pound", "pounds"), "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"), "kW": ("kilowatt", "kilowatts"), "MW": ("megawatt", "megawatts"),
    "GW": ("gigawatt", "gigawatts"), "TW": ("terawatt", "terawatts"),
    "kWh": ("kilowatt hour", "kilowatt hours"), "MWh": ("megawatt hour", "megawatt hours"),
    "GWh": ("gigawatt hour", "gigawatt hours"), "TWh": ("terawatt hour", "terawatt hours"),
    "kB": ("kilobyte", "kilobytes"), "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"), "TB": ("terabyte", "terabytes"),
    "Hz": ("hertz", "hertz"), "MHz": ("megahertz", "megahertz"), "GHz": ("gigahertz", "gigahertz"),
    "ppm": ("part per million", "parts per million"), "bp": ("basis point", "basis points"),
    "bps": ("basis point", "basis points"), "ml": ("millilitre", "millilitres"),
    "°C": ("degree Celsius", "degrees Celsius"), "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"), "×": ("times", "times"), "hrs": ("hour", "hours"),
    "mins": ("minute", "minutes"), "secs": ("second", "seconds"),
    "s": ("second", "seconds"),
}  # fmt: skip
_WRITTEN = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))

UNIT = re.compile(
    rf"(?<![\w.,$£€])(?P<n>[-−]?{NUMBER})(?:[-–](?P<to>{NUMBER}))?[\s-]?(?P<unit>{_WRITTEN})(?!\w|/\w)"
)
# No space: "12 C" is a size or a grade. A capital C or F right at a figure is a temperature.
TEMPERATURE = re.compile(
    rf"(?<![\w.,$£€])(?P<n>[-−]?{NUMBER})(?:[-–](?P<to>{NUMBER}))?(?P<scale>[CF])(?!\w|-|\.\w)"
)
# "m" at a figure is a million, but not on the track.
DISTANCE = re.compile(
    r"(?<![\w.,$£€])(?P<n>\d{2,5}|\d,\d{3})m"
    r"(?=\s(?:in\s\d|race|sprint|final|hurdles|freestyle|butterfly|backstroke|relay|dash|record|champion))"
)
RELAY = re.compile(r"(?<![\w.,])(?P<legs>\d)\s?[x×]\s?(?P<n>\d{2,4})m(?!\w)")
FEET = re.compile(
    r"(?<![\w.,$£€])(?P<feet>\d{1,2})(?:\s?ft\s?(?P<inches>\d{1,2})\s?in(?!\w)"
    r"|['’′](?P<ticks>\d{1,2})(?:\"|”|″|''|’’))"
)


def measure(found: re.Match[str]) -> str:
    """A match of UNIT in words.

    >>> measure(UNIT.search("Winds of 120km/h."))
    'one hundred twenty kilometres per hour'
    """
    one, several = _UNITS[found["unit"]]
    text, before = found.string, found.string[max(0, found.start() - 12) : found.start()]
    counts_a_noun = ARTICLE.search(before) and ATTRIBUTIVE.match(text, found.end())
    single = found["n"].lstrip("-−") == "1" or counts_a_noun or text[found.end("n")] == "-"
    return f"{_amount(found)} {one if single and not found['to'] else several}"


def temperature(found: re.Match[str]) -> str:
    """A match of TEMPERATURE in words."""
    scale = "Celsius" if found["scale"] == "C" else "Fahrenheit"
    return f"{_amount(found)} degree{'' if found['n'] == '1' else 's'} {scale}"


def distance(found: re.Match[str]) -> str:
    return f"{number(found['n'])} metres"


def relay(found: re.Match[str]) -> str:
    metres = "metre" if found.string.startswith(" relay", found.end()) else "metres"
    return f"{number(found['legs'])} by {number(found['n'])} {metres}"


def feet_and_inches(found: re.Match[str]) -> str:
    """A match of FEET in words.

    >>> feet_and_inches(FEET.search("He is 6ft 2in tall."))
    'six feet two inches'
    """
    feet = number(found["feet"])
    if found["ticks"]:
        return f"{feet} foot {number(found['ticks'])}"
    return f"{feet} feet {number(found['inches'])} inches"


def _amount(found: re.Match[str]) -> str:
    return number(found["n"]) + (f" to {number(found['to'])}" if found["to"] else "")
