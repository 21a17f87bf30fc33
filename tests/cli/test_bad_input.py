"""Bad input: the right exit code, one line that says what is wrong, one that says what to do."""

import io
import socket
import zipfile
from pathlib import Path

import pytest

PNG = Path(__file__).parents[2] / "samples/cover.png"
LIMIT = 15 * 1024 * 1024  # bytes of a page
FURNITURE = (
    "Advertisement\nReading Time:2 minutes\nAdvertisement\nSelect Voice\nSlow\nAverage\nFast\n"
)


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("page.html", "<p>One.")
    return packed.getvalue()


@pytest.fixture
def closed_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_private_address_is_refused_and_receives_no_packet(aloud, site, out, is_untouched):
    ran = aloud("listen", site.url("/article"), "-o", out)
    assert f"--allow {site.place}" in ran.failed(3)
    assert site.accepts == 0
    assert is_untouched()


@pytest.mark.slow
def test_a_redirect_to_a_private_address_is_refused_too(aloud, site, out, is_untouched):
    other = site.url("/article").replace("127.0.0.1", "127.0.0.2")
    site.pages["/"] = other
    ran = aloud("listen", site.url("/"), "--allow", site.place, "-o", out)
    assert "127.0.0.2" in ran.failed(3)
    assert site.accepts == 1
    assert is_untouched()


@pytest.mark.slow
def test_an_unreachable_host_is_named(aloud, closed_port, out, is_untouched):
    place = f"127.0.0.1:{closed_port}"
    ran = aloud("listen", f"http://{place}/", "--allow", place, "-o", out)
    assert "check the address and the port" in ran.failed(3)
    assert place in ran.err
    assert is_untouched()


@pytest.mark.slow
def test_a_page_that_is_not_there_is_named(aloud, site, out, is_untouched):
    ran = aloud("listen", site.url("/gone"), "--allow", site.place, "-o", out)
    assert "HTTP 404" in ran.failed(3)
    assert "check the address" in ran.err
    assert is_untouched()


@pytest.mark.slow
def test_a_redirect_loop_ends(aloud, site, out, is_untouched):
    site.pages |= {"/a": "/b", "/b": "/a"}
    ran = aloud("listen", site.url("/a"), "--allow", site.place, "-o", out)
    assert "redirects in a circle" in ran.failed(3)
    assert site.accepts == 2
    assert is_untouched()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("media_type", "body", "what"),
    [
        ("image/png", PNG.read_bytes(), "an image"),
        ("text/html", PNG.read_bytes(), "an image"),
        ("application/zip", zipped(), "an archive"),
        ("text/plain", zipped(), "an archive"),
    ],
)
def test_an_image_or_an_archive_is_called_what_it_is_whatever_the_server_says(
    aloud, site, out, is_untouched, media_type, body, what
):
    site.pages["/page"] = (200, media_type, body)
    ran = aloud("listen", site.url("/page"), "--allow", site.place, "-o", out)
    assert f"this is {what}, not an article" in ran.failed(4)
    assert is_untouched()


def test_an_empty_page_has_no_article(aloud, tmp_path, out, is_untouched):
    (tmp_path / "empty.html").write_bytes(b"")
    assert "the page is empty" in aloud("listen", "empty.html", "-o", out).failed(4)
    assert is_untouched()


@pytest.mark.slow
@pytest.mark.parametrize("body", [" \n\t\r\n", "<p> &nbsp; </p>"])
def test_a_page_without_a_word_has_no_article(aloud, out, is_untouched, body):
    aloud("listen", "-", "-o", out, stdin=body).failed(4)
    assert is_untouched()


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [FURNITURE, "<html><body><p>" + FURNITURE.replace("\n", "</p><p>") + "</p></body></html>"],
    ids=["text", "html"],
)
def test_a_page_of_furniture_only_has_no_article(aloud, out, is_untouched, body):
    aloud("listen", "-", "-o", out, stdin=body).failed(4)
    assert is_untouched()


@pytest.mark.slow
def test_a_file_that_is_not_there_is_named(aloud, out, is_untouched):
    assert "gone.txt: there is no such file" in aloud("listen", "gone.txt", "-o", out).failed(3)
    assert is_untouched()


@pytest.mark.slow
def test_an_address_without_http_is_understood(aloud, out, is_untouched):
    ran = aloud("listen", "news.example/story", "-o", out)
    assert "did you mean https://news.example/story" in ran.failed(3)
    assert is_untouched()


@pytest.mark.slow
@pytest.mark.parametrize("way", ["file", "stdin", "web"])
def test_twenty_megabytes_of_text_are_too_many(aloud, tmp_path, site, out, is_untouched, way):
    body = b"The harbour is open again. " * 750_000
    assert len(body) > 20_000_000
    if way == "file":
        (tmp_path / "long.txt").write_bytes(body)
        ran = aloud("listen", "long.txt", "-o", out)
    elif way == "stdin":
        ran = aloud("listen", "-", "-o", out, stdin=body)
    else:
        site.pages["/long"] = (200, "text/plain", body)
        ran = aloud("listen", site.url("/long"), "--allow", site.place, "-o", out)
    assert f"limit of {LIMIT:,} bytes" in ran.failed(3)
    assert "ALOUD_FETCH_MAX_BYTES" in ran.err
    assert is_untouched()


@pytest.mark.slow
def test_broken_utf8_loses_no_word_and_is_owned_up_to(aloud):
    """A careless tool has mixed Windows-1252 into UTF-8."""
    text = (
        "Café “Zur Möwe” öffnet\n\nDie Gäste kamen früh. Alle aßen Kuchen. Naïve Träume, fertig.\n"
    )
    broken = text.encode().replace("früh".encode(), "früh".encode("cp1252"))
    ran = aloud("article", "--json", "-", stdin=broken)
    assert ran.code == 0
    assert "Die Gäste kamen früh. Alle aßen Kuchen. Naïve Träume, fertig." in ran.out
    assert "1 damaged byte was read as Windows-1252" in ran.out


@pytest.mark.slow
def test_bytes_that_are_no_text_are_not_read_aloud(aloud, out, is_untouched):
    noise = bytes(range(256)) * 40
    assert "--charset" in aloud("listen", "-", "-o", out, stdin=noise).failed(4)
    assert is_untouched()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "near"), [("espeak/en-uk", "espeak/en-gb"), ("german", "espeak/")]
)
def test_an_unknown_voice_brings_up_those_there_are(aloud, page, out, is_untouched, name, near):
    said = aloud("listen", page, "--voice", name, "-o", out).failed(5)
    assert near in said
    assert "aloud voices" in said
    assert is_untouched()


def test_a_speed_out_of_bounds_is_refused_with_the_bounds(aloud, page, out, is_untouched):
    said = aloud("listen", page, "--wpm", 551, "-o", out).failed(2)
    assert "551 WPM" in said
    assert "100 WPM and 2.75× 550 WPM" in said
    assert is_untouched()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "about"),
    [
        (["--wpm", "99"], "550 WPM"),
        (["--speed", "2.76"], "550 WPM"),
        (["--pace", "allegro"], "fast (1.25× 250 WPM)"),
        (["--wpm", "250", "--speed", "1.25"], "one of them"),
        (["--format", "ogg"], "m4a, mp3, opus, wav"),
        (["--charset", "klingon"], "utf-8"),
    ],
)
def test_a_wish_that_means_nothing_is_refused(aloud, page, out, is_untouched, flags, about):
    assert about in aloud("listen", page, *flags, "-o", out).failed(2)
    assert is_untouched()


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [["listen", "page.txt", "--wpm", "fast"], ["listen"], ["sing"], ["listen", "--loud", "x"]],
)
def test_a_command_put_together_wrongly_points_to_its_help(aloud, arguments):
    ran = aloud(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err
    assert "-h' for help" in ran.err


@pytest.mark.slow
def test_a_speed_in_the_environment_is_held_to_the_same_bounds(aloud, page, out, is_untouched):
    for wrong in ("99", "fast"):
        assert "WPM" in aloud("listen", page, "-o", out, ALOUD_WPM=wrong).failed(2)
    assert is_untouched()


@pytest.mark.slow
def test_a_broken_settings_file_is_named(aloud, tmp_path, page):
    (tmp_path / "settings.toml").write_text("sped = 2")
    said = aloud("listen", page, ALOUD_SETTINGS="settings.toml").failed(2)
    assert "settings.toml" in said
    assert "fetch_allow" in said


@pytest.mark.slow
def test_a_noun_that_is_not_whole_is_refused(aloud, tmp_path):
    ran = aloud("say", "-", "-o", "x.wav", stdin='{"aloud": "script", "version": 1}')
    assert "aloud script --json" in ran.failed(4)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "*** \u200b"])
def test_nothing_to_say_is_said(aloud, tmp_path, text):
    assert "nothing to say" in aloud("say", text, "-o", "x.wav").failed(6)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_one_source_of_several_that_fails_takes_no_other_along(aloud, page, tmp_path, out):
    other = tmp_path / "other.txt"
    other.write_text(page.read_text().replace("Harbour", "Market"))
    ran = aloud("listen", page, "gone.txt", other, "-o", out, "--voice", "tone/beep")
    assert ran.code == 3
    assert ran.said[0] == "aloud: gone.txt: there is no such file"
    assert "Traceback" not in ran.err
    made = {p.name for p in out.iterdir() if p.suffix == ".m4a"}
    assert made == {"harbour-opens-again.m4a", "market-opens-again.m4a"}
    assert "Harbour opens again" in ran.out
    assert "Market opens again" in ran.out
