"""An answer that nobody has read in the chat goes on by e-mail, where the customer left an address."""

from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from opieka.channels.base import Channel, Outbound, Report, TryLater, Unsure, WontWork
from opieka.channels.models import Inbox
from opieka.channels.queries import channel_of
from opieka.channels.registry import channels
from opieka.conversations.actions.deliver import DEMO, lose_address, outbound_of
from opieka.conversations.actions.lock import lock
from opieka.conversations.actions.say import note
from opieka.conversations.actions.unanswered import unanswered_again
from opieka.conversations.models import Author, Conversation, Delivery, Kind, Message
from opieka.conversations.queries import contact_of, with_contact
from opieka.plumbing.jobs import Again, Options, enqueue, job

CONTACT = "email"
UNREAD_FOR = timedelta(minutes=3)
LOOKS_BACK = timedelta(days=3)
# Sooner than `LOOKS_BACK`, so that an answer that never got through is told before nobody looks at it any more.
GIVES_UP_AFTER = timedelta(days=2)
TRIES_AGAIN_IN = timedelta(minutes=1)
FOLLOWED = "emailed"


def email_unread_answers() -> None:
    """Queue a letter to every customer who left the chat before a person's answer came.

    Each is a job of its own, so that trouble with one holds up nobody else.
    """
    mailboxes = Inbox.objects.filter(kind=CONTACT, active=True)
    unread = with_contact(_unread()).filter(organisation__in=mailboxes.values("organisation"))
    latest = unread.order_by().values_list("organisation_id", "conversation_id").annotate(last=Max("id"))
    for organisation_id, conversation_id, last in latest:
        options = Options(key=f"follow-up:{conversation_id}", once=f"follow-up:{last}", organisation_id=organisation_id)
        enqueue(email_answers, options, conversation_id=conversation_id)


def _unread() -> QuerySet[Message]:
    """What people answered in a chat where nobody has read it, and what has not gone by e-mail."""
    now = timezone.now()
    kinds = [kind for kind, channel in channels().items() if channel.traits.instant]
    return Message.objects.filter(
        conversation__channel__in=kinds,
        kind=Kind.REPLY,
        author=Author.AGENT,
        seen_at=None,
        withdrawn_at=None,
        created_at__range=(now - LOOKS_BACK, now - UNREAD_FOR),
    ).exclude(extra__has_key=FOLLOWED)


@job(retries=30)
def email_answers(conversation_id: int) -> None:
    """Write to one customer, in as few letters as hold all the files."""
    conversation = Conversation.objects.select_related("organisation").filter(id=conversation_id).first()
    if conversation is None:
        return
    with translation.override(conversation.organisation.language):
        _own_up(conversation)
        while messages := list(_unread().filter(conversation=conversation).order_by("id")):
            contact = contact_of(conversation)
            mailbox = Inbox.objects.filter(
                organisation_id=conversation.organisation_id, kind=CONTACT, active=True
            ).first()
            if not contact or not mailbox:
                raise Again(at=timezone.now() + TRIES_AGAIN_IN)
            _follow(conversation, messages, channel=channel_of(mailbox), contact=contact)


def _own_up(conversation: Conversation) -> None:
    """Only one such job of a conversation runs, so an answer found in `sending` was cut off by a crash."""
    cut_off = list(Message.objects.filter(conversation=conversation, extra__emailed="sending").order_by("id"))
    if cut_off:
        why = {"email": contact_of(conversation), "why": _("The program stopped while sending.")}
        _settle(conversation, cut_off, "uncertain", _unknown() % why)


def _unknown() -> str:
    return _("It is not known whether the answer reached %(email)s by e-mail: %(why)s")


def _follow(conversation: Conversation, messages: list[Message], *, channel: Channel, contact: str) -> None:
    inside, words = messages[:1], {"email": contact}
    if conversation.organisation.demo and channel.traits.leaves_the_house:
        _settle(conversation, messages, "failed", _failed() % (words | {"why": DEMO}))
        return
    try:
        # Written out before it is marked as leaving: files are slow to read, and may be missing.
        inside, letter = _letter(messages, contact, channel)
        decision = channel.policy(letter)
        if not decision.allowed:
            raise WontWork(decision.reason)
        _take(conversation, inside)
        sent = channel.send(letter)
    except TryLater as later:
        _put_off(inside, later, contact=contact)
    except WontWork as trouble:
        _lost(inside, address=contact, why=str(trouble), nobody_there=trouble.no_such_address)
    except Unsure as doubt:
        _settle(conversation, inside, "uncertain", _unknown() % (words | {"why": str(doubt)}))
    else:
        told = _("The chat was closed, so the answer went to %(email)s by e-mail.")
        _settle(conversation, inside, "sent", told % words, letter=sent.external_id)


def _failed() -> str:
    return _("The answer could not be sent to %(email)s by e-mail: %(why)s")


def _letter(messages: list[Message], contact: str, channel: Channel) -> tuple[list[Message], Outbound]:
    """The first unread answers, as many as one letter may hold; an answer to it comes back to this conversation."""
    written = _written(messages)
    for number in range(len(written), 1, -1):
        letter = _joined(written[:number], contact)
        if channel.policy(letter).allowed:
            return messages[:number], letter
    return messages[:1], _joined(written[:1], contact)


def _written(messages: list[Message]) -> list[Outbound]:
    """The answers with their files, up to one whose file is gone; WontWork when that is the first."""
    written: list[Outbound] = []
    for message in messages:
        try:
            written.append(outbound_of(message.delivery))
        except WontWork:
            if not written:
                raise
            break
    return written


def _joined(written: list[Outbound], contact: str) -> Outbound:
    last = written[-1]
    return replace(
        last,
        idempotency_key=f"{last.idempotency_key}-email",
        recipient=contact,
        text="\n\n".join(one.text for one in written),
        files=tuple(file for one in written for file in one.files),
        in_reply_to="",
        references=(),
    )


@transaction.atomic
def _take(conversation: Conversation, messages: list[Message]) -> None:
    """Mark the answers as gone before they go: after a crash they are not sent twice. Read meanwhile, look again."""
    lock(conversation.pk)
    if _unread().filter(id__in=[message.pk for message in messages]).count() != len(messages):
        raise Again(at=timezone.now() + TRIES_AGAIN_IN)
    _mark(messages, "sending")


def _put_off(messages: list[Message], later: TryLater, *, contact: str) -> None:
    now = timezone.now()
    if messages[0].created_at < now - GIVES_UP_AFTER:
        _lost(messages, address=contact, why=str(later), nobody_there=False)
        return
    _mark(messages, None)
    raise Again(at=now + (later.after or TRIES_AGAIN_IN))


@transaction.atomic
def _settle(
    conversation: Conversation, messages: list[Message], state: str, told: str, *, letter: str = ""
) -> None:  # fmt: skip
    """What became of the letter, on its answers and as a note: one is never there without the other.

    A report about the letter finds its answers by its id.
    """
    _mark(messages, state)
    if letter:
        Delivery.objects.filter(message__in=messages).update(external_id=letter[:300])
    note(conversation, told, by=None)


def _mark(messages: list[Message], state: str | None) -> None:
    for message in messages:
        rest = {name: value for name, value in message.extra.items() if name != FOLLOWED}
        message.extra = rest | ({FOLLOWED: state} if state else {})
        message.save(update_fields=["extra"])


@transaction.atomic
def note_letter_report(report: Report, *, inbox_id: int) -> bool:
    """A report came back about such a letter. False when no letter of this organisation fits."""
    house = Inbox.objects.values("organisation").filter(id=inbox_id)
    followed = Message.objects.filter(organisation__in=house, extra__emailed="sent").select_related("conversation")
    messages = list(followed.filter(delivery__external_id=report.external_id).order_by("id"))
    if not messages:
        return False
    if report.state == "failed":
        address = report.recipient or contact_of(messages[-1].conversation)
        with translation.override(messages[-1].organisation.language):
            _lost(messages, address=address, why=report.reason, nobody_there=report.no_such_address)
    return True


@transaction.atomic
def _lost(messages: list[Message], *, address: str, why: str, nobody_there: bool) -> None:
    """The letter did not and will not arrive. What nobody has read in the chat either was no answer."""
    conversation = messages[-1].conversation
    _settle(conversation, messages, "failed", _failed() % {"email": address, "why": why})
    if nobody_there:
        lose_address(conversation, address, kind=CONTACT)
    if not Message.objects.filter(id__in=[one.pk for one in messages], seen_at__isnull=False).exists():
        unanswered_again(messages[-1], since=messages[0], address=address, why=why)
