"""Health: whether the service can do its work, and what it did, for those who watch over it."""

import time

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import State

from aloud import __version__
from aloud.serve.models.hosting import Health
from aloud.serve.pulse import Pulse
from aloud.serve.routes.asking import Held, Me, refusals
from aloud.serve.service import Service

router = APIRouter(tags=["Operations"])
_USAGE_KEPT = 60.0  # seconds: counting a bucket's objects takes a request for a thousand of them


@router.get(
    "/healthz",
    summary="Whether it works",
    responses={
        503: {"model": Health, "description": "The library cannot be reached"},
    },
)
async def get_health(request: Request, response: Response) -> Health:
    """Open to everybody: it says nothing of anybody. `degraded`: what is there can be heard, and
    new things may have to wait. As it was at most two seconds ago."""
    pulse: Pulse = request.app.state.pulse
    checks = dict(await pulse())
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


def _measure_shelf(service: Service, state: State) -> None:
    now = time.monotonic()
    if now < getattr(state, "shelf_measured", -_USAGE_KEPT) + _USAGE_KEPT:
        return
    state.shelf_measured = now
    for usage in service.shelf.usage():
        service.metrics.shelf_bytes.labels(usage.kind).set(usage.bytes)
