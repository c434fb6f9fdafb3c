"""Questions about surveys."""

from django.db.models import Avg, Count, Q
from django.utils import timezone

from opieka.conversations.models import Conversation
from opieka.customers.models import Customer
from opieka.surveys.actions import token_hash
from opieka.surveys.models import Survey


def by_token(token: str) -> Survey | None:
    """The survey this link opens, while it may be answered."""
    found = Survey.objects.filter(token_hash=token_hash(token), expires_at__gt=timezone.now())
    return found.select_related("organisation", "conversation__customer").first()


def latest_of(conversation: Conversation) -> Survey | None:
    """The newest survey about this conversation that may still be answered or was."""
    answerable = Q(expires_at__gt=timezone.now()) | Q(score__isnull=False)
    return Survey.objects.filter(answerable, conversation=conversation).order_by("-id").first()


def open_of(conversation: Conversation) -> Survey | None:
    """The newest survey about this conversation that may be answered, or answered otherwise, now."""
    found = Survey.objects.filter(conversation=conversation, expires_at__gt=timezone.now())
    return found.order_by("-id").first()


def rating_of(customer: Customer, *, kind: str = "csat") -> tuple[float | None, int]:
    """The mean of the scores this customer gave, and how many they are; None when there are none."""
    answered = Survey.objects.filter(customer=customer, kind=kind, answered_at__isnull=False)
    found = answered.aggregate(mean=Avg("score"), n=Count("id"))
    return found["mean"], found["n"]
