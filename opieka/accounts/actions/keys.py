"""Keys for programs: made, used, revoked."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from opieka.accounts.models import ApiKey, Membership
from opieka.accounts.rules import SCOPES
from opieka.accounts.tokens import hash_of, new_api_key
from opieka.plumbing import audit

PREFIX_LETTERS = 10
USE_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def create_key(
    by: Membership, name: str, *, scopes: list[str], expires_at: datetime | None = None
) -> tuple[ApiKey, str]:  # fmt: skip
    """The row and the key itself, which is never to be seen again. The key acts as the member who made it."""
    token = new_api_key()
    key = ApiKey.objects.create(
        organisation_id=by.organisation_id,
        name=name.strip(),
        prefix=token[:PREFIX_LETTERS],
        key_hash=hash_of(token),
        scopes=[scope for scope in SCOPES if scope in scopes],
        created_by=by,
        expires_at=expires_at,
    )
    audit.record(by.organisation_id, f"membership:{by.pk}", "created key", subject=f"key:{key.pk}", scopes=key.scopes)
    return key, token


@transaction.atomic
def revoke_key(key: ApiKey, *, by: Membership) -> None:
    """The key stops at once."""
    if key.revoked_at:
        return
    key.revoked_at = timezone.now()
    key.save(update_fields=["revoked_at"])
    audit.record(by.organisation_id, f"membership:{by.pk}", "revoked key", subject=f"key:{key.pk}")


def revoke_keys_of(member: Membership, *, by: Membership) -> None:
    """Keys act as the one who made them; they stop when that person leaves."""
    for key in ApiKey.objects.filter(created_by=member, revoked_at=None):
        revoke_key(key, by=by)


def note_use(key: ApiKey) -> None:
    """Remember when the key was last used, at most once a minute: a busy program must not write with every request."""
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
