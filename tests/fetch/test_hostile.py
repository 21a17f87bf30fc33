"""Addresses that mean harm, against a resolver and a network that are both ours.

Each is visited twice. The fetcher must refuse it and send nothing to where it leads; a client as
careless as most are must be caught by the same check, or the table could not fail.
"""

import re
import socket
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urljoin

import httpcore
import pytest

from aloud.errors import AddressRefused, FetchError
from aloud.fetch.http import fetch_url
from aloud.settings import Settings

PUBLIC = "93.184.215.14"
DEAD = "93.184.215.15"  # public too, and nobody answers there: a client goes on to the next

# What a name leads to, look-up by look-up; the last answer stays.
NAMES: dict[str, list[list[str]]] = {
    "news.example": [[PUBLIC]],
    "localhost": [["127.0.0.1", "::1"]],
    "localhost6": [["::1"]],
    "localhost.example": [["127.0.0.1"]],  # as a CNAME to localhost looks from here
    "metadata.google.internal": [["169.254.169.254"]],
    "instance-data": [["169.254.169.254"]],
    "127.0.0.1.nip.example": [["127.0.0.1"]],
    "carrier.example": [["100.64.0.1"]],
    "mapped.example": [["::ffff:10.0.0.1"]],
    "nat64.example": [["64:ff9b::a00:1"]],
    "unique.example": [["fd12:3456::1"]],
    "mixed.example": [[DEAD, "10.0.0.1"]],
    "mixed-first.example": [["10.0.0.1", PUBLIC]],
    "mixed6.example": [[DEAD, "::1"]],
    "many.example": [[DEAD] * 20 + ["192.168.0.1"]],
    "rebinding.example": [[PUBLIC], ["127.0.0.1"]],
    "rebinding6.example": [[PUBLIC], ["::1"]],
    "rebinding-metadata.example": [[PUBLIC], ["169.254.169.254"]],
}
INNER = ".inner.example"  # any name below leads to 10.0.0.1

SPELLINGS = """
    http://127.0.0.1/ http://127.1/ http://127.0.1/ http://127.255.255.254/ HTTP://127.0.0.1/
    http://2130706433/ http://0x7f000001/ http://0x7f.1/ http://0X7F.0.0.0X1/ http://0x7f.0x1/
    http://017700000001/ http://0177.0.0.1/ http://0177.1/ http://00000177.1/ http://127.0x1/
    http://127.000.000.001/ http://0/ http://00/ http://0.0.0.0/ http://0x0/ http://0.1.2.3/
    http://127.0.0.1./ http://127.0.0.1../ http://localhost/ http://LOCALHOST/ http://localhost./
    http://localhost6/ http://loc%61lhost/ http://%6c%6f%63%61%6c%68%6f%73%74/
    http://%31%32%37.0.0.1/ http://127%2e0%2e0%2e1/ http://１２７.０.０.１/ http://①②⑦.0.0.1/
    http://127。0。0。1/ http://127．0．0．1/ http://127｡0｡0｡1/ http://ｌｏｃａｌｈｏｓｔ/
    http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/ http://localho\u017ft/ http://lo\u00adcalhost/ http://𝟏𝟐𝟕.𝟎.𝟎.𝟏/
    http://[::1]/ http://[0:0:0:0:0:0:0:1]/ http://[0000::0001]/ http://[::]/ http://[::1%25lo]/
    http://[::1%lo]/ http://[::127.0.0.1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/
    http://[::FFFF:7F00:1]/ http://[0:0:0:0:0:ffff:127.0.0.1]/ http://[::ffff:0:7f00:1]/
    https://127.0.0.1/ https://[::1]/ https://localhost/
"""
NETWORKS = """
    http://10.0.0.1/ http://10.255.255.255/ http://172.16.0.1/ http://172.31.255.255/
    http://192.168.0.1/ http://192.168.1/ http://3232235521/ http://0xc0a80001/ http://012.1/
    https://192.168.0.1/ http://100.64.0.1/ http://100.127.255.255/ http://169.254.0.1/
    http://192.0.0.1/ http://192.0.2.1/ http://192.88.99.1/ http://198.18.0.1/
    http://198.51.100.1/ http://203.0.113.1/ http://224.0.0.1/ http://239.255.255.250/
    http://240.0.0.1/ http://255.255.255.255/ http://4294967295/
    http://[64:ff9b::7f00:1]/ http://[64:ff9b::10.0.0.1]/ http://[64:ff9b::a9fe:a9fe]/
    http://[64:ff9b:1::7f00:1]/ http://[64:ff9b:1::808:808]/ http://[2002:7f00:1::]/
    http://[2002:a00:1::1]/ http://[2001::1]/ http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/
    http://[fc00::1]/ http://[fd12:3456::1]/ http://[fe80::1]/ http://[fe80::1%25eth0]/
    http://[fec0::1]/ http://[ff02::1]/ http://[ff05::1:3]/ http://[2001:db8::1]/ http://[3fff::1]/
    http://[2001:10::1]/ http://[100::1]/ http://[5f00::1]/ http://[4000::1]/
    http://[2606:4700::1%25eth0]/
"""
METADATA = """
    http://169.254.169.254/latest/meta-data/ http://2852039166/ http://0xa9fea9fe/
    http://0251.0376.0251.0376/ http://169.254.43518/ http://[::ffff:169.254.169.254]/
    http://[fd00:ec2::254]/latest/ http://168.63.129.16/machine http://100.100.100.200/latest/
    http://169.254.170.2/v2/credentials http://192.0.0.192/ http://metadata.google.internal/
    http://METADATA.google.internal./ http://instance-data/ http://⑯⑨.254.169.254/
"""
FOR_NAMES = """
    http://localhost.example/ http://127.0.0.1.nip.example/ http://carrier.example/
    http://mapped.example/ http://nat64.example/ http://unique.example/ http://mixed.example/
    http://mixed-first.example/ http://mixed6.example/ http://many.example/
    http://www.inner.example/ https://www.inner.example/ http://WWW.INNER.EXAMPLE./
    http://münchen.inner.example/ http://_a-b_.inner.example/ http://北京.inner.example/
"""
DISGUISES = [
    f"http://{'a.' * 110}inner.example/",
    "http://news.example@127.0.0.1/",
    "http://news.example:80@127.0.0.1/",
    "http://me:secret@127.0.0.1/",
    "http://news.example%40@127.0.0.1/",
    "http://news.example&@127.0.0.1/",
    "http://a@b@127.0.0.1/",
    "http://127.0.0.1?@news.example/",
    "http://127.0.0.1#@news.example/",
    "http://127.0.0.1\\@news.example/",
    "http:\\\\127.0.0.1\\",
    "http:/\\127.0.0.1/",
    "http:/127.0.0.1/",
    "http:127.0.0.1/",
    "http:///127.0.0.1/",
    "http:////127.0.0.1/",
    "http://127.0.\t0.1/",
    "http://127.0.\n0.1/",
    "http://127.0.0.1\r\n/",
    "ht\ntp://127.0.0.1/",
    "http://127.0.0.1/\r\nX-Injected: yes",
    "http://127.0.0.1:6379/\r\nSET a b\r\n",
    "http://127.0.0.1:22/",
    "http://127.0.0.1:6379/",
    "http://localhost:11211/stats",
    "http://127.0.0.1:/",
    "http://127.0.0.1:00080/",
    "http://127.0.0.1:８０/",
    "http://[::1]:25/",
    "http://127.0.0.1/news.example/",
    "\x01http://127.0.0.1/",
    " http://127.0.0.1/",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:11211/stat",
    "ldap://127.0.0.1/",
    "ws://127.0.0.1/",
]
TARGETS = [
    "http://127.0.0.1/",
    "//10.0.0.1/",
    "https://10.0.0.1/",
    "http://0x7f.1:22/",
    "http://[::1]/",
    "http://169.254.169.254/latest/",
    "http://www.inner.example/",
    "http://mixed.example/",
    " http://127.0.0.1/",
    "http://a@127.0.0.1/",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1:6379/",
]
# These lead to no machine, so that a careless client sends nothing either.
NOWHERE = """
    file:///etc/passwd file://localhost/etc/passwd data:text/html,x javascript:alert(1) about:blank
    unix:///run/docker.sock http:// http://:80/ http://[::1 http://[v1.x]/ http://127.0.0.1:99999/
    http://127.0.0.1:0/ http://127.0.0.1:-1/ http://127.0.0.1:80:80/ http://4294967296/ http://*/
"""
TOO_LONG = [f"http://{'a' * 300}{INNER}/", f"http://{'a.' * 40_000}inner.example/"]


def moved(status: int, location: str) -> bytes:
    head = f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    return head.encode()


def page(*headers: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *headers, "Content-Length: 4", "", "One."]).encode()


@dataclass(frozen=True)
class Trap:
    """An address, and what the public machine it may begin at answers, request by request."""

    url: str
    answers: tuple[bytes, ...] = ()
    harmless: bool = False  # the right end is the page of the public machine, and no refusal

    def __str__(self) -> str:
        status = self.answers[-1][9:12].decode() if self.answers else ""
        return ascii(f"{self.url[:60]} {status}".strip())


START = "http://news.example/"
CHAIN = [moved(302, f"/{n}") for n in range(5)]
TRAPS = [
    *map(Trap, (SPELLINGS + NETWORKS + METADATA + FOR_NAMES).split()),
    *map(Trap, DISGUISES),
    *(Trap(START, (moved(301, target),)) for target in TARGETS),
    *(Trap(START, (moved(status, TARGETS[0]),)) for status in (302, 303, 307, 308)),
    Trap(START, (*CHAIN, moved(302, "http://127.0.0.1/"))),
    Trap(START, (*CHAIN, moved(302, "//www.inner.example/"))),
    Trap(f"{START}?to=http://127.0.0.1/", (moved(302, "http://127.0.0.1/"),)),
    # The name changes its answer between the page and its redirect.
    Trap("http://rebinding.example/", (moved(302, "/again"),)),
    # Between the look-up that was checked and the connection, there is no other.
    Trap("http://rebinding.example/", (page(),), harmless=True),
    Trap("http://rebinding6.example/", (page(),), harmless=True),
    Trap("http://rebinding-metadata.example/", (page(),), harmless=True),
    # A page may ask its reader to go on. Nobody here does.
    Trap(START, (page("Refresh: 0; url=http://127.0.0.1/"),), harmless=True),
    Trap(START, (page("Location: http://127.0.0.1/"),), harmless=True),
    # A path to us, an address to a browser.
    Trap(START, (moved(302, "\\\\127.0.0.1/"), page()), harmless=True),
]


@dataclass
class FakeNetwork(httpcore.NetworkBackend):
    """Writes down who was connected to. The public machine answers; so does any other."""

    answers: list[bytes] = field(default_factory=list)
    connects: list[str] = field(default_factory=list)

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.connects.append(host)
        if host == DEAD:
            raise httpcore.ConnectError("nobody answers")
        return Secured([self.answers.pop(0) if host == PUBLIC else page()])

    @property
    def harmed(self) -> list[str]:
        return [host for host in self.connects if host not in (PUBLIC, DEAD)]


class Secured(httpcore.MockStream):
    """A stream that believes any certificate, so that https does not save a careless client."""

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        return self


class Resolver:
    """Answers as the system's would, odd spellings included, and asks nobody."""

    def __init__(self) -> None:
        self.names = {name: list(answers) for name, answers in NAMES.items()}

    def __call__(self, host: str, port: int) -> list[str]:
        plain = host.lower().rstrip(".").replace("%25", "%")
        if answers := self.names.get(plain):
            return answers.pop(0) if len(answers) > 1 else answers[0]
        if plain.endswith(INNER):
            return ["10.0.0.1"]
        try:
            if ":" in plain:
                return [str(ip_address(plain))]
            return [socket.inet_ntoa(socket.inet_aton(plain))]
        except (OSError, ValueError) as error:
            raise socket.gaierror(socket.EAI_NONAME, "no such host") from error


class Unguarded(httpcore.NetworkBackend):
    """A plain backend: looks a name up, and connects to whatever answers."""

    def __init__(self, resolve: Callable[[str, int], list[str]], network: FakeNetwork) -> None:
        self.resolve, self.network = resolve, network

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        for address in self.resolve(host, port):
            try:
                return self.network.connect_tcp(address, port)
            except httpcore.ConnectError:
                continue
        raise httpcore.ConnectError("nobody answers")


_URL = re.compile(
    r"(?P<scheme>[a-z]+):/*(?P<login>[^/?#]*@)?(?P<host>\[[^\]]+\]|[^/?#:]+)(:(?P<port>\d*))?", re.I
)


def careless(url: str, resolve: Resolver, network: FakeNetwork) -> None:
    """Reads an address as leniently as browsers do, follows wherever it is sent, and trusts."""
    connect = Unguarded(resolve, network)
    for _ in range(10):
        url = re.sub(r"[\t\r\n\xad]", "", url).replace("\\", "/").strip("\x01 ")
        if not (found := _URL.match(url)):
            return
        host = unicodedata.normalize("NFKC", unquote(found["host"])).replace("。", ".")
        host = host.strip("[]").rstrip(".")
        resolve(host, 80)  # a check that looks the name up for itself cannot help
        origin = (b"https" if found["scheme"] == "https" else b"http", host.encode("idna"))
        port = int(found["port"] or 80)
        asked = httpcore.URL(scheme=origin[0], host=origin[1], port=port, target=b"/")
        with httpcore.HTTPConnection(asked.origin, network_backend=connect) as connection:
            answer = connection.request("GET", asked, headers={"Host": "a.example"})
        headers = {name.lower(): value.decode() for name, value in answer.headers}
        sent = headers.get(b"location") or headers.get(b"refresh", "").partition("url=")[2]
        if not sent:
            return
        url = urljoin(url, sent.strip().replace("\\", "/"))


def test_the_table_is_long_enough_and_says_nothing_twice():
    assert len({(trap.url, trap.answers) for trap in TRAPS}) == len(TRAPS)
    assert len(TRAPS) >= 180


@pytest.mark.parametrize("trap", TRAPS, ids=str)
def test_nothing_is_sent_to_where_a_hostile_address_leads(trap):
    network = FakeNetwork([*trap.answers])
    if trap.harmless:
        read = fetch_url(trap.url, Settings(), resolve=Resolver(), network=network)
        assert read.body == b"One."
    else:
        with pytest.raises(FetchError) as refused:
            fetch_url(trap.url, Settings(), resolve=Resolver(), network=network)
        assert refused.value.hint
    assert network.harmed == []


@pytest.mark.parametrize("trap", TRAPS, ids=str)
def test_a_careless_client_is_caught_by_the_same_address(trap):
    network = FakeNetwork([*trap.answers])
    careless(trap.url, Resolver(), network)
    assert network.harmed


@pytest.mark.parametrize("url", [*NOWHERE.split(), *TOO_LONG], ids=lambda url: ascii(url[:40]))
def test_an_address_that_leads_to_no_machine_is_refused_with_advice(url):
    for address, answers in ((url, ()), (START, (moved(302, url),))):
        network = FakeNetwork([*answers])
        with pytest.raises(FetchError) as refused:
            fetch_url(address, Settings(), resolve=Resolver(), network=network)
        assert refused.value.hint
        assert network.harmed == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001"]
)
def test_odd_spellings_mean_to_the_system_what_the_resolver_says(host):
    # inet_aton is what getaddrinfo tries first, and it never asks anybody.
    assert socket.inet_ntoa(socket.inet_aton(host)) == "127.0.0.1"
    assert Resolver()(host, 80) == ["127.0.0.1"]


def test_a_refusal_names_what_to_allow_and_who_sent_us():
    network = FakeNetwork([moved(301, "//10.0.0.1/")])
    with pytest.raises(AddressRefused, match=r"redirected from http://news\.example/") as refused:
        fetch_url(START, Settings(), resolve=Resolver(), network=network)
    assert "--allow 10.0.0.1:80" in refused.value.hint


def test_the_address_that_was_checked_is_the_one_connected_to():
    network, resolve = FakeNetwork([page()]), Resolver()
    fetch_url("http://rebinding.example/", Settings(), resolve=resolve, network=network)
    assert network.connects == [PUBLIC]
    assert resolve.names["rebinding.example"] == [["127.0.0.1"]]  # nobody has asked again
