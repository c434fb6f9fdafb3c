"""Puts `request.membership` in place: the organisation in which this person works right now."""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from opieka.accounts.models import Membership
from opieka.accounts.queries import membership_of

SESSION_KEY = "organisation"
SEEN_SECONDS = 300


class CurrentMembership:
    """Finds the membership, and speaks the person's language and in their organisation's time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def find() -> Membership | None:
            return membership_of(request.user, preferred=request.session.get(SESSION_KEY))

        request.membership = SimpleLazyObject(find)  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            language = request.user.language
            note_seen(request.session.session_key)
        else:
            # Threads are used again: without this a visitor would be answered in the last person's language.
            language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        # Left again at the end of the request, also where a page has set another one for a customer.
        with timezone.override(zone_of(request)):
            return self.get_response(request)


def zone_of(request: HttpRequest) -> str | None:
    """The time zone of the organisation in which this person works; None, the server's, for anybody else."""
    member: Membership | None = request.membership if request.user.is_authenticated else None  # type: ignore[attr-defined]
    return member.organisation.time_zone if member else None


def note_seen(session_key: str | None) -> None:
    """Remember that a session is in use, at most once in five minutes: reading a page must not mean a write."""
    if session_key and cache.add(f"seen:{session_key}", value=True, timeout=SEEN_SECONDS):
        UserSession.objects.filter(session_key=session_key).update(last_seen_at=timezone.now())
