"""The wall: what every request has to pass before any route sees it.

In this order, the cheapest first: its host, the page that sent it, who asks, its body. Plain ASGI
and nothing per request that is not needed, because media goes through it a thousand times a second.
"""

from collections.abc import Callable, Iterable
from urllib.parse import quote

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aloud.errors import AloudError
from aloud.library.records import Bearer
from aloud.serve import problems
from aloud.serve.problems import Refusal
from aloud.serve.security import bodies, origins
from aloud.serve.security.bodies import Intake, Limits
from aloud.serve.security.headers import dressed
from aloud.serve.security.hosts import Hosts
from aloud.serve.security.identity import Asked, Client, Identity

OPEN_PATHS = ("/healthz", "/login", "/static/")  # one that ends in / stands for all below it
ASKED = frozenset((
    b"host", b"origin", b"sec-fetch-site", b"sec-fetch-mode", b"sec-fetch-dest", b"authorization",
    b"cookie", b"content-length", b"transfer-encoding", b"content-encoding", b"content-type",
    b"accept",
))  # fmt: skip

_UNKNOWN = Refusal(
    401, "unauthorized", "this needs a token", "send it as: Authorization: Bearer <token>",
    ((b"www-authenticate", b'Bearer realm="aloud"'),),
)  # fmt: skip
_FAULT = Refusal(500, "fault", "something went wrong", "the service's log says more")


class Wall:
    """Stands before ``app``. Puts who asks into ``scope["state"]["bearer"]``, or None on an open
    path.

    ``authenticate`` (a token) and ``session`` (a cookie's value) ask the library who that is; they
    may block. ``everybody`` is who anyone on this machine is as long as there is no token, which
    ``has_tokens`` tells, and may block too; None where there is one. ``bound`` is the address
    listened on, ``names`` other names for it.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        authenticate: Callable[[str], Bearer | None],
        session: Callable[[str], Bearer | None],
        everybody: Bearer | None,
        has_tokens: Callable[[], bool] = lambda: False,
        bound: str = "127.0.0.1",
        names: Iterable[str] = (),
        open_paths: Iterable[str] = OPEN_PATHS,
        limits: Limits | None = None,
    ) -> None:
        self._app = app
        self._hosts = Hosts(bound, names)
        self._identity = Identity(authenticate, session, everybody, has_tokens=has_tokens)
        self._open = frozenset(open_paths)
        self._open_below = tuple(path for path in self._open if path.endswith("/"))
        self._limits = limits or Limits()

    def forget(self) -> None:
        """A token was made, or one or a session was taken back: nobody is remembered."""
        self._identity.forget()

    async def known(self, scope: Scope) -> Bearer | None:
        """Who asked this, looked at again: an answer may go on for longer than a token is good.

        Raises:
            LibraryError: it cannot be looked up now.
        """
        bearer, _ = await self._identity.of(_asked(scope), scope["scheme"], scope.get("client"))
        return bearer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # there are none here
        else:
            await self._request(scope, receive, send)

    def admits(self, path: str, asked: Asked, scheme: str, client: Client) -> bool:
        """Whether a GET without a body passes here and now. No: it has to go the long way."""
        if self._hosts.refusal(asked.get(b"host")) is not None:
            return False
        bearer, proof = self._identity.at_once(asked, scheme, client)
        if bearer is None or origins.refusal("GET", path, scheme, asked, proof) is not None:
            return False
        return not bodies.has_body(asked)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def dress(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = dressed(message.get("headers", ()))
            await send(message)

        asked = _asked(scope)
        refusal = await self._check(scope, asked)
        if refusal is not None:
            if bodies.has_body(asked):
                await bodies.refuse(dress, receive, refusal, scope["path"])
            else:
                await problems.answer(dress, refusal, scope["path"])
            return
        intake = None
        if bodies.has_body(asked):
            intake = Intake(receive, dress, asked, self._limits, scope["path"])
        try:
            if intake is not None:
                await self._app(scope, intake.receive, intake.send)
            else:
                await self._app(scope, receive, dress)
        except ClientDisconnect:
            pass  # or so the application was told, after a refusal
        except Exception:
            if intake is not None and intake.refused:
                return
            if not started:
                await problems.answer(dress, _FAULT, scope["path"])
            raise  # the server logs it

    async def _check(self, scope: Scope, asked: Asked) -> Refusal | None:
        path: str = scope["path"]
        refusal = self._hosts.refusal(asked.get(b"host"))
        if refusal is not None:
            return refusal
        try:
            bearer, proof = await self._identity.of(asked, scope["scheme"], scope.get("client"))
        except AloudError as error:
            if not self._is_open(path):
                return problems.of(error)
            bearer, proof = None, ""
        refusal = origins.refusal(scope["method"], path, scope["scheme"], asked, proof)
        if refusal is not None:
            return refusal
        if bearer is None and not self._is_open(path):
            return _to_login(scope) if _is_page(scope, asked) else _UNKNOWN
        scope.setdefault("state", {})["bearer"] = bearer
        if bodies.has_body(asked):
            return bodies.refusal(asked, self._limits.of(path))
        return None

    def _is_open(self, path: str) -> bool:
        return path in self._open or path.startswith(self._open_below)


def _asked(scope: Scope) -> dict[bytes, bytes]:
    asked: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in ASKED:
            # Said twice, none of them means what its first line says.
            asked[name] = asked[name] + b", " + value if name in asked else value
    return asked


def _is_page(scope: Scope, asked: Asked) -> bool:
    """Whether a person waits for it, who can be shown where to log in."""
    return (
        scope["method"] in ("GET", "HEAD")
        and b"text/html" in asked.get(b"accept", b"")
        and not scope["path"].startswith(origins.PROGRAMS)
    )


def _to_login(scope: Scope) -> Refusal:
    query: bytes = scope.get("query_string", b"")
    wanted = scope["path"] + ("?" + query.decode("latin-1") if query else "")
    where = b"/login?next=" + quote(wanted, safe="").encode()
    return Refusal(303, "login", "log in first", headers=((b"location", where),))
