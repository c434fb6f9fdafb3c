"""Who is asking: the key of a program, its scopes, and how often it may ask."""

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja.security import HttpBearer

from opieka.accounts.actions import note_use
from opieka.accounts.models import ApiKey, Membership
from opieka.accounts.queries import key_by_token
from opieka.accounts.rules import key_may
from opieka.api.problems import Problem
from opieka.plumbing.addresses import address_of

WINDOW_SECONDS = 60
WRONG_KEYS_A_MINUTE = 30


class KeyRequest(HttpRequest):
    """A request of a program whose key was accepted."""

    auth: ApiKey
    member: Membership


class Bearer(HttpBearer):
    """Takes `Authorization: Bearer op_…` of a key with this scope."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        address = address_of(request)
        if _spent(f"wrong:{address}", WRONG_KEYS_A_MINUTE):
            raise too_many()
        key = key_by_token(token)
        if key is None or key.created_by is None:
            _count(f"wrong:{address}")
            return None
        within_limit(request, key)
        if not key_may(key.scopes, key.created_by.role, self.scope):
            raise Problem(403, f"This key lacks the scope “{self.scope}”, or the person who made it may not do that.")
        note_use(key)
        request.member = key.created_by  # type: ignore[attr-defined]
        return key


READ, WRITE, ARTICLES = Bearer("read"), Bearer("write"), Bearer("articles")


def within_limit(request: HttpRequest, key: ApiKey) -> None:
    """Count the request; the headers of the answer say how many are left. Raises Problem 429."""
    asked, limit = _count(f"key:{key.pk}"), settings.API_REQUESTS_A_MINUTE
    request.limit_headers = {  # type: ignore[attr-defined]
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(max(0, limit - asked)),
        "RateLimit-Reset": str(_left()),
    }
    if asked > limit:
        raise too_many()


def too_many() -> Problem:
    return Problem(429, retry_after=_left())


def _left() -> int:
    """Seconds until the next window."""
    return WINDOW_SECONDS - int(time.time()) % WINDOW_SECONDS


def _name(what: str) -> str:
    return f"api:{what}:{int(time.time()) // WINDOW_SECONDS}"


def _count(what: str) -> int:
    name = _name(what)
    cache.add(name, 0, timeout=WINDOW_SECONDS * 2)
    return cache.incr(name)


def _spent(what: str, limit: int) -> bool:
    return bool(cache.get(_name(what), 0) >= limit)
