"""What a customer does in a chat besides speaking."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from opieka.conversations.actions.lock import lock, save
from opieka.conversations.actions.log import log_event
from opieka.conversations.actions.say import note
from opieka.conversations.events import ConversationChanged
from opieka.conversations.models import Attachment, Conversation, Message, Speaker
from opieka.conversations.queries import merged_in
from opieka.customers.queries import customer_at
from opieka.plumbing.events import publish


@transaction.atomic
def add_files(message: Message, attachment_ids: Sequence[int]) -> None:
    """Put files that were sent up before into this message; a file of another message stays where it is."""
    loose = Attachment.objects.filter(
        organisation_id=message.organisation_id, message=None, id__in=list(attachment_ids)
    )
    loose.update(message=message)


@transaction.atomic
def leave_contact(conversation: Conversation, email: str) -> None:
    """Remember where the customer wants the answer.

    Anybody may type any address, so it is a contact for answers and no identity: mail that comes from it belongs to
    whoever writes it, not to this customer.
    """
    text = _("The customer left the e-mail address %(email)s for the answer.") % {"email": email}
    owner = customer_at(conversation.organisation_id, kind="email", value=email)
    if owner and owner != conversation.customer:
        text += " " + _("This address belongs to another customer; whether they are the same person is not known.")
    written = note(conversation, text, by=None)
    written.extra = {"contact": email}
    written.save(update_fields=["extra"])


@transaction.atomic
def back_to_assistant(conversation: Conversation) -> bool:
    """The customer would rather go on with the assistant. False once a person has it, or has merged it with another."""
    thread = lock(conversation.pk)
    taken = thread.assignee_id or thread.person_joined_at or merged_in(thread)
    if thread.speaker != Speaker.QUEUE or taken:
        return False
    thread.speaker = Speaker.ASSISTANT
    thread.asked_for_person_at = None
    save(thread, "speaker", "asked_for_person_at")
    log_event(thread, "back to assistant")
    publish(ConversationChanged(organisation_id=thread.organisation_id, conversation_id=thread.pk))
    return True
