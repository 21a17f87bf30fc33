"""Live listening against the finished file: loudness, length, and what a segment costs.

    .venv/bin/python bench/live.py

Texts are the bundled sample, a made-up text of 1,500 words and the passages that the voices were
not measured on alone: three times in a row, and read by voices of other languages.
"""

import io
import json
import tempfile
import time
from pathlib import Path

import av
import numpy as np
from run import news

from aloud import article
from aloud.adapt import adapt
from aloud.extract import extract
from aloud.fetch import fetch
from aloud.master import LiveEncoder, live_gain, master
from aloud.master.loudness import LoudnessMeter
from aloud.script import Script
from aloud.settings import Settings
from aloud.speech import Speech, Voice
from aloud.voice import Booth, find_voice

HERE = Path(__file__).parent
HARBOUR = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-us-nyc", "en-029")
STRANGERS = ("de", "vi-vn-x-central", "mi", "ru-lv")  # the last are those that are limited most


def loudness(file: io.BytesIO | str) -> float:
    """LUFS of what a decoder hears."""
    with av.open(file) as container:
        meter = LoudnessMeter(container.streams.audio[0].rate)
        for frame in container.decode(audio=0):
            meter.add(np.ascontiguousarray(frame.to_ndarray()[0]))
    return meter.integrated()


def live(script: Script, speeches: list[Speech], voice: Voice) -> tuple[io.BytesIO, float, float]:
    """The stream as a file, its length in seconds, and the CPU seconds it took."""
    begun, at = time.process_time(), 0
    encoder = LiveEncoder(voice.sample_rate, live_gain(voice))
    data = [encoder.init]
    for utterance, speech in zip(script.utterances, speeches, strict=True):
        segment = encoder.segment(speech, utterance.pause_after)
        place = segment.data.index(b"tfdt") + 8
        data.append(segment.data[:place] + at.to_bytes(8, "big") + segment.data[place + 8 :])
        at += segment.samples
    took = time.process_time() - begun
    return io.BytesIO(b"".join(data)), at / voice.sample_rate, took


def cases() -> list[tuple[str, Script, str]]:
    """Name of the text, its script, and the voice."""
    harbour = adapt(extract(fetch(str(HERE.parent / "samples/harbour.html"), Settings())))
    passages = json.loads((HERE / "passages.json").read_text(encoding="utf-8"))
    made_up = adapt(article.plain(news(1500)))
    found = [("harbour.html", harbour, f"espeak/{name}") for name in (*HARBOUR, *STRANGERS)]
    found.append(("harbour.html", harbour, "tone/beep"))
    found += [("1,500 words", made_up, f"espeak/{name}") for name in ("en-us", "en-gb-x-rp")]
    for tag, name in (("de", "de"), ("fr", "fr-fr"), ("es", "es"), ("ru", "ru")):
        script = adapt(article.plain(f"{passages[tag]}\n" * 3, tag))
        found.append((f"passage, {tag}", script, f"espeak/{name}"))
    return found


def main() -> None:
    print("| text | voice | file LUFS | live LUFS | difference | live / file, s | CPU, s |")
    print("|---|---|---|---|---|---|---|")
    with Booth() as booth, tempfile.TemporaryDirectory() as folder:
        for text, script, name in cases():
            voice = find_voice(name, "en", booth)
            speeches = list(booth.speak(script, voice))
            made = master(script, speeches, voice, Path(folder) / "x.m4a", captions=False)
            stream, seconds, took = live(script, speeches, voice)
            file_lufs, live_lufs = loudness(str(made.path)), loudness(stream)
            print(
                f"| {text} | {name} | {file_lufs:.2f} | {live_lufs:.2f} "
                f"| {live_lufs - file_lufs:+.2f} | {seconds:.1f} / {made.duration:.1f} "
                f"| {took:.2f} |"
            )


if __name__ == "__main__":
    main()
