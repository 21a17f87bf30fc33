"""Origins: from which pages a browser may ask us for something.

A browser sends our cookie, and reaches 127.0.0.1, for any page that tells it to. It also says which
page that was: in Sec-Fetch-Site where the connection is trustworthy, and in Origin with every POST.
No page can forge either. Programs send neither, and show a token instead.

Source: Fetch Metadata Request Headers (W3C), Fetch (WHATWG) 3.2 for Origin.
"""

from aloud.serve.problems import Refusal
from aloud.serve.security.identity import Asked, Proof

_READING = frozenset(("GET", "HEAD", "OPTIONS"))
# Paths that no other page ever links to: they are for programs and for our own pages.
PROGRAMS = ("/api/", "/v1/", "/media/")
_OURSELVES = (b"same-origin", b"none")  # none: the listener typed it, or shared it to us

_CROSS_SITE = Refusal(
    403,
    "cross-site",
    "another web page asked for this",
    "open the service's own page and do it there",
)
_UNPROVEN = Refusal(
    403,
    "cross-site",
    "the browser does not say which page asked for this",
    "programs send a token: Authorization: Bearer …",
)


def refusal(method: str, path: str, scheme: str, asked: Asked, proof: Proof) -> Refusal | None:
    """None: the request may go on.

    No page can send a token to us, because a header of that name needs CORS, and we have none. A
    cookie comes along without anybody's will, and so does being on this machine.
    """
    if proof == "token":
        return None
    site = asked.get(b"sec-fetch-site")
    if method in _READING:
        if site is None or site in _OURSELVES or _is_visit(method, path, asked):
            return None
        return _CROSS_SITE
    origin = asked.get(b"origin")
    if site is not None and site not in _OURSELVES:
        return _CROSS_SITE
    # A share target's POST comes from outside any page: no origin, and Sec-Fetch-Site vouches.
    if origin is not None and not (origin == b"null" and site is not None):
        return None if _is_ours(origin, scheme, asked.get(b"host", b"")) else _CROSS_SITE
    return _UNPROVEN if proof == "cookie" and site is None else None


def _is_visit(method: str, path: str, asked: Asked) -> bool:
    """Following a link to one of our pages: in a window of its own, not inside the other page."""
    return (
        method == "GET"
        and asked.get(b"sec-fetch-mode") == b"navigate"
        and asked.get(b"sec-fetch-dest") == b"document"
        and not path.startswith(PROGRAMS)
    )


def _is_ours(origin: bytes, scheme: str, host: bytes) -> bool:
    """Same name and port. https counts as ours where we are spoken to in the clear by a proxy."""
    said, _, place = origin.lower().partition(b"://")
    return place == host.lower() and said in {scheme.encode(), b"https"}
