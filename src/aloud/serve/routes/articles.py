"""Articles: the listener's list, one article of it, and what the listener changes of it."""

import logging
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query

from aloud.article import by_roles
from aloud.errors import LibraryError, NotFound, ShelfError
from aloud.library.records import Entry
from aloud.serve.models import patterns
from aloud.serve.models.articles import Change, Item, Items
from aloud.serve.models.reading import ArticleOut, Reading
from aloud.serve.models.words import Tag
from aloud.serve.routes.asking import ArticleId, Held, Limit, Me, refusals
from aloud.serve.service import Service

log = logging.getLogger(__name__)
router = APIRouter(prefix="/api/articles", tags=["Articles"])
Cursor = Annotated[str, Query(min_length=1, max_length=200, pattern=patterns.CURSOR)]


@router.get("", summary="List the articles", responses=refusals(422))
def list_articles(
    me: Me,
    service: Held,
    limit: Annotated[Limit, Query(description="At most so many")] = 50,
    before: Annotated[Cursor | None, Query(description="The `next` of the page before")] = None,
    tag: Annotated[Tag | None, Query(description="Only those with this tag")] = None,
    archived: Annotated[bool | None, Query(description="Only these; left out: all")] = None,
) -> Items:
    """Newest first."""
    return Items.of(
        service.library.articles.entries(
            me.listener.id, archived=archived, tag=tag, limit=limit, before=before
        )
    )


@router.get("/{id:undotted}", summary="Read an article", responses=refusals(404, 422))
def get_article(id: ArticleId, me: Me, service: Held) -> ArticleOut:
    """Its newest words, each block with its state and the reason for it, and its recordings."""
    return whole(service, me.listener.id, id)


@router.patch("/{id:undotted}", summary="Change an article", responses=refusals(404, body=True))
def patch_article(id: ArticleId, change: Change, me: Me, service: Held) -> Item:
    """Title, tags, archived, heard: of this listener's list alone."""
    return Item.of(
        service.library.articles.update(
            me.listener.id,
            id,
            title=change.title,
            archived=change.archived,
            heard=change.heard,
            tags=tuple(change.tags) if change.tags is not None else None,
        )
    )


@router.delete(
    "/{id:undotted}", status_code=204, summary="Remove an article", responses=refusals(404, 422)
)
def delete_article(id: ArticleId, me: Me, service: Held) -> None:
    """From this listener's list, with its narrations and recordings. Single utterances stay on the
    shelf until there is no more room, or `aloud shelf clear`."""
    forget(service, service.library.articles.remove(me.listener.id, id))


def forget(service: Service, keys: Iterable[str]) -> None:
    """Drop from the shelf what nobody needs any more, as far as it can be reached."""
    try:
        service.drop(keys)
    except (LibraryError, ShelfError) as error:
        # It is out of the list, and that is what was asked for.
        log.warning("objects stay on the shelf: %s", error.message)


def whole(service: Service, listener: str, id: str) -> ArticleOut:
    """An article as a listener reads and hears it.

    Raises:
        NotFound: it is not in their list.
    """
    entry = service.library.articles.get(listener, id)
    narration = entry.narration
    made = service.library.narrations.recordings(narration.id) if narration else ()
    outdated = (
        bool(made)
        and narration is not None
        and (narration.lexicon != service.library.lexicon.digest(listener))
    )
    return ArticleOut.whole(entry, _reading(service, entry, listener), made, outdated=outdated)


def _reading(service: Service, entry: Entry, listener: str) -> Reading | None:
    """The newest words, as the listener wants them read; None: it was not read yet."""
    if not entry.article.revision:
        return None
    try:
        revision, article = service.library.articles.article(entry.article.id)
    except NotFound:  # it was removed just now
        return None
    roles = service.library.listeners.preferences(listener).roles
    return Reading.of(revision, by_roles(article, roles))
