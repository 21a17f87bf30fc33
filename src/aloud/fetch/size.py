"""Size: no page weighs more than the owner of this machine allows, wherever it comes from."""

from collections.abc import Iterable

from aloud.errors import TooLarge

PIECE = 64 * 1024  # bytes taken at a time


def gather(pieces: Iterable[bytes], limit: int, subject: str) -> bytes:
    """All pieces joined. Takes no further piece once there are more than ``limit`` bytes.

    Raises:
        TooLarge: more than ``limit`` bytes.
    """
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limit:
            raise too_large(limit, subject)
    return bytes(body)


def too_large(limit: int, subject: str) -> TooLarge:
    return TooLarge(
        f"larger than the limit of {limit:,} bytes",
        subject=subject,
        hint=f"raise the limit (ALOUD_FETCH_MAX_BYTES={2 * limit}), or save the text of the article"
        " alone to a file and give that to aloud",
    )
