"""Hosts: where the service may listen, and by which names it may be called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.errors import UsageError
from aloud.serve.security import (
    is_loopback,
    refuse_open_address,
)
from aloud.serve.security.hosts import Hosts


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1", "::ffff:127.0.0.1"])
def test_on_this_machine_it_listens_without_a_token(host):
    assert is_loopback(host)
    assert refuse_open_address(host, has_token=False) is None


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "192.168.1.5", "8.8.8.8", "::ffff:0.0.0.0", "aloud.example", "127.1"],
)
def test_elsewhere_it_refuses_to_listen_without_a_token(host):
    with pytest.raises(UsageError, match="refuses to listen") as refused:
        refuse_open_address(host, has_token=False)
    assert "aloud serve --token" in refused.value.hint
    refuse_open_address(host, has_token=True)


OURS = ["127.0.0.1", "127.0.0.1:8008", "localhost:1", "LocalHost", "[::1]", "[::1]:8008"]
NOT_OURS = [
    "evil.example", "evil.example:8008", "127.0.0.1.evil.example", "localhost.evil.example",
    "evil-localhost", "localhost.", "192.168.1.5", "0.0.0.0", "127.0.0.2", "[::2]", "2130706433",
]  # fmt: skip
NONSENSE = ["", "127.0.0.1:8008:1", "[::1", "127.0.0.1:abc", "a b", "me@127.0.0.1:8008@",
            "127.0.0.1, evil.example", "127.0.0.1:999999"]  # fmt: skip


@pytest.mark.parametrize("host", OURS)
def test_a_name_of_ours_is_answered(build, ask, host):
    assert ask(build(open_to_all=True), "/api/x", headers={"Host": host}).status == 200


@pytest.mark.parametrize("host", NOT_OURS)
def test_a_rebound_name_is_not_answered(build, ask, reached, host):
    answer = ask(build(open_to_all=True), "/api/x", headers={"Host": host})
    assert answer.status == 421
    assert b"ALOUD_SERVE_NAMES" in answer.body
    assert reached == []


@pytest.mark.parametrize("host", NONSENSE)
def test_a_request_for_no_host_is_not_understood(build, ask, reached, host):
    assert ask(build(open_to_all=True), "/healthz", headers={"Host": host}).status in (400, 421)
    assert reached == []


def test_the_owners_names_are_ours_too(build, ask):
    wall = build(open_to_all=True, names=("Aloud.example",))
    assert ask(wall, "/api/x", headers={"Host": "aloud.example:80"}).status == 200
    assert ask(wall, "/api/x", headers={"Host": "x.aloud.example"}).status == 421


def test_on_an_open_address_digits_are_answered_and_other_names_are_not():
    """No DNS stands behind digits, so they cannot be rebound."""
    hosts = Hosts("0.0.0.0", ())
    assert hosts.refusal(b"192.168.1.5:8008") is None
    assert hosts.refusal(b"[fd00::5]:8008") is None
    assert hosts.refusal(b"evil.example").status == 421
    assert Hosts("aloud.lan").refusal(b"aloud.lan:8008") is None
    assert Hosts("fd00::5").refusal(b"[fd00::5]") is None


@given(st.binary(max_size=40))
def test_no_host_header_breaks_the_check(text):
    refusal = Hosts("127.0.0.1").refusal(text)
    assert refusal is None or refusal.status in (400, 421)


def test_a_loopback_address_is_known_in_every_spelling():
    assert is_loopback("[::1]")
    assert is_loopback("LOCALHOST")
    assert not is_loopback("localhost.example")
