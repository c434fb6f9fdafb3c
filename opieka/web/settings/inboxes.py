"""Channels: every inbox with its health, its own settings form, and a way to try the connection now."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import CONFIGURE
from opieka.channels import actions, queries, replacing
from opieka.channels.base import Channel, TryLater, Withdrawn, WontWork
from opieka.channels.form import ChannelForm
from opieka.channels.models import Inbox
from opieka.channels.registry import channels

PREFIX = "channel"


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("For your team, for example: mail of the shop."),
    )


@needs(CONFIGURE)
@require_GET
def inboxes(request: MemberRequest) -> HttpResponse:
    rows = [
        {"inbox": inbox, "health": health_of(inbox)} for inbox in queries.inboxes_of(request.membership.organisation)
    ]
    return render(request, "web/settings/inboxes.html", {"rows": rows, "offered": offered()})


def offered() -> list[dict[str, Any]]:
    """The channels that can be connected. Templates would call a class, so they get its words."""
    kinds = channels().items()
    return [{"kind": kind, "label": channel.label} for kind, channel in kinds if channel.offered or settings.DEBUG]


def health_of(inbox: Inbox) -> str:
    """One of off, trouble, well, new (nothing has come through yet)."""
    if not inbox.active:
        return "off"
    if inbox.trouble:
        return "trouble"
    return "well" if inbox.last_seen_at else "new"


@needs(CONFIGURE)
@require_http_methods(["GET", "POST"])
def new(request: MemberRequest, kind: str) -> HttpResponse:
    channel = channels().get(kind)
    if channel is None:
        raise Http404
    name = NameForm(request.POST or None, initial={"name": str(channel.label)})
    form = channel.Form(request.POST or None, prefix=PREFIX)
    if request.method == "POST" and name.is_valid() and form.is_valid():
        made = connected(request, kind, name.cleaned_data["name"], form)
        return redirect("inbox-settings", made.pk)
    return _page(request, channel, name, form)


def connected(request: MemberRequest, kind: str, name: str, form: ChannelForm) -> Inbox:
    """Keep the new inbox, then say whether it works."""
    member = request.membership
    made = actions.connect(member.organisation, kind, name=name, cleaned=form.cleaned_data, by=member)
    say_whether_it_works(request, made)
    return made


@needs(CONFIGURE)
@require_http_methods(["GET", "POST"])
def inbox(request: MemberRequest, inbox_id: int) -> HttpResponse:
    found = inbox_of(request, inbox_id)
    channel = channels().get(found.kind)
    if channel is None:
        raise Http404
    name = NameForm(request.POST or None, initial={"name": found.name})
    form = channel.Form(request.POST or None, prefix=PREFIX, initial=channel.Form.as_typed(found.settings))
    for field in secrets_in(form.fields.values()):
        field.required = False
        if found.sealed_secrets:
            field.widget.attrs["placeholder"] = _("saved; leave empty to keep it")
    if request.method == "POST" and name.is_valid() and form.is_valid():
        actions.reconfigure(found, name=name.cleaned_data["name"], cleaned=form.cleaned_data, by=request.membership)
        say_whether_it_works(request, found)
        return redirect("inbox-settings", found.pk)
    return _page(request, channel, name, form, inbox=found)


def secrets_in(fields: Iterable[forms.Field]) -> list[forms.Field]:
    return [field for field in fields if getattr(field, "secret", False)]


def page_of(request: MemberRequest, inbox: Inbox, *, fresh_key: str = "") -> HttpResponse:
    """The page of an inbox as it opens; `fresh_key` is shown this one time."""
    channel = channels()[inbox.kind]
    form = channel.Form(prefix=PREFIX, initial=channel.Form.as_typed(inbox.settings))
    return _page(request, channel, NameForm(initial={"name": inbox.name}), form, inbox=inbox, fresh_key=fresh_key)


def _page(
    request: MemberRequest, channel: type[Channel], name: NameForm, form: ChannelForm, *, inbox: Inbox | None = None,
    fresh_key: str = "",
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "label": channel.label,
        "name": name,
        "form": form,
        "usual": [form[field] for field in form.fields if field not in form.rare],
        "rare": [form[field] for field in form.rare],
        "rare_open": any(field in form.errors for field in form.rare),
        "inbox": inbox,
    }
    if inbox is not None:
        context["health"] = health_of(inbox)
        speaking = queries.channel_of(inbox)
        context["snippet"] = speaking.snippet(settings.PUBLIC_URL)
        context["hook"] = hook_address(channel, inbox)
        context |= keys_of(speaking, fresh_key)
        context["ways"] = speaking.ways_to_consent()
        context["way_back"] = settings.PUBLIC_URL + reverse("consent-answer")
        context["feeders"] = queries.feeders_of(inbox)
        context["waits"] = channel.traits.watched and not channel.fetches(inbox.settings)
        context["watched"] = channel.traits.watched
        context["letters"] = channel.traits.letters
        context["signs"] = channel.traits.signs
        context["record"] = speaking.signing_record() if channel.traits.signs else None
    return render(request, "web/settings/inbox.html", context, status=422 if form.errors or name.errors else 200)


def keys_of(channel: Channel, fresh_key: str) -> dict[str, Any]:
    """The key of programs: the first one is shown, one that was made anew only this one time."""
    kept = channel.connection.secrets
    return {
        "hook_key": "" if replacing.HOOK_KEY in kept else channel.hook_key(),
        "fresh_key": fresh_key,
        "old_key_until": replacing.old_until(kept, replacing.HOOK_KEY),
    }


def hook_address(channel: type[Channel], inbox: Inbox) -> str:
    """Where the other side calls us; "" for a channel that takes no hooks."""
    takes_hooks = channel.verify is not Channel.verify
    return f"{settings.PUBLIC_URL}/hooks/{inbox.kind}/{inbox.key}" if takes_hooks else ""


def inbox_of(request: MemberRequest, inbox_id: int) -> Inbox:
    """An inbox of this organisation; 404 for any other."""
    return get_object_or_404(queries.inboxes_of(request.membership.organisation), id=inbox_id)


@needs(CONFIGURE)
@require_POST
def check(request: MemberRequest, inbox_id: int) -> HttpResponse:
    found = inbox_of(request, inbox_id)
    say_whether_it_works(request, found)
    return redirect("inbox-settings", found.pk)


def say_whether_it_works(request: MemberRequest, inbox: Inbox) -> bool:
    """Try the connection now, remember how it went, and tell."""
    try:
        well = queries.channel_of(inbox).check()
    except (TryLater, WontWork) as trouble:
        actions.note_health(inbox, trouble=str(trouble), withdrawn=isinstance(trouble, Withdrawn))
        messages.error(request, str(trouble))
        return False
    # A channel that says nothing was not really contacted: only customers can show that it works.
    if well or inbox.trouble:
        actions.note_health(inbox)
    messages.success(request, well or _("Saved"))
    return True


@needs(CONFIGURE)
@require_POST
def power(request: MemberRequest, inbox_id: int) -> HttpResponse:
    """Switch an inbox on or off; nothing of it is lost."""
    found = inbox_of(request, inbox_id)
    actions.switch(found, on=request.POST.get("on") == "1", by=request.membership)
    messages.success(request, _("Switched on") if found.active else _("Switched off"))
    return redirect("inbox-settings", found.pk)
