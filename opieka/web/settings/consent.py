"""Connecting an inbox at its provider: one click there and back, or a code typed on any device.

The provider sends people back to one address for all inboxes. What they began is kept in their session, for a quarter of
an hour and for one answer.
"""

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import CONFIGURE
from opieka.channels import actions, queries
from opieka.channels.base import TryLater, WontWork
from opieka.channels.models import Inbox
from opieka.web.settings.inboxes import inbox_of, say_whether_it_works

BEGUN = "consent"
LASTS_SECONDS = 900
# Whoever set out from the first steps comes back to them.
THEN, FIRST_STEPS = "consent-then", "start-mailbox"


def way_back() -> str:
    """The redirect address to register with the provider."""
    return settings.PUBLIC_URL + reverse("consent-answer")


@needs(CONFIGURE)
@require_GET
def begin(request: MemberRequest, inbox_id: int) -> HttpResponse:
    """Off to the provider. Nothing changes until the person comes back with an answer to this very request."""
    inbox = inbox_of(request, inbox_id)
    channel = queries.channel_of(inbox)
    if "redirect" not in channel.ways_to_consent():
        return redirect("inbox-settings", inbox.pk)
    try:
        consent = channel.ask_consent(back=way_back())
    except WontWork as refusal:
        messages.error(request, str(refusal))
        return redirect("inbox-settings", inbox.pk)
    _keep(request, inbox, dict(consent.kept))
    request.session[THEN] = FIRST_STEPS if request.GET.get("then") == "start" else ""
    return redirect(consent.address)


@needs(CONFIGURE)
@require_GET
def answer(request: MemberRequest) -> HttpResponse:
    """Back from the provider."""
    inbox, kept = _begun(request)
    if inbox is None:
        messages.error(request, _("This answer does not belong to your request. Begin once more."))
        return redirect("inboxes")
    try:
        fresh = queries.channel_of(inbox).take_consent(request.GET.dict(), kept, back=way_back())
    except (TryLater, WontWork) as trouble:
        messages.error(request, str(trouble))
        return redirect("inbox-settings", inbox.pk)
    connected = _connected(request, inbox, fresh)
    then = request.session.pop(THEN, "")
    return redirect(then) if then else connected


@needs(CONFIGURE)
@require_POST
def code(request: MemberRequest, inbox_id: int) -> HttpResponse:
    """Ask for a code and show it; the page then looks by itself whether it was typed."""
    inbox = inbox_of(request, inbox_id)
    channel = queries.channel_of(inbox)
    if "device" not in channel.ways_to_consent():
        return redirect("inbox-settings", inbox.pk)
    try:
        got = channel.ask_code()
    except (TryLater, WontWork) as trouble:
        messages.error(request, str(trouble))
        return redirect("inbox-settings", inbox.pk)
    _keep(request, inbox, {"device_code": got.device_code}, lasts=got.expires_in)
    return render(request, "web/settings/code.html", {"inbox": inbox, "code": got, "minutes": got.expires_in // 60})


@needs(CONFIGURE)
@require_POST
def code_typed(request: MemberRequest, inbox_id: int) -> HttpResponse:
    """204 until the code was typed; then on to the inbox."""
    inbox = inbox_of(request, inbox_id)
    begun, kept = _begun(request, end=False)
    if begun is None or begun.pk != inbox.pk:
        return _on_to(inbox)
    try:
        fresh = queries.channel_of(inbox).take_code(kept.get("device_code", ""))
    except TryLater:
        return HttpResponse(status=204)
    except WontWork as refusal:
        request.session.pop(BEGUN, None)
        messages.error(request, str(refusal))
        return _on_to(inbox)
    if not fresh:
        return HttpResponse(status=204)
    request.session.pop(BEGUN, None)
    _connected(request, inbox, fresh)
    return _on_to(inbox)


def _on_to(inbox: Inbox) -> HttpResponse:
    return HttpResponse(status=200, headers={"HX-Redirect": reverse("inbox-settings", args=[inbox.pk])})


def _connected(request: MemberRequest, inbox: Inbox, fresh: Mapping[str, str]) -> HttpResponse:
    actions.reconnect(inbox, fresh, by=request.membership)
    say_whether_it_works(request, inbox)
    return redirect("inbox-settings", inbox.pk)


def _keep(request: MemberRequest, inbox: Inbox, kept: dict[str, str], *, lasts: int = LASTS_SECONDS) -> None:
    request.session[BEGUN] = {"inbox": inbox.pk, "until": time.time() + lasts, "kept": kept}


def _begun(request: MemberRequest, *, end: bool = True) -> tuple[Inbox | None, dict[str, str]]:
    """The inbox and what was kept for it; (None, {}) where nothing was begun or it was too long ago."""
    begun: dict[str, Any] | None = request.session.get(BEGUN)
    if end:
        request.session.pop(BEGUN, None)
    if not begun or begun["until"] < time.time():
        return None, {}
    inbox = queries.inboxes_of(request.membership.organisation).filter(pk=begun["inbox"]).first()
    return inbox, dict(begun["kept"])
