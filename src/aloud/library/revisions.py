"""Revisions: each reading of a page, and each choice a listener made on it, under a number.

A number never changes its words: a recording made of revision 3 fits revision 3 for ever.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from aloud import article as nouns
from aloud.article import CHOSEN, OPTIONAL_ROLES, Article, Block, State
from aloud.errors import NotFound
from aloud.library import index
from aloud.library.store import inserting
from aloud.library.tables import articles, choices, digest, revisions

_MOST = 2**31 - 1  # the largest number of a revision
Choices = tuple[tuple[str, State], ...]  # block id and state, in order of block id


def add(connection: Connection, article_id: str, article: Article, now: datetime) -> int:
    """See `Articles.add_revision`."""
    newest = _hold(connection, article_id)
    content = content_digest(article)
    if newest is None or newest.digest != content:
        number = newest.number + 1 if newest else 1
        chosen = _still_valid(connection, article_id, article)
        _write(connection, article_id, number, number, article, chosen, content, now)
    else:
        # What is heard and shown is the same; the number of comments, say, may not be.
        number = newest.number
        reading = (revisions.c.article_id == article_id) & (revisions.c.number == newest.base)
        noun = {"noun": json.dumps(nouns.to_json(article))}
        connection.execute(update(revisions).where(reading).values(noun))
        shown = (revisions.c.article_id == article_id) & (revisions.c.number == number)
        summary = _summary(apply(article, _from_json(newest.choices)))
        connection.execute(update(revisions).where(shown).values(summary))
    ready = update(articles).where(articles.c.id == article_id)
    connection.execute(ready.values(state="ready", error="", hint=""))
    return number


def load(connection: Connection, article_id: str, number: int | None) -> tuple[int, Article]:
    """See `Articles.article`."""
    newest = select(articles.c.revision).where(articles.c.id == article_id).scalar_subquery()
    # A number no database counts to is no revision either.
    wanted = newest if number is None else max(0, min(number, _MOST))
    named = (revisions.c.article_id == article_id) & (revisions.c.number == wanted)
    row = connection.execute(select(revisions).where(named)).first()
    if row is None:
        raise NotFound(
            "the article was not read yet" if number is None else f"there is no revision {number}",
            subject=article_id,
            hint="wait until it is ready, or look at the reason why it failed",
        )
    return row.number, apply(_reading(connection, row), _from_json(row.choices))


def texts(connection: Connection, article_id: str) -> Iterator[Mapping[str, str]]:
    """The text of each block by its id, in order: of each reading of the page, newest first."""
    of_article = select(revisions.c.noun).where(revisions.c.article_id == article_id)
    readings = of_article.where(revisions.c.noun.is_not(None)).order_by(revisions.c.number.desc())
    for noun in connection.scalars(readings).all():
        yield {block.id: block.text for block in nouns.from_json(json.loads(noun)).blocks}


def index_newest(connection: Connection, article_id: str) -> None:
    """Put the newest revision into the index once more; an article that is gone stays out."""
    held = select(articles.c.id).where(articles.c.id == article_id)
    if connection.execute(held.with_for_update(key_share=True)).first():
        index.write(connection, article_id, load(connection, article_id, None)[1])


def choose(
    connection: Connection, article_id: str, block_id: str, state: State | None, now: datetime
) -> int:
    """See `Articles.choose`."""
    newest = _hold(connection, article_id)
    if newest is None:
        raise NotFound(
            "the article was not read yet", subject=article_id, hint="wait until it is ready"
        )
    reading = _reading(connection, newest)
    block = next((block for block in reading.blocks if block.id == block_id), None)
    if block is None:
        raise NotFound(
            "the article has no such block", subject=block_id, hint="look at its blocks again"
        )
    _remember(connection, article_id, block.id, digest(block.text), state)
    chosen = _still_valid(connection, article_id, reading)
    before = apply(reading, _from_json(newest.choices))
    if _said(apply(reading, chosen)) == _said(before):
        return int(newest.number)
    number: int = newest.number + 1
    _write(connection, article_id, number, newest.base, reading, chosen, newest.digest, now)
    return number


def apply(article: Article, chosen: Choices) -> Article:
    """The article with the listeners' choices in place of the page's own."""
    states = dict(chosen)
    blocks = tuple(
        replace(block, state=states[block.id], reason=CHOSEN)
        if block.id in states and _tells(block, states[block.id])
        else block
        for block in article.blocks
    )
    return replace(article, blocks=blocks)


def _tells(block: Block, choice: State) -> bool:
    """Whether a choice says anything. As the page gave it says something to those who want all
    blocks of this role otherwise."""
    return choice is not block.state or block.role in OPTIONAL_ROLES


def _said(article: Article) -> list[tuple[State, bool]]:
    return [(block.state, block.reason == CHOSEN) for block in article.blocks]


def content_digest(article: Article) -> str:
    """Stands for all that is heard and shown, and for nothing else of the page."""
    blocks = [(b.id, b.role, b.text, b.state, b.level) for b in article.blocks]
    return digest(json.dumps([article.language, blocks]))


def _hold(connection: Connection, article_id: str) -> Row[Any] | None:
    """The newest revision. Nobody else adds one before the transaction ends. Raises NotFound."""
    held = select(articles.c.revision).where(articles.c.id == article_id)
    number = connection.scalar(held.with_for_update(key_share=True))
    if number is None:
        raise NotFound("there is no such article", subject=article_id, hint="it was removed")
    named = (revisions.c.article_id == article_id) & (revisions.c.number == number)
    return connection.execute(select(revisions).where(named)).first()


def _reading(connection: Connection, row: Row[Any]) -> Article:
    """The page's own words, of which this revision is."""
    text = row.noun
    if text is None:
        named = (revisions.c.article_id == row.article_id) & (revisions.c.number == row.base)
        text = connection.scalar(select(revisions.c.noun).where(named))
    return nouns.from_json(json.loads(text))


def _write(
    connection: Connection,
    article_id: str,
    number: int,
    base: int,
    reading: Article,
    chosen: Choices,
    content: str,
    now: datetime,
) -> None:
    shown = apply(reading, chosen)
    row = {
        "article_id": article_id,
        "number": number,
        "base": base,
        "noun": json.dumps(nouns.to_json(reading)) if number == base else None,
        "digest": content,
        "choices": json.dumps(chosen),
        "created": now,
    }
    connection.execute(insert(revisions).values({**row, **_summary(shown)}))
    newest = update(articles).where(articles.c.id == article_id)
    connection.execute(newest.values(revision=number))
    index.write(connection, article_id, shown)


def _remember(
    connection: Connection, article_id: str, block: str, text_sha256: str, state: State | None
) -> None:
    about = (choices.c.article_id == article_id) & (choices.c.block == block)
    if state is None:
        connection.execute(delete(choices).where(about))
        return
    values = {"text_sha256": text_sha256, "state": state.value}
    change = inserting(connection, choices).values(article_id=article_id, block=block, **values)
    pair = ["article_id", "block"]
    connection.execute(change.on_conflict_do_update(index_elements=pair, set_=values))


def _still_valid(connection: Connection, article_id: str, article: Article) -> Choices:
    """The choices on blocks that are there and say what they said."""
    said = {block.id: digest(block.text) for block in article.blocks}
    rows = connection.execute(select(choices).where(choices.c.article_id == article_id)).all()
    return _sorted((r.block, State(r.state)) for r in rows if said.get(r.block) == r.text_sha256)


def _sorted(chosen: Iterable[tuple[str, State]]) -> Choices:
    return tuple(sorted(chosen))


def _from_json(text: str) -> Choices:
    return _sorted((block, State(state)) for block, state in json.loads(text))


def _summary(article: Article) -> Mapping[str, object]:
    spoken = " ".join(b.text for b in article.blocks if b.state is State.SPOKEN)
    return {
        "headline": article.headline,
        "publisher": article.publisher,
        "byline": article.byline,
        "language": article.language,
        "image": article.image,
        "published": article.published,
        "reading_minutes": article.reading_minutes,
        "words": nouns.words(spoken),
    }
