"""Addresses of this door. What is not here below /api/ and /hooks/ is told as a problem, not as a page."""

from django.urls import URLPattern, URLResolver, path

from opieka.accounts.access import public
from opieka.api.door import make
from opieka.api.health import healthz, metrics
from opieka.api.hooks import hook

ACCESS = "key"


def _with_access(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Operations take a key; the description of the API is for everybody."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            open_to_all = pattern.name in {"openapi-json", "api-root"}
            pattern.callback = public(pattern.callback) if open_to_all else pattern.callback
            if not open_to_all:
                pattern.callback.access = ACCESS  # type: ignore[attr-defined]
    return patterns


_patterns, _app, _namespace = make().urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", (_with_access(_patterns), _app, _namespace)),
    path("hooks/<slug:kind>/<str:key>", hook, name="hook"),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
]
