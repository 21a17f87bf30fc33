"""Pages: the library for a browser, made on the server, without a script in them.

What they show is escaped, whoever wrote it. They fetch nothing from anywhere else.
"""

from fastapi import APIRouter

from aloud.serve.pages import adding, entering, listing, papers

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
for _each in (listing, adding, entering, papers):
    router.include_router(_each.router)
