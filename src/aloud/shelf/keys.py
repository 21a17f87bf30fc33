"""Names of objects: ``kind/ab/<sha256><suffix>``, where ``ab`` begins the hash.

The hash is of the object's own bytes (what is kept) or of everything that it is made from (what is
put). Either way a name never comes to mean something else.
"""

import hashlib
import json
import re
from typing import TYPE_CHECKING

from aloud.shelf.shelved import DAMAGED

if TYPE_CHECKING:  # numpy comes with speech: `import aloud.shelf` stays light
    from aloud.script import Utterance
    from aloud.speech import Voice

_KIND = r"[a-z][a-z0-9-]{0,31}"
_KEY = re.compile(rf"({_KIND})/([0-9a-f]{{2}})/(\2[0-9a-f]{{62}})((?:\.[a-z0-9]{{1,8}})?)")
_OURS = frozenset({DAMAGED, "cache"})  # kinds that nobody puts anything under


def utterance_key(utterance: "Utterance", voice: "Voice", engine_version: str) -> str:
    """The name of an utterance's speech: a hash of all that its sound depends on.

    What is written, where it stands, its role and the pause after it are left out: none of them
    changes the sound, so a sentence that moves to another block is not spoken again.
    """
    from aloud.speech import FORMAT

    inputs = {
        "format": FORMAT,
        "engine": engine_version,
        "voice": [voice.id, voice.sha256, voice.sample_rate],
        "tokens": [[t.spoken, t.after, t.ipa, t.language] for t in utterance.tokens],
    }
    # ASCII: half a character (a lone surrogate) has a name too, and is refused further on.
    text = json.dumps(inputs, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return content_key("utterances", hashlib.sha256(text.encode("ascii")).hexdigest())


def content_key(kind: str, sha256: str, suffix: str = "") -> str:
    """The name of what has this hash, in 64 hexadecimal digits.

    >>> content_key("recordings", "ab" * 32, ".m4a")[:22]
    'recordings/ab/abababab'

    Raises:
        ValueError: no kind, hash or suffix (``.m4a``) looks like that.
    """
    return checked(f"{kind}/{sha256[:2]}/{sha256}{suffix}")


def checked(key: str) -> str:
    """The key, if it can name an object: no path, no surprise, whoever sent it.

    Raises:
        ValueError: it cannot.
    """
    match = _KEY.fullmatch(key)
    if match is None or match[1] in _OURS:
        raise ValueError(f"{key!r:.200} is not kind/ab/sha256")
    return key


def checked_kind(kind: str) -> str:
    """The kind, if it can be one.

    Raises:
        ValueError: it cannot.
    """
    if not is_kind(kind):
        raise ValueError(f"{kind!r:.200} is no kind of object")
    return kind


def is_kind(name: str) -> bool:
    return re.fullmatch(_KIND, name) is not None


def is_key(key: str) -> bool:
    """Whether an object of that name is ours: somebody else's file is left alone."""
    return _KEY.fullmatch(key.removeprefix(f"{DAMAGED}/")) is not None


def kind_of(key: str) -> str:
    return key.partition("/")[0]


def sha256_of(key: str) -> str:
    """The hash that the name says, in hexadecimal digits."""
    return key.rpartition("/")[2].partition(".")[0]
