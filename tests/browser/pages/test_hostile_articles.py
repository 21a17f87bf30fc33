"""What strangers write into articles, feeds and addresses, in a real browser: none of it runs.

Escaping has to hold alone, so pages are also opened where the browser ignores their policy. The
same payloads are put into a bare page first: there most of them run, or they would prove nothing.
"""

import html
from collections.abc import Iterator
from itertools import islice, product
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

# Each runs {js} by itself, or at the latest when it is clicked, where it becomes part of a page.
FIRING = (
    "<script>{js}</script>",
    "<script src='data:text/javascript,{js}'></script>",
    "<img src=x onerror={js}>",
    "<img src=data:, onerror={js}>",
    "<svg onload={js}></svg>",
    "<svg><script>{js}</script></svg>",
    "<svg><animate onbegin={js} attributeName=x dur=1s></animate></svg>",
    "<svg><set onbegin={js} attributeName=x dur=1s></set></svg>",
    "<svg><a href='javascript:{js}'><text y=20>press</text></a></svg>",
    "<svg><image href=x onerror={js}></image></svg>",
    "<iframe src='javascript:parent.{js}'></iframe>",
    "<iframe srcdoc='<img src=x onerror=parent.{js}>'></iframe>",
    "<iframe onload={js}></iframe>",
    "<video src=x onerror={js}></video>",
    "<video><source src=x onerror={js}></video>",
    "<audio src=x onerror={js}></audio>",
    "<details open ontoggle={js}>more</details>",
    "<input autofocus onfocus={js}>",
    "<textarea autofocus onfocus={js}></textarea>",
    "<div autofocus tabindex=0 onfocus={js}>here</div>",
    "<style onload={js}>a{{}}</style>",
    "<link rel=stylesheet href=data:text/css, onload={js}>",
    "<object data=x onerror={js}></object>",
    "<embed src='javascript:{js}'>",
    "<a href='javascript:{js}'>press</a>",
    "<form><button formaction='javascript:{js}'>press</button></form>",
    "<form action='javascript:{js}'><button>press</button></form>",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=x onerror={js}&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror={js}>'>",
    "<template shadowrootmode=open><img src=x onerror={js}></template>",
    "<p style='animation:x' onanimationstart={js}></p><style>@keyframes x{{}}</style>",
    "<button popovertarget=p{js}>press</button><div popover id=p{js} onbeforetoggle={js}>x</div>",
)  # fmt: skip
# The same markup as those write it who know what a filter looks for.
WRITTEN = (
    lambda markup: markup,
    lambda markup: markup.replace("onerror", "OnErRoR").replace("onload", "ONLOAD"),
    lambda markup: markup.replace(" on", "\n\ton"),
    lambda markup: markup.replace("javascript:", "java\tscript:").replace(" on", "/on"),
    lambda markup: markup.replace("javascript:", "&#106;avascript&colon;"),
    lambda markup: markup.replace("(", "&lpar;").replace(")", "&rpar;"),
)
# Out of an attribute, a comment, an element whose text is no markup, or a template.
BEFORE = ("", "\"'>", "--></title></textarea></style></script>", "{{ 7 * 7 }}${7 * 7}]]>")


def payloads() -> Iterator[str]:
    """Every payload; the one at place n runs ``hit(n)``."""
    seen: set[str] = set()
    for firing, before, written in product(FIRING, BEFORE, WRITTEN):
        pattern = before.replace("{", "{{").replace("}", "}}") + written(firing)
        if pattern in seen:
            continue
        seen.add(pattern)
        yield pattern.format(js=f"hit({len(seen) - 1})")


ALL = tuple(payloads())
LEAST = 359
ACTIVE = 200  # of them, at least, run in a page that lets them in
TOGETHER = 60  # payloads in one article
HIT = "window.hits = []; window.hit = n => window.hits.push(n);"
# Everything is pressed and pointed at once, but for what is the page's own: that would lead away.
PRESS = """() => {
  for (const each of document.querySelectorAll("main *")) {
    const link = each.closest("a"), control = each.closest("button, input, select, summary, label");
    if (link?.protocol?.startsWith("http")) continue;
    if (control && !control.getAttribute("formaction")?.startsWith("javascript")) continue;
    each.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    each.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
  }
}"""


def batches(size: int = TOGETHER) -> Iterator[tuple[str, ...]]:
    """All of them, some at a time."""
    left = iter(ALL)
    while some := tuple(islice(left, size)):
        yield some


def in_a_line(payload: str) -> str:
    """As titles and tags are written: without a line's end in it."""
    return " ".join(payload.split())


@pytest.fixture
def open_page(browser: Browser, site_house: Any) -> Iterator[Page]:
    """A page without a policy, so that nothing but our own escaping holds."""
    context = browser.new_context(base_url=site_house.url, bypass_csp=True)
    context.add_init_script(HIT)
    made = context.new_page()
    made.on("dialog", lambda dialog: dialog.dismiss())
    yield made
    context.close()


def hits(page: Page, wait: int = 50) -> list[int]:
    page.evaluate(PRESS)
    page.wait_for_timeout(wait)  # for what fires a moment later: nothing tells that nothing came
    found: list[int] = page.evaluate("[...new Set(window.hits ?? [])]")
    return found


def test_most_of_them_run_where_they_are_let_in(open_page: Page, site_house: Any) -> None:
    assert len(ALL) >= LEAST
    ran: set[int] = set()
    for some in batches(30):
        open_page.goto("/login")
        open_page.evaluate(
            """(some) => { const main = document.querySelector("main");
              for (const each of some) {
                const made = document.createRange().createContextualFragment(each);
                main.append(made); } }""",
            list(some),
        )
        ran.update(hits(open_page, 300))
    print(f"{len(ran)} of {len(ALL)} run where they are let in")
    assert len(ran) >= ACTIVE


def as_page(some: tuple[str, ...], *, escaped: bool) -> str:
    """An article of these payloads, as markup or as the text of its paragraphs."""
    words = [html.escape(each) if escaped else each for each in some]
    told = "".join(
        f"<p>The mayor said that {each} was built in the year 1901.</p>" for each in words
    )
    first = html.escape(some[0])
    return (
        f"<!doctype html><html lang='en'><head><title>{first}</title>"
        f"<meta name='author' content='{first}'><meta property='og:site_name' content='{first}'>"
        f"<meta property='og:image' content='{first}'>"
        f"<link rel='author' href='javascript:hit(1)'></head>"
        f"<body><article><h1>The bridge {first}</h1>{told}</article></body></html>"
    )


@pytest.mark.parametrize("escaped", [True, False], ids=["as text", "as markup"])
def test_none_runs_in_an_article(open_page: Page, site_house: Any, escaped: bool) -> None:
    shown = 0
    for number, some in enumerate(batches()):
        url = f"https://news.example/{escaped}/{number}"
        id = site_house.ready(
            site_house.post(html=as_page(some, escaped=escaped), url=url, voice="tone/beep")
        )
        site_house.http.patch(f"/api/articles/{id}", json={"title": in_a_line(some[0])})
        open_page.goto(f"/articles/{id}")
        assert hits(open_page) == []
        shown += sum(each in open_page.inner_text("main") for each in some)
    print(f"{shown} of {len(ALL)} are on the page as the text that they are")
    assert not escaped or shown > LEAST / 2


def test_none_runs_in_a_list_a_search_a_tag_or_a_word(open_page: Page, site_house: Any) -> None:
    for number, payload in enumerate(ALL[:: len(ALL) // 15]):
        id = site_house.post(
            text=f"{payload} was said by the mayor of {number}.",
            title=in_a_line(payload),
            narrate=False,
        )
        tag = in_a_line(payload).replace(",", " ")[:60].strip()
        site_house.http.patch(f"/api/articles/{id}", json={"tags": [tag]})
        site_house.http.post(
            "/api/lexicon", json={"written": f"w{number}", "spoken": in_a_line(payload)[:200]}
        )
        site_house.http.post("/api/queue", json={"article": id})
        open_page.goto(f"/?{urlencode({'q': payload})}")
        assert hits(open_page) == []
        open_page.goto(f"/add?{urlencode({'url': payload, 'title': payload, 'text': payload})}")
        assert hits(open_page) == []
    for path in ("/", "/queue", "/settings", "/voices", "/feeds"):
        open_page.goto(path)
        assert hits(open_page) == []
