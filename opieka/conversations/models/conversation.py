"""A conversation, its number and its state."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Membership, Owned, Team
from opieka.channels.models import Inbox
from opieka.customers.models import Customer


class Numbering(Owned):
    """The last conversation number an organisation has given out."""

    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation"], name="one_numbering_each")]

    def __str__(self) -> str:
        return str(self.last)


class Status(models.TextChoices):
    """`rules.MOVES` says which follows which. What is in quarantine is kept and shown by itself; no clock runs there."""

    OPEN = "open", _("open")
    WAITING = "waiting", _("waiting for the customer")
    SNOOZED = "snoozed", _("snoozed")
    RESOLVED = "resolved", _("resolved")
    SPAM = "spam", _("in quarantine")
    MERGED = "merged", _("merged")


class Speaker(models.TextChoices):
    """Who answers the customer now. Once people do, the assistant is silent."""

    ASSISTANT = "assistant", _("assistant")
    QUEUE = "queue", _("waiting for a person")
    PERSON = "person", _("person")


class Conversation(Owned):
    """A thread with its work state. `version` grows with every change, so that fragments can be cached.

    `quarantine` says why it is there: {"by": "agent" | "filter" | "block", and "name", "chance", "words", "value"}; once
    it was found to be no spam, {"cleared": true}.
    One that was merged stays as it was, with its messages, and `merged_into` the one that shows them: always one that
    stands by itself, however long the chain of mergings. Its number, address and mail lead there (`Merge` has the rest).
    """

    number = models.PositiveBigIntegerField()
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="conversations")
    channel = models.CharField(max_length=40)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="conversations")
    subject = models.CharField(max_length=200, blank=True)
    preview = models.CharField(max_length=160, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    speaker = models.CharField(max_length=10, choices=Speaker.choices, default=Speaker.ASSISTANT)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    quarantine = models.JSONField(null=True)
    assignee = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    topic = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5, blank=True)
    tags = models.JSONField(default=list)
    unread = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)
    asked_for_person_at = models.DateTimeField(null=True)
    person_joined_at = models.DateTimeField(null=True)
    first_reply_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=10, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts", db_index=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="conversation_number_once"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="conversation_status_known"),
            models.CheckConstraint(
                condition=~Q(status="snoozed") | Q(snoozed_until__isnull=False), name="snoozed_until_when"
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
                name="merged_into_another",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "status", "-last_message_at", "-id"], name="conversation_list"),
            models.Index(
                fields=["organisation", "assignee", "status", "-last_message_at", "-id"], name="conversation_mine"
            ),
            models.Index(fields=["organisation", "status", "assignee", "speaker"], name="conversation_counted"),
            models.Index(fields=["customer", "-last_message_at"], name="conversation_by_customer"),
            models.Index(fields=["snoozed_until"], condition=Q(status="snoozed"), name="conversation_snoozed"),
            # Few ever are, so that a search looks through them at no cost.
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="conversation_merged"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    @property
    def standing_id(self) -> int:
        """The id of the conversation that shows this one: its own, unless it was merged."""
        return self.merged_into_id or self.pk
