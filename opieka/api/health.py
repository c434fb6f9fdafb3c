"""`/healthz` for whoever restarts what is ill, `/metrics` for whoever draws curves."""

import ipaddress
import shutil
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from opieka.accounts.access import public
from opieka.channels.queries import lost_seconds
from opieka.insight.queries import deliveries_by_state
from opieka.plumbing.jobs import lag_seconds

LAGGING_SECONDS = 300
LEAST_FREE_BYTES = 200 * 1024 * 1024


@public
@require_GET
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 while the product can do its work, 503 with the reason when it cannot. Says nothing about customers."""
    try:
        parts = {"database": _database(), "jobs": _jobs(), "live": _live(), "disk": _disk()}
    except DatabaseError:
        parts = {"database": {"ok": False, "why": "The database does not answer."}}
    ok = all(part["ok"] for part in parts.values())
    return JsonResponse({"ok": ok, "version": settings.VERSION, **parts}, status=200 if ok else 503)


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True, "kind": connection.vendor}


def _jobs() -> dict[str, Any]:
    lag = lag_seconds(timezone.now())
    return {"ok": lag < LAGGING_SECONDS, "lag_seconds": round(lag, 1)}


def _live() -> dict[str, Any]:
    """Listeners of this process; where live updates are served elsewhere, how they are reached."""
    from opieka.plumbing import live

    served = live.states()
    if not served:
        return {"ok": True, "served": False}
    # While somebody listens, the table is looked at several times a second.
    return {"ok": all(state["fresh"] for state in served), "connections": sum(s["connections"] for s in served)}


def _disk() -> dict[str, Any]:
    free = shutil.disk_usage(settings.HOME).free
    return {"ok": free > LEAST_FREE_BYTES, "free_mb": free // (1024 * 1024)}


@public
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """For loopback, or with the token of `OPIEKA_METRICS_TOKEN`."""
    if not (_from_here(request) or _has_token(request)):
        raise PermissionDenied
    from prometheus_client import CONTENT_TYPE_LATEST

    from opieka.plumbing.metrics import figures

    lines = ["# HELP opieka_deliveries Replies in the outbox by state", "# TYPE opieka_deliveries gauge"]
    lines += [f'opieka_deliveries{{state="{state}"}} {n}' for state, n in sorted(deliveries_by_state().items())]
    lines += ["# HELP opieka_inbox_lost_seconds How long an inbox has been out of reach; 0 when it works"]
    lines += ["# TYPE opieka_inbox_lost_seconds gauge"]
    lines += [
        f'opieka_inbox_lost_seconds{{inbox="{pk}",kind="{kind}"}} {lost:.0f}' for pk, kind, lost in lost_seconds()
    ]
    body = figures() + ("\n".join(lines) + "\n").encode()
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def _from_here(request: HttpRequest) -> bool:
    """Loopback, and no proxy in between that might speak for the world."""
    if "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and compare_digest(given, settings.METRICS_TOKEN)
