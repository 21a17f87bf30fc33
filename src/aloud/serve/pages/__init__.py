"""Pages: the library for a browser, made on the server, without a script in them.

What they show is escaped, whoever wrote it. They fetch nothing from anywhere else.
"""

from aloud.serve.pages import adding, entering, listing, papers

__all__ = ["routers"]

routers = (listing.router, adding.router, entering.router, papers.router)
