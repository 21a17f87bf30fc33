"""Hints: what a client is told to do next, which it must be able to do."""

import ast
import json
import re
from http import HTTPStatus
from pathlib import Path

import pytest

import aloud
from aloud.serve import hints
from aloud.serve.problems import Refusal

SOURCE = Path(aloud.__file__).parent
# These speak to whoever sits at the machine, and to nobody else.
AT_THE_MACHINE = (
    "cli",
    "doctor.py",
    "fetch/local.py",
    "narrate.py",
    "report.py",
    "settings.py",
    "serve/program.py",
)
NOT_A_CLIENTS = re.compile(
    r"\baloud (?:article|doctor|library|listen|make|say|script|serve|shelf|voices)\b"
    r"|(?<!\S)--[a-z]{2,}"
)


def sentences():
    """Every text in the rooms' source but its docstrings; X stands for what is put into it."""
    for file in sorted(SOURCE.rglob("*.py")):
        if str(file.relative_to(SOURCE)).startswith(AT_THE_MACHINE):
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        waiting = [tree]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.JoinedStr):
                pieces = (p.value if isinstance(p, ast.Constant) else "X" for p in node.values)
                yield "".join(map(str, pieces))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
                waiting += ast.iter_child_nodes(node)


def test_no_hint_over_http_names_an_option_or_a_command_as_if_a_client_had_it():
    typed = [text for text in sentences() if NOT_A_CLIENTS.search(text)]
    assert len(typed) > 10
    for hint in map(hints.over_http, typed):
        is_the_owners = hint.endswith("(commands and settings are for whoever runs this service)")
        assert is_the_owners or not NOT_A_CLIENTS.search(hint), hint


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("choose a voice from: aloud voices", "choose a voice from: GET /api/voices"),
        ("aloud library tokens", "GET /api/tokens"),
        ("say it with --charset NAME", "say it with charset=NAME in the Content-Type of the file"),
        ("save the page and give the file to aloud", "save the page and give the file to aloud"),
    ],
)
def test_a_command_becomes_what_the_api_has_for_it(typed, asked):
    assert hints.over_http(typed) == asked
    assert hints.over_http(asked) == asked


def test_what_only_the_owner_can_do_is_said_to_be_the_owners():
    told = hints.over_http("allow it: --allow intranet.example:80")
    assert told.startswith("allow it: ALOUD_FETCH_ALLOW=intranet.example:80")
    assert told.endswith("whoever runs this service)")
    assert hints.over_http(told) == told


@pytest.mark.parametrize("status", [status for status in HTTPStatus if status >= 400])
def test_every_status_of_failure_has_a_hint(status):
    assert Refusal(status, "", "").problem().hint


def test_a_method_that_is_not_meant_is_answered_with_those_that_are():
    refused = Refusal(405, "method", "", headers=((b"allow", b"GET, HEAD"),))
    assert refused.problem().hint == "this address takes GET, HEAD"


def test_what_the_wall_refuses_below_v1_is_in_openais_shape(ask, build):
    large = {"Authorization": "Bearer good", "Content-Length": str(2**31)}
    told = ask(build(), "/v1/audio/speech", "POST", large)
    assert (told.status, told.headers["content-type"]) == (413, "application/json")
    error = json.loads(told.body)["error"]
    assert error["code"] == "too-large"
    assert "send less" in error["message"]
