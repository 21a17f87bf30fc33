"""Encode: samples to a file that any player opens, with everything it should know inside."""

import base64
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.container
import numpy as np
from mutagen.flac import Picture
from mutagen.mp4 import MP4, AtomDataType, MP4FreeForm

from aloud.master.chapters import Chapter
from aloud.master.cues import clock
from aloud.speech import Samples


@dataclass(frozen=True, slots=True)
class Format:
    """How one kind of audio file is written."""

    suffix: str
    media_type: str
    container: str  # ffmpeg's muxer
    codec: str  # ffmpeg's encoder
    sample_rate: int | None  # Hz; None: the voice's own
    sample_format: str
    bit_rate: int | None  # bits a second, mono speech; None: not compressed
    options: Mapping[str, str]  # of the codec
    container_options: Mapping[str, str]
    chapters: bool
    level: float = 1.0  # what the encoder takes away, given to it beforehand


FORMATS = {
    "m4a": Format(
        "m4a", "audio/mp4", "mp4", "aac", None, "fltp", 64_000,
        # The default coder is half as fast as a neural voice is slow, and no better for speech.
        {"aac_coder": "fast"},
        # Not the ipod muxer, which refuses covers; not use_metadata_tags, which loses them and
        # hides the tags from Apple's players: what is missing is added by `_complete_m4a`.
        {"brand": "M4A ", "movflags": "+faststart"},
        True,
    ),
    "mp3": Format(
        # 44.1 kHz: players that ignore the encoder's delay are least late there. Constant bit
        # rate, because seeking in VBR is off by seconds in many players.
        "mp3", "audio/mpeg", "mp3", "libmp3lame", 44_100, "fltp", 64_000,
        {"abr": "0"}, {"id3v2_version": "4", "write_xing": "1"}, True,
        1 / 0.95,  # LAME's preset for this bit rate scales by 0.95 (measured here: -0.45 dB)
    ),
    "opus": Format(
        "opus", "audio/ogg", "ogg", "libopus", 48_000, "flt", 48_000,
        # Low delay: 2.5 ms of pre-skip instead of 6.5, which half the programs forget to subtract.
        {"application": "lowdelay", "vbr": "on"}, {}, True,
    ),
    "wav": Format("wav", "audio/wav", "wav", "pcm_s16le", None, "s16", None, {}, {}, False),
}  # fmt: skip

# ISO 639-2 codes, which containers want, of the two-letter codes that articles have.
_THREE_LETTERS = {
    "ar": "ara", "bg": "bul", "bn": "ben", "ca": "cat", "cs": "ces", "cy": "cym", "da": "dan",
    "de": "deu", "el": "ell", "en": "eng", "es": "spa", "et": "est", "eu": "eus", "fa": "fas",
    "fi": "fin", "fr": "fra", "ga": "gle", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun",
    "hy": "hye", "id": "ind", "is": "isl", "it": "ita", "ja": "jpn", "ka": "kat", "kk": "kaz",
    "ko": "kor", "lt": "lit", "lv": "lav", "mk": "mkd", "ms": "msa", "nb": "nob", "nl": "nld",
    "nn": "nno", "no": "nor", "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk",
    "sl": "slv", "sq": "sqi", "sr": "srp", "sv": "swe", "sw": "swa", "ta": "tam", "te": "tel",
    "th": "tha", "tr": "tur", "uk": "ukr", "ur": "urd", "uz": "uzb", "vi": "vie", "zh": "zho",
    "cmn": "zho", "yue": "zho",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says about itself. Empty strings are left out."""

    title: str
    author: str
    publisher: str
    date: str  # ISO 8601, a day
    language: str  # BCP 47
    source: str  # URL
    cover: bytes  # JPEG; empty for none


def encode(
    pieces: Iterable[Samples],
    sample_rate: int,
    path: Path,
    kind: Format,
    tags: Tags,
    chapters: tuple[Chapter, ...],
) -> None:
    """Write the pieces, one after another, to ``path``.

    Raises:
        OSError, av.error.FFmpegError: the file cannot be written.
    """
    with av.open(
        str(path), "w", format=kind.container, options=dict(kind.container_options)
    ) as container:
        rate = kind.sample_rate or sample_rate
        stream = _audio_stream(container, rate, kind, tags.language)
        container.metadata.update(_metadata(tags, kind))
        cover = _cover_stream(container, tags, kind)
        if kind.container == "ogg":
            # ffmpeg's own Ogg chapters are up to a second late: it rounds the seconds up.
            container.metadata.update(_ogg_chapters(chapters))
        elif kind.chapters and chapters:
            container.set_chapters([_chapter(i, c) for i, c in enumerate(chapters)])
        container.start_encoding()
        if cover is not None:
            picture = av.Packet(tags.cover)
            picture.stream = cover
            container.mux(picture)
        resampler = av.AudioResampler(kind.sample_format, "mono", rate)
        for frame in _frames(pieces, sample_rate, kind.level):
            for ready in resampler.resample(frame):
                container.mux(stream.encode(ready))
        for ready in resampler.resample(None):
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    if kind.suffix == "m4a":
        _complete_m4a(path, tags)


def _audio_stream(
    container: av.container.OutputContainer, rate: int, kind: Format, language: str
) -> av.AudioStream:
    stream = container.add_stream(kind.codec, rate=rate, options=dict(kind.options))
    assert isinstance(stream, av.AudioStream)
    stream.codec_context.layout = "mono"
    stream.codec_context.format = av.AudioFormat(kind.sample_format)
    if kind.bit_rate:
        stream.codec_context.bit_rate = kind.bit_rate
    code = language_code(language)
    if code:
        stream.metadata["language"] = code
    return stream


def language_code(tag: str) -> str:
    """The ISO 639-2 code of a BCP 47 tag, or "" where there is none.

    >>> language_code("en-GB")
    'eng'
    """
    primary = tag.lower().partition("-")[0]
    return _THREE_LETTERS.get(primary, primary if len(primary) == 3 else "")


def _frames(pieces: Iterable[Samples], sample_rate: int, level: float) -> Iterable[av.AudioFrame]:
    at = 0
    for piece in pieces:
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(piece[None, :] * np.float32(level)), format="flt", layout="mono"
        )
        frame.sample_rate, frame.pts, frame.time_base = sample_rate, at, Fraction(1, sample_rate)
        at += len(piece)
        yield frame


def _metadata(tags: Tags, kind: Format) -> dict[str, str]:
    known = {
        "title": tags.title,
        "artist": tags.author or tags.publisher,
        "album": tags.publisher,
        "publisher": tags.publisher,
        "date": tags.date,
        "language": language_code(tags.language),
        "comment": tags.source,
    }
    if kind.container == "ogg" and tags.cover:
        known["METADATA_BLOCK_PICTURE"] = _flac_picture(tags.cover)
    return {name: value for name, value in known.items() if value}


def _complete_m4a(path: Path, tags: Tags) -> None:
    """Publisher and language, which iTunes tags have no names for: as named atoms, which taggers
    and ffmpeg read under these names."""
    file = MP4(path)
    for name, value in (("PUBLISHER", tags.publisher), ("LANGUAGE", language_code(tags.language))):
        if value:
            atom = MP4FreeForm(value.encode(), AtomDataType.UTF8)
            file[f"----:com.apple.iTunes:{name}"] = atom
    file.save()


def _cover_stream(
    container: av.container.OutputContainer, tags: Tags, kind: Format
) -> av.VideoStream | None:
    if not tags.cover or kind.container not in ("mp4", "mp3"):
        return None
    width, height = jpeg_size(tags.cover)
    stream = container.add_stream("mjpeg")
    assert isinstance(stream, av.VideoStream)
    stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
    stream.disposition = av.stream.Disposition.attached_pic
    return stream


def _chapter(index: int, chapter: Chapter) -> Any:
    base = Fraction(1, 1000)
    return {
        "id": index + 1,
        "start": chapter.start,
        "end": chapter.end,
        "time_base": base,
        "metadata": {"title": chapter.title},
    }


def _ogg_chapters(chapters: tuple[Chapter, ...]) -> dict[str, str]:
    """Chapters as Ogg files carry them. Source: wiki.xiph.org/Chapter_Extension."""
    found: dict[str, str] = {}
    for number, chapter in enumerate(chapters):
        found[f"CHAPTER{number:03}"] = clock(chapter.start, ".")
        found[f"CHAPTER{number:03}NAME"] = chapter.title
    return found


def _flac_picture(jpeg: bytes) -> str:
    """A cover as Ogg files carry it: a FLAC picture block (type 3, front cover) in base64."""
    picture = Picture()
    picture.type, picture.mime, picture.depth, picture.data = 3, "image/jpeg", 24, jpeg
    picture.width, picture.height = jpeg_size(jpeg)
    return base64.b64encode(picture.write()).decode()


def jpeg_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height of a JPEG, from its start-of-frame segment (ITU-T T.81, B.2.2)."""
    at = 2
    while at + 9 < len(jpeg):
        marker, length = struct.unpack(">HH", jpeg[at : at + 4])
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = struct.unpack(">HH", jpeg[at + 5 : at + 9])
            return width, height
        at += 2 + length
    raise ValueError("not a JPEG")
