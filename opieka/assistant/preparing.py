"""What an owner does before customers meet the assistant: set it up, and ask it questions whose answers they know."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Membership, Organisation
from opieka.assistant.actions import setup_of, think
from opieka.assistant.engines.base import Answer, Offer
from opieka.assistant.models import Decision, Setup, TestQuestion
from opieka.knowledge.finding.passages import readable_text
from opieka.knowledge.models import Article
from opieka.plumbing import audit

SETTABLE = {
    "active",
    "name",
    "greeting",
    "hand_over_text",
    "threshold",
    "offer_threshold",
    "share_percent",
    "people_only",
}


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What the assistant would have said: `quote` and `title` of its answer, or the titles it would offer."""

    question: str
    outcome: str
    title: str = ""
    quote: str = ""
    offers: tuple[str, ...] = ()
    took_ms: float = 0.0


@transaction.atomic
def save_setup(by: Membership, **fields: Any) -> Setup:
    """Change how the assistant works; only what really differs is written and noted."""
    unknown = set(fields) - SETTABLE
    if unknown:
        raise TypeError(f"save_setup() does not write {', '.join(sorted(unknown))}.")
    setup = setup_of(by.organisation)
    changed = sorted(name for name, value in fields.items() if getattr(setup, name) != value)
    for name in changed:
        setattr(setup, name, fields[name])
    if changed:
        setup.save(update_fields=changed)
        audit.record(by.organisation_id, f"membership:{by.pk}", "changed assistant", changed=changed)
    return setup


def ask(organisation: Organisation, question: str) -> Trial:
    """Ask without telling anybody: nothing is sent and no conversation begins."""
    thought = think(setup_of(organisation), question)
    decided = thought.verdict.decision
    title = quote = ""
    offers: tuple[str, ...] = ()
    if isinstance(decided, Answer):
        article = Article.objects.get(organisation=organisation, id=decided.article_id)
        title, quote = article.published_title, readable_text(decided.quotation.text)
    elif isinstance(decided, Offer):
        offers = tuple(offered for _, offered in decided.choices)
    outcome = Decision.Outcome(thought.outcome).value
    return Trial(question=question, outcome=outcome, title=title, quote=quote, offers=offers, took_ms=thought.took_ms)


def keep_questions(organisation: Organisation, texts: list[str]) -> list[Trial]:
    """Ask each question and keep it in the owner's set with how it went; what is no longer asked leaves the set."""
    trials = [ask(organisation, text) for text in texts]
    with transaction.atomic():
        TestQuestion.objects.filter(organisation=organisation).exclude(text__in=texts).delete()
        for trial in trials:
            TestQuestion.objects.update_or_create(
                organisation=organisation,
                text=trial.question,
                defaults={"last_outcome": trial.outcome, "last_run_at": timezone.now()},
            )
    return trials


def questions_of(organisation: Organisation) -> list[TestQuestion]:
    return list(TestQuestion.objects.filter(organisation=organisation).order_by("id"))
