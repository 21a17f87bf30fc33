"""Measure the natural speed of every embedded voice and write it into the package.

    .venv/bin/python bench/voices.py

Each voice reads a passage of its language (`passages.json`, our own writing); where there is none
it counts from one to ten, three times. The pauses are the script's, as in any recording.
"""

import json
from pathlib import Path

from aloud import article, pace
from aloud.adapt import adapt
from aloud.voice import Booth, voices

HERE = Path(__file__).parent
TABLE = HERE.parent / "src/aloud/voice/engines/espeak_wpm.json"
COUNTING = "1 2 3 4 5 6 7 8 9 10\n" * 3


def natural_wpm(booth: Booth, voice, passages: dict[str, str]) -> float:
    """Spoken words a minute of one voice on its passage."""
    primary = voice.language.partition("-")[0]
    script = adapt(article.plain(passages.get(primary, COUNTING), primary))
    lengths = [len(speech.samples) for speech in booth.speak(script, voice)]
    pauses = [utterance.pause_after for utterance in script.utterances]
    return pace.natural_wpm(script.words, lengths, pauses, voice.sample_rate)


def main() -> None:
    passages = json.loads((HERE / "passages.json").read_text(encoding="utf-8"))
    with Booth() as booth:
        measured = {v.id: round(natural_wpm(booth, v, passages), 1) for v in voices(booth)}
    TABLE.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    slow, fast = min(measured, key=measured.get), max(measured, key=measured.get)
    print(f"{len(measured)} voices, {slow} {measured[slow]} to {fast} {measured[fast]} WPM")


if __name__ == "__main__":
    main()
