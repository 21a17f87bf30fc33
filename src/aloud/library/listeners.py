"""Listeners, and what they prefer."""

import json
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from aloud.article import Role as BlockRole
from aloud.article import State
from aloud.errors import Conflict, NotFound, UsageError
from aloud.library import credentials, removing
from aloud.library.records import Bearer, Listener, Preferences, Role, Token
from aloud.library.store import Store, inserted, new_id, record
from aloud.library.tables import entries, listeners

ME = "me"  # everybody, on an instance without tokens
LONGEST_NAME = 100  # characters


class Listeners:
    """Who listens here."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def me(self) -> Listener:
        """The listener of an instance without tokens, made when first asked for."""
        return self.named(ME)

    def named(self, name: str) -> Listener:
        """The listener of that name, made if there is none.

        Raises:
            UsageError: the name is empty, longer than 100 characters, or has control characters.
        """
        with self._store.reading() as connection:
            if found := _by_name(connection, name):
                return found
        with self._store.writing() as connection:
            return self._make_sure(connection, name)

    def get(self, listener_id: str) -> Listener:
        """Raises NotFound."""
        with self._store.reading() as connection:
            row = connection.execute(select(listeners).where(listeners.c.id == listener_id)).first()
        if row is None:
            raise _unknown(listener_id)
        return record(Listener, listeners, row)

    def all(self) -> tuple[Listener, ...]:
        """By name."""
        with self._store.reading() as connection:
            rows = connection.execute(select(listeners).order_by(listeners.c.name)).all()
        return tuple(record(Listener, listeners, row) for row in rows)

    def add(self, name: str) -> Listener:
        """Raises Conflict where there is one of that name."""
        made = self._new(name)
        with self._store.writing() as connection:
            if _by_name(connection, name):
                raise Conflict("there is a listener of that name", subject=name)
            connection.execute(insert(listeners).values(_row(made)))
        return made

    def remove(self, name: str) -> frozenset[str]:
        """Take the listener away with all that is theirs; the shelf's keys nobody needs any more.

        Raises:
            NotFound: there is none of that name.
        """
        with self._store.reading() as connection:
            listener = _by_name(connection, name)
        if listener is None:
            raise _unknown(name)
        dropped: frozenset[str] = frozenset()
        # An article a transaction: a long list holds nobody up, and no two transactions ever wait
        # for each other's articles. What is accepted meanwhile is taken away in the next round.
        while not self._gone(listener.id):
            with self._store.reading() as connection:
                of_listener = entries.c.listener_id == listener.id
                listed = connection.scalars(select(entries.c.article_id).where(of_listener)).all()
            for article_id in listed:
                with self._store.writing() as connection:
                    dropped |= removing.remove(connection, listener.id, article_id)
        return dropped

    def preferences(self, listener_id: str) -> Preferences:
        """Raises NotFound."""
        with self._store.reading() as connection:
            row = connection.execute(select(listeners).where(listeners.c.id == listener_id)).first()
        if row is None:
            raise _unknown(listener_id)
        return _preferences(row)

    def prefer(self, listener_id: str, change: Callable[[Preferences], Preferences]) -> Preferences:
        """What ``change`` makes of the preferences there are, while nobody else changes them.

        Raises:
            NotFound: there is no such listener.
        """
        mine = listeners.c.id == listener_id
        with self._store.writing() as connection:
            row = connection.execute(select(listeners).where(mine).with_for_update()).first()
            if row is None:
                raise _unknown(listener_id)
            preferences = change(_preferences(row))
            connection.execute(update(listeners).where(mine).values(_kept(preferences)))
        return preferences

    def greet(self, listener_id: str) -> bool:
        """True the first time that somebody greets this listener, and never again."""
        new = (listeners.c.id == listener_id) & listeners.c.greeted.is_(False)
        with self._store.reading() as connection:
            if connection.execute(select(listeners.c.id).where(new)).first() is None:
                return False
        with self._store.writing() as connection:
            greeted = connection.execute(update(listeners).where(new).values(greeted=True))
        return bool(greeted.rowcount)

    def issue(self, listener_name: str, role: Role, label: str = "") -> str:
        """A new token, which is shown this once; the listener is made if there is none."""
        with self._store.writing() as connection:
            listener = self._make_sure(connection, listener_name)
            return credentials.issue(connection, listener, role, label, self._store.clock())

    def who(self, token: str) -> Bearer | None:
        """Who holds this token; None for any text that is not one of ours."""
        with self._store.reading() as connection:
            return credentials.who(connection, token)

    def has_tokens(self) -> bool:
        """Whether anybody could show a token."""
        return bool(self.tokens())

    def tokens(self) -> tuple[Token, ...]:
        """All that were issued and not revoked, oldest first, without their secrets."""
        with self._store.reading() as connection:
            return credentials.issued(connection)

    def revoke(self, token_id: str) -> None:
        """The token and the sessions opened with it mean nothing from now on. Raises NotFound."""
        with self._store.writing() as connection:
            credentials.revoke(connection, token_id)

    def open_session(
        self, listener_id: str, role: Role, lifetime: timedelta, token_id: str | None = None
    ) -> str:
        """The secret of a new session, for a cookie. Ends with its lifetime, or its token.

        Raises:
            NotFound: no such listener or token.
        """
        now = self._store.clock()
        with self._store.writing() as connection:
            return credentials.open_session(
                connection, listener_id, role, token_id, now=now, expires=now + lifetime
            )

    def session(self, secret: str) -> Bearer | None:
        """Who opened this session; None when it is over or never was."""
        with self._store.reading() as connection:
            return credentials.session(connection, secret, self._store.clock())

    def close_session(self, secret: str) -> None:
        """The session is over. One that is over already stays so."""
        with self._store.writing() as connection:
            credentials.close_session(connection, secret)

    def _make_sure(self, connection: Connection, name: str) -> Listener:
        made = self._new(name)
        inserted(connection, listeners, _row(made))
        return _by_name(connection, name) or made

    def _new(self, name: str) -> Listener:
        if not _is_name(name):
            raise UsageError(
                "this cannot be a listener's name",
                subject=name[:LONGEST_NAME],
                hint=f"take 1 to {LONGEST_NAME} characters, all of which can be seen",
            )
        return Listener(new_id(), name, self._store.clock())

    def _gone(self, listener_id: str) -> bool:
        """Whether the listener could be deleted: there was no entry left."""
        with self._store.writing() as connection:
            held = select(listeners.c.id).where(listeners.c.id == listener_id).with_for_update()
            connection.execute(held)
            of_listener = select(entries.c.article_id).where(entries.c.listener_id == listener_id)
            if connection.execute(of_listener.limit(1)).first():
                return False
            connection.execute(delete(listeners).where(listeners.c.id == listener_id))
            return True


def _by_name(connection: Connection, name: str) -> Listener | None:
    row = connection.execute(select(listeners).where(listeners.c.name == name)).first()
    return record(Listener, listeners, row) if row else None


def _row(listener: Listener) -> dict[str, object]:
    return {
        "id": listener.id,
        "name": listener.name,
        "created": listener.created,
        "voices": "[]",
        "locale": "",
    }


def _is_name(name: str) -> bool:
    fits = 0 < len(name) <= LONGEST_NAME and name == name.strip()
    return fits and not any(unicodedata.category(c) in ("Cc", "Cs") for c in name)


def _unknown(subject: str) -> NotFound:
    return NotFound("there is no such listener", subject=subject, hint="aloud library listeners")


def _preferences(row: Row[Any]) -> Preferences:
    voices = tuple((language, voice) for language, voice in json.loads(row.voices))
    roles = tuple((BlockRole(role), State(state)) for role, state in json.loads(row.roles))
    return Preferences(row.wpm, voices, row.locale, roles)


def _kept(preferences: Preferences) -> dict[str, object]:
    return {
        "wpm": preferences.wpm,
        "voices": json.dumps(preferences.voices),
        "locale": preferences.locale,
        # Sorted: the same wishes are the same text, whoever names them in whatever order.
        "roles": json.dumps(sorted(preferences.roles)),
    }
