"""Narration over HTTP: its progress, its script, its times, captions, choices, and live sound."""

import io
import json

import av
import pytest

pytestmark = pytest.mark.slow

STORY = """Snow in the valley

Snow fell all night in the valley. In the morning nothing moved on the roads.

Children went out with sledges. The school stayed closed, and nobody was sorry.

A plough came through at noon. By then the sun had done half of its work."""


@pytest.fixture(scope="module")
def snow(served):
    """An article that is narrated."""
    return served.narrated(served.post(text=STORY, title="Snow")["id"])


def events(served, id):
    with served.http.stream("GET", f"/api/articles/{id}/events") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = list(answer.iter_lines())
    told, event = [], {}
    for line in lines:
        name, _, value = line.partition(": ")
        if not line and event:
            told.append((event["event"], json.loads(event["data"]), event["id"]))
            event = {}
        elif name:
            event[name] = value
    return told


def test_events_end_with_what_came_of_it(served):
    told = events(served, served.post(text=STORY + "\n\nIt was told as it happened.")["id"])
    assert told[-1][0] == "done"
    assert told[-1][1]["done"] == told[-1][1]["total"] > 5
    assert "ready" in [name for name, _, _ in told]
    assert [int(number) for _, _, number in told] == list(range(1, len(told) + 1))


def test_whoever_comes_late_hears_how_things_stand(served, snow):
    told = events(served, snow["id"])
    assert [name for name, _, _ in told] == ["ready", "done"]


def test_events_of_what_nobody_wants_to_hear_end_at_once(served):
    (event,) = events(served, served.post(text="Only kept.", narrate=False)["id"])
    assert event[0] == "cancelled"
    assert event[1]["hint"]


def test_a_page_that_is_not_there_fails_with_the_reason(served):
    name, data, _ = events(served, served.post(url=f"{served.site}/gone/page")["id"])[-1]
    assert name == "failed"
    assert "no such page" in data["error"]
    assert data["hint"]


def test_events_of_another_article_are_a_plain_404(served):
    answer = served.http.get("/api/articles/nobody/events")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_script_says_where_each_word_stands(served, snow):
    script = served.http.get(f"/api/articles/{snow['id']}/script.json").json()
    texts = {block["id"]: block["text"] for block in snow["reading"]["blocks"]}
    assert script["revision"] == snow["revision"]
    assert script["utterances"][0]["role"] == "headline"
    for utterance in script["utterances"]:
        for token in utterance["tokens"]:
            written = texts[token["block"]][token["start"] : token["end"]]
            assert written.lower().strip(".,") == token["spoken"].lower().strip(".,")


def test_times_are_those_of_the_file_they_name(served, snow):
    for made in snow["recordings"]:
        asked = {"format": made["format"]}
        answer = served.http.get(f"/api/articles/{snow['id']}/timing.json", params=asked)
        timing = answer.json()
        assert timing["aloud"] == "recording"
        assert timing["sha256"] == made["sha256"]
        assert timing["timings"][-1]["end"] <= timing["duration_ms"]


def test_captions_hold_every_written_word(served, snow):
    vtt = served.http.get(f"/api/articles/{snow['id']}.vtt")
    srt = served.http.get(f"/api/articles/{snow['id']}.srt")
    assert vtt.headers["content-type"].startswith("text/vtt")
    assert vtt.text.startswith("WEBVTT\n")
    assert srt.text.startswith("1\n00:00:00,")
    for word in STORY.split():
        assert word in vtt.text
        assert word in srt.text


def test_what_a_client_has_is_not_sent_again(served, snow):
    for path in ("/timing.json", ".vtt", ".srt"):
        url = f"/api/articles/{snow['id']}{path}"
        etag = served.http.get(url).headers["etag"]
        for tags in (etag, f'"other", W/{etag}', "*"):
            again = served.http.get(url, headers={"If-None-Match": tags})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == etag
        assert served.http.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


def test_times_that_are_not_there_yet_are_a_conflict_with_advice(served):
    id = served.post(text="Nobody asked to hear it.", narrate=False)["id"]
    for path in ("/timing.json", ".vtt", ".srt", "/script.json"):
        answer = served.http.get(f"/api/articles/{id}{path}")
        assert answer.status_code == 409
        assert answer.json()["hint"]


@pytest.mark.parametrize("query", ["format=wav", "format=", "voice=nobody", "voice=a/b/c"])
def test_times_of_no_file_are_refused(served, snow, query):
    answer = served.http.get(f"/api/articles/{snow['id']}/timing.json?{query}")
    assert answer.status_code == 422


def test_another_voice_narrates_and_the_first_stays_reachable(served):
    id = served.post(text="Two voices will say this.")["id"]
    first = served.narrated(id)["recordings"][0]
    asked = served.http.post(f"/api/articles/{id}/narration", json={"voice": "tone/beep"})
    assert asked.status_code == 202
    second = served.narrated(id)["recordings"][0]
    assert (first["voice"], second["voice"]) == ("espeak/en-us", "tone/beep")
    timing = f"/api/articles/{id}/timing.json"
    old = served.http.get(timing, params={"voice": "espeak/en-us"}).json()
    assert old["sha256"] == first["sha256"]
    assert served.http.get(timing).json()["sha256"] == second["sha256"]
    assert served.http.get(timing, params={"voice": "espeak/de"}).status_code == 409


def test_a_voice_that_is_not_there_is_refused_when_it_is_asked_for(served, snow):
    wish = {"voice": "espeak/nobody"}
    answer = served.http.post(f"/api/articles/{snow['id']}/narration", json=wish)
    assert answer.status_code == 404
    assert answer.json()["hint"]


def test_a_narration_can_be_called_off_and_asked_for_again(served):
    words = " ".join(f"Sentence number {n} is quite long and takes its time." for n in range(400))
    id = served.post(text=words)["id"]
    assert served.http.delete(f"/api/articles/{id}/narration").status_code == 204
    assert served.article(id)["narration"]["state"] == "cancelled"
    assert served.http.delete(f"/api/articles/{id}/narration").status_code == 409
    again = served.http.post(f"/api/articles/{id}/narration", json={})
    assert again.status_code == 202
    assert again.json()["state"] == "waiting"
    served.http.delete(f"/api/articles/{id}/narration")


def test_a_block_that_is_left_out_changes_only_what_is_said_of_it(served):
    id = served.post(text="First line of all.\n\nAdvertisement\n\nThird line of all.")["id"]
    article = served.narrated(id)
    blocks = {block["text"]: block for block in article["reading"]["blocks"]}
    assert blocks["Advertisement"]["state"] == "removed"
    spoken = served.service.speaker.made
    url = f"/api/articles/{id}/blocks/{blocks['Advertisement']['id']}"
    revised = served.http.put(url, json={"state": "spoken"}).json()
    assert revised["revision"] == article["revision"] + 1
    restored = served.narrated(id)
    assert restored["narration"]["id"] == revised["narration"]
    assert restored["recordings"][0]["duration"] > article["recordings"][0]["duration"]
    assert served.service.speaker.made == spoken + 1
    back = served.http.delete(url).json()
    assert back["revision"] == revised["revision"] + 1
    assert served.narrated(id)["recordings"][0]["duration"] == article["recordings"][0]["duration"]
    assert served.service.speaker.made == spoken + 1


@pytest.mark.parametrize(
    ("block", "body", "status"),
    [
        ("nowhere", {"state": "spoken"}, 404),
        ("a%00b", {"state": "spoken"}, 422),
        ("l1", {"state": "louder"}, 422),
        ("l1", {}, 422),
        ("l1", ["spoken"], 422),
    ],
)
def test_a_choice_that_cannot_be_is_refused(served, snow, block, body, status):
    answer = served.http.put(f"/api/articles/{snow['id']}/blocks/{block}", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_choice_in_what_was_not_read_yet_has_to_wait(served):
    id = served.post(text="Unread.", narrate=False)["id"]
    answer = served.http.put(f"/api/articles/{id}/blocks/l1", json={"state": "shown"})
    assert answer.status_code == 409
    assert answer.json()["hint"]


def test_a_player_begins_before_anything_was_made(served):
    id = served.post(text=STORY + "\n\nIt was heard at once.", narrate=False)["id"]
    begin = served.http.get(f"/api/articles/{id}/live").json()
    assert begin["finished"] is None
    init = served.http.get(begin["init"].format(run="0-first"))
    assert init.headers["content-type"] == "audio/mp4"
    assert init.headers["cache-control"] == "no-store"
    for n in range(begin["utterances"]):
        where = {"run": "0-first", "n": n}
        segment = served.http.get(begin["segment"].format(**where))
        assert segment.status_code == 200, segment.text
        times = served.http.get(begin["timing"].format(**where)).json()
        assert times["samples"] == int(segment.headers["aloud-samples"])
        assert times["lead"] == int(segment.headers["aloud-lead"])
        assert times["sample_rate"] == begin["sample_rate"]
        assert times["timings"][0]["start"] * begin["sample_rate"] >= times["lead"] - 1
        assert times["timings"][-1]["end"] * begin["sample_rate"] <= times["samples"]
        with av.open(io.BytesIO(init.content + segment.content)) as container:
            packets = [packet.duration for packet in container.demux(audio=0)]
        assert sum(length or 0 for length in packets) == times["samples"]
    assert served.narrated(id)["narration"]["state"] == "done"


def test_what_is_finished_is_offered_to_a_player(served, snow):
    begin = served.http.get(f"/api/articles/{snow['id']}/live").json()
    assert begin["finished"] == snow["recordings"]


def test_a_jump_is_a_run_of_its_own(served, snow):
    begin = served.http.get(f"/api/articles/{snow['id']}/live").json()
    assert served.http.get(begin["init"].format(run="3-jump")).status_code == 200
    segment = begin["segment"]
    assert served.http.get(segment.format(run="3-jump", n=3)).status_code == 200
    assert served.http.get(segment.format(run="3-jump", n=2)).status_code == 404
    assert served.http.get(segment.format(run="3-jump", n=999)).status_code == 404


def test_a_revision_that_is_over_is_gone_and_says_which_is_newest(served):
    article = served.narrated(served.post(text="One thing.\n\nAnother thing.")["id"])
    begin = served.http.get(f"/api/articles/{article['id']}/live").json()
    block = article["reading"]["blocks"][1]["id"]
    url = f"/api/articles/{article['id']}/blocks/{block}"
    newest = served.http.put(url, json={"state": "shown"}).json()["revision"]
    answer = served.http.get(begin["init"].format(run="0-old"))
    assert answer.status_code == 410
    assert answer.headers["aloud-revision"] == str(newest)
    assert str(newest) in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "live/1/espeak/en-us/first/init.mp4",
        "live/0/espeak/en-us/0-a/init.mp4",
        "live/99999999999999999999/espeak/en-us/0-a/init.mp4",
        "live/1/espeak/nobody/0-a/init.mp4",
        "live/1/nobody/en-us/0-a/0.m4s",
        "live/1/espeak/en-us/0-a/x.m4s",
        "live/1/espeak/en-us/0-a/-1.m4s",
        "live/1/espeak/en-us/0-a%00/0.json",
        "live?voice=nobody",
    ],
)
def test_a_run_that_cannot_be_is_refused(served, path):
    id = served.post(text="Nothing to run on.")["id"]
    served.narrated(id)
    answer = served.http.get(f"/api/articles/{id}/{path}")
    assert answer.status_code in (404, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_live_sound_of_what_failed_says_why(served):
    id = served.post(url=f"{served.site}/gone/live")["id"]
    served.narrated(id)
    answer = served.http.get(f"/api/articles/{id}/live")
    assert answer.status_code == 409
    assert "no such page" in answer.json()["detail"]


def test_what_shall_be_said_otherwise_is_heard_so_the_next_time_and_nothing_is_read_anew(served):
    id = served.post(title="Gdansk", text="The train to Gdansk leaves at noon.")["id"]
    before = served.narrated(id)
    assert before["outdated"] is False
    saying = {"written": "Gdansk", "spoken": "Gdine-sk", "language": "en"}
    entry = served.http.post("/api/lexicon", json=saying).json()["id"]
    try:
        assert served.article(id)["outdated"] is True
        assert served.http.get(f"/api/articles/{id}/live").json()["finished"] is None
        after = served.narrated(id)
        assert (after["outdated"], after["revision"]) == (False, before["revision"])
        assert after["narration"]["id"] != before["narration"]["id"]
        script = served.http.get(f"/api/articles/{id}/script.json").json()
        assert "Gdine-sk" in [token["spoken"] for token in script["utterances"][-1]["tokens"]]
    finally:
        served.http.delete(f"/api/lexicon/{entry}")
