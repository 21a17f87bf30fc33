"""Headers: what every answer tells a browser it may do with it, which is next to nothing."""

from collections.abc import Iterable

Headers = list[tuple[bytes, bytes]]

# Pictures come from us only: a publisher's picture would tell its server who listens, and when.
# blob: is where a player puts the segments of a live narration (Media Source Extensions).
POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "font-src 'self'", "media-src 'self' blob:", "connect-src 'self'", "manifest-src 'self'",
    "worker-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))  # fmt: skip

_NOSNIFF = (b"x-content-type-options", b"nosniff")
# No other page may show, play or measure anything of ours, and there is no CORS at all.
_OURS_ONLY = (b"cross-origin-resource-policy", b"same-origin")
_PAGES: Headers = [
    (b"content-security-policy", POLICY.encode()),
    _NOSNIFF,
    # Not no-referrer: with it browsers say "Origin: null" in our own forms, and we need the origin.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    _OURS_ONLY,
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
# A recording opens no window, runs no script and follows no link. Each header costs a listener in
# a hundred (`bench/media.py`), so it has those that mean something to it.
_SOUND: Headers = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    _NOSNIFF,
    _OURS_ONLY,
]
_OURS = frozenset(name for name, _ in _PAGES)
# Who asks decides what is answered, so what says nothing else is not kept by any cache …
_NO_STORE = (b"cache-control", b"no-store")
# … and what may be kept is kept for this listener only.
_VARY = (b"vary", b"Authorization, Cookie")


def dressed(given: Iterable[tuple[bytes, bytes]]) -> Headers:
    """An answer's headers with ours, which win. ``given`` has its names in small letters."""
    headers, caching, varies, sound = [], b"", False, False
    for pair in given:
        name, value = pair
        if name in _OURS:
            continue
        if name == b"cache-control":
            caching = value
        elif name == b"vary":
            varies = True
        elif name == b"content-type":
            sound = value.startswith(b"audio/")
        headers.append(pair)
    if not caching:
        headers.append(_NO_STORE)
    # What is immutable is named by its content and the same for everybody who may have it.
    if not varies and not caching.endswith(b"immutable"):
        headers.append(_VARY)
    headers += _SOUND if sound else _PAGES
    return headers
