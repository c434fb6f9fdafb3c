"""Blocked senders: who they are, and the way back for each."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import ANSWER
from opieka.customers.actions import CannotBlock, block, unblock
from opieka.customers.models import Block
from opieka.customers.queries import blocks_of, customer_at
from opieka.web.inbox.quarantine import refusal_words

# Only of mail does anybody know an address before it has written.
MAIL = "email"


class BlockForm(forms.Form):
    value = forms.CharField(
        label=gettext_lazy("Address or domain"),
        max_length=254,
        help_text=gettext_lazy("For example reklama@spam.example, or @spam.example for everybody there."),
    )


@needs(ANSWER)
@require_http_methods(["GET", "POST"])
def blocked(request: MemberRequest) -> HttpResponse:
    """The list; POST blocks one more."""
    form = BlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = block(request.membership, kind=MAIL, value=as_address(form.cleaned_data["value"]))
        except CannotBlock as refusal:
            form.add_error("value", refusal_words(refusal))
        else:
            messages.success(request, _("Blocked: %(sender)s.") % {"sender": kept.value})
            return redirect("blocked")
    rows = [_row(one) for one in blocks_of(request.membership)]
    context = {"form": form, "rows": rows}
    return render(request, "web/settings/blocked.html", context, status=422 if form.errors else 200)


def _row(one: Block) -> dict[str, Any]:
    """A visitor of a chat is known by name, for their id says nothing to anybody."""
    who = customer_at(one.organisation_id, kind=one.kind, value=one.value)
    name = str(who) if who else ""
    known = "@" in one.value or not name
    return {"block": one, "words": one.value if known else name, "name": name if known else ""}


def as_address(typed: str) -> str:
    """An address, or a domain with its "@", which people leave out; "" for anything else."""
    value = typed.strip().lower()
    if "@" not in value:
        value = f"@{value}"
    _local, _at, domain = value.rpartition("@")
    return value if "." in domain and not any(sign.isspace() for sign in value) else ""


@needs(ANSWER)
@require_POST
def lift(request: MemberRequest, block_id: int) -> HttpResponse:
    found = blocks_of(request.membership).filter(id=block_id).first()
    if found is None:
        return HttpResponse(status=404)
    unblock(found.pk, by=request.membership)
    messages.success(request, _("No longer blocked: %(sender)s.") % {"sender": _row(found)["words"]})
    return redirect("blocked")
