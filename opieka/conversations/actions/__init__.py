"""Verbs that change conversations, a file for each group of verbs."""

from opieka.conversations.actions.authenticate import check_sender
from opieka.conversations.actions.begin import First, begin, write_first
from opieka.conversations.actions.deliver import (
    deliver,
    leave_unsent,
    resend,
    settle_uncertain,
    unsure_after_crash,
)
from opieka.conversations.actions.follow_up import email_unread_answers
from opieka.conversations.actions.hand_over import ask_for_person, hand_over, join
from opieka.conversations.actions.log import log_event
from opieka.conversations.actions.loose import VISITORS, forget_loose_files
from opieka.conversations.actions.merge import merge, merge_all, separate, why_not_merge
from opieka.conversations.actions.outbox import retry_stuck, watch_outbox
from opieka.conversations.actions.outgoing import attach
from opieka.conversations.actions.place import copies_for, copies_of, newcomers_among, place_of
from opieka.conversations.actions.quarantine import block_sender, flag_legal, mark_spam, not_spam, quarantine
from opieka.conversations.actions.receive import receive, see
from opieka.conversations.actions.reported import note_report
from opieka.conversations.actions.say import announce, note, reply, save_draft, say
from opieka.conversations.actions.schedule import (
    Later,
    cancel_scheduled,
    give_back_scheduled,
    keep_from_leaving,
    schedule,
    send_scheduled_now,
    send_when_due,
)
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
    reopen,
    resolve,
    snooze,
    wake,
    wake_due,
)

__all__ = [
    "VISITORS",
    "First",
    "Later",
    "add_files",
    "announce",
    "ask_for_person",
    "assign",
    "attach",
    "back_to_assistant",
    "begin",
    "block_sender",
    "cancel_scheduled",
    "change",
    "check_sender",
    "copies_for",
    "copies_of",
    "deliver",
    "email_unread_answers",
    "flag_legal",
    "forget_loose_files",
    "give_back_scheduled",
    "hand_over",
    "join",
    "judge",
    "keep_from_leaving",
    "leave_contact",
    "leave_unclear",
    "leave_unsent",
    "log_event",
    "mark",
    "mark_read",
    "mark_spam",
    "merge",
    "merge_all",
    "newcomers_among",
    "not_spam",
    "note",
    "note_report",
    "place_of",
    "quarantine",
    "receive",
    "reopen",
    "reply",
    "resend",
    "resolve",
    "retry_stuck",
    "save_draft",
    "say",
    "schedule",
    "see",
    "send_scheduled_now",
    "send_when_due",
    "separate",
    "settle_uncertain",
    "snooze",
    "split",
    "take_in",
    "undo_last",
    "unsure_after_crash",
    "wake",
    "wake_due",
    "watch_outbox",
    "why_not_merge",
    "withdraw",
    "write_first",
]
