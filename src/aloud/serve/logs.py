"""Logs: one JSON object a line on standard error, made for machines, with no article in it.

Only what stands in `_FIELDS` is written beside the message. Messages name ids and kinds of
failure; headlines, sentences and addresses stay in the library, where their listener sees them.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

_FIELDS = (
    "narration", "article", "listener", "feed", "method", "route", "status", "ms", "bytes",
    "verdict", "error", "executor",
)  # fmt: skip


class JsonFormatter(logging.Formatter):
    """One line for each record."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            line["trace"] = _places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _places(error: BaseException) -> list[str]:
    """Kinds and places of an error and its causes, without their words, which may quote a text."""
    found: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-8:]]
        found.append(f"{type(seen).__name__} at {' > '.join(where)}")
        seen = seen.__cause__ or seen.__context__
    return found


def set_up(level: str = "INFO") -> None:
    """Send every logger's lines, uvicorn's too, to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # Ours is written by `observe`, with the route in place of an address that may hold a query.
    logging.getLogger("uvicorn.access").disabled = True
    for noisy in ("alembic", "httpx", "httpcore", "dbos", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
