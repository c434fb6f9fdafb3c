"""Getting to know people."""

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Organisation
from opieka.customers.models import Customer, Identity
from opieka.customers.queries import identities_at
from opieka.customers.rules import normalise


@transaction.atomic
def recognise(organisation: Organisation, *, kind: str, value: str, name: str = "") -> Customer:
    """The customer who writes from this address; a new one when nobody does. A missing name is filled in."""
    address = normalise(kind, value)
    known = (
        Identity.objects.filter(organisation=organisation, kind=kind, value=address).select_related("customer").first()
    )
    if known is None:
        customer = Customer.objects.create(organisation=organisation, name=name[:160])
        Identity.objects.create(organisation=organisation, customer=customer, kind=kind, value=address)
        return customer
    if name and not known.customer.name:
        known.customer.name = name[:160]
        known.customer.save(update_fields=["name"])
    return known.customer


def mark_bounced(organisation_id: int, *, kind: str, value: str) -> None:
    """There is nobody at this address; remember it where the address is shown and before it is written to again."""
    identities_at(organisation_id, kind=kind, value=value).update(bounced_at=timezone.now())


def mark_reachable(organisation_id: int, *, kind: str, value: str) -> None:
    """A message reaches this address after all."""
    identities_at(organisation_id, kind=kind, value=value).filter(bounced_at__isnull=False).update(bounced_at=None)


def mark_complained(organisation_id: int, *, kind: str, value: str) -> None:
    """Whoever reads there called our mail spam: nothing that no person wrote goes there any more."""
    identities_at(organisation_id, kind=kind, value=value).update(complained_at=timezone.now())
