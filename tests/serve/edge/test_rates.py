"""Rates: how much one caller may ask for."""

from fastapi import Depends, FastAPI
from hypothesis import given
from hypothesis import strategies as st

from aloud.serve import problems
from aloud.serve.security import (
    Bucket,
    Wall,
    within,
)
from aloud.serve.security.identity import peer


@given(st.floats(0.01, 100), st.floats(1, 50), st.lists(st.floats(0, 10), min_size=1, max_size=80))
def test_a_bucket_never_gives_more_than_its_burst_and_its_rate(rate, burst, steps):
    now, taken = 0.0, 0
    bucket = Bucket(rate, burst, clock=lambda: now)
    for step in steps:
        now += step
        taken += bucket.take("me") == 0
        assert taken <= burst + rate * now + 1e-6


@given(st.floats(0.01, 100), st.integers(1, 50))
def test_after_the_time_it_says_a_bucket_gives_again(rate, burst):
    now = 0.0
    bucket = Bucket(rate, burst, clock=lambda: now)
    assert [bucket.take("me") for _ in range(burst)] == [0.0] * burst
    wait = bucket.take("me")
    assert wait > 0
    now += wait * 1.000001
    assert bucket.take("me") == 0


def test_a_clock_that_jumps_back_takes_nothing_away():
    now = 100.0
    bucket = Bucket(1, 2, clock=lambda: now)
    bucket.take("me")
    now = 50.0
    assert bucket.take("me") == 0.0
    assert bucket.take("me") == 1.0


def test_a_bucket_that_holds_many_callers_forgets_the_oldest():
    bucket = Bucket(1, 1, most=100, clock=lambda: 0.0)
    for caller in range(1000):
        bucket.take(str(caller))
    assert len(bucket) == 100
    assert bucket.take("999") > 0


def test_what_costs_more_than_a_burst_is_paid_off_afterwards():
    now = 0.0
    bucket = Bucket(1, 10, clock=lambda: now)
    assert bucket.take("me", 25) == 0.0
    assert bucket.take("me") == 16.0


def test_one_who_asks_too_often_is_told_when_to_come_again(me, ask):
    app = FastAPI()
    problems.install(app)
    bucket = Bucket(rate=0.1, burst=2, clock=lambda: 0.0)
    app.get("/api/say", dependencies=[Depends(within(bucket))])(lambda: "said")
    wall = Wall(app, authenticate=lambda _: None, session=lambda _: None, everybody=me)
    assert [ask(wall, "/api/say").status for _ in range(3)] == [200, 200, 429]
    refused = ask(wall, "/api/say")
    assert refused.headers["retry-after"] == "10"
    assert refused.headers["content-type"] == "application/problem+json"


def test_a_route_may_cost_more_than_another(me, ask):
    app = FastAPI()
    problems.install(app)
    bucket = Bucket(rate=1, burst=10, clock=lambda: 0.0)
    app.get("/api/cheap", dependencies=[Depends(within(bucket, 4))])(lambda: "said")
    app.get("/api/dear", dependencies=[Depends(within(bucket, 7))])(lambda: "said")
    wall = Wall(app, authenticate=lambda _: None, session=lambda _: None, everybody=me)
    asked = [ask(wall, path).status for path in ("/api/cheap", "/api/dear", "/api/cheap")]
    assert asked == [200, 429, 200]


def test_a_household_of_addresses_is_one_caller():
    def of(host):
        return peer({"client": (host, 1)})

    assert of("2001:db8:1:2::5") == of("2001:db8:1:2:ffff::9") != of("2001:db8:1:3::5")
    assert of("203.0.113.9") != of("203.0.113.8")
    assert peer({}) == ""
