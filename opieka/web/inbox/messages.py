"""One message or file by itself: its original, its whole text, its delivery, its bytes."""

from io import BytesIO

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
from opieka.plumbing.filetypes import SHOWN_INLINE
from opieka.plumbing.html import sanitise
from opieka.web.inbox.work import done

# A letter may carry its own styles and pictures it brought along; nothing else is loaded, run or sent.
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-same-origin; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
)
FILE_POLICY = "sandbox; default-src 'none'"


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
    """The frame in which the letter is shown as it was designed."""
    return render(request, "web/inbox/original.html", {"message": _message(request, message_id)})


@needs(READ)
@require_GET
@xframe_options_sameorigin
def letter(request: MemberRequest, message_id: int) -> HttpResponse:
    """The letter's own HTML, sanitised, under a policy of its own; only our page may frame it."""
    message = _message(request, message_id)
    clean = sanitise(message.html).html
    for attachment in message.attachments.all():
        if attachment.cid:
            clean = clean.replace(f"cid:{attachment.cid}", f"/files/{attachment.pk}/?shown=1")
    response = render(request, "web/inbox/letter_page.html", {"html": clean})
    response["Content-Security-Policy"] = LETTER_POLICY
    return response


@needs(READ)
@require_GET
def file(request: MemberRequest, attachment_id: int) -> FileResponse:
    """The bytes of an attachment: to be saved, or, for a picture only, to be looked at."""
    attachment = queries.attachment_for(request.membership, attachment_id)
    if attachment is None:
        raise Http404
    try:
        content = files.store().get(attachment.file)
    except MissingFile as error:
        raise Http404 from error
    shown = attachment.content_type in SHOWN_INLINE and "shown" in request.GET
    media_type = attachment.content_type if shown else "application/octet-stream"
    response = FileResponse(
        BytesIO(content), as_attachment=not shown, filename=attachment.name, content_type=media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@needs(ANSWER)
@require_POST
def resend(request: MemberRequest, message_id: int) -> HttpResponse:
    message = _message(request, message_id)
    actions.resend(message)
    return done(request, message.conversation, _("Sending again."), undo=False)


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
