"""A hostile web page in a real browser, against a service on this machine that has no token.

The same page is let loose on the bare application first: there it reads and posts, so what it
cannot do with the wall in front, it cannot do because of the wall.
"""

import json

import pytest
from playwright.sync_api import sync_playwright

from aloud.serve.security import Wall

pytestmark = pytest.mark.slow

# Each way in reports what it could read; what it could change, the application itself notes.
ATTACK = """
<!doctype html><title>Harmless</title><body><script>
const target = TARGET, found = {}, body = JSON.stringify({url: "http://planted.example/"});
const settle = (name, promise) => promise.then(got => found[name] = got, () => found[name] = null);
const element = (name, attributes) => new Promise(resolve => {
  const made = Object.assign(document.createElement(name), attributes);
  made.onload = made.onloadedmetadata = () => resolve("loaded");
  made.onerror = () => resolve(null);
  document.body.append(made);
});
const form = (name, type, action) => new Promise(resolve => {
  const frame = Object.assign(document.createElement("iframe"), {name});
  const made = Object.assign(document.createElement("form"),
    {method: "post", enctype: type, action: target + action, target: name});
  made.append(Object.assign(document.createElement("input"), {name: body, value: ""}));
  document.body.append(frame, made);
  frame.onload = () => resolve(null);
  made.submit();
});
window.attack = async () => {
  const api = target + "/api/articles";
  await settle("read by fetch", fetch(api).then(answer => answer.text()));
  await settle("post in the dark", fetch(api + "?no-cors",
    {method: "POST", mode: "no-cors", headers: {"Content-Type": "text/plain"}, body}
  ).then(() => null));
  await settle("post as json", fetch(api + "?json",
    {method: "POST", headers: {"Content-Type": "application/json"}, body}).then(a => a.text()));
  await settle("delete", fetch(api + "?delete", {method: "DELETE"}).then(a => a.text()));
  await settle("with a token", fetch(api, {headers: {Authorization: "Bearer x"}}
    ).then(answer => answer.text()));
  navigator.sendBeacon(api + "?beacon", body);
  await settle("form as text", form("one", "text/plain", "/api/articles?text"));
  await settle("form", form("two", "application/x-www-form-urlencoded", "/share?form"));
  await settle("script", element("script", {src: target + "/api/script.js"}));
  found["script ran"] = window.leaked ?? null;
  await settle("picture", element("img", {src: target + "/static/picture.svg"}));
  await settle("sound", element("audio", {src: target + "/media/sound.wav", preload: "auto"}));
  await settle("events", new Promise((resolve, reject) => {
    const events = new EventSource(target + "/api/events");
    events.onmessage = event => resolve(event.data);
    events.onerror = () => { events.close(); reject(); };
  }));
  return found;
};
</script></body>
"""
WAV = (b"RIFF\x2c\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00@\x1f\x00\x00@\x1f\x00\x00"
       b"\x01\x00\x08\x00data\x08\x00\x00\x00" + b"\x80" * 8)  # fmt: skip
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>"
OWN_SCRIPT = b"""
fetch("/api/articles?own", {method: "POST", body: "{}"}).then(a => document.title = a.status);
"""
CONTENTS = {
    "/": (b"text/html", b"<!doctype html><title>ours</title><script src=/static/own.js></script>"),
    "/add": (b"text/html", b"<!doctype html><title>add this?</title>"),
    "/static/own.js": (b"text/javascript", OWN_SCRIPT),
    "/static/picture.svg": (b"image/svg+xml", SVG),
    "/api/script.js": (b"text/javascript", b"window.leaked = 'secret'"),
    "/api/events": (b"text/event-stream", b"data: secret\n\n"),
    "/media/sound.wav": (b"audio/wav", WAV),
}


class Target:
    """An application that says its secrets and notes what is changed in it."""

    def __init__(self, open_hearted):
        self.changed = []
        self.seen = []
        self.leave = [(b"access-control-allow-origin", b"*"),
                      (b"access-control-allow-headers", b"*"),
                      (b"access-control-allow-methods", b"*")] if open_hearted else []  # fmt: skip

    async def __call__(self, scope, receive, send):
        path, query = scope["path"], scope["query_string"].decode()
        self.seen.append(path)
        if scope["method"] in ("POST", "DELETE"):
            self.changed.append(query)
        kind, body = CONTENTS.get(path, (b"application/json", b'["secret"]'))
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *self.leave]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def browser(needs_program):
    program = needs_program("chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--host-resolver-rules=MAP * 127.0.0.1",
                  "--autoplay-policy=no-user-gesture-required"],
        )  # fmt: skip
        yield launched
        launched.close()


@pytest.fixture
def hostile(run):
    """The address of the hostile page, made for a target."""

    def serving(target, host):
        async def page(scope, receive, send):
            body = ATTACK.replace("TARGET", json.dumps(target)).encode()
            headers = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return f"http://{host}:{run(page).port}/"

    return serving


def attack(browser, address):
    page = browser.new_page()
    page.goto(address)
    found = page.evaluate("attack()")
    page.close()
    return {name: got for name, got in found.items() if got is not None}


def test_without_the_wall_the_page_reads_and_posts(browser, run, hostile):
    target = Target(open_hearted=True)
    found = attack(browser, hostile(run(target).url, "evil.example"))
    assert {"read by fetch", "post as json", "with a token", "script ran", "picture", "sound",
            "events"} <= set(found)  # fmt: skip
    assert set(target.changed) == {"no-cors", "json", "delete", "beacon", "text", "form"}


# 127.0.0.1 on another port is the same site, but not the same origin.
@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1"])
def test_with_the_wall_it_reads_nothing_and_posts_nothing(browser, run, hostile, me, host):
    target = Target(open_hearted=False)
    wall = Wall(target, authenticate={}.get, session={}.get, everybody=me)
    assert attack(browser, hostile(run(wall).url, host)) == {}
    assert target.changed == []
    assert target.seen == []


def test_a_name_that_was_rebound_to_us_gets_nothing(browser, run, me):
    target = Target(open_hearted=True)
    server = run(Wall(target, authenticate={}.get, session={}.get, everybody=me))
    page = browser.new_page()
    answer = page.goto(f"http://evil.example:{server.port}/api/articles")
    assert answer.status == 421
    assert "secret" not in page.content()
    assert target.seen == []
    page.close()


def test_our_own_page_reads_and_posts_under_its_policy(browser, run, me, wait_until):
    target = Target(open_hearted=False)
    server = run(Wall(target, authenticate={}.get, session={}.get, everybody=me))
    page = browser.new_page()
    page.goto(server.url + "/")
    page.wait_for_function("document.title === '200'")
    assert target.changed == ["own"]
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=hacked()>')")
    assert page.evaluate("(async () => { try { return eval('1') } catch (e) { return e.name } })()")
    page.close()


def test_a_bookmarklet_opens_our_page_from_any_other(browser, run, hostile, me):
    target = Target(open_hearted=False)
    server = run(Wall(target, authenticate={}.get, session={}.get, everybody=me))
    page = browser.new_page()
    page.goto(hostile(server.url, "evil.example"))
    with page.context.expect_page() as opened:
        page.evaluate(f"void window.open('{server.url}/add?url=' + encodeURIComponent(location))")
    opened.value.wait_for_load_state()
    assert opened.value.title() == "add this?"
    assert target.changed == []
    # And the page that opened it can see nothing of it.
    assert opened.value.evaluate("window.opener") is None
    page.context.close()
