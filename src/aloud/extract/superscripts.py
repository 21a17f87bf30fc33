"""Superscripts: footnote marks go, powers stay, before anybody reads the page's text."""

import re
from typing import Any

_MARK = re.compile(r"\[\s*(?:(?:note|n|nb|fn)\.?\s*)?[\w*†‡]{1,4}\s*\]|[*†‡§¶]{1,3}", re.I)
_NUMBER = re.compile(r"\d{1,3}(?:\s*[,–-]\s*\d{1,3})*")
_POWER = re.compile(r"[+\u2212-]?\d{1,3}|n")
# What a power stands behind: a figure, a single letter, a unit of length or time, Einstein's mc.
_BASE = re.compile(r"(?:\d|\)|(?:^|[\W\d_])(?:[^\W\d_]|[kcmdnμµ]m|ft|in|mi|yd|sec|hr|mc))$")
_RAISED = str.maketrans("0123456789+-\u2212n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")


def raise_powers(root: Any) -> None:
    """Takes the footnote marks out of a tree, and writes its powers in raised figures."""
    for element in list(root.iter("sup")):
        text = " ".join("".join(element.itertext()).split())
        linked = element.find(".//a") is not None
        before = _before(element)
        if _POWER.fullmatch(text) and not linked and _BASE.search(before) and text != "1":
            for inner in list(element):
                element.remove(inner)
            element.text = text.translate(_RAISED)
        elif _MARK.fullmatch(text) or (
            _NUMBER.fullmatch(text) and (linked or not before[-1:].isdigit())
        ):
            element.drop_tree()


def _before(element: Any) -> str:
    """The text that an element stands behind, as far as its parent has it."""
    above = element.getprevious()
    if above is None:
        return (element.getparent().text or "") if element.getparent() is not None else ""
    if above.tail:
        return str(above.tail)
    return "".join(above.itertext()) if isinstance(above.tag, str) else ""
