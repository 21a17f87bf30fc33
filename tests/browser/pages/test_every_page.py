"""Every page, light and dark, from a small telephone to a wide screen: nothing that somebody who
cannot see it, cannot point, or holds a small screen would be kept out by."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.slow

WIDTHS = (320, 390, 768, 1280, 1920)
SECTIONS = (
    "After two years of work the old bridge carries trains again, and the town came to see.",
    "## What it cost",
    "The work cost $5m, half of what was feared; the mayor calls it a bargain and a wonder.",
    "The first train crossed at noon. Some had waited since the morning, with flags and soup.",
)
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 3
# Pages by name; {done} is an article with a recording, {waiting} one that nobody has spoken.
PAGES = {
    "library": "/",
    "search": "/?q=bridge",
    "nothing found": "/?q=zeppelin",
    "archive": "/?archived=1",
    "queue": "/queue",
    "article": "/articles/{done}",
    "article in the queue": "/articles/{done}?queue=1",
    "article that failed": "/articles/{failed}",
    "voices": "/voices",
    "voices of a language": "/voices?q=english",
    "settings": "/settings",
    "feeds": "/feeds",
    "lab": "/lab/speed",
    "add": "/add?url=https://news.example/a",
    "bookmarklet": "/bookmarklet",
    "login": "/login",
    "api": "/api",
    "not there": "/articles/nobody",
}
# What can be pressed, and lies over something else that can be pressed; and what sticks out.
OVERLAPS = """() => {
  const seen = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const fixed = element => {
    for (let at = element; at instanceof Element; at = at.parentElement)
      if (["fixed", "sticky"].includes(getComputedStyle(at).position)) return at;
    return null;
  };
  const all = [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .filter(each => seen(each) && each.getBoundingClientRect().width > 1)
    .map(each => ({ each, box: each.getBoundingClientRect(), layer: fixed(each) }))
    .filter(({ box }) => box.right > 0 && box.bottom > 0);
  const told = ({ each }) => each.outerHTML.slice(0, 90);
  const found = [];
  all.forEach((a, i) => {
    const out = a.box.right > innerWidth + 1 && !a.each.closest(".wide-table");
    if (out) found.push(`out: ${told(a)}`);
    for (const b of all.slice(i + 1)) {
      if (a.layer !== b.layer || a.each.contains(b.each) || b.each.contains(a.each)) continue;
      // The button of a search stands in its field.
      if (a.each.closest("[role=search]")?.contains(b.each)) continue;
      if (a.each.closest("label, p, li, dd")?.contains(b.each)) {
        const one = a.each.getClientRects(), two = b.each.getClientRects();
        if (one.length > 1 || two.length > 1) continue;
      }
      const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (across > 2 && down > 2) found.push(`${told(a)} and ${told(b)}`);
    }
  });
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll("body *")]
      .filter(each => seen(each) && each.getBoundingClientRect().right > innerWidth + 1)
      .map(each => each.outerHTML.slice(0, 120));
    found.push(`scrolls sideways: ${wide.slice(0, 3)}`);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def ids(site_house: Any) -> dict[str, str]:
    """A library in which something of everything is to be seen."""
    site_house.http.get("/")
    done = site_house.post(title="The bridge is open again", text="\n\n".join(SECTIONS))
    other = site_house.post(title=LONG, text=f"{LONG} was its name. {SECTIONS[0]}")
    failed = site_house.post(url="https://news.example/gone")
    site_house.narrated(done)
    site_house.http.patch(
        f"/api/articles/{done}", json={"tags": ["bridges", "a very long tag " * 3]}
    )
    site_house.http.post("/api/queue", json={"article": done})
    site_house.http.post("/api/queue", json={"article": other})
    site_house.http.post("/api/lexicon", json={"written": "Xi", "spoken": "She", "language": "en"})
    site_house.http.post("/api/lexicon", json={"written": LONG, "spoken": f"{LONG} again"})
    site_house.http.post("/api/feeds", json={"url": f"https://news.example/{LONG}.xml"})
    return {"done": done, "failed": failed}


@pytest.fixture(params=["light", "dark"], scope="module")
def coloured(request: Any, browser: Browser, site_house: Any) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=site_house.url, color_scheme=request.param)
    yield made
    made.close()


@pytest.fixture
def errors() -> list[str]:
    return []


@pytest.fixture
def page(coloured: BrowserContext, errors: list[str]) -> Iterator[Page]:
    made = coloured.new_page()
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.on("console", lambda said: said.type == "error" and errors.append(said.text))
    yield made
    made.close()


def opened(page: Page, path: str, ids: dict[str, str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844 if width < 768 else 900})
    page.goto(path.format(**ids))
    page.locator("main").wait_for()


# All voices are many of a kind, which takes long to look at.
NAMES = [pytest.param(each, marks=pytest.mark.proof if each == "voices" else ()) for each in PAGES]


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_kept_out(page: Page, ids: dict[str, str], name: str, errors: list[str]) -> None:
    # In the dark nothing differs but colours.
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    asked = {"runOnly": ["color-contrast", "link-in-text-block"]} if dark else {}
    for width in (390, 1280):
        opened(page, PAGES[name], ids, width)
        for details in page.locator("details:visible").all():
            details.evaluate("each => { each.open = true; }")
        found = Axe().run(page, options=asked).response["violations"]
        told = [
            f"{each['id']}: {each['help']}: {[node['html'][:150] for node in each['nodes']][:3]}"
            for each in found
        ]
        assert told == [], f"{name} at {width}"
    # A page that is not there says so on the console too: that is the browser's own line.
    assert [said for said in errors if "404" not in said] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_overlaps_or_sticks_out(
    browser: Browser, site_house: Any, ids: dict[str, str], name: str
) -> None:
    page = browser.new_page(base_url=site_house.url)
    for width in WIDTHS:
        opened(page, PAGES[name], ids, width)
        assert page.evaluate(OVERLAPS) == [], f"{name} at {width}"
    page.close()
