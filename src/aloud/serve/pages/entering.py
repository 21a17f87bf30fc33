"""Entering: a token is exchanged for a session, so that a browser need not carry it."""

from datetime import timedelta

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from aloud.serve.pages.show import show
from aloud.serve.routes.asking import Held
from aloud.serve.security import session_cookie
from aloud.serve.security.identity import session_of

router = APIRouter(include_in_schema=False)
_LIFETIME = timedelta(days=30)
_SEE_OTHER = 303
_FIELDS = 5


@router.get("/login")
def login_form(request: Request, next: str = "/") -> HTMLResponse:
    """Asks for a token."""
    return show(request, "login", next=_inside(next), wrong=False)


@router.post("/login")
async def login(request: Request, service: Held) -> Response:
    """Opens a session for who holds the token."""
    async with request.form(max_files=0, max_fields=_FIELDS) as form:
        token, after = str(form.get("token", "")).strip(), _inside(str(form.get("next", "/")))
    listeners = service.library.listeners
    bearer = await run_sync(listeners.who, token)
    if bearer is None:
        return show(request, "login", 401, next=after, wrong=True)
    secret = await run_sync(
        listeners.open_session, bearer.listener.id, bearer.role, _LIFETIME, bearer.token_id
    )
    answer = RedirectResponse(after, _SEE_OTHER)
    seconds = int(_LIFETIME.total_seconds())
    https = request.url.scheme == "https"
    answer.headers["Set-Cookie"] = session_cookie(secret, https=https, seconds=seconds)
    return answer


@router.post("/logout")
def logout(request: Request, service: Held) -> Response:
    """The session is over, here and in the library."""
    https = request.url.scheme == "https"
    session = session_of(request.headers.get("cookie", "").encode("latin-1"), https=https)
    if session is not None:
        service.library.listeners.close_session(session)
        service.forget()
    answer = RedirectResponse("/login", _SEE_OTHER)
    answer.headers["Set-Cookie"] = session_cookie("", https=https, seconds=0)
    return answer


def _inside(path: str) -> str:
    """Where to go afterwards: a page of ours, whatever the link to the form said.

    >>> _inside("/articles/a1"), _inside("//elsewhere.example"), _inside("https://elsewhere.example")
    ('/articles/a1', '/', '/')
    """
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours and path.isascii() else "/"
