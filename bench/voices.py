"""Measure the speed and loudness of every embedded voice and write them into the package.

    .venv/bin/python bench/voices.py

Each voice reads a passage of its language (`passages.json`, our own writing); where there is none
it counts from one to ten, three times. The pauses are the script's, as in any recording. Loudness
is what live listening needs to know of a voice before it has been heard: -16 LUFS less the gain
with which master brings the passage there.
"""

import json
from pathlib import Path

import numpy as np

from aloud import article, pace
from aloud.adapt import adapt
from aloud.master.level import Level
from aloud.master.loudness import TARGET_LUFS, LoudnessMeter, decibels
from aloud.master.spool import Spool
from aloud.script import Script
from aloud.speech import Speech, Voice
from aloud.voice import Booth, find_voice, voices

HERE = Path(__file__).parent
TABLE = HERE.parent / "src/aloud/voice/engines/espeak_measured.json"
COUNTING = "1 2 3 4 5 6 7 8 9 10\n" * 3


def measured(booth: Booth, voice: Voice, passages: dict[str, str]) -> dict[str, float]:
    """One voice on its passage."""
    primary = voice.language.partition("-")[0]
    script = adapt(article.plain(passages.get(primary, COUNTING), primary))
    speeches = list(booth.speak(script, voice))
    lengths = [len(speech.samples) for speech in speeches]
    pauses = [utterance.pause_after for utterance in script.utterances]
    wpm = pace.natural_wpm(script.words, lengths, pauses, voice.sample_rate)
    return {"natural_wpm": round(wpm, 1), "loudness": round(loudness(script, speeches), 1)}


def loudness(script: Script, speeches: list[Speech]) -> float:
    """LUFS, less what is limited on the way to the target."""
    rate = speeches[0].sample_rate
    meter = LoudnessMeter(rate)
    with Spool() as spool:
        for utterance, speech in zip(script.utterances, speeches, strict=True):
            pause = np.zeros(round(utterance.pause_after * rate), np.float32)
            for samples in (speech.samples, pause):
                spool.append(samples)
                meter.add(samples)
        return TARGET_LUFS - decibels(Level(spool, rate, meter.integrated()).gain)


def main() -> None:
    passages = json.loads((HERE / "passages.json").read_text(encoding="utf-8"))
    with Booth() as booth:
        rows = {v.id: measured(booth, v, passages) for v in voices(booth)}
        beep = find_voice("tone/beep", "en", booth)
        beeps = measured(booth, beep, {"und": passages["en"]})
    TABLE.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    for what, unit in (("natural_wpm", "WPM"), ("loudness", "LUFS")):
        low = min(rows, key=lambda id: rows[id][what])
        high = max(rows, key=lambda id: rows[id][what])
        print(f"{low} {rows[low][what]} to {high} {rows[high][what]} {unit}")
    print(f"{len(rows)} voices; {beep.id}, whose figures stand in its module: {beeps}")


if __name__ == "__main__":
    main()
