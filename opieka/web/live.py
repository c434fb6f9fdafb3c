"""Agents listen by the session cookie, to everything of their organisation."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from django.conf import settings

from opieka.accounts.listening import listener_of, still_listening
from opieka.plumbing.live.subscription import Admission, Refusal, Scope, Subscription, header

BEAT = 3.0
MARK = "session"


def admit_agent(scope: Scope) -> Subscription | None:
    """The agent's subscription; None for whoever brings no session cookie. Raises Refusal."""
    key = _session_key(header(scope, b"cookie"))
    if not key:
        return None
    if not _from_ourselves(scope):
        raise Refusal("Pages of other sites may not listen.")
    listener = listener_of(key)
    if listener is None:
        raise Refusal("Log in to listen.")
    return Subscription(
        organisation_id=listener.organisation_id,
        mark=f"{MARK}:{key}:{listener.organisation_id}",
        expires=listener.until,
        beat=BEAT,
    )


def agents_standing(marks: frozenset[str]) -> frozenset[str]:
    """Marks of agents who are still logged in, still work here and are still active."""
    asked = {mark: _parts(mark) for mark in marks if mark.startswith(f"{MARK}:")}
    kept = still_listening(asked.values()) if asked else set()
    return frozenset(mark for mark, pair in asked.items() if pair in kept)


AGENTS = Admission(admit=admit_agent, stands=agents_standing)


def _parts(mark: str) -> tuple[str, int]:
    _, key, organisation = mark.split(":")
    return key, int(organisation)


def _session_key(cookies: str) -> str:
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


def _from_ourselves(scope: Scope) -> bool:
    """A browser names the page that connects; a cookie travels with a stranger's page too, so the name must be ours."""
    origin = urlsplit(header(scope, b"origin"))
    if not origin.netloc:
        return True
    return origin.netloc in {header(scope, b"host"), urlsplit(settings.PUBLIC_URL).netloc}
