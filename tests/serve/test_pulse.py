"""The pulse: /healthz says what is so, and costs next to nothing however often it is asked."""

import asyncio
import threading

from aloud.errors import LibraryError
from aloud.serve.pulse import KEPT, Pulse


def test_a_thousand_who_ask_have_it_looked_at_once_in_two_seconds():
    looks, now = [], 0.0
    pulse = Pulse([("library", lambda: looks.append(now))], clock=lambda: now)

    async def crowd():
        nonlocal now
        answers = set(await asyncio.gather(*(pulse() for _ in range(1000))))
        assert answers == {(("library", "ok"),)}
        now = KEPT - 0.1
        await pulse()
        assert looks == [0.0]
        now = KEPT
        await pulse()
        assert looks == [0.0, KEPT]

    asyncio.run(crowd())


def test_what_does_not_work_is_said_and_remembered_as_long():
    looks = []

    def away():
        looks.append(1)
        raise LibraryError("it is away")

    pulse = Pulse([("library", away), ("shelf", lambda: None)], clock=lambda: 0.0)

    async def asking():
        assert await pulse() == await pulse() == (("library", "failed"), ("shelf", "ok"))

    asyncio.run(asking())
    assert len(looks) == 1


def test_one_look_at_a_time_while_one_hangs():
    going_on, looks = threading.Event(), []

    def slow():
        looks.append(1)
        assert going_on.wait(60)

    pulse = Pulse([("shelf", slow)], clock=lambda: 0.0)

    async def crowd():
        asking = [asyncio.create_task(pulse()) for _ in range(50)]
        while not looks:
            await asyncio.sleep(0)
        going_on.set()
        await asyncio.gather(*asking)

    asyncio.run(crowd())
    assert len(looks) == 1
