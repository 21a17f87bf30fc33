"""What is kept: backup, restore, scrub, tokens and the shelf, by the real program."""

import json
from pathlib import Path

import pytest

from aloud.library import Library
from aloud.shelf import Shelf

pytestmark = pytest.mark.slow  # each test starts the program anew


@pytest.fixture
def data(tmp_path: Path, monkeypatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("ALOUD_DATA", str(folder))
    return folder


def library(data: Path) -> Library:
    return Library(data / "library.sqlite")


def test_what_was_backed_up_comes_back_in_another_place(aloud, data, tmp_path):
    data.mkdir()
    filled = library(data)
    me = filled.listeners.me()
    filled.articles.accept(
        me.id, url="https://a.example/", source="url", identity="https://a.example/"
    )
    filled.lexicon.add(me.id, "Xi", "shee")
    filled.close()
    assert aloud("library", "backup", "saved.zip").code == 0
    there = tmp_path / "there"
    assert aloud("library", "restore", "saved.zip", ALOUD_DATA=str(there)).code == 0
    back = library(there)
    me = back.listeners.me()
    assert [e.article.url for e in back.articles.entries(me.id).entries] == ["https://a.example/"]
    assert [e.spoken for e in back.lexicon.list(me.id)] == ["shee"]
    back.close()


def test_a_library_that_holds_something_is_not_restored_over_unasked(aloud, data):
    data.mkdir()
    filled = library(data)
    filled.lexicon.add(filled.listeners.me().id, "Xi", "shee")
    filled.close()
    assert aloud("library", "backup", "saved.zip").code == 0
    assert "--replace" in aloud("library", "restore", "saved.zip").failed(8)
    assert aloud("library", "restore", "saved.zip", "--replace").code == 0


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_backup_is_refused_and_nothing_is_lost(aloud, data, tmp_path, content):
    (tmp_path / "bad.zip").write_bytes(content)
    assert "bad.zip" in aloud("library", "restore", "bad.zip").failed(8)


def test_a_token_is_shown_once_and_lets_its_listener_in(aloud, data):
    made = aloud("library", "token", "alice", "--label", "phone")
    token = made.out.strip()
    assert token.startswith("aloud_")
    opened = library(data)
    bearer = opened.listeners.who(token)
    opened.close()
    assert bearer is not None
    assert (bearer.listener.name, bearer.role) == ("alice", "listen")
    listed = json.loads(aloud("library", "tokens", "--json").out)
    assert [(t["listener"], t["role"], t["label"]) for t in listed] == [
        ("alice", "listen", "phone")
    ]
    assert token not in json.dumps(listed)
    assert [one["name"] for one in json.loads(aloud("library", "listeners", "--json").out)] == [
        "alice"
    ]


def test_a_token_that_was_revoked_is_worth_nothing(aloud, data):
    token = aloud("library", "token", "alice").out.strip()
    (listed,) = json.loads(aloud("library", "tokens", "--json").out)
    assert aloud("library", "revoke", listed["id"]).code == 0
    opened = library(data)
    assert opened.listeners.who(token) is None
    opened.close()


def test_a_role_that_there_is_not_is_refused(aloud, data):
    assert "listen, manage" in aloud("library", "token", "alice", "--role", "king").failed(2)


def test_the_shelf_shows_what_takes_room_and_is_cleared_of_what_comes_again(aloud, data):
    with Shelf(str(data / "shelf")) as shelf:
        shelf.put(f"utterances/ab/ab{'0' * 62}", b"speech" * 1000)
        kept = shelf.keep("pages", b"a page")
    shown = {u["kind"]: u["count"] for u in json.loads(aloud("shelf", "--json").out)}
    assert shown["utterances"] == shown["pages"] == 1
    assert "freed" in aloud("shelf", "clear").out
    with Shelf(str(data / "shelf")) as shelf:
        assert shelf.has(kept)
        assert {u.kind: u.count for u in shelf.usage()}.get("utterances", 0) == 0


def test_what_listeners_have_is_not_cleared(aloud, data):
    assert "pages" in aloud("shelf", "clear", "pages").failed(2)


def test_scrubbing_a_shelf_that_is_whole_finds_nothing(aloud, data):
    with Shelf(str(data / "shelf")) as shelf:
        shelf.keep("pages", b"a page")
    assert "1 objects looked at, 0 damaged" in aloud("library", "scrub").out


def test_scrubbing_names_what_was_damaged(aloud, data):
    with Shelf(str(data / "shelf")) as shelf:
        shelf.put(f"utterances/ab/ab{'0' * 62}", b"speech" * 1000)
    (file,) = (data / "shelf" / "utterances").rglob("ab0*")
    whole = bytearray(file.read_bytes())
    whole[-1] ^= 1
    file.chmod(0o600)
    file.write_bytes(bytes(whole))
    found = json.loads(aloud("library", "scrub", "--json").out)
    assert [(one["state"], one["key"][:13]) for one in found] == [("later", "utterances/ab")]


def test_the_doctor_looks_at_library_and_shelf_and_at_a_service_that_is_not_there(aloud, data):
    assert aloud("library", "token", "alice").code == 0
    findings = {
        f["what"]: f for f in json.loads(aloud("doctor", "--json", ALOUD_SERVE_PORT="9").out)
    }
    assert findings["library"]["said"].startswith("SQLite can be read and written")
    assert findings["shelf"]["well"]
    assert "not running" in findings["service"]["said"]
    named = aloud("doctor", "--service", "http://127.0.0.1:9")
    assert named.code == 1
    assert "nobody answers" in named.out
