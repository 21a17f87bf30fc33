"""What a site lets programs fetch on their own, and how often (RFC 9309)."""

import pytest

from aloud.errors import FetchError
from aloud.fetch.http import Answer
from aloud.fetch.robots import KEPT, LONGEST_DELAY, MOST_BYTES, RETRY, Robots, read
from aloud.settings import Settings

NEWS = "https://news.example/a/story"


class Sites:
    """Answers each question with the next status and robots.txt; the last one stays."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self.answers = [*answers]
        self.asked: list[str] = []
        self.now = 0.0
        self.robots = Robots(Settings(), ask=self._answer, clock=lambda: self.now)

    def _answer(self, url, settings, *, accept, most_redirects):
        assert most_redirects == 5
        self.asked.append(url)
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not status:
            raise FetchError("nobody answers")
        return Answer(url, status, {}, body)


def forbids(robots_txt: str, url: str = NEWS) -> bool:
    return read(robots_txt.encode()).refusal(url) is not None


@pytest.mark.parametrize(
    ("robots_txt", "forbidden"),
    [
        ("", False),
        ("User-agent: *\nDisallow:", False),
        ("User-agent: *\nDisallow: /", True),
        ("User-agent: *\nDisallow: /a/", True),
        ("User-agent: *\nDisallow: /b/", False),
        ("User-agent: *\nDisallow: /*story$", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/story", False),
        ("User-agent: *\nAllow: /\nDisallow: /a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: aloud\nAllow: /", False),
        ("User-agent: Aloud/1.0\nDisallow: /\n\nUser-agent: *\nAllow: /", True),
        ("User-agent: Other\nUser-agent: Aloud\nDisallow: /", True),
        ("User-agent: Other\nDisallow: /", False),
        ("User-agent: Al\nDisallow: /", False),
        ("User-agent: AloudBot\nDisallow: /", False),
        ("USER-AGENT : ALOUD # us\n disallow:/a", True),
        ("User-agent: Aloud\nDisallow: /b\nUser-agent: Other\nDisallow: /", False),
        ("\ufeffUser-agent: *\r\nDisallow: /", True),
        ("<!doctype html><p>No such page", False),
        ("Disallow: /", False),
    ],
)
def test_the_rules_for_us_are_obeyed_and_no_others(robots_txt, forbidden):
    assert forbids(robots_txt) is forbidden


def test_no_more_is_read_than_the_standard_asks_for():
    fits = b"User-agent: *\nDisallow: /a\n"
    padding = b"#" * (MOST_BYTES - len(fits) - 1) + b"\n"
    assert read(padding + fits).refusal(NEWS)
    assert read(b"#" * len(fits) + padding + fits).refusal(NEWS) is None


@pytest.mark.parametrize(
    "robots_txt",
    [
        "".join(f"User-agent: a{n}\n" for n in range(15_000)) + "Disallow: /a\n" * 20_000,
        "User-agent: *\n" + "Disallow: /" + "*a" * 200_000 + "b",
        "User-agent: *\n" + "Disallow: /*a*a*a*b\n" * 20_000,
        "".join(f"User-agent: aloud{n}\nDisallow: /{n}\n" for n in range(10_000)),
        "\x00\xff" * 100_000,
    ],
    ids=["agents", "stars", "patterns", "groups", "bytes"],
)
def test_a_hostile_file_is_read_in_bounded_memory_and_answers(robots_txt):
    assert not forbids(robots_txt, "https://news.example/" + "a" * 2000)


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        *((status, True) for status in (200, 204, 302, 401, 403, 404, 410)),
        *((status, False) for status in (429, 500, 503, 0)),
    ],
)
def test_a_site_without_rules_allows_and_a_site_in_trouble_forbids(status, allowed):
    assert (Sites((status, b"")).robots.refusal(NEWS) is None) is allowed


def test_a_site_is_asked_once_a_day():
    sites = Sites((200, b"User-agent: *\nDisallow: /a"))
    for now in (0, 1, KEPT - 1):
        sites.now = now
        assert sites.robots.refusal(NEWS)
        assert sites.robots.refusal("https://NEWS.example/b") is None
    assert sites.asked == ["https://news.example/robots.txt"]
    sites.now = KEPT
    assert sites.robots.refusal(NEWS)
    assert len(sites.asked) == 2


def test_each_origin_has_its_own_rules():
    sites = Sites((404, b""))
    for url in (NEWS, "http://news.example/a", "https://news.example:8443/a", "https://b.example/"):
        sites.robots.refusal(url)
    assert len(sites.asked) == 4


def test_a_site_in_trouble_is_asked_again_soon():
    sites = Sites((503, b""), (200, b""))
    assert "could not be read" in sites.robots.refusal(NEWS)
    sites.now = RETRY - 1
    assert sites.robots.refusal(NEWS)
    sites.now = RETRY
    assert sites.robots.refusal(NEWS) is None


def test_the_rules_once_read_hold_while_the_site_does_not_answer():
    sites = Sites((200, b"User-agent: *\nDisallow: /b"), (0, b""))
    assert sites.robots.refusal(NEWS) is None
    sites.now = KEPT
    assert sites.robots.refusal(NEWS) is None
    assert sites.robots.refusal("https://news.example/b")
    assert len(sites.asked) == 2


def test_a_delay_is_the_least_time_between_two_requests():
    sites = Sites((200, b"User-agent: *\nCrawl-delay: 10"))
    assert sites.robots.wait(NEWS) == 0
    sites.robots.asked(NEWS)
    assert sites.robots.wait("https://news.example/other") == 10
    assert sites.robots.wait("https://elsewhere.example/") == 0
    sites.now = 4
    assert sites.robots.wait(NEWS) == 6
    sites.now = 11
    assert sites.robots.wait(NEWS) == 0


@pytest.mark.parametrize(
    ("asked_for", "seconds"),
    [("0.5", 0.5), ("", 0), ("-1", 0), ("nan", 0), ("soon", 0), ("1e300", LONGEST_DELAY)],
)
def test_a_delay_that_means_nothing_is_none_and_none_is_endless(asked_for, seconds):
    assert read(f"User-agent: *\nCrawl-delay: {asked_for}".encode()).delay == seconds


def test_only_so_many_sites_are_remembered():
    sites = Sites((404, b""))
    for number in range(1001):
        sites.robots.refusal(f"https://{number}.example/")
    sites.robots.refusal("https://1000.example/")
    assert len(sites.asked) == 1001
    sites.robots.refusal("https://0.example/")
    assert len(sites.asked) == 1002


def test_a_robots_txt_that_has_moved_is_followed_over_the_network(site, reply):
    site.pages["/robots.txt"] = reply(301, Location="/rules.txt")
    site.pages["/rules.txt"] = reply(body=b"User-agent: Aloud\nDisallow: /private")
    robots = Robots(site.settings)
    assert robots.refusal(site.url("/private/1"))
    assert robots.refusal(site.url("/public")) is None
    assert site.accepts == 2


@pytest.mark.parametrize(("steps", "allowed"), [(5, False), (6, True)])
def test_five_redirects_are_followed_and_more_count_as_no_rules(site, reply, steps, allowed):
    site.pages["/robots.txt"] = reply(302, Location="/1")
    for step in range(1, steps):
        site.pages[f"/{step}"] = reply(302, Location=f"/{step + 1}")
    site.pages[f"/{steps}"] = reply(body=b"User-agent: *\nDisallow: /")
    assert (Robots(site.settings).refusal(site.url("/a")) is None) is allowed


def test_a_robots_txt_on_a_private_network_is_not_asked_for(site, reply):
    site.pages["/robots.txt"] = reply(302, Location="http://10.0.0.1/robots.txt")
    assert Robots(site.settings).refusal(site.url("/a"))
    assert Robots(Settings()).refusal(site.url("/a"))
    assert site.accepts == 1
