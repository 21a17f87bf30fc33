"""Cover: any picture a page offers, as the JPEG that audio files carry."""

import io
import re

import av

from aloud.errors import MasterError

_LARGEST = 1400  # pixels a side: what podcast directories ask for at least, and no phone needs more
_MOST_PIXELS = 50_000_000  # decoded; a picture of some kilobytes can claim gigabytes

# Only these of ffmpeg's many readers: some others open files and sockets that the bytes name.
_KINDS = {
    "jpeg_pipe": re.compile(rb"\xff\xd8\xff"),
    "png_pipe": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "webp_pipe": re.compile(rb"RIFF....WEBP", re.S),
    "gif_pipe": re.compile(rb"GIF8[79]a"),
}


def to_jpeg(picture: bytes) -> bytes:
    """The picture as JPEG, at most 1400 pixels a side.

    Raises:
        MasterError: not a picture that can be read, or a monstrous one.
    """
    hint = "go on without a cover, or give the page another og:image"
    kind = next((kind for kind, magic in _KINDS.items() if magic.match(picture)), None)
    if kind is None:
        raise MasterError("the cover is no JPEG, PNG, WebP or GIF picture", hint=hint)
    try:
        # The stub of stream_options says strings; the code takes dictionaries.
        with av.open(  # type: ignore[call-overload]
            io.BytesIO(picture),
            "r",
            format=kind,
            stream_options=[{"max_pixels": str(_MOST_PIXELS)}],
        ) as source:
            stream = source.streams.video[0]
            if not stream.width * stream.height:  # more than the most: it was not even looked at
                raise ValueError("no size")
            frame = next(source.decode(stream))
        scale = min(1.0, _LARGEST / max(frame.width, frame.height))
        width, height = (
            max(2, round(side * scale) // 2 * 2) for side in (frame.width, frame.height)
        )
        sink = io.BytesIO()
        with av.open(sink, "w", format="mjpeg") as target:
            output = target.add_stream("mjpeg", options={"qscale": "4"})
            assert isinstance(output, av.VideoStream)
            output.width, output.height, output.pix_fmt = width, height, "yuvj420p"
            target.mux(output.encode(frame.reformat(width, height, "yuvj420p")))
            target.mux(output.encode(None))
        return sink.getvalue()
    except (av.error.FFmpegError, OSError, ValueError, IndexError, StopIteration) as error:
        raise MasterError("the cover picture cannot be read, or is monstrous", hint=hint) from error
