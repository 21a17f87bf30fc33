"""Cover: any picture a page offers, as the JPEG that audio files carry."""

import io

import av

from aloud.errors import MasterError

_LARGEST = 1400  # pixels a side: what podcast directories ask for at least, and no phone needs more
_MOST_PIXELS = 50_000_000  # decoded; a picture of some kilobytes can claim gigabytes


def to_jpeg(picture: bytes) -> bytes:
    """The picture as JPEG, at most 1400 pixels a side.

    Raises:
        MasterError: not a picture that can be read, or a monstrous one.
    """
    hint = "go on without a cover, or give the page another og:image"
    try:
        with av.open(io.BytesIO(picture), "r") as source:
            stream = source.streams.video[0]
            if stream.width * stream.height > _MOST_PIXELS:
                raise MasterError("the cover picture is too large", hint=hint)
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
        raise MasterError("the cover picture cannot be read", hint=hint) from error
