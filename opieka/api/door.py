"""The public API: its address, its words, its failures."""

from typing import Any

from ninja import NinjaAPI
from ninja.constants import NOT_SET
from ninja.openapi.schema import OpenAPISchema

from opieka import __version__
from opieka.api import articles, conversations, customers, inboxes, scheduled, threads
from opieka.api.once import LONGEST_KEY
from opieka.api.problems import MEDIA_TYPE, tell_problems

ABOUT = """Conversations, customers, articles and inboxes of one organisation.

Make a key under *Ustawienia, Klucze API* and send it as `Authorization: Bearer op_…`. A key acts as the person who made it.
Lists come in pages: send `next` back as `cursor`. A POST with an `Idempotency-Key` may be repeated safely for two days.
Every failure is `application/problem+json` (RFC 9457). `RateLimit-Remaining` says how many requests are left this minute."""


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
        "retry_after": {"type": "integer"},
    },
}
FAILED = {"description": "A failure", "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeat the request with the same key and it changes nothing again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[A-Za-z0-9._:-]+$"},
}


class Api(NinjaAPI):
    """Adds to the description what every operation has in common."""

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**how)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                operation["responses"]["default"] = FAILED
                if method == "post":
                    operation.setdefault("parameters", []).append(IDEMPOTENCY)
        return schema


def make() -> NinjaAPI:
    api = Api(
        title="Opieka",
        version=__version__,
        description=ABOUT,
        urls_namespace="api",
        docs_url=None,
        openapi_url="openapi.json",
        auth=NOT_SET,
    )
    tell_problems(api)
    api.add_router("conversations", conversations.router)
    api.add_router("conversations", threads.router)
    api.add_router("conversations", scheduled.router)
    api.add_router("customers", customers.router)
    api.add_router("articles", articles.router)
    api.add_router("inboxes", inboxes.router)
    return api
