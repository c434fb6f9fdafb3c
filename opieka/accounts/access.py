"""Who may enter a page. Every view says so itself: `@needs(ANSWER)`, `@personal` or `@public`.

A test walks all routes and refuses one that says nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from opieka.accounts.models import Membership
from opieka.accounts.rules import may

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class MemberRequest(HttpRequest):
    """A request of somebody who works here; views behind `@needs` take this."""

    membership: Membership


def needs(capability: str) -> Callable[[View], View]:
    """Only members whose role holds the capability; strangers log in first, others are refused."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            member = getattr(request, "membership", None)
            if not member or not may(member.role, capability):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = capability  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def personal(view: View) -> View:
    """Anybody who is logged in, about themselves only."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.access = "personal"  # type: ignore[attr-defined]
    return cast(View, guarded)


def public(view: View) -> View:
    """Everybody. The view itself checks whatever key, token or signature it takes."""
    view.access = "public"  # type: ignore[attr-defined]
    return view
