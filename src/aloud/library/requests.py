"""Requests: which idempotency keys came lately, and what became of them."""

from aloud.library.accepting import answered
from aloud.library.records import Request
from aloud.library.store import Store


class Requests:
    """Kept for 24 hours; `articles.accept` remembers them in its own transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, listener_id: str, request: Request) -> str | None:
        """The article that this very request was answered with; None where it is new.

        Raises:
            Conflict: the key came with something else.
        """
        with self._store.reading() as connection:
            return answered(connection, listener_id, request, self._store.clock())
