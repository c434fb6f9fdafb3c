"""Send later: a reply that waits for its moment, and does not leave once the customer has written meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opieka.accounts.models import Membership
from opieka.conversations.actions.hand_over import join
from opieka.conversations.actions.lock import lock, part_of, save
from opieka.conversations.actions.log import log_event
from opieka.conversations.actions.place import copies_for
from opieka.conversations.actions.say import NothingToSend, Written, answer, forget_draft, note, save_draft
from opieka.conversations.actions.unanswered import open_again
from opieka.conversations.events import AddressLost, ReplyScheduled, ScheduleEnded
from opieka.conversations.models import Attachment, Conversation, Message, Scheduled, Undo
from opieka.conversations.queries import answer_goes_to, draft_of, last_from_customer, parts_of, written_as
from opieka.conversations.variables import filled
from opieka.customers.queries import lost_identity, lost_since
from opieka.customers.rules import normalise
from opieka.plumbing.events import publish
from opieka.plumbing.jobs import Again

End = Scheduled.End


@dataclass(frozen=True, kw_only=True)
class Later:
    """The moment at which a reply is to leave, and the page's name for its text, as for a reply."""

    at: datetime
    token: str = ""


@transaction.atomic
def schedule(
    conversation: Conversation, text: str, *, by: Membership, later: Later, attachments: list[Attachment] | None = None,
    copies: list[str] | None = None,
) -> Scheduled | None:  # fmt: skip
    """Keep a reply for later. Whoever writes it leads the conversation; the customer still waits for an answer.

    Asked for again under the same token it is the same one; None when it has been sent as a reply already.
    """
    thread = lock(conversation.pk)
    if later.token and (known := Scheduled.objects.filter(member=by, token=later.token).first()):
        return known
    if written_as(by, later.token):
        return None
    if not text.strip() and not attachments:
        raise NothingToSend
    answered = part_of(thread, conversation.pk)
    text = filled(text, answered, by=by)
    join(thread, by)
    kept = Scheduled.objects.create(
        organisation_id=thread.organisation_id,
        conversation=answered,
        member=by,
        text=text.strip(),
        copies=copies_for(answered) if copies is None else copies,
        token=later.token or None,
        at=later.at,
        said_before=last_from_customer(thread, themselves=True),
    )
    forget_draft(thread, by)
    for attachment in attachments or []:
        attachment.message, attachment.scheduled = None, kept
        attachment.save(update_fields=["message", "scheduled"])
    Undo.objects.create(
        organisation_id=thread.organisation_id, member=by, conversation=thread, verb="schedule", scheduled=kept
    )
    save(thread)
    publish(ReplyScheduled(organisation_id=thread.organisation_id, conversation_id=thread.pk, scheduled_id=kept.pk))
    return kept


def send_when_due(event: ReplyScheduled) -> None:
    """Send it when its moment has come, unless the customer has written since."""
    waiting = Scheduled.objects.filter(id=event.scheduled_id, ended_at=None).first()
    if waiting and waiting.at > timezone.now():
        raise Again(at=waiting.at)
    if waiting:
        _finish(waiting)


def send_scheduled_now(scheduled: Scheduled) -> Message | None:
    """A person decided not to wait. None when it has ended meanwhile."""
    return _finish(scheduled, even_if_overtaken=True)


@transaction.atomic
def _finish(scheduled: Scheduled, *, even_if_overtaken: bool = False) -> Message | None:
    thread = lock(scheduled.conversation_id)
    held = Scheduled.objects.select_related("member__user", "organisation", "conversation").get(id=scheduled.pk)
    if held.ended_at:
        return None
    if held.member.left_at and not even_if_overtaken:
        _give_back(thread, held, End.FAILED, why=_("%(name)s no longer works here") % {"name": held.member.name})
        return None
    if not even_if_overtaken and _lost_meanwhile(held):
        _give_back(thread, held, End.FAILED, why=_nobody_there(held))
        return None
    if not even_if_overtaken and last_from_customer(thread, themselves=True) > held.said_before:
        _overtaken(thread, held)
        return None
    _ended(thread, held, End.SENT)
    files = list(held.attachments.filter(message=None))
    # Its own name among the member's texts, so that a second run finds the message of the first.
    written = Written(text=held.text, attachments=files, copies=held.copies, token=f"scheduled-{held.pk}")
    return answer(thread, written, by=held.member, part=held.conversation_id, undo=even_if_overtaken)


def _lost_meanwhile(held: Scheduled) -> bool:
    """Whether mail to the customer has come back since this was written; whoever wrote it later was warned."""
    customer = answer_goes_to(held.conversation)
    lost = lost_since(held.organisation_id, kind=held.conversation.channel, value=customer)
    return lost is not None and lost > held.created_at


def _nobody_there(held: Scheduled) -> str:
    with translation.override(held.organisation.language):
        return _("nobody is at %(address)s any more") % {"address": answer_goes_to(held.conversation)}


def keep_from_leaving(event: AddressLost) -> None:
    """Nobody is at an address: whatever waits to be sent there goes back to whoever wrote it, and is open."""
    lost = lost_identity(event.identity_id)
    if lost is None:
        return
    waiting = Scheduled.objects.filter(organisation_id=event.organisation_id, ended_at=None)
    for held in waiting.filter(conversation__channel=lost.kind).select_related("conversation").order_by("id"):
        if normalise(lost.kind, answer_goes_to(held.conversation)) == lost.value:
            _keep(held)


@transaction.atomic
def _keep(scheduled: Scheduled) -> None:
    thread = lock(scheduled.conversation_id)
    held = Scheduled.objects.select_related("member__user", "organisation", "conversation").get(id=scheduled.pk)
    if held.ended_at is None and _lost_meanwhile(held):
        _give_back(thread, held, End.FAILED, why=_nobody_there(held))


def hold_back(thread: Conversation) -> None:
    """The customer wrote in a conversation that is held: what was to be said later may no longer be right."""
    waiting = Scheduled.objects.filter(conversation__in=parts_of(thread), ended_at=None)
    for held in waiting.select_related("member__user", "organisation").order_by("id"):
        _overtaken(thread, held)


@transaction.atomic
def cancel_scheduled(scheduled: Scheduled, *, by: Membership) -> bool:
    """Take it back; its text becomes its author's draft again. False when it has ended already."""
    thread = lock(scheduled.conversation_id)
    held = Scheduled.objects.select_related("member__user").get(id=scheduled.pk)
    if held.ended_at:
        return False
    _ended(thread, held, End.CANCELLED)
    _as_draft(held)
    log_event(thread, "schedule cancelled", by=by, at=held.at.isoformat())
    save(thread)
    return True


def give_back_scheduled(event: ReplyScheduled) -> None:
    """Every try to send it has failed: it is told in the thread, and the text is not lost."""
    with transaction.atomic():
        thread = lock(event.conversation_id)
        found = Scheduled.objects.select_related("member__user", "organisation").filter(id=event.scheduled_id)
        held = found.filter(ended_at=None).first()
        if held:
            _give_back(thread, held, End.FAILED, why=_("the program could not send it"))


def _overtaken(thread: Conversation, held: Scheduled) -> None:
    _give_back(thread, held, End.OVERTAKEN, why="")


def _give_back(thread: Conversation, held: Scheduled, end: End, *, why: str) -> None:
    """A remark with the whole text: the draft alone could be overwritten by what its author is typing now."""
    _ended(thread, held, end)
    _as_draft(held)
    at = held.at.astimezone(ZoneInfo(held.organisation.time_zone))
    with translation.override(held.organisation.language):
        when = date_format(at, pgettext("date and time", "j M Y, H:i"))
        words = {"when": when, "name": held.member.name, "why": why}
        if end == End.OVERTAKEN:
            told = _(
                "The customer wrote, so the reply that was to leave on %(when)s was held back. "
                "It is a draft of %(name)s again:"
            )
        else:
            told = _("The reply that was to leave on %(when)s was not sent: %(why)s. It is a draft of %(name)s again:")
        note(thread, f"{told % words}\n\n{held.text}", by=None)
    if end == End.FAILED:
        # It may have been put away until the answer had left.
        thread.refresh_from_db()
        open_again(thread)


def _as_draft(held: Scheduled) -> None:
    since = draft_of(held.conversation, held.member)
    save_draft(held.conversation, "\n\n".join(text for text in (held.text, since) if text), by=held.member)


def _ended(thread: Conversation, held: Scheduled, end: End) -> None:
    held.ended_at, held.end = timezone.now(), end
    held.save(update_fields=["ended_at", "end"])
    publish(
        ScheduleEnded(
            organisation_id=held.organisation_id, conversation_id=thread.pk, scheduled_id=held.pk, end=str(end)
        )
    )
