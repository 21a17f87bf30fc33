"""Pages: the library for a browser, made on the server; scripts make them quicker.

What they show is escaped, whoever wrote it. They fetch nothing from anywhere else.
"""

from aloud.serve.pages import (
    adding,
    article,
    entering,
    feeds,
    lab,
    library,
    papers,
    queue,
    settings,
    voices,
    worker,
)

__all__ = ["routers"]

routers = (
    library.router,
    queue.router,
    feeds.router,
    article.router,
    adding.router,
    entering.router,
    papers.router,
    voices.router,
    worker.router,
    settings.router,
    lab.router,
)
