"""What came, byte for byte: the whole letter, each of its parts, and the letters enclosed in it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import READ
from opieka.channels.base import File
from opieka.channels.queries import channel_of, hook_of
from opieka.conversations import queries
from opieka.conversations.models import Attachment, Message
from opieka.plumbing import files
from opieka.plumbing.files.base import MissingFile
from opieka.plumbing.filetypes import type_of
from opieka.web.inbox.downloads import handed_over
from opieka.web.inbox.thread import size_words

SUFFIXES = {"message/rfc822": "eml", "application/json": "json", "text/plain": "txt"}
DEEPEST = 8


@needs(READ)
@require_GET
def mail(request: MemberRequest, message_id: int) -> HttpResponseBase:
    """The original as the channel gave it to us."""
    message = _message(request, message_id)
    hook = _hook(message)
    suffix = SUFFIXES.get(hook.content_type.partition(";")[0], "bin")
    return handed_over(hook.body, name=f"{message.conversation.number}-{message.pk}.{suffix}")


@needs(READ)
@require_GET
def parts(request: MemberRequest, message_id: int) -> HttpResponseBase:
    """A list of everything the original is made of; with `part=2` the second of them."""
    message = _message(request, message_id)
    hook = _hook(message)
    found = channel_of(message.inbox, secrets=False).parts(hook) if message.inbox else []
    if number := request.GET.get("part", ""):
        part = _numbered(found, number, first=1)
        return handed_over(part.content, name=part.name)
    listed = [
        {"number": number, "name": part.name, "kind": part.content_type, "size": size_words(len(part.content))}
        for number, part in enumerate(found, 1)
    ]
    context = {"message": message, "parts": listed, "size": size_words(len(hook.body))}
    return render(request, "web/inbox/parts.html", context)


def _message(request: MemberRequest, message_id: int) -> Message:
    message = queries.message_for(request.membership, message_id)
    if message is None or message.raw is None:
        raise Http404
    return message


def _hook(message: Message) -> Any:
    try:
        return hook_of(message.raw)  # type: ignore[arg-type]
    except MissingFile as error:
        raise Http404 from error


@needs(READ)
@require_GET
def letter(request: MemberRequest, attachment_id: int) -> HttpResponse:
    """A letter that came as a file, to be read; `inside=0.2` is the third file of the first file in it."""
    from opieka.channels.email.enclosed import enclosed_in

    attachment, way = _attachment(request, attachment_id), request.GET.get("inside", "")
    found = enclosed_in(file_inside(_content(attachment), way).content)
    if found is None:
        return render(request, "web/inbox/enclosed.html", {"letter": None})
    listed = [
        _inside(file, address=f"/files/{attachment.pk}/", way=f"{way}.{number}".strip("."))
        for number, file in enumerate(found.files)
    ]
    context = {"letter": found, "sent": _sent(found.sent_at), "files": listed}
    return render(request, "web/inbox/enclosed.html", context)


def _attachment(request: MemberRequest, attachment_id: int) -> Attachment:
    attachment = queries.attachment_for(request.membership, attachment_id)
    if attachment is None:
        raise Http404
    return attachment


def _content(attachment: Attachment) -> bytes:
    try:
        return files.store().get(attachment.file)
    except MissingFile as error:
        raise Http404 from error


def file_inside(content: bytes, way: str) -> File:
    """The file to which the numbers of `way` lead, from letter to enclosed letter."""
    from opieka.channels.email.enclosed import enclosed_in

    file = File(name="", content=content, content_type="message/rfc822")
    steps = way.split(".") if way else []
    if len(steps) > DEEPEST:
        raise Http404
    for step in steps:
        found = enclosed_in(file.content)
        file = _numbered(list(found.files) if found else [], step, first=0)
    return file


def _numbered(found: list[File], number: str, *, first: int) -> File:
    place = int(number) - first if number.isascii() and number.isdigit() and len(number) < 6 else -1
    if not 0 <= place < len(found):
        raise Http404
    return found[place]


def _inside(file: File, *, address: str, way: str) -> dict[str, Any]:
    """A file of an enclosed letter as web/inbox/files.html takes it."""
    kind = type_of(file.content, claimed=file.content_type)
    letter = f"{address}letter/?inside={way}" if kind == "message/rfc822" else ""
    return {
        "name": file.name,
        "size": size_words(len(file.content)),
        "url": f"{address}?inside={way}",
        "letter": letter,
    }


def _sent(at: Any) -> str:
    return (
        date_format(localtime(at), pgettext("day with its month in words, year, and time", "j F Y H:i")) if at else ""
    )
