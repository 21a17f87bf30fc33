"""What each command gives to those who use it rightly."""

import json
import os
import shlex
import subprocess
from collections.abc import Iterable
from typing import Any

import av
import pytest

import aloud as front_door

from .conftest import HANGS, HEADLINE, LINES, PROGRAM

COMMANDS = ("listen", "article", "script", "say", "voices", "doctor", "serve")
slow = pytest.mark.slow


def shell(
    pipeline: str, *stages: Iterable[object], cwd: object
) -> subprocess.CompletedProcess[str]:
    """Commands joined by pipes, as a person would type them; a failure of any is a failure."""
    commands = [shlex.join([*PROGRAM, *map(str, stage)]) for stage in stages]
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", pipeline.format(*commands)],
        capture_output=True,
        text=True,
        cwd=str(cwd),
        timeout=HANGS,
        check=False,
    )


def test_an_address_becomes_an_article_a_script_and_speech_through_pipes(site, tmp_path):
    done = shell(
        "{} | {} | {}",
        ("article", site.url("/article"), "--json", "--allow", site.place),
        ("script", "--json", "-"),
        ("say", "-o", "x.opus", "-"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["x.opus"]
    with av.open(str(tmp_path / "x.opus")) as container:
        tags = {name.lower(): value for name, value in container.streams.audio[0].metadata.items()}
        assert container.duration / 1e6 > 5
    assert tags["title"] == HEADLINE
    assert site.url("/article") in tags.values()
    assert f"title           {HEADLINE}" in done.stdout


def test_listen_writes_its_files_and_ends_with_a_table(aloud, page, tmp_path):
    ran = aloud("listen", page, "-o", "out", "--speed", "1.25")
    assert ran.code == 0
    names = [f"harbour-opens-again.{suffix}" for suffix in ("json", "m4a", "srt", "vtt")]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    rows = dict(line.split(maxsplit=1) for line in ran.out.splitlines() if "time" not in line)
    assert rows["title"] == HEADLINE
    assert rows["speed"].startswith("1.25× 250 WPM")
    assert rows["voice"].endswith("espeak/en-us")
    assert rows["left"] == "out        nothing"
    assert all(f"out/{name}" in ran.out for name in names)
    assert ran.err.splitlines() == ["fetching …", "speaking …", "pacing …", "encoding …"]


@slow
@pytest.mark.parametrize(
    ("flags", "wpm"),
    [
        ([], 200),
        (["--wpm", "150.5"], 150.5),
        (["--speed", "2"], 400),
        (["--pace", "Fast"], 250),
    ],
)
def test_a_speed_is_said_in_any_of_three_ways(aloud, page, flags, wpm):
    ran = aloud("listen", page, *flags, "--json", "-f", "wav", "--voice", "tone/beep")
    assert json.loads(ran.out)["wpm"] == pytest.approx(wpm, rel=0.01)


@slow
def test_settings_hold_where_no_flag_is_given(aloud, page, tmp_path):
    (tmp_path / "mine.toml").write_text('wpm = 300\nformat = "wav"\nvoice = "tone/beep"\n')
    ran = aloud("listen", page, "--json", ALOUD_SETTINGS="mine.toml", ALOUD_FORMAT="opus")
    data = json.loads(ran.out)
    assert data["file"] == "harbour-opens-again.opus"
    assert data["wpm"] == pytest.approx(300, rel=0.01)
    assert data["voice"]["id"] == "tone/beep"


@slow
@pytest.mark.parametrize("suffix", ["m4a", "mp3", "opus", "wav"])
def test_say_writes_the_format_that_the_name_has(aloud, tmp_path, suffix):
    ran = aloud("say", "Boats came in at noon.", "-o", f"x.{suffix}")
    assert ran.code == 0
    assert [path.name for path in tmp_path.iterdir()] == [f"x.{suffix}"]
    with av.open(str(tmp_path / f"x.{suffix}")) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) > 0


@slow
def test_say_writes_captions_when_asked(aloud, tmp_path):
    ran = aloud("say", "Boats came in.", "-o", "x.wav", "--captions", "--json")
    assert {path.suffix for path in tmp_path.iterdir()} == {".wav", ".vtt", ".srt", ".json"}
    assert json.loads(ran.out) == json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))


@slow
@pytest.mark.parametrize(
    "text",
    [
        "“No” 🚢⛵, 'yes' 🎉 and \"maybe\".",
        "One [[p=0]] two [[h@l'oU]] three.",
        '<speak>One <break time="60s"/> two &amp; three <mark name="x"/></speak>',
        "One\0two\0 three.",
        "C:\\new\\table `rm -rf` $(date) %s {} %(x)d",
        "Straße, naïve, 北京, Москва, שלום.",
    ],
)
def test_whatever_a_text_holds_it_is_said_and_no_letter_is_lost(aloud, text):
    ran = aloud("say", "-", "-o", "x.wav", "--json", stdin=text)
    assert ran.code == 0, ran.err
    data = json.loads(ran.out)
    said = {place for timing in data["timings"] for place in range(*timing["span"])}
    letters = {place for place, letter in enumerate(data["text"]) if letter.isalnum()}
    assert letters <= said
    assert "".join(filter(str.isalnum, data["text"])) == "".join(filter(str.isalnum, text))
    assert len(data["timings"]) == sum(len(u["tokens"]) for u in data["script"]["utterances"])
    assert data["duration"] < 30  # a voice that obeyed would wait for a minute


@slow
def test_a_text_that_looks_like_an_option_can_be_said(aloud, tmp_path):
    assert aloud("say", "-o", "x.wav", "--", "--help me").code == 0
    assert (tmp_path / "x.wav").exists()


@slow
def test_the_article_is_shown_as_a_person_reads_it(aloud, page):
    ran = aloud("article", page)
    assert ran.code == 0
    assert ran.out.startswith(f"# {HEADLINE}\n")
    assert " ".join(ran.out.split()) == " ".join(["#", HEADLINE, *LINES])
    assert "1 min read · left out: nothing" in ran.err


@slow
def test_the_script_is_shown_a_sentence_a_line(aloud, page):
    ran = aloud("script", page)
    assert ran.code == 0
    assert ran.out.splitlines() == [f"{HEADLINE}.", "", LINES[0], "", LINES[1]]


@slow
def test_what_is_printed_as_json_is_json(aloud, page):
    def printed(*command: object) -> Any:
        ran = aloud(*command, "--json")
        assert ran.code == 0
        return json.loads(ran.out)

    kinds = [printed(command, page)["aloud"] for command in ("article", "script")]
    kinds += [printed("listen", page)["aloud"], printed("say", "One.", "-o", "x.wav")["aloud"]]
    assert kinds == ["article", "script", "recording", "recording"]
    assert {"id", "language", "natural_wpm", "licence"} <= printed("voices")[0].keys()
    assert {"what", "well", "said", "hint"} == printed("doctor")[0].keys()


@slow
def test_voices_are_listed_with_language_and_natural_speed(aloud):
    ran = aloud("voices", "--json")
    found = json.loads(ran.out)
    assert len(found) > 100
    assert all(voice["language"] and 50 < voice["natural_wpm"] < 600 for voice in found)
    assert not any(voice["id"].startswith("tone/") for voice in found)
    table = aloud("voices").out
    assert all(f"{voice['id']} " in table for voice in found)


@slow
def test_voices_of_one_language_are_of_that_language(aloud):
    found = json.loads(aloud("voices", "--language", "pt", "--json").out)
    assert {voice["language"].lower() for voice in found} == {"pt", "pt-br"}
    assert aloud("voices", "--language", "de").out.count("espeak/") == 1
    assert "aloud voices" in aloud("voices", "--language", "xx").failed(2)


@slow
def test_a_voice_that_is_listed_speaks(aloud, page):
    ran = aloud("listen", page, "--voice", "espeak/de", "-f", "wav", "--json")
    assert json.loads(ran.out)["voice"]["id"] == "espeak/de"


@slow
def test_the_doctor_finds_everything_well(aloud):
    ran = aloud("doctor")
    assert ran.code == 0, ran.out
    assert all(line.startswith("ok ") for line in ran.out.splitlines())
    assert "narration" in ran.out


@slow
def test_the_doctor_says_what_is_wrong_and_what_to_do(aloud, tmp_path):
    (tmp_path / "settings.toml").write_text("sped = 2")
    ran = aloud("doctor", ALOUD_SETTINGS="settings.toml")
    assert ran.code == 1
    assert "BAD  settings" in ran.out
    assert "settings are: " in ran.out
    assert "Traceback" not in ran.err


def test_help_names_every_command(aloud):
    ran = aloud("--help")
    assert ran.code == 0
    assert all(f" {command} " in ran.out for command in COMMANDS)
    assert ran.err == ""


@slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(aloud, command):
    ran = aloud(command, "--help")
    assert ran.code == 0
    assert f"aloud {command}" in ran.out
    assert ran.err == ""


@slow
def test_aloud_alone_shows_its_help(aloud):
    ran = aloud()
    assert all(f" {command} " in ran.out + ran.err for command in COMMANDS)
    assert "Traceback" not in ran.err


@slow
def test_the_version_is_that_of_the_package(aloud):
    assert aloud("--version").out == f"aloud {front_door.__version__}\n"


@slow
@slow
def test_no_standard_input_is_no_crash(tmp_path, page):
    """As under a daemon, or after: aloud … <&-"""
    done = shell(
        "{} <&- && {} <&-", ("say", "One.", "-o", "x.wav"), ("article", page), cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    done = shell("{} <&-", ("article", "-"), cwd=tmp_path)
    assert done.returncode == 3
    assert "there is no standard input" in done.stderr


@slow
def test_files_are_named_whole_however_long_their_folder(aloud, page, tmp_path):
    folder = tmp_path / "/".join(["a-rather-long-name"] * 10)
    ran = aloud("listen", page, "-o", folder, "--voice", "tone/beep")
    assert f"{folder}/harbour-opens-again.m4a\n" in ran.out


@slow
@pytest.mark.parametrize(
    ("command", "product"),
    [
        (("say", "One.", "-o", "x.wav"), b"title"),
        (("listen", "page.txt", "--json", "-o", "out"), b'{"aloud": "recording"'),
    ],
)
def test_a_terminal_sees_a_bar_and_a_pipe_gets_the_product(page, tmp_path, command, product):
    """The bar is drawn on a terminal of our own making, and wiped away when it is done."""
    mine, theirs = os.openpty()
    with subprocess.Popen(
        [*PROGRAM, *command],
        cwd=tmp_path,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as program:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(mine, 4096):
                shown += piece
        except OSError:
            pass  # how Linux says that the other side of a terminal has closed
        assert program.stdout is not None
        assert program.stdout.read().startswith(product)
    os.close(mine)
    assert b"\x1b[" in shown
    assert b"encoding" in shown
    assert "encoding …".encode() not in shown
