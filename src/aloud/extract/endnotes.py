"""End notes: what an office adds below the last line of an article, about itself and its staff."""

import re
from collections.abc import Sequence

_NAME = r"[A-ZÀ-Þ][\w'’.-]+(?: (?:[A-ZÀ-Þ][\w'’.-]+|de|van|von|der|al)){1,3}"
_WORK = (
    r"(?:reporter|correspondent|editor|journalist|columnist|writer|producer|contributor|"
    r"commentator|critic|photographer|chief|fellow)"
)
_REACH = (
    r"(?:[Ff]ollow (?:her|him|them|me|us)\b|(?:[Ee]-?mail|[Rr]each|[Cc]ontact) (?:her|him|them|me)"
    r"\b|\bat \S+@\S+|@\w+|\bon (?:X|Twitter|Bluesky|Instagram|LinkedIn|Threads|Mastodon)\b)"
)
_NOTES = {
    # Without a way to reach her, "Kim Lee is a reporter who was jailed" is how an article ends.
    "author-note": rf"(?:{_NAME} is\b.{{0,140}}\b{_WORK}\b.{{0,200}}{_REACH}.{{0,100}}|"
    rf"[Ff]ollow {_NAME} (?:on|at) .{{1,60}}|[Ff]ollow (?:her|him|them) (?:on|at) .{{1,60}})",
    "print-note": r"[(\[]?(?:This|The) (?:article|story|piece|report|column) (?:was )?"
    r"(?:first |originally )?(?:appear(?:s|ed)|ran|published) (?:first |originally )?(?:in|on) "
    r".{2,140}",
    "contact-note": r"(?:Do you have|Have you got|Have|Got) (?:a|an|any)\b[^.?!]{2,120}\? "
    r".{0,120}\b(?:[Ee]-?mail|[Cc]ontact|[Gg]et in touch|[Ww]rite to|[Tt]ell us)\b.{0,160}",
}
_COMPILED = {rule: re.compile(pattern) for rule, pattern in _NOTES.items()}
_LONGEST = 360  # characters


def endnote(text: str) -> str:
    """The rule that a line is an end note by, were it the last; "" for an article's own line."""
    if len(text) > _LONGEST:
        return ""
    return next((rule for rule, pattern in _COMPILED.items() if pattern.fullmatch(text)), "")


def endnotes(texts: Sequence[str], rules: Sequence[str]) -> dict[int, str]:
    """The end notes of a body by place: only furniture may stand among and below them."""
    found: dict[int, str] = {}
    for i in range(len(texts) - 1, 0, -1):
        if rules[i]:
            continue
        rule = endnote(texts[i])
        if not rule:
            break
        found[i] = rule
    return found
