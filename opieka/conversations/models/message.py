"""What is said in a conversation, with its files, and what became of each message we sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Membership, Organisation, Owned
from opieka.channels.models import Inbox, Raw
from opieka.conversations.models.conversation import Conversation


class Author(models.TextChoices):
    CUSTOMER = "customer", _("customer")
    AGENT = "agent", _("agent")
    ASSISTANT = "assistant", _("assistant")
    SYSTEM = "system", _("system")


class Kind(models.TextChoices):
    """A reply reaches the customer; a note never does; an event says what was done."""

    REPLY = "reply", _("reply")
    NOTE = "note", _("note")
    EVENT = "event", _("event")


class Message(Owned):
    """One thing said or done. `extra` holds what its kind needs: quote, choices, lead, event data.

    `conversation` is where it belongs: whose customer it is for, and by which inbox. Merging does not change that.
    `authentication` says how far its sender is known: {"state", "method", "domain", "by"} as `channels.base.Authentication`
    has them, None where the channel has no such question. `claimed_id` is the id a letter came with, where another of
    its inbox bore that already, so that `external_id` had to be one of our own. `words_due`: it cannot be found by its
    words yet. `token` is the name a page gave to what its member wrote, so that asking twice writes once.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.REPLY)
    author = models.CharField(max_length=9, choices=Author.choices)
    member = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    full_text = models.TextField(blank=True)
    external_id = models.CharField(max_length=300, null=True)
    claimed_id = models.CharField(max_length=300, null=True)
    token = models.CharField(max_length=60, null=True)
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.SET_NULL, related_name="+")
    raw = models.ForeignKey(Raw, null=True, on_delete=models.SET_NULL, related_name="+")
    recipients = models.JSONField(default=dict)
    extra = models.JSONField(default=dict)
    automatic = models.BooleanField(default=False)
    words_due = models.BooleanField(default=True)
    authentication = models.JSONField(null=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox", "external_id"], name="message_received_once"),
            models.UniqueConstraint(
                fields=["member", "token"], condition=Q(token__isnull=False), name="message_written_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="note") | Q(author__in=["agent", "system"]), name="notes_are_internal"
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "created_at", "id"], name="message_in_thread"),
            models.Index(fields=["id"], condition=Q(words_due=True), name="message_words_due"),
            models.Index(fields=["claimed_id"], condition=Q(claimed_id__isnull=False), name="message_claimed"),
        ]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:40]}"


class MessageWords(Owned):
    """The words of a message as a search looks for them: folded, each with its lemmas.

    Its migration makes the index: FTS5 over this column on SQLite, kept by triggers, GIN on PostgreSQL. Whoever changes
    the table on SQLite makes it anew, and with it the triggers.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="words")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    words = models.TextField()

    class Meta:
        verbose_name_plural = "message words"

    def __str__(self) -> str:
        return f"{self.message_id}: {self.words[:40]}"


class Attachment(Owned):
    """A file of a message; the bytes are in the file store. `content_type` is told from the bytes."""

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="attachments")
    scheduled = models.ForeignKey("Scheduled", null=True, on_delete=models.SET_NULL, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    cid = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Delivery(Owned):
    """What became of a reply on its way out. `uncertain` means nobody can tell: it is never sent again blindly.

    `due_at` is when it should have left; None once that is settled. `refused_at` is when the other side last would not
    take it, for a reason that is not the address.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("sending")
        ACCEPTED = "accepted", _("sent")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")
        UNCERTAIN = "uncertain", _("unknown")

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="delivery")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    recipient = models.CharField(max_length=254, blank=True)
    idempotency_key = models.CharField(max_length=80, unique=True)
    external_id = models.CharField(max_length=300, blank=True)
    not_before = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "accepted", "delivered", "failed", "uncertain"]),
                name="delivery_state_known",
            )
        ]
        indexes = [
            models.Index(fields=["external_id"], condition=~Q(external_id=""), name="delivery_by_external_id"),
            models.Index(fields=["not_before"], condition=Q(state__in=["queued", "sending"]), name="delivery_pending"),
            # Without a word of the state, so that the index serves whichever way the state is asked for.
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="delivery_due"),
            models.Index(fields=["refused_at"], condition=Q(refused_at__isnull=False), name="delivery_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.state}"
