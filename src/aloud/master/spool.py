"""The spool: speech on disk between the passes, so that no recording is ever whole in memory."""

import tempfile
from collections.abc import Iterator
from typing import Self

import numpy as np

from aloud.speech import Samples

_BYTES = 4  # float32: what engines give is kept bit for bit


class Spool:
    """Samples in a nameless temporary file, which is gone when it is closed, whatever happens."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="aloud-")  # noqa: SIM115 - closed by our exit
        self.length = 0  # samples

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._file.close()

    def append(self, samples: Samples) -> None:
        """Put samples, shape (n,), at the end.

        Raises:
            OSError: the disk is full.
        """
        self._file.seek(self.length * _BYTES)
        self._file.write(samples.astype("<f4", copy=False).tobytes())
        self.length += len(samples)

    def read(self, start: int, length: int) -> Samples:
        """``length`` samples from ``start``; zeros before the beginning and after the end."""
        first, last = max(0, start), min(self.length, start + length)
        if last <= first:
            return np.zeros(length, np.float32)
        self._file.seek(first * _BYTES)
        stored = np.frombuffer(self._file.read((last - first) * _BYTES), "<f4")
        return np.pad(stored, (first - start, start + length - last))

    def pieces(self, length: int) -> Iterator[tuple[int, int]]:
        """Starts and lengths that cover everything, each ``length`` long but the last."""
        for start in range(0, self.length, length):
            yield start, min(length, self.length - start)
