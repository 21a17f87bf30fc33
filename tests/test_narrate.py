"""The story from source to files, told with beeps: everything is real but the voice."""

import io
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import av
import pytest

from aloud import article as articles
from aloud import recording as recordings
from aloud import script as scripts
from aloud.errors import ExtractError, FetchError, MasterError, UnknownVoice, Unsayable, UsageError
from aloud.narrate import Narrator
from aloud.settings import Settings

COVER = Path(__file__).parent.parent / "samples/cover.png"
TEXT = """Harbour opens again
- The wall is mended

The harbour of Saltmere opened again on Monday after two years of repairs to its wall.
Boats came in at noon.
"""
SAID = (
    "Harbour opens again. The wall is mended. The harbour of Saltmere opened again on Monday "
    "after two years of repairs to its wall. Boats came in at noon."
)


def narrator(text: str = "", **chosen: Any) -> Narrator:
    """A narrator with the tone engine, and with ``text`` on its standard input."""
    settings = Settings(**{"voice": "tone/beep", "format": "wav"} | chosen)
    return Narrator(settings, stdin=io.BytesIO(text.encode()))


def listen(source: Path | str, folder: Path, **chosen: Any) -> Path:
    with narrator(**chosen) as ours:
        return ours.listen(str(source), folder)[0].path


def said(script: scripts.Script) -> str:
    return " ".join(utterance.text for utterance in script.utterances)


def names(folder: Path) -> list[str]:
    """Everything in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())


def covers(audio: Path) -> int:
    with av.open(str(audio)) as container:
        return len(container.streams.video)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


class Site(ThreadingHTTPServer):
    """Serves a folder on the loopback and counts who connects."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
        self.place = f"127.0.0.1:{self.server_port}"
        self.accepts = 0

    def get_request(self) -> Any:
        self.accepts += 1
        return super().get_request()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "www").mkdir()
    with Site(tmp_path / "www") as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.005,))
        thread.start()
        yield site
        site.shutdown()
        thread.join()


def web_page(folder: Path, image: str, canonical: str = "") -> Path:
    head = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    body = "".join(f"<p>{line}</p>" for line in TEXT.splitlines()[3:])
    path = folder / "page.html"
    path.write_text(
        f'<!doctype html><html lang="en"><head><title>Harbour opens again</title>{head}'
        f'<meta property="og:image" content="{image}"></head>'
        f"<body><article><h1>Harbour opens again</h1>{body}</article></body></html>",
        encoding="utf-8",
    )
    return path


def test_an_article_becomes_audio_captions_and_data_and_nothing_else(page: Path, out: Path):
    with narrator(format="m4a") as ours:
        made, script = ours.listen(str(page), out)
    assert names(out) == [f"harbour-opens-again.{s}" for s in ("json", "m4a", "srt", "vtt")]
    assert made.path == out / "harbour-opens-again.m4a"
    assert said(script) == SAID
    assert made.wpm == pytest.approx(200, rel=1e-4)


def test_the_data_beside_the_audio_is_the_recording(page: Path, out: Path):
    with narrator() as ours:
        made, script = ours.listen(str(page), out)
    data = json.loads(made.path.with_suffix(".json").read_text(encoding="utf-8"))
    loaded, spoken = recordings.from_json(data, out)
    assert spoken == script
    assert (loaded.path, loaded.sha256, loaded.duration) == (made.path, made.sha256, made.duration)


def test_the_same_article_again_takes_the_place_of_its_files(page: Path, out: Path):
    first = listen(page, out)
    before = names(out)
    assert listen(page, out, wpm=400) == first
    assert names(out) == before


def test_another_format_gets_captions_of_its_own(page: Path, out: Path):
    first = listen(page, out, format="wav")
    captions = first.with_suffix(".vtt").read_text(encoding="utf-8")
    second = listen(page, out, format="mp3", wpm=400)
    assert second.name == "harbour-opens-again-2.mp3"
    assert second.with_suffix(".vtt").read_text(encoding="utf-8") != captions
    assert first.with_suffix(".vtt").read_text(encoding="utf-8") == captions


def test_another_article_of_the_same_headline_gets_files_of_its_own(page: Path, out: Path):
    first = listen(page, out)
    whole = first.read_bytes()
    page.write_text(TEXT.replace("noon", "night"), encoding="utf-8")
    second, again = listen(page, out), listen(page, out)
    assert (second.name, again.name) == ("harbour-opens-again-2.wav",) * 2
    assert first.read_bytes() == whole


def test_a_strangers_file_of_the_same_name_is_not_written_over(page: Path, out: Path):
    out.mkdir()
    (out / "harbour-opens-again.wav").write_bytes(b"a song")
    assert listen(page, out).name == "harbour-opens-again-2.wav"
    assert (out / "harbour-opens-again.wav").read_bytes() == b"a song"


@pytest.mark.parametrize(
    "there", ["", "{", "[]", "7", '{"article": 7}', '{"article": {"url": ""}}']
)
def test_a_strangers_json_of_the_same_name_is_not_written_over(page: Path, out: Path, there):
    out.mkdir()
    (out / "harbour-opens-again.json").write_text(there)
    assert listen(page, out).name == "harbour-opens-again-2.wav"


@pytest.mark.parametrize(
    ("headline", "stem"),
    [
        ("Saltmere’s wall: what’s next?", "saltmeres-wall-whats-next"),
        ("../../etc/passwd", "etc-passwd"),
        ("北京和莫斯科", "北京和莫斯科"),
        ("*** !!! ***", "article"),
        ("word " * 60, "-".join(["word"] * 12)),
        ("𠀀" * 300, "𠀀" * 60),
    ],
)
def test_a_file_is_named_after_the_headline(tmp_path: Path, headline, stem):
    blocks = (
        articles.Block("h", articles.Role.HEADLINE, headline, articles.State.SPOKEN),
        articles.Block("p", articles.Role.PARAGRAPH, "Boats came in.", articles.State.SPOKEN),
    )
    saved = tmp_path / "article.json"
    saved.write_text(json.dumps(articles.to_json(articles.Article(url="", blocks=blocks))))
    path = listen(saved, tmp_path / "out")
    assert path == tmp_path / "out" / f"{stem}.wav"


def test_an_article_as_json_is_taken_up_where_it_was_left(page: Path, tmp_path: Path):
    with narrator() as ours:
        read, written = ours.read(str(page)), ours.write(str(page))
        saved = tmp_path / "article.json"
        saved.write_text(json.dumps(articles.to_json(read)))
        assert ours.read(str(saved)) == read
        assert ours.write(str(saved)) == written


def test_a_script_as_json_is_taken_up_where_it_was_left(page: Path, tmp_path: Path, out: Path):
    with narrator() as ours:
        written = ours.write(str(page))
        saved = tmp_path / "script.json"
        saved.write_text(json.dumps(scripts.to_json(written)))
        assert ours.read(str(saved)) == written.article
        assert ours.write(str(saved)) == written
        made, spoken = ours.listen(str(saved), out)
    assert spoken == written
    assert made.path.name == "harbour-opens-again.wav"


def test_nouns_are_taken_from_standard_input_too(page: Path):
    with narrator() as ours:
        written = ours.write(str(page))
    for noun in (articles.to_json(written.article), scripts.to_json(written)):
        assert narrator(json.dumps(noun)).write("-") == written
        assert narrator(json.dumps(noun)).text("-", "en") == written


def test_text_on_standard_input_is_said_as_it_stands():
    assert said(narrator("Advertisement\n1\n").text("-", "en")) == "Advertisement. one."


@pytest.mark.parametrize(
    "noun",
    [
        {"aloud": "article", "version": 1},
        {"aloud": "article", "version": 1, "blocks": 7, "trust": {}},
        {"aloud": "script", "version": 1, "article": []},
        {"aloud": "article", "version": 2},
        {"aloud": "script"},
        {"aloud": "recording", "version": 1},
        {"aloud": "poem", "version": 1},
        {"aloud": ["article"], "version": 1},
        {"aloud": {}, "version": 1},
    ],
)
def test_a_noun_that_cannot_be_read_says_what_to_give(tmp_path: Path, noun):
    saved = tmp_path / "noun.json"
    saved.write_text(json.dumps(noun))
    with narrator() as ours, pytest.raises(ExtractError) as caught:
        ours.write(str(saved))
    assert "aloud article --json" in caught.value.hint
    assert caught.value.subject == saved.as_uri()


def test_a_wrong_version_is_named(tmp_path: Path):
    saved = tmp_path / "noun.json"
    saved.write_text('{"aloud": "article", "version": 2}')
    with narrator() as ours, pytest.raises(ExtractError, match="article of version 2"):
        ours.read(str(saved))


@pytest.mark.parametrize(
    "text", ["{", '{"a": 1}', '{"a":' * 100_000, "{One} is a line. {Two} too."]
)
def test_what_only_begins_like_a_noun_is_read_as_a_page(text):
    with narrator(text) as ours:
        received = ours.receive("-")
    assert not isinstance(received, articles.Article | scripts.Script)


@pytest.mark.parametrize("noun", ["article", "script"])
def test_a_noun_that_was_cut_off_is_not_read_aloud(noun: str):
    whole = json.dumps({"aloud": noun, "version": 1, "url": "x" * 200})
    with narrator(whole[:100]) as ours, pytest.raises(ExtractError, match="cut off"):
        ours.receive("-")


def test_a_noun_may_begin_with_a_byte_order_mark(page: Path):
    with narrator() as ours:
        article = ours.read(str(page))
    with narrator("\ufeff" + json.dumps(articles.to_json(article))) as ours:
        assert ours.receive("-") == article


def test_the_nearest_speed_is_said_when_a_wish_is_out_of_reach(tmp_path: Path, out: Path):
    short = tmp_path / "page.txt"
    short.write_text("I do it as he is at it and so do we. " * 10, encoding="utf-8")
    with narrator(wpm=100) as ours:
        made, _ = ours.listen(str(short), out)
    (note,) = ours.notes
    assert made.wpm > 101
    assert note.startswith("100 WPM is out of reach")
    assert f"{made.wpm:.0f} WPM" in note


def test_a_wish_that_is_met_needs_no_word(page: Path, out: Path):
    with narrator(wpm=250) as ours:
        made, _ = ours.listen(str(page), out)
    assert made.wpm == pytest.approx(250, rel=0.001)
    assert ours.notes == []


CHEROKEE = "ᎠᎠᎠ."  # letters that no English voice has a sound for


def test_a_sentence_without_a_sound_is_a_pause_and_is_noted(tmp_path: Path, out: Path):
    source = tmp_path / "page.txt"
    source.write_text(f"The bridge is open.\n\n{CHEROKEE}\n\nEverybody came.", encoding="utf-8")
    with narrator(voice="espeak/en-us") as ours:
        made, script = ours.listen(str(source), out)
        assert ours.notes[-1].startswith("1 of its sentences have no sound in this voice")
    assert [timing.utterance for timing in made.timings] == sorted(
        index for index, said in enumerate(script.utterances) for _ in said.tokens
    )
    assert made.duration > 2


def test_a_text_without_any_sound_is_refused_and_leaves_nothing(tmp_path: Path, out: Path):
    source = tmp_path / "page.txt"
    source.write_text(f"{CHEROKEE}\n\n{CHEROKEE}", encoding="utf-8")
    with narrator(voice="espeak/en-us") as ours, pytest.raises(Unsayable) as refused:
        ours.listen(str(source), out)
    assert "aloud voices" in refused.value.hint
    assert not out.exists() or list(out.iterdir()) == []


@pytest.mark.parametrize(
    ("chosen", "kind"),
    [
        ({"format": "ogg"}, UsageError),
        ({"wpm": 99}, UsageError),
        ({"wpm": 0}, UsageError),
        ({"voice": "tone/none"}, UnknownVoice),
        ({"voice": "nobody/none"}, UnknownVoice),
    ],
)
def test_what_cannot_be_made_leaves_no_folder_behind(page: Path, out: Path, chosen, kind):
    with pytest.raises(kind) as caught:
        listen(page, out, **chosen)
    assert caught.value.hint
    assert not out.exists()


def test_a_text_of_no_words_is_not_recorded(tmp_path: Path):
    with narrator() as ours, pytest.raises(MasterError, match="nothing to say") as caught:
        ours.say(ours.text("***", "en"), tmp_path / "a.wav")
    assert caught.value.hint
    assert names(tmp_path) == []


def test_a_failed_recording_leaves_what_was_there(page: Path, out: Path):
    before = listen(page, out).read_bytes()
    with narrator(wpm=250) as ours, pytest.raises(FetchError):
        ours.listen(str(page.with_name("gone.txt")), out)
    assert (out / "harbour-opens-again.wav").read_bytes() == before


def test_one_narrator_takes_one_article_after_another(page: Path, tmp_path: Path, out: Path):
    other = tmp_path / "other.txt"
    other.write_text(TEXT.replace("Harbour", "Market"), encoding="utf-8")
    with narrator(voice="espeak/en-us") as ours:
        made = [ours.listen(str(source), out)[0].path.stem for source in (page, other)]
    assert made == ["harbour-opens-again", "market-opens-again"]


def test_steps_are_told_in_order_and_reach_their_end(page: Path, out: Path):
    told: list[tuple[str, int, int]] = []
    settings = Settings(voice="tone/beep", format="wav")
    with Narrator(settings, progress=lambda *step: told.append(step)) as ours:
        ours.listen(str(page), out)
    steps = list(dict.fromkeys(what for what, _, _ in told))
    assert steps == ["fetching", "speaking", "pacing", "encoding"]
    last = {what: (done, total) for what, done, total in told}
    assert all(done == total for done, total in (last[step] for step in steps[1:]))


def test_a_picture_beside_a_saved_page_is_the_cover(tmp_path: Path, out: Path):
    (tmp_path / "cover.png").write_bytes(COVER.read_bytes())
    path = listen(web_page(tmp_path, "cover.png"), out, format="m4a")
    assert covers(path) == 1


@pytest.mark.parametrize("content", [None, b"", b"not a picture", COVER.read_bytes()[:200]])
def test_a_cover_that_fails_is_noted_and_fails_nothing_else(tmp_path: Path, out: Path, content):
    if content is not None:
        (tmp_path / "cover.png").write_bytes(content)
    with narrator(format="m4a") as ours:
        made, _ = ours.listen(str(web_page(tmp_path, "cover.png")), out)
    assert covers(made.path) == 0
    assert made.wpm == pytest.approx(200, rel=0.01)
    (note,) = ours.notes
    assert note.startswith("no cover picture")


@pytest.mark.parametrize("canonical", ["", "http://{place}/page.html"])
def test_a_saved_page_asks_the_network_for_nothing(
    tmp_path: Path, out: Path, site: Site, canonical: str
):
    """Not even when it says where on the web it came from, and when that could be asked."""
    (tmp_path / "www/cover.png").write_bytes(COVER.read_bytes())
    page = web_page(tmp_path, f"http://{site.place}/cover.png", canonical.format(place=site.place))
    path = listen(page, out, format="m4a", fetch_allow=(site.place,))
    assert covers(path) == 0
    assert site.accepts == 0


def test_a_page_on_the_web_brings_its_cover(tmp_path: Path, out: Path, site: Site):
    (tmp_path / "www/cover.png").write_bytes(COVER.read_bytes())
    web_page(tmp_path / "www", "cover.png")
    allowed = (site.place,)
    path = listen(f"http://{site.place}/page.html", out, format="m4a", fetch_allow=allowed)
    assert covers(path) == 1
    assert site.accepts == 2


@pytest.mark.parametrize("image", ["-", "cover.png", "data:image/png;base64,AAAA", "ftp://a/b"])
def test_a_picture_is_had_from_the_web_or_from_a_file_address_only(tmp_path: Path, image):
    """Above all not from standard input, where it might wait for ever."""
    read = articles.plain("Boats came in.")
    web = articles.Article(url="https://news.example/a", blocks=read.blocks, image=image)
    with narrator(json.dumps(articles.to_json(web))) as ours:
        made = ours.say(ours.write("-"), tmp_path / "a.wav")
    assert ours.notes == []
    assert made.path.exists()
