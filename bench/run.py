"""The figures, as a table: speed, memory, start-up, and how true the promises are.

    make bench            (or: .venv/bin/python bench/run.py [--quick])

Every figure is taken in a process of its own, so that one cannot warm another. CPU is user plus
system time of the process and its engine. Compare ratios within one run: machines are noisy.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

STORY = (
    "the harbour council said on Tuesday that repairs to old walls would take another year "
    "because storms had moved more stone than expected and the money was spent while fishing "
    "boats ferries and visitors wait for a channel deep enough to turn around in safely"
)
RATES = (100, 150, 200, 250, 300, 400)


def news(words: int, seed: int = 1) -> str:
    """A text of so many words: sentences of 8 to 24 words, paragraphs of 3 sentences."""
    chance, parts, count = random.Random(seed), [], 0
    words_known = STORY.split()
    while count < words:
        sentences = []
        for _ in range(3):
            chosen = [chance.choice(words_known) for _ in range(chance.randint(8, 24))]
            count += len(chosen)
            comma = len(chosen) // 2
            said = " ".join(chosen[:comma]) + ", " + " ".join(chosen[comma:])
            sentences.append(said.capitalize() + ".")
        parts.append(" ".join(sentences))
    return "\n".join(parts)


def page(minutes: float, wpm: float) -> str:
    """A news page whose text takes about so long, with what stands around such texts."""
    text = news(round(minutes * wpm))
    paragraphs = "\n<aside>Advertisement</aside>\n".join(
        f"<p>{paragraph}</p>" for paragraph in text.splitlines()
    )
    return (
        "<!doctype html><html lang=en><title>Bench</title><nav><a href=/>Home</a></nav>"
        f"<article><h1>The harbour opens</h1>{paragraphs}</article></html>"
    )


def narrate(minutes: float, wpm: float | None, suffix: str) -> dict[str, float]:
    """One narration in this process, from the page to the files: what it cost, what came out."""
    from aloud.adapt import adapt
    from aloud.extract import extract
    from aloud.fetch import fetch
    from aloud.master import master
    from aloud.settings import Settings
    from aloud.voice import Booth, find_voice

    with tempfile.TemporaryDirectory() as folder, Booth() as booth:
        voice = find_voice(None, "en", booth)
        source = Path(folder) / "page.html"
        source.write_text(page(minutes, wpm or voice.natural_wpm), encoding="utf-8")
        script = adapt(extract(fetch(str(source), Settings())))
        path = Path(folder) / f"bench.{suffix}"
        made = master(script, booth.speak(script, voice), voice, path, wpm=wpm)
        booth.close()  # its process counts when it has ended
        samples, rate = decoded(path)
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(each) for each in who]
    return {
        "cpu": sum(each.ru_utime + each.ru_stime for each in used),
        "audio": made.duration,
        "memory": sum(each.ru_maxrss for each in used) / 1024,  # MB, of both at their largest
        "wpm": made.words * 60 * rate / samples,
        "loudness": made.loudness,
    }


def decoded(path: Path) -> tuple[int, int]:
    """How many samples a decoder gives back, and their rate. For WAV that is exact."""
    import av

    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        return sum(frame.samples for frame in container.decode(stream)), stream.rate


def apart(*arguments: object) -> dict[str, float]:
    """`narrate` in a fresh process."""
    command = [sys.executable, __file__, "--one", *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def seconds(command: list[str], times: int = 7) -> float:
    """The least wall time of a command."""
    least = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        least = min(least, time.perf_counter() - begun)
    return least


@dataclass
class Row:
    what: str
    value: str
    asked: str
    met: bool | None = None  # None: a baseline, nothing is asked of it


def start_up() -> list[Row]:
    bare = seconds([sys.executable, "-c", "pass"])
    aloud = str(Path(sys.executable).parent / "aloud")
    helped = seconds([aloud, "--help"])
    heavy = ["numpy", "av", "lxml", "trafilatura", "httpx", "rich.progress"]
    probe = f"import sys, aloud.cli; print([m for m in {heavy} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True).stdout
    return [
        Row("baseline: python -c pass", f"{bare:.3f} s", ""),
        Row("aloud --help", f"{helped:.3f} s", "≤ 0.25 s", helped <= 0.25),
        Row("heavy modules it imports", loaded.decode().strip(), "[]", loaded.strip() == b"[]"),
    ]


def cost(minutes: float) -> list[Row]:
    start = apart(0.05, 0, "m4a")["cpu"]
    rows = [Row("start-up of a narration, CPU", f"{start:.2f} s", "")]
    for name, wpm, most in (("natural rate", 0, 0.010), ("250 WPM", 250, 0.020)):
        taken = apart(minutes, wpm, "m4a")
        each = (taken["cpu"] - start) / taken["audio"]
        shown = f"{each:.4f} s ({taken['audio'] / 60:.1f} min)"
        rows.append(Row(f"CPU per second of audio, {name}", shown, f"≤ {most:.3f}", each <= most))
    return rows


def memory(lengths: tuple[float, ...]) -> list[Row]:
    found = {m: apart(m, 250, "m4a")["memory"] for m in lengths}
    shown = " · ".join(f"{m:g} min {mb:.0f}" for m, mb in found.items())
    shortest, longest = min(lengths), max(lengths)
    growth = (found[longest] - found[shortest]) / (longest - shortest) * 60
    sound = 22_050 * 4 * 3600 / 2**20  # MB an hour of it would take in memory
    return [
        Row("peak memory, engine included, MB", shown, "≤ 300", max(found.values()) <= 300),
        Row(
            "more for each hour, MB",
            f"{growth:.0f}: words and times (sound: {sound:.0f})",
            "≤ 1/10",
            growth <= sound / 10,
        ),
    ]


def truth() -> list[Row]:
    rows = []
    for wish in RATES:
        wpm = apart(1.5, wish, "wav")["wpm"]
        off = wpm / wish - 1
        rows.append(
            Row(f"true WPM, {wish} wished", f"{wpm:.2f} ({off:+.2%})", "±1 %", abs(off) < 0.01)
        )
    return rows


def exactness() -> list[Row]:
    """Beeps at known words through stretch and codec: how far their onsets are from the written
    times, and how far each container's duration is from the recording's."""
    import av
    import numpy as np

    from aloud import article
    from aloud.adapt import adapt
    from aloud.master import FORMATS, master
    from aloud.voice import Booth, find_voice

    rows = []
    with tempfile.TemporaryDirectory() as folder, Booth() as booth:
        voice = find_voice("tone/beep", "en", booth)
        script = adapt(article.plain(news(300)))
        speeches = list(booth.speak(script, voice))
        for suffix in FORMATS:
            path = Path(folder) / f"bench.{suffix}"
            made = master(script, speeches, voice, path, wpm=250)
            with av.open(str(path)) as container:
                lasts = container.duration / av.time_base
                rate = container.streams.audio[0].rate
                flat = av.AudioResampler("flt", "mono", rate)
                frames = [f for frame in container.decode(audio=0) for f in flat.resample(frame)]
            samples = np.concatenate([frame.to_ndarray()[0] for frame in frames])
            loud = np.abs(samples) > 0.3 * np.abs(samples).max()
            worst = 0.0
            for timing in made.timings:
                around = round(timing.start * rate)
                first = max(0, around - rate // 50)
                onset = first + int(loud[first : around + rate // 50].argmax())
                worst = max(worst, abs(onset / rate - timing.start) * 1000)
            off = abs(lasts - made.duration) * 1000
            rows.append(
                Row(
                    f"worst onset of {len(made.timings)}, {suffix}",
                    f"{worst:.2f} ms",
                    "≤ 1 ms",
                    worst <= 1,
                )
            )
            rows.append(
                Row(f"container duration off, {suffix}", f"{off:.2f} ms", "≤ 5 ms", off <= 5)
            )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="2 minutes instead of 20 and 200")
    options = parser.parse_args()
    if options.one:
        minutes, wpm, suffix = options.one
        print(json.dumps(narrate(float(minutes), float(wpm) or None, suffix)))
        return 0
    rows = [
        *start_up(),
        *cost(2 if options.quick else 20),
        *memory((2, 10) if options.quick else (2, 20, 200)),
        *truth(),
        *exactness(),
    ]
    width = max(len(row.what) for row in rows)
    for row in rows:
        mark = "" if row.met is None else "ok" if row.met else "MISSED"
        print(f"{row.what:<{width}}  {row.value:<38} {row.asked:<10} {mark}")
    return 0 if all(row.met in (True, None) for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
