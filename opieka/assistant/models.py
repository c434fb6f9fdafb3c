"""How the assistant is set up, and every decision it took."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Organisation, Owned
from opieka.assistant.engines.base import Thresholds
from opieka.conversations.models import Conversation, Message
from opieka.knowledge.models import Article


class Setup(models.Model):
    """One organisation's assistant. It starts switched on, answers only above `threshold`, and never acts alone."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="assistant")
    active = models.BooleanField(_("answers customers"), default=True)
    name = models.CharField(_("name"), max_length=60, default="Asystent AI")
    greeting = models.TextField(_("greeting"), blank=True)
    hand_over_text = models.TextField(_("text when a person is called"), blank=True)
    threshold = models.FloatField(_("answers when at least this sure"), default=Thresholds().answer)
    offer_threshold = models.FloatField(_("offers choices when at least this sure"), default=Thresholds().offer)
    share_percent = models.PositiveSmallIntegerField(_("share of visitors"), default=100)
    people_only = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name


class Decision(Owned):
    """What the assistant decided about one message, from what, and by which rule."""

    class Outcome(models.TextChoices):
        ANSWER = "answer", _("answered")
        OFFER = "offer", _("offered choices")
        ACT = "act", _("acted")
        ASK = "ask", _("asked")
        HAND_OVER = "hand over", _("called a person")
        SILENT = "silent", _("stayed silent")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="decisions")
    about = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="decisions")
    reply = models.OneToOneField(Message, null=True, on_delete=models.SET_NULL, related_name="decision")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    rule = models.CharField(max_length=60)
    confidence = models.FloatField(null=True)
    understood = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)
    article = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="+")
    engine = models.CharField(max_length=40)
    took_ms = models.FloatField(null=True)
    helpful = models.BooleanField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about"], name="one_decision_each")]
        indexes = [models.Index(fields=["organisation", "outcome", "-id"], name="decision_by_outcome")]

    def __str__(self) -> str:
        return f"{self.outcome} ({self.rule})"


class TestQuestion(Owned):
    """A question of the owner's set: asked before going live and after each change."""

    __test__ = False
    text = models.CharField(max_length=300)
    expected = models.ForeignKey(Article, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_outcome = models.CharField(max_length=10, blank=True)
    last_article = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="+")
    last_run_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.text
