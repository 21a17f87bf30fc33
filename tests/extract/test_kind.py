"""Kind: what is no text to read is told by its beginning, however long it is."""

import json
from datetime import UTC, datetime
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aloud.errors import ExtractError
from aloud.extract.kind import Kind, kind
from aloud.page import Page

kinds = import_module("aloud.extract.kind")  # the room has a function of that name

ROWS = [{"id": n, "text": f"Straße {n} 🎉 \\ \"", "at": -1.5e-7 * n, "on": [True, None]}
        for n in range(3000)]  # fmt: skip
LONG = json.dumps(ROWS)
PLAIN = json.dumps(ROWS, ensure_ascii=False)


def kind_of(body):
    return kind(Page("", body, "text/plain", None, datetime(2026, 1, 1, tzinfo=UTC)))


def is_json(body):
    try:
        kind_of(body)
    except ExtractError as error:
        return "JSON" in error.message
    return False


@pytest.mark.parametrize(
    "body",
    [
        LONG.encode(),
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-32-be"),
        b" \n" + json.dumps({"rows": ROWS}, indent=1).encode() + b"\n \n",
        json.dumps(["x" * 200_000]).encode(),
        json.dumps({"text": "🎉" * 50_000}).encode(),
        json.dumps([10**40] * 5000).encode(),
    ],
)
def test_json_is_known_wherever_it_is_cut(body, monkeypatch):
    assert json.loads(body)
    for parsed in [*range(20_000, 20_060), 64 * 1024]:
        monkeypatch.setattr(kinds, "_PARSED", parsed)
        assert is_json(body)


@pytest.mark.parametrize(
    "text",
    [
        "[Laughter] he began, and went on for an hour.\n\n" * 9000 + "[Applause]",
        "{one} of many\n" * 9000 + "{the end}",
        '["A quotation", she said, "is no list."]\n' * 9000,
        LONG[:1000] + "and so on. " + LONG,
        LONG[1:-1].replace("{", "[") + "}",
        LONG[:-1],
    ],
)
def test_a_long_text_in_brackets_is_a_text(text):
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    assert kind_of(text.encode()) is Kind.PLAIN


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
), st.text(max_size=2))  # fmt: skip
def test_what_is_short_is_judged_as_the_parser_judges_it(value, after):
    body = (json.dumps(value) + after).encode("utf-8", "surrogatepass")
    try:
        expected = isinstance(json.loads(body), dict | list)
    except ValueError:
        expected = False
    assert is_json(body) is expected


def test_no_more_of_a_long_one_is_parsed_than_its_beginning(monkeypatch):
    asked = []
    parser = json.loads
    monkeypatch.setattr(kinds.json, "loads", lambda text: asked.append(len(text)) or parser(text))
    assert is_json(LONG.encode())
    assert kind_of(("[Laughter] he began.\n" * 500_000 + "]").encode()) is Kind.PLAIN
    assert max(asked) <= 64 * 1024
    assert len(asked) == 2


def test_brackets_without_end_are_no_json():
    assert kind_of(b"[" * 100_000 + b"]") is Kind.PLAIN
