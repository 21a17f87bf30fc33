"""The engine's own process: ``python -m aloud.voice.worker``. Reads calls, writes answers.

One pickled (number, engine, method, arguments) a call on standard input, one pickled (number,
result or AloudError) an answer on standard output, in order, until the input ends. Anything else
that goes wrong ends the process, and the booth says so.
"""

import os
import pickle
import signal
import sys
from typing import BinaryIO

from aloud.errors import AloudError
from aloud.voice.booth import perform


def main() -> None:
    # Ctrl-C reaches every process of a terminal; this one is ended by its booth, in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not be taken for an answer
    serve(sys.stdin.buffer, answers)


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
        pickle.dump((number, answer), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    main()
