"""Listeners, and the secrets by which they are known."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from aloud.article import Role, State
from aloud.errors import Conflict, NotFound, UsageError
from aloud.library import Preferences, Wish

HOUR = timedelta(hours=1)


def test_everybody_is_me_where_there_are_no_tokens(library):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: library.listeners.me(), range(8)))) == 1
    assert library.listeners.me().name == "me"
    assert not library.listeners.has_tokens()


def test_a_listener_has_a_name_of_their_own(library):
    ann = library.listeners.add("Ann")
    assert library.listeners.named("Ann") == library.listeners.get(ann.id) == ann
    bob = library.listeners.named("Bob")
    assert library.listeners.all() == (ann, bob)
    with pytest.raises(Conflict):
        library.listeners.add("Ann")


@pytest.mark.parametrize("name", ["", " Ann", "A\0nn", "A\nnn", "x" * 101, "\ud800"])
def test_a_name_can_be_read_by_others(library, name):
    with pytest.raises(UsageError):
        library.listeners.named(name)


def test_preferences_are_kept(library, me):
    assert library.listeners.preferences(me.id) == Preferences()
    wished = Preferences(275.5, (("en", "espeak/en-gb"), ("de", "espeak/de")), "de-AT")
    library.listeners.prefer(me.id, lambda before: wished)
    assert library.listeners.preferences(me.id) == wished
    for refused in (
        lambda: library.listeners.preferences("nobody"),
        lambda: library.listeners.prefer("nobody", lambda before: wished),
        lambda: library.listeners.get("nobody"),
        lambda: library.listeners.remove("nobody"),
    ):
        with pytest.raises(NotFound):
            refused()


def test_what_is_spoken_per_role_is_kept(library, me):
    wishes = ((Role.CAPTION, State.SPOKEN), (Role.QUOTE, State.SHOWN))
    library.listeners.prefer(me.id, lambda before: Preferences(roles=wishes))
    assert library.listeners.preferences(me.id).roles == wishes
    library.listeners.prefer(me.id, lambda before: Preferences())
    assert library.listeners.preferences(me.id).roles == ()


def test_a_token_tells_who_holds_it_and_what_it_allows(library):
    token = library.listeners.issue("Ann", "listen", "her phone")
    bearer = library.listeners.who(token)
    assert (bearer.listener.name, bearer.role) == ("Ann", "listen")
    assert library.listeners.has_tokens()
    (shown,) = library.listeners.tokens()
    assert (shown.id, shown.label, shown.role) == (bearer.token_id, "her phone", "listen")


def test_a_token_has_256_random_bits_and_is_kept_nowhere(library, tmp_path):
    token = library.listeners.issue("Ann", "manage")
    assert token.startswith("aloud_")
    assert len(token) == len("aloud_") + 43  # base64 of 32 bytes
    library.backup(tmp_path / "backup")
    files = [file.read_bytes() for file in tmp_path.iterdir()]
    assert not any(token.encode() in data or token[6:].encode() in data for data in files)


@pytest.mark.parametrize("text", ["", "aloud_", "aloud_" + "A" * 43, "\0", "\ud800", "é" * 10_000])
def test_nobody_comes_in_with_any_other_text(library, text):
    library.listeners.issue("Ann", "manage")
    assert library.listeners.who(text) is None
    assert library.listeners.session(text) is None
    library.listeners.close_session(text)


def test_a_revoked_token_takes_its_sessions_along(library, me):
    bearer = library.listeners.who(library.listeners.issue("Ann", "manage"))
    of_token = library.listeners.open_session(bearer.listener.id, "manage", HOUR, bearer.token_id)
    without = library.listeners.open_session(me.id, "listen", HOUR)
    assert library.listeners.session(of_token) == bearer
    library.listeners.revoke(bearer.token_id)
    assert library.listeners.session(of_token) is None
    assert library.listeners.session(without).listener == me
    with pytest.raises(NotFound):
        library.listeners.revoke(bearer.token_id)


def test_a_session_ends_with_its_lifetime_or_when_it_is_closed(library, me, clock):
    first, second = (library.listeners.open_session(me.id, "listen", HOUR) for _ in range(2))
    library.listeners.close_session(first)
    library.listeners.close_session(first)
    assert library.listeners.session(first) is None
    assert library.listeners.session(second)
    clock.go(hours=1)
    assert library.listeners.session(second) is None
    with pytest.raises(NotFound):
        library.listeners.open_session("nobody", "listen", HOUR)


def test_a_listener_goes_with_all_that_is_theirs_and_nothing_of_others(library, me, accept):
    ann = library.listeners.named("Ann")
    token = library.listeners.issue("Ann", "manage")
    hers = accept("a", listener=ann, page_key="pages/a", narrate=Wish()).article.id
    shared = accept("b", listener=ann, page_key="pages/b").article.id
    accept("b")
    library.lexicon.add(ann.id, "Xi", "shee")
    library.feeds.add(ann.id, "https://example.org/feed")
    assert library.listeners.remove("Ann") == {"pages/a"}
    assert library.listeners.all() == (me,)
    assert library.listeners.who(token) is None
    assert library.articles.get(me.id, shared)
    assert library.narrations.unfinished() == library.feeds.due(me.created) == ()
    with pytest.raises(NotFound):
        library.articles.record(hers)


def test_a_listener_is_greeted_once(library, me):
    other = library.listeners.named("anna")
    assert [library.listeners.greet(me.id) for _ in range(3)] == [True, False, False]
    assert library.listeners.greet(other.id)
    assert not library.listeners.greet("nobody")
