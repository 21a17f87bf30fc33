"""A bucket whose server is away, refuses or hangs: told within seconds, and nothing is lost."""

import socket
import threading
from pathlib import Path

import pytest

from aloud.errors import ShelfError, UsageError
from aloud.shelf import Health, Shelf

from .conftest import PAYLOAD, key


@pytest.fixture
def server(s3_servers):
    """A server of one's own, to be stopped and started again."""
    server = s3_servers()
    yield server
    server.stop()


def everything(shelf: Shelf, tmp_path: Path) -> dict[str, object]:
    """All that can be asked of a shelf."""
    (tmp_path / "made").write_bytes(PAYLOAD)
    return {
        "check": shelf.check,
        "put": lambda: shelf.put(key(1), PAYLOAD),
        "put much": lambda: shelf.put(key(1), PAYLOAD * 1000),
        "get": lambda: shelf.get(key(1)),
        "has": lambda: shelf.has(key(1)),
        "keep": lambda: shelf.keep("pages", PAYLOAD),
        "keep a file": lambda: shelf.keep("recordings", tmp_path / "made"),
        "read": lambda: shelf.read(key(1, "pages")),
        "file": lambda: shelf.file(key(1, "pages")),
        "drop": lambda: shelf.drop(key(1)),
        "usage": shelf.usage,
        "evict": lambda: shelf.evict(0),
        "clear": lambda: shelf.clear(["pages"]),
        "scrub": lambda: list(shelf.scrub()),
    }


@pytest.mark.slow
def test_a_server_that_is_away_is_told_and_works_again_when_it_is_back(server, tmp_path):
    with Shelf(server.bucket("first"), max_bytes=10**8) as shelf:
        shelf.put(key(1), PAYLOAD)
        server.stop()
        for name, ask in everything(shelf, tmp_path).items():
            with pytest.raises(ShelfError, match="does not answer") as caught:
                ask()
            assert "nothing is lost" in caught.value.hint, name
        server.start()
        server.bucket("first")  # it forgot all it had
        shelf.check()
        for ask in (lambda: shelf.put(key(1), PAYLOAD), lambda: shelf.put(key(2), PAYLOAD * 1000)):
            ask()
        assert shelf.get(key(1)) == PAYLOAD
        assert [finding.state for finding in shelf.scrub()] == [Health.WHOLE] * 2


@pytest.mark.slow
def test_a_server_that_goes_while_it_is_scrubbed_ends_the_scrub(server):
    with Shelf(server.bucket()) as shelf:
        for number in range(3):
            shelf.put(key(number), PAYLOAD)
        scrubbing = shelf.scrub()
        assert next(scrubbing).state is Health.WHOLE
        server.stop()
        with pytest.raises(ShelfError, match="does not answer"):
            list(scrubbing)


@pytest.mark.slow
def test_a_server_that_takes_calls_and_never_answers_is_given_up(tmp_path):
    with socket.create_server(("127.0.0.1", 0), backlog=64) as mute:
        endpoint = f"http://127.0.0.1:{mute.getsockname()[1]}"
        with Shelf(f"s3://bucket?endpoint={endpoint}&region=us-east-1") as shelf:
            asked = [everything(shelf, tmp_path)[name] for name in ("put", "put much", "read")]
            failed: list[str] = []

            def give_up(ask) -> None:
                with pytest.raises(ShelfError, match="does not answer") as caught:
                    ask()
                failed.append(caught.value.hint)

            asking = [threading.Thread(target=give_up, args=(ask,)) for ask in asked]
            for one in asking:
                one.start()
            for one in asking:
                one.join()
            assert len(failed) == 3


def test_a_bucket_that_is_not_there_is_named(s3, tmp_path):
    with Shelf(s3.url("nobodys-bucket/shelf")) as shelf:
        for name in ("check", "put", "put much", "keep", "keep a file", "usage", "scrub"):
            with pytest.raises(ShelfError, match="no such bucket") as caught:
                everything(shelf, tmp_path)[name]()
            assert "ALOUD_SHELF_URL" in caught.value.hint


@pytest.mark.slow
def test_keys_that_the_server_refuses_are_told(s3_servers, tmp_path):
    refusing = s3_servers(INITIAL_NO_AUTH_ACTION_COUNT="0")  # moto checks keys from now on
    with Shelf(refusing.url("bucket")) as shelf:
        for name, ask in everything(shelf, tmp_path).items():
            with pytest.raises(ShelfError, match="refuses these credentials") as caught:
                ask()
            assert "AWS_ACCESS_KEY_ID" in caught.value.hint, name


def test_without_any_keys_the_advice_names_them(monkeypatch, s3_url):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with Shelf(s3_url) as shelf, pytest.raises(ShelfError) as caught:
        shelf.check()
    assert "AWS_ACCESS_KEY_ID" in caught.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "s3://",
        "s3:///prefix",
        "gs://bucket/prefix",
        "file:///srv/shelf",
        "http://127.0.0.1:9000/bucket",
        "s3://bucket?endpoint=",
        "s3://bucket?key=secret",
        "s3://bucket?endpoint=127.0.0.1:9000",
        "s3://bucket?endpoint=ftp://127.0.0.1",
    ],
)
def test_a_url_that_means_nothing_is_refused_at_opening(url):
    with pytest.raises(UsageError) as caught:
        Shelf(url)
    assert "s3://bucket/prefix" in caught.value.hint


@pytest.mark.parametrize("rest", ["", "/", "/a/b"])
def test_opening_a_bucket_asks_nothing_of_it(rest):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        url = f"s3://bucket{rest}?endpoint=http://127.0.0.1:{server.getsockname()[1]}"
        Shelf(url).close()
        with pytest.raises(BlockingIOError):  # nobody came
            server.accept()


def test_two_shelves_in_one_bucket_do_not_see_each_other(s3_url):
    with Shelf(s3_url) as one, Shelf(s3_url.replace("/shelf?", "/shelf-2?")) as other:
        one.put(key(1), PAYLOAD)
        assert not other.has(key(1))
        assert other.usage() == ()
        other.evict(0)
        assert one.get(key(1)) == PAYLOAD


@pytest.mark.slow
def test_a_bucket_of_more_than_one_page_is_listed_whole(s3_url):
    with Shelf(s3_url) as shelf:
        for number in range(1100):
            shelf.put(key(number), b"")
        (usage,) = shelf.usage()
        assert usage.count == 1100
        assert len({finding.key for finding in shelf.scrub()}) == 1100
        assert shelf.clear(["utterances"]) == usage.bytes
        assert shelf.usage() == ()
