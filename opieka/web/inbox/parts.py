"""The parts of the inbox that are drawn again and again: head, thread, row, tabs, toast, each under its own id."""

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opieka.accounts.models import Membership
from opieka.accounts.queries import colleagues, teams_of
from opieka.accounts.rules import ANSWER, may
from opieka.conversations import actions, lists, queries
from opieka.conversations.lists import Listing
from opieka.conversations.models import Author, Conversation, Kind, Message
from opieka.customers.rules import FOR_EVERYBODY, domain_of
from opieka.helpdesk.queries import watchers
from opieka.web.inbox import asked, laters, rows, snoozes
from opieka.web.inbox.drawing import (
    Piece,
    digest,
    drawn_items,
    partial,
    stamped,
    thread_changes,
    thread_html,
    unless_known,
)
from opieka.web.inbox.thread import items_of
from opieka.web.inbox.words import quarantine_words, tag_labels


def answer(parts: Iterable[str], *, status: int = 200, event: str = "", number: int = 0) -> HttpResponse:
    """Parts as a response; `event` is told to the page's own scripts, with the number of its conversation."""
    response = HttpResponse("".join(parts), status=status)
    if event:
        response["HX-Trigger"] = json.dumps({event: {"number": number}})
    return response


# --- the list ----------------------------------------------------------------
def tabs(member: Membership, listing: Listing, *, path: str = "/") -> dict[str, Any]:
    """The lists with their counts; settled ones stand in a menu and appear as a tab only while they are shown."""
    held, labels = lists.counts(member), asked.view_labels()
    shown = ["mine", "unassigned", "team", "snoozed"]
    if listing.view not in shown:
        # In front: behind the others it would stand beyond the edge of a narrow list.
        shown.insert(0, listing.view)
    return {
        "tabs": [
            {
                "name": name,
                "label": labels[name],
                "url": path + asked.query_of(Listing(view=name, sort=listing.sort)),
                "count": held.get(name),
                "current": name == listing.view,
            }
            for name in shown
        ],
        "to_do": held["mine"],
    }


def list_context(
    member: Membership,
    listing: Listing,
    *,
    after: str | None = None,
    current: Conversation | None = None,
    path: str = "/",
) -> dict[str, Any]:
    """Everything the list pane draws."""
    page = lists.page(member, listing, after=after)
    labels = asked.sort_labels()
    here = {"view": listing.view, "q": listing.search}
    return {
        "listing": listing,
        "query": asked.query_of(listing),
        "rows": rows.drawn(page.rows, sort=listing.sort, current=current.pk if current else None),
        "after": page.after,
        "path": path,
        "sorts": [
            {"name": name, "label": label, "hint": hint, "current": name == listing.sort}
            | {"url": path + asked.query_of(Listing(sort=name, view=here["view"], search=here["q"]))}
            for name, (label, hint) in labels.items()
        ],
        "sort_label": labels[listing.sort][0],
        "other_views": [
            {"label": asked.view_labels()[name], "icon": icon, "url": path + asked.query_of(Listing(view=name))}
            | {"count": lists.unread_in_quarantine(member) if name == "spam" else 0}
            for name, icon in (("resolved", "archive"), ("spam", "ban"), ("all", "archive"))
        ],
        "everywhere": path + asked.query_of(Listing(view="all", search=listing.search)),
        "held": lists.counts(member),
        "tabs": tabs_piece(member, listing, path=path).html,
    }


def tabs_piece(member: Membership, listing: Listing, *, path: str = "/") -> Piece:
    return stamped("tabs", render_to_string("web/inbox/tabs.html", tabs(member, listing, path=path)))


def tabs_part(member: Membership, listing: Listing, *, path: str = "/") -> SafeString:
    return partial("#tabs", tabs_piece(member, listing, path=path).html)


def row_parts(member: Membership, listing: Listing, ids: list[int], *, shown: set[int]) -> list[SafeString]:
    """Those rows as they are now: in place where the page has them, else handed over for it to put in order."""
    found, belonging = lists.among(member, listing, ids)
    gone = frozenset(row.pk for row in found if row.pk not in belonging)
    wanted = [row for row in found if row.pk in shown or row.pk in belonging]
    drawn = rows.drawn(wanted, sort=listing.sort, gone=gone)
    return [
        partial(f"#row-{row.pk}", html) if row.pk in shown else partial("#rows", html, swap="beforeend")
        for row, html in zip(wanted, drawn, strict=True)
    ]


# --- the conversation --------------------------------------------------------
def conversation_context(member: Membership, conversation: Conversation) -> dict[str, Any]:
    """Everything the conversation pane draws."""
    messages = queries.thread(conversation)
    lines = thread_lines(member, conversation, messages)
    return {
        "conversation": conversation,
        "can_answer": may(member.role, ANSWER),
        "head": head_piece(member, conversation).html,
        "menus": menus_piece(member, conversation).html if may(member.role, ANSWER) else "",
        "thread": thread_html(lines),
        "last": last_of(messages),
        "copies": copies_piece(conversation, messages).html if may(member.role, ANSWER) else "",
        "address": queries.answer_goes_to(conversation),
        "address_trouble": queries.trouble_of(conversation),
        "laters": laters.choices(conversation.organisation),
        "drafts": queries.drafts_of(conversation, member),
        "watchers": watchers(conversation, besides=member),
    }


def conversation_traits(conversation: Conversation) -> Any:
    from opieka.channels.registry import channel_class

    return channel_class(conversation.channel).traits


def head_piece(member: Membership, conversation: Conversation) -> Piece:
    """Title, number, state, and the buttons."""
    context = {
        "conversation": conversation,
        "can_answer": may(member.role, ANSWER),
        "mine": conversation.assignee_id == member.pk,
        "waiting": rows.waiting_of(conversation),
        "tags": tag_labels(conversation.tags),
        "why": quarantine_words(conversation),
    }
    return stamped("conversation-head", render_to_string("web/inbox/head.html", context))


def menus_piece(member: Membership, conversation: Conversation) -> Piece:
    """What the buttons of the head open."""
    sender = queries.sender_in(conversation)
    domain = domain_of(sender)
    context = {
        "conversation": conversation,
        "member": member,
        "people": colleagues(member).order_by("user__name", "id"),
        "teams": teams_of(conversation.organisation),
        "snoozes": snoozes.choices(conversation.organisation),
        "sender": sender,
        "sender_domain": "" if domain.removeprefix("@") in FOR_EVERYBODY else domain,
        "merges": queries.last_merges(conversation),
    }
    return stamped("conversation-menus", render_to_string("web/inbox/menus.html", context))


def copies_piece(conversation: Conversation, messages: list[Message]) -> Piece:
    """Who gets a copy of the next reply, each with a way to leave them out; of merged conversations, whom it answers.

    `messages` are its thread's.
    """
    theirs = [one for one in messages if one.author == Author.CUSTOMER and one.kind == Kind.REPLY]
    merged = any(one.conversation_id != conversation.pk for one in theirs)
    answerable, version = queries.answerable_parts(conversation) if merged else [conversation], ""
    context: dict[str, Any]
    if len(answerable) > 1:
        # Which of them is chosen is the agent's: a message that comes meanwhile does not choose anew.
        offered = [_answerable(one) for one in answerable]
        context = {"parts": offered, "answers": queries.answered_part(conversation).number}
        version = digest(offered)
    else:
        copies = actions.copies_of(max(theirs, key=lambda one: one.pk)) if theirs else []
        context = {"copies": copies, "may_add": conversation_traits(conversation).copies}
    return stamped("copies", render_to_string("web/inbox/copies.html", context), version=version)


def _answerable(part: Conversation) -> dict[str, Any]:
    """Whom an answer to this part would reach."""
    reached = [queries.answer_goes_to(part), *actions.copies_for(part)]
    return {"number": part.number, "name": str(part.customer), "reached": ", ".join(one for one in reached if one)}


def thread_lines(member: Membership, conversation: Conversation, messages: list[Message]) -> list[Piece]:
    """The lines of the thread."""
    items = [*items_of(conversation, messages, reader=member), *laters.items_of(conversation)]
    return drawn_items(items, conversation, can_answer=may(member.role, ANSWER))


def last_of(messages: list[Message]) -> int:
    """The id of the thread's last message; 0 for none."""
    return messages[-1].pk if messages else 0


def conversation_changes(member: Membership, conversation: Conversation, known: dict[str, str]) -> list[SafeString]:
    """What the page does not have yet of the conversation it shows."""
    messages = queries.thread(conversation)
    lines = thread_lines(member, conversation, messages)
    found = unless_known(head_piece(member, conversation), known, of=conversation.pk)
    if may(member.role, ANSWER) and found:
        found += unless_known(menus_piece(member, conversation), known, of=conversation.pk)
    # Only to a page that says what it has: after work of the agent's own, a copy they took out would be back.
    if may(member.role, ANSWER) and "copies" in known:
        found += unless_known(copies_piece(conversation, messages), known, of=conversation.pk)
    return [*found, *thread_changes(lines, known, of=conversation.pk, last=last_of(messages))]


def watchers_part(member: Membership, conversation: Conversation) -> SafeString:
    context = {"watchers": watchers(conversation, besides=member), "conversation": conversation}
    return partial("#watching", render_to_string("web/inbox/watching.html", context), of=conversation.pk)


def toast_part(text: str, *, undo: bool = False, failed: bool = False) -> SafeString:
    """A line at the foot of the window; with `undo` it offers the way back."""
    context: dict[str, Any] = {"text": text, "danger": "error" if failed else ""}
    if undo:
        context |= {"action_label": _("Undo"), "action_url": "/inbox/undo/", "action_key": "z"}
    return partial("#toasts", render_to_string("ui/toast.html", context), swap="beforeend")


def after_work(
    member: Membership, conversation: Conversation, listing: Listing, *, path: str = "/"
) -> list[SafeString]:
    """What every verb changes on the page of whoever did it; other pages learn of it by the live link."""
    fresh = queries.by_number(member, conversation.number) or conversation
    found = conversation_changes(member, fresh, {})
    return [*found, tabs_part(member, listing, path=path), *row_parts(member, listing, [fresh.pk], shown={fresh.pk})]
