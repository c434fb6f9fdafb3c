"""What everybody who answers must know, above every page: no mail comes in, replies do not leave, a secret ends."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.models import Membership
from opieka.accounts.rules import ANSWER, CONFIGURE, may
from opieka.channels import queries
from opieka.channels.models import Inbox, Outage
from opieka.conversations import outbox
from opieka.conversations.models import Conversation
from opieka.conversations.outbox import Stuck

NAMED = 3


@needs(ANSWER)
@require_GET
def alarms(request: MemberRequest) -> HttpResponse:
    """The banners as they are now; 204 while they are those that `known` names."""
    shown = alarms_of(request.membership)
    if shown["version"] == request.GET.get("known"):
        return HttpResponse(status=204)
    return render(request, "web/alarms.html", {"alarms": shown})


def alarms_for(request: HttpRequest) -> dict[str, Any]:
    """For the shell of a page; {} for visitors and for those who only read."""
    member = getattr(request, "membership", None)
    return alarms_of(member) if member and may(member.role, ANSWER) else {}


def alarms_of(member: Membership) -> dict[str, Any]:
    may_mend = may(member.role, CONFIGURE)
    rows = _outages(member, may_mend=may_mend) if outbox.inboxes_in_trouble(member) else []
    if may_mend:
        rows += [_ending(inbox) for inbox in queries.ending(member)]
    said = repr([(row["kind"], row["inbox"].pk, row["text"], row["why"], row["named"]) for row in rows])
    moving = any(row["kind"] == "info" for row in rows)
    return {"rows": rows, "version": hashlib.sha256(said.encode()).hexdigest()[:12], "moving": moving}


def _outages(member: Membership, *, may_mend: bool) -> list[dict[str, Any]]:
    lasting = outbox.stuck(member.organisation_id)
    rows = [_stuck(stuck, member) for stuck in lasting]
    for outage in queries.outages_in_view(member):
        if outage.side == Outage.Side.IN:
            rows.append(_outage(outage, may_mend=may_mend))
        elif outage.inbox not in [stuck.inbox for stuck in lasting]:
            rows.append(_drained(outage))
    return rows


def _outage(outage: Outage, *, may_mend: bool) -> dict[str, Any]:
    facts = {"name": outage.inbox.name, "here": outage.carried, "all": outage.carried + (outage.left or 0)}
    row = _row(outage.inbox)
    if outage.ended_at is None:
        mend = ("consent" if queries.asks_consent(outage.inbox) else "check") if may_mend else ""
        return row | {
            "kind": "danger",
            "icon": "triangle-alert",
            "text": _("No mail comes in: “%(name)s” is out of reach since") % facts,
            "since": outage.began_at,
            "why": outage.trouble,
            "calm": _("What customers write waits on the server; nothing is lost."),
            "mend": mend,
        }
    if outage.caught_up_at is None:
        known = _("“%(name)s” works again. %(here)d of %(all)d messages that came meanwhile are here.") % facts
        text = known if facts["all"] else _("“%(name)s” works again. Looking for what came meanwhile.") % facts
        return row | {"kind": "info", "icon": "refresh-cw", "text": text, "progress": facts if facts["all"] else None}
    text = ngettext(
        "“%(name)s” works again. %(here)d message that came meanwhile was fetched.",
        "“%(name)s” works again. %(here)d messages that came meanwhile were fetched.",
        outage.carried,
    )
    return row | {"kind": "ok", "icon": "circle-check", "text": text % facts}


def _row(inbox: Inbox) -> dict[str, Any]:
    return {"inbox": inbox, "why": "", "calm": "", "since": None, "mend": "", "progress": None, "named": []}


def _stuck(stuck: Stuck, member: Membership) -> dict[str, Any]:
    """How many replies do not leave, and the first of the conversations they belong to."""
    waiting = outbox.stuck_for(member, stuck.inbox, limit=10 * NAMED)
    numbers = list(dict.fromkeys(shown_number(one.message.conversation) for one in waiting))
    text = ngettext(
        "%(n)d reply of “%(name)s” does not leave, since",
        "%(n)d replies of “%(name)s” do not leave, since",
        stuck.count,
    )
    return _row(stuck.inbox) | {
        "kind": "danger",
        "icon": "send",
        "text": text % {"name": stuck.inbox.name, "n": stuck.count},
        "since": stuck.since,
        "why": sentence(stuck.why)
        or _("No program has taken them up; whoever looks after the installation should look."),
        "calm": _("Nothing is lost."),
        "mend": "outbox",
        "named": numbers[:NAMED],
    }


def sentence(words: str) -> str:
    """With a full stop: what a mail server says ends as it likes."""
    return f"{words}." if words and words[-1].isalnum() else words


def shown_number(conversation: Conversation) -> int:
    """The number under which a conversation is shown."""
    return conversation.merged_into.number if conversation.merged_into else conversation.number


def _drained(outage: Outage) -> dict[str, Any]:
    text = ngettext(
        "The outbox of “%(name)s” is empty again. %(n)d reply that had waited has left.",
        "The outbox of “%(name)s” is empty again. %(n)d replies that had waited have left.",
        outage.carried,
    )
    facts = {"name": outage.inbox.name, "n": outage.carried}
    return _row(outage.inbox) | {"kind": "ok", "icon": "circle-check", "text": text % facts}


def _ending(inbox: Inbox) -> dict[str, Any]:
    days = (inbox.ends_on - timezone.localdate()).days if inbox.ends_on else 0
    facts = {"name": inbox.name, "days": days}
    if days <= 0:
        text = _("The secret of “%(name)s” has ended. Enter a new one, or mail stops coming in.") % facts
    else:
        text = (
            ngettext(
                "The secret of “%(name)s” ends in %(days)d day. Enter a new one before mail stops coming in.",
                "The secret of “%(name)s” ends in %(days)d days. Enter a new one before mail stops coming in.",
                days,
            )
            % facts
        )
    return _row(inbox) | {"kind": "warn", "icon": "key-round", "text": text, "mend": "settings"}
