"""Extract: a Page read as an Article, every line of it in one block, furniture named as such."""

from aloud.article import Article, Role, State
from aloud.errors import ExtractError
from aloud.extract.decode import decode
from aloud.extract.kind import Kind, kind
from aloud.extract.wall import refuse_wall
from aloud.page import Page

__all__ = ["extract", "text"]

_ABOVE = frozenset((Role.HEADLINE, Role.STANDFIRST, Role.KEY_POINT))


def extract(page: Page) -> Article:
    """The article of a page.

    Raises:
        ExtractError: the page cannot be read, or there is no article in it.
    """
    needed = kind(page)
    decoded = decode(page)
    try:
        # Imported when asked for: lxml and trafilatura take a fifth of a second.
        if needed is Kind.HTML:
            from aloud.extract.html import read_html

            article = read_html(decoded.text, page.url, decoded.doubts)
        else:
            from aloud.extract.plain import read_plain

            article = read_plain(decoded.text, page.url, decoded.doubts)
        refuse_wall(article)
    except ExtractError as error:
        if error.subject or not page.url:
            raise
        raise ExtractError(error.message, subject=page.url, hint=error.hint) from error
    return article


def text(html: str, url: str | None = None) -> str:
    """The body of a web page, tables and code too, nothing from above it: for scoring."""
    from aloud.extract.html import read_html

    article = read_html(html, url or "")
    return "\n".join(
        block.text
        for block in article.kept
        if block.role not in _ABOVE
        and (block.state is State.SPOKEN or block.role in (Role.TABLE, Role.CODE))
    )
