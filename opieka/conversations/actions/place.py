"""Where a customer's message belongs: a conversation they take part in, or a new one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from opieka.accounts.queries import members_of
from opieka.channels.base import Inbound
from opieka.channels.models import Inbox
from opieka.channels.queries import own_addresses
from opieka.channels.registry import channel_class
from opieka.conversations.models import Author, Conversation, Delivery, Kind, Message, Status
from opieka.conversations.queries import contact_of
from opieka.conversations.rules import COPY, JOIN_BY_NUMBER, believed, plain_subject, state_of
from opieka.customers.models import Customer, Identity
from opieka.customers.queries import block_on

SAME_SUBJECT_WITHIN = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Place:
    """`conversation` to join, None for a new one; `maybe` is one it may belong to, for an agent to decide.

    `by` says what led there: "reference", "proof", "hint" or "chat". `blocked` is what keeps its sender out of the inbox.
    """

    conversation: Conversation | None = None
    by: str = ""
    maybe: Conversation | None = None
    blocked: str = ""


def place_of(inbox: Inbox, inbound: Inbound, customer: Customer) -> Place:
    """Where it belongs; what a blocked sender writes joins nothing but what is in quarantine already."""
    place = _place_of(inbox, inbound, customer)
    block = block_on(inbox.organisation_id, kind=inbox.kind, value=inbound.sender)
    if block is None:
        return place
    if place.conversation and place.conversation.status == Status.SPAM:
        return replace(place, blocked=block.value)
    return Place(maybe=place.conversation or place.maybe, blocked=block.value)


def _place_of(inbox: Inbox, inbound: Inbound, customer: Customer) -> Place:
    """Join only what the sender takes part in. A stranger who quotes an id, however secret, never joins.

    In a chat a visitor has one conversation that goes on until it is settled.
    """
    maybe: Conversation | None = None
    state = inbound.authentication.state
    for conversation, by in _named(inbox, inbound):
        # A number in the subject can be guessed, so it takes a sender whom nothing speaks against.
        told = by != "hint" or believed(state, JOIN_BY_NUMBER)
        if told and takes_part(conversation, inbound.sender, customer):
            return Place(conversation=conversation, by=by)
        maybe = maybe or conversation
    if channel_class(inbox.kind).traits.instant:
        own = Conversation.objects.filter(organisation_id=inbox.organisation_id, customer=customer, inbox=inbox)
        going_on = own.exclude(status__in=[Status.RESOLVED, Status.MERGED]).order_by("-id").first()
        return Place(conversation=going_on, by="chat" if going_on else "")
    return Place(maybe=maybe or _same_subject(inbox, inbound, customer))


def _named(inbox: Inbox, inbound: Inbound) -> Iterator[tuple[Conversation, str]]:
    """The conversations this message points to, the surest first."""
    seen: set[int] = set()
    numbered = Conversation.objects.filter(organisation_id=inbox.organisation_id)
    pointed = [(found, "reference") for reference in inbound.thread for found in _referred(inbox, reference)]
    for number, by in ((inbound.proof, "proof"), (inbound.hint, "hint")):
        pointed += [(found, by) for found in numbered.filter(number=int(number))] if number.isdigit() else []
    for conversation, by in pointed:
        if conversation.pk not in seen:
            seen.add(conversation.pk)
            yield conversation, by


def _referred(inbox: Inbox, reference: str) -> list[Conversation]:
    """The conversations that hold a message of this id; a re-used id may name several, the latest comes first."""
    here = Q(organisation_id=inbox.organisation_id)
    # A second mail under one id is kept as "id#number"; see take_in.
    same = Q(external_id=reference) | Q(external_id__startswith=f"{reference}#")
    said = Message.objects.filter(here & same).values_list("conversation_id", flat=True)
    sent = Delivery.objects.filter(here, external_id=reference).values_list("message__conversation_id", flat=True)
    return list(Conversation.objects.filter(id__in=[*said[:20], *sent[:20]]).order_by("-id"))


def takes_part(conversation: Conversation, sender: str, customer: Customer) -> bool:
    """Whether the customer has this conversation, was brought into it by somebody who takes part, or answers from the
    address that was left there for our answers.
    """
    if conversation.customer_id == customer.pk:
        return True
    left = {contact_of(conversation).lower()} - own_addresses(conversation.organisation_id)
    return bool(sender) and sender.lower() in participants(conversation) | left


def participants(conversation: Conversation) -> set[str]:
    """The addresses that belong to the conversation: the customer's, and those that they or an agent added.

    Whoever came in by nothing but a number in the subject, which can be guessed, brings nobody along, and neither does
    one who is not who they say. What was merged has its own: whoever takes part in one conversation takes no part
    in the other.
    """
    identities = Identity.objects.filter(customer_id=conversation.customer_id, kind=conversation.channel)
    inside = {value.lower() for value in identities.values_list("value", flat=True)}
    said = Message.objects.filter(conversation=conversation, kind=Kind.REPLY, withdrawn_at=None).order_by("id")
    for author, recipients, extra, known in said.values_list("author", "recipients", "extra", "authentication"):
        if author == Author.AGENT or (
            author == Author.CUSTOMER
            and str(recipients.get("from", "")).lower() in inside
            and extra.get("joined_by") != "hint"
            and believed(state_of(known), COPY)
        ):
            inside |= {address.lower() for name in ("to", "cc") for address in recipients.get(name, [])}
    return inside - own_addresses(conversation.organisation_id)


def _same_subject(inbox: Inbox, inbound: Inbound, customer: Customer) -> Conversation | None:
    """The customer's last conversation under this subject; never joined by itself."""
    subject = plain_subject(inbound.subject)
    if not subject:
        return None
    # A mail that was long on its way is judged by the day it was sent.
    lately = min(inbound.sent_at or timezone.now(), timezone.now()) - SAME_SUBJECT_WITHIN
    own = Conversation.objects.filter(organisation_id=inbox.organisation_id, customer=customer)
    return own.filter(subject__iexact=subject, last_message_at__gt=lately).order_by("-id").first()


def copies_for(conversation: Conversation) -> list[str]:
    """Whom an answer reaches besides its recipient: all the others of the last mail, none of ours, nobody invented."""
    said = Message.objects.filter(conversation=conversation, author=Author.CUSTOMER, kind=Kind.REPLY)
    last = said.order_by("-id").first()
    return copies_of(last) if last else []


def copies_of(last: Message) -> list[str]:
    """Whom an answer to this mail of a customer reaches besides its sender."""
    if last.extra.get("joined_by") == "hint" or not believed(state_of(last.authentication), COPY):
        return []
    sender = str(last.recipients.get("from", "")).lower()
    others = [address for name in ("to", "cc") for address in last.recipients.get(name, [])]
    ours = own_addresses(last.organisation_id) if others else frozenset()
    wanted = {address.lower(): address for address in others if _base(address) not in ours}
    wanted.pop(sender, None)
    return list(wanted.values())


def newcomers_among(conversation: Conversation, addresses: Iterable[str]) -> list[str]:
    """Those who have no part in the conversation yet and do not work here: a reply shows all of it to them."""
    colleagues = members_of(conversation.organisation).values_list("user__email", flat=True)
    known = participants(conversation) | {email.lower() for email in colleagues}
    ours = own_addresses(conversation.organisation_id)
    return [one for one in addresses if one.lower() not in known and _base(one) not in ours]


def _base(address: str) -> str:
    """The address without a +mark."""
    local, at, domain = address.lower().rpartition("@")
    return f"{local.split('+')[0]}{at}{domain}"
