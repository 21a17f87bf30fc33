"""Golden pages: what each is read as, block by block, and what is said, sentence by sentence.

``ALOUD_GOLDEN=1`` (``make golden``) rewrites them; a person reads the difference.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aloud.adapt import adapt
from aloud.article import Article, from_json, to_json
from aloud.extract import extract
from aloud.page import Page

GOLDEN = Path(__file__).parent / "golden"
PAGES = sorted(p for d in GOLDEN.iterdir() for p in d.glob("page.*"))


REWRITE = os.environ.get("ALOUD_GOLDEN") == "1"


def read(path: Path) -> Article:
    media_type = "text/html" if path.suffix == ".html" else "text/plain"
    url = f"https://golden.example/{path.parent.name}"
    fetched = datetime(2026, 1, 1, tzinfo=UTC)
    return extract(Page(url, path.read_bytes(), media_type, None, fetched))


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.parent.name)
def test_a_golden_page_is_read_as_its_article_says(path: Path):
    article, wanted = read(path), path.with_name("article.json")
    if REWRITE:
        text = json.dumps(to_json(article), ensure_ascii=False, indent=1)
        wanted.write_text(f"{text}\n", encoding="utf-8")
    assert to_json(article) == json.loads(wanted.read_text(encoding="utf-8"))
    assert from_json(to_json(article)) == article
    assert path.with_name("note.md").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.parent.name)
def test_a_golden_page_is_said_as_its_script_says(path: Path):
    said = "\n".join(utterance.text for utterance in adapt(read(path)).utterances)
    wanted = path.with_name("script.txt")
    if REWRITE:
        wanted.write_text(f"{said}\n", encoding="utf-8")
    assert said == wanted.read_text(encoding="utf-8").removesuffix("\n")
