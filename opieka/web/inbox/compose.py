"""Writing: replies, notes, drafts, files."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.models import Membership
from opieka.accounts.rules import ANSWER
from opieka.channels.base import File
from opieka.conversations import actions, queries
from opieka.conversations.actions.say import NothingToSend, Written
from opieka.conversations.models import Attachment, Author, Conversation, Kind, Message
from opieka.conversations.variables import EmptyVariable
from opieka.web.inbox import asked, drawing, laters, lost_addresses, parts, uploads
from opieka.web.inbox.pages import fetched
from opieka.web.inbox.snoozes import moment_ahead
from opieka.web.inbox.thread import size_words
from opieka.web.inbox.wishes import NEWER, Wish, copies_in, no_addresses_in, wish_of


@needs(ANSWER)
@require_POST
def reply(request: MemberRequest, number: int) -> HttpResponse:
    """Answer the customer, now or later; 409 with a banner when something should be looked at first."""
    member, conversation = request.membership, fetched(request.membership, number)
    if queries.written_as(member, _token(request)):
        return parts.answer(_drawn(request, conversation))
    wish = wish_of(request.POST)
    newer = queries.unseen_by(member, conversation, seen=_id(request, "seen"), began=_id(request, "began"))
    if newer and NEWER not in wish.agreed:
        return _collision(request, conversation, newer, wish)
    if wrong := no_addresses_in(request.POST):
        words = _("“%(address)s” is not an address that mail can be sent to.") % {"address": wrong[0]}
        return parts.answer([parts.toast_part(words, failed=True)], status=422)
    copies = copies_in(request.POST)
    answered = _answered(request, conversation, number)
    new = actions.newcomers_among(answered, copies or ())
    if new and drawing.digest(*new) not in wish.agreed:
        return _newcomers(conversation, new, wish)
    going_to = [queries.answer_goes_to(answered), *(actions.copies_for(answered) if copies is None else copies)]
    lost = queries.lost_addresses(answered, going_to)
    if lost and lost_addresses.agreement(lost) not in wish.agreed:
        again = wish.again(lost_addresses.agreement(lost))
        return lost_addresses.asked_first(conversation, lost, again=again)
    files = uploads.files_of(request.POST.getlist("file"), member)
    text = request.POST.get("text", "")
    if wish.later:
        return _schedule(request, answered, wish, Written(text=text, attachments=files, copies=copies))
    try:
        actions.reply(answered, text, by=member, attachments=files, copies=copies, token=_token(request))
    except (NothingToSend, EmptyVariable) as refusal:
        return _refused(refusal)
    text, event = _("Sent."), "replied"
    if wish.resolve:
        actions.resolve(conversation, by=member)
        text, event = _("Sent, and the conversation is resolved."), "resolved"
    undo = parts.conversation_traits(conversation).undo or event == "resolved"
    toast = parts.toast_part(text, undo=undo)
    return parts.answer([*_drawn(request, conversation), toast], event=event, number=number)


def _refused(refusal: Exception) -> HttpResponse:
    """Nothing has left, and the page puts the text back; the toast says why."""
    text = _("There is nothing to send yet.") if isinstance(refusal, NothingToSend) else str(refusal)
    return parts.answer([parts.toast_part(text, failed=True)], status=422)


def _schedule(request: MemberRequest, conversation: Conversation, wish: Wish, written: Written) -> HttpResponse:
    """Keep the reply for the chosen moment."""
    at = laters.moment_of(conversation.organisation, wish.later, request.POST.get("at", ""))
    if at is None:
        return parts.answer([parts.toast_part(str(laters.NO_MOMENT), failed=True)], status=422)
    later = actions.Later(at=at, token=_token(request))
    try:
        actions.schedule(
            conversation,
            written.text,
            by=request.membership,
            later=later,
            attachments=written.attachments,
            copies=written.copies,
        )
    except (NothingToSend, EmptyVariable) as refusal:
        return _refused(refusal)
    words = _("It will be sent: %(when)s.") % {"when": moment_ahead(at, timezone.now())}
    toast = parts.toast_part(words, undo=True)
    return parts.answer([*_drawn(request, conversation), toast], event="scheduled", number=conversation.number)


def _newcomers(conversation: Conversation, new: list[str], wish: Wish) -> HttpResponse:
    """Somebody would get the whole conversation who has had no part in it: ask before the first mail."""
    context = {"new": new, "again": wish.again(drawing.digest(*new))}
    banner = render_to_string("web/inbox/newcomers.html", context)
    return parts.answer([drawing.partial("#collision", banner, of=conversation.pk)], status=409, event="collided")


def _answered(request: MemberRequest, conversation: Conversation, number: int) -> Conversation:
    """Of merged conversations the one whose customer the agent answers: the chosen one, else the one the page shows."""
    chosen = request.POST.get("answers", "")
    part = queries.by_number(request.membership, int(chosen) if chosen.isdecimal() and len(chosen) < 16 else number)
    return part if part and part.standing_id == conversation.pk else conversation


def _collision(request: MemberRequest, conversation: Conversation, newer: Message, wish: Wish) -> HttpResponse:
    name = newer.member.user.get_short_name() if newer.member else str(conversation.customer)
    context = {
        "newer": newer,
        "name": name,
        "by_customer": newer.author == Author.CUSTOMER,
        "again": wish.again(NEWER),
        "by_assistant": newer.author == Author.ASSISTANT,
    }
    banner = render_to_string("web/inbox/collision.html", context)
    shown = parts.conversation_changes(request.membership, conversation, {})
    return parts.answer(
        [drawing.partial("#collision", banner, of=conversation.pk), *shown], status=409, event="collided"
    )


def _id(request: HttpRequest, name: str) -> int | None:
    sent = request.POST.get(name, "")
    return int(sent) if sent.isdecimal() else None


def _token(request: HttpRequest) -> str:
    """The page's name for this very text: one that lost the answer asks again with the same."""
    return request.POST.get("token", "")[:60]


def _drawn(request: MemberRequest, conversation: Conversation) -> list[str]:
    member = request.membership
    listing = asked.listing_in_front(request, member)
    return list(parts.after_work(member, conversation, listing, path=asked.path_in_front(request)))


@needs(ANSWER)
@require_POST
def note(request: MemberRequest, number: int) -> HttpResponse:
    """Save a note; nothing of it ever leaves."""
    conversation = fetched(request.membership, number)
    if queries.written_as(request.membership, _token(request)):
        return parts.answer(_drawn(request, conversation))
    try:
        text = request.POST.get("text", "")
        actions.note(conversation, text, by=request.membership, token=_token(request))
    except NothingToSend:
        return parts.answer([parts.toast_part(_("The note is empty."), failed=True)], status=422)
    toast = parts.toast_part(_("Note saved. Only the team sees it."))
    return parts.answer([*_drawn(request, conversation), toast], event="noted")


@needs(ANSWER)
@require_POST
def draft(request: MemberRequest, number: int) -> HttpResponse:
    """Keep what is typed, by kind."""
    kind = Kind.NOTE if request.POST.get("kind") == "note" else Kind.REPLY
    text = request.POST.get("text", "")[:100_000]
    actions.save_draft(fetched(request.membership, number), text, by=request.membership, kind=kind)
    return HttpResponse(status=204)


# --- files -------------------------------------------------------------------
@needs(ANSWER)
@require_POST
def upload(request: MemberRequest, number: int) -> HttpResponse:
    """Take files that will go with the reply; each comes back as a chip that carries its signed id."""
    conversation = fetched(request.membership, number)
    limit = min(settings.MAX_UPLOAD_BYTES, parts.conversation_traits(conversation).max_attachment_bytes)
    sent = request.FILES.getlist("files")
    too_big = next((file for file in sent if (file.size or 0) > limit), None)
    if too_big:
        words = _("The file %(name)s is %(size)s; the limit is %(limit)s.") % {
            "name": too_big.name,
            "size": size_words(too_big.size or 0),
            "limit": size_words(limit),
        }
        return parts.answer([parts.toast_part(words, failed=True)], status=422)
    kept = [uploads.chip_of(_keep(file, request.membership), request.membership) for file in sent]
    return render(request, "web/inbox/chips.html", {"files": kept, "key": uuid.uuid4().hex})


def _keep(file: object, member: Membership) -> Attachment:
    read = File(
        name=str(getattr(file, "name", "")) or "plik",
        content=file.read(),  # type: ignore[attr-defined]
        content_type=str(getattr(file, "content_type", "")),
    )
    return actions.attach(None, read, organisation_id=member.organisation_id)
