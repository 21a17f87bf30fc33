"""Narrations: wishes to hear an article, in order of need, each ended exactly once."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import ColumnElement, case, func, insert, or_, select, update

from aloud.errors import NotFound
from aloud.library import superseding
from aloud.library.asking import ask, lexicon_digest
from aloud.library.records import (
    ARCHIVE,
    UNFINISHED,
    Narration,
    NarrationState,
    RecordingRecord,
)
from aloud.library.store import AT_A_TIME, Store, every, record, row_of
from aloud.library.tables import articles, entries, narrations
from aloud.library.tables import recordings as files

_IS_UNFINISHED = narrations.c.state.in_(UNFINISHED)


class Narrations:
    """What is to be spoken, is being spoken, and was."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ask(
        self,
        article_id: str,
        listener_id: str,
        voice_wish: str | None = None,
        priority: int = ARCHIVE,
        *,
        fresh: bool = False,
    ) -> Narration:
        """The narration that answers this wish: one that is there, or a new one that waits.

        One that is there fits if it is of the newest revision, the same wish for a voice and the
        same lexicon, and neither failed nor was cancelled; it becomes more urgent where
        ``priority`` says so. ``fresh`` takes a new one anyway. Other unfinished narrations of the
        listener's for this article are cancelled: nobody waits for them any more.

        Raises:
            NotFound: the listener does not have the article.
        """
        now = self._store.clock()
        with self._store.writing() as connection:
            return ask(
                connection, article_id, listener_id, voice_wish, priority, now=now, fresh=fresh
            )

    def get(self, narration_id: str) -> Narration:
        """Raises NotFound."""
        with self._store.reading() as connection:
            named = select(narrations).where(narrations.c.id == narration_id)
            row = connection.execute(named).first()
        if row is None:
            raise _gone(narration_id)
        return record(Narration, narrations, row)

    def some(self, ids: Collection[str]) -> tuple[Narration, ...]:
        """Those of them that there are, in no order."""
        found: list[Narration] = []
        wanted = sorted(set(ids))
        with self._store.reading() as connection:
            for start in range(0, len(wanted), AT_A_TIME):
                named = narrations.c.id.in_(wanted[start : start + AT_A_TIME])
                rows = connection.execute(select(narrations).where(named)).all()
                found += (record(Narration, narrations, row) for row in rows)
        return tuple(found)

    def current(self, article_id: str, listener_id: str) -> Narration | None:
        """The one last asked for; None where none was."""
        last = select(narrations).join(entries, entries.c.narration_id == narrations.c.id)
        last = last.where(entries.c.article_id == article_id, entries.c.listener_id == listener_id)
        with self._store.reading() as connection:
            row = connection.execute(last).first()
        return record(Narration, narrations, row) if row else None

    def advance(
        self,
        narration_id: str,
        state: NarrationState,
        *,
        revision: int | None = None,
        voice: str | None = None,
        script_key: str | None = None,
        total: int | None = None,
    ) -> bool:
        """Move on to an unfinished state and note what became known.

        False, and nothing changed, where it is done, failed, cancelled or gone: stop working.
        """
        if state not in UNFINISHED:
            raise ValueError(f"{state} is an end: it has a method of its own")
        became = {"revision": revision, "voice": voice, "script_key": script_key, "total": total}
        known = {name: value for name, value in became.items() if value is not None}
        return self._change(narration_id, _IS_UNFINISHED, state=state, **known)

    def written(
        self,
        narration_id: str,
        *,
        revision: int,
        lexicon: str,
        voice: str,
        script_key: str,
        total: int,
    ) -> bool:
        """It is settled what is said and by whom: on to speaking. False as in `advance`, and
        where ``revision`` is not the article's newest any more: then it has to be written anew."""
        with self._store.writing() as connection:
            mine = select(narrations.c.article_id).where(narrations.c.id == narration_id)
            article_id = connection.scalar(mine)
            # Held until the end, so that nobody chooses a block between looking and writing.
            newest = select(articles.c.revision).where(articles.c.id == article_id)
            if connection.scalar(newest.with_for_update(key_share=True)) != revision:
                return False
            settled = update(narrations).where(narrations.c.id == narration_id, _IS_UNFINISHED)
            changed = connection.execute(
                settled.values(
                    state="speaking",
                    revision=revision,
                    lexicon=lexicon,
                    voice=voice,
                    script_key=script_key,
                    total=total,
                    updated=self._store.clock(),
                )
            )
            return bool(changed.rowcount)

    def heard(
        self, article_id: str, listener_id: str, voice: str, revision: int
    ) -> Narration | None:
        """The listener's narration of that revision in that voice, with the words as they want
        them said now, which is nearest to its end. One that was cancelled serves too, as long as
        it is written: live listening goes on."""
        said = or_(narrations.c.voice == voice, narrations.c.voice_wish == voice)
        serves = narrations.c.state.not_in(("failed", "cancelled")) | (
            (narrations.c.state == "cancelled") & narrations.c.script_key.is_not(None)
        )
        found = select(narrations).where(
            narrations.c.article_id == article_id,
            narrations.c.listener_id == listener_id,
            said,
            serves,
            or_(narrations.c.revision == revision, narrations.c.revision.is_(None)),
        )
        order = case((narrations.c.state == "done", 0), (_IS_UNFINISHED, 1), else_=2)
        with self._store.reading() as connection:
            newest = narrations.c.created.desc()
            now = narrations.c.lexicon == lexicon_digest(connection, listener_id)
            row = connection.execute(found.where(now).order_by(order, newest).limit(1)).first()
        return record(Narration, narrations, row) if row else None

    def again(self, narration_id: str, attempts: int, *, read: bool | None = None) -> bool:
        """Begin it once more, if it was begun ``attempts`` times so far. False where another
        process has just said the same, or it is finished or gone; or where its article has (or
        has not) been read, as in `unfinished`."""
        still = _IS_UNFINISHED & (narrations.c.attempts == attempts)
        if read is not None:
            still &= narrations.c.article_id.in_(select(articles.c.id).where(_was_read(read)))
        return self._change(narration_id, still, attempts=attempts + 1)

    def note(self, narration_id: str, error: str, hint: str = "") -> bool:
        """Say what keeps it waiting. False as in `advance`."""
        kept = {"state": "waiting", "error": error, "hint": hint}
        return self._change(narration_id, _IS_UNFINISHED, **kept)

    def progress(self, narration_id: str, done: int, total: int) -> bool:
        """Note how many utterances are spoken. False as in `advance`."""
        return self._change(narration_id, _IS_UNFINISHED, done=done, total=total)

    def fail(self, narration_id: str, error: str, hint: str = "") -> bool:
        """Give it up, with the reason. False as in `advance`."""
        return self._change(narration_id, _IS_UNFINISHED, state="failed", error=error, hint=hint)

    def retry(self, narration_id: str) -> bool:
        """Let one that failed wait again. False where it had not."""
        failed = narrations.c.state == "failed"
        return self._change(narration_id, failed, state="waiting", error="", hint="")

    def cancel(self, narration_id: str) -> bool:
        """Nobody wants it any more. False where it is finished or gone."""
        return self._change(narration_id, _IS_UNFINISHED, state="cancelled")

    def finish(
        self, narration_id: str, recordings: tuple[RecordingRecord, ...], hint: str = ""
    ) -> bool:
        """Done, and here is what was made of it, in one transaction. ``hint`` says what is to be
        known about it all the same.

        True for one call only, however many there are: the others change nothing, and neither
        does a call for one that was cancelled or is gone. One that was given up by another
        process and yet came to its end is done.
        """
        may_end = narrations.c.state.in_((*UNFINISHED, "failed"))
        ended = update(narrations).where(narrations.c.id == narration_id, may_end)
        ended = ended.values(
            state="done",
            done=narrations.c.total,
            error="",
            hint=hint,
            updated=self._store.clock(),
        )
        with self._store.writing() as connection:
            if not connection.execute(ended).rowcount:
                return False
            rows = [{**row_of(each), "narration_id": narration_id} for each in recordings]
            if rows:
                connection.execute(insert(files), rows)
        return True

    def unfinished(self, limit: int = 100, *, read: bool | None = None) -> tuple[Narration, ...]:
        """The first of them in order of need: by priority, then as they were asked for. All, or
        those whose article has been (or has not been) read."""
        need = (narrations.c.priority, narrations.c.created, narrations.c.id)
        waiting = select(narrations).where(_IS_UNFINISHED).order_by(*need).limit(max(0, limit))
        if read is not None:
            waiting = waiting.join(articles, articles.c.id == narrations.c.article_id)
            waiting = waiting.where(_was_read(read))
        with self._store.reading() as connection:
            rows = connection.execute(waiting).all()
        return tuple(record(Narration, narrations, row) for row in rows)

    def done(self) -> Iterator[Narration]:
        """Every one that has recordings, some at a time."""
        return every(self._store, Narration, narrations, narrations.c.state == "done")

    def latest(
        self, article_id: str, listener_id: str, voice: str | None = None
    ) -> Narration | None:
        """The last one that was done, in that voice if one is named, whatever was asked for
        after it."""
        found = select(narrations).where(
            narrations.c.article_id == article_id,
            narrations.c.listener_id == listener_id,
            narrations.c.state == "done",
        )
        if voice is not None:
            found = found.where(narrations.c.voice == voice)
        found = found.order_by(narrations.c.updated.desc(), narrations.c.id)
        with self._store.reading() as connection:
            row = connection.execute(found.limit(1)).first()
        return record(Narration, narrations, row) if row else None

    def superseded(self, before: datetime) -> tuple[str, ...]:
        """Those that nobody needs any more since before that time: a later one is done in their
        place, or they came to no end and another was asked for. Never the one last asked for."""
        with self._store.reading() as connection:
            return superseding.superseded(connection, before)

    def forget(self, narration_id: str, before: datetime) -> frozenset[str]:
        """Forget one that is superseded, if it (still) is; the shelf's keys that nobody needs
        any more."""
        with self._store.writing() as connection:
            return superseding.forget(connection, narration_id, before)

    def raise_priority(self, narration_id: str, priority: int) -> bool:
        """At least that urgent from now on. False where it was already, or is finished or gone."""
        less = _IS_UNFINISHED & (narrations.c.priority > priority)
        return self._change(narration_id, less, priority=priority)

    def counts(self) -> tuple[tuple[NarrationState, int], ...]:
        """How many there are in each state, none left out."""
        counted = select(narrations.c.state, func.count().label("number"))
        with self._store.reading() as connection:
            rows = connection.execute(counted.group_by(narrations.c.state))
            found = {row.state: row.number for row in rows}
        return tuple((state, found.get(state, 0)) for state in get_args(NarrationState))

    def recordings(self, narration_id: str) -> tuple[RecordingRecord, ...]:
        """Its files, by format; none before it is done."""
        of_it = select(files).where(files.c.narration_id == narration_id)
        with self._store.reading() as connection:
            rows = connection.execute(of_it.order_by(files.c.format)).all()
        return tuple(record(RecordingRecord, files, row) for row in rows)

    def recording_by_sha(self, sha256: str) -> RecordingRecord | None:
        """The file of that content, of whichever narration."""
        named = select(files).where(files.c.sha256 == sha256)
        with self._store.reading() as connection:
            row = connection.execute(named.order_by(files.c.narration_id).limit(1)).first()
        return record(RecordingRecord, files, row) if row else None

    def _change(self, narration_id: str, where: ColumnElement[bool], **values: Any) -> bool:
        change = update(narrations).where(narrations.c.id == narration_id, where)
        with self._store.writing() as connection:
            changed = connection.execute(change.values(**values, updated=self._store.clock()))
        return bool(changed.rowcount)


def _was_read(read: bool) -> ColumnElement[bool]:
    return articles.c.revision > 0 if read else articles.c.revision == 0


def _gone(narration_id: str) -> NotFound:
    return NotFound(
        "there is no such narration", subject=narration_id, hint="it was removed: ask for another"
    )
