"""English: which rule says what. Ordered: where two rules could speak, the earlier one does.

A rule is a pattern and a function of its match. A group named ``t`` is what is said when the rest
of the pattern is only context. A function that answers None leaves the text to the next rules.
"""

import re
from bisect import bisect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aloud.adapt import calendar, figures, measures, money, titles, web
from aloud.adapt.numbers import SMALL
from aloud.adapt.reading import Said

_SYMBOLS = {
    "&": "and", "%": "percent", "$": "dollars", "€": "euros", "£": "pounds", "¥": "yen",
    "₹": "rupees", "@": "at", "#": "number", "+": "plus", "=": "equals", "°": "degrees",
    "§": "section", "¢": "cents", "‰": "per mille", "×": "times",
    "÷": "divided by", "±": "plus or minus",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of writing something, and how it is said."""

    name: str
    kind: str
    pattern: re.Pattern[str]
    say: Callable[[re.Match[str]], str | None]
    figures: bool = True  # only in texts with a digit


_RULES = (
    Rule("address", "url", web.WEB, lambda m: web.told(m[0]), figures=False),
    Rule("domain", "url", figures.DOMAIN, lambda m: f"dot {m['name']}", figures=False),
    Rule("handle", "url", figures.HANDLE, figures.handle, figures=False),
    Rule("number_sign", "symbol", figures.NUMBER_SIGN, lambda m: "number"),
    Rule("famous", "number", figures.FAMOUS, figures.famous),
    Rule("iso_date", "date", calendar.ISO_DATE, calendar.whole_date),
    Rule("slashed_date", "date", calendar.SLASHED_DATE, calendar.whole_date),
    Rule("phone", "number", figures.PHONE, figures.phone),
    Rule("sum", "money", money.SUM, money.sum_of_money),
    Rule("decimal_comma", "money", money.DECIMAL_COMMA, money.decimal_comma),
    Rule("each", "money", money.EACH, money.each),
    Rule("coins", "money", money.COINS, money.coins),
    Rule("lap", "time", calendar.LAP, calendar.lap),
    Rule("clock", "time", calendar.CLOCK, calendar.clock),
    Rule("clock_24", "time", calendar.CLOCK_24, calendar.clock_24),
    Rule("military", "time", calendar.MILITARY, calendar.military),
    Rule("short_month", "date", calendar.SHORT_MONTH, calendar.short_month),
    Rule("day_after_month", "date", calendar.DAY_AFTER_MONTH, calendar.day_after_month),
    Rule("day_before_month", "date", calendar.DAY_BEFORE_MONTH, calendar.day_before_month),
    Rule("short_day", "date", calendar.SHORT_DAY, calendar.short_day, figures=False),
    Rule("decade", "year", calendar.DECADE, calendar.decades),
    Rule("season", "year", calendar.SEASON, calendar.season),
    Rule("percent", "percent", figures.PERCENT, figures.percent),
    Rule("plural", "number", figures.PLURAL, figures.plurals),
    Rule("fiscal", "year", figures.FISCAL, figures.fiscal),
    Rule("power", "number", figures.POWER, figures.power),
    Rule("relay", "unit", measures.RELAY, measures.relay),
    Rule("feet_and_inches", "unit", measures.FEET, measures.feet_and_inches),
    Rule("unit", "unit", measures.UNIT, measures.measure),
    Rule("temperature", "unit", measures.TEMPERATURE, measures.temperature),
    Rule("ordinal", "ordinal", figures.ORDINAL, figures.ordinals),
    Rule("mixed", "number", figures.MIXED, figures.mixed),
    Rule("fraction", "number", figures.FRACTION, figures.fraction),
    Rule("vulgar", "number", figures.VULGAR, figures.vulgar, figures=False),
    Rule("dialled", "number", figures.DIALLED, figures.dialled),
    Rule("model", "number", figures.MODEL, figures.model),
    Rule("distance", "unit", measures.DISTANCE, measures.distance),
    Rule("magnitude", "number", figures.MAGNITUDE, figures.magnitude),
    Rule("compound", "number", figures.COMPOUND, figures.compound),
    Rule("ratio", "number", figures.RATIO, figures.ratio),
    Rule("times", "number", figures.TIMES, figures.times),
    Rule("span", "number", figures.SPAN, figures.span),
    Rule("v_version", "number", figures.V_VERSION, figures.v_version),
    Rule("version", "number", figures.VERSION, figures.version),
    Rule("code", "number", figures.CODE, figures.code),
    Rule("year", "year", calendar.YEAR, calendar.plain_year),
    Rule("plus", "number", figures.PLUS, figures.plus),
    Rule("about", "number", figures.ABOUT, figures.about),
    Rule("plain", "number", figures.PLAIN, figures.plain),
    Rule("compare", "symbol", figures.COMPARE, figures.compare),
    Rule("initials", "word", titles.INITIALS, titles.initials, figures=False),
    Rule("party", "word", titles.PARTY, titles.party, figures=False),
    Rule("title", "word", titles.TITLE, titles.title, figures=False),
    Rule("street", "word", titles.STREET, titles.street, figures=False),
    Rule("saint", "word", titles.SAINT, titles.saint, figures=False),
    Rule("numero", "word", titles.NUMBER, lambda m: "number"),
    Rule("numbered", "word", titles.NUMBERED, titles.numbered),
    Rule("county", "word", titles.COUNTY, titles.county, figures=False),
    Rule("sister", "word", titles.SISTER, titles.sister, figures=False),
    Rule("abbreviation", "word", titles.ABBREVIATION, titles.abbreviation, figures=False),
    Rule("us", "word", titles.US, titles.united_states, figures=False),
    Rule("king", "ordinal", titles.KING, titles.king, figures=False),
    Rule("regnal", "ordinal", titles.REGNAL, titles.regnal, figures=False),
    Rule("numeral", "number", titles.NUMERAL, titles.numeral, figures=False),
    Rule("number_day", "number", titles.WORD_DAY, titles.word_day, figures=False),
)
_DIGIT = re.compile(r"\d")
_COUNTED = frozenset({"number", "money", "unit", "percent", "ordinal", "year", "date"})
# "and" before what is left of a group, not before the next one: "one thousand one hundred".
_AND = re.compile(
    rf"\b(?:hundred (?=(?:{SMALL})\b)"
    rf"|(?:thousand|million|billion|trillion) (?=(?:{SMALL})\b"
    r"(?!(?: \w+)? (?:hundred|thousand|million|billion)\b)))"
)


def british(spoken: str) -> str:
    """The same number with its "and".

    >>> british("two hundred ten thousand one")
    'two hundred and ten thousand and one'
    """
    return _AND.sub(lambda m: f"{m[0]}and ", spoken)


@dataclass(frozen=True, slots=True)
class English:
    """News English. Britain says "one hundred and five", America "one hundred five"."""

    british: bool = False
    symbols: Mapping[str, str] = field(default_factory=lambda: _SYMBOLS)

    def read(self, text: str) -> tuple[Said, ...]:
        has_digits = _DIGIT.search(text) is not None
        said: list[Said] = []  # kept in order and not overlapping
        starts: list[int] = []
        for rule in _RULES:
            if rule.figures and not has_digits:
                continue
            for found in rule.pattern.finditer(text):
                group = "t" if "t" in rule.pattern.groupindex else 0
                start, end = found.span(group)
                place = bisect(starts, start)
                if place and said[place - 1].end > start:
                    continue
                if place < len(said) and said[place].start < end:
                    continue
                spoken = rule.say(found)
                if spoken:
                    if self.british and rule.kind in _COUNTED:
                        spoken = british(spoken)
                    said.insert(place, Said(start, end, spoken, rule.kind, rule.name))
                    starts.insert(place, start)
        return tuple(said)
