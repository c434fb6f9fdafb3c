"""The pages of the settings, in groups, with who may open each."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Membership
from opieka.accounts.rules import ANSWER, CONFIGURE, MANAGE_PEOPLE, READ, may


@dataclass(frozen=True, kw_only=True)
class Place:
    """One page: `starts` are the beginnings of the addresses that belong to it."""

    url: str
    label: Any
    icon: str
    about: Any
    capability: str = CONFIGURE
    starts: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        return any(path.startswith(start) for start in (self.url, *self.starts))


ME = [
    Place(
        url="/settings/me/",
        label=_("Profile"),
        icon="user-round",
        capability=READ,
        about=_("Name, language, look, signature"),
    ),
    Place(
        url="/account/security/",
        label=_("Security"),
        icon="shield-check",
        capability=READ,
        about=_("Password, second step, passkeys"),
        starts=("/account/password/", "/account/app/", "/account/codes/", "/account/passkeys/"),
    ),
    Place(
        url="/account/sessions/",
        label=_("Sessions"),
        icon="monitor",
        capability=READ,
        about=_("Where you are logged in"),
    ),
]
FIRM = [
    Place(
        url="/settings/organisation/",
        label=_("Company"),
        icon="store",
        about=_("Name, hours, contact, colour"),
    ),
    Place(
        url="/settings/team/",
        label=_("Team"),
        icon="users-round",
        capability=MANAGE_PEOPLE,
        about=_("People, roles, invitations"),
    ),
    Place(url="/settings/inboxes/", label=_("Channels"), icon="plug", about=_("Mailboxes, chat, and their health")),
    Place(
        url="/settings/assistant/", label=_("Assistant"), icon="bot", about=_("When it answers, when it calls a person")
    ),
    Place(
        url="/settings/templates/",
        label=_("Templates"),
        icon="square-pen",
        about=_("Texts for replies, with variables"),
    ),
    Place(url="/settings/keys/", label=_("API keys"), icon="key-round", about=_("Access for your own programs")),
]
UPKEEP = [
    Place(
        url="/settings/blocked/",
        label=_("Blocked senders"),
        icon="ban",
        capability=ANSWER,
        about=_("Whose mail lies in Spam, and the way back"),
    ),
    Place(
        url="/outbox/",
        label=_("Outbox"),
        icon="send",
        capability=ANSWER,
        about=_("Replies that should have left and have not"),
    ),
    Place(
        url="/unclear/",
        label=_("To clear up"),
        icon="circle-question-mark",
        about=_("What came in and could not be read"),
    ),
    Place(url="/settings/jobs/", label=_("Stopped tasks"), icon="rotate-cw", about=_("What gave up after many tries")),
    Place(url="/settings/audit/", label=_("Log of changes"), icon="history", about=_("Who changed what, and when")),
    Place(url="/start/", label=_("First steps"), icon="footprints", about=_("From zero to the first conversation")),
]
GROUPS = [(_("You"), ME), (_("Company"), FIRM), (_("Upkeep"), UPKEEP)]


def places_for(member: Membership | None, path: str) -> list[dict[str, Any]]:
    """The groups this member may open; somebody without an organisation sees their own pages only."""
    shown = []
    for title, places in GROUPS:
        mine = [place for place in places if (places is ME if member is None else may(member.role, place.capability))]
        rows = [{"place": place, "current": place.holds(path)} for place in mine]
        if rows:
            shown.append({"title": title, "rows": rows})
    return shown
