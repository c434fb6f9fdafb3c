"""Verbs other than writing: assign, resolve, snooze, undo, and being here."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.models import Membership
from opieka.accounts.queries import colleagues, teams_of
from opieka.accounts.rules import ANSWER
from opieka.conversations import actions, queries
from opieka.conversations.actions.work import CannotDo
from opieka.conversations.models import Conversation, Undo
from opieka.helpdesk.actions import give_sign
from opieka.web import formats
from opieka.web.inbox import asked, drawing, parts, snoozes, uploads
from opieka.web.inbox.pages import fetched

MOST_AT_ONCE = 100


def done(
    request: MemberRequest, conversation: Conversation, text: str, *, undo: bool = True, event: str = ""
) -> HttpResponse:
    """The parts that changed, and a toast that says what happened."""
    member = request.membership
    listing, path = asked.listing_in_front(request, member), asked.path_in_front(request)
    drawn = parts.after_work(member, conversation, listing, path=path)
    return parts.answer([*drawn, parts.toast_part(text, undo=undo)], event=event, number=conversation.number)


@needs(ANSWER)
@require_POST
def assign(request: MemberRequest, number: int) -> HttpResponse:
    """To a colleague (`to`, "me" for oneself), to a team's queue (`team`), or back to everybody."""
    member, conversation = request.membership, fetched(request.membership, number)
    to, team = request.POST.get("to", ""), request.POST.get("team", "")
    if team:
        chosen = teams_of(conversation.organisation).filter(id=team if team.isdecimal() else 0).first()
        actions.assign(conversation, by=member, team=chosen)
        return done(request, conversation, _("Moved to the queue of %(team)s.") % {"team": chosen or "–"})
    if to == "me":
        actions.assign(conversation, by=member, to=member)
        return done(request, conversation, _("The conversation is yours."))
    person = colleagues(member).filter(id=to).first() if to.isdecimal() else None
    actions.assign(conversation, by=member, to=person)
    if person is None:
        return done(request, conversation, _("The conversation is back with everybody."))
    return done(request, conversation, _("Assigned: %(name)s.") % {"name": person.name})


@needs(ANSWER)
@require_POST
def resolve(request: MemberRequest, number: int) -> HttpResponse:
    conversation = fetched(request.membership, number)
    actions.resolve(conversation, by=request.membership)
    return done(request, conversation, _("Conversation #%(number)s resolved.") % {"number": number}, event="resolved")


@needs(ANSWER)
@require_POST
def reopen(request: MemberRequest, number: int) -> HttpResponse:
    conversation = fetched(request.membership, number)
    actions.reopen(conversation, by=request.membership)
    return done(request, conversation, _("The conversation is open again."))


@needs(ANSWER)
@require_POST
def snooze(request: MemberRequest, number: int) -> HttpResponse:
    conversation = fetched(request.membership, number)
    until = snoozes.moment_of(conversation.organisation, request.POST.get("until", ""), request.POST.get("at", ""))
    if until is None:
        return parts.answer(
            [parts.toast_part(_("Please choose a moment that is still ahead."), failed=True)], status=422
        )
    try:
        actions.snooze(conversation, until=until, by=request.membership)
    except CannotDo:
        return parts.answer(
            [parts.toast_part(_("What is resolved or in quarantine cannot be snoozed."), failed=True)], status=422
        )
    words = _("Snoozed until %(when)s.") % {"when": formats.full_moment(until)}
    return done(request, conversation, words, event="put-away")


@needs(ANSWER)
@require_POST
def unread(request: MemberRequest, number: int) -> HttpResponse:
    conversation = fetched(request.membership, number)
    actions.mark_read(conversation, unread=True)
    return done(request, conversation, _("Marked as unread."), undo=False, event="put-away")


@needs(ANSWER)
@require_POST
def here(request: MemberRequest, number: int) -> HttpResponse:
    """The page shows this conversation, in front of a person: it is read, and colleagues learn who looks at it."""
    conversation = fetched(request.membership, number)
    give_sign(request.membership, looking_at=conversation, typing=request.POST.get("typing") == "1")
    if conversation.unread and request.POST.get("read") == "1":
        actions.mark_read(conversation)
    return HttpResponse(status=204)


@needs(ANSWER)
@require_POST
def present(request: MemberRequest) -> HttpResponse:
    """The page is open and shows no conversation."""
    give_sign(request.membership)
    return HttpResponse(status=204)


@needs(ANSWER)
@require_POST
def undo(request: MemberRequest) -> HttpResponse:
    """Take back the last thing this member did, or the last few that were done at once."""
    member = request.membership
    wanted = request.POST.get("times", "1")
    taken = [actions.undo_last(member) for _n in range(min(int(wanted) if wanted.isdecimal() else 1, MOST_AT_ONCE))]
    back = [one for one in taken if one]
    if not back:
        return parts.answer([parts.toast_part(_("There is nothing to take back."), failed=True)])
    listing, path = asked.listing_in_front(request, member), asked.path_in_front(request)
    touched = [row_id for one in back for row_id in (one.conversation_id, one.after.get("other", 0)) if row_id]
    shown = parts.row_parts(member, listing, touched, shown=_on_page(request))
    toast = parts.toast_part(ngettext("Taken back.", "%(n)s acts taken back.", len(back)) % {"n": len(back)})
    response = parts.answer([*shown, parts.tabs_part(member, listing, path=path), toast])
    if len(back) == 1:
        response["HX-Trigger"] = json.dumps({"taken-back": {"url": _where(back[0], member)}})
    return response


def _where(taken: Undo, member: Membership) -> str:
    """The conversation, with the files of the reply that was taken back."""
    files = list(taken.message.attachments.all()) if taken.message else []
    query = urlencode([("file", uploads.signed(file, member)) for file in files])
    return f"/conversations/{taken.conversation.number}/" + (f"?{query}" if query else "")


def _on_page(request: MemberRequest) -> set[int]:
    return {int(one) for one in request.POST.get("have", "").split(",") if one.isdecimal()}


@needs(ANSWER)
@require_POST
def bulk(request: MemberRequest) -> HttpResponse:
    """One verb for every picked conversation."""
    member = request.membership
    ids = [int(one) for one in request.POST.getlist("id") if one.isdecimal()][:MOST_AT_ONCE]
    picked = list(queries.visible_to(member).filter(id__in=ids))
    verbs: dict[str, Callable[[Conversation], object]] = {
        "resolve": lambda one: actions.resolve(one, by=member),
        "mine": lambda one: actions.assign(one, by=member, to=member),
        "spam": lambda one: actions.mark_spam(one, by=member),
        "not-spam": lambda one: actions.not_spam(one, by=member),
    }
    verb = verbs.get(request.POST.get("verb", ""))
    if verb is None or not picked:
        return parts.answer([parts.toast_part(_("Nothing is picked."), failed=True)], status=422)
    for one in picked:
        verb(one)
    listing, path = asked.listing_in_front(request, member), asked.path_in_front(request)
    words = ngettext("Done for %(n)s conversation.", "Done for %(n)s conversations.", len(picked)) % {"n": len(picked)}
    toast = render_to_string("web/inbox/bulk_toast.html", {"text": words, "times": len(picked)})
    shown = parts.row_parts(member, listing, [one.pk for one in picked], shown=set(ids))
    return parts.answer(
        [*shown, parts.tabs_part(member, listing, path=path), drawing.partial("#toasts", toast, swap="beforeend")],
        event="picked-done",
    )
