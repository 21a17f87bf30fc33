"""Which addresses may be asked, and what the owner of the machine may allow."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.errors import UsageError
from aloud.fetch.address import allowances, refusal

INNER = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.1.2.3",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2606:4700::1%1",
]
GLOBAL = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "223.255.255.255",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", INNER)
def test_an_address_that_is_not_globally_reachable_is_refused(address):
    assert refusal(ip_address(address))


@pytest.mark.parametrize("address", GLOBAL)
def test_a_globally_reachable_address_passes(address):
    assert refusal(ip_address(address)) is None


@given(st.ip_addresses(v=4))
def test_no_disguise_of_a_refused_address_passes(address: IPv4Address):
    if refusal(address) is None:
        return
    number = int(address)
    nat64 = int(IPv6Address("64:ff9b::")) + number
    mapped = int(IPv6Address("::ffff:0:0")) + number
    six_to_four = (0x2002 << 112) + (number << 80)
    assert all(refusal(IPv6Address(n)) for n in (number, nat64, mapped, six_to_four))


@given(st.ip_addresses())
def test_what_python_calls_inner_is_never_called_global(address):
    doubtful = not address.is_global or address.is_multicast or address.is_reserved
    if doubtful and address not in ip_network("64:ff9b::/96"):
        assert refusal(address)


@pytest.mark.parametrize(
    ("entry", "host", "address", "port", "covered"),
    [
        ("127.0.0.1", "x", "127.0.0.1", 80, True),
        ("127.0.0.1:8000", "x", "127.0.0.1", 8000, True),
        ("127.0.0.1:8000", "x", "127.0.0.1", 8001, False),
        ("127.0.0.1:8000", "x", "127.0.0.2", 8000, False),
        ("127.0.0.1", "x", "::ffff:127.0.0.1", 80, False),
        ("[::1]:8000", "x", "::1", 8000, True),
        ("[::1]", "x", "::1", 8000, True),
        ("::1", "x", "::1", 8000, True),
        ("10.1.0.0/16", "x", "10.1.2.3", 443, True),
        ("10.1.0.0/16", "x", "10.2.2.3", 443, False),
        ("fd00::/8", "x", "fd12::1", 443, True),
        ("Intranet.example", "intranet.example.", "10.0.0.1", 443, True),
        ("intranet.example", "not-intranet.example", "10.0.0.1", 443, False),
        ("intranet.example", "a.intranet.example", "10.0.0.1", 443, False),
        ("intranet.example:8000", "intranet.example", "10.0.0.1", 443, False),
    ],
)
def test_an_allowance_covers_what_it_names_and_no_more(entry, host, address, port, covered):
    (allowance,) = allowances((entry,))
    assert allowance.covers(host, ip_address(address), port) is covered


@pytest.mark.parametrize(
    "entry", ["", "http://a", "a b", "*.example", "10.0.0.0/99", "[::1", "a:b"]
)
def test_an_allowance_that_means_nothing_is_told_at_once(entry):
    with pytest.raises(UsageError):
        allowances((entry,))
