"""Workflows: what of DBOS we lean on, beyond beginning one and its steps.

Why each part is here: docs/notes/jobs.md. Each call has a test: tests/serve/test_dbos.py.
"""

import sqlite3
from pathlib import Path

from dbos import DBOS, DBOSConfig, WorkflowStatus
from dbos._dbos import _get_dbos_instance
from dbos._utils import INTERNAL_QUEUE_NAME

# Of the durable steps, not of Aloud: a new version of the program goes on with what an older one
# began, and only another sequence of steps makes that impossible.
STEPS_VERSION = "2"
MANY = 1_000_000  # recoveries that DBOS allows one attempt: how many are too many is said by us
_BUSY = ("PENDING", "ENQUEUED", "DELAYED")  # what DBOS calls a workflow that somebody will end
_OVER = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_AT_ONCE = 500  # workflows looked at in one tidying


def configure(database_url: str, data: Path, executor: str) -> None:
    """Tell DBOS where it keeps its own tables: beside SQLite in a file, in Postgres in a schema."""
    if database_url.startswith("sqlite"):
        file = data / "jobs.sqlite"
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA journal_mode=WAL")  # readers do not wait for writers
        connection.close()
        database_url = f"sqlite:///{file}"
    config: DBOSConfig = {
        "name": "aloud",
        "system_database_url": database_url.replace("postgresql+psycopg://", "postgresql://", 1),
        "sys_db_pool_size": 5,
        "executor_id": executor,
        "application_version": STEPS_VERSION,
        "enable_otlp": False,
        # Its messages carry what went wrong, and that may quote an article: ours do not.
        "log_level": "CRITICAL",
        "console_log_level": "CRITICAL",
        "max_executor_threads": 16,
        "use_listen_notify": False,
    }
    DBOS(config=config)


def pending() -> list[WorkflowStatus]:
    """What somebody has begun and not ended."""
    return DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)


def over() -> list[WorkflowStatus]:
    """The oldest of those that nobody will do anything about any more."""
    return DBOS.list_workflows(
        status=list(_OVER), limit=_AT_ONCE, load_input=False, load_output=False
    )


def recover(workflow: WorkflowStatus) -> None:
    """Have it taken up once more by whoever is free. Once only, whoever else says the same."""
    _get_dbos_instance()._sys_db.reenqueue_for_recovery(
        workflow.workflow_id, [workflow.executor_id or ""], INTERNAL_QUEUE_NAME
    )


def deaths(workflow: WorkflowStatus) -> int:
    """How often a process ended while it worked on it."""
    return max(0, (workflow.recovery_attempts or 0) - 1)


def narration_of(workflow: WorkflowStatus) -> str:
    """The narration that it is an attempt at."""
    return workflow.workflow_id.partition(":")[0]


def is_busy(workflow: WorkflowStatus) -> bool:
    """Whether somebody will end it: not if it is of other steps, which nobody here can take."""
    return workflow.status in _BUSY and workflow.app_version == STEPS_VERSION
