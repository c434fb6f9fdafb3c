"""Spam and blocking, from the conversation."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import ANSWER
from opieka.conversations import actions
from opieka.customers.actions import CannotBlock
from opieka.web.inbox import parts
from opieka.web.inbox.pages import fetched
from opieka.web.inbox.words import blocked_words
from opieka.web.inbox.work import done


@needs(ANSWER)
@require_POST
def spam(request: MemberRequest, number: int) -> HttpResponse:
    """Into quarantine; with `not`, back into the inbox."""
    conversation = fetched(request.membership, number)
    if request.POST.get("not"):
        actions.not_spam(conversation, by=request.membership)
        return done(request, conversation, _("Back in the inbox, waiting since the customer wrote."))
    actions.mark_spam(conversation, by=request.membership)
    return done(request, conversation, _("Marked as spam. It lies in the list Spam."), event="resolved")


@needs(ANSWER)
@require_POST
def block(request: MemberRequest, number: int) -> HttpResponse:
    """Block whoever wrote, or with `domain` everybody at their mail domain."""
    conversation = fetched(request.membership, number)
    try:
        blocked = actions.block_sender(
            conversation, by=request.membership, whole_domain=request.POST.get("domain") == "1"
        )
    except CannotBlock as refusal:
        return parts.answer([parts.toast_part(refusal_words(refusal), failed=True)], status=422)
    words = _("Blocked: %(sender)s. What they write lies in the list Spam.") % {
        "sender": blocked_words(conversation, blocked.value)
    }
    return done(request, conversation, words, event="resolved")


def refusal_words(refusal: CannotBlock) -> str:
    """Why this cannot be blocked, and what can."""
    return {
        "everybody": _("Anybody may have a mailbox at this domain. Please block the address alone."),
        "ours": _("This is an address of your own, so it cannot be blocked."),
    }.get(refusal.why, _("This is no e-mail address and no domain, so it cannot be blocked."))
