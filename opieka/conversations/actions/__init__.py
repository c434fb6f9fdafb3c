"""Verbs that change conversations, a file for each group of verbs."""

from opieka.conversations.actions.begin import First, begin, write_first
from opieka.conversations.actions.deliver import (
    deliver,
    leave_unsent,
    note_report,
    resend,
    settle_uncertain,
    unsure_after_crash,
)
from opieka.conversations.actions.follow_up import email_unread_answers
from opieka.conversations.actions.hand_over import ask_for_person, hand_over, join
from opieka.conversations.actions.log import log_event
from opieka.conversations.actions.loose import VISITORS, forget_loose_files
from opieka.conversations.actions.merge import merge, separate, why_not_merge
from opieka.conversations.actions.outgoing import attach, recipient_of
from opieka.conversations.actions.place import copies_for, place_of
from opieka.conversations.actions.receive import receive, see
from opieka.conversations.actions.say import announce, note, reply, save_draft, say
from opieka.conversations.actions.split import split
from opieka.conversations.actions.take_in import leave_unclear, take_in
from opieka.conversations.actions.undo import undo_last
from opieka.conversations.actions.wishes import add_files, back_to_assistant, leave_contact
from opieka.conversations.actions.withdraw import withdraw
from opieka.conversations.actions.work import (
    assign,
    change,
    judge,
    mark,
    mark_read,
    mark_spam,
    not_spam,
    reopen,
    resolve,
    snooze,
    wake,
    wake_due,
)

__all__ = [
    "VISITORS",
    "First",
    "add_files",
    "announce",
    "ask_for_person",
    "assign",
    "attach",
    "back_to_assistant",
    "begin",
    "change",
    "copies_for",
    "deliver",
    "email_unread_answers",
    "forget_loose_files",
    "hand_over",
    "join",
    "judge",
    "leave_contact",
    "leave_unclear",
    "leave_unsent",
    "log_event",
    "mark",
    "mark_read",
    "mark_spam",
    "merge",
    "not_spam",
    "note",
    "note_report",
    "place_of",
    "receive",
    "recipient_of",
    "reopen",
    "reply",
    "resend",
    "resolve",
    "save_draft",
    "say",
    "see",
    "separate",
    "settle_uncertain",
    "snooze",
    "split",
    "take_in",
    "undo_last",
    "unsure_after_crash",
    "wake",
    "wake_due",
    "why_not_merge",
    "withdraw",
    "write_first",
]
