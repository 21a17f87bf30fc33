"""Dateline: the lines that say when an article was published or changed."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from aloud.extract.metadata import moment

_CHANGED = (
    r"last updated|last modified|updated|modified|mis à jour|mise à jour|aktualisiert|actualizado|"
    r"aggiornato|atualizado|bijgewerkt|обновлено|更新(?:时间|于)?"
)
_FIRST = (
    r"first published|published|posted|publié|veröffentlicht|erstellt|publicado|pubblicato|"
    r"gepubliceerd|опубликовано|发布(?:时间|于)?|发表于"
)
_TIME = (
    r"(?P<{0}hour>\d{{1,2}})[:.h](?P<{0}minute>\d\d)(?::\d\d)?\s?(?P<{0}half>[ap]\.?m\.?)?"
    r"(?:\s?(?P<{0}zone>uhr|[a-z]{{2,4}}|[+-]\d\d:?\d\d))?"
)
_DATE = (
    r"(?:[^\W\d]+,? )?\d{1,2}(?:st|nd|rd|th|er|\.)? [^\W\d]{3,10}\.?,? \d{4}|"
    r"(?:[^\W\d]+day,? )?[^\W\d]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{4}-\d\d-\d\d|"
    r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}年\d{1,2}月\d{1,2}日"
)
_LINE = re.compile(
    rf"(?:(?P<changed>{_CHANGED})|{_FIRST})?(?: on| at| le| am| el| il| em| op)?\s*:?\s*"
    rf"(?:{_TIME.format('a')}\s*,?\s+(?:on )?)?"
    rf"(?P<date>{_DATE})"
    rf"(?:\s*[,|•·-]?(?: at| à| um)?\s+{_TIME.format('b')})?",
    re.I,
)
_AGO = re.compile(
    rf"(?:(?:{_CHANGED}|{_FIRST})\s*:?\s*)?\d{{1,3}} ?"
    r"(?:seconds?|min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|years?) ago|"
    rf"(?:{_CHANGED}|{_FIRST})\s*:?\s*(?:today|yesterday|just now|an? (?:hour|day) ago)",
    re.I,
)
# Hours east of Greenwich; the ambiguous ones (IST, CST) are not here.
_ZONES = {
    "gmt": 0, "utc": 0, "z": 0, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
    "hkt": 8, "sgt": 8, "jst": 9, "aest": 10, "est": -5, "edt": -4, "pst": -8, "pdt": -7,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dateline:
    """When a line says that it was; None where it says so in words that no calendar has."""

    when: datetime | None  # UTC; a time without a zone is taken for UTC
    changed: bool  # and not first published


def dateline(text: str) -> Dateline | None:
    """What a line says of when; None for a line that is about something else.

    >>> dateline("Published 12 Mar 2025 09:14 GMT").when.isoformat()
    '2025-03-12T09:14:00+00:00'
    """
    if len(text) > 120:
        return None
    if _AGO.fullmatch(text):
        return Dateline(None, False)
    match = _LINE.fullmatch(text)
    if match is None:
        return None
    day = _day(match["date"])
    return Dateline(day and _at(day, match), bool(match["changed"]))


def _day(text: str) -> datetime | None:
    """The day at midnight UTC."""
    if numbers := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        text = f"{numbers[3]}-{numbers[2]:0>2}-{numbers[1]:0>2}"
    elif numbers := re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日", text):
        text = f"{numbers[1]}-{numbers[2]:0>2}-{numbers[3]:0>2}"
    else:
        text = re.sub(r"^[^\W\d]+day,? ", "", text, flags=re.I)
        text = re.sub(r"(?<=\d)(?:st|nd|rd|th|er|\.)(?= |,)", "", text).replace(".", "")
        text = re.sub(r"\bSept\b", "Sep", text, flags=re.I)
        text = re.sub(r"^(\d+ \w+),", r"\1", text)
        text = re.sub(r"^([^\W\d]+ \d+) ", r"\1, ", text)
    return moment(text)


def _at(day: datetime, match: re.Match[str]) -> datetime:
    """The day at the hour that the line has before or behind it, if it has one."""
    which = "a" if match["ahour"] else "b"
    if not match[f"{which}hour"]:
        return day
    hour, minute = int(match[f"{which}hour"]), int(match[f"{which}minute"])
    half = (match[f"{which}half"] or "").lower()[:1]
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    zone = (match[f"{which}zone"] or "").lower()
    if hour > 23 or minute > 59:
        return day
    if offset := re.fullmatch(r"([+-])(\d\d):?(\d\d)", zone):
        minutes = int(offset[2]) * 60 + int(offset[3])
        east = timedelta(minutes=-minutes if offset[1] == "-" else minutes)
    else:
        east = timedelta(hours=_ZONES.get(zone, 0))
    if abs(east) >= timedelta(days=1):
        return day
    return day.replace(hour=hour, minute=minute, tzinfo=timezone(east)).astimezone(UTC)
