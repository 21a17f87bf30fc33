"""The index: the words of every article's newest revision, in parts, as each database likes it.

It is worked out from the revisions and nothing else, so it can be thrown away at any time.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, text

from aloud.article import Article, Role
from aloud.library.tables import articles, search_texts
from aloud.library.words import Word, cut

# Of a part: Postgres holds a megabyte of words, counts positions up to 16,383 and no more than 256
# of one word (every 25th character of Chinese is the same one, and phrases need its positions). A
# book has several parts, and all words of a question must stand in one of them.
PART_WORDS = 5_000
HEAD_WORDS = 500
PART_CHARACTERS = 100_000

_FTS = text("INSERT INTO search_words (rowid, head, body) VALUES (:number, :head, :body)")
_TSVECTOR = text(
    "INSERT INTO search_words (number, words) VALUES (:number, CAST(:words AS tsvector))"
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of an article."""

    body: str
    words: tuple[Word, ...]


def write(connection: Connection, article_id: str, article: Article) -> None:
    """Index this revision in place of what was there."""
    connection.execute(delete(search_texts).where(search_texts.c.article_id == article_id))
    head = tuple(cut(article.headline))[:HEAD_WORDS]
    body = "\n".join(b.text for b in article.kept if b.role is not Role.HEADLINE)
    for number, part in enumerate(parts(body)):
        row = {"article_id": article_id, "part": number, "body": part.body}
        written = insert(search_texts).values(row).returning(search_texts.c.number)
        _write_words(connection, connection.execute(written).scalar_one(), head, part.words)


def missing(connection: Connection) -> tuple[str, ...]:
    """Articles that were read and are not in the index."""
    indexed = select(search_texts.c.article_id)
    read = select(articles.c.id).where(articles.c.revision > 0, articles.c.id.not_in(indexed))
    return tuple(connection.scalars(read))


def parts(body: str) -> Iterator[Part]:
    """The text in pieces that a database can take, cut between words; at least one."""
    start, words, size = 0, list[Word](), 0
    for word in cut(body):
        if len(words) == PART_WORDS or size + len(word.text) > PART_CHARACTERS:
            yield Part(body[start : word.start], tuple(words))
            start, words, size = word.start, [], 0
        words.append(word)
        size += len(word.text)
    yield Part(body[start:], tuple(words))


def _write_words(
    connection: Connection, number: int, head: tuple[Word, ...], body: tuple[Word, ...]
) -> None:
    if connection.dialect.name == "sqlite":
        said = {"head": _joined(head), "body": _joined(body)}
        connection.execute(_FTS, {"number": number, **said})
        return
    connection.execute(_TSVECTOR, {"number": number, "words": _lexemes(head, body)})


def _joined(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


def _lexemes(head: tuple[Word, ...], body: tuple[Word, ...]) -> str:
    """The text of a tsvector. The headline has weight A; words hold no quotes and no backslash."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for at, word in enumerate(head, 1):
        places[word.text].append(f"{at}A")
    # One place is left free, so that no phrase reaches from the headline into the body.
    for at, word in enumerate(body, len(head) + 2):
        places[word.text].append(str(at))
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())
