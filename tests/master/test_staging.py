"""Staging and covers: all files or none, and no picture does anything but be a picture."""

import struct
import zlib
from pathlib import Path

import pytest

from aloud.errors import MasterError
from aloud.master import to_jpeg
from aloud.master.staging import staged

NAMES = ["x.json", "x.m4a", "x.srt", "x.vtt"]


def names(folder: Path) -> list[str]:
    """Everything in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())


def test_the_json_that_names_the_others_comes_last(tmp_path: Path, monkeypatch):
    order = []
    real = Path.replace

    def seen(self: Path, target: Path) -> Path:
        order.append(self.name)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", seen)
    with staged(tmp_path) as stage:
        for name in NAMES:
            (stage / name).write_text("new")
    assert order[-1] == "x.json"
    assert names(tmp_path) == NAMES


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_being_stopped_between_two_files_waits_until_all_stand(tmp_path, monkeypatch, stop):
    real, moved = Path.replace, []

    def stopped_once(self: Path, target: Path) -> Path:
        done = real(self, target)
        moved.append(self.name)
        if len(moved) == 1:
            raise stop
        return done

    for name in NAMES:
        (tmp_path / name).write_text("old")
    monkeypatch.setattr(Path, "replace", stopped_once)

    def make() -> None:
        with staged(tmp_path) as stage:
            for name in NAMES:
                (stage / name).write_text("new")

    with pytest.raises(stop):
        make()
    assert {(tmp_path / name).read_text() for name in NAMES} == {"new"}
    assert names(tmp_path) == NAMES


def test_a_folder_in_place_of_one_file_keeps_all_files_back(tmp_path: Path):
    (tmp_path / "x.srt").mkdir()

    def make() -> None:
        with staged(tmp_path) as stage:
            for name in NAMES:
                (stage / name).write_text("new")

    with pytest.raises(MasterError, match="a folder stands"):
        make()
    assert names(tmp_path) == ["x.srt"]


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 45678 RTP/AVP 96\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff and then nothing",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    ],
)
def test_what_is_no_picture_is_refused_and_opens_nothing(picture):
    with pytest.raises(MasterError, match="cover"):
        to_jpeg(picture)


def test_a_picture_of_ninety_million_pixels_is_refused():
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 10_000, 9_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(10_001) * 9_000)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    with pytest.raises(MasterError, match="monstrous"):
        to_jpeg(png)
