"""Questions asked after a conversation, and the answers."""

from django.db import models

from opieka.accounts.models import Owned
from opieka.conversations.models import Conversation
from opieka.customers.models import Customer


class Survey(Owned):
    """One question sent to one customer about one conversation. The link's token is kept as a hash only."""

    kind = models.CharField(max_length=20)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="surveys")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    score = models.SmallIntegerField(null=True)
    reasons = models.JSONField(default=list)
    comment = models.TextField(blank=True)
    wants_contact = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["customer", "-asked_at"], name="survey_by_customer")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True) | models.Q(score__isnull=False), name="answer_has_a_score"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.score if self.score is not None else '-'}"
