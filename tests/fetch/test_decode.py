"""Content encoding undone in bounded pieces, and never a silently cut article."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.errors import FetchError, TooLarge
from aloud.fetch.decode import decode
from aloud.fetch.size import PIECE, gather

TEXT = "“One, two,” she said. Grüße.\n".encode() * 200


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress}


def cut_into(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


def unpacked(data: bytes, encoding: str, size: int = PIECE) -> bytes:
    return b"".join(decode(cut_into(data, size), encoding, "a page"))


@given(
    st.binary(max_size=3000),
    st.sampled_from([*PACKERS.items(), ("deflate", raw_deflate), ("identity", bytes), ("", bytes)]),
    st.integers(1, 50),
)
def test_what_was_packed_comes_back_however_it_was_cut(data, packing, size):
    encoding, pack = packing
    assert unpacked(pack(data), encoding, size) == data


@given(st.lists(st.binary(max_size=200), max_size=4), st.integers(1, 50))
def test_members_of_gzip_follow_each_other(parts, size):
    assert unpacked(b"".join(map(gzip.compress, parts)), "gzip", size) == b"".join(parts)


@given(st.sampled_from([*PACKERS.items(), ("deflate", raw_deflate)]), st.data())
def test_a_packed_page_that_was_cut_anywhere_is_a_failure(packing, data):
    encoding, pack = packing
    packed = pack(TEXT)
    end = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(FetchError, match="damaged"):
        unpacked(packed[:end], encoding)


@pytest.mark.parametrize("end", range(1, 30))
def test_a_second_member_that_was_cut_is_a_failure(end):
    with pytest.raises(FetchError, match="damaged"):
        unpacked(gzip.compress(TEXT) + gzip.compress(TEXT)[:end], "gzip", 7)


def test_a_flipped_bit_is_a_failure():
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1  # in the checksum
    with pytest.raises(FetchError, match="damaged"):
        unpacked(bytes(packed), "gzip")


def test_padding_after_gzip_is_not_the_page():
    assert unpacked(gzip.compress(TEXT) + bytes(512), "gzip") == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_an_empty_body_is_empty_whatever_it_calls_itself(encoding):
    assert unpacked(b"", encoding) == b""


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "nonsense"])
def test_an_encoding_that_cannot_be_undone_is_named(encoding):
    with pytest.raises(FetchError, match=encoding):
        unpacked(b"x", encoding)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_bomb_is_stopped_a_piece_after_the_limit(pack):
    limit, taken = 1_000_000, []
    bomb = pack(bytes(50_000_000))
    assert len(bomb) < 60_000

    def watched():
        for piece in decode([bomb], "gzip" if pack is gzip.compress else "deflate", "a bomb"):
            taken.append(len(piece))
            yield piece

    with pytest.raises(TooLarge):
        gather(watched(), limit, "a bomb")
    assert max(taken) <= PIECE
    assert sum(taken) <= limit + PIECE


def test_a_page_of_exactly_the_limit_is_whole():
    assert gather([b"123", b"45"], 5, "a page") == b"12345"
    with pytest.raises(TooLarge):
        gather([b"123", b"456"], 5, "a page")
