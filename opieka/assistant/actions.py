"""Considering a customer's message: answer with a quotation, offer choices, or call a person."""

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from opieka.accounts.hours import back_words
from opieka.accounts.models import Organisation
from opieka.assistant import words
from opieka.assistant.engines import engines
from opieka.assistant.engines.base import Answer, Ask, HandOver, Offer, Reason, Thresholds, Verdict
from opieka.assistant.models import Decision, Setup
from opieka.assistant.rules import chosen_number, only_greets, says_person, takes_part, why_not
from opieka.conversations import actions as conversations
from opieka.conversations.actions.say import PeopleAnswer
from opieka.conversations.echo import echoes_us
from opieka.conversations.events import AnswerJudged, MessageReceived
from opieka.conversations.models import Author, Conversation, Message, Speaker, Status
from opieka.knowledge import shelf
from opieka.knowledge.encoders.base import named
from opieka.knowledge.finding.found import Found
from opieka.knowledge.models import Article
from opieka.plumbing.jobs import job

ENGINE = "quoting"
Outcome = Decision.Outcome
OUTCOMES: dict[type, Decision.Outcome] = {
    Answer: Outcome.ANSWER,
    Offer: Outcome.OFFER,
    Ask: Outcome.ASK,
    HandOver: Outcome.HAND_OVER,
}


@dataclass(frozen=True, kw_only=True)
class Thought:
    """Everything a decision rests on, before it becomes a row."""

    text: str
    understood: dict[str, Any]
    found: list[Found]
    verdict: Verdict
    took_ms: float

    @property
    def outcome(self) -> Decision.Outcome:
        return OUTCOMES[type(self.verdict.decision)]


# Somebody waits in a chat: after a quarter of a minute a person is better than another try.
@job(retries=3)
def consider(event: MessageReceived) -> None:
    """Decide what to do about one message of a customer, once, and do it."""
    message = Message.objects.select_related("conversation__organisation", "conversation__customer").get(
        id=event.message_id
    )
    if message.automatic or Decision.objects.filter(about=message).exists():
        return
    conversation = message.conversation
    setup = setup_of(conversation.organisation)
    # What is in quarantine is understood, for it may have a legal meaning, and never answered.
    listening = conversation.speaker == Speaker.ASSISTANT and conversation.status != Status.SPAM
    if listening and not (setup.active and takes_part(conversation.customer_id, setup.share_percent)):
        conversations.hand_over(conversation, reason="assistant off")
        listening = False
    if listening and echoes_us(message):
        conversations.hand_over(conversation, reason="program answers")
        listening = False
    thought = think(setup, message.text, chosen=_chosen(message))
    with translation.override(thought.understood["language"]):
        if listening:
            carry_out(message, thought, setup)
        else:
            listen(message, thought)


def call_a_person(event: MessageReceived) -> None:
    """The assistant could not consider this message: the customer is told, and a person is called."""
    found = Message.objects.select_related("conversation__organisation").filter(id=event.message_id)
    message = found.filter(automatic=False, decisions=None).first()
    if message is None:
        return
    conversation = message.conversation
    organisation = conversation.organisation
    try:
        with translation.override(conversation.language or organisation.language), suppress(PeopleAnswer):
            saying = words.hand_over(Reason.FAILED, opens=back_words(organisation, timezone.now()))
            _speak(conversation, saying, setup_of(organisation))
    finally:
        # Whatever fails in speaking, a person has the conversation.
        conversations.hand_over(conversation, reason=str(Reason.FAILED))


def setup_of(organisation: Organisation) -> Setup:
    setup, _ = Setup.objects.select_related("organisation").get_or_create(organisation=organisation)
    return setup


def think(setup: Setup, text: str, *, chosen: Found | None = None) -> Thought:
    """Understand and find; tens of milliseconds, so it holds no transaction. Also what the owner's tests call."""
    from opieka.assistant.understanding.understand import understand

    started = time.perf_counter()
    text = text[:4000]
    meant = understand(text, encoder=named(settings.ENCODER))
    language = _language_for(setup.organisation, meant.language)
    stop = Reason.ASKED_FOR_PERSON if says_person(text) else why_not(meant, people_only=setup.people_only)
    greets = not chosen and only_greets(text)
    found = [chosen] if chosen else [] if greets else shelf.find(setup.organisation, text, language=language)
    limits = Thresholds(answer=setup.threshold, offer=setup.offer_threshold)
    if greets:
        verdict = Verdict(Ask(), Reason.GREETING, ENGINE, limits)
    else:
        verdict = engines()[ENGINE]().decide(text, found, thresholds=limits, stop=None if chosen else stop)
    understood = {
        "language": language,
        "topic": "" if greets else meant.topic,
        "legal": meant.legal,
        "mood": meant.mood,
        "urgent": meant.urgent,
        "signal": meant.signal,
        "confidence": dict(meant.confidence),
        "rules": list(meant.rules),
    }
    took = (time.perf_counter() - started) * 1000
    return Thought(text=text, understood=understood, found=found, verdict=verdict, took_ms=took)


def _language_for(organisation: Organisation, spoken: str) -> str:
    """The language to answer in: the customer's when there are articles in it, else the organisation's."""
    own = organisation.language
    if spoken in {own, ""}:
        return own
    there = Article.objects.filter(organisation=organisation, language=spoken, state=Article.State.PUBLISHED)
    return spoken if there.exists() else own


def _chosen(message: Message) -> Found | None:
    """The article the customer picked from an offer, by a click or by its number; None when they picked none."""
    choice = str(message.extra.get("choice", ""))
    if not choice and (number := chosen_number(message.text)):
        earlier = Message.objects.filter(conversation=message.conversation, id__lt=message.pk)
        last = earlier.filter(author=Author.ASSISTANT).order_by("-id").first()
        choices = last.extra.get("choices", []) if last else []
        choice = choices[number - 1]["id"] if number <= len(choices) else ""
    kind, _, article_id = choice.partition(":")
    if kind != "article" or not article_id.isdigit():
        return None
    article = Article.objects.filter(
        organisation_id=message.organisation_id,
        id=article_id,
        state=Article.State.PUBLISHED,
        published_visibility="public",
    ).first()
    return shelf.certain(article) if article else None


@transaction.atomic
def listen(message: Message, thought: Thought) -> Decision:
    """People answer: what was understood is kept for them and for the figures, and nothing is said."""
    _remember(message.conversation, thought.understood)
    return keep(message, thought, Outcome.SILENT)


@transaction.atomic
def carry_out(message: Message, thought: Thought, setup: Setup) -> Decision:
    """Store the decision and act on it in one transaction; a person called or come meanwhile silences the assistant."""
    conversation = message.conversation
    _remember(conversation, thought.understood)
    try:
        with transaction.atomic():
            decision = keep(message, thought, thought.outcome)
            decision.reply = _speak(conversation, _saying(conversation.organisation, thought), setup)
            decision.save(update_fields=["reply"])
    except PeopleAnswer:
        return keep(message, thought, Outcome.SILENT)
    if decision.outcome == Outcome.HAND_OVER:
        conversations.hand_over(conversation, reason=str(thought.verdict.reason))
    return decision


def _saying(organisation: Organisation, thought: Thought) -> words.Saying:
    decided = thought.verdict.decision
    if isinstance(decided, Answer):
        return words.answer(decided.quotation.text, _source(organisation, decided.article_id))
    if isinstance(decided, Offer):
        return words.offer(_choices(organisation, decided))
    if isinstance(decided, Ask):
        return words.greet()
    return words.hand_over(thought.verdict.reason, opens=back_words(organisation, timezone.now()))


def _speak(conversation: Conversation, saying: words.Saying, setup: Setup) -> Message:
    """Say it; the first words of the assistant in a conversation tell that it is a machine."""
    first = not Message.objects.filter(conversation=conversation, author=Author.ASSISTANT).exists()
    own = setup.greeting.strip()
    text = f"{own or words.disclosure()}\n\n{saying.text}" if first else saying.text
    # A shop's own greeting need not say it, so a letter still says it at its foot.
    return conversations.say(conversation, text, extra={**saying.extra, "disclosed": first and not own})


def keep(message: Message, thought: Thought, outcome: str) -> Decision:
    """The decision as a row: what it was about, what it rests on, and by which rule it was taken."""
    decided = thought.verdict.decision
    return Decision.objects.create(
        organisation_id=message.organisation_id,
        conversation=message.conversation,
        about=message,
        outcome=outcome,
        rule=str(thought.verdict.reason),
        confidence=thought.found[0].p_right if thought.found else None,
        understood=thought.understood,
        evidence=[_evidence(thought.text, found) for found in thought.found[:3]],
        article_id=int(decided.article_id) if isinstance(decided, Answer) else None,
        engine=f"{thought.verdict.engine}/{settings.ENCODER}",
        took_ms=round(thought.took_ms, 1),
    )


def _evidence(question: str, found: Found) -> dict[str, Any]:
    from opieka.knowledge.finding.passages import readable_text
    from opieka.knowledge.finding.quotation import best_quotation

    quotation = best_quotation(question, found.passage)
    return {
        "article": int(found.article_id),
        "title": found.title,
        "heading": quotation.heading,
        "quote": readable_text(quotation.text),
        "p_right": round(found.p_right, 3),
        "score": round(found.score, 3),
    }


def _remember(conversation: Conversation, understood: dict[str, Any]) -> None:
    """Topic and language on the card, unless an agent has set them; a legal meaning becomes a tag."""
    legal = understood["legal"]
    conversations.mark(
        conversation,
        topic=understood["topic"],
        language=understood["language"],
        tag=legal if legal != "none" else "",
    )


def _source(organisation: Organisation, article_id: str) -> words.Source:
    article = Article.objects.get(organisation=organisation, id=article_id)
    return words.Source(
        title=article.published_title,
        url=address_of(article),
        updated=timezone.localdate(article.verified_at or article.published_at, ZoneInfo(organisation.time_zone)),
        summary=article.published_summary,
    )


def address_of(article: Article) -> str:
    """The public address of an article in the help centre."""
    return f"{settings.PUBLIC_URL}/pomoc/{article.language}/{article.slug}/"


def _choices(organisation: Organisation, offered: Offer) -> list[words.Choice]:
    there = Article.objects.filter(organisation=organisation).select_related("category")
    articles = there.in_bulk([int(found) for found, _ in offered.choices])
    return [_choice(articles[int(found)], title) for found, title in offered.choices]


def _choice(article: Article, title: str) -> words.Choice:
    shelf_name = article.category.name_in(article.language) if article.category else ""
    return words.Choice(article=str(article.pk), title=title, url=address_of(article), hint=shelf_name)


def note_verdict(event: AnswerJudged) -> None:
    """The customer said whether the answer was enough; "no" calls a person when it happens twice."""
    decision = Decision.objects.filter(reply_id=event.message_id).select_related("conversation").first()
    if decision is None:
        return
    decision.helpful = event.helpful
    decision.save(update_fields=["helpful"])
    refused = Decision.objects.filter(conversation=decision.conversation, helpful=False).count()
    if not event.helpful and refused >= 2:
        conversations.hand_over(decision.conversation, reason="twice not enough")
