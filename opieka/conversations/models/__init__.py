"""Threads, what is said in them, and what people do with them: a file for each."""

from opieka.conversations.models.conversation import Conversation, Numbering, Speaker, Status
from opieka.conversations.models.message import Attachment, Author, Delivery, Kind, Message
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
    "Numbering",
    "Scheduled",
    "Speaker",
    "Split",
    "Status",
    "Undo",
]
