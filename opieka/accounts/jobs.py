"""What is forgotten by itself."""

from datetime import timedelta

from django.utils import timezone

from opieka.accounts.models import KeptAnswer
from opieka.plumbing.jobs import cron

ANSWERS_LAST = timedelta(hours=48)


@cron(every=timedelta(hours=1))
def forget_answers() -> None:
    """Answers kept for Idempotency-Key are forgotten after two days."""
    KeptAnswer.objects.filter(created_at__lt=timezone.now() - ANSWERS_LAST).delete()
