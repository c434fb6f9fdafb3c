"""Getting to know people."""

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Membership, Organisation
from opieka.channels.queries import own_addresses
from opieka.customers.models import Block, Customer, Identity
from opieka.customers.people import People
from opieka.customers.queries import identities_at
from opieka.customers.rules import FOR_EVERYBODY, blocked_as, domain_of, normalise
from opieka.plumbing import audit


class CannotBlock(Exception):
    """This cannot be blocked: `why` is "everybody" (anybody may have a mailbox there), "ours", or "nobody" (no address)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic
def recognise(organisation: Organisation, *, kind: str, value: str, name: str = "") -> Customer:
    """The customer who writes from this address; a new one when nobody does. A missing name is filled in."""
    people = People(organisation, kind, [value])
    customer = people.at(value, name=name)
    people.write()
    return customer


def mark_bounced(organisation_id: int, *, kind: str, value: str) -> list[Identity]:
    """There is nobody at this address; remember it where the address is shown and before it is written to again.

    Returns what bears the mark: one identity, or none where the address is no customer's.
    """
    known = identities_at(organisation_id, kind=kind, value=value)
    known.update(bounced_at=timezone.now())
    return list(known)


@transaction.atomic
def block(by: Membership, *, kind: str, value: str) -> Block:
    """Block an address, or a whole mail domain ("@x.pl"). Asked twice it is the same block. Raises CannotBlock."""
    spelt = value.strip().lower() if value.strip().startswith("@") else normalise(kind, value)
    if spelt.removeprefix("@") in FOR_EVERYBODY:
        raise CannotBlock("everybody")
    if not spelt or (spelt.startswith("@") and not domain_of(f"x{spelt}")):
        raise CannotBlock("nobody")
    if any(spelt in blocked_as(kind, own) for own in own_addresses(by.organisation_id)):
        raise CannotBlock("ours")
    kept, is_new = Block.objects.get_or_create(
        organisation_id=by.organisation_id, kind=kind, value=spelt, defaults={"blocked_by": by}
    )
    if is_new:
        audit.record(by.organisation_id, f"membership:{by.pk}", "blocked sender", subject=f"block:{kept.pk}")
    return kept


@transaction.atomic
def unblock(block_id: int, *, by: Membership) -> bool:
    """Their messages come into the inbox again; what lies in quarantine stays there. False when nobody was blocked."""
    gone, _ = Block.objects.filter(organisation_id=by.organisation_id, id=block_id).delete()
    if gone:
        audit.record(by.organisation_id, f"membership:{by.pk}", "unblocked sender", subject=f"block:{block_id}")
    return bool(gone)


def mark_reachable(organisation_id: int, *, kind: str, value: str) -> None:
    """A message reaches this address after all."""
    identities_at(organisation_id, kind=kind, value=value).filter(bounced_at__isnull=False).update(bounced_at=None)


def mark_complained(organisation_id: int, *, kind: str, value: str) -> None:
    """Whoever reads there called our mail spam: nothing that no person wrote goes there any more."""
    identities_at(organisation_id, kind=kind, value=value).update(complained_at=timezone.now())
