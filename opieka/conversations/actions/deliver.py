"""Sending a reply, and learning what became of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from opieka.channels import outages
from opieka.channels.base import File, Outbound, Sent, TryLater, Unsure, WontWork
from opieka.channels.queries import channel_of
from opieka.channels.registry import channel_class
from opieka.conversations.actions.unanswered import answered_again, unanswered_again
from opieka.conversations.events import AddressLost, DeliveryChanged, ReplyWritten
from opieka.conversations.models import Attachment, Author, Conversation, Delivery, Kind, Message
from opieka.conversations.outbox import PENDING, STUCK_AFTER
from opieka.customers.actions import mark_bounced
from opieka.customers.queries import customer_at
from opieka.plumbing import files
from opieka.plumbing.events import publish
from opieka.plumbing.files.base import MissingFile
from opieka.plumbing.jobs import Again

State = Delivery.State
GIVES_UP_AFTER = 8
DEMO = "This is the demo shop: nothing leaves it."


def deliver(event: ReplyWritten) -> None:
    """Hand a queued reply to its channel. A row found in `sending` was cut off by a crash: it becomes uncertain."""
    now = timezone.now()
    waiting = Delivery.objects.filter(message_id=event.message_id, state=State.QUEUED, not_before__lte=now)
    ready = waiting.select_related("message__conversation__inbox", "message__member__user", "organisation").first()
    # Written out before it is marked as leaving: files are slow to read, and may be missing.
    try:
        outbound = outbound_of(ready) if ready else None
    except WontWork as refusal:
        leave_unsent(event, why=str(refusal))
        return
    delivery = _take(event.message_id, now=now, written_out=outbound is not None)
    if delivery is None or outbound is None:
        return
    channel = channel_of(delivery.message.conversation.inbox)
    decision = channel.policy(outbound)
    if not decision.allowed:
        fail(delivery, error=decision.reason)
        return
    try:
        sent = channel.send(outbound)
    except WontWork as refusal:
        _refused(delivery, refusal)
    except Unsure as doubt:
        move(delivery, State.UNCERTAIN, error=str(doubt))
    except TryLater as later:
        _put_off(delivery, later)
    else:
        _accepted(delivery, sent)


@transaction.atomic
def _take(message_id: int, *, now: datetime, written_out: bool) -> Delivery | None:
    held = Delivery.objects.select_for_update(of=("self",)).filter(message_id=message_id)
    delivery = held.select_related("message__conversation__inbox", "organisation").first()
    if delivery is None:
        return None
    if delivery.state == State.SENDING:
        move(delivery, State.UNCERTAIN, error="The program stopped while sending.")
        return None
    if delivery.state != State.QUEUED:
        return None
    if delivery.not_before > now:
        raise Again(at=delivery.not_before)
    if not written_out:
        # It came to be sent after this job had looked for it: look again.
        raise Again(at=now)
    if delivery.organisation.demo and channel_class(delivery.message.conversation.channel).traits.leaves_the_house:
        move(delivery, State.FAILED, error=DEMO)
        return None
    delivery.attempts += 1
    # Known before it leaves: should this process die now, a report or an answer still finds the message.
    number = str(delivery.message.conversation.number)
    channel = channel_of(delivery.message.conversation.inbox)
    delivery.external_id = channel.own_id(delivery.idempotency_key, conversation=number)[:300]
    move(delivery, State.SENDING)
    return delivery


@transaction.atomic
def move(delivery: Delivery, state: str, *, error: str = "") -> None:
    delivery.state = state
    delivery.error = error
    if state not in PENDING:
        delivery.due_at = None
    delivery.save(update_fields=["state", "error", "attempts", "external_id", "changed_at", "not_before", "due_at"])
    publish(
        DeliveryChanged(
            organisation_id=delivery.organisation_id,
            conversation_id=delivery.message.conversation.standing_id,
            message_id=delivery.message_id,
            state=str(state),
        )
    )


@transaction.atomic
def fail(delivery: Delivery, *, error: str) -> None:
    """It did not and will not arrive by itself; the customer has no answer then."""
    move(delivery, State.FAILED, error=error)
    unanswered_again(delivery.message, address=delivery.recipient, why=error)


@transaction.atomic
def _refused(delivery: Delivery, refusal: WontWork) -> None:
    if refusal.no_such_address:
        conversation = delivery.message.conversation
        lose_address(conversation, delivery.recipient, kind=conversation.channel)
    else:
        _note_refused(delivery)
    fail(delivery, error=str(refusal))


def lose_address(conversation: Conversation, address: str, *, kind: str) -> None:
    """Nobody is at this address: it is marked, and what else was to go there does not go by itself."""
    for identity in mark_bounced(conversation.organisation_id, kind=kind, value=address):
        publish(
            AddressLost(
                organisation_id=conversation.organisation_id,
                conversation_id=conversation.standing_id,
                identity_id=identity.pk,
            )
        )


def _note_refused(delivery: Delivery, *, times: int = 1) -> None:
    """One reply that is refused again and again tells nothing new of the server."""
    if delivery.refused_at is None:
        outages.note_refused(delivery.message.conversation.inbox_id, times=times)
    delivery.refused_at = timezone.now()
    delivery.save(update_fields=["refused_at"])


@transaction.atomic
def _accepted(delivery: Delivery, sent: Sent) -> None:
    held_up = delivery.due_at is not None and delivery.due_at < timezone.now() - STUCK_AFTER
    outages.note_taken(delivery.message.conversation.inbox_id, held_up=held_up)
    delivery.external_id = sent.external_id[:300]
    move(delivery, State.DELIVERED if sent.delivered else State.ACCEPTED, error=sent.note)
    Message.objects.filter(id=delivery.message_id, external_id=None).update(external_id=sent.external_id[:300])


def _put_off(delivery: Delivery, later: TryLater) -> None:
    """Back to the queue with a longer wait each time; after the last try it has failed, and says so."""
    if delivery.attempts >= GIVES_UP_AFTER:
        with transaction.atomic():
            _note_refused(delivery, times=outages.REFUSED_IN_A_ROW)
            fail(delivery, error=str(later))
        return
    wait = later.after or min(timedelta(minutes=30), timedelta(seconds=10) * 2 ** (delivery.attempts - 1))
    delivery.not_before = timezone.now() + wait
    move(delivery, State.QUEUED, error=str(later))
    raise Again(at=delivery.not_before)


@transaction.atomic
def leave_unsent(event: ReplyWritten, *, why: str = "") -> None:
    """A reply that nothing was done about in many tries has failed, and says so; a person can send it again."""
    held = Delivery.objects.select_for_update(of=("self",)).select_related("message__conversation")
    delivery = held.filter(message_id=event.message_id, state=State.QUEUED).first()
    if delivery:
        fail(delivery, error=why or _("The program could not send it. Nothing has left."))


def outbound_of(delivery: Delivery) -> Outbound:
    """The reply in the channel's words, with the thread it answers. Raises WontWork when a file of it is lost."""
    message = delivery.message
    thread = message.conversation
    earlier = Message.objects.filter(conversation=thread, kind=Kind.REPLY, id__lt=message.pk).exclude(external_id=None)
    ids = [str(found) for found in earlier.order_by("id").values_list("external_id", flat=True)]
    last = earlier.filter(author=Author.CUSTOMER).order_by("-id").first()
    return Outbound(
        idempotency_key=delivery.idempotency_key,
        recipient=delivery.recipient,
        recipient_name=thread.customer.name,
        text=message.text,
        subject=thread.subject,
        files=tuple(_file(found) for found in message.attachments.all()),
        copies=tuple(message.recipients.get("cc", ())),
        in_reply_to=str(last.external_id) if last else "",
        references=tuple(ids[-20:]),
        quoted=(last.full_text or last.text) if last and not message.extra.get("unquoted") else "",
        quoted_by=_writer(last, thread) if last else "",
        quoted_at=last.created_at.astimezone(ZoneInfo(delivery.organisation.time_zone)) if last else None,
        automatic=message.automatic,
        author_name=message.member.name if message.member else "",
        conversation=str(thread.number),
        language=thread.language or thread.customer.language or delivery.organisation.language,
        machine=message.author == Author.ASSISTANT and not message.extra.get("disclosed"),
    )


def _writer(message: Message, thread: Conversation) -> str:
    """The name of whoever wrote that customer's message: the customer, or somebody they brought in."""
    address = str(message.recipients.get("from", ""))
    customer = customer_at(thread.organisation_id, kind=thread.channel, value=address)
    return (customer.name if customer else thread.customer.name) or address


def _file(attachment: Attachment) -> File:
    try:
        content = files.store().get(attachment.file)
    except MissingFile as lost:
        raise WontWork(_("The file “%(name)s” of this message is lost.") % {"name": attachment.name}) from lost
    return File(name=attachment.name, content=content, content_type=attachment.content_type, cid=attachment.cid)


@transaction.atomic
def resend(message: Message) -> None:
    """A person decided to send a failed or uncertain reply again."""
    delivery = (
        Delivery.objects.select_for_update(of=("self",)).select_related("message__conversation").get(message=message)
    )
    if delivery.state not in {State.FAILED, State.UNCERTAIN}:
        return
    delivery.attempts = 0
    delivery.not_before = delivery.due_at = timezone.now()
    move(delivery, State.QUEUED)
    answered_again(message)
    publish(
        ReplyWritten(
            organisation_id=delivery.organisation_id,
            conversation_id=message.conversation.standing_id,
            message_id=message.pk,
            author=message.author,
        )
    )


@transaction.atomic
def settle_uncertain(message: Message, *, arrived: bool) -> None:
    """A person found out whether an uncertain reply arrived."""
    delivery = (
        Delivery.objects.select_for_update(of=("self",)).select_related("message__conversation").get(message=message)
    )
    if delivery.state == State.UNCERTAIN and arrived:
        move(delivery, State.DELIVERED)
    elif delivery.state == State.UNCERTAIN:
        fail(delivery, error="")


def unsure_after_crash(*, older_than: timedelta = timedelta(minutes=5)) -> int:
    """Rows left in `sending` by a process that died: nobody can tell, so they become uncertain."""
    stuck = Delivery.objects.filter(state=State.SENDING, changed_at__lt=timezone.now() - older_than)
    for delivery in stuck.select_related("message__conversation"):
        move(delivery, State.UNCERTAIN, error="The program stopped while sending.")
    return len(stuck)
