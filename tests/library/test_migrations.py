"""Migrations: up and down on a filled database, and what they must not touch."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from aloud.errors import LibraryError
from aloud.library import Library, migrations
from aloud.library.store import Store
from aloud.library.tables import METADATA, search_texts


@pytest.fixture
def store(url, clock):
    opened = Store(url, clock)
    yield opened
    opened.close()


def steps():
    folder = migrations.__path__[0]
    return [script.revision for script in ScriptDirectory(folder).walk_revisions()]


def test_the_last_step_is_where_this_version_stands():
    assert steps()[0] == migrations.HEAD


def test_the_steps_lead_to_the_tables_that_the_library_speaks_of(store):
    def ours(thing, name, kind, reflected, _other):
        return not (kind == "table" and reflected and name.startswith("search_words"))

    with store.reading() as connection:
        options = {"include_object": ours, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []


def test_the_library_goes_down_to_nothing_and_up_again(store):
    with store.writing() as connection:
        migrations.downgrade(connection, "base")
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        migrations.upgrade(connection, "")
        assert migrations.current(connection) == migrations.HEAD


@pytest.mark.parametrize("step", [step for step in steps() if step != "r0001"] + ["r0001"])
def test_a_filled_library_comes_back_whole_from_every_step(url, clock, request, step):
    library = Library(url, clock=clock)
    me = library.listeners.me()
    fill(library, me, request.getfixturevalue("harbour"))
    before = told(library, me)
    library.close()
    store = Store(url, clock)
    with store.writing() as connection:
        migrations.downgrade(connection, step)
        assert migrations.current(connection) == step
    store.close()
    library = Library(url, clock=clock)
    assert told(library, me) == before
    library.close()


def fill(library, me, article):
    accepted = library.articles.accept(me.id, url="a", source="url", identity="a", queue="last")
    library.articles.add_revision(accepted.article.id, article)


def told(library, me):
    found = library.search(me.id, "château")
    assert len(found) == 1
    return found, library.articles.entries(me.id), library.queue.ids(me.id)


def test_an_index_that_was_lost_is_worked_out_anew(url, clock, harbour):
    library = Library(url, clock=clock)
    me = library.listeners.me()
    fill(library, me, harbour)
    before = told(library, me)
    library.close()
    store = Store(url, clock)
    with store.writing() as connection:
        connection.execute(search_texts.delete())
        assert connection.scalar(text("SELECT count(*) FROM search_words")) == 0
    store.close()
    library = Library(url, clock=clock)
    assert told(library, me) == before
    library.close()


def test_a_library_of_a_newer_aloud_is_not_touched(store, url):
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(LibraryError) as refused:
        Library(url)
    assert "upgrade" in refused.value.hint
    with store.reading() as connection:
        assert migrations.current(connection) == "r9999"


def test_who_had_articles_before_greetings_were_kept_is_not_greeted(url, clock, harbour):
    library = Library(url, clock=clock)
    me, new = library.listeners.me(), library.listeners.named("anna")
    fill(library, me, harbour)
    library.close()
    store = Store(url, clock)
    with store.writing() as connection:
        migrations.downgrade(connection, "r0003")
    store.close()
    library = Library(url, clock=clock)
    assert not library.listeners.greet(me.id)
    assert library.listeners.greet(new.id)
    library.close()
