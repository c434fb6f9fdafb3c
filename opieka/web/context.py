"""What every page of the console needs around its own content: the rail, and who is signed in."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opieka.accounts.models import Membership
from opieka.accounts.rules import ANSWER, CONFIGURE, READ, SEE_FIGURES, may
from opieka.conversations.lists import mine_to_do
from opieka.helpdesk.queries import is_here
from opieka.web.alarms import alarms_for

# Address, label, icon, the capability it takes, its keys; those without keys stand at the end of the rail.
PLACES = [
    ("/", _("Inbox"), "inbox", READ, "g s"),
    ("/knowledge/", pgettext_lazy("rail", "Knowledge"), "book-open", READ, "g b"),
    ("/customers/", _("Customers"), "users", READ, "g k"),
    ("/figures/", _("Reports"), "chart-column", SEE_FIGURES, "g r"),
    ("/help/", _("Help"), "life-buoy", READ, ""),
    ("/settings/", _("Settings"), "settings-2", CONFIGURE, ""),
]
ME = "/settings/me/"


def shell(request: HttpRequest) -> dict[str, Any]:
    """The rail, the signed-in member and what is wrong, found only when a template asks for them; nothing for visitors."""
    return {
        "rail": SimpleLazyObject(lambda: rail_of(request)),
        "me": SimpleLazyObject(lambda: me_of(request)),
        "alarms": SimpleLazyObject(lambda: alarms_for(request)),
    }


def rail_of(request: HttpRequest) -> list[dict[str, Any]]:
    """The places this member may go to, with how much waits for them in the inbox."""
    member = member_of(request)
    if member is None:
        return []
    here = request.path
    return [
        {
            "label": label,
            "icon": icon,
            "url": url,
            "at_end": not key,
            "key": key,
            "current": stands_at(here, url),
            "count": to_do(member) if url == "/" else None,
        }
        for url, label, icon, capability, key in PLACES
        if exists(url) and may(member.role, capability)
    ]


def to_do(member: Membership) -> int:
    return mine_to_do(member) if may(member.role, ANSWER) else 0


def me_of(request: HttpRequest) -> dict[str, Any]:
    """The signed-in member as the foot of the rail shows them; {} for visitors."""
    member = member_of(request)
    if member is None:
        return {}
    url = ME if exists(ME) else "/settings/" if exists("/settings/") else "/"
    return {"name": member.name, "url": url, "presence": "here" if is_here(member) else "away"}


def member_of(request: HttpRequest) -> Membership | None:
    return getattr(request, "membership", None) or None


def stands_at(here: str, url: str) -> bool:
    """Whether the page at `here` belongs to that place; conversations belong to the inbox."""
    return here == "/" or here.startswith("/conversations/") if url == "/" else here.startswith(url)


@cache
def exists(url: str) -> bool:
    """Whether some page answers there: a place without one is not offered."""
    try:
        resolve(url)
    except Resolver404:
        return False
    return True
