"""Observe: what every request cost, for /metrics and for the log."""

import logging
import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("aloud.requests")
_SLOW = 1.0  # seconds: such a request is worth a line of its own level
# First audio has to come within a second; an upload may take minutes.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Counters of one service. Gauges of its state are set when they are asked for."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "aloud_requests", "Requests answered", ("method", "route", "status"),
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "aloud_request_seconds", "Time until an answer began", ("route",),
            buckets=_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.narrations = Gauge(
            "aloud_narrations", "Narrations by state", ("state",), registry=self.registry
        )
        self.running = self._gauge("running_narrations", "Narrations this process works on")
        self.waiting = self._gauge("waiting_utterances", "Utterances that wait to be spoken")
        self.spoken = self._gauge("spoken_utterances", "Utterances spoken since the start")
        self.live = self._gauge("live_runs", "Live runs in memory")
        self.shelf_bytes = Gauge(
            "aloud_shelf_bytes", "Bytes on the shelf", ("kind",), registry=self.registry
        )

    def served(self, status: int, count: int) -> None:
        """A range that took the lane, past `Observed`: counted, not timed."""
        self.requests.labels("GET", "/media", str(status)).inc()

    def _gauge(self, name: str, help: str) -> Gauge:
        return Gauge(f"aloud_{name}", help, registry=self.registry)


class Observed:
    """Wraps the whole service: counts, times and logs each request once it is answered."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status, sent, first = 0, 0, 0.0

        async def watched(message: Message) -> None:
            nonlocal status, sent, first
            if message["type"] == "http.response.start":
                status, first = message["status"], time.perf_counter() - began
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = _route(scope)
            self._metrics.requests.labels(scope["method"], route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(first)
            level = logging.WARNING if status >= 500 or first > _SLOW else logging.DEBUG
            if log.isEnabledFor(level):
                facts = {"method": scope["method"], "route": route, "status": status}
                log.log(
                    level,
                    "answered",
                    extra={**facts, "ms": round(first * 1000, 1), "bytes": sent},
                )


def _route(scope: Scope) -> str:
    """The route's pattern: addresses of articles would make a metric of each, and tell of them."""
    route = scope.get("route")
    pattern = getattr(route, "path_format", None) or getattr(route, "path", None)
    if pattern:
        return str(pattern)
    return "/media" if scope["path"].startswith("/media/") else "other"
