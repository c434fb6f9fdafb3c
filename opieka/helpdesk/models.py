"""Who is here, and what each of them is looking at; and the texts they need again and again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Membership, Owned
from opieka.conversations.models import Conversation


class Presence(Owned):
    """Whether a member takes conversations now. A member unseen for two minutes counts as away."""

    class State(models.TextChoices):
        HERE = "here", _("here")
        BUSY = "busy", _("busy")
        AWAY = "away", _("away")

    member = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="presence")
    state = models.CharField(max_length=5, choices=State.choices, default=State.HERE)
    seen_at = models.DateTimeField()
    looking_at = models.ForeignKey(Conversation, null=True, on_delete=models.SET_NULL, related_name="+")
    typing_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.member_id} {self.state}"


class SpamFilter(Owned):
    """What agents' marks have taught about spam: {word: [in spam, in good letters]}. No row until there are enough."""

    words = models.JSONField(default=dict)
    spam = models.PositiveIntegerField()
    good = models.PositiveIntegerField()
    learnt_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation"], name="one_spam_filter_each")]

    def __str__(self) -> str:
        return f"{self.spam} : {self.good}"


class ReplyTemplate(Owned):
    """A text for replies, with variables of conversations.variables. One that was removed can be brought back."""

    name = models.CharField(max_length=80)
    text = models.TextField()
    changed_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=Q(removed_at=None), name="template_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
