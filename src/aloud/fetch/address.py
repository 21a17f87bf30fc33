"""Address: which addresses may be asked at all. Decides only, and sends nothing.

Only globally reachable addresses pass. The owner of this machine may name exceptions; a page, a
redirect or a caller of the API never can.
"""

import re
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

from aloud.errors import UsageError

Address = IPv4Address | IPv6Address

# ipaddress.is_global changed its mind within 3.11 (gh-113171), so each network stands here too.
# Sources: the IANA special-purpose address registries, IPv4 and IPv6.
_REFUSED = tuple(
    (ip_network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this machine"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a provider's inner network"),
        ("127.0.0.0/8", "this machine"),
        ("169.254.0.0/16", "a link-local address"),  # 169.254.169.254: a cloud's metadata
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "a reserved network"),
        ("192.0.2.0/24", "a documentation address"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "a benchmarking network"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved network"),
        # Global by its number, but it is the host of an Azure machine that answers there.
        ("168.63.129.16/32", "a cloud's inner address"),
        ("::/128", "this machine"),
        ("::1/128", "this machine"),
        ("::ffff:0:0/96", "an IPv4 address in disguise"),
        ("64:ff9b:1::/48", "a network's own NAT64"),
        ("2001::/32", "a Teredo tunnel"),
        ("2001::/23", "a reserved network"),
        ("2001:db8::/32", "a documentation address"),
        ("2002::/16", "a 6to4 tunnel"),
        ("3fff::/20", "a documentation address"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a private network"),
        ("ff00::/8", "a multicast address"),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # all that IANA has given out so far


def refusal(address: Address) -> str | None:
    """Why an address may not be asked, in words; None where it is globally reachable.

    >>> refusal(IPv4Address("127.0.0.1")), refusal(IPv4Address("8.8.8.8"))
    ('this machine', None)
    """
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return "an address of one network card"
        if address in _NAT64:
            # Machines with IPv6 alone reach every IPv4 site through these: judge who is behind.
            return refusal(IPv4Address(int(address) & 0xFFFFFFFF))
    for network, why in _REFUSED:
        if address in network:
            return why
    if not address.is_global or (address.version == 6 and address not in _GLOBAL_UNICAST):
        return "not globally reachable"
    return None


@dataclass(frozen=True, slots=True)
class Allowance:
    """One exception that the owner of this machine made: a name or a network, and maybe a port."""

    name: str | None
    network: IPv4Network | IPv6Network | None
    port: int | None  # None: any

    def covers(self, host: str, address: Address, port: int) -> bool:
        """Whether ``address``, which ``host`` led to, may be asked at ``port``.

        A name vouches for whatever it leads to; a network for any name that leads into it.
        """
        if self.port is not None and self.port != port:
            return False
        if self.network is not None:
            return address in self.network
        return self.name == _plain(host)


def allowances(entries: tuple[str, ...]) -> tuple[Allowance, ...]:
    """The exceptions in ``settings.fetch_allow``.

    An entry is ``host``, ``host:port``, an address with or without a port (``[::1]:8000`` in
    IPv6), or a network (``10.1.0.0/16``).

    Raises:
        UsageError: an entry that is none of these.
    """
    return tuple(_allowance(entry) for entry in entries)


_ENTRY = re.compile(r"(?P<host>\[[^\]]+\]|[\w.-]+)(:(?P<port>\d{1,5}))?")


def _allowance(entry: str) -> Allowance:
    text = entry.strip()
    try:
        return Allowance(None, ip_network(text, strict=False), None)
    except ValueError:
        match = _ENTRY.fullmatch(text)
    if match is None:
        raise UsageError(
            "this names no host and no network",
            subject=f"fetch_allow: {entry!r}",
            hint="for example 127.0.0.1:8000, [::1]:8000, intranet.example or 10.1.0.0/16",
        )
    host = match["host"].strip("[]")
    port = int(match["port"]) if match["port"] else None
    try:
        return Allowance(None, ip_network(host), port)
    except ValueError:
        return Allowance(_plain(host), None, port)


def _plain(host: str) -> str:
    return host.lower().rstrip(".")
