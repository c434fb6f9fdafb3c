"""What people do with a conversation besides talking: drafts, replies for later, what can be taken back, mergings."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Membership, Owned
from opieka.conversations.models.conversation import Conversation
from opieka.conversations.models.message import Kind, Message


class Draft(Owned):
    """What an agent has typed and not sent, one for replies and one for notes."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    text = models.TextField(blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "member", "kind"], name="one_draft_each")]

    def __str__(self) -> str:
        return f"{self.kind} {self.text[:40]}"


class Scheduled(Owned):
    """A reply that waits for its moment. It is no message before that moment: nothing of it has been said.

    `said_before` is the id of the customer's last message when it was written; a newer one overtakes it.
    """

    class End(models.TextChoices):
        """Once it has ended for any reason but `SENT`, its text is a draft again."""

        SENT = "sent", _("sent")
        CANCELLED = "cancelled", _("cancelled")
        OVERTAKEN = "overtaken", _("the customer wrote meanwhile")
        FAILED = "failed", _("failed")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="scheduled")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(blank=True)
    copies = models.JSONField(default=list)
    token = models.CharField(max_length=60, null=True)
    at = models.DateTimeField()
    said_before = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True)

    class Meta:
        verbose_name_plural = "scheduled"
        constraints = [
            models.UniqueConstraint(
                fields=["member", "token"], condition=Q(token__isnull=False), name="scheduled_written_once"
            ),
        ]
        indexes = [models.Index(fields=["conversation"], condition=Q(ended_at=None), name="scheduled_waiting")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.text[:40]}"


class Undo(Owned):
    """How to take back the last thing a member did: the fields it changed, as they were before and right after."""

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=30)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="+")
    scheduled = models.ForeignKey(Scheduled, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["member", "-id"], name="undo_by_member")]

    def __str__(self) -> str:
        return f"{self.verb} {self.conversation_id}"


class Merge(Owned):
    """That one conversation was merged into another, until it ends; see `rules.merged_card`.

    `status` is that of the merged one, `before` and `after` are the card of the other. `messages` had been split off
    and went back home.
    """

    source = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="merges")
    target = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="merged")
    member = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    status = models.CharField(max_length=10)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    messages = models.JSONField(default=list)
    last_message = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(ended_at=None), name="merged_once_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.source_id} into {self.target_id}"


class Split(Owned):
    """That messages became a conversation of their own, until they come home: `before` and `after` are the card of the
    conversation they left, `made` is the card of theirs as it began.
    """

    source = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="splits")
    target = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="split_from")
    member = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    messages = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    made = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.target_id} from {self.source_id}"
