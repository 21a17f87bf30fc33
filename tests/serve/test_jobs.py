"""Jobs at their edges: what changes, dies or is taken away while an article is narrated."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aloud import page as pages
from aloud.article import State
from aloud.errors import Conflict, ExtractError, NotFound, Unsayable
from aloud.library import records
from aloud.library.records import Narration, Wish
from aloud.page import Page
from aloud.serve.jobs import Need, Prepared, work
from aloud.serve.jobs.patience import Patience, Verdict, is_passing
from aloud.serve.jobs.staging import Staging
from aloud.serve.service import Service
from aloud.settings import Settings
from aloud.voice import Booth

pytestmark = pytest.mark.slow

HTML = b"""<!doctype html><html lang="en"><title>The harbour</title>
<article><h1>The harbour opens</h1>
<p>The harbour opened on Tuesday after a year of repairs, and the first boats went out at dawn.</p>
<p>Ferries will follow in June, the council said, when the second wall is finished.</p>
</article></html>"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(Settings(data=str(tmp_path / "data")))
    yield made
    made.close()


def sent(service: Service, name: str = "a") -> Narration:
    page = Page("", HTML + name.encode(), "text/html", "utf-8", datetime.now(UTC))
    made = service.library.articles.accept(
        service.library.listeners.me().id,
        url="",
        source="html",
        identity=f"sha256:{name}",
        page_key=service.shelf.keep("pages", pages.to_bytes(page)),
        narrate=Wish("tone/beep"),
    )
    assert made.narration is not None
    return made.narration


def narrated(service: Service, narration: Narration) -> Narration:
    for _, step in service.work.steps:
        step(narration.id)
    return service.library.narrations.get(narration.id)


def test_an_article_that_was_read_needs_its_page_no_more(service):
    done = narrated(service, sent(service))
    page_key = service.library.articles.record(done.article_id).page_key
    service.shelf.drop(page_key)
    other = service.library.narrations.ask(done.article_id, done.listener_id, "espeak/en-gb")
    assert narrated(service, other).state == "done"


def test_a_page_that_is_lost_before_it_was_read_is_said_to_be_lost(service):
    narration = sent(service)
    service.shelf.drop(service.library.articles.record(narration.article_id).page_key)
    with pytest.raises(ExtractError, match="no longer there"):
        service.work.fetch(narration.id)


def test_a_block_that_is_chosen_while_the_script_is_written_is_in_it(service, monkeypatch):
    narration = sent(service)
    service.work.fetch(narration.id)
    service.work.read(narration.id)
    real, chosen = work.adapt, []

    def meanwhile(article, sayings):
        if not chosen:
            block = next(b for b in article.blocks if b.text.startswith("Ferries"))
            service.library.articles.choose(narration.article_id, block.id, State.REMOVED)
            asked = service.library.narrations.ask(
                narration.article_id, narration.listener_id, "tone/beep"
            )
            chosen.append(asked.id)
        return real(article, sayings)

    monkeypatch.setattr(work, "adapt", meanwhile)
    service.work.write(narration.id)
    assert chosen == [narration.id]
    written = service.library.narrations.get(narration.id)
    assert written.revision == 2
    spoken = " ".join(u.text for u in service.work.prepare(written).script.utterances)
    assert "Ferries" not in spoken


def test_a_recording_that_another_listener_removed_meanwhile_is_made_again(service, monkeypatch):
    narration = sent(service)
    for name, step in service.work.steps:
        if name != "master":
            step(narration.id)
    real = service.library.narrations.finish

    def removed(narration_id, made, hint):
        for one in made:
            service.shelf.drop(one.key)
        return real(narration_id, made, hint)

    monkeypatch.setattr(service.library.narrations, "finish", removed)
    service.work.master(narration.id)
    made = service.library.narrations.recordings(narration.id)
    assert [service.shelf.has(one.key) for one in made] == [True, True]


def test_what_was_made_for_nobody_is_taken_off_the_shelf(service, monkeypatch):
    narration = sent(service)
    for name, step in service.work.steps:
        if name != "master":
            step(narration.id)
    monkeypatch.setattr(service.library.narrations, "finish", lambda *told: False)
    service.work.master(narration.id)
    assert {u.kind: u.count for u in service.shelf.usage()}.get("recordings", 0) == 0


def test_mastering_what_was_cancelled_makes_nothing(service):
    narration = sent(service)
    for name, step in service.work.steps:
        if name == "master":
            service.library.narrations.cancel(narration.id)
            with pytest.raises(work.Interrupted):
                step(narration.id)
        else:
            step(narration.id)
    assert {u.kind: u.count for u in service.shelf.usage()}.get("recordings", 0) == 0


def prepared(service: Service, narration: Narration) -> Prepared:
    return service.work.prepare(service.library.narrations.get(narration.id))


def test_live_listening_goes_on_in_a_narration_that_was_superseded(service):
    first = sent(service)
    one = prepared(service, first)
    other = service.library.narrations.ask(first.article_id, first.listener_id, "espeak/en-gb")
    two = prepared(service, other)
    heard = service.library.narrations.heard
    revision = one.narration.revision
    for number in range(3):
        told = heard(first.article_id, first.listener_id, "tone/beep", revision)
        assert told.id == first.id  # cancelled, and yet its script serves
        assert service.live.segment(service.work.prepare(told), "0-a", number).samples > 0
        told = heard(first.article_id, first.listener_id, "espeak/en-gb", revision)
        assert told.id == other.id
        assert service.live.segment(service.work.prepare(told), "0-b", number).samples > 0
    assert service.live.running() == 2
    assert two.voice.id != one.voice.id


def test_a_listener_takes_the_place_of_nobody_elses_runs(service):
    mine, narration = prepared(service, sent(service)), sent(service, "b")
    stranger = service.library.listeners.named("stranger")
    service.library.articles.accept(
        stranger.id, url="", source="html", identity="sha256:b", narrate=Wish("tone/beep")
    )
    theirs = service.library.narrations.current(narration.article_id, stranger.id)
    other = prepared(service, theirs)
    service.live.init(mine, "0-mine")
    for number in range(50):
        service.live.init(other, f"0-{number}")
    assert service.live.running() == 1 + 8


def test_a_run_that_was_forgotten_goes_on_where_it_is_asked_for(service):
    mine = prepared(service, sent(service))
    service.live.segment(mine, "0-run", 0)
    for number in range(8):
        service.live.init(mine, f"0-{number}")
    last = len(mine.script.utterances) - 1
    assert service.live.segment(mine, "0-run", last).timings


def test_other_words_under_the_same_run_are_refused(service):
    narration = sent(service)
    before = prepared(service, narration)
    service.live.segment(before, "0-run", 0)
    service.library.lexicon.add(narration.listener_id, "harbour", "haven")
    asked = service.library.narrations.ask(narration.article_id, narration.listener_id, "tone/beep")
    with pytest.raises(Conflict, match="other words"):
        service.live.segment(prepared(service, asked), "0-run", 1)


def test_what_was_removed_is_not_waited_for():
    assert not is_passing(NotFound("gone"))
    patience = Patience()
    assert patience.judge("a", NotFound("gone")) is Verdict.GIVEN_UP
    assert patience.waiting() == 0


def test_making_way_never_holds_an_article_that_somebody_waits_for(service, monkeypatch):
    narration, other = sent(service), []

    def looked():
        lock = service.work._locks.get(narration.article_id)
        other.append(lock is not None and lock.locked())

    monkeypatch.setattr(service.attention, "make_way", looked)
    assert Need(narration.priority) is not Need.LISTENING
    for name, step in service.work.steps[:3]:
        assert name in ("fetch", "read", "write")
        step(narration.id)
    assert other == [False, False]


def test_what_a_killed_process_was_making_is_swept_by_the_next(tmp_path):
    script = (
        "import os, sys; from pathlib import Path; from aloud.serve.jobs.staging import Staging\n"
        "with Staging(Path(sys.argv[1])).folder() as made:\n"
        "    (made / 'half.m4a').write_bytes(b'x' * 1000); os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert done.returncode == -9
    assert list(tmp_path.rglob("half.m4a"))
    living, later = Staging(tmp_path), None
    assert not list(tmp_path.rglob("half.m4a"))
    with living.folder() as made:
        (made / "mine").touch()
        later = Staging(tmp_path)
        assert (made / "mine").exists()
    living.close()
    later.close()
    assert list(tmp_path.iterdir()) == []


DEADLY = """
import os, sys, time
from aloud.serve.jobs import durable, work
from aloud.serve.service import Service
from aloud.settings import Settings
durable._MOST_DEATHS, durable._SUSPECT = 3, 1
real = work.extract
def extract(page):
    if b"poison" in page.body:
        os.kill(os.getpid(), 9)
    return real(page)
work.extract = extract
service = Service(Settings(data=sys.argv[1]))
service.start()
deadline = time.monotonic() + 60
while service.library.narrations.unfinished() and time.monotonic() < deadline:
    time.sleep(0.05)
service.close()
"""


def test_an_article_that_ends_every_process_is_given_up_and_the_others_go_on(tmp_path):
    data = tmp_path / "data"
    service = Service(Settings(data=str(data)))
    good, poison = sent(service, "good"), sent(service, "poison")
    service.close()
    codes = []
    for _ in range(12):
        run = [sys.executable, "-c", DEADLY, str(data)]
        codes.append(subprocess.run(run, env=os.environ, check=False).returncode)
        if codes[-1] == 0:
            break
    assert codes[-1] == 0
    assert codes[0] == -9
    service = Service(Settings(data=str(data)))
    assert service.library.narrations.get(good.id).state == "done"
    given_up = service.library.narrations.get(poison.id)
    assert given_up.state == "failed"
    assert "again and again" in given_up.error
    service.close()


def test_mastering_ends_when_the_service_is_stopped_and_leaves_nothing(service):
    narration = sent(service)
    for name, step in service.work.steps:
        if name != "master":
            step(narration.id)
    service.work.voice("tone/beep")
    service.speaker.close()
    with pytest.raises(work.Interrupted):
        service.work.master(narration.id)
    assert service.library.narrations.get(narration.id).state == "mastering"
    assert {u.kind: u.count for u in service.shelf.usage()}.get("recordings", 0) == 0


@pytest.fixture
def without_sound(monkeypatch):
    """The voice has no sound for utterances that hold one of these words."""
    words, say = set(), Booth.say

    def saying(self, utterance, voice):
        if any(word in utterance.text for word in words):
            raise Unsayable("this voice has no sound for the text", hint="choose another voice")
        return say(self, utterance, voice)

    monkeypatch.setattr(Booth, "say", saying)
    return words


def test_a_sentence_without_a_sound_is_a_silence_and_no_lost_article(
    service, without_sound, caplog
):
    whole = service.library.narrations.recordings(narrated(service, sent(service)).id)
    without_sound.add("Ferries")
    service.shelf.clear(["utterances"])
    done = narrated(service, sent(service, "b"))
    assert (done.state, done.error) == ("done", "")
    assert done.hint.startswith("1 of its sentences have no sound")
    assert "no sound for some sentences" in caplog.text
    assert "Ferries" not in caplog.text
    (silent, *_) = service.library.narrations.recordings(done.id)
    spoken = prepared(service, done).script.utterances
    pauses = sum(utterance.pause_after for utterance in spoken)
    assert pauses < silent.duration < whole[0].duration
    assert silent.words == whole[0].words
    timing = json.loads(service.shelf.read(silent.timing_key))
    times = [(word["start"], word["end"]) for word in timing["timings"]]
    assert times == sorted(times)


def test_a_silence_is_no_hole_in_live_listening(service, without_sound):
    without_sound.add("Ferries")
    mine = prepared(service, sent(service))
    count = len(mine.script.utterances)
    made = [service.live.segment(mine, "0-run", number) for number in range(count)]
    (at,) = [n for n, u in enumerate(mine.script.utterances) if "Ferries" in u.text]
    assert 0 < made[at].samples < min(one.samples for one in made[:at])
    assert len(made[at].timings) == len(mine.script.utterances[at].tokens)


def test_an_article_without_any_sound_fails_and_says_what_to_do(service, without_sound):
    without_sound.add("")
    narration = sent(service)
    with pytest.raises(Unsayable) as refused:
        narrated(service, narration)
    assert refused.value.hint == "choose another voice"


def test_the_library_and_the_jobs_count_need_alike():
    assert (records.LISTENING, records.QUEUED, records.ARCHIVE) == (
        Need.LISTENING,
        Need.QUEUE,
        Need.ARCHIVE,
    )
