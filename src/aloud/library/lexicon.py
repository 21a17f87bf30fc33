"""The lexicon: how a listener wants words to be said."""

import re
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from sqlalchemy import Connection, Row, delete, insert, select, update

from aloud.errors import Conflict, NotFound, UsageError
from aloud.library.asking import lexicon_digest
from aloud.library.records import LexiconEntry
from aloud.library.store import Store, new_id, record
from aloud.library.tables import lexicon
from aloud.script import Saying

LONGEST = 200  # characters of either side
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # BCP 47, as far as it is written


class Lexicon:
    """Each listener's own words."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self, listener_id: str) -> tuple[LexiconEntry, ...]:
        """In alphabetical order of what is written."""
        mine = select(lexicon).where(lexicon.c.listener_id == listener_id)
        with self._store.reading() as connection:
            found = (_entry(row) for row in connection.execute(mine))
            # Sorted here: databases do not agree on the order of letters.
            return tuple(sorted(found, key=lambda e: (e.written.casefold(), e.language or "")))

    def get(self, listener_id: str, entry_id: str) -> LexiconEntry:
        """Raises NotFound."""
        mine = (lexicon.c.listener_id == listener_id) & (lexicon.c.id == entry_id)
        with self._store.reading() as connection:
            row = connection.execute(select(lexicon).where(mine)).first()
        if row is None:
            raise _unknown(entry_id)
        return _entry(row)

    def add(
        self,
        listener_id: str,
        written: str,
        spoken: str,
        language: str | None = None,
        ipa: str | None = None,
    ) -> LexiconEntry:
        """Raises Conflict where that is written already for that language, or differs only in
        capitals from one that means every form; UsageError where either side is empty or longer
        than 200 characters, or the language is no tag; NotFound for an unknown listener."""
        entry = LexiconEntry(new_id(), written, spoken, language, ipa)
        with self._store.writing() as connection:
            row = _proper(connection, listener_id, entry)
            connection.execute(insert(lexicon).values({**row, "listener_id": listener_id}))
        return entry

    def update(self, listener_id: str, entry: LexiconEntry) -> LexiconEntry:
        """The entry of that id reads like this now. Raises NotFound, Conflict or UsageError."""
        mine = (lexicon.c.listener_id == listener_id) & (lexicon.c.id == entry.id)
        with self._store.writing() as connection:
            row = _proper(connection, listener_id, entry)
            if not connection.execute(update(lexicon).where(mine).values(row)).rowcount:
                raise _unknown(entry.id)
        return entry

    def remove(self, listener_id: str, entry_id: str) -> None:
        """Raises NotFound."""
        mine = (lexicon.c.listener_id == listener_id) & (lexicon.c.id == entry_id)
        with self._store.writing() as connection:
            if not connection.execute(delete(lexicon).where(mine)).rowcount:
                raise _unknown(entry_id)

    def digest(self, listener_id: str) -> str:
        """Changes whenever something would be said differently, also because of what is spoken
        per role; "" for an empty lexicon and no such wish."""
        with self._store.reading() as connection:
            return lexicon_digest(connection, listener_id)


def _proper(connection: Connection, listener_id: str, entry: LexiconEntry) -> dict[str, Any]:
    """The entry as a row, if nothing speaks against it."""
    if not (_fits(entry.written) and _fits(entry.spoken)):
        raise UsageError(
            "a pronunciation has two sides",
            subject=entry.written[:LONGEST],
            hint=f"give what is written and what is said, 1 to {LONGEST} characters each",
        )
    try:
        Saying(entry.written, entry.spoken, entry.language)
    except ValueError as error:
        said = "this cannot be said: it has no letter and no digit in it"
        hint = "write what should be heard, as words"
        raise UsageError(said, subject=entry.written, hint=hint) from error
    if entry.language and not _TAG.fullmatch(entry.language):
        raise UsageError(
            "this is no language tag",
            subject=entry.language[:LONGEST],
            hint="write it as in BCP 47: en, en-GB, pt-BR; or leave it out for every language",
        )
    others = (
        lexicon.c.listener_id == listener_id,
        lexicon.c.language == (entry.language or ""),
        lexicon.c.id != entry.id,
    )
    for written in connection.scalars(select(lexicon.c.written).where(*others)):
        if _meet(written, entry.written):
            raise Conflict(
                "the lexicon has an entry for this already",
                subject=written,
                hint="change that one, or name another language",
            )
    return {
        "id": entry.id,
        "written": entry.written,
        "spoken": entry.spoken,
        "language": entry.language or "",
        "ipa": entry.ipa,
    }


def _meet(one: str, other: str) -> bool:
    """Whether there is a text that both entries say: one in small letters alone means every form
    of the word, any other only itself (`adapt.lexicon`)."""
    first, second = (" ".join(normalize("NFC", each).split()) for each in (one, other))
    if first == second:
        return True
    small = first == first.lower() or second == second.lower()
    return small and first.casefold() == second.casefold()


def _fits(text: str) -> bool:
    return bool(text.strip()) and len(text) <= LONGEST


def _entry(row: Row[Any]) -> LexiconEntry:
    entry = record(LexiconEntry, lexicon, row)
    return replace(entry, language=entry.language or None)


def _unknown(entry_id: str) -> NotFound:
    return NotFound(
        "the lexicon has no such entry", subject=entry_id, hint="look at the lexicon again"
    )
