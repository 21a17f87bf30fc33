"""Settings: which of file, environment and flags has the last word, and what is no setting."""

from dataclasses import fields
from pathlib import Path

import pytest

from aloud.errors import UsageError
from aloud.settings import Settings, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_with_nothing_said_the_defaults_hold(file: Path):
    assert load({}, {}, file) == Settings()


def test_the_file_wins_over_the_defaults(file: Path):
    file.write_text('wpm = 250\nvoice = "espeak/de"\nfetch_allow = ["10.1.0.0/16"]\n')
    assert load({}, {}, file) == Settings(wpm=250, voice="espeak/de", fetch_allow=("10.1.0.0/16",))


def test_the_environment_wins_over_the_file(file: Path):
    file.write_text("wpm = 250\nfetch_timeout = 5\n")
    chosen = load({}, {"ALOUD_WPM": "300.5"}, file)
    assert (chosen.wpm, chosen.fetch_timeout) == (300.5, 5)


def test_flags_win_over_everything(file: Path):
    file.write_text("wpm = 250\n")
    assert load({"wpm": 400}, {"ALOUD_WPM": "300"}, file).wpm == 400


def test_a_flag_that_was_not_given_changes_nothing(file: Path):
    assert load({"wpm": None, "fetch_allow": None}, {"ALOUD_WPM": "300"}, file).wpm == 300


def test_every_setting_can_be_made_in_the_environment(file: Path):
    said = {
        "ALOUD_FETCH_ALLOW": "127.0.0.1:8000, 10.1.0.0/16",
        "ALOUD_FETCH_TIMEOUT": "5",
        "ALOUD_FETCH_MAX_BYTES": "1000",
        "ALOUD_VOICE": "espeak/de",
        "ALOUD_WPM": "250",
        "ALOUD_FORMAT": "mp3",
        "ALOUD_DATA": "/srv/aloud",
        "ALOUD_DATABASE_URL": "postgresql://127.0.0.1/aloud",
        "ALOUD_SHELF_URL": "s3://bucket/aloud",
        "ALOUD_SHELF_MAX_BYTES": "1000000",
        "ALOUD_SERVE_HOST": "::1",
        "ALOUD_SERVE_PORT": "9000",
        "ALOUD_SERVE_NAMES": "listen.example, aloud.local",
        "ALOUD_SERVE_ACCEL": "/kept/",
    }
    assert said.keys() == {f"ALOUD_{field.name.upper()}" for field in fields(Settings)}
    assert load({}, said, file) == Settings(
        fetch_allow=("127.0.0.1:8000", "10.1.0.0/16"),
        fetch_timeout=5,
        fetch_max_bytes=1000,
        voice="espeak/de",
        wpm=250,
        format="mp3",
        data="/srv/aloud",
        database_url="postgresql://127.0.0.1/aloud",
        shelf_url="s3://bucket/aloud",
        shelf_max_bytes=1_000_000,
        serve_host="::1",
        serve_port=9000,
        serve_names=("listen.example", "aloud.local"),
        serve_accel="/kept/",
    )


def test_an_empty_variable_says_nothing(file: Path):
    file.write_text('wpm = 250\nvoice = "espeak/de"\n')
    chosen = load({}, {"ALOUD_WPM": "", "ALOUD_VOICE": "", "ALOUD_FORMAT": ""}, file)
    assert chosen == Settings(wpm=250, voice="espeak/de")


def test_an_empty_list_in_the_environment_allows_nothing(file: Path):
    file.write_text('fetch_allow = ["10.0.0.1"]\n')
    assert load({}, {"ALOUD_FETCH_ALLOW": ""}, file).fetch_allow == ()


def test_the_environment_names_the_file(file: Path):
    file.write_text("wpm = 250\n")
    assert load({}, {"ALOUD_SETTINGS": str(file)}).wpm == 250


def test_the_usual_place_of_the_file_is_the_users_folder_for_settings(tmp_path: Path):
    (tmp_path / "aloud").mkdir()
    (tmp_path / "aloud/settings.toml").write_text("wpm = 250\n")
    assert load({}, {"XDG_CONFIG_HOME": str(tmp_path)}).wpm == 250


@pytest.mark.parametrize(
    "line",
    [
        "sped = 250",
        'wpm = "fast"',
        "wpm = true",
        "wpm = -1",
        "wpm = 0",
        "wpm = nan",
        "fetch_timeout = inf",
        "fetch_max_bytes = 1.5",
        "voice = 7",
        'voice = ["espeak/de"]',
        'fetch_allow = "10.0.0.1"',
        "fetch_allow = [10]",
        "[fetch]\nallow = []",
    ],
)
def test_a_file_with_a_setting_that_means_nothing_is_refused_with_the_names(file: Path, line):
    file.write_text(line)
    with pytest.raises(UsageError) as caught:
        load({}, {}, file)
    assert caught.value.subject == str(file)
    assert "fetch_allow" in caught.value.hint


@pytest.mark.parametrize("content", [b"wpm = ", b"\xff\xfe", b"wpm = 1\nwpm = 2"])
def test_a_file_that_cannot_be_read_is_not_passed_over(file: Path, content):
    file.write_bytes(content)
    with pytest.raises(UsageError, match="cannot be read") as caught:
        load({}, {}, file)
    assert caught.value.hint


def test_a_folder_in_the_files_place_is_not_passed_over(tmp_path: Path):
    with pytest.raises(UsageError, match="cannot be read"):
        load({}, {}, tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ALOUD_WPM", "fast"),
        ("ALOUD_WPM", "nan"),
        ("ALOUD_WPM", "0"),
        ("ALOUD_FETCH_TIMEOUT", "inf"),
        ("ALOUD_FETCH_TIMEOUT", "-5"),
        ("ALOUD_FETCH_MAX_BYTES", "1.5"),
        ("ALOUD_FETCH_MAX_BYTES", "15 MiB"),
    ],
)
def test_a_variable_that_is_no_number_is_named_with_an_example(file: Path, name, text):
    with pytest.raises(UsageError, match="is not a") as caught:
        load({}, {name: text}, file)
    assert caught.value.subject == name
    assert caught.value.hint == f"for example: {name}=200"
