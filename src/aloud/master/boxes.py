"""Boxes: the few bytes that make a fragment of an MP4 out of encoded packets.

No library cuts fragments where an utterance ends, so this is our own, and it knows one kind: a
single track of sound whose packets all last equally long.

Source: ISO/IEC 14496-12, 8.8 (movie fragments).
"""

import struct
from collections.abc import Sequence

_HEADER = 8  # bytes of a box before its content
_TRACK = 1
_BASE_IS_MOOF, _DURATION, _FLAGS = 0x020000, 0x000008, 0x000020  # what tfhd holds
_DATA_OFFSET, _SIZES = 0x000001, 0x000200  # what trun holds
_STANDS_ALONE = 0x02000000  # sample flags: depends on no other sample, as all sound does


def fragment(sequence: int, packets: Sequence[bytes], duration: int) -> bytes:
    """A movie fragment (moof and mdat) of packets that last ``duration`` samples each.

    It starts at time zero, wherever it will be played: who appends it says where. ``sequence``
    counts the fragments of one stream, from 1.
    """
    sizes = [len(packet) for packet in packets]
    # Counted from the moof's first byte to the first packet; the moof is as long whatever it says.
    offset = len(_moof(sequence, sizes, duration, 0)) + _HEADER
    return _moof(sequence, sizes, duration, offset) + _box(b"mdat", *packets)


def _moof(sequence: int, sizes: Sequence[int], duration: int, offset: int) -> bytes:
    track = _full_box(
        b"tfhd",
        _BASE_IS_MOOF | _DURATION | _FLAGS,
        struct.pack(">III", _TRACK, duration, _STANDS_ALONE),
    )
    time = _full_box(b"tfdt", 0, struct.pack(">Q", 0), version=1)
    run = _full_box(
        b"trun",
        _DATA_OFFSET | _SIZES,
        struct.pack(f">Ii{len(sizes)}I", len(sizes), offset, *sizes),
    )
    header = _full_box(b"mfhd", 0, struct.pack(">I", sequence))
    return _box(b"moof", header, _box(b"traf", track, time, run))


def _full_box(kind: bytes, flags: int, content: bytes, *, version: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), content)


def _box(kind: bytes, *content: bytes) -> bytes:
    data = b"".join(content)
    return struct.pack(">I4s", _HEADER + len(data), kind) + data
