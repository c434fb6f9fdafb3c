"""Facts: what is counted in each conversation's history. Counting again gives the same facts (decision 004)."""

from django.db import models

from opieka.accounts.models import Owned


class Fact(Owned):
    """One thing to count. `source` makes appending it twice harmless.

    `value` is in the fact's own unit: seconds for times, the score for surveys, 1 for things that are counted.
    """

    name = models.CharField(max_length=40)
    at = models.DateTimeField()
    value = models.FloatField(default=1)
    conversation_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name", "source"], name="fact_once")]
        indexes = [
            models.Index(fields=["organisation", "name", "at"], name="fact_by_time"),
            models.Index(fields=["conversation_id"], name="fact_by_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class Position(Owned):
    """How far into the events the facts of an organisation have been counted, and by which formulas.

    Whoever counts holds this row.
    """

    last_event_id = models.BigIntegerField(default=0)
    formulas = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation"], name="one_position_each")]

    def __str__(self) -> str:
        return str(self.last_event_id)
