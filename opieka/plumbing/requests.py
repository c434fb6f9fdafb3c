"""What every request gets: an id, a line in the log, a place in the figures, and nothing of the visitor's devices.

Neither says who asked: the log names the route (`conversations/<int:number>/`), never the
address, which may hold tokens and names.
"""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from opieka.plumbing.metrics import REQUESTS, SECONDS

HEADER = "X-Request-ID"
DEVICES = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
GOOD_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
QUIET = frozenset({"healthz", "metrics", "static"})

log = structlog.get_logger("opieka.requests")


class Accounted:
    """Middleware, the outermost. A proxy's own id is kept where it looks like one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        given = request.headers.get(HEADER, "")
        request_id = given if GOOD_ID.fullmatch(given) else uuid.uuid4().hex[:16]
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            self._account(request, response, time.perf_counter() - began)
        response.headers[HEADER] = request_id
        response.headers.setdefault("Permissions-Policy", DEVICES)
        return response

    @staticmethod
    def _account(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        method = request.method if request.method in METHODS else "other"
        route = route_of(request)
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(method, route).observe(seconds)
        write = log.debug if route in QUIET and response.status_code < 400 else log.info
        write("request", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1))


def route_of(request: HttpRequest) -> str:
    """The pattern that the address fits, "static" for our own files, "unknown" for what fits none."""
    if request.resolver_match:
        return request.resolver_match.route or "/"
    return "static" if request.path_info.startswith("/static/") else "unknown"
