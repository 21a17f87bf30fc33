"""Fifty articles posted at once: all are accepted in order, and the first is heard meanwhile."""

import pytest

from .conftest import Instance, text_of

pytestmark = pytest.mark.slow


def test_the_first_of_fifty_is_heard_before_the_others_are_narrated(plain_instance: Instance):
    process = plain_instance.process().start()
    articles = [process.post(text_of(n)) for n in range(50)]
    live = process.ask("GET", f"/api/articles/{articles[0]}/live").json
    first = live["segment"].format(run="0-first", n=0)
    assert process.ask("GET", live["init"].format(run="0-first")).status == 200
    heard = process.ask("GET", first)
    assert heard.status == 200
    assert int(heard.headers["aloud-samples"]) > 0
    listed = process.ask("GET", "/api/articles?limit=100").json["items"]
    assert [item["id"] for item in reversed(listed)] == articles
    assert listed[0]["narration"]["state"] == "waiting"


def test_what_is_wanted_sooner_is_narrated_sooner(plain_instance: Instance, watched):
    """Held at its beginning, a service narrates the queue before the archive."""
    process = plain_instance.process().start()
    held = process.post("All hands hold on.\n\nEverybody did hold.", watched.voice)
    process.wait_for(lambda: sum("hold" in text for text in watched.said()) == 2)
    later = [process.post(text_of(n), watched.voice) for n in (1, 2)]
    sooner = [process.post(text_of(n), watched.voice, queue="last") for n in (3, 4)]
    watched.go_on()
    for article in (held, *later, *sooner):
        process.wait_until(article, "done")
    begun = [text for text in watched.said() if text.startswith("Report number")]
    words = ("one", "two", "three", "four")
    order = [next(word for word in words if word in text) for text in begun]
    order.remove("one")  # there was room for one more when it came, or there was not yet
    # Two are narrated at once: which of the two is heard first is up to their threads.
    assert (set(order[:2]), order[2:]) == ({"three", "four"}, ["two"])
