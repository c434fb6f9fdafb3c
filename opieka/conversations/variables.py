"""Variables of reply templates: what each one stands for here, and what an empty one does to a reply.

A value is filled in once and is never read for variables again; whatever a customer calls themselves, it cannot bring
in another variable, a line end or a link. When a mail is written, all of it is escaped as text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opieka.accounts.hours import back_words
from opieka.accounts.models import Membership
from opieka.commerce.queries import latest_orders
from opieka.conversations.models import Conversation
from opieka.customers.models import Customer

# Only these families are ours; "{{ anything }}" else in a text is what somebody wanted to say.
WRITTEN = re.compile(r"\{\{\s*((?:customer|conversation|order|agent|shop)\.[a-z_.]{1,40})\s*\}\}")
LONGEST = 80
LINK = re.compile(r"(?i)://|\bwww\.|@")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


class EmptyVariable(Exception):
    """The text holds variables that have no value here; the message is a sentence that names them."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        told = ", ".join(_told(name) for name in names)
        super().__init__(_("Not sent: there is nothing to put in place of %(names)s.") % {"names": told})


def _told(name: str) -> str:
    known = VARIABLES.get(name)
    return f"{{{{{name}}}}} ({known.label if known else _('there is no such variable')})"


@dataclass(frozen=True, kw_only=True)
class Variable:
    """What agents read about it, and how its value is found; "" when there is none."""

    label: Any
    value: Callable[[Conversation, Membership | None], str]


def _first_name(conversation: Conversation, _member: Membership | None) -> str:
    customer = conversation.customer
    return customer.name.split()[0] if customer.kind == Customer.Kind.PERSON and customer.name.split() else ""


def _order_number(conversation: Conversation, _member: Membership | None) -> str:
    order = latest_orders(conversation.customer, limit=1).first()
    return order.number if order else ""


VARIABLES: Mapping[str, Variable] = {
    "customer.first_name": Variable(label=gettext_lazy("customer's first name"), value=_first_name),
    "customer.name": Variable(
        label=gettext_lazy("customer's full name"), value=lambda conversation, _member: conversation.customer.name
    ),
    "conversation.number": Variable(
        label=gettext_lazy("number of the conversation"), value=lambda conversation, _member: str(conversation.number)
    ),
    "conversation.subject": Variable(
        label=gettext_lazy("subject of the conversation"), value=lambda conversation, _member: conversation.subject
    ),
    "order.number": Variable(label=gettext_lazy("number of the customer's latest order"), value=_order_number),
    "agent.name": Variable(
        label=gettext_lazy("name of whoever answers"), value=lambda _one, member: member.name if member else ""
    ),
    "agent.first_name": Variable(
        label=gettext_lazy("first name of whoever answers"),
        value=lambda _one, member: member.user.get_short_name() if member else "",
    ),
    "shop.name": Variable(
        label=gettext_lazy("name of the company"), value=lambda conversation, _member: conversation.organisation.name
    ),
    "shop.back": Variable(
        label=gettext_lazy("when people are back; empty during opening hours"),
        value=lambda conversation, _member: back_words(conversation.organisation, timezone.now()),
    ),
}


def unknown_in(text: str) -> list[str]:
    """Variables in the text that look like ours and are none, each once."""
    return [name for name in dict.fromkeys(WRITTEN.findall(text)) if name not in VARIABLES]


def fill(text: str, conversation: Conversation, *, by: Membership | None) -> str:
    """The text with every variable that has a value replaced by it; the others stay as they are written.

    Without `by` no person writes, so that variables of the agent are empty.
    """
    values: dict[str, str] = {}
    for name in dict.fromkeys(WRITTEN.findall(text)):
        if name in VARIABLES:
            values[name] = harmless(VARIABLES[name].value(conversation, by))
    return WRITTEN.sub(lambda found: values.get(found[1]) or found[0], text)


def filled(text: str, conversation: Conversation, *, by: Membership) -> str:
    """The text as it may be sent. Raises EmptyVariable."""
    done = fill(text, conversation, by=by)
    if empty := list(dict.fromkeys(WRITTEN.findall(done))):
        raise EmptyVariable(empty)
    return done


def harmless(value: str) -> str:
    """One short line without braces; a value that holds a link or an address is no value, for it is somebody's bait."""
    line = " ".join(UNSEEN.sub(" ", value).replace("{", "").replace("}", "").split())[:LONGEST].strip()
    return "" if LINK.search(line) else line
