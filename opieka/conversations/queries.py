"""Questions about conversations. Doors come here, never to the tables."""

from collections.abc import Iterable

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from opieka.accounts.models import Membership
from opieka.channels.models import Inbox
from opieka.conversations.models import (
    Attachment,
    Author,
    Conversation,
    Draft,
    Kind,
    Merge,
    Message,
    Scheduled,
)
from opieka.customers.models import Customer, Identity
from opieka.customers.queries import address_of, lost_since, trouble_at


def visible_to(member: Membership) -> QuerySet[Conversation]:
    """The conversations this member may see: those of their organisation."""
    return Conversation.objects.filter(organisation_id=member.organisation_id)


def by_number(member: Membership, number: int) -> Conversation | None:
    """The conversation with what its head and panel show; None when there is none this member may see."""
    rows = visible_to(member).filter(number=number)
    found = rows.select_related("customer", "assignee__user", "team", "inbox").first()
    if found:
        found.organisation = member.organisation
    return found


def shown(member: Membership, number: int) -> Conversation | None:
    """As `by_number`; for one that was merged, the conversation that shows it."""
    found = by_number(member, number)
    return by_number(member, found.merged_into.number) if found and found.merged_into else found


def parts_of(conversation: Conversation) -> QuerySet[Conversation, int]:
    """The ids of the conversation and of those that were merged into it: whose messages its thread shows.

    To be looked for within another question, which it then is a part of.
    """
    parts = Conversation.objects.filter(Q(id=conversation.pk) | Q(merged_into=conversation))
    return parts.values_list("id", flat=True)


def merged_in(conversation: Conversation) -> list[Conversation]:
    """What was merged into this one, directly or not, in the order of its numbers."""
    parts = Conversation.objects.filter(merged_into=conversation).select_related("customer", "inbox")
    return list(parts.order_by("number"))


def last_merges(conversation: Conversation) -> list[Merge]:
    """What can be separated again: the mergings into this very one, the latest first."""
    going_on = Merge.objects.filter(target=conversation, ended_at=None)
    return list(going_on.select_related("source__customer").order_by("-id"))


def answered_part(conversation: Conversation) -> Conversation:
    """The part of a thread that an answer belongs to: the one whose customer spoke last."""
    said = Message.objects.filter(conversation__in=parts_of(conversation), author=Author.CUSTOMER, kind=Kind.REPLY)
    last = said.select_related("conversation__inbox", "conversation__customer").order_by("-created_at", "-id").first()
    return last.conversation if last else conversation


def answerable_parts(conversation: Conversation) -> list[Conversation]:
    """Where conversations were merged, those whose customer can be answered; a split that went home is none."""
    theirs = Message.objects.filter(conversation=OuterRef("pk"), author=Author.CUSTOMER, kind=Kind.REPLY)
    merged = Conversation.objects.filter(Exists(theirs), merged_into=conversation)
    return [conversation, *merged.select_related("customer", "inbox").order_by("number")]


def thread(conversation: Conversation) -> list[Message]:
    """Everything said and done, oldest first, with what each line needs to be drawn.

    The original of a letter and what it quoted stay where they are: `has_html` and `has_more` say that they exist.
    """
    said = Message.objects.filter(conversation__in=parts_of(conversation), withdrawn_at=None)
    more = ~Q(full_text="") & ~Q(full_text=F("text"))
    annotated = said.defer("html", "full_text").annotate(
        has_html=ExpressionWrapper(~Q(html=""), output_field=BooleanField()),
        has_more=ExpressionWrapper(more, output_field=BooleanField()),
    )
    lines = annotated.select_related("member__user", "delivery", "decision").prefetch_related("attachments")
    found: list[Message] = list(lines.order_by("created_at", "id"))
    merged = {message.conversation_id for message in found} - {conversation.pk}
    parts = {one.pk: one for one in merged_in(conversation)} if merged else {}
    for message in found:
        message.conversation = parts.get(message.conversation_id, conversation)
    return found


def said_in(conversation: Conversation) -> QuerySet[Message]:
    """Replies and notes, for programs; not what was taken back, and not what was merely done."""
    said = Message.objects.filter(conversation__in=parts_of(conversation), withdrawn_at=None).exclude(kind=Kind.EVENT)
    return said.select_related("member__user", "delivery")


def public_thread(conversation: Conversation, *, after: int = 0) -> QuerySet[Message]:
    """What the customer may see: replies, never notes or events, never what was taken back."""
    said = Message.objects.filter(conversation=conversation, kind=Kind.REPLY, withdrawn_at=None, id__gt=after)
    return said.select_related("member__user").prefetch_related("attachments").order_by("id")


# Lines about what was done that the customer sees too.
TOLD = ("joined", "resolved")


def shown_to_customer(conversation: Conversation, *, after: int = 0) -> QuerySet[Message]:
    """The public thread, and between its messages that a person joined and that the matter was settled."""
    told = Message.objects.filter(conversation=conversation, kind=Kind.EVENT, extra__verb__in=TOLD, id__gt=after)
    told = told.exclude(extra__has_key="undone").select_related("member__user")
    seen = public_thread(conversation, after=after) | told
    return seen.select_related("conversation")


def chats_of(customer: Customer, *, inbox: Inbox, latest: int) -> list[Conversation]:
    """The customer's latest conversations in one inbox, oldest first."""
    own = Conversation.objects.filter(customer=customer, inbox=inbox).order_by("-id")
    found = list(own.select_related("customer", "assignee__user", "inbox", "organisation")[:latest])
    return found[::-1]


def received_as(inbox: Inbox, external_id: str) -> Message | None:
    """The message a channel handed over under this id."""
    return Message.objects.filter(inbox=inbox, external_id=external_id).select_related("conversation").first()


def contact_of(conversation: Conversation) -> str:
    """The e-mail address at which this customer can be answered: left in a chat, or known; "" when there is none."""
    own = Conversation.objects.filter(customer_id=conversation.customer_id)
    left = Message.objects.filter(conversation__in=own, kind=Kind.NOTE, extra__has_key="contact")
    note = left.order_by("-id").first()
    return str(note.extra["contact"]) if note else address_of(conversation.customer, "email")


def with_contact(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Those of the messages whose customer can be answered by e-mail; see `contact_of`."""
    customer = OuterRef("conversation__customer")
    left = Message.objects.filter(conversation__customer=customer, kind=Kind.NOTE, extra__has_key="contact")
    known = Identity.objects.filter(customer=customer, kind="email")
    return messages.filter(Exists(left) | Exists(known))


def public_attachment(attachment_id: int, *, inbox: Inbox) -> Attachment | None:
    """An attachment of a message that customers of this inbox may see."""
    public = Attachment.objects.filter(message__kind=Kind.REPLY, message__withdrawn_at=None)
    return public.filter(message__conversation__inbox=inbox, id=attachment_id).first()


def unseen_by(member: Membership, conversation: Conversation, *, seen: int | None, began: int | None) -> Message | None:
    """What should stop this member's reply: said after the page was drawn, or by a colleague after typing began.

    `seen` is the last message the page shows, `began` the last one when the member began to type: a customer's next
    line, in plain sight, stops nobody; a colleague's answer does, because two people would say the same.
    """
    seen = seen or 0
    after = min(seen, began if began is not None else seen)
    newer = Message.objects.filter(
        conversation__in=parts_of(conversation), kind=Kind.REPLY, withdrawn_at=None, id__gt=after
    ).select_related("member__user")
    others = newer.exclude(author=Author.AGENT, member=member).exclude(author=Author.SYSTEM)
    unseen = others.filter(Q(id__gt=seen) | ~Q(author=Author.CUSTOMER))
    return unseen.order_by("-id").first()


def trouble_of(conversation: Conversation) -> str:
    """What is wrong with the address an answer would go to: "bounced", "complained", or "" when nothing is known."""
    address = answer_goes_to(conversation)
    return trouble_at(conversation.organisation_id, kind=conversation.channel, value=address)


def lost_addresses(conversation: Conversation, addresses: Iterable[str]) -> list[str]:
    """Of these addresses of the conversation's channel, those at which nobody is."""
    house, kind = conversation.organisation_id, conversation.channel
    return [one for one in dict.fromkeys(addresses) if one and lost_since(house, kind=kind, value=one)]


def answer_goes_to(conversation: Conversation) -> str:
    """The address from which the customer last wrote here, else their address of this channel."""
    said = Message.objects.filter(conversation=conversation, author=Author.CUSTOMER, inbox=conversation.inbox_id)
    last = said.order_by("-id").first()
    if last and last.recipients.get("from"):
        return str(last.recipients["from"])
    return address_of(conversation.customer, conversation.channel)


def last_from_customer(conversation: Conversation, *, themselves: bool = False) -> int:
    """The id of the customer's newest message, `themselves`: that no program sent for them; 0 when there is none."""
    theirs = Message.objects.filter(conversation__in=parts_of(conversation), author=Author.CUSTOMER)
    theirs = theirs.filter(automatic=False) if themselves else theirs
    return theirs.order_by("-id").values_list("id", flat=True).first() or 0


def last_word(conversation: Conversation) -> Message | None:
    """The customer's newest message, without its letter."""
    theirs = Message.objects.filter(conversation=conversation, author=Author.CUSTOMER)
    return theirs.defer("html", "full_text", "text").order_by("-id").first()


def sender_in(conversation: Conversation) -> str:
    """The address from which the customer last wrote here, in the channel's own form; "" when they never did."""
    last = last_word(conversation)
    return str(last.recipients.get("from", "")) if last else ""


def message_for(member: Membership, message_id: int) -> Message | None:
    """One message of a conversation this member may see."""
    mine = Message.objects.filter(organisation_id=member.organisation_id, id=message_id)
    return mine.select_related("conversation", "delivery").first()


def written_as(member: Membership, token: str) -> Message | None:
    """What this member wrote under the token of a page; None when nothing was, or when there is no token."""
    return Message.objects.filter(member=member, token=token).select_related("conversation").first() if token else None


def attachment_for(member: Membership, attachment_id: int) -> Attachment | None:
    """One attachment of the member's organisation."""
    mine = Attachment.objects.filter(organisation_id=member.organisation_id, id=attachment_id)
    return mine.select_related("message").first()


def loose_attachments(member: Membership, ids: Iterable[int]) -> list[Attachment]:
    """Files that were uploaded and belong to no message or scheduled reply yet, or to one that the member took back."""
    waiting = Q(scheduled__isnull=False, scheduled__ended_at=None)
    free = (Q(message=None) & ~waiting) | Q(message__member=member, message__withdrawn_at__isnull=False)
    mine = Attachment.objects.filter(free, organisation_id=member.organisation_id, id__in=list(ids))
    return list(mine.order_by("id"))


def scheduled_in(conversation: Conversation) -> list[Scheduled]:
    """The replies of this conversation that wait for their moment, soonest first."""
    waiting = Scheduled.objects.filter(conversation__in=parts_of(conversation), ended_at=None).select_related(
        "member__user"
    )
    return list(waiting.prefetch_related("attachments").order_by("at", "id"))


def scheduled_of(conversation: Conversation) -> QuerySet[Scheduled]:
    """All replies that wait or waited in this conversation, for programs."""
    return Scheduled.objects.filter(conversation__in=parts_of(conversation)).select_related(
        "conversation", "member__user"
    )


def scheduled_for(member: Membership, scheduled_id: int) -> Scheduled | None:
    """One scheduled reply, waiting or ended, of a conversation this member may see."""
    mine = Scheduled.objects.filter(organisation_id=member.organisation_id, id=scheduled_id)
    return mine.select_related("conversation", "member__user").first()


def files_of_draft(conversation: Conversation, member: Membership) -> QuerySet[Attachment]:
    """Files of the member's scheduled replies that did not leave: they wait with the text, which is a draft again."""
    ended = Q(
        scheduled__conversation__in=parts_of(conversation), scheduled__member=member, scheduled__ended_at__isnull=False
    )
    return Attachment.objects.filter(ended, message=None)


def others_of_customer(conversation: Conversation, *, limit: int = 5) -> tuple[list[Conversation], int]:
    """The customer's other conversations, newest first, and how many there are."""
    others = Conversation.objects.filter(customer_id=conversation.customer_id, merged_into=None)
    others = others.exclude(id=conversation.pk)
    return list(others.order_by("-last_message_at", "-id")[:limit]), others.count()


def conversations_of(member: Membership, customer: Customer, *, limit: int = 50) -> list[Conversation]:
    """What this member may see of a customer's conversations, newest first."""
    theirs = visible_to(member).filter(customer=customer, merged_into=None)
    return list(theirs.order_by("-last_message_at", "-id")[:limit])


def draft_of(conversation: Conversation, member: Membership, kind: str = Kind.REPLY) -> str:
    found = Draft.objects.filter(conversation_id=conversation.standing_id, member=member, kind=kind).first()
    return found.text if found else ""


def drafts_of(conversation: Conversation, member: Membership) -> dict[str, str]:
    """The member's unsent texts by kind: "reply" and "note"."""
    drafts = Draft.objects.filter(conversation=conversation, member=member)
    return {"reply": "", "note": ""} | dict(drafts.values_list("kind", "text"))
