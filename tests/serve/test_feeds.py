"""Feeds that are followed, from a site of our own on the loopback and a real library."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aloud.errors import UsageError
from aloud.library import Library
from aloud.library.records import Feed
from aloud.serve.feeds import (
    FIRST,
    LATEST,
    MOST_AT_ONCE,
    MOST_FAILURES,
    SOONEST,
    USUAL,
    FeedPoller,
    next_reading,
    next_try,
)
from aloud.settings import Settings

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class _Handler(BaseHTTPRequestHandler):
    server: "Site"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        status, body, headers = self.server.pages.get(self.path, (404, b"", {}))
        if "ETag" in headers and headers["ETag"] == self.headers["If-None-Match"]:
            status, body = 304, b""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Site(ThreadingHTTPServer):
    """Answers by path, and remembers who asked for what."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def answers(self, path: str, body: str = "", status: int = 200, **headers: str) -> None:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, body.encode(), fields)

    def publishes(self, *items: str, path: str = "/feed", **headers: str) -> None:
        """A feed of these items, the newest first: "name" or "name=address"."""
        entries = ""
        for item in items:
            guid, _, link = item.partition("=")
            name = f'<guid isPermaLink="false">{guid}</guid>'
            entries += f"<item>{name}<link>{link or '/' + guid}</link></item>"
        head = f"<title>News</title>{entries}"
        self.answers(path, f'<rss version="2.0"><channel>{head}</channel></rss>', **headers)

    def paths(self) -> list[str]:
        """What was asked for since the last time, but for robots.txt."""
        found = [path for path, _ in self.asked if path != "/robots.txt"]
        self.asked.clear()
        return found


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.005,))
        thread.start()
        yield site
        site.shutdown()
        thread.join()


class Instance:
    """A library, a poller and the time of day, which is ours."""

    def __init__(self, library: Library, site: Site) -> None:
        self.library, self.site = library, site
        self.now = NOON
        self.me = library.listeners.me().id
        self.poller = self.restarted()

    def restarted(self, **changed: object) -> FeedPoller:
        """A poller as a new process would have it."""
        settings = Settings(fetch_allow=(f"127.0.0.1:{self.site.server_port}",))
        given = {"clock": lambda: self.now.timestamp(), "seed": 1, **changed}
        self.poller = FeedPoller(self.library, settings, self.accept, **given)
        return self.poller

    def accept(self, listener_id: str, url: str) -> str:
        return self.library.articles.accept(
            listener_id, url=url, source="url", identity=url
        ).article.id

    def follow(self, path: str = "/feed", title: str = "") -> Feed:
        return self.library.feeds.add(self.me, self.site.url(path), title)

    def feed(self) -> Feed:
        (feed,) = self.library.feeds.list(self.me)
        return feed

    def step(self, after: timedelta = timedelta()) -> int:
        self.now += after
        return self.poller.step(self.now)

    def accepted(self) -> list[str]:
        """Paths of the articles in the list, the newest first."""
        entries = self.library.articles.entries(self.me, limit=500).entries
        return [entry.article.url.removeprefix(self.site.url("/")) for entry in entries]


@pytest.fixture
def instance(tmp_path, site) -> Iterator[Instance]:
    moments: list[Instance] = []
    library = Library(tmp_path / "library.db", clock=lambda: moments[0].now if moments else NOON)
    instance = Instance(library, site)
    moments.append(instance)
    yield instance
    library.close()


def test_a_round_ends_after_the_request_under_way_when_it_is_to_stop(instance, site):
    for path in ("/one", "/two", "/three"):
        site.publishes("a", "b", path=path)
        instance.follow(path)
    instance.restarted(stopping=lambda: bool(site.asked))
    assert instance.step() == 0
    assert len(site.asked) == 1
    site.asked.clear()
    instance.restarted()
    instance.step(after=HOUR)
    assert sorted(site.paths())[:3] == ["/one", "/three", "/two"]
    assert sorted(instance.accepted()) == ["a", "b"]


def names(*numbers: int) -> list[str]:
    return [f"n{number}" for number in numbers]


def test_a_new_feed_brings_its_newest_items_and_later_only_what_is_new(instance, site):
    site.publishes(*names(8, 7, 6, 5, 4, 3, 2, 1))
    instance.follow()
    assert instance.step() == FIRST
    assert sorted(instance.accepted()) == names(4, 5, 6, 7, 8)
    assert instance.feed().title == "News"
    assert instance.step(USUAL) == 0
    site.publishes(*names(10, 9, 8, 7, 6))
    assert instance.step(USUAL) == 2
    assert instance.restarted().step(instance.now + HOUR) == 0
    assert sorted(instance.accepted()) == names(10, 4, 5, 6, 7, 8, 9)


def test_a_feed_is_left_alone_until_it_is_due(instance, site):
    site.publishes("a")
    instance.follow()
    instance.step()
    assert site.paths() == ["/feed"]
    instance.step(USUAL - timedelta(seconds=1))
    assert site.paths() == []
    instance.step(timedelta(seconds=1))
    assert site.paths() == ["/feed"]


def test_an_unchanged_feed_is_not_sent_again(instance, site):
    site.publishes("a", ETag='"1"', Cache_Control="max-age=7200")
    instance.follow()
    assert instance.step() == 1
    assert instance.restarted().step(instance.now + 2 * HOUR) == 0
    path, headers = site.asked[-1]
    assert (path, headers["If-None-Match"]) == ("/feed", '"1"')
    assert headers["Accept"].startswith("application/atom+xml")
    assert instance.feed().next_check == instance.now + 4 * HOUR
    site.publishes("b", "a", ETag='"2"')
    assert instance.step(4 * HOUR) == 1


def test_a_feed_that_has_moved_is_asked_there_whether_it_has_changed(instance, site):
    site.answers("/feed", status=301, Location="/moved")
    site.publishes("a", path="/moved", ETag='"1"')
    instance.follow()
    instance.step()
    instance.step(USUAL)
    sent = [(path, headers.get("If-None-Match")) for path, headers in site.asked]
    assert sent[1:] == [("/feed", None), ("/moved", None), ("/feed", None), ("/moved", '"1"')]
    assert not instance.feed().etag  # it is the other address's


def test_each_item_comes_once_whatever_its_site_renames(instance, site):
    site.publishes("a=/1", "b=/2")
    instance.follow()
    instance.step()
    site.publishes("new=/1", "b=/2?counter=7", "a=/1", "c=/3")
    assert instance.step(USUAL) == 1
    assert sorted(instance.accepted()) == ["1", "2", "3"]


def test_no_more_than_so_many_come_at_once_and_none_is_lost(instance, site):
    site.publishes("old")
    instance.follow()
    instance.step()
    many = [f"m{number}" for number in range(MOST_AT_ONCE + 30)]
    site.publishes(*many, "old", ETag='"2"')
    assert instance.step(USUAL) == MOST_AT_ONCE
    assert instance.step(USUAL) == 30
    assert instance.step(USUAL) == 0
    assert sorted(instance.accepted()) == sorted([*many, "old"])


class Killed(BaseException):
    """As a process feels it: nothing of what it would have done next is done."""


class Fragile:
    """Lets so many calls that change something be made, and kills at the next."""

    def __init__(self, calls: int) -> None:
        self.calls = calls

    def around(self, call):
        def counted(*args, **options):
            self.calls -= 1
            if self.calls < 0:
                raise Killed
            return call(*args, **options)

        return counted


@pytest.mark.slow
def test_whatever_call_it_is_killed_at_every_item_comes_once(instance, site, monkeypatch):
    feeds, calls = instance.library.feeds, 0
    done = False
    while not done:
        path = f"/feed{calls}"
        wanted = [f"{calls}-{number}" for number in range(9)]
        site.publishes(*wanted[2:], path=path, ETag='"1"')
        feed = instance.follow(path)
        before = set(instance.accepted())
        with monkeypatch.context() as patch:
            fragile = Fragile(calls)
            for name in ("claim", "mark_seen", "checked"):
                patch.setattr(feeds, name, fragile.around(getattr(feeds, name)))
            patch.setattr(instance, "accept", fragile.around(instance.accept))
            try:
                instance.restarted().step(instance.now)
                done = True
            except Killed:
                calls += 1
        instance.restarted().step(instance.now + HOUR)
        assert set(instance.accepted()) - before == set(wanted[2 : 2 + FIRST])
        site.publishes(*wanted, path=path, ETag='"2"')
        instance.restarted().step(instance.now + 2 * HOUR)
        assert set(instance.accepted()) - before == set(wanted[: 2 + FIRST])
        feeds.remove(instance.me, feed.id)
    assert calls > 4 * FIRST


def test_of_two_processes_one_asks(instance, site):
    site.publishes("a")
    instance.follow()
    first, second = instance.restarted(), instance.restarted()
    due = instance.library.feeds.due(instance.now)
    instance.library.feeds.due = lambda now, limit: due  # both have seen it due
    assert (first.step(instance.now), second.step(instance.now)) == (1, 0)
    assert site.paths() == ["/feed"]


def test_a_feed_that_its_site_forbids_is_not_asked_for(instance, site):
    site.publishes("a")
    site.answers("/robots.txt", "User-agent: Aloud\nDisallow: /feed")
    instance.follow()
    assert instance.step() == 0
    assert site.paths() == []
    assert "robots.txt" in instance.feed().error
    site.answers("/robots.txt", "")
    assert instance.step(25 * HOUR) == 1
    assert instance.feed().error == ""


def test_an_item_that_its_site_forbids_is_passed_over_for_good(instance, site):
    site.publishes("a", "private/b", "c")
    site.answers("/robots.txt", "User-agent: *\nDisallow: /private")
    instance.follow()
    assert instance.step() == 2
    site.answers("/robots.txt", "")
    assert instance.step(25 * HOUR) == 0
    assert sorted(instance.accepted()) == ["a", "c"]


def test_a_feed_waits_for_a_site_whose_rules_cannot_be_read(instance, site):
    site.publishes("a")
    site.answers("/robots.txt", status=503)
    instance.follow()
    assert instance.step() == 0
    assert site.paths() == []
    site.answers("/robots.txt", status=404)
    assert instance.step(HOUR) == 1


def test_a_delay_that_the_site_asks_for_is_kept_between_any_two_requests(instance, site):
    site.publishes("c", "b", "a", ETag='"1"')
    site.publishes("d", path="/other")
    site.answers("/robots.txt", "User-agent: *\nCrawl-delay: 60")
    instance.follow()
    assert instance.step() == 0
    instance.follow("/other")
    assert instance.step() == 0
    seconds = [instance.step(timedelta(seconds=20)) for _ in range(12)]
    assert seconds == [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0]
    assert site.paths() == ["/feed", "/other"]
    assert sorted(instance.accepted()) == ["a", "b", "c"]
    assert instance.step(timedelta(seconds=60)) == 1


def test_what_waited_in_a_process_that_ended_is_found_again(instance, site):
    site.publishes("b", "a", ETag='"1"')
    site.answers("/robots.txt", "User-agent: *\nCrawl-delay: 60")
    instance.follow()
    instance.step()
    assert instance.step(timedelta(seconds=60)) == 1
    instance.restarted()
    instance.step(HOUR)
    assert instance.step(timedelta(seconds=60)) == 1
    assert sorted(instance.accepted()) == ["a", "b"]


@pytest.mark.parametrize("change", ["remove", "pause"])
def test_what_waits_is_dropped_when_the_feed_is_followed_no_more(instance, site, change):
    site.publishes("a")
    site.answers("/robots.txt", "User-agent: *\nCrawl-delay: 60")
    feed = instance.follow()
    instance.step()
    if change == "remove":
        instance.library.feeds.remove(instance.me, feed.id)
    else:
        instance.library.feeds.pause(instance.me, feed.id, True)
    assert instance.step(HOUR) == 0
    assert instance.accepted() == []


def test_failures_come_ever_later_and_the_tenth_pauses(instance, site):
    site.answers("/feed", status=500)
    instance.follow()
    waits = []
    for failures in range(1, MOST_FAILURES + 1):
        assert instance.step() == 0
        feed = instance.feed()
        assert (feed.failures, feed.paused) == (failures, failures == MOST_FAILURES)
        waits.append(feed.next_check - instance.now)
        instance.now = feed.next_check
    assert waits == sorted(waits)
    assert waits[-1] == LATEST
    assert "HTTP 500" in instance.feed().error
    assert len(site.paths()) == MOST_FAILURES
    instance.step(100 * HOUR)
    assert site.paths() == []
    instance.library.feeds.pause(instance.me, feed.id, False)
    site.publishes("a")
    assert instance.step() == 1
    assert (instance.feed().failures, instance.feed().error) == (0, "")


def test_a_feed_that_is_gone_is_paused_at_once(instance, site):
    site.answers("/feed", status=410)
    instance.follow()
    instance.step()
    assert instance.feed().paused
    assert "taken down" in instance.feed().error


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"body": "<p>Hello"}, "this is not a feed"),
        (
            {"body": "<link rel=alternate type=application/rss+xml href=/real><p>Hello"},
            "http://127.0.0.1:{port}/real",
        ),
        ({"status": 404}, "there is no such page"),
        ({"status": 304}, "not a page"),
        ({"status": 302, "Location": "http://10.0.0.1/"}, "private network"),
        ({"status": 302, "Location": "/feed"}, "in a circle"),
        ({"status": 200, "Content_Encoding": "br"}, "br"),
    ],
)
def test_what_went_wrong_stands_beside_the_feed(instance, site, answer, error):
    site.answers("/feed", **answer)
    instance.follow()
    assert instance.step() == 0
    feed = instance.feed()
    assert error.format(port=site.server_port) in f"{feed.error}; {feed.hint}"
    assert len(feed.hint) > 10
    assert feed.failures == 1


def test_a_feed_on_a_private_network_is_refused_and_asked_for_nothing(instance, site):
    instance.library.feeds.add(instance.me, "http://10.0.0.1/feed")
    instance.step()
    assert instance.feed().failures == 1
    assert site.asked == []


def test_one_bad_feed_keeps_no_other_from_being_read(instance, site):
    site.answers("/a", "nonsense")
    site.publishes("b", path="/b")
    instance.follow("/a")
    instance.follow("/b")
    assert instance.step() == 1


def test_an_item_that_cannot_be_accepted_is_passed_over(instance, site):
    def accept(listener_id, url):
        if url.endswith("/bad"):
            raise UsageError("no such address")
        return real(listener_id, url)

    real, instance.accept = instance.accept, accept
    instance.restarted()
    site.publishes("good", "bad")
    instance.follow()
    assert instance.step() == 1
    assert instance.step(USUAL) == 0
    assert instance.accepted() == ["good"]


def test_a_title_of_the_listeners_own_stays(instance, site):
    site.publishes("a")
    instance.follow(title="Mine")
    instance.step()
    assert instance.feed().title == "Mine"


@pytest.mark.parametrize(
    ("cache_control", "ttl", "wait"),
    [
        ("", None, USUAL),
        ("max-age=3600", None, HOUR),
        ("public, Max-Age = 7200, x", None, 2 * HOUR),
        ("max-age=60", None, SOONEST),
        ("max-age=0, no-cache", None, USUAL),
        ("max-age=999999999", None, LATEST),
        ("s-maxage=3600", None, USUAL),
        ("max-age=soon", None, USUAL),
        ("", 7200.0, 2 * HOUR),
        ("max-age=3600", 7200.0, 2 * HOUR),
        ("max-age=3600", 60.0, HOUR),
    ],
)
def test_a_feed_is_due_when_it_and_its_server_say(cache_control, ttl, wait):
    assert next_reading(NOON, {"cache-control": cache_control}, ttl) == NOON + wait


@pytest.mark.parametrize(
    ("failures", "retry_after", "wait"),
    [
        (1, "", USUAL),
        (2, "", HOUR),
        (4, "", 4 * HOUR),
        (7, "", LATEST),
        (10_000, "", LATEST),
        (1, "7200", 2 * HOUR),
        (1, "5", USUAL),
        (3, "60", 2 * HOUR),
        (1, "9" * 40, LATEST),
        (1, format_datetime(NOON + 3 * HOUR), 3 * HOUR),
        (1, "Thu, 01 Jan 2026 15:00:00 GMT", 3 * HOUR),
        (1, "Thu, 01 Jan 2026 15:00:00", 3 * HOUR),
        (1, "Thu, 01 Jan 2099 15:00:00 GMT", LATEST),
        (1, "Thu, 01 Jan 1999 15:00:00 GMT", USUAL),
        (1, "later", USUAL),
        (1, "²", USUAL),
    ],
)
def test_a_failure_is_tried_again_later_each_time_and_not_before_the_server_says(
    failures, retry_after, wait
):
    assert next_try(NOON, failures, {"retry-after": retry_after}) == NOON + wait


def test_chance_spreads_what_failed_together_by_a_quarter():
    waits = [next_try(NOON, 2, {}, chance) - NOON for chance in (0.0, 0.5, 1.0)]
    assert waits == [0.75 * HOUR, HOUR, 1.25 * HOUR]
