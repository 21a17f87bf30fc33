"""Sound: every kind of file plays, at its own pitch, and at the speed that is written beside it."""

from typing import Any

import numpy as np
import pytest

from aloud.master import masters
from aloud.serve.jobs import Need

pytestmark = pytest.mark.slow

RATE = 24_000  # Hz at which pages record
TEXT = "The international correspondents considered everything. Understandably they waited."
# Plays a file through the player's own part for finished recordings.
ALONE = """async (url) => {
  const { Finished } = await import("/static/player/finished.js");
  const audio = document.createElement("audio");
  const quiet = () => {};
  const hooks = { changed: quiet, ended: quiet, broken: quiet };
  const sound = new Finished(audio, url, [0], { u: 0, t: 0 }, hooks);
  await sound.play();
  await new Promise((done, failed) => {
    audio.addEventListener("ended", done);
    audio.addEventListener("error", () => failed(audio.error.message));
  });
  sound.close();
}"""


@pytest.fixture(scope="module")
def article(house: Any) -> str:
    id: str = house.post(title="News", text=TEXT)
    house.finish(id)
    return id


@pytest.mark.parametrize("kind", ["m4a", "mp3", "opus", "wav"])
def test_every_kind_of_file_plays_every_word(listener, house, article, kind, tmp_path):
    work, speaker = house.service.work, house.service.speaker
    narration = house.article(article)["narration"]["id"]
    prepared = work.prepare(house.service.library.narrations.get(narration))
    speeches = [
        speaker.speak(utterance, prepared.voice, prepared.version, Need.LISTENING)
        for utterance in prepared.script.utterances
    ]
    (made,) = masters(prepared.script, iter(speeches), prepared.voice, [tmp_path / f"news.{kind}"])
    house.files[f"/test/news.{kind}"] = made.path.read_bytes(), made.media_type
    listener.open(article, capture="1")
    listener.page.get_by_label("A note").click()
    listener.page.evaluate(ALONE, f"/test/news.{kind}")
    onsets = listener.recorded().onsets()
    starts = [timing.start for timing in made.timings]
    assert len(onsets) == len(starts)
    assert np.allclose(np.diff(onsets), np.diff(starts), atol=0.02)


@pytest.mark.parametrize("rate", [1.0, pytest.param(1.25, marks=pytest.mark.proof), 2.0, 3.0])
def test_the_pitch_stays_what_it_is(listener, house, article, rate):
    listener.open(article, capture="1")
    listener.ask(f"source.pace(source.timeline.natural * {rate})")
    assert listener.ask("source.rate") == pytest.approx(rate)
    listener.play()
    listener.until("source.over")
    sound = listener.recorded()
    onsets = ((sound.onsets() - sound.first) * RATE).astype(int)
    tokens = listener.ask("source.timeline.tokens.map(({start, end}) => end - start)")
    first = listener.ask("source.timeline.first")
    heard = []
    for word, (at, letters) in enumerate(zip(onsets, tokens, strict=True)):
        if letters < 10:
            continue
        length = int(letters * 0.04 * RATE / rate)
        number = word - max(each for each in first if each <= word)
        heard.append(pitch(sound.samples[at + length // 8 : at + length]) - (660, 880)[number % 2])
    print(f"at {rate}: " + ", ".join(f"{each:+.1f}" for each in heard) + " Hz")
    assert max(np.abs(heard)) <= 5


def pitch(samples: np.ndarray) -> float:
    """The strongest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 18))
    return float(spectrum.argmax()) * RATE / (1 << 18)


@pytest.fixture(scope="module")
def spoken(request: pytest.FixtureRequest, house: Any) -> tuple[str, str]:
    """A voice, and an article that it has spoken."""
    text = "The old bridge carries trains again. Everybody came to see."
    id: str = house.post(request.param, text=text, title=f"News by {request.param}")
    house.finish(id)
    return request.param, id


@pytest.mark.parametrize(
    ("spoken", "wpm"),
    [
        *(("espeak/en-us", wpm) for wpm in (100, 250, 400)),
        *(pytest.param("espeak/en-us", wpm, marks=pytest.mark.proof) for wpm in (150, 200)),
        *(pytest.param("tone/beep", wpm, marks=pytest.mark.proof) for wpm in (100, 150, 200, 250)),
        ("tone/beep", 400),
    ],
    indirect=["spoken"],
    scope="module",
)
def test_the_label_says_how_many_words_are_heard_in_a_minute(listener, house, spoken, wpm):
    voice, id = spoken
    house.http.put("/api/preferences", json={"wpm": wpm})
    listener.open(id, capture="1")
    assert listener.ask("[source.voice, source.sound.kind]") == [voice, "finished"]
    said = listener.page.locator("output").inner_text()
    listener.play()
    listener.until("source.over")
    sound = listener.recorded()
    loud = np.flatnonzero(np.abs(sound.samples) > 0.005)
    minutes = (loud[-1] - loud[0]) / RATE / 60
    words = house.script(id)["words"]
    print(f"{voice}: {said}, heard {words / minutes:.1f}")
    assert said == f"{wpm / 200:.2f}× {wpm} WPM"
    assert words / minutes == pytest.approx(wpm, rel=0.02)
