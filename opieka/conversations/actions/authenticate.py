"""Finding out who sent a message, where nobody vouched for it when it came."""

from typing import Any

from django.db import transaction

from opieka.channels.base import Authentication
from opieka.channels.queries import channel_of, hook_of
from opieka.conversations.actions.lock import lock, save
from opieka.conversations.events import ConversationChanged, SenderUnproven
from opieka.conversations.models import Message
from opieka.plumbing.events import publish


def known_as(found: Authentication) -> dict[str, Any] | None:
    """How it is kept on the message: None where the channel has no such question."""
    if not found.state:
        return None
    kept = {"state": found.state, "method": found.method, "domain": found.domain, "by": found.by}
    return {name: value for name, value in kept.items() if value}


def check_sender(event: SenderUnproven) -> None:
    """Look at the signatures of one message and keep what they prove; what cannot be looked at stays unproven."""
    found = Message.objects.select_related("raw__inbox").filter(id=event.message_id)
    message = found.exclude(raw=None).first()
    if message is None or message.raw is None:
        return
    verdict = known_as(channel_of(message.raw.inbox).authenticate(hook_of(message.raw)))
    if verdict != message.authentication:
        _keep(message, verdict)


@transaction.atomic
def _keep(message: Message, verdict: dict[str, Any] | None) -> None:
    thread = lock(message.conversation_id)
    message.authentication = verdict
    message.save(update_fields=["authentication"])
    save(thread)
    publish(ConversationChanged(organisation_id=thread.organisation_id, conversation_id=thread.pk))
