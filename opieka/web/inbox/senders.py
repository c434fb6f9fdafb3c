"""How far it is known who wrote, in words for the agent."""

from typing import Any

from django.utils.translation import gettext as _

from opieka.conversations.models import Message
from opieka.conversations.rules import REVEAL, believed, state_of

ICONS = {"proven": ("shield-check", "good"), "unproven": ("shield", "muted"), "failed": ("triangle-alert", "unsure")}


def sender_of(message: Message) -> dict[str, Any] | None:
    """The mark beside a sender's address: icon, colour, label, explanation. None where the channel has no such question."""
    known = message.authentication or {}
    state = state_of(known)
    if state not in ICONS:
        return None
    icon, css = ICONS[state]
    about = {"domain": known.get("domain", ""), "method": str(known.get("method", "")).upper()}
    return {
        "state": state,
        "icon": icon,
        "css": css,
        "label": _("Sender confirmed") if state == "proven" else _("Sender not confirmed"),
        "words": _explained(state, about),
        "foot": _said_by(state, str(known.get("by", "")), str(known.get("method", ""))),
    }


def _explained(state: str, about: dict[str, str]) -> str:
    if state == "proven" and about["domain"]:
        return _("The domain %(domain)s confirms that this message comes from it (%(method)s).") % about
    if state == "proven":
        return _("The domain of this address confirms that the message comes from it.")
    if state == "failed":
        return _("The domain %(domain)s does not confirm that this message comes from it (%(method)s).") % about
    return _("Nobody could tell whether this message really comes from this address.")


def _said_by(state: str, server: str, method: str) -> str:
    if state == "unproven":
        return _("Before you tell anything of an order, please make sure who writes.")
    if server:
        return _("So says the server %(server)s.") % {"server": server}
    return _("Opieka has looked at the signature itself.") if method else ""


def doubt_of(domain: str, method: str) -> str:
    """The sentence beside a message whose sender's proof failed."""
    words = _(
        "Sender not confirmed: the domain %(domain)s does not confirm that this message comes from it (%(method)s). "
        "Please tell nothing of an order until the customer has proved who they are."
    )
    return words % {"domain": domain, "method": method}


def caution_for(message: Message | None) -> dict[str, str] | None:
    """What to mind beside a customer's orders when the last to write is not known to be that customer."""
    state = state_of(message.authentication) if message else ""
    if not state or believed(state, REVEAL):
        return None
    words = _("Whether this customer wrote is not confirmed. Before you tell anything of an order, please make sure.")
    return {
        "words": words,
        "icon": ICONS.get(state, ICONS["unproven"])[0],
        "css": ICONS.get(state, ICONS["unproven"])[1],
    }
