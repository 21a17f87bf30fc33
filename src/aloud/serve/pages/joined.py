"""Joined: the modules of a script as the one small file that a page loads.

Modules are written with their types and their reasons, and served without either: a request for
each, and half of every byte a comment, would be waited for before the first word. Nothing else is
changed, so nothing has to be built, and what an error says still looks like its source.

The modules keep to what this can do: imports of names, from files of the same folder or a
neighbour's, in front; no default and no renamed export; no name at the top of two of them.
"""

import re
from pathlib import PurePosixPath
from typing import Protocol

_COMMENT = re.compile(r"/\*\*.*?\*/ ?", re.DOTALL)
_LINE_COMMENT = re.compile(r"^\s*//.*$|(?<=[;{}),\]]) // .*$", re.MULTILINE)
_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"(\.\.?/[\w/-]+\.js)";\n', re.MULTILINE)
_NAME = re.compile(r"^(?:const|let|class|(?:async )?function\*?) (\w+)", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|class|const)", re.MULTILINE)


class Folder(Protocol):
    """What holds the modules: a path, or a part of an installed package."""

    def joinpath(self, name: str, /) -> "Folder": ...
    def read_text(self, encoding: str) -> str: ...


def joined(folder: Folder, entry: str) -> str:
    """``entry``, a name within ``folder``, and all that it imports, each once and before what
    needs it.

    Raises:
        ValueError: a module has an import or export of a kind that is not joined, or a name at
            its top that another has too.
    """
    done: dict[str, str] = {}
    _add(folder, entry, done)
    taken: dict[str, str] = {}
    for path, text in done.items():
        for name in _NAME.findall(text):
            if name in taken:
                raise ValueError(f"{taken[name]} and {path} both have a {name} at their top")
            taken[name] = path
    # Indents go last: they tell what stands at the top.
    lines = (line.strip() for text in done.values() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line)


def _add(folder: Folder, name: str, done: dict[str, str]) -> None:
    done[name] = ""  # two that import each other are each added once
    text = _COMMENT.sub("", folder.joinpath(name).read_text(encoding="utf-8"))
    for needed in _IMPORT.findall(text):
        path = _beside(name, needed)
        if path not in done:
            _add(folder, path, done)
    text = _EXPORT.sub("", _IMPORT.sub("", _LINE_COMMENT.sub("", text)))
    if re.search(r"^(?:import|export)\b", text, re.MULTILINE):
        raise ValueError(f"{name} has an import or export that cannot be joined")
    del done[name]  # behind what it needs
    done[name] = text


def _beside(name: str, needed: str) -> str:
    """Where an import leads.

    >>> _beside("pages/article.js", "../player/ask.js"), _beside("player/live.js", "./runs.js")
    ('player/ask.js', 'player/runs.js')
    """
    folder = PurePosixPath(name).parent
    while needed.startswith("../"):
        folder, needed = folder.parent, needed[3:]
    return str(folder / needed.removeprefix("./"))
