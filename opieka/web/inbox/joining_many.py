"""Merging the picked rows of the list: two of them, or many at once."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import ANSWER
from opieka.conversations import actions, queries
from opieka.conversations.actions.merge import CannotMerge
from opieka.conversations.merging import Refusal
from opieka.conversations.models import Conversation
from opieka.web.inbox.joining import led_to, person, problem, question, refusal_words

MOST_AT_ONCE = 20


@needs(ANSWER)
@require_http_methods(["GET", "POST"])
def picked(request: MemberRequest) -> HttpResponse:
    """What merging the picked rows means (GET); do it (POST)."""
    given = request.GET if request.method == "GET" else request.POST
    ids = {int(one) for one in given.getlist("id") if one.isdecimal() and len(one) < 16}
    visible = queries.visible_to(request.membership).filter(id__in=ids)
    found = list(visible.select_related("customer", "organisation").order_by("-id")[: MOST_AT_ONCE + 1])
    if request.method == "POST":
        return _merge(request, found)
    if len(found) == 2:
        newer, older = found
        # The older one is where the matter began.
        return render(request, "web/inbox/merging_confirm.html", question(newer, older, str(older.number)))
    if len(found) < 2 or len(found) > MOST_AT_ONCE:
        return render(request, "web/inbox/merging_picked.html", {"many": len(found) > 1, "most": MOST_AT_ONCE})
    return render(request, "web/inbox/merging_many.html", _choice(found[::-1]))


def _choice(picked: list[Conversation]) -> dict[str, Any]:
    """Which of them can stay, the oldest first: where the matter began."""
    ways: list[dict[str, Any]] = [{"stays": stays, "refusal": _why_not(picked, stays)} for stays in picked]
    open_ways = [way for way in ways if not way["refusal"]]
    return {
        "ways": ways,
        "chosen": open_ways[0]["stays"].pk if open_ways else 0,
        "refused": "" if open_ways else _refusal_words({str(way["refusal"]) for way in ways}),
        "people": list({one.customer_id: person(one) for one in picked}.values()),
        "count": len(picked),
    }


def _refusal_words(reasons: set[str]) -> str:
    if Refusal.LIVE_CHAT in reasons:
        return _("Several of them are chats that go on, and only one can stay. Resolve the others first.")
    return refusal_words(min(reasons))


def _why_not(picked: list[Conversation], stays: Conversation) -> Refusal | None:
    """Why the others cannot be merged into this one; None when they can."""
    others = [one for one in picked if one != stays]
    refusals = (actions.why_not_merge(gone, stays, strangers=True) for gone in others)
    return next((why for why in refusals if why), None)


def _merge(request: MemberRequest, picked: list[Conversation]) -> HttpResponse:
    stays = next((one for one in picked if str(one.pk) == request.POST.get("stays")), None)
    gone = [one for one in reversed(picked) if one != stays]
    if stays is None or not gone or len(gone) >= MOST_AT_ONCE:
        return problem(refusal_words(Refusal.ELSEWHERE))
    try:
        actions.merge_all(gone, into=stays, by=request.membership, strangers=request.POST.get("strangers") == "1")
    except CannotMerge as why:
        facts = {"number": why.number, "why": refusal_words(str(why))}
        return problem(_("#%(number)d cannot be merged, so none was: %(why)s") % facts)
    words = ngettext(
        "%(n)d conversation is merged into #%(stays)d.", "%(n)d conversations are merged into #%(stays)d.", len(gone)
    )
    told = words % {"n": len(gone), "stays": stays.number}
    return led_to(request, stays, told, others=gone, times=len(gone))
