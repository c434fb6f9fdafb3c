"""Threads and messages, whoever speaks, and what became of each message we sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Membership, Owned, Team
from opieka.channels.models import Inbox, Raw
from opieka.customers.models import Customer


class Numbering(Owned):
    """The last conversation number an organisation has given out."""

    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation"], name="one_numbering_each")]

    def __str__(self) -> str:
        return str(self.last)


class Status(models.TextChoices):
    """`rules.MOVES` says which follows which."""

    OPEN = "open", _("open")
    WAITING = "waiting", _("waiting for the customer")
    SNOOZED = "snoozed", _("snoozed")
    RESOLVED = "resolved", _("resolved")
    MERGED = "merged", _("merged")


class Speaker(models.TextChoices):
    """Who answers the customer now. Once people do, the assistant is silent."""

    ASSISTANT = "assistant", _("assistant")
    QUEUE = "queue", _("waiting for a person")
    PERSON = "person", _("person")


class Conversation(Owned):
    """A thread with its work state. `version` grows with every change, so that fragments can be cached.

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
    `token` is the name a page gave to what its member wrote, so that asking twice writes once.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.REPLY)
    author = models.CharField(max_length=9, choices=Author.choices)
    member = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    full_text = models.TextField(blank=True)
    external_id = models.CharField(max_length=300, null=True)
    token = models.CharField(max_length=60, null=True)
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.SET_NULL, related_name="+")
    raw = models.ForeignKey(Raw, null=True, on_delete=models.SET_NULL, related_name="+")
    recipients = models.JSONField(default=dict)
    extra = models.JSONField(default=dict)
    automatic = models.BooleanField(default=False)
    verified = models.BooleanField(default=False)
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
        indexes = [models.Index(fields=["conversation", "created_at", "id"], name="message_in_thread")]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:40]}"


class Attachment(Owned):
    """A file of a message; the bytes are in the file store. `content_type` is told from the bytes."""

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="attachments")
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
    """What became of a reply on its way out. `uncertain` means nobody can tell: it is never sent again blindly."""

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
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.state}"


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


class Undo(Owned):
    """How to take back the last thing a member did: the fields it changed, as they were before and right after."""

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=30)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="+")
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
