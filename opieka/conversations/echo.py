"""Two programs that answer each other, told by their haste: whatever the headers of the other one say."""

from datetime import datetime, timedelta
from itertools import pairwise

from opieka.channels.registry import channel_class
from opieka.conversations.models import Author, Conversation, Kind, Message

# (author, automatic, created_at)
Line = tuple[str, bool, datetime]
ECHO_WITHIN, ECHO_LOOKS_BACK = timedelta(minutes=1), timedelta(minutes=10)


def echoes_us(message: Message) -> bool:
    """Whether a program that does not say so answers our own: we, they, we, they, each of theirs within a minute of an
    automatic one of ours. No person reads a mail and answers it that fast, twice; in a chat people do.
    """
    thread = message.conversation
    if channel_class(thread.channel).traits.instant:
        return False
    # A program may begin anew each time; a few of the customer's latest conversations are enough to see that.
    lately = Conversation.objects.filter(customer_id=thread.customer_id).order_by("-last_message_at")[:5]
    said = Message.objects.filter(
        conversation_id__in=list(lately.values_list("id", flat=True)),
        kind=Kind.REPLY,
        created_at__gt=message.created_at - ECHO_LOOKS_BACK,
        id__lte=message.pk,
    )
    lines = list(said.order_by("-id").values_list("author", "automatic", "created_at")[:10])
    theirs = [pair for pair in pairwise([*lines, None]) if pair[0] and pair[0][0] == Author.CUSTOMER][:2]
    return len(theirs) == 2 and all(_answers_at_once(line, before) for line, before in theirs)


def _answers_at_once(line: Line | None, before: Line | None) -> bool:
    """Whether what stands right before is ours, automatic, and no older than a minute."""
    if line is None or before is None or before[0] == Author.CUSTOMER or not before[1]:
        return False
    return line[2] - before[2] <= ECHO_WITHIN
