"""From the assistant to a person."""

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Membership, Team
from opieka.conversations.actions.lock import lock, save
from opieka.conversations.actions.log import log_event
from opieka.conversations.events import HandedOver, PersonJoined
from opieka.conversations.models import Conversation, Speaker, Status
from opieka.plumbing.events import publish


@transaction.atomic
def hand_over(conversation: Conversation, *, reason: str) -> bool:
    """Call a person. Harmless to repeat; False when a person was already called or leads, and for what is spam."""
    thread = lock(conversation.pk)
    if thread.status == Status.SPAM:
        return False
    now = timezone.now()
    if thread.speaker == Speaker.QUEUE and thread.asked_for_person_at is None:
        # Somebody took it before it was asked for; should they give it back, the assistant must not answer again.
        thread.asked_for_person_at = now
        save(thread, "asked_for_person_at")
    if thread.speaker != Speaker.ASSISTANT:
        return False
    thread.speaker = Speaker.QUEUE
    thread.asked_for_person_at = now
    thread.waiting_since = thread.waiting_since or now
    thread.status = Status.OPEN
    if thread.team_id is None:
        thread.team = Team.objects.filter(organisation_id=thread.organisation_id, takes_new=True).first()
    save(thread, "speaker", "asked_for_person_at", "waiting_since", "status", "team")
    log_event(thread, "handed over", reason=reason, team=thread.team.name if thread.team else "")
    publish_handed_over(thread, reason)
    return True


def publish_handed_over(thread: Conversation, reason: str) -> None:
    publish(HandedOver(organisation_id=thread.organisation_id, conversation_id=thread.pk, reason=reason))


def ask_for_person(conversation: Conversation) -> bool:
    """The customer pressed "Połącz z człowiekiem"."""
    return hand_over(conversation, reason="customer asked")


@transaction.atomic
def join(conversation: Conversation, member: Membership) -> bool:
    """A person takes the lead; the assistant is silent from this moment. False when they already led."""
    thread = lock(conversation.pk)
    if thread.speaker == Speaker.PERSON and thread.assignee_id:
        _copy(thread, conversation)
        return False
    thread.speaker = Speaker.PERSON
    thread.person_joined_at = thread.person_joined_at or timezone.now()
    thread.assignee = thread.assignee or member
    save(thread, "speaker", "person_joined_at", "assignee")
    log_event(thread, "joined", by=member)
    publish(PersonJoined(organisation_id=thread.organisation_id, conversation_id=thread.pk, membership_id=member.pk))
    _copy(thread, conversation)
    return True


def _copy(source: Conversation, target: Conversation) -> None:
    """Let the caller's own object see what was changed under the lock."""
    for field in ("speaker", "person_joined_at", "assignee_id", "version"):
        setattr(target, field, getattr(source, field))
