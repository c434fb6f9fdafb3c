"""Replacing the key with which programs hand items in, and the addresses through which mail is forwarded."""

from django.db import transaction

from opieka.accounts.models import Membership
from opieka.channels import replacing
from opieka.channels.actions import keep_secrets
from opieka.channels.models import Inbox
from opieka.channels.queries import channel_of
from opieka.plumbing import audit


@transaction.atomic
def replace_hook_key(inbox: Inbox, *, by: Membership) -> str:
    """Make a new key and return it; nobody can ask for it again. The old one works for a day more."""
    channel = channel_of(_held(inbox))
    fresh = replacing.replacement(channel.connection.secrets, replacing.HOOK_KEY, first=channel.first_hook_key())
    keep_secrets(inbox.pk, fresh)
    _note(inbox, "replaced hook key", by)
    return fresh[replacing.HOOK_KEY]


@transaction.atomic
def revoke_old_hook_key(inbox: Inbox, *, by: Membership) -> None:
    """The old key works no more, from this moment."""
    keep_secrets(inbox.pk, replacing.revocation(replacing.HOOK_KEY))
    _note(inbox, "revoked old hook key", by)


@transaction.atomic
def replace_branch_address(carrier: Inbox, inbox: Inbox, *, by: Membership) -> None:
    """Make a new address at `carrier` through which mail is forwarded to `inbox`. The old one leads there for a day more."""
    name = replacing.branch_name(inbox.pk)
    kept = channel_of(_held(carrier)).connection.secrets
    keep_secrets(carrier.pk, replacing.replacement(kept, name, first=""))
    _note(inbox, "replaced forwarding address", by)


@transaction.atomic
def revoke_old_branch_address(carrier: Inbox, inbox: Inbox, *, by: Membership) -> None:
    """The old address leads there no more; what still comes to it stays with `carrier`."""
    keep_secrets(carrier.pk, replacing.revocation(replacing.branch_name(inbox.pk)))
    _note(inbox, "revoked old forwarding address", by)


def _held(inbox: Inbox) -> Inbox:
    """As it is now: of two who replace a key at once, the second replaces that of the first."""
    return Inbox.objects.select_for_update().get(pk=inbox.pk)


def _note(inbox: Inbox, verb: str, by: Membership) -> None:
    audit.record(inbox.organisation_id, f"membership:{by.pk}", verb, subject=f"inbox:{inbox.pk}")
