"""What did not come in or go out: the outages of a channel so far, and the replies that do not leave now."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.models import Membership
from opieka.accounts.rules import ANSWER, CONFIGURE
from opieka.channels import queries
from opieka.channels.models import Outage
from opieka.conversations import outbox as stuck_replies
from opieka.conversations.actions import retry_stuck
from opieka.conversations.models import Delivery
from opieka.conversations.outbox import Stuck
from opieka.web.alarms import shown_number
from opieka.web.figures.words import duration
from opieka.web.settings.inboxes import inbox_of

PAGE, MOST_SHOWN = 25, 100


@needs(CONFIGURE)
@require_GET
def outages(request: MemberRequest, inbox_id: int) -> HttpResponse:
    """The outages of one inbox, the latest first."""
    inbox = inbox_of(request, inbox_id)
    page = Paginator(queries.outages_of(inbox), PAGE).get_page(request.GET.get("page"))
    return render(
        request, "web/settings/outages.html", {"inbox": inbox, "page": page, "rows": [_row(one) for one in page]}
    )


def _row(outage: Outage) -> dict[str, Any]:
    lasts = outage.ended_at is None
    words = {
        (Outage.Side.IN, True): _("Nothing comes in"),
        (Outage.Side.IN, False): _("Nothing came in"),
        (Outage.Side.OUT, True): _("Nothing goes out"),
        (Outage.Side.OUT, False): _("Nothing went out"),
    }
    return {
        "outage": outage,
        "out": outage.side == Outage.Side.OUT,
        "what": words[Outage.Side(outage.side), lasts],
        "lasted": _lasted(outage),
        "carried": _carried(outage) if outage.caught_up_at or outage.carried else "",
        "lasts": lasts,
    }


def _lasted(outage: Outage) -> str:
    return str(duration(((outage.ended_at or timezone.now()) - outage.began_at).total_seconds()))


def _carried(outage: Outage) -> str:
    if outage.side == Outage.Side.OUT:
        words = ngettext("%(n)d reply left afterwards", "%(n)d replies left afterwards", outage.carried)
    else:
        words = ngettext("%(n)d mail came in afterwards", "%(n)d mails came in afterwards", outage.carried)
    return words % {"n": outage.carried}


@needs(ANSWER)
@require_GET
def outbox(request: MemberRequest) -> HttpResponse:
    """The replies that do not leave, inbox by inbox, each with its conversation."""
    groups = [_group(stuck, request.membership) for stuck in stuck_replies.stuck(request.membership.organisation_id)]
    return render(request, "web/settings/outbox.html", {"groups": groups})


def _group(stuck: Stuck, member: Membership) -> dict[str, Any]:
    shown = stuck_replies.stuck_for(member, stuck.inbox, limit=MOST_SHOWN)
    return {"stuck": stuck, "rows": [_reply(one) for one in shown], "more": max(0, stuck.count - len(shown))}


def _reply(delivery: Delivery) -> dict[str, Any]:
    conversation = delivery.message.conversation
    return {
        "number": shown_number(conversation),
        "subject": conversation.subject,
        "recipient": delivery.recipient or str(conversation.customer),
        "since": delivery.due_at or delivery.refused_at,
        "attempts": delivery.attempts,
        "why": delivery.error,
        "failed": delivery.due_at is None,
    }


@needs(ANSWER)
@require_POST
def retry(request: MemberRequest, inbox_id: int) -> HttpResponse:
    """Whatever is stuck in this inbox is sent once more, now."""
    tried = retry_stuck(inbox_of(request, inbox_id), by=request.membership)
    if tried:
        words = ngettext("%(n)d reply is being sent again", "%(n)d replies are being sent again", tried)
        messages.success(request, words % {"n": tried})
    else:
        messages.success(request, _("Nothing is stuck any more"))
    return redirect("outbox")
