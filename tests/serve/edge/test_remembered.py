"""Identity: what is remembered of who asks, and for how long."""

import asyncio

from aloud.serve.security.identity import Identity
from aloud.serve.security.remembered import SECONDS, Remembered


def test_a_thousand_requests_with_one_token_ask_the_library_once():
    asked, now = [], 0.0

    def ask(token):
        asked.append(token)
        return token.upper()

    async def crowd():
        nonlocal now
        remembered = Remembered(ask, lambda: now)
        assert set(await asyncio.gather(*(remembered("a") for _ in range(1000)))) == {"A"}
        now = SECONDS - 0.1
        assert await remembered("a") == "A"
        assert asked == ["a"]
        now = SECONDS
        assert remembered.at_once("a") is None
        await remembered("a")
        assert asked == ["a", "a"]

    asyncio.run(crowd())


def test_a_token_taken_back_is_forgotten_at_once_even_while_it_is_looked_up():
    holders = {"a": "me"}

    async def taking():
        remembered = Remembered(holders.get, lambda: 0.0)
        await remembered("a")
        holders.clear()
        remembered.forget()
        assert await remembered("a") is None
        holders["a"] = "me"
        looking = asyncio.create_task(remembered("a"))
        await asyncio.sleep(0)
        remembered.forget()
        await looking
        assert remembered.at_once("a") is None

    asyncio.run(taking())


def test_what_is_remembered_is_bounded_and_strangers_are_not_part_of_it():
    async def many():
        known = Remembered(lambda key: key if int(key) % 2 else None, lambda: 0.0, most=10)
        for number in range(100):
            await known(str(number))
        assert [n for n in range(100) if known.at_once(str(n))] == list(range(81, 100, 2))

    asyncio.run(many())


def test_the_first_token_shuts_the_door_within_seconds_and_for_good(me):
    tokens, now = [], 0.0
    identity = Identity({}.get, {}.get, me, lambda: now, has_tokens=lambda: bool(tokens))

    async def anyone():
        return (await identity.of({}, "http", None))[0]

    async def shutting():
        nonlocal now
        assert await anyone() == me
        tokens.append("made by another process")
        assert identity.at_once({}, "http", None)[0] == me
        now += SECONDS
        assert identity.at_once({}, "http", None)[0] is None
        assert await anyone() is None
        tokens.clear()
        assert await anyone() is None

    asyncio.run(shutting())


def test_a_token_made_here_shuts_the_door_at_once(me):
    tokens = []
    identity = Identity({}.get, {}.get, me, lambda: 0.0, has_tokens=lambda: bool(tokens))

    async def shutting():
        assert (await identity.of({}, "http", None))[0] == me
        tokens.append("one")
        identity.forget()
        assert identity.at_once({}, "http", None)[0] is None
        assert (await identity.of({}, "http", None))[0] is None

    asyncio.run(shutting())


def test_memory_of_identity_is_of_tokens_and_sessions_apart(me):
    """A session's secret is no token, and a token no session."""
    identity = Identity({"t": me}.get, {"s": me}.get, None)

    async def asking(headers):
        return (await identity.of(headers, "http", None))[0]

    for headers, known in [
        ({b"authorization": b"Bearer t"}, me),
        ({b"authorization": b"Bearer s"}, None),
        ({b"cookie": b"aloud_session=s"}, me),
        ({b"cookie": b"aloud_session=t"}, None),
    ]:
        assert asyncio.run(asking(headers)) == known
