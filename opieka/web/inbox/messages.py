"""One message or file by itself: its original, its whole text, its delivery, its bytes."""

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import ANSWER, READ
from opieka.conversations import actions, queries
from opieka.conversations.models import Message
from opieka.plumbing import files
from opieka.plumbing.files.base import MissingFile
from opieka.plumbing.html import sanitise, with_remote_pictures
from opieka.web.inbox import lost_addresses
from opieka.web.inbox.downloads import handed_over
from opieka.web.inbox.hosts import hosts_of
from opieka.web.inbox.originals import file_inside
from opieka.web.inbox.work import done

# A letter may carry its own styles and pictures it brought along; nothing else is loaded, run or sent.
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-same-origin; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src 'self' data:{pictures}; frame-ancestors 'self'"
)
OWN_PICTURE = re.compile(r'(?<=\ssrc=")cid:([^"]*)(?=")', re.IGNORECASE)


def _message(request: MemberRequest, message_id: int) -> Message:
    message = queries.message_for(request.membership, message_id)
    if message is None:
        raise Http404
    return message


@needs(READ)
@require_GET
def whole(request: MemberRequest, message_id: int) -> HttpResponse:
    """The whole text of a letter, with what it quoted."""
    return render(request, "web/inbox/whole.html", {"message": _message(request, message_id)})


@needs(READ)
@require_GET
def original(request: MemberRequest, message_id: int) -> HttpResponse:
    """The frame in which the letter is shown as it was designed; with `pictures=1`, those from outside too."""
    message = _message(request, message_id)
    context = {"message": message, "shown": "pictures" in request.GET, **_from_outside(message)}
    return render(request, "web/inbox/original.html", context)


def _from_outside(message: Message) -> dict[str, Any]:
    """How many pictures it would load, and from where; those that only tell when it is read are never loaded."""
    pixels = message.extra.get("pixels", [])
    pictures = [one for one in message.extra.get("remote_pictures", []) if one not in pixels]
    # A letter from before pictures were named has nothing to load.
    count = len(pictures) if "remote:" in message.html else 0
    return {"count": count, "hosts": hosts_of(pictures)}


@needs(READ)
@require_GET
@xframe_options_sameorigin
def letter(request: MemberRequest, message_id: int) -> HttpResponse:
    """The letter's own HTML, sanitised, under a policy of its own; only our page may frame it.

    Pictures from outside are loaded only with `pictures=1`, by the agent's browser, which does not say where from.
    """
    message = _message(request, message_id)
    shown = "pictures" in request.GET
    clean = sanitise(message.html)
    never = [*clean.pixels, *message.extra.get("pixels", [])]
    html = with_remote_pictures(clean.html, shown=shown, never=never)
    response = render(request, "web/inbox/letter_page.html", {"html": _with_own_pictures(html, message)})
    response["Content-Security-Policy"] = LETTER_POLICY.format(pictures=" https: http:" if shown else "")
    response["Referrer-Policy"] = "no-referrer"
    return response


def _with_own_pictures(clean: str, message: Message) -> str:
    """Pictures that came along are fetched from our own store; one that did not come is left out."""
    known = {attachment.cid.lower(): attachment.pk for attachment in message.attachments.all() if attachment.cid}

    def address(found: re.Match[str]) -> str:
        cid = unescape(found[1]).strip("<> ").lower()
        number = known.get(cid) or known.get(unquote(cid))
        return f"/files/{number}/?shown=1" if number else "data:,"

    return OWN_PICTURE.sub(address, clean)


@needs(READ)
@require_GET
def file(request: MemberRequest, attachment_id: int) -> FileResponse:
    """The bytes of an attachment: to be saved, or, for a picture only, to be looked at.

    `inside=0.2` is a file of the letter that the attachment is; see `originals.letter`.
    """
    attachment = queries.attachment_for(request.membership, attachment_id)
    if attachment is None:
        raise Http404
    try:
        content = files.store().get(attachment.file)
    except MissingFile as error:
        raise Http404 from error
    if way := request.GET.get("inside", ""):
        inside = file_inside(content, way)
        return handed_over(inside.content, name=inside.name)
    return handed_over(content, name=attachment.name, media_type=attachment.content_type, shown="shown" in request.GET)


@needs(ANSWER)
@require_POST
def resend(request: MemberRequest, message_id: int) -> HttpResponse:
    """Send a reply that failed once more; to an address at which nobody is only once the agent has said so."""
    message = _message(request, message_id)
    going_to = [message.delivery.recipient, *message.recipients.get("cc", ())]
    if question := lost_addresses.unless_agreed(request, message.conversation, going_to):
        return question
    actions.resend(message)
    return lost_addresses.closed(done(request, message.conversation, _("Sending again."), undo=False))


@needs(ANSWER)
@require_POST
def discard(request: MemberRequest, message_id: int) -> HttpResponse:
    """Take a reply that never left out of the thread."""
    message = _message(request, message_id)
    taken = actions.withdraw(message, by=request.membership)
    text = _("Deleted. The customer never got it.") if taken else _("It is too late to delete it.")
    return done(request, message.conversation, text, undo=False)


@needs(ANSWER)
@require_POST
def settle(request: MemberRequest, message_id: int) -> HttpResponse:
    """A person found out whether an uncertain reply arrived."""
    message = _message(request, message_id)
    arrived = request.POST.get("arrived") == "1"
    actions.settle_uncertain(message, arrived=arrived)
    text = _("Marked as delivered.") if arrived else _("Marked as not delivered. It can be sent again.")
    return done(request, message.conversation, text, undo=False)
