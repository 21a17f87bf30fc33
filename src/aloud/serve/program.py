"""The program that serves: from settings to a running server, and back down in order."""

import asyncio
import errno
import logging
import signal
import socket
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from aloud.doctor.presence import Presence
from aloud.errors import UsageError
from aloud.library import Library
from aloud.serve.app import front
from aloud.serve.door import door, settle
from aloud.serve.logs import set_up
from aloud.serve.security import refuse_open_address
from aloud.serve.service import Service
from aloud.settings import Settings

log = logging.getLogger(__name__)
# Streams of events end when a client goes; what does not end by itself is cut after this long.
_LAST_ANSWERS = 5  # seconds
_BACKLOG = 2048
_KEEP_ALIVE = 30  # seconds
# Of a thread that computes, while others want to. At Python's own 5 ms an answer that needs ten
# turns is late by fifty milliseconds as soon as two articles are being mastered.
_TURN = 0.0005  # seconds


def run(settings: Settings, *, new_token: bool = False, open_page: bool = False) -> None:
    """Serve until told to stop (SIGINT, SIGTERM), then let every running sentence end.

    Raises:
        UsageError: nothing may listen there, or the address is open to others and nobody has a
            token.
    """
    with _listen(settings.serve_host, settings.serve_port) as listening:
        has_tokens = _tokens(settings, new_token=new_token)
        refuse_open_address(settings.serve_host, has_tokens)
        if settings.serve_names and not has_tokens:
            raise UsageError(
                "a name for others was given, so others can come, and there is no token",
                subject=", ".join(settings.serve_names),
                hint="make one: aloud serve --token, or aloud library token NAME",
            )
        set_up()
        sys.setswitchinterval(_TURN)
        service = Service(settings)
        try:
            service.start()
            _serve(service, listening, open_to_all=not has_tokens, open_page=open_page)
        finally:
            service.close()
    log.info("stopped; nothing is lost")


def _tokens(settings: Settings, *, new_token: bool) -> bool:
    """Whether anybody has a token, after making a first one if that was asked for. Where there is
    one already, a container that starts again needs no other."""
    library = Library(settings.library_url)
    try:
        if not library.listeners.has_tokens():
            if not new_token:
                return False
            token = library.listeners.issue("me", "manage", "aloud serve --token")
            said = f"Your token, shown only now:\n\n    {token}\n"
        elif new_token:
            said = "There are tokens already; another one: aloud library token NAME"
        else:
            return True
        print(said, file=sys.stderr, flush=True)  # noqa: T201
        return True
    finally:
        library.close()


def _serve(
    service: Service, listening: socket.socket, *, open_to_all: bool, open_page: bool
) -> None:
    made = front(service, open_to_all=open_to_all)
    server = _Server(
        uvicorn.Config(
            made.app,
            http=door(made.lane),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=_LAST_ANSWERS,
            backlog=_BACKLOG,
            # Believed only from a proxy on this machine, which is uvicorn's own default.
            proxy_headers=True,
            lifespan="off",
        ),
        _url(listening),
        service.settings.data_folder,
        open_page=open_page,
    )
    settle()
    try:
        server.run(sockets=[listening])
    finally:
        server.leave()
        made.media.close()


class _Server(uvicorn.Server):
    """uvicorn's, which says where it is once somebody may come, and for which being stopped is no
    failure: a signal that was obeyed is not raised once more."""

    def __init__(self, config: uvicorn.Config, url: str, data: Path, *, open_page: bool) -> None:
        super().__init__(config)
        self._url, self._data, self._open_page = url, data, open_page
        self._presence: Presence | None = None

    def leave(self) -> None:
        """Nobody need look for it here any more."""
        if self._presence is not None:
            self._presence.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        try:
            self._presence = Presence(self._data, self._url)
        except OSError as error:
            log.warning("where the service is could not be noted: %s", error.strerror)
        print(f"Aloud is at {self._url} (Ctrl-C stops it)", file=sys.stderr, flush=True)  # noqa: T201
        if self._open_page:
            asyncio.get_running_loop().run_in_executor(None, webbrowser.open, self._url)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        taken = getattr(error, "errno", None) == errno.EADDRINUSE
        another = f"is Aloud running already? Choose another port: aloud serve --port {port + 1}"
        raise UsageError(
            f"cannot listen there ({getattr(error, 'strerror', None) or error})",
            subject=f"{host}:{port}",
            hint=another if taken else "give an address of this machine, and a port up to 65535",
        ) from error
    return listening


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
