"""The signature under an inbox's messages: its key, the record to publish, and whether that was found."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import CONFIGURE
from opieka.channels import actions, queries
from opieka.channels.base import TryLater
from opieka.channels.models import Inbox


@needs(CONFIGURE)
@require_POST
def signature(request: MemberRequest, inbox_id: int) -> HttpResponse:
    """`do` is make, check or drop."""
    inbox = get_object_or_404(queries.inboxes_of(request.membership.organisation), id=inbox_id)
    channel = queries.channel_of(inbox)
    verb = request.POST.get("do", "")
    if not channel.traits.signs:
        messages.error(request, _("Messages of this channel bear no signature."))
    elif verb == "make":
        actions.make_signing_key(inbox, channel.new_signing_key(), by=request.membership)
        messages.success(request, _("The key is made. Publish its record, then let it be checked."))
    elif verb == "drop":
        actions.drop_signing_key(inbox, by=request.membership)
        messages.success(request, _("Mail is no longer signed. The record may be deleted now."))
    elif channel.signing_record():
        _check(request, inbox)
    return redirect("inbox-settings", inbox.pk)


def _check(request: MemberRequest, inbox: Inbox) -> None:
    try:
        actions.keep_secrets(inbox.pk, queries.channel_of(inbox).check_signing())
    except TryLater as trouble:
        messages.error(request, str(trouble))
        return
    inbox.refresh_from_db()
    record = queries.channel_of(inbox).signing_record()
    if record and record.found:
        messages.success(request, _("The record is published. Mail is signed from now on."))
    else:
        messages.error(request, _("The record is not to be found yet. A new one may take a few hours to be seen."))
