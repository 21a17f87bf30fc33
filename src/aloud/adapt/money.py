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
    "RMB": ("yuan", "yuan", "fen"), "CN¥": ("yuan", "yuan", "fen"),
}  # fmt: skip
_HUNDREDTHS = {"penny": "pence", "paisa": "paise", "sen": "sen", "fen": "fen"}
_SIGNS = "|".join(re.escape(sign) for sign in sorted(_CURRENCIES, key=len, reverse=True))
_LETTERS = "|".join(sorted(MAGNITUDES, key=len, reverse=True))

# "a £3m grant" counts the grant, "a £3m for the poor" does not: what goes on after a sum.
ATTRIBUTIVE = re.compile(
    r"[ ](?!(?:in|on|at|of|for|to|from|by|with|and|or|but|as|a|an|the|per|more|less|worth|is|was"
    r"|were|are|has|had|have|will|would|that|which|who|this|last|next|over|under|into|after|before|when"
    r"|while|if|than|each|every|annually|yearly|monthly|overall|because|since|during|through|between|not|so|he|she|it|they|we)\b)[a-z]{3}"
)
ARTICLE = re.compile(
    r"\b(?:a|an|the|its|his|her|their|our|this|that|another|new|first)\s\Z", re.IGNORECASE
)

SUM = re.compile(
    rf"(?<![\w.,])(?P<minus>[-−])?(?P<sign>{_SIGNS})\.?\s?(?P<n>{NUMBER})"
    rf"(?:[-–](?:{_SIGNS})?(?P<to>{NUMBER}))?"
    rf"(?:\s?(?P<letter>{_LETTERS})(?![\w])|[\s-](?P<word>(?:hundred|thousand|million|billion|trillion)\b))?"
    r"(?P<plus>\+(?!\w))?(?P<tail>(?:-[A-Za-z]+)+)?(?!\w|[.,]\d)",
)
COINS = re.compile(rf"(?<![\w.,$£€-])(?P<n>{NUMBER})(?P<coin>p|¢)(?![\w]|\.\w)")


def sum_of_money(found: re.Match[str]) -> str:
    """A match of SUM in words.

    >>> sum_of_money(SUM.search("It costs $9.99."))
    'nine dollars and ninety nine cents'
    >>> sum_of_money(SUM.search("A £3m grant."))
    'three million pound'
    """
    one, several, hundredth = _CURRENCIES[found["sign"]]
    scale = MAGNITUDES.get(found["letter"] or "", found["word"] or "")
    minus = "minus " if found["minus"] else ""
    whole, _, rest = found["n"].partition(".")
    tail = (found["tail"] or "").replace("-", " ")
    if len(rest) == 2 and not (scale or found["to"] or tail):
        return minus + _change(whole, rest, one, several, hundredth)
    amount = number(found["n"]) + (f" to {number(found['to'])}" if found["to"] else "")
    # "a $1m-plus home", but "he has $1m-plus".
    compound = tail and (tail != " plus" or ATTRIBUTIVE.match(found.string, found.end()))
    single = compound or (amount == "one" and not scale) or _counts_a_noun(found)
    plus = " plus" if found["plus"] else ""
    return f"{minus}{amount} {scale} {one if single else several}{plus}{tail}".replace("  ", " ")


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


def _counts_a_noun(found: re.Match[str]) -> bool:
    text = found.string
    before = text[max(0, found.start() - 12) : found.start()]
    return bool(ARTICLE.search(before) and ATTRIBUTIVE.match(text, found.end()))
