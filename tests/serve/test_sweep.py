"""Sweep: superseded recordings and the pictures of articles that are gone leave the shelf."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aloud import article as articles
from aloud.article import State
from aloud.library.records import Narration, Wish
from aloud.serve.jobs.covers import cover_key
from aloud.serve.service import Service
from aloud.serve.sweep import GRACE, sweep
from aloud.settings import Settings

pytestmark = pytest.mark.slow

IMAGE = "https://127.0.0.1/harbour.jpg"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(Settings(data=str(tmp_path / "data")))
    yield made
    made.close()


def sent(service: Service, name: str, image: str | None = None) -> Narration:
    """An article that was read."""
    made = service.library.articles.accept(
        service.library.listeners.me().id, url="", source="text", identity=name,
        narrate=Wish("tone/beep"),
    )  # fmt: skip
    text = f"The harbour opens.\n\nBoats went out at dawn, {name} said.\n\nFerries follow."
    read = replace(articles.plain(text), image=image)
    service.library.articles.add_revision(made.article.id, read)
    assert made.narration is not None
    return made.narration


def narrated(service: Service, narration: Narration) -> list[str]:
    """Narrates it; the keys of what was made."""
    for _, step in service.work.narrating:
        step(narration.id)
    made = service.library.narrations.recordings(narration.id)
    return [key for one in made for key in (one.key, one.timing_key)]


def kept(service: Service, keys: list[str]) -> set[bool]:
    return {service.shelf.has(key) for key in keys}


def swept(service: Service, later: timedelta) -> int:
    return sweep(service.library, service.shelf, service.work, datetime.now(UTC) + later)


def test_recordings_of_words_that_were_replaced_go_days_after_the_new_ones_came(service):
    first = sent(service, "a")
    old = narrated(service, first)
    _, article = service.library.articles.article(first.article_id)
    service.library.articles.choose(first.article_id, article.blocks[-1].id, State.REMOVED)
    second = service.library.narrations.ask(first.article_id, first.listener_id, "tone/beep")
    assert swept(service, GRACE * 2) == 0
    new = narrated(service, second)
    assert swept(service, GRACE / 2) == 0
    assert kept(service, old) == {True}
    assert swept(service, GRACE * 2) == 1
    assert kept(service, old) == {False}
    assert kept(service, new) == {True}
    assert service.media(Path(new[0]).name) is not None
    assert service.shelf.has(service.library.narrations.get(second.id).script_key)


def test_a_picture_goes_with_the_last_article_that_shows_it(service):
    one, other = sent(service, "a", IMAGE), sent(service, "b", IMAGE)
    key = cover_key(IMAGE)
    service.shelf.put(key, b"a picture")
    for narration, there in ((one, True), (other, False)):
        swept(service, timedelta())
        assert service.shelf.has(key)
        service.drop(service.library.articles.remove(narration.listener_id, narration.article_id))
        swept(service, timedelta())
        assert service.shelf.has(key) is there


def test_a_service_that_runs_sweeps_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr("aloud.serve.service._SWEEP_ROUND", 0.02)
    service = Service(Settings(data=str(tmp_path / "data")))
    service.shelf.put(cover_key(IMAGE), b"a picture of nothing")
    service.start()
    deadline = datetime.now(UTC) + timedelta(seconds=60)
    while service.shelf.has(cover_key(IMAGE)):
        assert datetime.now(UTC) < deadline
    service.close()
