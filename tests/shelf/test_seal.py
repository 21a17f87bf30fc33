"""Seals: no bit of an object can change, and no object change places, without its being found."""

from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.errors import Damaged
from aloud.shelf import Health, content_key, seal

from .conftest import PAYLOAD, key

PAYLOADS = st.binary(max_size=200)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The same bytes in pieces."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


@given(PAYLOADS, st.lists(st.integers(0)))
def test_what_is_sealed_is_whole_however_it_comes(payload, places):
    data = seal.sealed(key(1), payload)
    assert seal.unsealed(key(1), data) == payload
    assert seal.is_whole(key(1), cut(data, places))


@given(PAYLOADS, st.integers(0), st.lists(st.integers(0)))
def test_one_flipped_bit_breaks_the_seal_wherever_it_is(payload, at, places):
    data = seal.sealed(key(1), payload)
    broken = flipped(data, at % (8 * len(data)))
    assert seal.unsealed(key(1), broken) is None
    assert not seal.is_whole(key(1), cut(broken, places))


@given(PAYLOADS, st.integers(0), PAYLOADS.filter(len))
def test_what_is_cut_off_or_goes_on_is_not_whole(payload, at, more):
    data = seal.sealed(key(1), payload)
    for broken in (data[: at % len(data)], data + more):
        assert seal.unsealed(key(1), broken) is None
        assert not seal.is_whole(key(1), [broken])


@given(PAYLOADS)
def test_an_object_in_another_ones_place_is_not_whole(payload):
    data = seal.sealed(key(1), payload)
    assert seal.unsealed(key(2), data) is None
    assert not seal.is_whole(key(2), [data])


@given(PAYLOADS, st.integers(0))
def test_what_is_kept_is_whole_by_its_name_alone_even_if_it_looks_like_a_seal(payload, at):
    data = seal.sealed(key(1), payload)  # somebody may keep these very bytes as a page
    name = content_key("pages", sha256(data).hexdigest())
    assert seal.is_whole(name, [data])
    assert not seal.is_whole(name, [flipped(data, at % (8 * len(data)))])


def flip(bit: int) -> Callable[[bytes], bytes]:
    return lambda data: flipped(data, bit)


# A bit of every byte of the mark and of the hash, and of the payload's two ends.
BITS = [*(8 * byte + byte % 8 for byte in range(seal.HEADER + 1)), -1]
DAMAGES: list[Callable[[bytes], bytes]] = [
    *map(flip, BITS),
    lambda data: b"",
    lambda data: data[:1],
    lambda data: data[:-1],
    lambda data: data[: seal.HEADER],
    lambda data: data + b"\0",
    lambda data: bytes(len(data)),
    lambda data: seal.sealed(key(0), PAYLOAD),  # another one's, in this place
]


def test_a_scrub_finds_every_damage_to_what_was_put_and_nothing_else(shelf, lying):
    shelf.put(key(0), PAYLOAD)
    expected = {key(0): Health.WHOLE}
    for number, damage in enumerate(DAMAGES, start=1):
        lying.write(key(number), damage(seal.sealed(key(number), PAYLOAD)))
        expected[key(number)] = Health.DAMAGED
    assert {finding.key: finding.state for finding in shelf.scrub()} == expected
    assert lying.keys() == {key(0)} | {f"damaged/{name}" for name in expected if name != key(0)}


def test_a_scrub_finds_every_damage_to_what_was_kept_and_nothing_else(shelf, lying):
    first = shelf.keep("pages", PAYLOAD)
    expected = {first: Health.WHOLE}
    for number, damage in enumerate(DAMAGES):
        kept = shelf.keep("pages", PAYLOAD + bytes([number]))
        lying.write(kept, damage(lying.read(kept)))
        expected[kept] = Health.DAMAGED
    assert {finding.key: finding.state for finding in shelf.scrub()} == expected


def test_no_damage_is_ever_had_back(shelf, lying):
    for damage in (*DAMAGES[::11], *DAMAGES[-7:]):
        lying.write(key(1), damage(seal.sealed(key(1), PAYLOAD)))
        with pytest.raises(Damaged):
            shelf.get(key(1))
        assert shelf.get(key(1)) is None
        kept = shelf.keep("pages", PAYLOAD)
        for ask in (shelf.read, shelf.file):
            lying.write(kept, damage(PAYLOAD))
            with pytest.raises(Damaged):
                ask(kept)
            assert not shelf.has(kept)
