"""The door to the network, against a resolver and a network that are both ours.

What it must keep out stands in test_hostile.
"""

import socket
import threading

import httpcore
import pytest

from aloud.errors import AddressRefused, FetchError, FetchLater
from aloud.fetch.guard import Deadline, GuardedBackend, TimedStream, system_resolver
from aloud.fetch.http import fetch_url
from aloud.settings import Settings

PUBLIC = "93.184.215.14"
ELSEWHERE = "151.101.1.69"


def fetch_with(url, network, answers, settings=None):
    return fetch_url(
        url, settings or Settings(), resolve=lambda host, port: answers, network=network
    )


def test_the_system_resolver_gives_each_address_once():
    assert system_resolver("127.0.0.1", 80) == ("127.0.0.1",)
    assert system_resolver("::1", 80) == ("::1",)


def test_a_public_page_is_fetched_from_the_address_that_was_checked(network):
    page = fetch_with("http://news.example/", network, [PUBLIC])
    assert (page.body, network.connects) == (b"One.", [(PUBLIC, 80)])


def test_an_allowed_network_is_fetched_from(network):
    allow = Settings(fetch_allow=("10.1.0.0/16",))
    fetch_with("http://wiki.example:8000/", network, ["10.1.2.3"], allow)
    assert network.connects == [("10.1.2.3", 8000)]


def test_an_allowed_network_does_not_excuse_the_address_beside_it(network):
    allow = Settings(fetch_allow=("10.1.0.0/16",))
    with pytest.raises(AddressRefused):
        fetch_with("http://wiki.example/", network, ["10.1.2.3", "10.2.2.3"], allow)
    assert network.connects == []


def test_the_hint_names_what_to_allow_and_allowing_it_works(network):
    with pytest.raises(AddressRefused) as refused:
        fetch_with("http://[::1]:8000/", network, ["::1"])
    allow = Settings(fetch_allow=(refused.value.hint.split("--allow ")[1],))
    assert fetch_with("http://[::1]:8000/", network, ["::1"], allow).body == b"One."


def test_sockets_of_the_machine_are_refused():
    with pytest.raises(AddressRefused):
        GuardedBackend(Deadline(1, lambda: 0)).connect_unix_socket("/run/docker.sock")


class OneDead(httpcore.NetworkBackend):
    def __init__(self):
        self.tried = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.tried.append((host, timeout))
        if host == PUBLIC:
            raise httpcore.ConnectTimeout
        return httpcore.MockStream([])


def test_a_dead_address_leaves_time_for_the_next():
    inner = OneDead()
    backend = GuardedBackend(
        Deadline(20, lambda: 0), resolve=lambda host, port: [PUBLIC, ELSEWHERE], inner=inner
    )
    backend.connect_tcp("news.example", 80)
    assert inner.tried == [(PUBLIC, 10), (ELSEWHERE, 20)]


def test_a_lookup_that_never_ends_is_left_behind_at_the_deadline(network):
    ever_after = threading.Event()
    with pytest.raises(FetchError, match=r"within 0\.05 seconds"):
        fetch_url(
            "http://news.example/",
            Settings(fetch_timeout=0.05),
            resolve=lambda host, port: [PUBLIC] if ever_after.wait() else [],
            network=network,
        )
    ever_after.set()
    assert network.connects == []


@pytest.mark.parametrize(
    "error", [socket.gaierror(-2, "not known"), UnicodeError("label too long")]
)
def test_a_name_that_leads_nowhere_is_told_with_its_cause(error, network):
    def resolve(host, port):
        raise error

    with pytest.raises(FetchError, match="no such host") as failed:
        fetch_url("http://nowhere.example/", Settings(), resolve=resolve, network=network)
    assert failed.value.__cause__ is error


def test_a_name_that_cannot_be_looked_up_now_may_be_looked_up_later(network):
    def resolve(host, port):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    with pytest.raises(FetchLater, match="looked up") as failed:
        fetch_url("http://news.example/", Settings(), resolve=resolve, network=network)
    assert "online" in failed.value.hint


def test_a_name_that_leads_nowhere_is_not_looked_up_again(network):
    def resolve(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(FetchError) as failed:
        fetch_url("http://nowhere.example/", Settings(), resolve=resolve, network=network)
    assert not isinstance(failed.value, FetchLater)
    assert "spelling" in failed.value.hint


def test_a_name_with_no_address_at_all_is_told(network):
    with pytest.raises(FetchError, match="no such host"):
        fetch_with("http://nowhere.example/", network, [])


def test_every_read_may_take_only_what_is_left_of_the_time():
    class Dripping(httpcore.MockStream):
        def read(self, max_bytes, timeout=None):
            allowed.append(timeout)
            now[0] += 4
            return b"."

    now, allowed = [0.0], []
    stream = TimedStream(Dripping([]), Deadline(10, lambda: now[0]))
    for _ in range(3):
        stream.read(1, timeout=99)
    with pytest.raises(httpcore.ReadTimeout):
        stream.read(1, timeout=99)
    assert allowed == [10, 6, 2]


def test_a_stream_whose_handshake_comes_too_late_is_closed():
    inner = httpcore.MockStream([])
    with pytest.raises(httpcore.ReadTimeout):
        TimedStream(inner, Deadline(0, lambda: 1)).start_tls(None)
    with pytest.raises(httpcore.ReadError):
        inner.read(1)


def test_the_certificate_is_asked_for_by_name_though_the_address_is_connected_to(fake_network):
    class Secured(httpcore.MockStream):
        def start_tls(self, ssl_context, server_hostname=None, timeout=None):
            names.append(server_hostname)
            assert ssl_context.check_hostname
            return self

        def write(self, buffer, timeout=None):
            sent.append(buffer)

    class Network(fake_network):
        def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
            self.connects.append((host, port))
            return Secured(self.answers)

    names, sent = [], []
    network = Network(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    fetch_with("https://news.example./", network, [PUBLIC])
    assert (names, network.connects) == (["news.example"], [(PUBLIC, 443)])
    assert b"Host: news.example.\r\n" in b"".join(sent)
