"""The conversations of a visitor in the words of the panel: messages and state, as widget/src/panel/protocol.ts has them."""

import re
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from opieka.accounts.hours import back_words, opening
from opieka.accounts.models import Membership, Organisation
from opieka.assistant.words import quoted
from opieka.conversations.models import Author, Conversation, Kind, Message, Speaker, Status
from opieka.conversations.queries import chats_of, contact_of, shown_to_customer
from opieka.customers.queries import customer_at
from opieka.helpdesk.queries import agent_typing, place_in_queue, usual_wait_minutes
from opieka.plumbing.events import last_seq
from opieka.portal.widget.schedule import schedule_words
from opieka.portal.widget.visitors import KIND, Visitor
from opieka.surveys.queries import latest_of

FILE_SALT = "portal.widget.file"
LATEST = 3

Json = dict[str, Any]


def conversations_of(visitor: Visitor) -> list[Conversation]:
    """The visitor's latest conversations in this chat, oldest first."""
    customer = customer_at(visitor.inbox.organisation_id, kind=KIND, value=visitor.id)
    return chats_of(customer, inbox=visitor.inbox, latest=LATEST) if customer else []


def current_of(visitor: Visitor) -> Conversation | None:
    """The conversation that goes on, or went on last."""
    return _latest(conversations_of(visitor))


def _latest(conversations: list[Conversation]) -> Conversation | None:
    """The last of them that was not merged into another; what an agent split off and put back is not where one writes."""
    standing = [one for one in conversations if not one.merged_into_id]
    return next(reversed(standing or conversations), None)


def thread_of(visitor: Visitor, *, after: int = 0) -> Json:
    """What the panel asks for after every change: messages since `after`, the state, and the sequence number."""
    # Read first: whatever happens while the rest is read is announced again.
    seq = last_seq()
    conversations = conversations_of(visitor)
    latest = _latest(conversations)
    return {
        "messages": [
            message_json(message, conversation)
            for conversation in conversations
            for message in shown_to_customer(conversation, after=after)
        ],
        "state": state_json(visitor.inbox.organisation, latest),
        "seq": seq,
        "conversation": latest.pk if latest else 0,
    }


def message_json(message: Message, conversation: Conversation) -> Json:
    said = message.extra
    quote, choices = said.get("quote"), said.get("choices") or None
    lead, text = _lead_and_text(message)
    return {
        "id": message.pk,
        "client_id": (message.external_id or "").partition(":")[2] or None if _is_customer(message) else None,
        "author": message.author,
        "name": short_name(message.member) if message.member else "",
        "at": message.created_at.isoformat(),
        "text": text,
        "lead": lead,
        "quote": {**quote, "text": quoted(quote["text"])} if quote else None,
        "choices": choices,
        "files": [file_json(attachment, conversation) for attachment in message.attachments.all()],
        "seen": _seen(message, conversation),
        "helpful": said.get("helpful"),
    }


def _is_customer(message: Message) -> bool:
    return message.author == Author.CUSTOMER


def _lead_and_text(message: Message) -> tuple[str | None, str]:
    """The panel draws the quotation and the choices itself, so it gets only the words around them."""
    said = message.extra
    if message.kind == Kind.EVENT:
        return None, _event_words(message)
    if said.get("quote"):
        first, rest = _first_sentence(said.get("lead") or _("This is what the help centre says:"))
        return first, rest
    if said.get("choices"):
        return None, _first_sentence(said.get("lead") or "")[0]
    return None, message.text


def _first_sentence(text: str) -> tuple[str, str]:
    first, *rest = re.split(r"(?<=[.?!])\s+", text.strip(), maxsplit=1)
    return first, rest[0] if rest else ""


def _event_words(message: Message) -> str:
    if message.extra.get("verb") != "joined":
        return _("The conversation has ended")
    asked = message.conversation.asked_for_person_at
    minutes = round((message.created_at - asked).total_seconds() / 60) if asked else 0
    words = {"name": short_name(message.member) if message.member else _("A person"), "minutes": minutes}
    return _("%(name)s joins after %(minutes)d min") % words if minutes > 0 else _("%(name)s joins") % words


def _seen(message: Message, conversation: Conversation) -> bool:
    """Ours: the customer has seen it. Theirs: somebody opened it, or it was answered."""
    if not _is_customer(message):
        return message.seen_at is not None or message.kind == Kind.EVENT
    return conversation.unread == 0 or message.created_at < conversation.last_message_at


def file_json(attachment: Any, conversation: Conversation) -> Json:
    """A file with an address that opens it for a day, for whoever has it."""
    signed = signing.dumps(attachment.pk, salt=FILE_SALT)
    url = reverse("widget-file", args=[conversation.inbox.key, signed])
    return {"name": attachment.name, "url": url, "size": attachment.size}


def state_json(organisation: Organisation, conversation: Conversation | None) -> Json:
    state: Json = {
        "speaker": "assistant",
        "person": None,
        "waiting": None,
        "status": "open",
        "rating": "none",
        "hours": hours_json(organisation),
        "contact": None,
        "typing": False,
    }
    return state | _state_of(conversation, is_open=state["hours"]["open"]) if conversation else state


def _state_of(conversation: Conversation, *, is_open: bool) -> Json:
    queued = conversation.speaker == Speaker.QUEUE
    led = conversation.speaker == Speaker.PERSON
    # A chat is merged into another conversation only once it has been resolved.
    resolved = conversation.status in {Status.RESOLVED, Status.MERGED}
    person = conversation.assignee if led else None
    survey = latest_of(conversation) if resolved else None
    waiting = {"minutes": usual_wait_minutes(conversation), "ahead": place_in_queue(conversation)}
    return {
        "speaker": "person" if led else "nobody" if queued and not is_open else "assistant",
        "person": {"name": short_name(person), "initials": initials(person.name)} if person else None,
        "waiting": waiting if queued and is_open and not resolved else None,
        "status": "resolved" if resolved else "open",
        "rating": "none" if survey is None else "asked" if survey.score is None else "given",
        "contact": contact_of(conversation) or None,
        "typing": led and bool(agent_typing(conversation)),
    }


def hours_json(organisation: Organisation) -> Json:
    now = timezone.now()
    return {
        "open": opening(organisation, now).open,
        "text": schedule_words(organisation.opening_hours),
        "back": back_words(organisation, now) or None,
    }


def short_name(member: Membership) -> str:
    """Customers learn the first name only."""
    return member.user.get_short_name()


def initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()


def file_limit() -> int:
    """The largest file a visitor may send, in bytes."""
    from opieka.channels.webchat import Webchat

    return min(Webchat.traits.max_attachment_bytes, settings.MAX_UPLOAD_BYTES)
