"""Lines: everything that stands on a web page, cut where a reader sees a line end.

Walked without recursion, so that no page is too deep. It never decides what is article.
"""

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from aloud.errors import ExtractError
from aloud.extract.decode import tidy
from aloud.extract.regions import region
from aloud.extract.superscripts import raise_powers

# Their text is not shown as text.
_UNSEEN = frozenset((
    "script", "style", "noscript", "template", "head", "title", "svg", "math", "canvas", "audio",
    "video", "object", "embed", "iframe", "select", "option", "datalist", "textarea", "map",
    "area", "applet", "noframes", "frameset",
))  # fmt: skip
_INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    "picture", "source", "input", "amp-img", "meta", "link", "g-emoji",
))  # fmt: skip
WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
# Said to a blind reader only: "Image caption", "opens in a new window".
_HIDDEN_CLASS = re.compile(
    r"(?:^|\s)(?:visually-?hidden|(?:u-)?(?:sr|screen-?reader)-(?:only|text))(?:$|\s)", re.I
)
_MOST_UNHEARD = 200  # characters of an inline element that can be such a note
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# libxml2 gives up at 2,048 levels and drops the rest of the page without a word.
_TOO_DEEP = 2000
_CONTAINERS = re.compile(
    r"(?:</?(?!(?:p|h[1-6]|li|br|script|style|title|meta|link|html|head|body|noscript|template)\b)"
    r"[a-z][^<>]*>\s*)+",
    re.I,
)
_MOST_IN_CELL = 300  # characters; a longer cell is a column of prose on a page laid out by a table


@dataclass(slots=True, eq=False)
class Line:
    """One line of the page. ``regions`` are rule and element number, the outermost first."""

    number: int
    text: str
    tag: str  # the nearest block's: p, li, h2, div, td, pre, table, figcaption
    parent: int  # number of the element around the nearest block
    element: int  # number of the nearest block itself
    regions: tuple[tuple[str, int], ...]
    quote: int  # depth of blockquotes
    in_list: bool
    hidden: bool
    withheld: bool  # hidden by the attribute or the class that say so, not by a style
    linked: float  # share of the characters that are link text, 0 to 1
    bold: bool  # all of it
    words: tuple[str, ...]

    def inside(self, rule: str) -> bool:
        return any(r == rule for r, _ in self.regions)


class _Frame:
    """An open element. No dataclass: a page opens thousands, and `replace` is slow."""

    __slots__ = (
        "block", "block_number", "bold", "element", "hidden", "in_list", "link", "number",
        "parent", "quote", "regions", "withheld",
    )  # fmt: skip

    def __init__(self, above: "_Frame | None", element: Any, number: int) -> None:
        self.element = element
        self.number = number
        self.block: str = above.block if above else "body"
        self.block_number: int = above.block_number if above else 0
        self.parent: int = above.parent if above else 0
        self.regions: tuple[tuple[str, int], ...] = above.regions if above else ()
        self.quote: int = above.quote if above else 0
        self.in_list: bool = above.in_list if above else False
        self.hidden: bool = above.hidden if above else False
        self.withheld: bool = above.withheld if above else False
        self.link: bool = above.link if above else False
        self.bold: bool = above.bold if above else False


def read_lines(html: str) -> tuple[Any, list[Line]]:
    """The page as an lxml tree, and every line of it in document order, hidden ones marked.

    Raises:
        ExtractError: nothing in it can be read as HTML.
    """
    for source in (html, None):
        # A page too deep for libxml2 is read again without its containers.
        root = _parsed(html if source else _CONTAINERS.sub("<br>", html))
        if root is not None:
            raise_powers(root)
            walk = _Walk()
            found = walk.of(root)
            if walk.deepest < _TOO_DEEP:
                return root, found
    raise ExtractError(
        "the page cannot be read as HTML", hint="save it as plain text, and give aloud that"
    )


def _parsed(html: str) -> Any:
    import lxml.html

    # As bytes: lxml refuses a str that declares its encoding, as every XHTML page does.
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        return lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


class _Walk:
    """One walk over a tree: the open elements, and the line being gathered."""

    def __init__(self) -> None:
        self.out: list[Line] = []
        self.stack = [_Frame(None, None, 0)]
        self.deepest = 0
        self.count = 0  # elements met, which numbers them
        self.buffer: list[str] = []
        self.linked = self.bold = 0  # characters of the buffer

    def of(self, root: Any) -> list[Line]:
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                self.count += 1
                if element.tag in _UNSEEN or _is_unheard(element):
                    walk.skip_subtree()
                elif element.tag == "br":
                    self.flush()
                elif element.tag == "pre" or (element.tag == "table" and _is_data(element)):
                    self.open(element)
                    self.whole(element)
                    walk.skip_subtree()
                else:
                    self.open(element)
                    self.add(element.text)
            else:
                if event == "end" and self.stack[-1].element is element:
                    self.close()
                self.add(element.tail)
        self.flush()
        return self.out

    def open(self, element: Any) -> None:
        above = self.stack[-1]
        tag = element.tag
        frame = _Frame(above, element, self.count)
        self.stack.append(frame)
        self.deepest = max(self.deepest, len(self.stack))
        attributes = element.attrib
        if attributes:
            names = f"{attributes.get('class', '')} {attributes.get('id', '')}".strip()
            if _HIDDEN_STYLE.search(attributes.get("style", "")) or "hidden" in attributes:
                frame.hidden = True
            if _is_withheld(element):
                frame.withheld = True
        else:
            names = ""
        rule = region(tag, names)
        if rule:
            frame.regions = (*above.regions, (rule, self.count))
        if tag in _INLINE:
            frame.link = above.link or tag == "a"
            frame.bold = above.bold or tag in ("b", "strong")
            return
        self.flush(above)
        frame.block, frame.block_number, frame.parent = tag, self.count, above.number
        frame.quote += tag == "blockquote"
        frame.in_list = above.in_list or tag in ("ul", "ol", "dl")

    def close(self) -> None:
        if self.stack[-1].block_number == self.stack[-1].number:
            self.flush()
        self.stack.pop()

    def add(self, text: str | None) -> None:
        if text:
            self.buffer.append(text)
            seen = len(text) - text.count(" ")
            self.linked += seen if self.stack[-1].link else 0
            self.bold += seen if self.stack[-1].bold else 0

    def flush(self, frame: _Frame | None = None) -> None:
        if self.buffer:
            text = " ".join(tidy("".join(self.buffer)).split())
            self.put(text, frame or self.stack[-1])
        self.buffer = []
        self.linked = self.bold = 0

    def whole(self, element: Any) -> None:
        """A table or code: one line, with its line breaks."""
        text = _table(element) if element.tag == "table" else "".join(element.itertext())
        self.put(tidy(text).strip("\n").rstrip(), self.stack[-1])

    def put(self, text: str, top: _Frame) -> None:
        if not text:
            return
        seen = max(1, len(text) - text.count(" "))
        line = Line(
            number=len(self.out),
            text=text,
            tag=top.block,
            parent=top.parent,
            element=top.block_number,
            regions=top.regions,
            quote=top.quote,
            in_list=top.in_list,
            hidden=top.hidden or top.withheld,
            withheld=top.withheld,
            linked=min(1.0, self.linked / seen),
            bold=self.bold >= seen,
            words=tuple(WORD.findall(text.casefold())),
        )
        self.out.append(line)


def _is_withheld(element: Any) -> bool:
    """Whether an element is marked as not to be seen; a folded part that can be found is read."""
    attributes = element.attrib
    hidden = attributes.get("hidden")
    if hidden is not None and hidden.lower() != "until-found":
        return True
    # A hidden h1 is still the page's headline: the logo stands in its place.
    return element.tag != "h1" and bool(_HIDDEN_CLASS.search(attributes.get("class", "")))


def _is_unheard(element: Any) -> bool:
    """Whether it is a hidden note inside a line, which belongs to no line of its own."""
    return (
        element.tag in _INLINE
        and bool(element.attrib)
        and _is_withheld(element)
        and sum(map(len, element.itertext())) <= _MOST_UNHEARD
    )


def _is_data(table: Any) -> bool:
    """Whether a table holds data, and is not a layout with an article in one of its cells."""
    if table.find(".//table") is not None or table.find(".//h1") is not None:
        return False
    cells = list(table.iter("td", "th"))
    rows = sum(1 for _ in table.iter("tr"))
    return 1 < rows < len(cells) and all(
        sum(map(len, cell.itertext())) <= _MOST_IN_CELL for cell in cells
    )


def _table(table: Any) -> str:
    """A row a line, its cells parted by bars; the caption, if any, above them."""
    rows = [" ".join("".join(caption.itertext()).split()) for caption in table.iter("caption")]
    for row in table.iter("tr"):
        cells = (" ".join(" ".join(cell.itertext()).split()) for cell in row.iter("td", "th"))
        rows.append(" | ".join(cell for cell in cells if cell))
    return "\n".join(row for row in rows if row)
