"""Sweep: what was superseded, and the pictures of articles that are gone, leave the shelf."""

from datetime import datetime, timedelta

from aloud.library import Library
from aloud.serve.jobs.covers import KIND, cover_key
from aloud.serve.jobs.work import Work
from aloud.shelf import Shelf

# Long enough for whoever was listening to end, and for podcast apps to ask for the feed again.
GRACE = timedelta(days=7)


def sweep(library: Library, shelf: Shelf, work: Work, now: datetime) -> int:
    """How many narrations were forgotten. What they and no other were made of leaves the shelf.

    Raises:
        LibraryError, ShelfError: what is left is swept the next time.
    """
    before = now - GRACE
    old = library.narrations.superseded(before)
    for narration_id in old:
        work.drop(library.narrations.forget(narration_id, before))
    _covers(library, shelf)
    return len(old)


def _covers(library: Library, shelf: Shelf) -> None:
    # In this order: the picture of an article that comes meanwhile is not among the first.
    kept = frozenset(shelf.names(KIND))
    if not kept:
        return
    needed = {cover_key(image) for image in library.articles.images()}
    for key in sorted(kept - needed):
        shelf.drop(key)
