"""Stopping in order: the running sentence ends and is kept, and nothing is said twice."""

import json
import signal

import pytest

from .conftest import Instance, Process, Watched, text_of

pytestmark = pytest.mark.slow

SENTENCES = (
    "The ferries came in at noon.",
    "Nobody could hold the crowd on the quay.",
    "Two ropes did not hold for long.",
    "A band played until the evening.",
    "The mayor had left by then.",
)
ARTICLE = "\n\n".join(SENTENCES)


@pytest.fixture
def stopped(plain_instance: Instance, watched: Watched) -> Process:
    """A process that was told to stop while a sentence was being said, and did."""
    process = plain_instance.process().start()
    process.article = process.post(ARTICLE, watched.voice)
    stop_in_the_middle(process, watched)
    return process


def stop_in_the_middle(process: Process, watched: Watched) -> None:
    process.wait_for(watched.holder)
    process.tell(signal.SIGTERM)
    process.wait_for(lambda: "the running sentences end" in process.log.read_text())
    watched.go_on()
    assert process.ended() == 0


def test_the_next_process_goes_on_and_says_nothing_twice(stopped, watched):
    said = watched.said()
    assert SENTENCES[1] in said
    assert SENTENCES[-1] not in said
    stopped.start()
    stopped.wait_until(stopped.article, "done")
    assert watched.said() == dict.fromkeys(SENTENCES, 1)


def test_what_it_logs_is_json_without_a_word_of_the_article(stopped):
    stopped.start()
    stopped.wait_until(stopped.article, "done")
    assert stopped.stop() == 0
    lines = stopped.log.read_text().splitlines()
    told = [line for line in lines if not line.startswith("Aloud is at http://127.0.0.1:")]
    assert len(lines) == len(told) + 2
    for line in told:
        assert {"time", "level", "message"} <= json.loads(line).keys()
        assert not [sentence for sentence in SENTENCES if sentence[:12] in line]


def test_stopping_with_a_long_line_waiting_loses_nobody(plain_instance, watched):
    process = plain_instance.process().start()
    articles = [process.post(text_of(n), watched.voice) for n in range(4)]
    held = process.post(ARTICLE, watched.voice, queue="first")
    stop_in_the_middle(process, watched)
    process.start()
    for article in (*articles, held):
        process.wait_until(article, "done")
    assert set(watched.said().values()) == {1}
