"""A small service with the whole wall, for tests that look at a process from outside."""

import socket
import sys
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, cast

import uvicorn
from fastapi import Body, FastAPI, Request

from aloud.library.records import Bearer, Listener
from aloud.serve import problems
from aloud.serve.door import Door
from aloud.serve.security import Limits, Wall


class Hasty(Door):
    """A door whose patience a test can wait for."""

    head_seconds = 0.5
    stall_seconds = 0.5


def main() -> None:
    app = FastAPI()
    problems.install(app)

    @app.post("/api/json")
    def parsed(body: Annotated[Any, Body()]) -> int:
        return len(body)

    @app.post("/api/upload")
    async def received(request: Request) -> int:
        return sum([len(piece) async for piece in request.stream()])

    me = Bearer(Listener("1", "me", datetime.now(UTC)), "manage", None)
    wall = Wall(
        app,
        authenticate=lambda _: None,
        session=lambda _: None,
        everybody=me,
        limits=Limits(idle=0.5),
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(512)
        config = uvicorn.Config(
            wall, http=cast(Any, partial(Hasty)), log_level="error", lifespan="off"
        )
        print(listening.getsockname()[1])
        sys.stdout.flush()
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
