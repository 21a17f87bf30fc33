"""Forms: what a page sends back, and how its questions are limited."""

import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from aloud.serve.security import Bucket, within

MOST_FIELDS = 20
_WITHOUT_SCHEME = re.compile(r"(?!\d+[.,]\d+$)[^\s/@:]+\.[^\s/@:.]{2,}(?::\d+)?(?:[/?#]\S*)?")
_SEE_OTHER = 303

# What a hand can ask for; a page that runs wild is slowed down.
by_hand = within(Bucket(rate=1.0, burst=60))


async def _fields(request: Request) -> Mapping[str, str]:
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        return {name: value.strip() for name, value in form.items() if isinstance(value, str)}


# The texts of a form by their names, without spaces around them.
Fields = Annotated[Mapping[str, str], Depends(_fields)]


def see(path: str) -> RedirectResponse:
    """Look there now: what a form is answered with, so that reloading sends nothing twice."""
    return RedirectResponse(path, _SEE_OTHER)


def whole_address(text: str) -> str:
    """What was typed as an address, with the https:// that people leave out.

    >>> whole_address("news.example/accord"), whole_address("http://a.example"), whole_address("a")
    ('https://news.example/accord', 'http://a.example', 'a')
    """
    return f"https://{text}" if _WITHOUT_SCHEME.fullmatch(text) else text
