"""The protocol of the chat: what the panel asks and tells. widget/src/panel/protocol.ts has the shapes."""

import json
import math
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from opieka.accounts.access import public
from opieka.channels.actions import keep
from opieka.channels.base import File, Hook
from opieka.channels.events import RawArrived
from opieka.channels.queries import channel_of
from opieka.conversations import actions as conversations
from opieka.conversations.models import Author, Conversation, Message
from opieka.conversations.queries import public_attachment, public_thread, received_as
from opieka.helpdesk.actions import customer_types
from opieka.plumbing import files
from opieka.plumbing.filetypes import SHOWN_INLINE
from opieka.portal.widget.problems import Problem, answers
from opieka.portal.widget.threads import FILE_SALT, current_of, file_limit, thread_of
from opieka.portal.widget.visitors import (
    DAY,
    Visitor,
    chat_of,
    check_origin,
    known_visitor,
    limit,
    limit_bytes,
    new_visitor,
    token_of,
    visitor_of,
)
from opieka.surveys import actions as surveys
from opieka.surveys.queries import open_of

UPLOAD_SALT = "portal.widget.upload"
MOST_FILES = 10
FILES_A_DAY = 20
"""Of the largest size, from one address; of smaller files it may be more."""
Json = dict[str, Any]


def _body(request: HttpRequest) -> Json:
    """The JSON object that was sent. Raises Problem 400."""
    try:
        said = json.loads(request.body or b"{}")
    except ValueError as error:
        raise Problem(400, _("The body is not JSON.")) from error
    if not isinstance(said, dict):
        raise Problem(400, _("The body is not a JSON object."))
    return said


def _current(visitor: Visitor) -> Conversation:
    conversation = current_of(visitor)
    if conversation is None:
        raise Problem(409, _("There is no conversation yet."))
    return conversation


@answers("POST")
def session(request: HttpRequest, key: str) -> Json:
    """Begin or continue: a token, fresh for ninety days, and the thread so far."""
    inbox = chat_of(key)
    check_origin(request)
    limit(request, "session", most=30)
    token = _body(request).get("visitor")
    visitor = known_visitor(str(token), inbox) if token else new_visitor(inbox)
    return {"visitor": token_of(visitor), **thread_of(visitor)}


@answers("GET", "POST")
def messages(request: HttpRequest, key: str) -> Json | tuple[int, Json]:
    visitor = visitor_of(request, key)
    if request.method == "GET":
        after = request.GET.get("after", "0")
        return thread_of(visitor, after=int(after) if after.isdecimal() and len(after) < 19 else 0)
    return 201, _take(request, visitor)


@answers("POST", "DELETE")
def person(request: HttpRequest, key: str) -> Json:
    """Ask for a person, which is also a message; or go back to the assistant while nobody came."""
    visitor = visitor_of(request, key)
    if request.method == "DELETE":
        conversations.back_to_assistant(_current(visitor))
        return {}
    with transaction.atomic():
        taken = _take(request, visitor)
        conversations.ask_for_person(_current(visitor))
    return taken


def _take(request: HttpRequest, visitor: Visitor) -> Json:
    """Store what was said, exactly once, and put it where it belongs before answering: acknowledged means kept."""
    limit(request, "message", most=20, visitor=visitor)
    said = _body(request)
    text, attachments = _text_of(said, visitor), _uploads_of(said, visitor)
    raw = {
        "visitor": visitor.id,
        "client_id": str(said.get("client_id") or "")[:64],
        "text": text or _("(file)"),
        "choice": str(said.get("choice") or "")[:80],
        "page": str(said.get("page") or "")[:500],
    }
    if not raw["client_id"] or not (text or attachments):
        raise Problem(422, _("An empty message cannot be sent."))
    hook = Hook(body=json.dumps(raw, ensure_ascii=False).encode(), content_type="application/json")
    external_id = channel_of(visitor.inbox).dedupe_key(hook)
    known = received_as(visitor.inbox, external_id)
    message = known or _keep(visitor, hook, external_id=external_id, attachments=attachments)
    return {"client_id": raw["client_id"], "id": message.pk}


@transaction.atomic
def _keep(visitor: Visitor, hook: Hook, *, external_id: str, attachments: list[int]) -> Message:
    inbox = visitor.inbox
    raw, _is_new = keep(inbox, hook, dedupe_key=external_id)
    conversations.take_in(RawArrived(organisation_id=inbox.organisation_id, raw_id=raw.pk, inbox_id=inbox.pk))
    message = received_as(inbox, external_id)
    if message is None:
        raise Problem(422, _("This message could not be read."))
    conversations.add_files(message, attachments)
    return message


def _text_of(said: Json, visitor: Visitor) -> str:
    text = str(said.get("text") or "").replace("\0", "").strip()
    longest = channel_of(visitor.inbox).traits.max_length or math.inf
    if len(text) > longest:
        words = {"most": longest}
        raise Problem(422, _("The message is too long. The most is %(most)s characters.") % words)
    return text


def _uploads_of(said: Json, visitor: Visitor) -> list[int]:
    """The files this visitor sent up, by the ids they were given. Raises Problem 422 for anybody else's."""
    ids = said.get("files") or []
    if not isinstance(ids, list) or len(ids) > MOST_FILES:
        raise Problem(422, ngettext("At most %(n)d file.", "At most %(n)d files.", MOST_FILES) % {"n": MOST_FILES})
    found = []
    for signed in ids:
        try:
            attachment_id, owner = signing.loads(str(signed), salt=UPLOAD_SALT, max_age=DAY)
        except signing.BadSignature as error:
            raise Problem(422, _("This file is not known here. Please add it again.")) from error
        if owner != visitor.id:
            raise Problem(422, _("This file is not known here. Please add it again."))
        found.append(int(attachment_id))
    return found


@answers("POST")
def upload(request: HttpRequest, key: str) -> Json:
    visitor = visitor_of(request, key)
    limit(request, "file", most=10, visitor=visitor)
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile) or not sent.size:
        raise Problem(422, _("The file is empty."))
    if sent.size > file_limit():
        sizes = {"size": math.ceil(sent.size / 1e6), "limit": file_limit() // 1_000_000}
        raise Problem(413, _("The file has %(size)d MB, the limit is %(limit)d MB.") % sizes)
    limit_bytes(request, sent.size, most=FILES_A_DAY * file_limit())
    file = File(name=sent.name or "", content=sent.read(), content_type=sent.content_type or "")
    organisation_id = visitor.inbox.organisation_id
    made = conversations.attach(None, file, organisation_id=organisation_id, folder=conversations.VISITORS)
    return {"id": signing.dumps([made.pk, visitor.id], salt=UPLOAD_SALT), "name": made.name, "size": made.size}


@public
@require_GET
def open_file(_request: HttpRequest, key: str, signed: str) -> HttpResponse:
    """A file of the thread, by an address that is good for a day. Only pictures are shown; the rest is saved."""
    try:
        attachment_id = signing.loads(signed, salt=FILE_SALT, max_age=DAY)
        inbox = chat_of(key)
    except (signing.BadSignature, Problem) as error:
        raise Http404 from error
    attachment = public_attachment(int(attachment_id), inbox=inbox)
    if attachment is None:
        raise Http404
    shown = attachment.content_type in SHOWN_INLINE
    kind = attachment.content_type if shown else "application/octet-stream"
    response = HttpResponse(files.store().get(attachment.file), content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not shown, attachment.name) or "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@answers("POST")
def judge(request: HttpRequest, key: str, message_id: int) -> Json:
    """Whether an answer of the assistant was enough."""
    visitor = visitor_of(request, key)
    helpful = _body(request).get("helpful")
    message = public_thread(_current(visitor)).filter(id=message_id, author=Author.ASSISTANT).first()
    if message is None or not isinstance(helpful, bool):
        raise Problem(404, _("There is no such answer in this conversation."))
    conversations.judge(message, helpful=helpful)
    return {}


@answers("POST")
def rate(request: HttpRequest, key: str) -> Json:
    survey = open_of(_current(visitor_of(request, key)))
    if survey is None:
        raise Problem(409, _("Nobody has asked for a rating of this conversation."))
    said = _body(request)
    try:
        with transaction.atomic():
            surveys.answer(survey, int(said.get("score") or 0))
            surveys.explain(survey, comment=str(said.get("comment") or ""))
    except (surveys.WrongScore, ValueError, TypeError) as error:
        raise Problem(422, _("The rating is a number from 1 to 5.")) from error
    return {}


@answers("POST")
def contact(request: HttpRequest, key: str) -> Json:
    visitor = visitor_of(request, key)
    limit(request, "contact", most=5, visitor=visitor)
    email = str(_body(request).get("email") or "").strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Problem(422, _("Please give an address of the form name@example.com")) from error
    with transaction.atomic():
        conversations.leave_contact(_current(visitor), email)
        conversations.ask_for_person(_current(visitor))
    return {}


@answers("POST")
def seen(request: HttpRequest, key: str) -> Json:
    visitor = visitor_of(request, key)
    up_to = _body(request).get("message")
    if not isinstance(up_to, int):
        raise Problem(422, _("The id of a message is a number."))
    conversations.see(_current(visitor), up_to=up_to)
    return {}


@answers("POST")
def typing(request: HttpRequest, key: str) -> Json:
    customer_types(_current(visitor_of(request, key)))
    return {}
