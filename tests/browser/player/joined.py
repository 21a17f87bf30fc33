"""Joined: the player's modules as the one small file that a page loads.

Modules are written with their types and their reasons, and served without either: a request for
each, and half of every byte a comment, would be waited for before the first word. Nothing else is
changed, so nothing has to be built, and what an error says still looks like its source.

The modules keep to what this can do: imports of names, from each other, in front; no default and
no renamed export; no name at the top of two of them.
"""

import re
from pathlib import Path

_COMMENT = re.compile(r"/\*\*.*?\*/ ?", re.DOTALL)
_LINE_COMMENT = re.compile(r"^\s*//.*$|(?<=[;{}),\]]) // .*$", re.MULTILINE)
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|class|const)", re.MULTILINE)


def joined(folder: Path, entry: str) -> str:
    """``entry`` and all that it imports, each once and before what needs it.

    Raises:
        ValueError: a module has an import or export of a kind that is not joined.
    """
    done: dict[str, str] = {}
    _add(folder, entry, done)
    return "".join(done.values())


def _add(folder: Path, name: str, done: dict[str, str]) -> None:
    text = _COMMENT.sub("", (folder / name).read_text(encoding="utf-8"))
    for needed in _IMPORT.findall(text):
        if needed not in done:
            _add(folder, needed, done)
    text = _EXPORT.sub("", _IMPORT.sub("", _LINE_COMMENT.sub("", text)))
    if re.search(r"^(?:import|export)\b", text, re.MULTILINE):
        raise ValueError(f"{name} has an import or export that cannot be joined")
    done[name] = "".join(f"{line.strip()}\n" for line in text.splitlines() if line.strip())
