"""Live segments in a real browser: one unbroken range, and every click where it was said to be."""

import base64
import functools
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, sync_playwright

from aloud.master import HELD_BACK, MEDIA_TYPE, LiveEncoder
from aloud.speech import Speech, TimingSource

pytestmark = pytest.mark.slow

RATE = 22_050  # Hz
SEGMENTS, PLAYED = 48, 12  # appended and decoded; played, which takes as long as it sounds
FIRST_OF_A_JUMP = 30  # the utterance at which a second run begins
PAUSES = (0.0, 0.15, 0.4)  # seconds, in turn
NEAR = 900  # samples to either side in which a click is looked for
QUANTUM = 128  # samples that a browser renders at a time
TRIES = 4  # plays, until one had no hole

PAGE = """<!doctype html><meta charset=utf-8><title>Live</title><audio id=player></audio><script>
const player = document.getElementById("player");
const bytes = async (name) => (await fetch(name)).arrayBuffer();

// Appends the named segments, each where the lengths before it end; [start, end] of every range.
async function fill(type, run, names, lengths, rate) {
  const source = new MediaSource();
  player.src = URL.createObjectURL(source);
  await new Promise((done) => source.addEventListener("sourceopen", done, {once: true}));
  const buffer = source.addSourceBuffer(type);
  const append = async (data) => {
    buffer.appendBuffer(data);
    await new Promise((done, failed) => {
      buffer.addEventListener("updateend", done, {once: true});
      buffer.addEventListener("error", failed, {once: true});
    });
  };
  await append(await bytes(`${run}/init.mp4`));
  let at = 0;
  for (const [index, name] of names.entries()) {
    buffer.timestampOffset = at / rate;
    await append(await bytes(`${run}/${name}`));
    at += lengths[index];
  }
  source.endOfStream();
  const ranges = [];
  for (let i = 0; i < buffer.buffered.length; i++)
    ranges.push([buffer.buffered.start(i), buffer.buffered.end(i)]);
  return ranges;
}

// Plays what was filled in to its end; what came out, as base64 of 32-bit floats at `rate`.
async function recorded(rate) {
  const context = new AudioContext({sampleRate: rate});
  await context.audioWorklet.addModule("recorder.js");
  const recorder = new AudioWorkletNode(context, "recorder");
  const parts = [];
  recorder.port.onmessage = (message) => parts.push(message.data);
  context.createMediaElementSource(player).connect(recorder).connect(context.destination);
  await context.resume();
  await player.play();
  await new Promise((done) => player.addEventListener("ended", done, {once: true}));
  await context.close();
  return floats(parts);
}

async function decoded(name, rate) {
  const context = new OfflineAudioContext(1, 1, rate);
  const sound = await context.decodeAudioData(await bytes(name));
  return floats([sound.getChannelData(0)]);
}

async function floats(parts) {
  const reader = new FileReader();
  reader.readAsDataURL(new Blob(parts));
  await new Promise((done) => (reader.onload = done));
  return reader.result.split(",")[1];
}
</script>"""
RECORDER = """registerProcessor("recorder", class extends AudioWorkletProcessor {
  process([[samples]]) { if (samples) this.port.postMessage(samples.slice()); return true; }
});"""


@dataclass(frozen=True)
class Run:
    """A folder of segments, and where their clicks are."""

    folder: Path
    names: list[str]
    lengths: list[int]  # samples
    clicks: list[int]  # samples from the run's beginning

    def first(self, count: int) -> "Run":
        """Only so many segments of it."""
        end = sum(self.lengths[:count])
        clicks = [click for click in self.clicks if click < end]
        return Run(self.folder, self.names[:count], self.lengths[:count], clicks)


def clicking(index: int) -> tuple[Speech, list[int]]:
    """An utterance of a click at its first sample, one at its last, and some between."""
    length = 5_000 + 977 * (index % 7)
    clicks = [0, 2_400, length - 1]
    samples = np.zeros(length, np.float32)
    samples[clicks] = 0.5
    return Speech(samples, RATE, (), TimingSource.ENGINE), clicks


def encoded(folder: Path, first: int) -> Run:
    """A run from utterance ``first`` on, its segments in files; whole.mp4 is all of it, dated."""
    folder.mkdir()
    encoder = LiveEncoder(RATE, 1.0)
    (folder / "init.mp4").write_bytes(encoder.init)
    made, whole, at = Run(folder, [], [], []), [encoder.init], 0
    for index in range(first, SEGMENTS):
        speech, clicks = clicking(index)
        segment = encoder.segment(speech, PAUSES[index % len(PAUSES)])
        (folder / f"{index}.m4s").write_bytes(segment.data)
        made.names.append(f"{index}.m4s")
        made.lengths.append(segment.samples)
        made.clicks.extend(at + segment.lead + click for click in clicks)
        whole.append(dated(segment.data, at))
        at += segment.samples
    end = encoder.end()
    assert end is not None
    (folder / "end.m4s").write_bytes(end)
    made.names.append("end.m4s")
    made.lengths.append(HELD_BACK)
    (folder / "whole.mp4").write_bytes(b"".join([*whole, dated(end, at)]))
    return made


def dated(segment: bytes, at: int) -> bytes:
    """The segment as a file holds it, with its own time: a player says the time beside it."""
    place = segment.index(b"tfdt") + 8
    return segment[:place] + at.to_bytes(8, "big") + segment[place + 8 :]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "recorder.js").write_text(RECORDER, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=[0, FIRST_OF_A_JUMP], ids=["from the start", "a jump"])
def run(request, site) -> Run:
    return encoded(site / str(request.param), request.param)


@pytest.fixture(scope="module")
def page(site, needs_program) -> Iterator[Page]:
    chromium = needs_program("chromium")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as driver:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        browser = driver.chromium.launch(executable_path=chromium)
        try:
            opened = browser.new_page()
            opened.goto(f"http://127.0.0.1:{server.server_port}/index.html")
            yield opened
        finally:
            browser.close()
            server.shutdown()
            thread.join()


def filled(page: Page, run: Run) -> list[list[float]]:
    page.reload()
    arguments = [MEDIA_TYPE, run.folder.name, run.names, run.lengths, RATE]
    return page.evaluate("(args) => fill(...args)", arguments)


def floats(data: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(data), "<f4")


def heard(samples: np.ndarray, expected: list[int]) -> list[int]:
    """Where each click is, looked for around where it should be."""
    starts = [max(0, click - NEAR) for click in expected]
    return [s + int(np.abs(samples[s : s + 2 * NEAR]).argmax()) for s in starts]


def test_a_run_is_one_range_as_long_as_its_segments_say(page, run):
    ((start, end),) = filled(page, run)
    assert start == 0
    assert end == pytest.approx(sum(run.lengths) / RATE, abs=0.5 / RATE)


def test_every_click_is_decoded_within_a_sample_of_its_place(page, run):
    samples = floats(page.evaluate(f"decoded('{run.folder.name}/whole.mp4', {RATE})"))
    found = heard(samples, run.clicks)
    assert max(abs(np.subtract(found, run.clicks))) <= 1
    assert len(samples) == sum(run.lengths)


def late(page: Page, run: Run) -> np.ndarray:
    """By how many samples each click comes late when the run is played. The browser renders
    silence before the player's first sound, in whole quanta: they are not the run's."""
    filled(page, run)
    samples = floats(page.evaluate(f"recorded({RATE})"))
    off = np.subtract(heard(samples, run.clicks), run.clicks)
    return off - round(off[0] / QUANTUM) * QUANTUM


def test_every_click_is_played_within_a_sample_of_its_place(page, run):
    """A machine that is too busy to play leaves holes, elsewhere each time; one that the segments
    have is there every time."""
    tries = (late(page, run.first(PLAYED)) for _ in range(TRIES))
    assert any(max(abs(off)) <= 1 for off in tries)
