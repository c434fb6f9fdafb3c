"""How programs hand items in to an inbox: the key is replaced, and so is an address through which mail is forwarded."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import CONFIGURE
from opieka.channels import keys, queries
from opieka.channels.registry import channel_class
from opieka.web.settings.inboxes import hook_address, inbox_of, page_of


@needs(CONFIGURE)
@never_cache
@require_POST
def hook_key(request: MemberRequest, inbox_id: int) -> HttpResponse:
    """`do` is replace, which shows the new key this one time, or revoke, which ends the old one at once."""
    inbox = inbox_of(request, inbox_id)
    if not hook_address(channel_class(inbox.kind), inbox):
        raise Http404
    if request.POST.get("do") == "revoke":
        keys.revoke_old_hook_key(inbox, by=request.membership)
        messages.success(request, _("The old key no longer works"))
        return redirect("inbox-settings", inbox.pk)
    fresh = keys.replace_hook_key(inbox, by=request.membership)
    inbox.refresh_from_db()
    return page_of(request, inbox, fresh_key=fresh)


@needs(CONFIGURE)
@require_POST
def forwarding(request: MemberRequest, inbox_id: int, carrier_id: int) -> HttpResponse:
    """The same for the address at another mailbox through which mail is forwarded here."""
    inbox = inbox_of(request, inbox_id)
    carrier = get_object_or_404(queries.carriers_of(inbox), id=carrier_id)
    if request.POST.get("do") == "revoke":
        keys.revoke_old_branch_address(carrier, inbox, by=request.membership)
        messages.success(request, _("The old address no longer leads here"))
    else:
        keys.replace_branch_address(carrier, inbox, by=request.membership)
        messages.success(request, _("The address is new. Enter it where mail is forwarded."))
    return redirect("inbox-settings", inbox.pk)
