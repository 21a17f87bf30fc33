"""Identity: who asks. A token in a header for programs, a session in a cookie for browsers."""

import time
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Literal

from starlette.types import Scope

from aloud.library.records import Bearer
from aloud.serve.security.hosts import is_loopback
from aloud.serve.security.openness import Everybody
from aloud.serve.security.remembered import Remembered

Ask = Callable[[str], Bearer | None]
Asked = Mapping[bytes, bytes]  # a request's headers, names in small letters
Client = tuple[str, int] | None  # address and port
Proof = Literal["token", "cookie", ""]
_SCHEME = b"bearer "
_LONGEST = 512  # characters of a token or a session: ours have 43
_COOKIE = "aloud_session"


def session_cookie(session: str, *, https: bool, seconds: int) -> str:
    """The Set-Cookie header of a new session; an empty one with 0 seconds ends it.

    On https its name begins with __Host-: no other host of the domain can set or see it.
    """
    secure = "; Secure" if https else ""
    name = _cookie_name(https)
    return f"{name}={session}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def session_of(cookies: bytes, *, https: bool) -> str | None:
    """The session in a Cookie header, if it has one."""
    wanted = _cookie_name(https)
    for each in cookies.decode("latin-1").split(";"):
        name, _, value = each.strip(" \t").partition("=")
        if name == wanted and 0 < len(value) <= _LONGEST:
            return value
    return None


def token_of(authorization: bytes) -> str | None:
    """The token of an Authorization header; None: it is of another kind."""
    if authorization[: len(_SCHEME)].lower() != _SCHEME or len(authorization) > _LONGEST:
        return None
    return authorization[len(_SCHEME) :].strip().decode("latin-1")


class Identity:
    """Asks the library who holds a token or a session, and remembers it for some seconds.

    ``everybody`` is who anyone on this machine is while there is no token, or None; whether there
    is one by now ``has_tokens`` says.
    """

    def __init__(
        self,
        authenticate: Ask,
        session: Ask,
        everybody: Bearer | None,
        clock: Callable[[], float] = time.monotonic,
        has_tokens: Callable[[], bool] = lambda: False,
    ) -> None:
        self._tokens = Remembered(authenticate, clock)
        self._sessions = Remembered(session, clock)
        self._everybody = Everybody(everybody, has_tokens, clock)

    def forget(self) -> None:
        self._everybody.forget()
        self._tokens.forget()
        self._sessions.forget()

    async def of(self, asked: Asked, scheme: str, client: Client) -> tuple[Bearer | None, Proof]:
        """Who asks, and what shows it.

        A token that is not known is not made up for by a cookie: whoever shows one means it.
        Speech clients always send one, so where everybody is served it does no harm.
        """
        token, session = _shown(asked, scheme)
        if token is not None:
            return await self._tokens(token) or await self._anyone(client), "token"
        bearer = await self._sessions(session) if session else None
        return (bearer, "cookie") if bearer else (await self._anyone(client), "")

    def at_once(self, asked: Asked, scheme: str, client: Client) -> tuple[Bearer | None, Proof]:
        """The same from memory. None: not known, or not yet."""
        token, session = _shown(asked, scheme)
        if token is not None:
            return self._tokens.at_once(token), "token"
        if session:
            return self._sessions.at_once(session), "cookie"
        return (self._everybody.at_once() if _is_here(client) else None), ""

    async def _anyone(self, client: Client) -> Bearer | None:
        return await self._everybody() if _is_here(client) else None


def _is_here(client: Client) -> bool:
    # A proxy on this machine speaks for strangers, and says so by their address.
    return client is None or is_loopback(client[0])


def _shown(asked: Asked, scheme: str) -> tuple[str | None, str | None]:
    """Token and session of a request."""
    token = token_of(asked.get(b"authorization", b""))
    cookies = asked.get(b"cookie")
    if token is not None or cookies is None:
        return token, None
    return None, session_of(cookies, https=scheme == "https")


def peer(scope: Scope) -> str:
    """What tells two callers apart where there is no listener: an address, or for IPv6 its /64,
    since one household has as many addresses as it likes."""
    client = scope.get("client")
    host = str(client[0]) if client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return address.exploded[:19]
    return host


def _cookie_name(https: bool) -> str:
    return f"__Host-{_COOKIE}" if https else _COOKIE
