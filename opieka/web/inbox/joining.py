"""Merging two conversations, separating them again, splitting one: each asks in the dialog first and says what follows."""

import json
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.models import Membership
from opieka.accounts.rules import ANSWER
from opieka.conversations import actions, lists, queries
from opieka.conversations.actions.merge import CannotMerge
from opieka.conversations.actions.split import CannotSplit
from opieka.conversations.lists import Listing
from opieka.conversations.merging import Refusal
from opieka.conversations.models import Conversation
from opieka.customers.queries import identities_of
from opieka.web.inbox import asked, parts
from opieka.web.inbox.drawing import partial
from opieka.web.inbox.pages import fetched

MOST_OFFERED = 8


def refusal_words(why: str) -> str:
    """A sentence for the agent: what is wrong, and what to do."""
    words = {
        Refusal.ITSELF: _("This is the same conversation. Please choose another one."),
        Refusal.ELSEWHERE: _("There is no such conversation."),
        Refusal.MERGED: _("Somebody has merged one of the two meanwhile. Please look at where it is now."),
        Refusal.QUARANTINE: _("What is in quarantine cannot be merged. Say first that it is no spam."),
        Refusal.LIVE_CHAT: _("A chat that goes on can only be the one that stays. Resolve it first, or let it stay."),
        Refusal.STRANGERS: _("They are two different customers. Please confirm that this is meant."),
        Refusal.SEPARATE: _("This message belongs to a merged conversation. Separate that one first."),
        Refusal.NOT_SAID: _("Only a message of the customer can begin a conversation."),
        Refusal.NOTHING_LEFT: _("Nothing of the customer would be left here. Please begin at a later message."),
    }
    return words[Refusal(why)]


def closed() -> str:
    """The dialog as it is before it is opened: drawn anew, it is closed."""
    return partial("#doing", render_to_string("web/inbox/doing.html"), swap="outerHTML")


def problem(words: str) -> HttpResponse:
    """What is wrong, in the dialog, which stays open."""
    told = render_to_string("web/inbox/doing_problem.html", {"words": words})
    return parts.answer([partial("#doing-problem", told, swap="outerHTML")], status=409)


def led_to(
    request: MemberRequest, conversation: Conversation, text: str, *, others: Iterable[Conversation], times: int = 1
) -> HttpResponse:
    """The dialog closes, the rows change, and the page shows this conversation. `times` acts can be taken back at once."""
    member, listing = request.membership, asked.listing_in_front(request, request.membership)
    drawn = parts.after_work(member, conversation, listing, path=asked.path_in_front(request))
    gone = [one.pk for one in others]
    rows = parts.row_parts(member, listing, gone, shown=set(gone))
    toast = render_to_string("web/inbox/bulk_toast.html", {"text": text, "times": times})
    response = parts.answer([closed(), *drawn, *rows, partial("#toasts", toast, swap="beforeend")])
    where = {"url": f"/conversations/{conversation.number}/"}
    response["HX-Trigger"] = json.dumps({"taken-back": where, "picked-done": {}})
    return response


# --- merging -----------------------------------------------------------------
@needs(ANSWER)
@require_http_methods(["GET", "POST"])
def merging(request: MemberRequest, number: int) -> HttpResponse:
    """Choose another conversation, see what merging it means (`with`), and do it."""
    conversation = fetched(request.membership, number)
    if request.method == "POST":
        return _merge(request, conversation, fetched(request.membership, _number(request.POST.get("with"))))
    if request.GET.get("with"):
        other = fetched(request.membership, _number(request.GET.get("with")))
        return render(
            request, "web/inbox/merging_confirm.html", question(conversation, other, request.GET.get("stays"))
        )
    words = request.GET.get("q", "").strip()[:100]
    context = {
        "conversation": conversation,
        "words": words,
        "found": _offered(request.membership, conversation, words),
    }
    results = "results" in request.GET
    return render(request, f"web/inbox/{'merging_found' if results else 'merging'}.html", context)


def _number(given: object) -> int:
    text = str(given or "")
    if not (text.isdecimal() and len(text) < 16):
        raise Http404
    return int(text)


def _offered(member: Membership, conversation: Conversation, words: str) -> list[Conversation]:
    """The customer's own first: all of them, or, with words, what the search finds; the number that was meant before all."""
    if words:
        found = lists.page(member, Listing(view="all", search=words)).rows
    else:
        found = queries.conversations_of(member, conversation.customer, limit=MOST_OFFERED + 1)
    others = [one for one in found if one.pk != conversation.pk]
    number = words.lstrip("#")
    named = sorted(others, key=lambda one: (str(one.number) != number, one.customer_id != conversation.customer_id))
    return named[:MOST_OFFERED]


def question(conversation: Conversation, other: Conversation, stays: str | None) -> dict[str, Any]:
    """What web/inbox/merging_confirm.html asks: which of the two stays, and whether two customers are meant."""
    pair = [(conversation, other), (other, conversation)]
    ways: list[dict[str, Any]] = [
        {"stays": kept, "goes": goes, "refusal": actions.why_not_merge(goes, kept, strangers=True)}
        for kept, goes in pair
    ]
    open_ways = [way for way in ways if not way["refusal"]]
    wanted = [way for way in open_ways if str(way["stays"].number) == stays] or open_ways
    return {
        "conversation": conversation,
        "other": other,
        "ways": ways,
        "chosen": wanted[0]["stays"].number if wanted else 0,
        "refused": "" if open_ways else refusal_words(str(ways[0]["refusal"])),
        "strangers": conversation.customer_id != other.customer_id,
        "people": [person(one) for one in (conversation, other)],
    }


def person(conversation: Conversation) -> dict[str, str]:
    addresses = [one.value for one in identities_of(conversation.customer) if one.kind == conversation.channel]
    address = addresses[0] if addresses and "@" in addresses[0] else ""
    return {"name": str(conversation.customer), "address": address if address != str(conversation.customer) else ""}


def _merge(request: MemberRequest, conversation: Conversation, other: Conversation) -> HttpResponse:
    stays, gone = conversation, other
    if request.POST.get("stays") == str(other.number):
        stays, gone = other, conversation
    try:
        actions.merge(gone, into=stays, by=request.membership, strangers=request.POST.get("strangers") == "1")
    except CannotMerge as why:
        return problem(refusal_words(str(why)))
    words = _("Conversation #%(gone)s is merged into #%(stays)s.") % {"gone": gone.number, "stays": stays.number}
    return led_to(request, stays, words, others=[gone])


@needs(ANSWER)
@require_POST
def separate(request: MemberRequest, number: int) -> HttpResponse:
    """Let what was merged into this conversation (`part`, a number) stand by itself again."""
    conversation = fetched(request.membership, number)
    given = request.POST.get("part", "")
    part = queries.by_number(request.membership, int(given)) if given.isdecimal() and len(given) < 16 else None
    if part is None or part.standing_id != conversation.pk:
        return parts.answer([parts.toast_part(_("It stands by itself already."), failed=True)], status=409)
    try:
        actions.separate(part, by=request.membership)
    except CannotMerge as why:
        return parts.answer([parts.toast_part(refusal_words(str(why)), failed=True)], status=409)
    words = _("Conversation #%(number)s stands by itself again.") % {"number": part.number}
    return led_to(request, conversation, words, others=[part])


# --- splitting ---------------------------------------------------------------
@needs(ANSWER)
@require_http_methods(["GET", "POST"])
def splitting(request: MemberRequest, message_id: int) -> HttpResponse:
    """Ask whether the message alone or all from it on become a conversation, and do it."""
    message = queries.message_for(request.membership, message_id)
    if message is None:
        raise Http404
    if request.method == "GET":
        return render(request, "web/inbox/splitting.html", {"message": message, "conversation": message.conversation})
    alone, subject = request.POST.get("what") == "alone", request.POST.get("subject", "")
    try:
        made = actions.split(message, by=request.membership, alone=alone, subject=subject)
    except CannotSplit as why:
        return problem(refusal_words(str(why)))
    words = _("Conversation #%(number)s is made of it.") % {"number": made.number}
    return led_to(request, made, words, others=[message.conversation])
