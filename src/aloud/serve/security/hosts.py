"""Hosts: by which names the service may be called, and where it may listen.

A hostile page can point a name of its own at 127.0.0.1 (DNS rebinding) and then read what is there
as its own. It cannot choose the Host header, so a name that is not ours is not answered.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address

from aloud.errors import UsageError
from aloud.serve.problems import Refusal

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::[0-9]{1,5})?")
_MOST_REMEMBERED = 256
_HERE = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether an address, or `localhost`, can be reached from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback


def refuse_open_address(host: str, has_token: bool) -> None:
    """Nobody but this machine is served before there is a token.

    A name other than localhost counts as open: it may mean another address tomorrow.

    Raises:
        UsageError: others could reach ``host``, and there is no token.
    """
    if has_token or is_loopback(host):
        return
    raise UsageError(
        "the service refuses to listen on this address without a token: everybody who can "
        "reach it could read, change and delete the library",
        subject=host or "every address",
        hint="make one with: aloud serve --token; or listen on 127.0.0.1",
    )


class Hosts:
    """The names that are ours, with any port.

    On a loopback address these are 127.0.0.1, localhost, [::1] and the ``names`` that the owner
    gave. On any other, addresses in digits too: only names can be rebound.
    """

    def __init__(self, bound: str, names: Iterable[str] = ()) -> None:
        self._digits = not is_loopback(bound)
        bound_name = f"[{bound}]" if ":" in bound and "[" not in bound else bound
        self._names = {name.lower() for name in (*_HERE, bound_name, *names) if name}
        self._fine: set[bytes] = set()  # headers that have passed: the same few come all the time

    def refusal(self, host: bytes | None) -> Refusal | None:
        """None: the Host header is one of ours."""
        if host in self._fine:
            return None
        match = _HOST.fullmatch((host or b"").decode("latin-1").lower())
        if host is None or match is None:
            said = "the request does not say which host it is for"
            return Refusal(400, "host", said, "send one Host header: the name and port asked for")
        if match[1] not in self._names and not (self._digits and _is_address(match[1])):
            return Refusal(
                421,
                "misdirected",
                "this service is not known by that name",
                "call it by the name that its owner gave it; to add this one the owner sets "
                "ALOUD_SERVE_NAMES",
            )
        if len(self._fine) < _MOST_REMEMBERED:
            self._fine.add(host)
        return None


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
