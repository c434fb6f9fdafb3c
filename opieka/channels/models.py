"""Configured inboxes, and what came in exactly as it came."""

import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Owned, Team

SECRETS = "channels.inbox.secrets"


def new_key() -> str:
    return secrets.token_urlsafe(9)


def new_secret() -> str:
    return secrets.token_urlsafe(24)


class Inbox(Owned):
    """One place where messages arrive: a mailbox, a chat on a site. `kind` names the channel's file.

    `ends_on` is the day from which the other side lets us in no longer unless somebody renews a secret there. `refusals`
    is how many replies in a row it would not take, the first of them at `refused_since`.
    """

    kind = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=120)
    key = models.CharField(max_length=40, unique=True, default=new_key)
    hook_secret = models.CharField(max_length=60, default=new_secret)
    settings = models.JSONField(default=dict)
    sealed_secrets = models.TextField(blank=True)
    cursor = models.JSONField(default=dict)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    active = models.BooleanField(default=True)
    last_seen_at = models.DateTimeField(null=True)
    trouble_since = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True)
    catching_up = models.BooleanField(default=False)
    refusals = models.PositiveSmallIntegerField(default=0)
    refused_since = models.DateTimeField(null=True)
    watched_by = models.CharField(max_length=120, blank=True)
    watched_until = models.DateTimeField(null=True)
    ends_on = models.DateField(null=True)
    ending_told_on = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "kind"], name="inbox_by_kind")]

    def __str__(self) -> str:
        return self.name


class Outage(Owned):
    """A time in which nothing came in through an inbox, or nothing went out, until what had waited is here or gone.

    `withdrawn`: the other side let us in no longer, and only a person can mend that. `carried` is how many items of that
    time have come in or left since, `left` how many are known to be still waiting; None while nobody knows.
    """

    class Side(models.TextChoices):
        IN = "in", _("coming in")
        OUT = "out", _("going out")

    side = models.CharField(max_length=3, choices=Side.choices, default=Side.IN)
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="outages")
    trouble = models.TextField()
    withdrawn = models.BooleanField(default=False)
    began_at = models.DateTimeField()
    alarmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    caught_up_at = models.DateTimeField(null=True)
    carried = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inbox", "side"], condition=models.Q(caught_up_at=None), name="one_outage_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "-began_at"], name="outage_newest"),
            models.Index(fields=["inbox", "-began_at"], name="outage_of_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.inbox_id}: {self.began_at:%Y-%m-%d %H:%M}"


class Raw(Owned):
    """One item as it came, stored before anything tries to understand it.

    The body is in `body`, or in the file store under `body_file` when it is large.
    """

    class State(models.TextChoices):
        NEW = "new"
        TAKEN_IN = "taken in"
        UNCLEAR = "unclear"
        SET_ASIDE = "set aside"

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="raws")
    dedupe_key = models.CharField(max_length=200)
    headers = models.JSONField(default=dict)
    content_type = models.CharField(max_length=120, default="application/octet-stream")
    body = models.BinaryField(default=bytes)
    body_file = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    problem = models.TextField(blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "dedupe_key"], name="raw_stored_once")]
        indexes = [
            models.Index(fields=["organisation", "-id"], condition=models.Q(state="unclear"), name="raw_unclear")
        ]

    def __str__(self) -> str:
        return f"{self.inbox_id}:{self.dedupe_key}"


def split_secrets(kind_fields: dict[str, Any], cleaned: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings that may be read, and secrets that must be sealed, from a channel form's clean data."""
    secret = {name for name, field in kind_fields.items() if getattr(field, "secret", False)}
    plain = {name: value for name, value in cleaned.items() if name not in secret}
    return plain, {name: str(cleaned[name]) for name in secret if cleaned.get(name)}
