"""Searching what a listener has: any text is a question, and both databases answer alike."""

from collections.abc import Iterator

from sqlalchemy import Connection, select, text

from aloud.library.records import MATCH_END, MATCH_START, Hit
from aloud.library.store import Store
from aloud.library.tables import articles, entries, revisions, search_texts
from aloud.library.words import Word, asked, cut

MOST = 100  # hits at once
SNIPPET = 180  # characters, about two lines
BEFORE = 50  # characters of it before what was found
_ELLIPSIS = "…"

Phrases = tuple[tuple[str, ...], ...]

_ON_SQLITE = text(
    "SELECT t.number, t.article_id FROM search_words "
    "JOIN search_texts t ON t.number = search_words.rowid "
    "JOIN entries e ON e.article_id = t.article_id AND e.listener_id = :listener "
    # A headline says ten times as much.
    "WHERE search_words MATCH :question ORDER BY bm25(search_words, 10.0, 1.0), e.added DESC"
)
_ON_POSTGRES = text(
    "SELECT t.number, t.article_id FROM search_words w "
    "JOIN search_texts t ON t.number = w.number "
    "JOIN entries e ON e.article_id = t.article_id AND e.listener_id = :listener "
    "WHERE w.words @@ CAST(:question AS tsquery) "
    # 32: a rank from 0 to 1, 1: divided by the length of the text, as bm25 does in its way.
    "ORDER BY ts_rank(w.words, CAST(:question AS tsquery), 33) DESC, e.added DESC"
)


def search(store: Store, listener_id: str, query: str, limit: int) -> tuple[Hit, ...]:
    """See `Library.search`."""
    phrases = asked(query)
    if not phrases:
        return ()
    with store.reading() as connection:
        best = _best(connection, listener_id, phrases, max(1, min(limit, MOST)))
        return tuple(_hits(connection, listener_id, best, phrases))


def _best(
    connection: Connection, listener_id: str, phrases: Phrases, limit: int
) -> tuple[int, ...]:
    """The best part of each of the best articles, by number."""
    on_sqlite = connection.dialect.name == "sqlite"
    question = _for_fts(phrases) if on_sqlite else _for_tsquery(phrases)
    asked_for = {"listener": listener_id, "question": question}
    best: dict[str, int] = {}
    for number, article_id in connection.execute(
        _ON_SQLITE if on_sqlite else _ON_POSTGRES, asked_for
    ):
        best.setdefault(article_id, number)
        if len(best) == limit:
            break
    return tuple(best.values())


def _hits(
    connection: Connection, listener_id: str, numbers: tuple[int, ...], phrases: Phrases
) -> Iterator[Hit]:
    titled = (
        select(search_texts, entries.c.title, revisions.c.headline)
        .join(articles, articles.c.id == search_texts.c.article_id)
        .join(entries, entries.c.article_id == articles.c.id)
        .join(
            revisions,
            (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision),
        )
        .where(search_texts.c.number.in_(numbers), entries.c.listener_id == listener_id)
    )
    rows = {row.number: row for row in connection.execute(titled)}
    for number in numbers:
        if row := rows.get(number):
            yield Hit(row.article_id, row.title or row.headline, snippet(row.body, phrases))


def snippet(body: str, phrases: Phrases) -> str:
    """What stands around the first thing found, on one line, with marks around each thing found.

    Without any (it was found in the headline) the text's beginning.
    """
    body = body.replace(MATCH_START, " ").replace(MATCH_END, " ")
    found = _near(_found(body, phrases))
    first, reach = found[0] if found else (0, 0)
    start = _start(body, first)
    end = max(reach, _end(body, start))
    pieces, at = [], start
    for begin, until in found:
        if until <= end:
            pieces += [body[at:begin], MATCH_START, body[begin:until], MATCH_END]
            at = until
    pieces.append(body[at:end])
    line = " ".join("".join(pieces).split())
    return f"{_ELLIPSIS if start else ''}{line}{_ELLIPSIS if end < len(body) else ''}"


def _near(found: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """The first and what can stand on the same line."""
    near: list[tuple[int, int]] = []
    for begin, until in found:
        if near and begin > near[0][0] + SNIPPET:
            break
        near.append((begin, until))
    return near


def _found(body: str, phrases: Phrases) -> Iterator[tuple[int, int]]:
    """Where phrases stand, in order, none inside another. Reads no line before it is asked to."""
    start = 0
    for line in body.splitlines(keepends=True):
        words = list(cut(line))
        at = 0
        while at < len(words):
            length = _length(words, at, phrases)
            if length:
                yield start + words[at].start, start + words[at + length - 1].end
            at += length or 1
        start += len(line)


def _length(words: list[Word], at: int, phrases: Phrases) -> int:
    """How many words from here on are one of the phrases; 0 where none stands here.

    The last phrase is only begun: its last word may be the beginning of a longer one.
    """
    here, longest = words[at].text, 0
    for phrase in phrases:
        if not here.startswith(phrase[0]):  # nearly always
            continue
        there = [word.text for word in words[at : at + len(phrase)]]
        *whole, last = phrase
        if phrase is phrases[-1] and len(there) == len(phrase) and there[-1].startswith(last):
            there[-1] = last
        if there == [*whole, last]:
            longest = max(longest, len(phrase))
    return longest


def _start(body: str, first: int) -> int:
    """A little before what was found, at the beginning of a word."""
    if first <= BEFORE:
        return 0
    space = body.find(" ", first - BEFORE, first)
    return first - BEFORE if space < 0 else space + 1


def _end(body: str, start: int) -> int:
    end = start + SNIPPET
    if end >= len(body):
        return len(body)
    space = body.rfind(" ", start + SNIPPET // 2, end)
    return end if space < 0 else space


def _for_fts(phrases: Phrases) -> str:
    """As FTS5 asks: every phrase in quotes, the last one open at its end. Words hold no quotes."""
    return " ".join(f'"{" ".join(phrase)}"' for phrase in phrases) + "*"


def _for_tsquery(phrases: Phrases) -> str:
    """As Postgres asks."""
    *whole, last = (" <-> ".join(f"'{word}'" for word in phrase) for phrase in phrases)
    return " & ".join(f"({phrase})" for phrase in (*whole, f"{last}:*"))
