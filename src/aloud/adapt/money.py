"""Money: sums as an English newsreader says them, from ``$9.99`` to ``$20,000-a-year``."""

import re

from aloud.adapt.numbers import NUMBER, cardinal, number

MAGNITUDES = {
    "k": "thousand", "m": "million", "mn": "million", "mln": "million", "bn": "billion",
    "b": "billion", "tn": "trillion", "trn": "trillion", "t": "trillion",
}  # fmt: skip

# sign: one, several, the hundredth part. Hyphenless, single spaces.
_CURRENCIES = {
    "$": ("dollar", "dollars", "cent"), "US$": ("U.S. dollar", "U.S. dollars", "cent"),
    "HK$": ("Hong Kong dollar", "Hong Kong dollars", "cent"),
    "A$": ("Australian dollar", "Australian dollars", "cent"),
    "AU$": ("Australian dollar", "Australian dollars", "cent"),
    "C$": ("Canadian dollar", "Canadian dollars", "cent"),
    "CA$": ("Canadian dollar", "Canadian dollars", "cent"),
    "NZ$": ("New Zealand dollar", "New Zealand dollars", "cent"),
    "S$": ("Singapore dollar", "Singapore dollars", "cent"),
    "NT$": ("Taiwan dollar", "Taiwan dollars", "cent"),
    "R$": ("real", "reais", "centavo"), "Rs": ("rupee", "rupees", "paisa"),
    "₹": ("rupee", "rupees", "paisa"), "£": ("pound", "pounds", "penny"),
    "€": ("euro", "euros", "cent"), "¥": ("yen", "yen", "sen"), "₩": ("won", "won", "jeon"),
    "₽": ("rouble", "roubles", "kopeck"), "₺": ("lira", "lira", "kurus"),
    "₪": ("shekel", "shekels", "agora"), "฿": ("baht", "baht", "satang"),
    "₦": ("naira", "naira", "kobo"), "₱": ("peso", "pesos", "centavo"),
    "RMB": ("yuan", "yuan", "fen"), "Rmb": ("yuan", "yuan", "fen"), "CN¥": ("yuan", "yuan", "fen"),
}  # fmt: skip
_HUNDREDTHS = {"penny": "pence", "paisa": "paise", "sen": "sen", "fen": "fen"}
_SIGNS = "|".join(re.escape(sign) for sign in sorted(_CURRENCIES, key=len, reverse=True))
_LETTERS = "|".join(sorted(MAGNITUDES, key=len, reverse=True))
_WORDS = "hundred|thousand|million|billion|trillion|lakh crore|lakh|crore"
_EACH = {
    "bbl": "a barrel", "barrel": "a barrel", "gallon": "a gallon", "gal": "a gallon",
    "litre": "a litre", "liter": "a liter", "kg": "a kilogram", "lb": "a pound", "oz": "an ounce",
    "tonne": "a tonne", "ton": "a ton", "hour": "an hour", "hr": "an hour", "h": "an hour",
    "day": "a day", "week": "a week", "wk": "a week", "month": "a month", "mo": "a month",
    "year": "a year", "yr": "a year", "night": "a night", "person": "a person",
    "share": "a share", "MWh": "a megawatt hour", "kWh": "a kilowatt hour",
}  # fmt: skip

# "a £3m grant" counts the grant, "a £3m for the poor" does not: what goes on after a sum.
ATTRIBUTIVE = re.compile(
    r"[ ](?!(?:in|on|at|of|for|to|from|by|with|and|or|but|as|a|an|the|per|more|less|worth|is|was"
    r"|were|are|has|had|have|will|would|that|which|who|this|last|next|over|under|into|after|before|when"
    r"|while|if|than|each|every|annually|yearly|monthly|overall|because|since|during|through|between|not|so|he|she|it|they|we)\b)[a-z]{3}"
)
# No nouns that a sum describes: verbs, adverbs and the like, and what is paid or earned.
_NO_HEADING = "|".join(
    str.split(
        """
        today tomorrow yesterday tonight again back ago away out up down off apart together here
        there now once twice too also just only even still instead alone altogether online
        upfront abroad about around against among across along behind below beyond despite above
        toward within without via versus until upon plus minus short richer poorer higher lower
        better worse cheaper apiece either both all some any nor yet then like unlike except
        what whether where how whose whom though although another other much many most few fewer
        enough extra total cash due late later early earlier sooner compensation profit debt aid
        income revenue went came made fell rose spent left lost paid sold gave took got kept
        held sent won cut put set meant became began grew bought brought built given taken
        stolen hidden been being ran saw stood can could may might must shall should did her him
        them their your our my these those one two three dollar pound euro yen yuan rupee
        million billion trillion crore lakh
        however whereas meanwhile therefore otherwise retail pretax net gross
        """
    )
)
# Without an article only what can hardly be anything but such a noun: "$5m repair", and neither
# "$5m went" nor "$5m yesterday". A plural noun leaves the sum as it is: it could be a verb.
HEADING = re.compile(rf"[ ](?!\w*(?:ly|ed|ing|[^s]s)\b)(?!(?:{_NO_HEADING})\b)[a-z]{{3}}")
ARTICLE = re.compile(
    r"\b(?:a|an|the|its|his|her|their|our|this|that|another|new|first)\s\Z", re.IGNORECASE
)

SUM = re.compile(
    rf"(?<![\w.,])(?P<minus>[-−])?(?P<sign>{_SIGNS})\.?\s?(?P<n>{NUMBER})"
    rf"(?:(?P<first>(?i:{_LETTERS})|\s(?:{_WORDS}))?[-–](?:{_SIGNS})?(?P<to>{NUMBER}))?"
    rf"(?:(?P<letter>(?i:{_LETTERS})|\s(?:{_LETTERS}))(?![\w])|[\s-](?P<word>(?i:{_WORDS})\b))?"
    r"(?P<plus>\+(?!\w))?(?P<tail>(?:-[A-Za-z]+)+)?(?!\w|[.,]\d)",
)
DECIMAL_COMMA = re.compile(r"(?<![\w.,])€\s?(?P<n>\d{1,4}),(?P<cents>\d\d)(?![\w]|[.,]\d)")
# "$70/bbl", "£15/hour".
EACH = re.compile(r"(?<=[\w])(?P<t>/(?P<unit>[A-Za-z]{1,7}))(?![\w/.]\w|\w)")
COINS = re.compile(rf"(?<![\w.,$£€-])(?P<n>{NUMBER})(?P<coin>p|¢)(?![\w]|\.\w)")
_SUM_BEFORE = re.compile(rf"(?:{_SIGNS})\s?[\d.,]+\s?[a-z]{{0,2}}\Z")


def sum_of_money(found: re.Match[str]) -> str:
    """A match of SUM in words.

    >>> sum_of_money(SUM.search("It costs $9.99."))
    'nine dollars and ninety nine cents'
    >>> sum_of_money(SUM.search("A £3m grant."))
    'three million pound'
    """
    one, several, hundredth = _CURRENCIES[found["sign"]]
    scale = _scale(found["letter"] or found["word"])
    minus = "minus " if found["minus"] else ""
    whole, _, rest = found["n"].partition(".")
    tail = (found["tail"] or "").replace("-", " ")
    if len(rest) == 2 and not (scale or found["to"] or tail):
        return minus + _change(whole, rest, one, several, hundredth)
    amount = number(found["n"])
    if found["to"]:
        amount = f"{amount} {_scale(found['first'])} to {number(found['to'])}"
    # "a $1m-plus home", but "he has $1m-plus".
    compound = tail and (tail != " plus" or ATTRIBUTIVE.match(found.string, found.end()))
    single = compound or (amount == "one" and not scale) or _counts_a_noun(found)
    plus = " plus" if found["plus"] else ""
    return " ".join(f"{minus}{amount} {scale} {one if single else several}{plus}{tail}".split())


def decimal_comma(found: re.Match[str]) -> str:
    """A match of DECIMAL_COMMA in words.

    >>> decimal_comma(DECIMAL_COMMA.search("It costs €2,50."))
    'two euros and fifty cents'
    """
    return _change(found["n"], found["cents"], "euro", "euros", "cent")


def each(found: re.Match[str]) -> str | None:
    """What the sum before it is paid for; None where no sum stands before it."""
    before = found.string[max(0, found.start() - 16) : found.start()]
    return _EACH.get(found["unit"]) if _SUM_BEFORE.search(before) else None


def coins(found: re.Match[str]) -> str:
    """A match of COINS in words.

    >>> coins(COINS.search("It fell 20p."))
    'twenty pence'
    """
    one, several = ("penny", "pence") if found["coin"] == "p" else ("cent", "cents")
    return f"{number(found['n'])} {one if found['n'] == '1' else several}"


def _change(whole: str, rest: str, one: str, several: str, hundredth: str) -> str:
    big = number(whole)
    small = int(rest)
    pieces = _HUNDREDTHS.get(hundredth, f"{hundredth}s")
    coin = f"{cardinal(small)} {hundredth if small == 1 else pieces}"
    note = f"{big} {one if big == 'one' else several}"
    if not small:
        return note
    return coin if big == "zero" else f"{note} and {coin}"


def _scale(written: str | None) -> str:
    bare = (written or "").strip().casefold()
    return MAGNITUDES.get(bare, bare)


def _counts_a_noun(found: re.Match[str]) -> bool:
    text = found.string
    before = text[max(0, found.start() - 12) : found.start()]
    follows = ATTRIBUTIVE.match(text, found.end())
    return bool(follows and (ARTICLE.search(before) or HEADING.match(text, found.end())))
