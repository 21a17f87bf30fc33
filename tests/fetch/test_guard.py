"""The door to the network, against a resolver and a network that are both ours.

The first test shows that the table can fail: with the guard's judgement taken out, every one of
its addresses is connected to.
"""

import socket
import threading

import httpcore
import pytest

from aloud.errors import AddressRefused, FetchError
from aloud.fetch import guard
from aloud.fetch.guard import Deadline, GuardedBackend, TimedStream, system_resolver
from aloud.fetch.http import fetch_url
from aloud.settings import Settings

# address asked for, what the system's resolver answers for its host
HOSTILE = [
    ("http://127.0.0.1/", ["127.0.0.1"]),
    ("http://127.1/", ["127.0.0.1"]),
    ("http://2130706433/", ["127.0.0.1"]),
    ("http://0x7f.1/", ["127.0.0.1"]),
    ("http://0x7f000001/", ["127.0.0.1"]),
    ("http://017700000001/", ["127.0.0.1"]),
    ("http://0/", ["0.0.0.0"]),
    ("http://127.0.0.1./", ["127.0.0.1"]),
    ("http://localhost/", ["127.0.0.1", "::1"]),
    ("http://localhost:6379/", ["::1"]),
    ("http://[::1]/", ["::1"]),
    ("http://[::]/", ["::"]),
    ("http://[::ffff:127.0.0.1]/", ["::ffff:127.0.0.1"]),
    ("http://[::ffff:7f00:1]/", ["::ffff:7f00:1"]),
    ("http://[64:ff9b::7f00:1]/", ["64:ff9b::7f00:1"]),
    ("http://[2002:7f00:1::]/", ["2002:7f00:1::"]),
    ("http://[fe80::1%25eth0]/", ["fe80::1%eth0"]),
    ("http://169.254.169.254/latest/meta-data/", ["169.254.169.254"]),
    ("http://metadata.google.internal/", ["169.254.169.254"]),
    ("http://[fd00:ec2::254]/", ["fd00:ec2::254"]),
    ("http://inner.example/", ["10.0.0.1"]),
    ("http://carrier.example/", ["100.64.0.1"]),
    ("http://127.0.0.1.nip.example/", ["127.0.0.1"]),
    ("http://mixed.example/", ["93.184.215.14", "10.0.0.1"]),
    ("http://mixed6.example/", ["2606:4700::1", "::1"]),
    ("https://inner.example/", ["192.168.0.1"]),
    ("http://everyone.example/", ["255.255.255.255"]),
    ("http://many.example/", ["224.0.0.1"]),
]
PUBLIC = "93.184.215.14"
ELSEWHERE = "151.101.1.69"


def fetch_with(url, network, answers, settings=None):
    return fetch_url(
        url, settings or Settings(), resolve=lambda host, port: answers, network=network
    )


@pytest.mark.parametrize(("url", "answers"), HOSTILE)
def test_without_the_guards_judgement_every_hostile_address_is_connected_to(
    url, answers, network, monkeypatch
):
    monkeypatch.setattr(guard, "refusal", lambda address: None)
    fetch_with(url, network, answers)
    assert [host for host, _ in network.connects] == answers[:1]


@pytest.mark.parametrize(("url", "answers"), HOSTILE)
def test_a_hostile_address_is_refused_and_receives_nothing(url, answers, network):
    with pytest.raises(AddressRefused) as refused:
        fetch_with(url, network, answers)
    assert network.connects == []
    assert "--allow " in refused.value.hint


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001"]
)
def test_odd_spellings_mean_to_the_system_what_the_table_says(host):
    # inet_aton is what getaddrinfo tries first, and it never asks anybody.
    assert socket.inet_ntoa(socket.inet_aton(host)) == "127.0.0.1"


def test_the_system_resolver_gives_each_address_once():
    assert system_resolver("127.0.0.1", 80) == ("127.0.0.1",)
    assert system_resolver("::1", 80) == ("::1",)


def test_a_public_page_is_fetched_from_the_address_that_was_checked(network):
    page = fetch_with("http://news.example/", network, [PUBLIC])
    assert (page.body, network.connects) == (b"One.", [(PUBLIC, 80)])


def test_a_name_is_looked_up_once_so_a_second_answer_cannot_matter(network):
    answers = [[PUBLIC], ["127.0.0.1"]]
    fetch_url(
        "http://rebinding.example/",
        Settings(),
        resolve=lambda host, port: answers.pop(0),
        network=network,
    )
    assert network.connects == [(PUBLIC, 80)]
    assert answers == [["127.0.0.1"]]


def test_a_name_that_changes_its_answer_between_redirects_is_refused(fake_network):
    network = fake_network(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
    answers = [[PUBLIC], ["127.0.0.1"]]
    with pytest.raises(AddressRefused):
        fetch_url(
            "http://rebinding.example/",
            Settings(),
            resolve=lambda host, port: answers.pop(0),
            network=network,
        )
    assert network.connects == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "//10.0.0.1/", "https://10.0.0.1/", "http://inner.example:22/"]
)
def test_a_redirect_into_a_private_network_is_refused(target, fake_network):
    network = fake_network(
        f"HTTP/1.1 301 Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
    )
    with pytest.raises(AddressRefused, match=r"redirected from http://news\.example/"):
        fetch_url(
            "http://news.example/",
            Settings(),
            resolve=lambda host, port: [PUBLIC] if host == "news.example" else ["10.0.0.1"],
            network=network,
        )
    assert network.connects == [(PUBLIC, 80)]


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
