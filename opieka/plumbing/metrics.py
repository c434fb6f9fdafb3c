"""Figures for Prometheus: what this process serves, and what waits in the database."""

import os
from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from opieka.plumbing import live
from opieka.plumbing.jobs import lag_seconds
from opieka.plumbing.models import EventRow, JobRow

REGISTRY = CollectorRegistry()
REQUESTS = Counter("opieka_requests_total", "Requests served", ["method", "route", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "opieka_request_seconds",
    "Time to answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)


class Waiting(Collector):
    """Read from the tables each time somebody looks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("opieka_jobs", "Jobs by state", labels=["state"])
        counted = dict(JobRow.objects.values_list("state").annotate(n=Count("id")))
        for state in JobRow.State.values:
            jobs.add_metric([state], counted.get(state, 0))
        yield jobs
        lag = lag_seconds(timezone.now())
        yield GaugeMetricFamily("opieka_job_lag_seconds", "Age of the oldest job that waits for a worker", value=lag)
        newest = EventRow.objects.order_by("-id").values_list("id", flat=True).first()
        yield from _listeners()
        yield GaugeMetricFamily("opieka_last_event", "Id of the newest event", value=newest or 0)


def _listeners() -> Iterator[GaugeMetricFamily]:
    """Only where this process serves live updates too; `opieka live` tells at /live/healthz."""
    for state in live.states():
        yield GaugeMetricFamily("opieka_live_connections", "Open live connections", value=state["connections"])
        yield GaugeMetricFamily("opieka_live_frames", "Changes told to listeners", value=state["told"])


REGISTRY.register(Waiting())


def figures() -> bytes:
    """Everything in Prometheus' text format; with several processes, the requests of all of them together."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    from prometheus_client.multiprocess import MultiProcessCollector

    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    together.register(Waiting())
    return generate_latest(together)
