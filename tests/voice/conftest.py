"""An engine that misbehaves when it is told to, installed as an extra would be."""

import textwrap
from pathlib import Path

import pytest

FAULTY = '''
"""Beeps, until a word tells it to crash, hang or eat memory."""

import ctypes
import threading
from dataclasses import replace

from aloud.voice.engine import Concurrency
from aloud.voice.engines.tone import ToneEngine


class FaultyEngine(ToneEngine):
    name = "faulty"
    concurrency = Concurrency.PROCESS

    def voices(self):
        return tuple(replace(voice, id="faulty/beep") for voice in super().voices())

    def speak(self, utterance, voice, *, rate=1.0):
        if "crash" in utterance.text:
            ctypes.string_at(0)
        if "hang" in utterance.text:
            threading.Event().wait()
        eaten = []
        while "eat" in utterance.text:
            eaten.append(bytes(2**24))
        return super().speak(utterance, voice, rate=rate)
'''
METADATA = "Metadata-Version: 2.1\nName: faulty\nVersion: 1.0\n"
ENTRY_POINTS = """
    [aloud.engines]
    faulty = faulty:FaultyEngine
    """


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of its voice. It is there for this process and for those that it starts."""
    folder = tmp_path / "installed"
    information = folder / "faulty-1.0.dist-info"
    information.mkdir(parents=True)
    (folder / "faulty.py").write_text(FAULTY, encoding="utf-8")
    (information / "METADATA").write_text(METADATA, encoding="utf-8")
    (information / "entry_points.txt").write_text(textwrap.dedent(ENTRY_POINTS), encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return "faulty/beep"
