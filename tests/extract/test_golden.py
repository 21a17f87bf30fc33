"""Golden pages: what each is read as, block by block. ``ALOUD_GOLDEN=1`` rewrites them."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aloud.article import from_json, to_json
from aloud.extract import extract
from aloud.page import Page

GOLDEN = Path(__file__).parents[1] / "golden"
PAGES = sorted(p for d in GOLDEN.iterdir() for p in d.glob("page.*"))


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.parent.name)
def test_a_golden_page_is_read_as_its_article_says(path: Path):
    media_type = "text/html" if path.suffix == ".html" else "text/plain"
    url = f"https://golden.example/{path.parent.name}"
    article = extract(
        Page(url, path.read_bytes(), media_type, None, datetime(2026, 1, 1, tzinfo=UTC))
    )
    wanted = path.with_name("article.json")
    if os.environ.get("ALOUD_GOLDEN") == "1":
        wanted.write_text(
            json.dumps(to_json(article), ensure_ascii=False, indent=1) + "\n", "utf-8"
        )
    written = json.dumps(to_json(article), ensure_ascii=False)
    assert json.loads(written) == json.loads(wanted.read_text("utf-8"))
    assert from_json(to_json(article)) == article
    assert path.with_name("note.md").read_text("utf-8").strip()
