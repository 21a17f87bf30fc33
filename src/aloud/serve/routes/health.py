"""Health: whether the service can do its work, and what it did, for those who watch over it."""

import logging
import time
from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import State

from aloud import __version__
from aloud.errors import AloudError
from aloud.serve.models.hosting import Health
from aloud.serve.routes.asking import Held, Me, refusals
from aloud.serve.service import Service

log = logging.getLogger(__name__)
router = APIRouter(tags=["Operations"])
_USAGE_KEPT = 60.0  # seconds: counting a bucket's objects takes a request for a thousand of them


@router.get(
    "/healthz",
    summary="Whether it works",
    responses={
        503: {"model": Health, "description": "The library cannot be reached"},
    },
)
def get_health(service: Held, response: Response) -> Health:
    """Open to everybody: it says nothing of anybody. `degraded`: what is there can be heard, and
    new things may have to wait."""
    checks = {
        "library": _works("library", service.library.check),
        "shelf": _works("shelf", service.shelf.check),
    }
    if checks["library"] == "failed":
        response.status_code = 503
    well = set(checks.values()) == {"ok"}
    return Health(status="ok" if well else "degraded", version=__version__, checks=checks)


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={
        200: {
            "description": "Prometheus's text format",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        **refusals(),
    },
)
def get_metrics(me: Me, service: Held, request: Request) -> Response:
    """Counts and times of requests, narrations and utterances. Nothing of any article."""
    metrics = service.metrics
    for state, count in service.library.narrations.counts():
        metrics.narrations.labels(state).set(count)
    metrics.running.set(service.running())
    metrics.waiting.set(service.speaker.waiting())
    metrics.spoken.set(service.speaker.made)
    metrics.live.set(service.live.running())
    _measure_shelf(service, request.app.state)
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _works(name: str, check: Callable[[], None]) -> Literal["ok", "failed"]:
    try:
        check()
    except AloudError as error:
        log.warning("%s: %s", name, error.message)
        return "failed"
    return "ok"


def _measure_shelf(service: Service, state: State) -> None:
    now = time.monotonic()
    if now < getattr(state, "shelf_measured", -_USAGE_KEPT) + _USAGE_KEPT:
        return
    state.shelf_measured = now
    for usage in service.shelf.usage():
        service.metrics.shelf_bytes.labels(usage.kind).set(usage.bytes)
