"""Scrub: what is damaged on the shelf is found, all of it, and made again where that can be."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aloud import page as pages
from aloud.article import State
from aloud.library.records import Narration, Wish
from aloud.page import Page
from aloud.serve.scrub import Scrubbed, scrub
from aloud.serve.service import Service
from aloud.settings import Settings
from aloud.shelf import utterance_key

pytestmark = pytest.mark.slow

HTML = b"""<!doctype html><html lang="en"><title>The harbour</title>
<article><h1>The harbour opens</h1>
<p>The harbour opened on Tuesday after a year of repairs, and the first boats went out at dawn.</p>
<p>Ferries will follow in June, the council said, when the second wall is finished.</p>
</article></html>"""


def nothing(what: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


def accepted(service: Service, url: str = "") -> Narration:
    page = Page(url, HTML, "text/html", "utf-8", datetime.now(UTC))
    key = service.shelf.keep("pages", pages.to_bytes(page))
    made = service.library.articles.accept(
        service.library.listeners.me().id,
        url=url,
        source="html",
        identity="sha256:the-harbour",
        page_key=key,
        narrate=Wish("tone/beep"),
    )
    assert made.narration is not None
    return made.narration


def narrated(service: Service, narration: Narration) -> Narration:
    """All steps in this thread: what the jobs do, without them."""
    for _, step in service.work.steps:
        step(narration.id)
    done = service.library.narrations.get(narration.id)
    assert done.state == "done"
    return done


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path / "data"))


@pytest.fixture
def narration(settings: Settings) -> Iterator[Narration]:
    service = Service(settings)
    yield narrated(service, accepted(service))
    service.close()


def objects(settings: Settings, kind: str) -> list[Path]:
    folder = settings.data_folder / "shelf" / kind
    return sorted(path for path in folder.rglob("*") if path.is_file())


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 4
    file.chmod(0o600)
    file.write_bytes(bytes(data))


def states(found: Scrubbed, kind: str) -> list[str]:
    return [one.state for one in found.bad if one.key.startswith(f"{kind}/")]


def test_a_shelf_that_is_whole_has_nothing_to_mend(settings, narration):
    found = scrub(settings, nothing)
    assert found.bad == ()
    assert found.looked_at == sum(
        len(objects(settings, k))
        for k in ("pages", "scripts", "utterances", "recordings", "timings")
    )


@pytest.mark.parametrize("kind", ["recordings", "timings", "scripts"])
def test_what_is_made_of_the_article_is_made_again_byte_for_byte(settings, narration, kind):
    before = {path: path.read_bytes() for path in objects(settings, kind)}
    assert before
    for path in before:
        flip(path)
    found = scrub(settings, nothing)
    assert states(found, kind) == ["made"] * len(before)
    assert {path: path.read_bytes() for path in objects(settings, kind)} == before
    assert scrub(settings, nothing).bad == ()


def test_a_recording_that_is_gone_is_made_again_too(settings, narration):
    for path in objects(settings, "recordings"):
        path.unlink()
    assert states(scrub(settings, nothing), "recordings") == ["made", "made"]
    assert len(objects(settings, "recordings")) == 2


def test_every_damaged_utterance_is_found_and_none_is_kept(settings, narration):
    files = objects(settings, "utterances")
    for path in files:
        flip(path)
    assert states(scrub(settings, nothing), "utterances") == ["later"] * len(files)
    assert objects(settings, "utterances") == []


def test_a_page_that_was_sent_cannot_be_had_again_and_that_is_said(settings, narration):
    (page,) = objects(settings, "pages")
    flip(page)
    found = scrub(settings, nothing)
    assert states(found, "pages") == ["lost"]
    assert found.lost
    assert "in the library" in found.bad[0].said


def test_only_what_changed_is_spoken_when_a_block_is_skipped_or_restored(settings, narration):
    service = Service(settings)
    before = service.speaker.made
    _, article = service.library.articles.article(narration.article_id)
    first = next(block for block in article.blocks if block.text.startswith("The harbour opened"))
    service.library.articles.choose(narration.article_id, first.id, State.REMOVED)
    again = service.library.narrations.ask(narration.article_id, narration.listener_id, "tone/beep")
    assert again.id != narration.id
    shorter = narrated(service, again)
    assert shorter.total == narration.total - 1
    assert service.speaker.made == before  # nothing new to say
    service.library.articles.choose(narration.article_id, first.id, None)
    whole = service.library.narrations.ask(narration.article_id, narration.listener_id, "tone/beep")
    assert narrated(service, whole).total == narration.total
    assert service.speaker.made == before
    service.close()


def test_a_word_in_the_lexicon_has_only_its_sentences_spoken_again(settings, narration):
    service = Service(settings)
    service.library.lexicon.add(narration.listener_id, "ferries", "fair ease")
    again = narrated(
        service,
        service.library.narrations.ask(narration.article_id, narration.listener_id, "tone/beep"),
    )
    assert again.total == narration.total
    assert service.speaker.made == 1
    voice, version = service.work.voice("tone/beep")
    keys = {utterance_key(u, voice, version) for u in service.work.prepare(again).script.utterances}
    assert len(keys) == again.total
    service.close()
