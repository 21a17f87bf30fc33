"""Show: a template with its facts, as an answer."""

from datetime import datetime
from functools import cache

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from aloud.library.records import Bearer


def show(request: Request, template: str, status: int = 200, **facts: object) -> HTMLResponse:
    """The page of that name. ``me`` is who asks, or None on an open page."""
    bearer = request.scope.get("state", {}).get("bearer")
    me = bearer.listener.name if isinstance(bearer, Bearer) else None
    by_session = isinstance(bearer, Bearer) and "cookie" in request.headers
    page = _templates().get_template(f"{template}.html")
    return HTMLResponse(page.render(me=me, by_session=by_session, **facts), status)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("aloud.serve"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = _day
    made.filters["minutes"] = _minutes
    return made


def _day(moment: datetime) -> str:
    """A date as one writes it: 5 March 2024."""
    return f"{moment.day} {moment:%B %Y}"


def _minutes(seconds: float) -> str:
    """A length as players show it: 12:05."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"
