"""The queue's page: its order by hand and by keys, and when it will all be over."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from aloud.article import plain

from .conftest import until

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def three(site_house) -> tuple[str, ...]:
    """Articles of 200, 400 and 600 words, which nobody has to narrate: 1, 2 and 3 minutes."""
    library, ids = site_house.service.library, []
    site_house.http.get("/")
    for item in site_house.http.get("/api/articles").json()["items"]:
        site_house.http.delete(f"/api/articles/{item['id']}")
    for number, name in enumerate(("One", "Two", "Three"), 1):
        id = site_house.post(text=f"Number {name}.", narrate=False)
        library.articles.add_revision(id, plain("\n".join(["five words in a line"] * 40 * number)))
        site_house.http.patch(f"/api/articles/{id}", json={"title": name})
        ids.append(id)
    return tuple(ids)


@pytest.fixture
def queued(page, site_house, three) -> Page:
    """The queue's page with One, Two and Three in it."""
    site_house.http.put("/api/queue", json={"articles": list(three)})
    page.clock.set_fixed_time(NOON)
    page.goto("/queue")
    return page


@pytest.fixture
def order(site_house) -> Callable[[], list[str]]:
    """The titles as the server has them."""
    return lambda: [item["title"] for item in site_house.http.get("/api/queue").json()["items"]]


def shown(page: Page):
    return page.locator("#queue h2")


def middle(page: Page, title: str, part: str = "") -> tuple[float, float]:
    box = page.locator(f"#queue li[data-title={title}] {part}").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_it_says_how_long_it_takes_and_when_it_ends(queued):
    expect(queued.locator("[data-sum]")).to_have_text("6 minutesends at 12:06 PM")
    expect(queued.locator("#queue .facts")).to_contain_text(["1:00 left", "2:00 left", "3:00 left"])


def test_the_end_moves_on_with_the_clock_and_with_what_is_left(page, site_house, three):
    site_house.http.put("/api/queue", json={"articles": list(three)})
    page.clock.install(time=NOON)
    page.goto("/queue")
    expect(page.locator("[data-sum]")).to_contain_text("ends at 12:06 PM")
    page.clock.fast_forward("10:00")
    expect(page.locator("[data-sum]")).to_contain_text("ends at 12:16 PM")
    page.get_by_role("button", name="Take out of the queue: Three").click()
    page.clock.run_for(1000)
    expect(page.locator("[data-sum]")).to_contain_text("3 minutes")
    expect(page.locator("[data-sum]")).to_contain_text("ends at 12:13 PM")


def test_the_end_is_written_as_the_browser_writes_times(browser, site_house, three):
    site_house.http.put("/api/queue", json={"articles": list(three)})
    context = browser.new_context(
        base_url=site_house.url, locale="en-GB", timezone_id="Europe/Berlin"
    )
    page = context.new_page()
    page.clock.set_fixed_time(NOON)
    page.goto("/queue")
    expect(page.locator("[data-sum]")).to_contain_text("ends at 13:06")
    context.close()


def test_what_was_heard_of_an_article_does_not_count(page, site_house, three):
    site_house.http.put("/api/queue", json={"articles": [three[1]]})
    block = site_house.article(three[1])["reading"]["blocks"][40]["id"]
    place = site_house.http.put(
        f"/api/articles/{three[1]}/place", json={"block": block, "start": 0}
    )
    assert place.status_code == 200
    page.goto("/queue")
    expect(page.locator("#queue .facts")).to_contain_text("1:00 left")
    end = {"block": site_house.article(three[1])["reading"]["blocks"][0]["id"], "start": 0}
    site_house.http.put(f"/api/articles/{three[1]}/place", json=end)


def test_buttons_move_an_article_and_keep_the_focus(queued, order):
    down = queued.get_by_role("button", name="Move down: One")
    down.focus()
    queued.keyboard.press("Enter")
    expect(shown(queued)).to_have_text(["Two", "One", "Three"])
    expect(queued.locator("#moved")).to_have_text("One: now at place 2 of 3")
    queued.keyboard.press("Enter")
    queued.keyboard.press("Enter")  # it is the last: nothing is left to do
    expect(shown(queued)).to_have_text(["Two", "Three", "One"])
    expect(down).to_be_focused()
    assert until(lambda: order() == ["Two", "Three", "One"])


def test_alt_and_an_arrow_move_it_from_anywhere_in_its_line(queued, order):
    queued.get_by_role("link", name="Three").focus()
    queued.keyboard.press("Alt+ArrowUp")
    queued.keyboard.press("Alt+ArrowUp")
    queued.keyboard.press("Alt+ArrowUp")
    expect(shown(queued)).to_have_text(["Three", "One", "Two"])
    expect(queued.get_by_role("link", name="Three")).to_be_focused()
    assert until(lambda: order() == ["Three", "One", "Two"])


def test_the_mouse_drags_it_to_another_place(queued, order):
    queued.mouse.move(*middle(queued, "One", "[data-grip]"))
    queued.mouse.down()
    x, y = middle(queued, "Three")
    queued.mouse.move(x, y + 8, steps=8)
    expect(queued.locator(".dragged")).to_have_count(1)
    with queued.expect_response("**/queue"):
        queued.mouse.up()
    expect(shown(queued)).to_have_text(["Two", "Three", "One"])
    expect(queued.locator(".dragged")).to_have_count(0)
    assert order() == ["Two", "Three", "One"]


def test_escape_leaves_it_where_it_was(queued, order):
    queued.mouse.move(*middle(queued, "One", "[data-grip]"))
    queued.mouse.down()
    queued.mouse.move(*middle(queued, "Three"), steps=8)
    queued.keyboard.press("Escape")
    queued.mouse.up()
    expect(shown(queued)).to_have_text(["One", "Two", "Three"])
    assert order() == ["One", "Two", "Three"]


def test_a_finger_drags_it_and_the_page_does_not_scroll(browser, site_house, three, order):
    site_house.http.put("/api/queue", json={"articles": list(three)})
    context = browser.new_context(
        base_url=site_house.url, viewport={"width": 390, "height": 500}, has_touch=True
    )
    page = context.new_page()
    page.goto("/queue")
    finger = context.new_cdp_session(page)
    (x, y), (_, to) = middle(page, "Three", "[data-grip]"), middle(page, "One")
    path = [y + (to - 8 - y) * step / 8 for step in range(9)]

    def touch(kind: str, *places: float) -> None:
        points = [{"x": x, "y": place} for place in places]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", y)
    for place in path:
        touch("touchMove", place)
    with page.expect_response("**/queue"):
        touch("touchEnd")
    expect(shown(page)).to_have_text(["Three", "One", "Two"])
    assert page.evaluate("scrollY") == 0
    assert order() == ["Three", "One", "Two"]
    context.close()


def test_it_is_taken_out_and_put_back_where_it_was(queued, order):
    queued.get_by_role("button", name="Take out of the queue: Two").click()
    expect(shown(queued)).to_have_text(["One", "Three"])
    expect(queued.get_by_role("link", name="Three")).to_be_focused()
    assert until(lambda: order() == ["One", "Three"])
    queued.locator(".toast").get_by_role("button", name="Undo").click()
    expect(shown(queued)).to_have_text(["One", "Two", "Three"])
    assert until(lambda: order() == ["One", "Two", "Three"])


def test_playing_begins_with_the_first_and_goes_on(queued, three):
    played = queued.get_by_role("link", name="Play", exact=True)
    assert played.get_attribute("href") == f"/articles/{three[0]}?queue=1&play=1"
    queued.get_by_role("button", name="Move up: Two").click()
    expect(played).to_have_attribute("href", f"/articles/{three[1]}?queue=1&play=1")


def test_an_empty_queue_says_how_to_fill_it(page, site_house, three):
    site_house.http.put("/api/queue", json={"articles": []})
    page.goto("/queue")
    expect(page.get_by_role("heading", name="Nothing is queued")).to_be_visible()
    expect(page.get_by_role("link", name="Play", exact=True)).to_have_count(0)


def test_the_order_can_be_changed_without_a_script(browser, site_house, three, order):
    site_house.http.put("/api/queue", json={"articles": list(three)})
    context = browser.new_context(base_url=site_house.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/queue")
    page.get_by_role("button", name="Move down: One").click()
    page.get_by_role("button", name="Move up: Three").click()
    page.get_by_role("button", name="Take out of the queue: Two").click()
    assert until(lambda: order() == ["Three", "One"])
    context.close()
