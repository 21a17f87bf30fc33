"""Engines that crash, hang or eat memory: only that article fails, and the others go on."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aloud import page as pages
from aloud.library.records import Narration, Wish
from aloud.page import Page
from aloud.serve.service import Service
from aloud.settings import Settings

from .conftest import HANGS, text_of

pytestmark = pytest.mark.slow

PATIENCE = 2.0  # seconds for an engine that hangs; the others are done long before
MEMORY = 512 * 2**20  # bytes


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = Service(
        Settings(data=str(tmp_path / "data")), engine_patience=PATIENCE, engine_memory=MEMORY
    )
    opened.start()
    yield opened
    opened.close()


def sent(service: Service, text: str, voice: str) -> str:
    """The id of the narration of a text."""
    page = Page("", text.encode(), "text/plain", "utf-8", datetime.now(UTC))
    accepted = service.library.articles.accept(
        service.library.listeners.me().id,
        url="",
        source="text",
        identity=text,
        page_key=service.shelf.keep("pages", pages.to_bytes(page)),
        narrate=Wish(voice),
    )
    service.wake()
    assert accepted.narration is not None
    return accepted.narration.id


def ended(service: Service, narration: str) -> Narration:
    until = time.monotonic() + HANGS
    while service.library.narrations.get(narration).state not in ("done", "failed"):
        assert time.monotonic() < until, service.library.narrations.get(narration)
        time.sleep(0.02)
    return service.library.narrations.get(narration)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("crash", "the engine died"),
        ("hang", "the engine did not answer in time"),
        ("eat", "the engine needs more memory than it may take (512 MiB)"),
    ],
)
def test_only_the_article_that_an_engine_fails_on_fails(service, faulty, word, reason):
    bad = sent(service, f"A report came in\n\nThe engines {word} at noon.\n\nThat was it.", faulty)
    good = [sent(service, text_of(n), faulty) for n in range(3)]
    good += [sent(service, text_of(n), "tone/beep") for n in range(3, 6)]
    failed = ended(service, bad)
    assert failed.state == "failed"
    assert reason in failed.error
    assert failed.hint
    others = [ended(service, narration) for narration in good]
    assert {other.state for other in others} == {"done"}
    assert all(len(service.library.narrations.recordings(other.id)) == 2 for other in others)


def test_all_at_once_and_one_that_is_tried_again(service, faulty):
    bad = [
        sent(service, f"The engines {word} at noon.", faulty) for word in ("crash", "hang", "eat")
    ]
    good = sent(service, text_of(1), faulty)
    assert ended(service, good).state == "done"
    assert [ended(service, narration).state for narration in bad] == ["failed"] * 3
    assert service.library.narrations.retry(bad[0])
    service.wake()
    again = ended(service, bad[0])
    assert (again.state, again.attempts) == ("failed", 3)
    assert ended(service, sent(service, text_of(2), faulty)).state == "done"
