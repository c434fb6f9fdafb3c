"""Before anything is sent to an address at which nobody is, the agent is asked whether that is meant."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.template.loader import render_to_string

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


def closed(response: HttpResponse) -> HttpResponse:
    """The same answer, without the question."""
    response.write(drawing.partial("#collision", '<div id="collision"></div>'))
    return response
