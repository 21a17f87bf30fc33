"""Failures: a database that refuses is a LibraryError that says what to do, and life goes on."""

import os
import pickle
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from aloud.errors import LibraryError, UsageError
from aloud.library import Library
from aloud.library import store as stores

pytestmark = pytest.mark.slow


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deep" / "library.db"


def test_a_new_library_is_for_its_owner_alone_and_survives_a_power_cut(file):
    library = Library(file)
    assert file.parent.stat().st_mode & 0o077 == 0
    with library._store.reading() as connection:
        said = [
            connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert said == ["wal", 2, 1, 10_000]  # 2: FULL
    library.close()


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "mysql://me:secret@host/x", "://", "postgresql:/x://"],
)
def test_an_address_that_means_nothing_is_refused_without_repeating_it(url):
    with pytest.raises(UsageError) as refused:
        Library(url)
    assert "secret" not in str(refused.value) + refused.value.hint


def test_a_locked_library_is_waited_for_and_then_said_to_be_locked(file, monkeypatch):
    monkeypatch.setattr(stores, "PATIENCE", 0.2)
    library = Library(file)
    me = library.listeners.me()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for write in (library.check, lambda: library.listeners.add("Ann")):
        with pytest.raises(LibraryError, match="locked") as refused:
            write()
        assert "try again" in refused.value.hint
    assert library.listeners.get(me.id) == me  # reading goes on
    other.execute("COMMIT")
    other.close()
    library.check()
    library.close()


def test_a_reader_that_takes_its_time_holds_no_writer_up(file):
    library = Library(file)
    with library._store.reading() as connection:
        connection.exec_driver_sql("SELECT * FROM listeners").all()
        library.listeners.add("Ann")
        assert connection.exec_driver_sql("SELECT * FROM listeners").all() == []
    assert len(library.listeners.all()) == 1
    library.close()


def test_forty_threads_write_without_ever_finding_it_locked(library, me, accept):
    with ThreadPoolExecutor(40) as pool:
        list(pool.map(lambda number: accept(str(number % 50)), range(400)))
    assert len(library.articles.entries(me.id, limit=100).entries) == 50


def test_a_full_disk_loses_nothing_and_is_told(file, accept_many):
    library = Library(file)
    me = library.listeners.me()
    accept_many(library, me, range(5))
    before = library.articles.entries(me.id)

    @event.listens_for(library._store._engine, "checkout")
    def small(connection, *_):
        connection.execute("PRAGMA max_page_count = 1").close()  # no page more than there are

    with pytest.raises(LibraryError, match="full") as refused:
        accept_many(library, me, range(5, 500))
    assert "make room" in refused.value.hint
    assert library.articles.entries(me.id).entries[-5:] == before.entries
    event.remove(library._store._engine, "checkout", small)

    @event.listens_for(library._store._engine, "checkout")
    def large(connection, *_):
        connection.execute("PRAGMA max_page_count = 100000").close()

    accept_many(library, me, range(5, 100))
    library.close()


@pytest.fixture
def accept_many():
    def accept(library, me, numbers):
        for number in numbers:
            url = f"https://example.org/{number}"
            library.articles.accept(me.id, url=url, source="url", identity=url, tags=(url[:90],))

    return accept


OPEN_AS_NOBODY = """
import os, sys
from aloud.errors import LibraryError
from aloud.library import Library
Library(sys.argv[2]).close()  # everything is loaded: nobody may not even read Python's own files
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    Library(sys.argv[1])
except LibraryError as error:
    print(error.message, "|", error.hint)
"""


@pytest.fixture
def public_folder(tmp_path_factory):
    """A folder that every user of the machine can enter."""
    folder = Path(tempfile.mkdtemp(prefix="aloud-library-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize("of", ["folder", "file"])
def test_a_library_that_may_not_be_written_says_whom_to_let(public_folder, tmp_path, of):
    path = public_folder / "library.db"
    if of == "file":
        Library(path).close()
        path.chmod(0o444)
        path.with_name("library.db.lock").chmod(0o666)
    if os.geteuid() != 0 or of == "folder":
        public_folder.chmod(0o555)
    command = [sys.executable, "-c", OPEN_AS_NOBODY, path, tmp_path / "other.db"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "let the user who runs this" in done.stdout, done.stderr


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4080]
)
def test_what_is_no_library_is_not_taken_for_one(file, content):
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(LibraryError) as refused:
        Library(file)
    assert "restore a backup" in refused.value.hint
    assert file.read_bytes() == content


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError) as refused:
        Library(tmp_path / "file" / "library.db")
    assert "folder" in refused.value.message
    assert refused.value.hint


def test_failures_cross_a_process_border(file, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError) as refused:
        Library(tmp_path / "file" / "library.db")
    assert pickle.loads(pickle.dumps(refused.value)).hint == refused.value.hint


def test_a_server_that_is_not_there_is_told_without_the_password():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers
        port = taken.getsockname()[1]
        with pytest.raises(LibraryError, match="cannot be reached") as refused:
            Library(f"postgresql://me:secret@127.0.0.1:{port}/aloud")
    assert "start its server" in refused.value.hint
    assert "secret" not in str(refused.value)


@pytest.mark.slow
def test_a_database_that_is_not_there_is_told(postgres_url):
    with pytest.raises(LibraryError, match="no such database") as refused:
        Library(postgres_url + "x")
    assert "createdb" in refused.value.hint


@pytest.mark.slow
def test_a_database_that_cannot_hold_every_script_is_refused(postgres):
    latin = postgres.database("-E", "LATIN1", "--locale=C", "-T", "template0")
    with pytest.raises(LibraryError, match="LATIN1"):
        Library(latin)


@pytest.mark.slow
def test_a_database_turned_read_only_is_told(postgres_url):
    library = Library(postgres_url)
    library.close()
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        name = postgres_url.rpartition("/")[2]
        owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(LibraryError, match="not written"):
        library.check()
    assert library.listeners.all() == ()
    library.close()


@pytest.mark.slow
def test_a_row_that_another_holds_is_waited_for_and_then_told(postgres_url, monkeypatch):
    monkeypatch.setattr(stores, "PATIENCE", 1)
    library = Library(postgres_url)
    me = library.listeners.me()
    with psycopg.connect(postgres_url) as other:
        other.execute("SELECT * FROM listeners FOR UPDATE")
        with pytest.raises(LibraryError, match="locked"):
            library.listeners.remove("me")
    assert library.listeners.get(me.id) == me
    library.close()


@pytest.mark.slow
def test_a_server_that_comes_back_is_found_again(postgres_servers):
    server = postgres_servers()
    library = Library(server.database())
    me = library.listeners.me()
    server.stop()
    for ask in (library.check, library.listeners.me):
        with pytest.raises(LibraryError, match="cannot be reached"):
            ask()
    server.start()
    library.check()
    assert library.listeners.me() == me
    library.close()


def test_nothing_heavy_is_loaded_before_a_library_is_opened():
    heavy = ("sqlalchemy", "alembic", "psycopg")
    code = f"import sys, aloud.library; print(*[m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
