"""Shelf: what was made is kept under the hash of everything it was made from.

The room knows bytes and names, and neither articles nor listeners. It must never hand out a byte
that is not the byte that was put there, and never leave half an object under a name.
"""

from aloud.shelf.keys import content_key, utterance_key
from aloud.shelf.shelf import Shelf
from aloud.shelf.shelved import Finding, Health, Usage

__all__ = ["Finding", "Health", "Shelf", "Usage", "content_key", "utterance_key"]
