"""A new conversation: an agent writes to somebody first."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.models import Membership
from opieka.accounts.rules import ANSWER
from opieka.channels.base import File
from opieka.channels.models import Inbox
from opieka.channels.queries import inboxes_of
from opieka.channels.registry import channel_class
from opieka.conversations import actions
from opieka.conversations.actions.begin import CannotBegin
from opieka.conversations.actions.say import NothingToSend
from opieka.customers.queries import address_of
from opieka.customers.queries import visible_to as customers_visible_to
from opieka.web.inbox.joining import led_to, problem
from opieka.web.inbox.thread import size_words


@needs(ANSWER)
@require_http_methods(["GET", "POST"])
def begin(request: MemberRequest) -> HttpResponse:
    """The form in the dialog; sent, the page shows the conversation. What is wrong is said beside what was typed."""
    inboxes = _writing_first(request.membership)
    if request.method == "GET":
        context = {"inboxes": inboxes, "token": uuid.uuid4().hex, **_addressed(request, inboxes)}
        return render(request, "web/inbox/beginning.html", context)
    inbox = next((one for one in inboxes if str(one.pk) == request.POST.get("inbox")), None)
    if inbox is None:
        return problem(_("Please choose the inbox from which to write."))
    files = request.FILES.getlist("files")
    limit = min(settings.MAX_UPLOAD_BYTES, channel_class(inbox.kind).traits.max_attachment_bytes)
    if any((file.size or 0) > limit for file in files):
        return problem(_("A file may have at most %(limit)s.") % {"limit": size_words(limit)})
    first = actions.First(**{name: request.POST.get(name, "") for name in ("to", "name", "subject", "text")})
    if not first.text.strip():
        return problem(_("There is nothing to send yet."))
    kept = [_kept(file, request.membership) for file in files]
    try:
        token = request.POST.get("token", "")[:60]
        begun = actions.write_first(inbox, first, by=request.membership, attachments=kept, token=token)
    except CannotBegin as why:
        return problem(_what_is_wrong(why.what))
    except NothingToSend:
        return problem(_("There is nothing to send yet."))
    return led_to(request, begun, _("Sent."), others=[])


def _writing_first(member: Membership) -> list[Inbox]:
    """The inboxes from which somebody can be written to who has not written yet."""
    active = inboxes_of(member.organisation).filter(active=True)
    return [one for one in active if channel_class(one.kind).traits.writes_first]


def _addressed(request: MemberRequest, inboxes: list[Inbox]) -> dict[str, Any]:
    """To whom and from which inbox, where it is asked for one customer."""
    given = request.GET.get("customer", "")
    known = customers_visible_to(request.membership).filter(id=given if given.isdecimal() else 0).first()
    if known is None:
        return {}
    reached = [(one, address) for one in inboxes if (address := address_of(known, one.kind))]
    inbox, to = reached[0] if reached else (None, "")
    return {"to": to, "name": known.name, "from": inbox}


def _what_is_wrong(what: str) -> str:
    words = {
        "inbox": _("This inbox is switched off."),
        "to": _("Please check the address: nobody can be written to like this."),
        "ourselves": _("This is an address of your own inbox."),
        "subject": _("Please write a subject."),
    }
    return words[what]


def _kept(file: Any, member: Membership) -> Any:
    read = File(name=str(file.name) or "plik", content=file.read(), content_type=str(file.content_type or ""))
    return actions.attach(None, read, organisation_id=member.organisation_id)
