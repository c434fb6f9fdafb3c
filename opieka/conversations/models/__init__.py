"""Threads, what is said in them, and what people do with them: a file for each."""

from opieka.conversations.models.conversation import Conversation, Numbering, Speaker, Status
from opieka.conversations.models.message import Attachment, Author, Delivery, Kind, Message, MessageWords
from opieka.conversations.models.work import Draft, Merge, Scheduled, Split, Undo

__all__ = [
    "Attachment",
    "Author",
    "Conversation",
    "Delivery",
    "Draft",
    "Kind",
    "Merge",
    "Message",
    "MessageWords",
    "Numbering",
    "Scheduled",
    "Speaker",
    "Split",
    "Status",
    "Undo",
]
