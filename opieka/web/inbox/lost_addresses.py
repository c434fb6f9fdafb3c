"""Before anything is sent to an address at which nobody is, the agent is asked whether that is meant."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from opieka.conversations import queries
from opieka.conversations.models import Conversation
from opieka.web.inbox import drawing, parts

ANYWAY = "1"


def agreement(lost: Sequence[str]) -> str:
    """What "send anyway" agrees to: these very addresses."""
    return drawing.digest("lost", *lost)


def asked_first(conversation: Conversation, lost: Sequence[str], *, again: str = "", address: str = "") -> HttpResponse:
    """The question, above the composer. `again` is the value of the button of the reply's form; `address` is where the
    same is asked for without that form.
    """
    context = {"lost": lost, "again": again, "address": address, "anyway": ANYWAY}
    banner = render_to_string("web/inbox/lost_addresses.html", context)
    return parts.answer(
        [drawing.partial("#collision", banner, of=conversation.standing_id)], status=409, event="collided"
    )


def unless_agreed(request: HttpRequest, conversation: Conversation, going_to: Iterable[str]) -> HttpResponse | None:
    """The question for what is asked for without the reply's form; None where there is none, or it was answered."""
    lost = queries.lost_addresses(conversation, going_to)
    if not lost or request.POST.get("anyway") == ANYWAY:
        return None
    return asked_first(conversation, lost, address=request.path)


def closed(response: HttpResponse) -> HttpResponse:
    """The same answer, without the question."""
    response.write(drawing.partial("#collision", '<div id="collision"></div>'))
    return response
