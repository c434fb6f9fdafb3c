"""Lines in the thread about what was done."""

from typing import Any

from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.conversations.models import Author, Conversation, Kind, Message


def log_event(thread: Conversation, verb: str, *, by: Membership | None = None, **data: Any) -> Message:
    """A line in the thread about what was done; `verb` is a word that pages translate."""
    return Message.objects.create(
        organisation_id=thread.organisation_id,
        conversation=thread,
        kind=Kind.EVENT,
        author=Author.SYSTEM,
        member=by,
        extra={"verb": verb, **data},
        words_due=False,
        created_at=timezone.now(),
    )
