"""What the page in front of the agent shows: read from the address, or from the address htmx says it stands at."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opieka.accounts.models import Membership
from opieka.conversations.lists import Listing, views_of

SORTS = ("newest", "waiting")


def listing_of(request: HttpRequest, member: Membership) -> Listing:
    """The list the address asks for; an unknown view or order is the usual one."""
    return _listing(request.GET.dict(), member)


def listing_in_front(request: HttpRequest, member: Membership) -> Listing:
    """The list of the page from which htmx asks."""
    return _listing(_query(request), member)


def _listing(asked: Mapping[str, Any], member: Membership) -> Listing:
    view, sort = str(asked.get("view", "mine")), str(asked.get("sort", "newest"))
    return Listing(
        view=view if view in views_of(member) else "mine",
        sort=sort if sort in SORTS else "newest",
        search=str(asked.get("q", ""))[:100].strip(),
    )


def _query(request: HttpRequest) -> dict[str, str]:
    found = parse_qs(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    return {name: values[0] for name, values in found.items() if name in {"view", "sort", "q"}}


def query_of(listing: Listing) -> str:
    """The listing as the end of an address: "" for the usual list, else "?view=team&q=but"."""
    wanted = {"view": listing.view, "sort": listing.sort, "q": listing.search}
    usual = {"view": "mine", "sort": "newest", "q": ""}
    said = {name: value for name, value in wanted.items() if value != usual[name]}
    return f"?{urlencode(said)}" if said else ""


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a pane; going back in history and plain visits want the whole page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def path_in_front(request: HttpRequest) -> str:
    """The path of the page from which htmx asks: the inbox or a conversation; the inbox for anything else."""
    path = urlsplit(request.headers.get("HX-Current-URL", "")).path
    return path if path.startswith("/conversations/") else "/"


def view_labels() -> dict[str, str]:
    return {
        "mine": pgettext("list", "Mine"),
        "unassigned": pgettext("list", "Unassigned"),
        "team": pgettext("list", "Team"),
        "snoozed": pgettext("list", "Snoozed"),
        "unattended": _("Nobody looks after"),
        "resolved": pgettext("list", "Resolved"),
        "spam": pgettext("list", "Spam"),
        "all": pgettext("list", "All"),
    }


def sort_labels() -> dict[str, tuple[str, str]]:
    """The name of each order, and a sentence that explains it."""
    return {
        "newest": (_("Newest first"), _("The last message decides.")),
        "waiting": (_("Longest waiting first"), _("Who has waited longest for an answer stands on top.")),
    }
