"""The pages speak five languages, whole, and know which one a reader wants."""

import importlib.machinery
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

from aloud.serve.pages import languages

TOOL = Path(__file__).parents[2] / "tools" / "words"
CATALOGUES = Path(languages.__file__).parent / "catalogues"
HOLES = re.compile(r"%\(\w+\)s|\{\w+\}")
SHIPPED = ("ar", "es", "ru", "zh")


@pytest.fixture(scope="module")
def words() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("words", str(TOOL))
    spec = importlib.util.spec_from_loader("words", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def said(words: ModuleType) -> Catalog:
    """Every message of the pages."""
    found: Catalog = words.said()
    return found


def read(tag: str) -> Catalog:
    with (CATALOGUES / f"{tag}.po").open("rb") as file:
        return read_po(file, locale=tag)


@pytest.mark.parametrize("tag", SHIPPED)
def test_every_message_has_its_translation_and_no_other(words, said, tag):
    there = {(message.id, message.context) for message in read(tag) if message.id}
    wanted = {(message.id, message.context) for message in said if message.id}
    assert wanted - there == set(), "run tools/words, and fill in what is new"
    assert there - wanted == set(), "run tools/words: it takes away what nobody says any more"
    empty = [m.id for m in read(tag) if m.id and not words.is_translated(m)]
    assert empty == []


@pytest.mark.parametrize("tag", SHIPPED)
def test_what_is_put_in_is_put_in_everywhere(tag):
    for message in read(tag):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = set(HOLES.findall(ids[-1]))
        for string in strings:
            missing = wanted - set(HOLES.findall(string))
            # A form for one, two or none may say so in a word.
            assert missing <= ({"%(num)s"} if len(strings) > 1 else set()), (tag, string)
            assert set(HOLES.findall(string)) <= wanted, (tag, string)


@pytest.mark.parametrize(
    ("wish", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "fr-FR,fr;q=0.9", "en"),
        ("", "fr;q=0.9, es-MX;q=0.8, en;q=0.1", "es"),
        ("", "zh-Hant-TW", "zh"),
        ("", "ar;q=0, ru", "ru"),
        ("", "ru;q=x, es;q=0.5", "es"),
        ("ar", "ru", "ar"),
        ("xx", "ru", "en"),
        ("", "a" * 100_000, "en"),
    ],
)
def test_the_best_language_that_there_is_is_taken(wish, accepted, language):
    assert languages.chosen(wish, accepted) == language


def test_a_page_is_in_the_language_of_who_asks_for_it(served):
    page = served.http.get("/queue", headers={"Accept-Language": "ar"})
    assert page.headers["content-language"] == "ar"
    assert '<html lang="ar" dir="rtl"' in page.text
    assert "قائمة" in page.text
    assert 'lang="en"' in served.http.get("/queue", headers={"Accept-Language": "en"}).text
