"""What a person may do with a reply that waits for its moment."""

import json

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import ANSWER
from opieka.conversations import actions, queries
from opieka.conversations.models import Scheduled
from opieka.web.inbox import lost_addresses
from opieka.web.inbox.work import done


def _scheduled(request: MemberRequest, scheduled_id: int) -> Scheduled:
    found = queries.scheduled_for(request.membership, scheduled_id)
    if found is None:
        raise Http404
    return found


@needs(ANSWER)
@require_POST
def send_now(request: MemberRequest, scheduled_id: int) -> HttpResponse:
    """Do not wait any longer."""
    scheduled = _scheduled(request, scheduled_id)
    going_to = [queries.answer_goes_to(scheduled.conversation), *scheduled.copies]
    if question := lost_addresses.unless_agreed(request, scheduled.conversation, going_to):
        return question
    sent = actions.send_scheduled_now(scheduled)
    words = _("Sent.") if sent else _too_late(scheduled)
    return lost_addresses.closed(done(request, scheduled.conversation, words, undo=False))


@needs(ANSWER)
@require_POST
def cancel(request: MemberRequest, scheduled_id: int) -> HttpResponse:
    """Take it back; whoever wrote it has the text in the composer again, with its files."""
    scheduled = _scheduled(request, scheduled_id)
    if not actions.cancel_scheduled(scheduled, by=request.membership):
        return done(request, scheduled.conversation, _too_late(scheduled), undo=False)
    mine = scheduled.member == request.membership
    text = (
        _("Cancelled. The text is in the composer again.") if mine else _("Cancelled. The text is its author's draft.")
    )
    response = done(request, scheduled.conversation, text, undo=False)
    if mine:
        response["HX-Trigger"] = json.dumps({"taken-back": {"url": f"/conversations/{scheduled.conversation.number}/"}})
    return response


def _too_late(scheduled: Scheduled) -> str:
    scheduled.refresh_from_db()
    if scheduled.end == Scheduled.End.SENT:
        return _("It has been sent already.")
    return _("It was cancelled already. The text is a draft of %(name)s.") % {"name": scheduled.member.name}
