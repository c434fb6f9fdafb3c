"""Taking an offered place, seeing and ending sessions, changing between organisations."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from opieka.accounts import actions, queries
from opieka.accounts.access import personal, public
from opieka.accounts.middleware import SESSION_KEY
from opieka.accounts.models import Invitation, Membership, User
from opieka.web.login.browsers import browser_of
from opieka.web.login.forms import AcceptForm, too_many

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link of an invitation: a new account, or one click for somebody who has one."""
    if too_many("reset_password_from_key", "invitation"):
        return render(request, "429.html", status=429)
    offer = queries.invitation_by_token(token)
    if offer is None:
        return render(request, "web/login/invitation_gone.html", status=410)
    if request.user.is_authenticated:
        return _with_account(request, offer, request.user)
    if queries.has_account(offer.email):
        return redirect_to_login(request.get_full_path())
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        member = actions.accept_new(offer, person=form.cleaned_data["name"], password=form.cleaned_data["password"])
        start_session(request, member.user, backend=BACKEND)
        return _welcome(request, member)
    return render(
        request, "web/login/invitation.html", {"offer": offer, "form": form}, status=422 if form.errors else 200
    )


def _with_account(request: HttpRequest, offer: Invitation, user: User) -> HttpResponse:
    if user.email.lower() != offer.email:
        return render(request, "web/login/invitation_other.html", {"offer": offer}, status=409)
    if request.method == "POST":
        return _welcome(request, actions.accept_as(offer, user))
    return render(request, "web/login/invitation.html", {"offer": offer, "form": None})


def _welcome(request: HttpRequest, member: Membership) -> HttpResponse:
    request.session[SESSION_KEY] = member.organisation_id
    messages.success(request, _("Welcome to %(house)s.") % {"house": member.organisation.name})
    return redirect("/")


@personal
@never_cache
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where this person is logged in; POST ends every session but this one."""
    user, here = _user(request), request.session.session_key
    if request.method == "POST":
        ended = actions.end_other_sessions(user, keep=here)
        messages.success(request, ngettext("%(n)d session ended", "%(n)d sessions ended", ended) % {"n": ended})
        return redirect("sessions")
    rows: list[dict[str, Any]] = [
        {"session": session, "browser": browser_of(session.user_agent), "here": session.session_key == here}
        for session in queries.sessions_of(user)
    ]
    return render(request, "web/login/sessions.html", {"rows": rows, "others": sum(not row["here"] for row in rows)})


@personal
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions."""
    own = {session.pk: session for session in queries.sessions_of(_user(request))}
    if session_id not in own:
        raise Http404
    actions.end_session(own[session_id])
    messages.success(request, _("The session was ended"))
    return redirect("sessions")


@personal
@require_POST
def switch(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Work in another of one's organisations."""
    member = get_object_or_404(queries.memberships_of(_user(request)), organisation_id=organisation_id)
    request.session[SESSION_KEY] = member.organisation_id
    return redirect("/")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - @personal has let nobody else in.
    return request.user
