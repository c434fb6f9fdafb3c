"""The words for what the thread holds: events, reasons, labels."""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from opieka.conversations.models import Conversation, Message, Status
from opieka.web import formats

EVENT_ICONS = {
    "handed over": "arrow-left-right",
    "joined": "log-in",
    "assigned": "user-plus",
    "resolved": "check",
    "marked as spam": "ban",
    "quarantined": "ban",
    "blocked": "ban",
    "reopened": "rotate-cw",
    "snoozed": "alarm-clock",
    "woken": "alarm-clock",
    "undone": "undo-2",
    "schedule cancelled": "calendar-clock",
    "came back": "triangle-alert",
    "complained": "flag",
    "merged": "merge",
    "separated": "split",
    "split": "split",
    "split off": "split",
}

# Words of assistant rules and engines, and of conversations.actions: why a person was called, or the assistant acted.
REASONS = {
    "customer asked": gettext_lazy("the customer asked for a person"),
    "not delivered": gettext_lazy("the answer did not reach the customer"),
    "asked_for_person": gettext_lazy("the customer asked for a person"),
    "assistant off": gettext_lazy("the assistant is switched off"),
    "twice not enough": gettext_lazy("two answers were not enough"),
    "certain": gettext_lazy("one article answers it with certainty"),
    "unsure": gettext_lazy("several articles may fit, so the customer chooses"),
    "greeting": gettext_lazy("it is only a greeting, so it asks what it is about"),
    "nothing_found": gettext_lazy("no article answers it"),
    "people_only": gettext_lazy("this topic is for people only"),
    "legal": gettext_lazy("it is a legal matter, and those belong to people"),
    "angry": gettext_lazy("the customer is angry"),
    "threatening": gettext_lazy("the message contains a threat"),
    "grieving": gettext_lazy("the customer is in mourning"),
    "frightened": gettext_lazy("the customer is frightened"),
    "not spam": gettext_lazy("it was in quarantine and is no spam"),
    "failed": gettext_lazy("the assistant could not consider the message"),
    "program answers": gettext_lazy("a program answers on the other side"),
    "chosen": gettext_lazy("the customer chose this article"),
}

# Tags the assistant sets by itself when a message has a legal meaning.
LEGAL = {
    "complaint": gettext_lazy("Complaint"),
    "withdrawal": gettext_lazy("Withdrawal"),
    "privacy": gettext_lazy("Privacy"),
    "accessibility": gettext_lazy("Accessibility"),
    "safety": gettext_lazy("Safety"),
}

UNDONE = {
    "assign": gettext_lazy("the assignment"),
    "resolve": gettext_lazy("the resolving"),
    "reopen": gettext_lazy("the reopening"),
    "snooze": gettext_lazy("the snoozing"),
    "change": gettext_lazy("the change"),
    "spam": gettext_lazy("the marking as spam"),
    "not spam": gettext_lazy("taking off the mark of spam"),
    "block": gettext_lazy("the blocking of the sender"),
    "reply": gettext_lazy("the reply"),
    "schedule": gettext_lazy("the scheduled reply"),
}


def tag_labels(tags: list[str]) -> list[str]:
    """The tags in words, those with a legal meaning first."""
    return [str(LEGAL.get(tag, tag)) for tag in sorted(tags, key=lambda tag: tag not in LEGAL)]


def reason_label(word: str) -> str:
    """A sentence's end for a stored reason; an unknown word is shown as it is rather than hidden."""
    return str(REASONS.get(word, word))


def event_of(message: Message) -> dict[str, Any]:
    """One line about what was done, as ui/event.html takes it."""
    verb = str(message.extra.get("verb", ""))
    return {
        "icon": EVENT_ICONS.get(verb, "info"),
        "html": event_sentence(message, verb),
        "at": message.created_at,
        "id": message.pk,
    }


def event_sentence(message: Message, verb: str) -> SafeString:
    """ "Piotr Mazur resolved the conversation", with the names in bold; data of an unknown verb is left out."""
    data, by = message.extra, message.member.name if message.member else ""
    if verb == "assigned":
        return _assigned(data, by)
    if verb == "handed over":
        return _handed_over(data)
    if verb == "resolved":
        return _resolved(data, by)
    if verb == "snoozed":
        until = parse_datetime(str(data.get("until", "")))
        return bold(_("{name} snoozed the conversation until {when}"), name=by, when=moment_words(until))
    if verb == "complained":
        return bold(_("{address} called our mail spam"), address=str(data.get("address", "")))
    if verb == "came back" and data.get("address"):
        return _came_back(str(data["address"]), str(data.get("why", "")))
    if verb == "schedule cancelled":
        at = moment_words(parse_datetime(str(data.get("at", ""))))
        return bold(_("{name} cancelled the reply that was to leave on {when}"), name=by, when=at)
    if verb == "undone":
        what = str(UNDONE.get(str(data.get("what")), data.get("what", "")))
        return bold(_("{name} took back {what}"), name=by, what=what)
    if verb == "reopened":
        return bold(_("{name} reopened the conversation"), name=by) if by else bold(_("The conversation is open again"))
    if verb == "blocked":
        return bold(_("{name} blocked {sender}"), name=by, sender=str(data.get("value", "")))
    if verb == "not spam" and not by:
        return bold(_("The conversation came back from quarantine, because it may have a legal meaning"))
    if number := str(data.get("number", "")):
        return _joined(verb, by, f"#{number}", str(data.get("customer", "")))
    simple = {
        "joined": _("{name} took the conversation over"),
        "marked as spam": _("{name} marked the conversation as spam"),
        "quarantined": _("The filter put the conversation into quarantine"),
        "not spam": _("{name} took off the mark of spam"),
        "came back": _("The answer did not arrive, so the conversation is open again"),
        "woken": _("The conversation came back from snoozing"),
        "back to assistant": _("The customer went back to the assistant"),
    }
    return bold(simple.get(verb, verb), name=by)


def _came_back(address: str, why: str) -> SafeString:
    if why:
        sentence = _("The answer did not reach {address}, so the conversation is open again. {why}")
        return format_html(sentence, address=format_html("<b>{}</b>", address), why=why)
    return bold(_("The answer did not reach {address}, so the conversation is open again"), address=address)


def _assigned(data: dict[str, Any], by: str) -> SafeString:
    to, team = str(data.get("to", "")), str(data.get("team", ""))
    if not by:
        return bold(_("The conversation went to the queue of {team}"), team=team)
    if to and to == by:
        return bold(_("{name} took the conversation"), name=by)
    if to:
        return bold(_("{name} assigned the conversation to {to}"), name=by, to=to)
    if team:
        return bold(_("{name} moved the conversation to the queue of {team}"), name=by, team=team)
    return bold(_("{name} put the conversation back for everybody"), name=by)


def _joined(verb: str, by: str, number: str, customer: str) -> SafeString:
    if verb == "merged" and customer:
        return bold(
            _("{name} merged conversation {number} of {customer} into this one"),
            name=by,
            number=number,
            customer=customer,
        )
    sentences = {
        "merged": _("{name} merged conversation {number} into this one"),
        "separated": _("{name} separated this conversation from {number}"),
        "split": _("{name} made conversation {number} out of a part of this one"),
        "split off": _("{name} made this conversation out of a part of {number}"),
    }
    return bold(sentences.get(verb, verb), name=by, number=number)


def _handed_over(data: dict[str, Any]) -> SafeString:
    reason, team = reason_label(str(data.get("reason", ""))), str(data.get("team", ""))
    if team:
        return bold(_("Handed over to {team}: {reason}"), team=team, reason=reason)
    return bold(_("Handed over to a person: {reason}"), reason=reason)


def _resolved(data: dict[str, Any], by: str) -> SafeString:
    if by:
        return bold(_("{name} resolved the conversation"), name=by)
    if data.get("who") == "assistant":
        return bold(_("The customer said that the answer was enough"))
    return bold(_("The conversation was resolved"))


def bold(sentence: str, **names: str) -> SafeString:
    """The sentence with its names in bold; both are escaped."""
    made = {name: format_html("<b>{}</b>", value) for name, value in names.items()}
    return format_html(sentence, **made)


def moment_words(when: datetime | None) -> str:
    return formats.full_moment(when) if when else "–"


def resolved_status(status: str) -> str:
    """The chip a row of the list carries: only what is not simply open."""
    return status if status in {"snoozed", "resolved", "waiting", "spam"} else ""


def quarantine_words(conversation: Conversation) -> str:
    """Why it lies in quarantine, in a sentence; "" where it does not."""
    why = conversation.quarantine or {}
    if conversation.status != Status.SPAM:
        return ""
    about = {"name": why.get("name", ""), "sender": blocked_words(conversation, str(why.get("value", "")))}
    if about["sender"] and about["name"]:
        return _("%(name)s blocked %(sender)s.") % about
    if about["sender"]:
        return _("The sender is blocked: %(sender)s.") % about
    if why.get("by") == "filter":
        percent = min(99, int(100 * float(why.get("chance", 0))))
        learnt = {"percent": percent, "words": ", ".join(map(str, why.get("words", [])))}
        return _("The filter is %(percent)d%% sure, by the words: %(words)s.") % learnt
    return _("%(name)s marked it as spam.") % about if about["name"] else _("An agent marked it as spam.")


def blocked_words(conversation: Conversation, value: str) -> str:
    """Whom a block holds: an address or a domain as it is, a visitor of a chat by name."""
    return value if "@" in value or not value else str(conversation.customer)


def legal_words(message: Message) -> str:
    """Why somebody should read this message although it looks like spam; "" where nothing says so."""
    said = message.extra.get("legal") or {}
    meaning = str(LEGAL.get(said.get("meaning", ""), "")).lower()
    if not meaning:
        return ""
    if "chance" in said:
        return _("It looks like spam, but may have a legal meaning (%(meaning)s), so it stays in the inbox.") % {
            "meaning": meaning
        }
    return _("It may have a legal meaning (%(meaning)s). Please read it.") % {"meaning": meaning}


def outcome_label(outcome: str) -> str:
    """What the assistant did, as the head of "why?"."""
    labels = {
        "answer": pgettext("assistant", "Answered with a quotation"),
        "offer": pgettext("assistant", "Offered choices"),
        "act": pgettext("assistant", "Did what was asked"),
        "ask": pgettext("assistant", "Asked for what was missing"),
        "hand over": pgettext("assistant", "Called a person"),
        "silent": pgettext("assistant", "Stayed silent, because a person leads"),
    }
    return labels.get(outcome, outcome)
