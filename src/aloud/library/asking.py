"""Asking: the narration that answers a wish, found or made."""

import json
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, insert, or_, select, update

from aloud.library.entries import not_theirs
from aloud.library.records import UNFINISHED, Narration
from aloud.library.store import new_id, record, row_of
from aloud.library.tables import articles, digest, entries, lexicon, listeners, narrations

# Built once: accepting runs these, and putting a statement together costs more than its execution.
_INSERT = insert(narrations)
_WORDS = (lexicon.c.written, lexicon.c.spoken, lexicon.c.language, lexicon.c.ipa)
_SAID = (
    select(listeners.c.roles, *_WORDS)
    .outerjoin(lexicon, lexicon.c.listener_id == listeners.c.id)
    .where(listeners.c.id == bindparam("listener"))
)
_POINT = (
    update(entries)
    .where(entries.c.article_id == bindparam("article"))
    .where(entries.c.listener_id == bindparam("listener"))
    .values(narration_id=bindparam("narration"))
)


def ask(
    connection: Connection,
    article_id: str,
    listener_id: str,
    voice_wish: str | None,
    priority: int,
    *,
    now: datetime,
    fresh: bool = False,
) -> Narration:
    """See `Narrations.ask`."""
    newest = _newest_revision(connection, article_id, listener_id)
    words = lexicon_digest(connection, listener_id)
    fitting = None
    if not fresh:
        fitting = _fitting(connection, article_id, listener_id, newest, voice_wish, words)
    if fitting is None:
        narration = begin(
            connection, article_id, listener_id, voice_wish, priority, now=now, words=words
        )
    else:
        narration = _hurried(connection, fitting, priority, now)
        _make_current(connection, narration)
    superseded = update(narrations).where(
        narrations.c.article_id == article_id,
        narrations.c.listener_id == listener_id,
        narrations.c.id != narration.id,
        narrations.c.state.in_(UNFINISHED),
    )
    connection.execute(superseded.values(state="cancelled", updated=now))
    return narration


def begin(
    connection: Connection,
    article_id: str,
    listener_id: str,
    voice_wish: str | None,
    priority: int,
    *,
    now: datetime,
    words: str | None = None,
) -> Narration:
    """A new narration that waits; the listener's for this article from now on."""
    narration = Narration(
        id=new_id(),
        article_id=article_id,
        listener_id=listener_id,
        revision=None,
        voice_wish=voice_wish,
        voice=None,
        script_key=None,
        state="waiting",
        done=0,
        total=0,
        priority=priority,
        error="",
        hint="",
        attempts=0,
        lexicon=lexicon_digest(connection, listener_id) if words is None else words,
        created=now,
        updated=now,
    )
    connection.execute(_INSERT, row_of(narration))
    _make_current(connection, narration)
    return narration


def lexicon_digest(connection: Connection, listener_id: str) -> str:
    """See `Lexicon.digest`."""
    held = connection.execute(_SAID, {"listener": listener_id}).all()
    # Sorted here: databases do not agree on the order of letters.
    rows = sorted([str(part or "") for part in words] for _, *words in held if words[0] is not None)
    roles = json.loads(held[0].roles) if held else []
    if roles:
        return digest(json.dumps([rows, roles]))
    return digest(json.dumps(rows)) if rows else ""


def _newest_revision(connection: Connection, article_id: str, listener_id: str) -> int:
    """Holds article and entry until the end of the transaction: nobody else asks meanwhile."""
    article = select(articles.c.revision).where(articles.c.id == article_id)
    revision = connection.scalar(article.with_for_update(key_share=True))
    mine = (entries.c.article_id == article_id) & (entries.c.listener_id == listener_id)
    held = connection.execute(select(entries.c.added).where(mine).with_for_update()).first()
    if revision is None or held is None:
        raise not_theirs(article_id)
    number: int = revision
    return number


def _fitting(
    connection: Connection,
    article_id: str,
    listener_id: str,
    newest: int,
    voice_wish: str | None,
    words: str,
) -> Narration | None:
    """One that is done before one that is on its way."""
    of_newest = narrations.c.revision == newest
    # Without a number yet, and unfinished, it will be of the newest.
    not_read = narrations.c.revision.is_(None) & (narrations.c.state != "done")
    found = (
        select(narrations)
        .where(
            narrations.c.article_id == article_id,
            narrations.c.listener_id == listener_id,
            narrations.c.voice_wish.is_not_distinct_from(voice_wish),
            narrations.c.lexicon == words,
            narrations.c.state.in_(("done", *UNFINISHED)),
            or_(of_newest, not_read),
        )
        .order_by(case((narrations.c.state == "done", 0), else_=1), narrations.c.created)
    )
    row = connection.execute(found.limit(1)).first()
    return record(Narration, narrations, row) if row else None


def _make_current(connection: Connection, narration: Narration) -> None:
    entry = {"article": narration.article_id, "listener": narration.listener_id}
    connection.execute(_POINT, {**entry, "narration": narration.id})


def _hurried(
    connection: Connection, narration: Narration, priority: int, now: datetime
) -> Narration:
    change = update(narrations).where(
        narrations.c.id == narration.id,
        narrations.c.state.in_(UNFINISHED),
        narrations.c.priority > priority,
    )
    changed = change.values(priority=priority, updated=now).returning(*narrations.c)
    row = connection.execute(changed).first()
    return record(Narration, narrations, row) if row else narration
