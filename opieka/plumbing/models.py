"""What happened (events), what is still to be done (jobs), and who changed what (audit).

Plumbing knows nothing of customer care, so an organisation is a number here, not a foreign key.
"""

from django.db import models
from django.db.models import Q


class EventRow(models.Model):
    """One thing that happened. Its id is the sequence number of live updates."""

    organisation_id = models.BigIntegerField(db_index=False)
    name = models.CharField(max_length=80)
    payload = models.JSONField()
    topics = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "id"], name="event_by_organisation"),
            models.Index(fields=["at"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


class JobRow(models.Model):
    """One thing to do. Done rows are deleted, those with `once` a while later; one that gave up is a dead letter."""

    class State(models.TextChoices):
        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        DEAD = "dead"

    name = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    organisation_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=120, blank=True)
    once = models.CharField(max_length=200, null=True, unique=True)
    priority = models.SmallIntegerField(default=5)
    state = models.CharField(max_length=8, default=State.READY)
    run_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    sent_to_broker_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["priority", "run_after", "id"], condition=Q(state="ready"), name="job_ready"),
            models.Index(fields=["key", "id"], condition=~Q(key=""), name="job_by_key"),
            models.Index(fields=["leased_until"], condition=Q(state="running"), name="job_leased"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state="running") & ~Q(key=""), name="one_job_of_a_key_runs"
            )
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.name} ({self.state})"


class AuditEntry(models.Model):
    """Who changed or saw what. Written in the transaction of the change, never edited."""

    organisation_id = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=80)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "-id"], name="audit_by_organisation")]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.subject}"
