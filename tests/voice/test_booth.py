"""The booth: engines speak in order, may crash or hang, and lose nothing."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from aloud import article, errors
from aloud.adapt import adapt
from aloud.script import Script, Utterance
from aloud.voice import Booth, find_voice
from aloud.voice.booth import PATIENCE

ROOM = str(2**30)  # bytes


def script(text: str, language: str = "en") -> Script:
    return adapt(article.plain(text, language))


def utterance(text: str) -> Utterance:
    (only,) = script(text).utterances
    return only


def test_every_utterance_is_spoken_in_order_with_a_time_for_each_token():
    said = script("One ship left. Two more came back, they said. Nobody was hurt in the storm.")
    with Booth() as booth:
        voice = find_voice(None, "en", booth)
        speeches = list(booth.speak(said, voice))
    assert len(speeches) == len(said.utterances)
    for utterance, speech in zip(said.utterances, speeches, strict=True):
        assert [t.token for t in speech.timings] == list(range(len(utterance.tokens)))
        starts = [t.start for t in speech.timings]
        assert starts == sorted(starts)
        assert all(0 <= t.start <= t.end <= speech.duration for t in speech.timings)


def test_a_script_without_a_main_guard_can_listen(tmp_path: Path):
    # Processes made by multiprocessing would run this script a second time.
    program = tmp_path / "listen.py"
    program.write_text(
        textwrap.dedent(
            """
            print("once")
            from aloud.voice import Booth, find_voice
            with Booth() as booth:
                print(find_voice("en-gb", "en", booth).id)
            """
        )
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["once", "espeak/en-gb"]


def test_an_engine_that_dies_fails_its_article_and_the_next_one_is_spoken():
    with Booth() as booth:
        voice = find_voice(None, "en", booth)
        long = script("A sentence of some length is spoken here. " * 200)
        speeches = booth.speak(long, voice)
        next(speeches)
        assert booth._process is not None
        os.kill(booth._process._process.pid, signal.SIGKILL)
        with pytest.raises(errors.VoiceError, match="died"):
            list(speeches)
        assert len(list(booth.speak(script("It goes on."), voice))) == 1


def test_an_engine_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch):
    with Booth() as booth:
        voice = find_voice(None, "en", booth)
        monkeypatch.setattr(booth, "_patience", 0.05)
        assert booth._process is not None
        os.kill(booth._process._process.pid, signal.SIGSTOP)
        with pytest.raises(errors.VoiceError, match="in time"):
            list(booth.speak(script("Nobody answers."), voice))
        monkeypatch.undo()
        assert len(list(booth.speak(script("It goes on."), voice))) == 1


@pytest.mark.parametrize("name", ["espeak/en-us", "tone/beep"])
def test_an_utterance_said_alone_is_what_a_script_would_have_had(name):
    said = script("One ship left. Two more came back, they said.")
    with Booth() as booth:
        voice = find_voice(name, "en", booth)
        alone = [booth.say(one, voice) for one in said.utterances]
    with Booth() as booth:  # espeak's bytes depend on the calls before
        find_voice(name, "en", booth)
        together = list(booth.speak(said, voice))
    for one, other in zip(alone, together, strict=True):
        assert np.array_equal(one.samples, other.samples)
        assert one.timings == other.timings


def test_an_engine_that_crashes_is_said_so_and_the_booth_goes_on(faulty):
    with Booth() as booth:
        voice = find_voice(faulty, "en", booth)
        with pytest.raises(errors.VoiceError, match="died") as caught:
            booth.say(utterance("Now crash."), voice)
        assert "Now crash" in caught.value.subject
        assert booth.say(utterance("It goes on."), voice).duration > 0


def test_an_engine_that_waits_for_ever_is_ended_and_the_booth_goes_on(faulty, monkeypatch):
    with Booth() as booth:
        voice = find_voice(faulty, "en", booth)
        monkeypatch.setattr(booth, "_patience", 0.1)
        with pytest.raises(errors.VoiceError, match="in time"):
            booth.say(utterance("Now hang."), voice)
        monkeypatch.setattr(booth, "_patience", PATIENCE)
        assert booth.say(utterance("It goes on."), voice).duration > 0


def test_how_long_a_booth_waits_is_its_owner_s_to_say():
    with Booth(patience=0.0) as booth, pytest.raises(errors.VoiceError, match="in time"):
        booth.voices("espeak")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no such limit on this system")
def test_an_engine_that_eats_memory_dies_alone_and_the_booth_goes_on(faulty):
    with Booth(memory=2**28) as booth:
        voice = find_voice(faulty, "en", booth)
        with pytest.raises(errors.VoiceError, match=r"more memory than .* \(256 MiB\)") as caught:
            booth.say(utterance("Now eat."), voice)
        assert "Now eat" in caught.value.subject
        assert booth.say(utterance("It goes on."), voice).duration > 0


def test_a_script_left_in_the_middle_does_not_disturb_the_next():
    with Booth() as booth:
        voice = find_voice(None, "en", booth)
        abandoned = booth.speak(script("One is said. Two is not. " * 30), voice)
        next(abandoned)
        abandoned.close()
        after = script("Something else is spoken now.")
        (speech,) = booth.speak(after, voice)
        assert len(speech.timings) == len(after.utterances[0].tokens)


def test_closing_a_booth_leaves_no_process():
    with Booth() as booth:
        find_voice(None, "en", booth)
        assert booth._process is not None
        process = booth._process._process
    assert process.poll() is not None


def test_text_that_a_voice_has_no_sound_for_is_an_error_with_advice_and_not_silence():
    with Booth() as booth:
        chuvash = find_voice("cv", "cv", booth)  # its rules know no digits
        with pytest.raises(errors.VoiceError, match="no sound") as caught:
            list(booth.speak(script("1 2 3", "cv"), chuvash))
        assert "aloud voices" in caught.value.hint
        russian = find_voice("ru", "ru", booth)
        assert list(booth.speak(script("Порт открыт.", "ru"), russian))


def test_answers_never_go_to_another_question():
    with Booth() as booth:
        voice = find_voice(None, "en", booth)
        left = booth.speak(script("A first sentence is said. Then a second one. " * 20), voice)
        next(left)
        assert booth.version("espeak")[0].isdigit()
        short = script("No.")
        (speech,) = booth.speak(short, voice)
        assert len(speech.timings) == 1
        assert speech.duration < 1


def test_a_library_in_the_current_folder_is_not_imported(tmp_path: Path):
    (tmp_path / "numpy.py").write_text("raise SystemExit('imported from the current folder')")
    program = [sys.executable, "-P", "-m", "aloud", "voices", "--language", "de"]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "espeak/de" in done.stdout


def test_an_engine_that_prints_is_still_understood():
    import io
    import pickle

    from aloud.voice import worker

    calls = io.BytesIO(pickle.dumps((7, "tone", "version", ())))
    answers = io.BytesIO()
    worker.serve(calls, answers)
    assert pickle.loads(answers.getvalue()) == (7, "0.1.0")
    program = "import ctypes, aloud.voice.engines.espeak_library as e; ctypes.CDLL(None).puts(b'x')"
    child = subprocess.Popen(
        [sys.executable, "-c", f"{program}; from aloud.voice.worker import main; main()", ROOM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    out, _ = child.communicate(pickle.dumps((1, "tone", "version", ())))
    assert out.endswith(pickle.dumps((1, "0.1.0"), pickle.HIGHEST_PROTOCOL))


def test_an_engine_that_loses_a_words_time_is_found_out(monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    from aloud.voice.engines.tone import ToneEngine

    real = ToneEngine.speak

    def forgetful(self, utterance, voice, *, rate=1.0):
        speech = real(self, utterance, voice, rate=rate)
        return replace(speech, timings=speech.timings[:-1])

    monkeypatch.setattr(ToneEngine, "speak", forgetful)
    with Booth() as booth, pytest.raises(errors.VoiceError, match="lost"):
        list(booth.speak(script("One two three."), find_voice("tone/beep", "en", booth)))
