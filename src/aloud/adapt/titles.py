"""Titles: what short words before and after names stand for, in English."""

import re

from aloud.adapt import abbreviations
from aloud.adapt.numbers import cardinal, ordinal, roman

_TITLES = {
    "Mr": "Mister", "Mrs": "Missus", "Dr": "Doctor", "Prof": "Professor", "Gov": "Governor",
    "Sen": "Senator", "Sens": "Senators", "Rep": "Representative", "Reps": "Representatives",
    "Gen": "General", "Lt": "Lieutenant", "Col": "Colonel", "Maj": "Major", "Sgt": "Sergeant",
    "Capt": "Captain", "Cmdr": "Commander", "Adm": "Admiral", "Rev": "Reverend",
    "Hon": "Honorable", "Supt": "Superintendent", "Insp": "Inspector", "Govs": "Governors",
    "Cpl": "Corporal", "Pvt": "Private", "Sec": "Secretary", "Brig": "Brigadier", "Fr": "Father",
    "Atty": "Attorney", "Det": "Detective", "Mme": "Madame", "Mlle": "Mademoiselle",
    "Gens": "Generals", "Messrs": "Messieurs", "Pres": "President",
}  # fmt: skip
# These are words of their own without a period.
_PERIOD_ONLY = {"Gen", "Rep", "Reps", "Col", "Hon", "Pres", "Maj", "Sen", "Adm", "Rev", "Gov"}
_PERIOD_ONLY |= {"Cpl", "Pvt", "Sec", "Brig", "Fr", "Atty", "Det"}
_BARE = "|".join(sorted(set(_TITLES) - _PERIOD_ONLY, key=len, reverse=True))
_ANY = "|".join(sorted(_TITLES, key=len, reverse=True))
_SHORT = {
    "Inc": "Incorporated", "Corp": "Corporation", "Co": "Company", "Ltd": "Limited",
    "Bros": "Brothers", "Jr": "Junior", "Sr": "Senior", "vs": "versus", "v": "versus",
    "etc": "etcetera", "e.g": "for example", "i.e": "that is", "approx": "approximately",
    "Approx": "approximately", "Dept": "Department", "dept": "department", "Univ": "University",
    "Mt": "Mount",
    "Ft": "Fort", "Ave": "Avenue", "Blvd": "Boulevard", "E.g": "for example", "I.e": "that is",
}  # fmt: skip
_STATES = {
    "Ala": "Alabama", "Ariz": "Arizona", "Ark": "Arkansas", "Calif": "California",
    "Colo": "Colorado", "Conn": "Connecticut", "Del": "Delaware", "Fla": "Florida",
    "Ga": "Georgia", "Ill": "Illinois", "Ind": "Indiana", "Kan": "Kansas", "Ky": "Kentucky",
    "La": "Louisiana", "Md": "Maryland", "Mass": "Massachusetts", "Mich": "Michigan",
    "Minn": "Minnesota", "Miss": "Mississippi", "Mo": "Missouri", "Mont": "Montana",
    "Neb": "Nebraska", "Nev": "Nevada", "N.H": "New Hampshire", "N.J": "New Jersey",
    "N.M": "New Mexico", "N.Y": "New York", "N.C": "North Carolina", "N.D": "North Dakota",
    "Okla": "Oklahoma", "Ore": "Oregon", "Pa": "Pennsylvania", "R.I": "Rhode Island",
    "S.C": "South Carolina", "S.D": "South Dakota", "Tenn": "Tennessee", "Tex": "Texas",
    "Vt": "Vermont", "Va": "Virginia", "Wash": "Washington", "W.Va": "West Virginia",
    "Wis": "Wisconsin", "Wyo": "Wyoming", "Texas": "Texas", "Ohio": "Ohio", "Iowa": "Iowa",
    "Utah": "Utah", "Maine": "Maine", "Alaska": "Alaska", "Hawaii": "Hawaii", "Idaho": "Idaho",
}  # fmt: skip
_STATE = "|".join(re.escape(state) for state in sorted(_STATES, key=len, reverse=True))
_BEFORE_A_NUMBER = {
    "apt": "apartment", "fig": "figure", "figs": "figures", "p": "page", "pp": "pages",
    "vol": "volume", "vols": "volumes", "ch": "chapter", "chap": "chapter", "sec": "section",
    "art": "article",
}  # fmt: skip
_COUNTIES = (
    "Durham|Antrim|Armagh|Carlow|Cavan|Clare|Cork|Derry|Donegal|Down|Dublin|Fermanagh|Galway|Kerry"
    "|Kildare|Kilkenny|Laois|Leitrim|Limerick|Londonderry|Longford|Louth|Mayo|Meath|Monaghan|Offaly"
    "|Roscommon|Sligo|Tipperary|Tyrone|Waterford|Westmeath|Wexford|Wicklow"
)
_ROYAL = (
    "Elizabeth|Henry|Edward|Charles|James|George|William|Mary|Richard|Francis|Louis|Philip|Nicholas"
    "|Alexander|Peter|Frederick|Wilhelm|Napoleon|Catherine|Franz Joseph|Haile Selassie|Juan Carlos"
)
_PARTIES = {"R": "Republican", "D": "Democrat", "I": "Independent"}
_KINGS = (
    "King|Queen|Pope|Louis|Elizabeth|Charles|Henry|George|Edward|Richard|James|William|Philip|Felipe|Francis"
    "|John Paul|Paul|Pius|Leo|Benedict|Gregory|Nicholas|Napoleon|Frederick|Wilhelm|Ramses|Catherine"
    "|Carlos|Harald|Gustaf|Margrethe|Albert|Alexander|Ivan|Peter|Rama|Tawadros|Abdullah"
)
_NUMERAL = r"(?:[IVX]{2,7}|L[IVX]{1,7}|X[LC][IVX]{0,5})"
_COUNTED = (
    "World War|Super Bowl|[Pp]hase|[Pp]art|[Cc]hapter|[Aa]ct|[Tt]ype|[Tt]itle|[Vv]olume|Apollo"
    "|Rocky|Star Wars|Episode|[Cc]lass|[Ss]tage|[Aa]rticle|[Cc]ategory|Vatican|Gaudium"
)
_SMALL = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    "|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)

TITLE = re.compile(rf"(?<![\w.])(?P<t>(?P<a>{_ANY})\.|(?P<b>{_BARE}))(?=\s[A-Z]|\sand\s[A-Z])")
SAINT = re.compile(r"(?<![\w.])(?P<t>St\.?)(?=\s[A-Z][a-zé])")
# "5 Main St." and not "5 St John".
STREET = re.compile(
    r"\d\w{0,4}\s(?:[A-Z][\w'’]{1,20}\s){1,3}(?P<t>St\b\.?)(?!\s[a-z]?[A-Z][a-z]+['’]s)"
)
PARTY = re.compile(rf"(?<![\w-])(?P<p>[RDI])-(?P<s>{_STATE})\.?(?!\w)")
NUMBER = re.compile(r"(?<![\w.])(?P<t>No\.|Nos\.|no\.)(?=\s?\d)")
ABBREVIATION = re.compile(
    r"(?<![\w.])(?P<w>Inc|Corp|Co|Ltd|Bros|Jr|Sr|vs|v|etc|e\.g|i\.e|E\.g|I\.e|[Aa]pprox|[Dd]ept|Univ|Ave|Blvd"
    r"|(?:Mt|Ft)(?=\.\s[A-Z]))\.(?!\w)|(?<![\w.])(?P<x>vs|Jr|Ltd|etc)(?![\w.])"
)
NUMBERED = re.compile(
    r"(?<![\w.])(?P<t>(?P<w>[Aa]pt|[Ff]igs?|[Pp]p?|[Vv]ols?|[Ee]st|[Cc]h|[Cc]hap|[Ss]ec|[Aa]rt)\.)(?=\s?(?P<n>\d+))"
)
COUNTY = re.compile(rf"(?<![\w.])(?P<t>Co\.?)(?=\s(?:{_COUNTIES})(?!\w))")
SISTER = re.compile(r"(?<![\w.])(?P<t>Sr\.)(?=\s[A-Z][a-z])")
US = re.compile(r"(?<![\w.$])US(?![\w.$])")
INITIALS = re.compile(r"(?<![\w&])[A-Z]{1,4}(?:&[A-Z]{1,4}){1,2}(?![\w&])")
# "Elizabeth I was queen", but "I told Elizabeth I was late": a lone I must be sure.
REGNAL = re.compile(
    rf"(?P<title>\b(?:King|Queen|Emperor|Pope|Tsar|Kaiser)\s)?(?P<first>(?:\A|(?<=[.!?]\s)))?\b(?:{_ROYAL})"
    r"\s(?P<t>(?P<n>[IVX])(?P<own>[’']s\b)?)(?P<on>,|\)|\s(?:of|in|and|who)\b)?(?P<verb>\s(?:was|had|is|ruled|reigned|died|became)\b)?(?![\w.]\s?[A-Z]|\w)"
)
KING = re.compile(rf"\b(?:{_KINGS})(?:\s[A-Z][a-z]+)?\s(?P<t>{_NUMERAL}|(?<=\bII\s)I)(?!\w)")
NUMERAL = re.compile(
    rf"\b(?:{_COUNTED})\s(?P<t>{_NUMERAL}|I(?!\w|\s(?:am|was|have|will|do)\b)|V)(?!\w|\.\w)"
)
WORD_DAY = re.compile(
    rf"(?<![\w-])(?:{_SMALL})(?:-(?:{_SMALL}))?(?:-[a-z]{{3,}})+(?![\w-])", re.IGNORECASE
)


_NAME_BEFORE = re.compile(r"[A-Z&][\w.’'&]*,?\s\Z|&\s\Z")
_NAME = re.compile(r"\s([A-Z][\wé]*)")


def title(found: re.Match[str]) -> str:
    return _TITLES[found["a"] or found["b"]]


def saint(found: re.Match[str]) -> str | None:
    name = _NAME.match(found.string, found.end())
    return "Saint" if name and name[1].casefold() not in abbreviations.STARTERS else None


def street(found: re.Match[str]) -> str | None:
    name = _NAME.match(found.string, found.end("t"))
    return None if name and name[1].casefold() not in abbreviations.STARTERS else "Street"


def united_states(found: re.Match[str]) -> str | None:
    """``US``, which an engine reads as "us"; in a line all of capitals it may well be "us"."""
    return None if found.string.isupper() else "U.S."


def party(found: re.Match[str]) -> str:
    """
    >>> party(PARTY.search("Sen. Rubio, R-Fla., said"))
    'Republican of Florida'
    """
    return f"{_PARTIES[found['p']]} of {_STATES[found['s']]}"


def abbreviation(found: re.Match[str]) -> str:
    return _SHORT[found["w"] or found["x"]]


def numbered(found: re.Match[str]) -> str:
    """
    >>> numbered(NUMBERED.search("See pp. 4-6."))
    'pages'
    """
    short = found["w"].casefold()
    if short == "est":
        return "established" if len(found["n"]) == 4 else "estimated"
    return _BEFORE_A_NUMBER[short]


def county(found: re.Match[str]) -> str | None:
    """``Co. Durham``, unless it ends a company's name."""
    return None if _named_before(found) else "County"


def sister(found: re.Match[str]) -> str | None:
    """``Sr. Anne``, unless a name stands before it."""
    return None if _named_before(found) else "Sister"


def _named_before(found: re.Match[str]) -> bool:
    before = found.string[max(0, found.start() - 24) : found.start()]
    return _NAME_BEFORE.search(before) is not None


def initials(found: re.Match[str]) -> str:
    """
    >>> initials(INITIALS.search("AT&T said"))
    'A T and T'
    """
    return " and ".join(" ".join(part) for part in found[0].split("&"))


def king(found: re.Match[str]) -> str | None:
    value = roman(found["t"])
    return f"the {ordinal(value)}" if value else None


def regnal(found: re.Match[str]) -> str | None:
    first = found["first"] is not None and found["verb"]
    named = found.string[found.end("t") : found.end("t") + 2]
    if found["n"] == "I":
        sure = found["title"] or found["on"] or found["own"] or first
    else:
        sure = found["title"] or not (named[:1] == " " and named[1:].isupper())
    return f"the {ordinal(roman(found['n']))}{found['own'] or ''}" if sure else None


def numeral(found: re.Match[str]) -> str | None:
    value = roman(found["t"])
    return cardinal(value) if value else None


def word_day(found: re.Match[str]) -> str:
    """
    >>> word_day(WORD_DAY.search("A nine-day trip."))
    'nine day'
    """
    return found[0].replace("-", " ")
