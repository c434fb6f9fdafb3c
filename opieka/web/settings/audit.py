"""Who changed what, and when: the log as people read it."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from opieka.accounts import queries
from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.models import Membership, Role
from opieka.accounts.rules import CONFIGURE
from opieka.channels.queries import inboxes_of
from opieka.channels.registry import channels
from opieka.customers.queries import blocks_of
from opieka.helpdesk.queries import templates_ever
from opieka.knowledge.queries import visible_to as articles_visible_to
from opieka.plumbing.audit import entries
from opieka.plumbing.models import AuditEntry
from opieka.web.settings.keys import abilities

PAGE = 50
VERBS = {
    "founded organisation": (_("founded the company"), "store"),
    "invited": (_("invited somebody"), "user-plus"),
    "resent invitation": (_("sent an invitation again"), "send"),
    "withdrew invitation": (_("withdrew an invitation"), "ban"),
    "joined": (_("joined the team"), "log-in"),
    "changed role": (_("changed a role"), "user-pen"),
    "removed member": (_("removed somebody"), "log-out"),
    "created team": (_("created a team"), "users-round"),
    "changed team": (_("changed a team"), "users-round"),
    "dissolved team": (_("dissolved a team"), "users-round"),
    "created key": (_("made an API key"), "key-round"),
    "revoked key": (_("revoked an API key"), "key-round"),
    "changed organisation": (_("changed the company"), "store"),
    "switched on": (_("switched Opieka on for customers"), "circle-check"),
    "changed assistant": (_("changed the assistant"), "bot"),
    "connected inbox": (_("connected a channel"), "plug"),
    "changed inbox": (_("changed a channel"), "plug"),
    "made signing key": (_("made a key for signing mail"), "key-round"),
    "dropped signing key": (_("dropped the key for signing mail"), "key-round"),
    "replaced hook key": (_("replaced the key for programs"), "key-round"),
    "revoked old hook key": (_("revoked the old key for programs"), "key-round"),
    "replaced forwarding address": (_("replaced an address for forwarding"), "at-sign"),
    "revoked old forwarding address": (_("revoked an old address for forwarding"), "at-sign"),
    "switched inbox on": (_("switched a channel on"), "plug"),
    "switched inbox off": (_("switched a channel off"), "unplug"),
    "retried outbox": (_("let stuck replies leave again"), "send"),
    "set aside item": (_("set an unclear item aside"), "circle-question-mark"),
    "read item again": (_("had an unclear item read again"), "rotate-cw"),
    "retried job": (_("started a stopped task again"), "rotate-cw"),
    "retried jobs": (_("started all stopped tasks again"), "rotate-cw"),
    "discarded job": (_("threw a stopped task away"), "trash-2"),
    "blocked sender": (_("blocked a sender"), "ban"),
    "unblocked sender": (_("unblocked a sender"), "ban"),
    "published article": (_("published an article"), "book-open"),
    "wrote template": (_("wrote a reply template"), "square-pen"),
    "changed template": (_("changed a reply template"), "square-pen"),
    "removed template": (_("removed a reply template"), "trash-2"),
    "brought back template": (_("brought back a reply template"), "undo-2"),
    "archived article": (_("archived an article"), "archive"),
}


DETAILS = {
    "role": _("role"),
    "before": _("before"),
    "after": _("after"),
    "scopes": _("allowed to"),
    "kind": _("channel"),
    "changed": _("changed"),
    "takes_new": _("takes new conversations"),
    "members": _("people"),
    "reason": _("reason"),
    "count": _("how many"),
    "version": _("version"),
    "job": _("task"),
}


@needs(CONFIGURE)
@require_GET
def audit(request: MemberRequest) -> HttpResponse:
    member = request.membership
    page = Paginator(entries(member.organisation_id), PAGE).get_page(request.GET.get("page"))
    names = names_for(member, list(page))
    return render(request, "web/settings/audit.html", {"page": page, "rows": [row(entry, names) for entry in page]})


def names_for(member: Membership, shown: list[AuditEntry]) -> dict[str, str]:
    """What to call the people and things of these entries: "inbox:3" is its name, "membership:4" theirs."""
    wanted: dict[str, set[int]] = {}
    for entry in shown:
        kind, _colon, number = entry.subject.partition(":")
        if number.isdecimal():
            wanted.setdefault(kind, set()).add(int(number))
    house = member.organisation
    shelves: dict[str, QuerySet[Any]] = {
        "inbox": inboxes_of(house),
        "team": queries.teams_of(house),
        "key": queries.every_key(house),
        "invitation": queries.every_invitation(house),
        "article": articles_visible_to(member),
        "block": blocks_of(member),
        "template": templates_ever(member),
    }
    names = {f"membership:{person.pk}": person.name for person in queries.everybody_ever(house)}
    for kind, shelf in shelves.items():
        for thing in shelf.filter(id__in=wanted.get(kind, ())):
            names[f"{kind}:{thing.pk}"] = (
                thing.email if kind == "invitation" else getattr(thing, "name", "") or str(thing)
            )
    return names


def row(entry: AuditEntry, names: dict[str, str]) -> dict[str, Any]:
    """One line of the log: who, what, about whom, and what exactly."""
    words, icon = VERBS.get(entry.verb, (entry.verb, "info"))
    about = names.get(entry.subject, entry.subject)
    return {
        "entry": entry,
        "who": names.get(entry.actor, "Opieka" if entry.actor == "system" else entry.actor),
        "what": words,
        "icon": icon,
        "about": "" if entry.subject == entry.actor else about,
        "details": [f"{DETAILS.get(name, name)}: {said(name, value, names)}" for name, value in entry.details.items()],
    }


def said(name: str, value: Any, names: dict[str, str]) -> str:
    """A detail in words: roles and channels by their labels, people by their names."""
    if name == "scopes":
        return abilities(value)
    if isinstance(value, list):
        parts = [names.get(f"membership:{one}", str(one)) if name == "members" else str(one) for one in value]
        return ", ".join(parts) or "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if name == "kind" and value in channels():
        return str(channels()[value].label)
    return str(Role(value).label) if value in Role.values else str(value)
