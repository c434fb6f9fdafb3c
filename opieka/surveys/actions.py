"""Asking, taking the answer, and looking after somebody who is unhappy."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from opieka.channels.registry import channel_class
from opieka.conversations import actions as conversations
from opieka.conversations.actions.undo import LASTS as UNDO_LASTS
from opieka.conversations.events import ConversationResolved
from opieka.conversations.models import Author, Conversation, Delivery, Kind, Message, Status
from opieka.conversations.queries import trouble_of
from opieka.customers.queries import block_on, identities_of
from opieka.plumbing import jobs
from opieka.plumbing.events import publish
from opieka.surveys.events import SurveyAnswered, SurveyAsked
from opieka.surveys.kinds import kinds
from opieka.surveys.models import Survey
from opieka.surveys.rules import ANSWER_WITHIN, may_ask

LOOKED_THROUGH = 10


class WrongScore(ValueError):
    """The score is not on the scale of this survey."""


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(event: ConversationResolved) -> None:
    """Ask how it went, once a conversation is settled; the chat asks in its own panel, other channels get a link.

    A letter cannot be called back, so it waits until the agent can no longer take the resolving back. The wait is a
    job without the conversation's key: nothing else of the conversation stands behind it.
    """
    conversation = Conversation.objects.get(id=event.conversation_id)
    if conversation.resolved_at is None:
        return
    if event.by != Author.AGENT or channel_class(conversation.channel).traits.instant:
        ask_if_settled(conversation.pk)
        return
    resolved_at = conversation.resolved_at.isoformat()
    options = jobs.Options(
        once=f"survey:{conversation.pk}:{resolved_at}",
        run_after=conversation.resolved_at + UNDO_LASTS,
        organisation_id=event.organisation_id,
    )
    jobs.enqueue(ask_if_settled, options, conversation_id=conversation.pk, resolved_at=resolved_at)


@jobs.job()
def ask_if_settled(conversation_id: int, resolved_at: str = "") -> None:
    """Ask, if the conversation is (still) settled, and if the customer may be asked.

    `resolved_at` is the resolution that waited here: one that came after it waits by itself.
    """
    found = Conversation.objects.select_related("customer", "organisation").filter(id=conversation_id)
    conversation = found.filter(status=Status.RESOLVED).first()
    if conversation is None or any(_arrived(one) for one in Survey.objects.filter(conversation=conversation)):
        return
    if resolved_at and conversation.resolved_at != datetime.fromisoformat(resolved_at):
        return
    asked = Survey.objects.filter(customer=conversation.customer).order_by("-asked_at")
    last = next((one for one in asked[:LOOKED_THROUGH] if _arrived(one)), None)
    ours = Message.objects.filter(
        conversation=conversation, kind=Kind.REPLY, author__in=[Author.AGENT, Author.ASSISTANT], withdrawn_at=None
    )
    if may_ask(
        blocked=_is_blocked(conversation) or bool(trouble_of(conversation)),
        answered_by_us=ours.exists(),
        last_asked=last.asked_at if last else None,
        now=timezone.now(),
    ):
        ask(conversation)


def _arrived(survey: Survey) -> bool:
    """Whether the question reached the customer, as far as is known: one whose letter came back was never asked."""
    letter = Message.objects.filter(
        conversation_id=survey.conversation_id, author=Author.SYSTEM, extra__survey=survey.pk
    )
    return survey.answered_at is not None or not letter.filter(delivery__state=Delivery.State.FAILED).exists()


def _is_blocked(conversation: Conversation) -> bool:
    addresses = [one for one in identities_of(conversation.customer) if one.kind == conversation.channel]
    return any(block_on(conversation.organisation_id, kind=one.kind, value=one.value) for one in addresses)


@transaction.atomic
def ask(conversation: Conversation, *, kind: str = "csat") -> Survey:
    """Send one survey about this conversation."""
    token, now = secrets.token_urlsafe(16), timezone.now()
    survey = Survey.objects.create(
        organisation_id=conversation.organisation_id,
        kind=kind,
        conversation=conversation,
        customer=conversation.customer,
        token_hash=token_hash(token),
        asked_at=now,
        expires_at=now + ANSWER_WITHIN,
    )
    publish(
        SurveyAsked(
            organisation_id=survey.organisation_id,
            survey_id=survey.pk,
            conversation_id=conversation.pk,
            kind=kind,
        )
    )
    if not channel_class(conversation.channel).traits.instant:
        with translation.override(conversation.language or conversation.organisation.language):
            conversations.announce(conversation, _invitation(kind, token), extra={"survey": survey.pk})
    return survey


def _invitation(kind: str, token: str) -> str:
    link = f"{settings.PUBLIC_URL}/ankieta/{token}/"
    return "\n\n".join([str(kinds()[kind].question), _("One click is enough: %(link)s") % {"link": link}])


@transaction.atomic
def answer(survey: Survey, score: int) -> None:
    """Keep the score at the first tap; a second tap changes it. Raises WrongScore."""
    if not kinds()[survey.kind].accepts(score):
        raise WrongScore(score)
    if survey.score == score:
        return
    survey.score = score
    survey.answered_at = survey.answered_at or timezone.now()
    survey.save(update_fields=["score", "answered_at"])
    publish(
        SurveyAnswered(
            organisation_id=survey.organisation_id,
            survey_id=survey.pk,
            conversation_id=survey.conversation_id,
            kind=survey.kind,
            score=score,
        )
    )


@transaction.atomic
def explain(survey: Survey, *, reasons: Sequence[str] = (), comment: str = "", wants_contact: bool = False) -> None:
    """Add the reasons to a score already given; unknown reasons are left out."""
    known = kinds()[survey.kind].reasons_for(survey.score or 0)
    survey.reasons = [reason for reason in reasons if reason in known]
    survey.comment = comment.strip()[:4000]
    survey.wants_contact = wants_contact
    survey.save(update_fields=["reasons", "comment", "wants_contact"])
    if wants_contact:
        _call_back(survey, _("The customer asks for contact after rating the conversation."))


def look_after_unhappy(event: SurveyAnswered) -> None:
    """A low score opens the conversation again, with a note that says why, so that a person looks after it."""
    survey = Survey.objects.select_related("conversation__organisation").get(id=event.survey_id)
    if survey.score is not None and survey.score <= kinds()[survey.kind].unhappy_up_to:
        with translation.override(survey.conversation.organisation.language):
            _call_back(survey, _("The customer rated the conversation %(score)s.") % {"score": survey.score})


def _call_back(survey: Survey, text: str) -> None:
    marked = Message.objects.filter(conversation_id=survey.conversation_id, kind=Kind.NOTE, text=text)
    if not marked.exists():
        conversations.note(survey.conversation, text, by=None)
        conversations.reopen(survey.conversation, who=Author.SYSTEM)
