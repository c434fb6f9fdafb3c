"""Where a customer's message belongs: a conversation they take part in, or a new one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils import timezone

from opieka.accounts.queries import members_of
from opieka.channels.base import Inbound
from opieka.channels.models import Inbox
from opieka.channels.queries import own_addresses
from opieka.channels.registry import channel_class
from opieka.conversations.actions.intake import SAME_SUBJECT_WITHIN, Arrival, Intake
from opieka.conversations.models import Author, Conversation, Kind, Message, Status
from opieka.conversations.queries import contact_of
from opieka.conversations.rules import COPY, JOIN_BY_NUMBER, believed, plain_subject, state_of
from opieka.customers.models import Customer, Identity


@dataclass(frozen=True, kw_only=True)
class Place:
    """`conversation` to join, None for a new one; `maybe` is the id of one it may belong to, for an agent to decide.

    `by` says what led there: "reference", "proof", "hint" or "chat". `blocked` is what keeps its sender out of the inbox.
    """

    conversation: Conversation | None = None
    by: str = ""
    maybe: int | None = None
    blocked: str = ""


def place_of(inbox: Inbox, inbound: Inbound, customer: Customer) -> Place:
    """Where it belongs, asked for one message alone."""
    return place_among(Intake(inbox, [Arrival(inbound=inbound)]), inbound, customer)


def place_among(intake: Intake, inbound: Inbound, customer: Customer) -> Place:
    """Where it belongs; what a blocked sender writes joins nothing but what is in quarantine already."""
    place = _place_of(intake, inbound, customer)
    block = intake.people.block_on(inbound.sender)
    if block is None:
        return place
    if place.conversation and place.conversation.status == Status.SPAM:
        return replace(place, blocked=block.value)
    return Place(maybe=place.conversation.pk if place.conversation else place.maybe, blocked=block.value)


def _place_of(intake: Intake, inbound: Inbound, customer: Customer) -> Place:
    """Join only what the sender takes part in. A stranger who quotes an id, however secret, never joins.

    In a chat a visitor has one conversation that goes on until it is settled.
    """
    maybe: int | None = None
    state = inbound.authentication.state
    for conversation, by in _named(intake, inbound):
        # A number in the subject can be guessed, so it takes a sender whom nothing speaks against.
        told = by != "hint" or believed(state, JOIN_BY_NUMBER)
        if told and _joins(intake, conversation, inbound.sender, customer):
            return Place(conversation=conversation, by=by)
        maybe = maybe or conversation.pk
    if channel_class(intake.inbox.kind).traits.instant:
        going_on = _going_on(intake, customer)
        return Place(conversation=going_on, by="chat" if going_on else "")
    return Place(maybe=maybe or _same_subject(intake, inbound, customer))


def _joins(intake: Intake, conversation: Conversation, sender: str, customer: Customer) -> bool:
    if conversation.customer_id == customer.pk:
        return True
    # Who else takes part stands in the messages.
    intake.write()
    return takes_part(conversation, sender, customer)


def _going_on(intake: Intake, customer: Customer) -> Conversation | None:
    intake.write()
    own = Conversation.objects.filter(customer=customer, inbox=intake.inbox)
    return own.exclude(status__in=[Status.RESOLVED, Status.MERGED]).order_by("-id").first()


def _named(intake: Intake, inbound: Inbound) -> Iterator[tuple[Conversation, str]]:
    """The conversations this message points to, the surest first."""
    seen: set[int] = set()
    for conversation, by in _pointed(intake, inbound):
        if conversation.pk not in seen:
            seen.add(conversation.pk)
            yield conversation, by


def _pointed(intake: Intake, inbound: Inbound) -> Iterator[tuple[Conversation, str]]:
    for reference in inbound.thread:
        for found in intake.referred(reference):
            yield found, "reference"
    for number, by in ((inbound.proof, "proof"), (inbound.hint, "hint")):
        for found in intake.numbered(number):
            yield found, by


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


def _same_subject(intake: Intake, inbound: Inbound, customer: Customer) -> int | None:
    """The customer's last conversation under this subject; never joined by itself."""
    subject = plain_subject(inbound.subject)
    now = timezone.now()
    # A mail that was long on its way is judged by the day it was sent.
    since = min(inbound.sent_at or now, now) - SAME_SUBJECT_WITHIN
    return intake.last_under(subject, customer, since=since) if subject else None


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
