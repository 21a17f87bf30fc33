"""The pages in a real browser: how soon there is sound, how quick they are, how smooth they follow.

    .venv/bin/python bench/pages.py [--lighthouse]

A service of its own in a folder that is thrown away afterwards, Chromium, espeak. Times are wall
time and compare only within one run. --lighthouse also scores every page with Lighthouse, which
is fetched by npm when it is first asked for.
"""

import argparse
import gzip
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright
from run import news

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
TRIES = 7
LONG = 6000  # words
PATIENCE = 600.0  # seconds
# Listens to every media element of a page; tells on what clock time each first made a sound.
LISTEN = """
window.told = { heard: 0, frames: [] };
const { play } = HTMLMediaElement.prototype;
const wired = new Set();
HTMLMediaElement.prototype.play = function () {
  if (!wired.has(this)) {
    wired.add(this);
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 512 });
    context.createMediaElementSource(this).connect(analyser).connect(context.destination);
    const samples = new Float32Array(512);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      if (samples.some(sample => Math.abs(sample) > 0.01)) {
        clearInterval(timer);
        told.heard ||= Date.now();
      }
    }, 4);
  }
  return play.call(this);
};
"""
OPENED = "() => document.querySelector('aloud-player').player?.source.sound"
PLAYING = "() => document.querySelector('aloud-player').player.source.token() > 3"
COUNT_FRAMES = """(seconds) => new Promise(done => {
  const times = [];
  const next = now => {
    times.push(now);
    if (now - times[0] < seconds * 1000) requestAnimationFrame(next);
    else done(times.slice(1).map((time, i) => time - times[i]));
  };
  requestAnimationFrame(next);
})"""


@contextmanager
def served() -> Iterator[httpx.Client]:
    """A client of a service in a process of its own."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        environment = {**os.environ, "ALOUD_DATA": folder, "ALOUD_SERVE_PORT": str(port)}
        process = subprocess.Popen(
            [sys.executable, "-m", "aloud", "serve"], env=environment, stderr=subprocess.DEVNULL
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
                wait_until(lambda: answers(client))
                yield client
        finally:
            process.terminate()
            process.wait()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def wait_until(happened: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise SystemExit("it did not happen")
        time.sleep(0.02)


def post(client: httpx.Client, title: str, text: str) -> str:
    answer = client.post("/api/articles", json={"title": title, "text": text})
    answer.raise_for_status()
    id: str = answer.json()["id"]
    return id


def narrated(client: httpx.Client, id: str) -> str:
    def done() -> bool:
        return bool(client.get(f"/api/articles/{id}").json()["narration"]["state"] == "done")

    wait_until(done)
    return id


def first_sound(browser: Browser, client: httpx.Client, title: str, number: int) -> tuple[int, int]:
    """Milliseconds from sending an article, and from its first sentence, until it is heard."""
    context = browser.new_context(base_url=str(client.base_url), bypass_csp=True)
    page = context.new_page()
    page.add_init_script(LISTEN)
    page.goto("/")
    sent = page.evaluate("Date.now()")
    # As a form does it: send, then go where the answer leads.
    page.evaluate(
        """async ({title, text}) => {
          const headers = { "Content-Type": "application/json" };
          const body = JSON.stringify({ title, text });
          const answer = await fetch("/api/articles", { method: "POST", headers, body });
          const { id } = await answer.json();
          location.href = `/articles/${id}?play=1`;
        }""",
        {"title": title, "text": news(400, seed=number)},
    )
    page.wait_for_function("() => window.told?.heard > 0", timeout=PATIENCE * 1000)
    heard, spoken = page.evaluate(
        """() => { const parts = performance.getEntriesByType("resource")
            .filter(({ name }) => /\\/live\\/.*[0-9]\\.m4s/.test(name));
          const first = Math.min(...parts.map(({ responseStart }) => responseStart));
          return [told.heard, performance.timeOrigin + first]; }"""
    )
    context.close()
    return heard - sent, round(heard - spoken)


def sounds(browser: Browser, client: httpx.Client) -> None:
    titles = {
        "usual headline": "The harbour council opens the old bridge again",
        "headline of two words": "Harbour opens",
    }
    for name, title in titles.items():
        first_sound(browser, client, f"{title} at first", 0)  # processes start, pages are compiled
        taken = [first_sound(browser, client, f"{title} {n}", n) for n in range(1, TRIES + 1)]
        sent, spoken = zip(*taken, strict=True)
        for what, values in (("it was sent", sent), ("its first sentence was there", spoken)):
            figures = f"median {statistics.median(values):.0f} ms, worst {max(values)} ms"
            print(f"first sound after {what}, {name}: {figures}")


def smoothness(browser: Browser, client: httpx.Client) -> None:
    id = narrated(client, post(client, "A long one", news(LONG)))
    context = browser.new_context(base_url=str(client.base_url))
    page = context.new_page()
    taken = []
    for _ in range(5):
        page.goto(f"/articles/{id}")
        page.wait_for_function(OPENED)
        taken.append(
            page.evaluate(
                """() => { const [nav] = performance.getEntriesByType("navigation");
                  return [nav.loadEventEnd, performance.now()]; }"""
            )
        )
    loads, ready = zip(*taken, strict=True)
    load, player = statistics.median(loads), statistics.median(ready)
    print(f"{LONG} words: load {load:.0f} ms, player ready within {player:.0f} ms")
    for wpm in (250, 400):
        client.put("/api/preferences", json={"wpm": wpm})
        page.goto(f"/articles/{id}")
        page.get_by_role("button", name="Play", exact=True).click()
        page.wait_for_function(PLAYING)
        frames = sorted(page.evaluate(COUNT_FRAMES, 10))
        late, rate = sum(frame > 25 for frame in frames), 1000 * len(frames) / sum(frames)
        print(
            f"{LONG} words, following at {wpm} WPM: {rate:.1f} frames a second, "
            f"{late} of {len(frames)} later than 25 ms, longest {frames[-1]:.0f} ms"
        )
    context.close()


def sizes(page: Page, paths: list[str]) -> None:
    for path in paths:
        scripts: dict[str, int] = {}

        def note(response: Any, into: dict[str, int] = scripts) -> None:
            if response.url.split("?")[0].endswith(".js") and "/static/" in response.url:
                into[response.url] = len(gzip.compress(response.body(), 9))

        page.on("response", note)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.remove_listener("response", note)
        print(f"scripts of {path}: {sum(scripts.values())} bytes of gzip in {len(scripts)} files")


def lighthouse(client: httpx.Client, paths: list[str]) -> None:
    tools = HERE.parent / "tools" / "lighthouse"
    program = tools / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=tools, check=True)
    for path in paths:
        for form in ("mobile", "desktop"):
            told = scored(program, f"{client.base_url}".rstrip("/") + path, form)
            scores = {name: round(each["score"] * 100) for name, each in told["categories"].items()}
            audits = told["audits"]
            lcp = audits["largest-contentful-paint"]["numericValue"]
            errors = len(audits["errors-in-console"].get("details", {}).get("items", []))
            print(f"Lighthouse {form} {path}: {scores}, LCP {lcp:.0f} ms, {errors} console errors")
            if min(scores.values()) < 95:
                scored_low = (each for each in audits.values() if each["score"] is not None)
                poor = (each for each in scored_low if each["score"] < 0.9)
                print("    " + "; ".join(f"{each['id']}: {each['title']}" for each in poor))


def scored(program: Path, url: str, form: str) -> dict[str, Any]:
    preset = ["--preset=desktop"] if form == "desktop" else []
    asked = ["--output=json", "--quiet", "--chrome-flags=--headless=new --no-sandbox"]
    only = "--only-categories=performance,accessibility,best-practices,seo"
    made = subprocess.run(
        ["node", str(program), url, *preset, *asked, only],
        env={**os.environ, "CHROME_PATH": CHROMIUM},
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(made.stdout)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--lighthouse", action="store_true", help="score every page too")
    asked = parser.parse_args()
    with served() as client, sync_playwright() as driver:
        arguments = ["--autoplay-policy=no-user-gesture-required"]
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        client.get("/")
        id = narrated(client, post(client, "The bridge is open again", news(300)))
        client.post("/api/queue", json={"article": id})
        paths = ["/", f"/articles/{id}", "/queue", "/voices", "/settings", "/feeds", "/lab/speed"]
        sounds(browser, client)
        smoothness(browser, client)
        sizes(browser.new_page(base_url=str(client.base_url)), paths)
        browser.close()
        if asked.lighthouse:
            lighthouse(client, paths)


if __name__ == "__main__":
    main()
