"""What everybody who answers must know, above every page: an inbox out of reach, its mail being fetched, a secret ending."""

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
    rows = [_outage(outage, may_mend=may_mend) for outage in queries.outages_in_view(member)]
    if may_mend:
        rows += [_ending(inbox) for inbox in queries.ending(member)]
    said = repr([(row["kind"], row["inbox"].pk, row["text"], row["why"]) for row in rows])
    moving = any(row["kind"] == "info" for row in rows)
    return {"rows": rows, "version": hashlib.sha256(said.encode()).hexdigest()[:12], "moving": moving}


def _outage(outage: Outage, *, may_mend: bool) -> dict[str, Any]:
    facts = {"name": outage.inbox.name, "here": outage.brought_in, "all": outage.brought_in + (outage.left or 0)}
    row: dict[str, Any] = {"inbox": outage.inbox, "why": "", "since": None, "mend": "", "progress": None}
    if outage.ended_at is None:
        mend = ("consent" if queries.asks_consent(outage.inbox) else "check") if may_mend else ""
        return row | {
            "kind": "danger",
            "icon": "triangle-alert",
            "text": _("No mail comes in: “%(name)s” is out of reach since") % facts,
            "since": outage.began_at,
            "why": outage.trouble,
            "mend": mend,
        }
    if outage.caught_up_at is None:
        known = _("“%(name)s” works again. %(here)d of %(all)d messages that came meanwhile are here.") % facts
        text = known if facts["all"] else _("“%(name)s” works again. Looking for what came meanwhile.") % facts
        return row | {"kind": "info", "icon": "refresh-cw", "text": text, "progress": facts if facts["all"] else None}
    text = ngettext(
        "“%(name)s” works again. %(here)d message that came meanwhile was fetched.",
        "“%(name)s” works again. %(here)d messages that came meanwhile were fetched.",
        outage.brought_in,
    )
    return row | {"kind": "ok", "icon": "circle-check", "text": text % facts}


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
    return {
        "kind": "warn", "icon": "key-round", "inbox": inbox, "text": text, "why": "", "since": None, "mend": "settings",
        "progress": None,
    }  # fmt: skip
