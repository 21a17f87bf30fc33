"""The engine's own process: ``python -m aloud.voice.worker BYTES``. Reads calls, writes answers.

BYTES is how much memory its engine may take. One pickled (number, engine, method, arguments) a
call on standard input, one pickled (number, result or AloudError) an answer on standard output, in
order, until the input ends. Anything else that goes wrong ends the process, and the booth says so.
"""

import contextlib
import os
import pickle
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from aloud.errors import AloudError
from aloud.voice.booth import OUT_OF_MEMORY, perform


def main() -> None:
    limit_memory(int(sys.argv[1]))
    # Ctrl-C reaches every process of a terminal; this one is ended by its booth, in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not be taken for an answer
    try:
        serve(sys.stdin.buffer, answers)
    except MemoryError:
        # At once: whatever else is tried now may fail for the same reason.
        os._exit(OUT_OF_MEMORY)


def limit_memory(most: int) -> None:
    """Hold this process to ``most`` bytes more than it has, so that an engine that runs away dies
    alone. Where the system cannot (Windows, macOS) nothing is limited."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        # What is there already is numpy's, and grows with the machine: 40 MB for each processor.
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        allowed = pages * resource.getpagesize() + most
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard == resource.RLIM_INFINITY or allowed < hard:
            resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))


def serve(calls: BinaryIO, answers: BinaryIO) -> None:
    """Answer every call until the input ends."""
    while True:
        try:
            number, engine, method, arguments = pickle.load(calls)
        except EOFError:
            return
        try:
            answer = perform(engine, method, arguments)
        except AloudError as error:
            answer = error
        try:
            pickle.dump((number, answer), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
        except BrokenPipeError:
            return  # who asked was killed, and nobody waits for this


if __name__ == "__main__":
    main()
