"""What belongs to a listener over HTTP: queue, place, search, preferences, lexicon, voices."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from aloud.library.records import Preferences

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def three(served):
    """Three articles that nobody has asked to hear."""
    return [served.post(text=f"Article {n}.", narrate=False)["id"] for n in ("one", "two", "three")]


@pytest.fixture(scope="module")
def heard(served):
    """An article that was narrated, and its first block."""
    text = "The harbour opened on Tuesday. Ferries follow in June."
    article = served.narrated(served.post(text=text, title="The harbour: open?")["id"])
    return article["id"], article["reading"]["blocks"][0]


def queue(served):
    return [item["id"] for item in served.http.get("/api/queue").json()["items"]]


def test_a_queue_is_ordered_by_its_listener(served, three):
    one, two, three_ = three
    assert served.http.put("/api/queue", json={"articles": [one, two]}).status_code == 200
    added = served.http.post("/api/queue", json={"article": three_, "first": True})
    assert added.status_code == 201
    assert queue(served) == [three_, one, two]
    moved = served.http.patch(f"/api/queue/{three_}", json={"to": 1}).json()
    assert [item["id"] for item in moved["items"]] == [one, three_, two]
    assert served.http.delete(f"/api/queue/{one}").status_code == 204
    assert served.http.delete(f"/api/queue/{one}").status_code == 404
    assert queue(served) == [three_, two]
    served.http.put("/api/queue", json={"articles": []})
    assert queue(served) == []


def test_what_is_sent_first_into_the_queue_is_the_next(served):
    last = served.post(text="To hear some day.", queue="last", narrate=False)["id"]
    first = served.post(text="To hear now.", queue="first", narrate=False)["id"]
    assert queue(served)[0] == first
    assert queue(served)[-1] == last


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/api/queue", {"articles": ["nobody"]}, 404),
        ("PUT", "/api/queue", {"articles": ["a b"]}, 422),
        ("PUT", "/api/queue", {"articles": ["a"] * 10_001}, 422),
        ("POST", "/api/queue", {"article": "nobody"}, 404),
        ("POST", "/api/queue", {"article": 7}, 422),
        ("PATCH", "/api/queue/nobody", {"to": 0}, 404),
        ("PATCH", "/api/queue/nobody", {"to": -1}, 422),
        ("PATCH", "/api/queue/nobody", {"to": 10**30}, 422),
    ],
)
def test_a_queue_that_cannot_be_is_refused(served, method, path, body, status):
    before = queue(served)
    answer = served.http.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert queue(served) == before


def test_the_newest_place_holds_whoever_tells_it_first(served, heard):
    url, block = f"/api/articles/{heard[0]}/place", heard[1]["id"]
    assert served.http.get(url).json() is None
    now = datetime.now(UTC)
    desk = {"block": block, "start": 9, "updated": now.isoformat(), "device": "desk"}
    assert served.http.put(url, json=desk).json()["start"] == 9
    earlier = (now - timedelta(minutes=5)).isoformat()
    phone = {"block": block, "start": 3, "updated": earlier, "device": "phone"}
    assert served.http.put(url, json=phone).json()["device"] == "desk"
    assert served.http.get(url).json()["start"] == 9
    assert served.http.put(url, json={"block": block, "start": 12}).json()["start"] == 12
    assert served.article(heard[0])["place"]["start"] == 12


@pytest.mark.parametrize(
    "place",
    [
        {"block": "l1"},
        {"block": "", "start": 0},
        {"block": "l1", "start": -1},
        {"block": "l1", "start": 2**31},
        {"block": "l1", "start": 1.5},
        {"block": "l1", "start": 0, "updated": "2024-01-01T00:00:00"},
        {"block": "l1", "start": 0, "updated": "0001-01-01T00:00:00+14:00"},
        {"block": "l1", "start": 0, "updated": "soon"},
        {"block": "l1", "start": 0, "updated": 1700000000},
        {"block": "l1", "start": 0, "device": "x" * 101},
    ],
)
def test_a_place_that_cannot_be_is_refused(served, three, place):
    assert served.http.put(f"/api/articles/{three[1]}/place", json=place).status_code == 422


def test_a_place_that_is_not_in_the_article_is_refused_with_what_is(served, heard, three):
    id, block = heard
    end = len(block["text"])
    for article, place, status, said in (
        (id, {"block": "l99", "start": 0}, 404, block["id"]),
        (id, {"block": block["id"], "start": end + 1}, 422, str(end)),
        (three[2], {"block": "l1", "start": 0}, 409, "events"),
    ):
        answer = served.http.put(f"/api/articles/{article}/place", json=place)
        assert answer.status_code == status
        assert said in answer.json()["hint"]


def test_a_recording_is_kept_under_its_headline_or_the_listeners_own_title(served, heard):
    id, _ = heard
    for title, called in (("", "The harbour open"), ("Zurück", "Zurück")):
        served.http.patch(f"/api/articles/{id}", json={"title": title})
        article = served.article(id)
        kept = served.http.get(article["recordings"][0]["download"])
        name = quote(f"{called}.{article['recordings'][0]['format']}")
        assert kept.headers["content-disposition"].endswith(f"filename*=UTF-8''{name}")
        assert len(kept.content) == article["recordings"][0]["byte_count"]


def test_what_is_found_is_marked_and_never_markup(served):
    text = "The quokka <b>smiles</b> & waves."
    id = served.narrated(served.post(text=text)["id"])["id"]
    (hit,) = served.http.get("/api/search", params={"q": "quokka"}).json()["hits"]
    assert hit["id"] == id
    assert {"text": "quokka", "match": True} in hit["snippet"]
    assert "".join(piece["text"] for piece in hit["snippet"]) in text


@pytest.mark.parametrize("query", ['"', "*", "a AND", "NEAR(", "-- ;", "ñ", "🐨", "\\", "%", "'"])
def test_any_text_is_a_query(served, query):
    assert served.http.get("/api/search", params={"q": query}).status_code == 200


@pytest.mark.parametrize(
    "query", ["", "q=", "q=%00", "q=" + "a" * 201, "q=a&limit=0", "q=a&limit=x"]
)
def test_a_search_that_cannot_be_is_refused(served, query):
    assert served.http.get(f"/api/search?{query}").status_code == 422


def test_preferences_are_kept_and_choose_the_voice(served):
    wished = {
        "wpm": 250.0,
        "voices": {"en": "espeak/en-gb"},
        "locale": "de",
        "roles": {"caption": "spoken", "quote": "shown"},
    }
    assert served.http.put("/api/preferences", json=wished).json() == wished
    assert served.http.get("/api/preferences").json() == wished
    article = served.narrated(served.post(text="Who is speaking to me?")["id"])
    assert article["narration"]["voice"] == "espeak/en-gb"
    served.http.put("/api/preferences", json={})
    assert served.http.get("/api/preferences").json()["voices"] == {}


def test_only_what_is_named_is_changed_and_null_takes_it_back(served):
    wished = {
        "wpm": 250.0,
        "voices": {"en": "espeak/en-gb", "de": "espeak/de"},
        "locale": "de",
        "roles": {"caption": "spoken", "quote": "shown"},
    }
    served.http.put("/api/preferences", json=wished)
    change = {
        "voices": {"de": None, "fr": "espeak/fr-fr"},
        "roles": {"quote": None},
        "locale": None,
    }
    changed = {
        "wpm": 250.0,
        "voices": {"en": "espeak/en-gb", "fr": "espeak/fr-fr"},
        "locale": None,
        "roles": {"caption": "spoken"},
    }
    assert served.http.patch("/api/preferences", json=change).json() == changed
    assert served.http.patch("/api/preferences", json={}).json() == changed
    for refused in (
        {"voices": {"en": "espeak/de"}},
        {"voices": {"en": "x/y"}},
        {"wpm": 99},
        {"a": 1},
    ):
        answer = served.http.patch("/api/preferences", json=refused)
        assert (answer.status_code, bool(answer.json()["hint"])) == (422, True)
    assert served.http.get("/api/preferences").json() == changed
    served.http.put("/api/preferences", json={})


def test_who_changes_different_things_at_once_loses_none(served):
    roles = ["standfirst", "key_point", "heading", "quote", "item", "caption", "table", "code"]
    with ThreadPoolExecutor(len(roles)) as threads:
        changes = [{"roles": {role: "shown"}} for role in roles]
        list(
            threads.map(lambda change: served.http.patch("/api/preferences", json=change), changes)
        )
    assert set(served.http.get("/api/preferences").json()["roles"]) == set(roles)
    served.http.put("/api/preferences", json={})


@pytest.mark.parametrize(
    "wished",
    [
        {"wpm": 99},
        {"wpm": 551},
        {"wpm": True},
        {"voices": {"english": "x"}},
        {"voices": {"e n": "espeak/en"}},
        {"voices": [["en", "espeak/en"]]},
        {"locale": "\u0000"},
        {"speed": 2},
        {"roles": {"headline": "shown"}},
        {"roles": {"furniture": "spoken"}},
        {"roles": {"quote": "removed"}},
        {"roles": [["quote", "shown"]]},
    ],
)
def test_preferences_that_cannot_be_are_refused(served, wished):
    assert served.http.put("/api/preferences", json=wished).status_code == 422


@pytest.mark.parametrize(
    ("language", "voice", "offered"),
    [
        ("en", "espeak/nobody", "espeak/en-us"),
        ("fr", "espeak/de", "espeak/fr-fr"),
        ("pt-BR", "espeak/de", "espeak/pt-br"),
        ("zh", "espeak/fr-fr", "espeak/cmn"),
        ("qya", "espeak/de", "GET /api/voices"),
    ],
)
def test_a_voice_that_cannot_speak_a_language_is_not_preferred_for_it(
    served, language, voice, offered
):
    answer = served.http.put("/api/preferences", json={"voices": {language: voice}})
    assert answer.status_code == 422
    assert offered in answer.json()["hint"]
    assert served.http.get("/api/preferences").json()["voices"] == {}


@pytest.mark.parametrize(
    ("language", "voice"),
    [("en-GB", "espeak/en-us"), ("zh", "espeak/cmn"), ("zh-HK", "espeak/yue"), ("no", "espeak/nb")],
)
def test_a_voice_that_speaks_a_language_is_preferred_for_it(served, language, voice):
    wished = {"voices": {language: voice}}
    assert served.http.put("/api/preferences", json=wished).status_code == 200
    served.http.put("/api/preferences", json={})


def test_a_voice_that_is_gone_does_not_keep_the_speed_from_being_changed(served):
    me = served.service.library.listeners.me()
    gone = Preferences(None, (("en", "piper/gone"),))
    served.service.library.listeners.prefer(me.id, lambda before: gone)
    wished = {"wpm": 300.0, "voices": {"en": "piper/gone"}}
    assert served.http.put("/api/preferences", json=wished).status_code == 200
    served.http.put("/api/preferences", json={})


def test_a_word_of_the_lexicon_is_said_as_it_says(served):
    saying = {"written": "Xi", "spoken": "She", "language": None}
    added = served.http.post("/api/lexicon", json=saying)
    assert added.status_code == 201
    id = added.json()["id"]
    assert served.http.post("/api/lexicon", json=saying).status_code == 409
    article = served.narrated(served.post(text="Xi spoke for an hour.")["id"])
    script = served.http.get(f"/api/articles/{article['id']}/script.json").json()
    assert script["utterances"][0]["tokens"][0]["spoken"] == "She"
    changed = served.http.put(f"/api/lexicon/{id}", json={**saying, "spoken": "Shee"})
    assert changed.json()["spoken"] == "Shee"
    assert served.http.get(f"/api/lexicon/{id}").json()["spoken"] == "Shee"
    sample = served.http.get(f"/api/lexicon/{id}/sample.mp3")
    assert sample.headers["content-type"] == "audio/mpeg"
    assert len(sample.content) > 1000
    assert served.http.delete(f"/api/lexicon/{id}").status_code == 204
    for method in ("GET", "DELETE"):
        assert served.http.request(method, f"/api/lexicon/{id}").status_code == 404
    assert served.http.get("/api/lexicon").json() == {"entries": []}


@pytest.mark.parametrize(
    "saying",
    [
        {"written": "Xi"},
        {"written": "", "spoken": "She"},
        {"written": "Xi", "spoken": "..."},
        {"written": "Xi", "spoken": " "},
        {"written": "Xi", "spoken": "x" * 201},
        {"written": "Xi", "spoken": "She", "language": "en_GB"},
        {"written": "Xi", "spoken": "She", "language": "xx-nonsense!"},
        {"written": "Xi", "spoken": "She", "language": "english"},
        {"written": "!!!", "spoken": "wow"},
        {"written": "🎉", "spoken": "party"},
        {"written": "—", "spoken": "dash"},
        {"written": "a\u0000", "spoken": "b"},
    ],
)
def test_a_word_that_cannot_be_said_is_refused(served, saying):
    assert served.http.post("/api/lexicon", json=saying).status_code == 422


@pytest.mark.parametrize("written", [".NET", "C++", "%", "北京", "O’Neil", "U.S.", "3:30", "(Xi)"])
def test_whatever_a_text_may_say_can_stand_in_the_lexicon(served, written):
    added = served.http.post("/api/lexicon", json={"written": written, "spoken": "so"})
    assert added.status_code == 201
    served.http.delete(f"/api/lexicon/{added.json()['id']}")


def test_a_word_that_is_there_in_other_capitals_is_there(served):
    added = served.http.post("/api/lexicon", json={"written": "polish", "spoken": "pollish"})
    again = served.http.post("/api/lexicon", json={"written": "Polish", "spoken": "pole ish"})
    assert again.status_code == 409
    assert "change that one" in again.json()["hint"]
    served.http.delete(f"/api/lexicon/{added.json()['id']}")


def test_a_voice_can_be_found_by_its_language_and_heard(served):
    found = served.http.get("/api/voices", params={"language": "de"}).json()["voices"]
    assert [voice["language"].split("-")[0] for voice in found] == ["de"] * len(found)
    voice = found[0]
    assert served.http.get(f"/api/voices/{voice['id']}").json() == voice
    sample = served.http.get(voice["sample"])
    assert sample.headers["content-type"] == "audio/mpeg"
    spoken = served.service.speaker.made
    assert served.http.get(voice["sample"]).content == sample.content
    assert served.service.speaker.made == spoken


def test_every_embedded_voice_has_a_sample(served):
    voices = served.http.get("/api/voices").json()["voices"]
    assert len(voices) > 100
    by_language = {voice["language"].split("-")[0]: voice for voice in voices}
    for voice in list(by_language.values())[::7]:
        assert served.http.get(voice["sample"]).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/voices/espeak/nobody", 404),
        ("/api/voices/nobody/en-us", 404),
        ("/api/voices/espeak/a%00b", 422),
        ("/api/voices/espeak/nobody/sample.mp3", 404),
        ("/api/voices?language=", 422),
        ("/api/voices?language=en_GB", 422),
    ],
)
def test_a_voice_that_is_not_there_is_a_problem(served, path, status):
    answer = served.http.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
