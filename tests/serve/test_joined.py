"""Scripts are joined into one small file, or refused where that would change what they mean."""

import gzip
from pathlib import Path

import pytest

from aloud.serve.pages import assets
from aloud.serve.pages.joined import joined


def written(folder, **modules):
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")


def test_what_is_needed_stands_once_and_before_what_needs_it(tmp_path):
    written(
        tmp_path,
        one='import { two } from "./two.js";\nimport { three } from "./three.js";\nrun(two);\n',
        two='import { three } from "./three.js";\nexport const two = three; // a reason\n',
        three="/** A type. */\nexport const three = 3;\n",
    )
    assert joined(tmp_path, "one.js") == "const three = 3;\nconst two = three;\nrun(two);\n"


@pytest.mark.parametrize(
    ("two", "why"),
    [
        ("export default 2;\n", "cannot be joined"),
        ("export { two };\n", "cannot be joined"),
        ("const taken = 2;\n", "taken"),
        ("function taken() {}\n", "taken"),
    ],
)
def test_what_would_mean_something_else_is_refused(tmp_path, two, why):
    written(tmp_path, one='import { two } from "./two.js";\nclass taken {}\n', two=two)
    with pytest.raises(ValueError, match=why):
        joined(tmp_path, "one.js")


@pytest.mark.parametrize("name", assets.NAMES)
def test_every_file_of_the_pages_is_there_and_small(name):
    found = assets.asset(name)
    assert len(found.packed or found.body) <= 30_000
    if found.packed:
        assert gzip.decompress(found.packed) == found.body


def test_every_word_of_the_player_is_known_to_the_catalogues():
    words = assets.player_words()
    folder = Path(assets.__file__).parent / "static" / "player"
    source = (folder / "strings.js").read_text(encoding="utf-8").partition("ENGLISH = {")[2]
    assert words["play"] == "Play"
    assert len(words) == source.partition("};")[0].count('",')
