"""The speaker: in order of need, each once, and nobody is left waiting."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from aloud.adapt import adapt
from aloud.article import plain
from aloud.errors import UnknownVoice, VoiceError
from aloud.script import Utterance
from aloud.serve.jobs import Attention, Interrupted, Need, Speaker
from aloud.shelf import Shelf, utterance_key
from aloud.speech import Voice
from aloud.voice import Booth

VERSION = "1"


def utterances(count: int) -> tuple[Utterance, ...]:
    text = "\n".join(f"Sentence number {n} is said." for n in range(count))
    return adapt(plain(text)).utterances


@pytest.fixture(scope="module")
def voice() -> Voice:
    with Booth() as booth:
        return booth.voices("tone")[0]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Shelf(str(tmp_path / "shelf")) as opened:
        yield opened


@pytest.fixture
def speaker(shelf: Shelf) -> Iterator[Speaker]:
    opened = Speaker(shelf, booths=1)
    yield opened
    opened.close()


class Gate:
    """Keeps the only booth busy until it is opened, so that the heap can be filled meanwhile."""

    def __init__(self, speaker: Speaker) -> None:
        self._open, entered = threading.Event(), threading.Event()

        def hold(booth: Booth) -> None:
            entered.set()
            self._open.wait()

        self._thread = threading.Thread(target=lambda: speaker.ask(hold))
        self._thread.start()
        entered.wait()

    def open(self) -> None:
        self._open.set()
        self._thread.join()


def order_of_speaking(monkeypatch) -> list[str]:
    said: list[str] = []
    real = Booth.say

    def noted(self, utterance, voice):
        said.append(utterance.tokens[2].spoken)
        return real(self, utterance, voice)

    monkeypatch.setattr(Booth, "say", noted)
    return said


def test_an_utterance_is_spoken_once_and_then_lies_on_the_shelf(speaker, shelf, voice):
    (utterance,) = utterances(1)
    first = speaker.speak(utterance, voice, VERSION, Need.WAITING)
    again = speaker.speak(utterance, voice, VERSION, Need.WAITING)
    assert speaker.made == 1
    assert shelf.has(utterance_key(utterance, voice, VERSION))
    assert (first.samples == again.samples).all()
    assert first.timings == again.timings


def test_what_two_ask_for_at_once_is_spoken_once(speaker, voice):
    gate, batch = Gate(speaker), utterances(3)
    first = speaker.ahead(batch, voice, VERSION, Need.ARCHIVE)
    second = speaker.ahead(batch, voice, VERSION, Need.QUEUE)
    gate.open()
    assert [a.result() is b.result() for a, b in zip(first, second, strict=True)] == [True] * 3
    assert speaker.made == 3


def test_the_most_needed_is_spoken_first(speaker, voice, monkeypatch):
    said = order_of_speaking(monkeypatch)
    gate, (a, b, c, d) = Gate(speaker), utterances(4)
    asked = [
        *speaker.ahead([a], voice, VERSION, Need.ARCHIVE),
        *speaker.ahead([b], voice, VERSION, Need.QUEUE),
        *speaker.ahead([c], voice, VERSION, Need.LISTENING),
        *speaker.ahead([d], voice, VERSION, Need.WAITING),
    ]
    gate.open()
    assert all(future.result().timings for future in asked)
    assert said == ["three", "two", "one", "zero"]


def test_a_sentence_that_somebody_comes_to_wait_for_moves_to_the_front(speaker, voice, monkeypatch):
    said = order_of_speaking(monkeypatch)
    gate, batch = Gate(speaker), utterances(4)
    asked = speaker.ahead(batch, voice, VERSION, Need.ARCHIVE)
    asked += speaker.ahead(batch[3:], voice, VERSION, Need.WAITING)
    gate.open()
    assert all(future.result().timings for future in asked)
    assert said == ["three", "zero", "one", "two"]


def test_a_failure_reaches_everybody_who_asked_and_the_next_is_spoken(speaker, voice, monkeypatch):
    (utterance, other) = utterances(2)

    def failing(self, utterance, voice):
        raise VoiceError("the engine died")

    with monkeypatch.context() as broken:
        broken.setattr(Booth, "say", failing)
        for _ in range(2):
            with pytest.raises(VoiceError):
                speaker.speak(utterance, voice, VERSION, Need.WAITING)
    assert speaker.speak(other, voice, VERSION, Need.WAITING).duration > 0
    assert speaker.speak(utterance, voice, VERSION, Need.WAITING).duration > 0


def test_a_bug_of_an_engine_does_not_end_the_speaker(speaker, voice, monkeypatch):
    (utterance,) = utterances(1)

    def failing(self, utterance, voice):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(Booth, "say", failing)
        with pytest.raises(VoiceError, match="the engine failed"):
            speaker.speak(utterance, voice, VERSION, Need.WAITING)
    assert speaker.speak(utterance, voice, VERSION, Need.WAITING).duration > 0


def test_asking_for_a_voice_that_is_not_there_is_answered_with_advice(speaker):
    from aloud.voice import find_voice

    with pytest.raises(UnknownVoice):
        speaker.ask(lambda booth: find_voice("espeak/xx-none", "en", booth))


def test_closing_lets_the_running_utterance_end_and_gives_the_others_back(shelf, voice):
    speaker = Speaker(shelf, booths=1)
    gate, batch = Gate(speaker), utterances(3)
    waiting = speaker.ahead(batch, voice, VERSION, Need.WAITING)
    closing = threading.Thread(target=speaker.close)
    closing.start()
    for future in waiting:
        with pytest.raises(Interrupted):
            future.result()
    gate.open()
    closing.join()
    with pytest.raises(Interrupted):
        speaker.speak(batch[0], voice, VERSION, Need.WAITING)


def test_a_damaged_utterance_is_spoken_again(speaker, shelf, voice, tmp_path):
    (utterance,) = utterances(1)
    before = speaker.speak(utterance, voice, VERSION, Need.WAITING)
    (file,) = (tmp_path / "shelf" / "utterances").rglob("*/*")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    again = speaker.speak(utterance, voice, VERSION, Need.WAITING)
    assert speaker.made == 2
    assert (before.samples == again.samples).all()


def test_background_work_leaves_the_booths_free_for_whoever_waits(shelf, voice, monkeypatch):
    said = order_of_speaking(monkeypatch)
    attention = Attention()
    speaker = Speaker(shelf, booths=1, attention=attention)
    a, b = utterances(2)
    with attention.wanted():
        later = speaker.ahead([a], voice, VERSION, Need.ARCHIVE)
        speaker.speak(b, voice, VERSION, Need.WAITING)
        assert said == ["one"]
    assert later[0].result().timings
    assert said == ["one", "zero"]
    speaker.close()
