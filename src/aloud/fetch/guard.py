"""Guard: the only door to the network. Nothing is sent to an address that was not checked.

Every address of a name is checked and a checked address is what gets connected to. The name is not
looked up a second time, so its owner cannot answer once for the check and once for the connection.
"""

import contextlib
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpcore

from aloud.errors import AddressRefused, FetchError, FetchLater
from aloud.fetch.address import Allowance, refusal

Resolver = Callable[[str, int], Sequence[str]]


def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses of a host as this machine sees them, odd spellings ("0x7f.1") included."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which a page must be here, whole."""

    at: float  # seconds of ``clock``
    clock: Callable[[], float] = time.monotonic

    def remaining(self) -> float:
        """Seconds left, always more than none.

        Raises:
            httpcore.ReadTimeout: there are none left.
        """
        left = self.at - self.clock()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        return left


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to globally reachable and to allowed addresses only, and only until the deadline."""

    def __init__(
        self,
        deadline: Deadline,
        allowed: tuple[Allowance, ...] = (),
        resolve: Resolver = system_resolver,
        inner: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._deadline = deadline
        self._allowed = allowed
        self._resolve = resolve
        self._inner = inner or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A stream to the first address of ``host`` that answers.

        Raises:
            AddressRefused: any one of the addresses is refused. An honest name does not lead both
                to the world and to somebody's inner network, so no part of it is tried.
            FetchLater: the name could not be looked up now.
            FetchError: the name leads nowhere.
        """
        addresses = self._look_up(host, port)
        for address in addresses:
            self._check(host, address, port)
        failure: Exception | None = None
        for tried, address in enumerate(addresses):
            # A fair share of the time left: a dead IPv6 route must not use up IPv4's.
            share = self._deadline.remaining() / (len(addresses) - tried)
            try:
                stream = self._inner.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return TimedStream(stream, self._deadline)
        raise failure or _unknown(host)

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        raise AddressRefused(
            "sockets of this machine are never fetched from",
            subject=path,
            hint="give an http or https address",
        )

    def _look_up(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, in time.

        The system's lookup takes no timeout and cannot be stopped, so it runs in a thread that may
        be left behind; it ends by itself when the resolver gives up.
        """
        answer: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answer.put(self._resolve(host, port))
            except (OSError, ValueError) as error:  # ValueError: not a name at all
                answer.put(error)

        threading.Thread(target=ask, name=f"look up {host}", daemon=True).start()
        try:
            found = answer.get(timeout=self._deadline.remaining())
        except queue.Empty as error:
            raise httpcore.ConnectTimeout("the name was not found in time") from error
        if isinstance(found, socket.gaierror) and found.errno == socket.EAI_AGAIN:
            raise _unasked(host) from found
        if isinstance(found, Exception):
            raise _unknown(host) from found
        return found

    def _check(self, host: str, address: str, port: int) -> None:
        checked = ip_address(address)
        why = refusal(checked)
        if why is None or any(a.covers(host, checked, port) for a in self._allowed):
            return
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        behind = "it is" if host == address else f"it leads to {address},"
        raise AddressRefused(
            f"not fetched: {behind} {why}",
            subject=place,
            hint=f"if this is your own and you mean it, allow it: --allow {place}",
        )


class TimedStream(httpcore.NetworkStream):
    """A stream whose every wait ends at the deadline, however slowly the other side drips."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.remaining())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        with contextlib.ExitStack() as unless_secured:
            # httpcore forgets a stream whose handshake fails; nobody else would close it.
            unless_secured.callback(self._inner.close)
            secured = self._inner.start_tls(
                ssl_context, server_hostname, self._deadline.remaining()
            )
            unless_secured.pop_all()
        return TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _unasked(host: str) -> FetchLater:
    return FetchLater(
        "the name could not be looked up",
        subject=host,
        hint="check whether this machine is online and its name server answers, or try again later",
    )


def _unknown(host: str) -> FetchError:
    return FetchError(
        "no such host: the name leads nowhere",
        subject=host,
        hint="check the spelling: the name server says that there is none",
    )
