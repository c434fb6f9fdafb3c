"""Questions about customers."""

from datetime import datetime

from django.db.models import Q, QuerySet

from opieka.accounts.models import Membership
from opieka.customers.models import Block, Customer, Identity
from opieka.customers.rules import blocked_as, normalise


def visible_to(member: Membership) -> QuerySet[Customer]:
    return Customer.objects.filter(organisation_id=member.organisation_id)


def address_of(customer: Customer, kind: str) -> str:
    """The customer's address of that kind, the verified one first; "" when there is none."""
    found = Identity.objects.filter(customer=customer, kind=kind).order_by("-verified", "id").first()
    return found.value if found else ""


def customer_at(organisation_id: int, *, kind: str, value: str) -> Customer | None:
    """Whoever writes from this address; None when nobody is known to."""
    known = Identity.objects.filter(organisation_id=organisation_id, kind=kind, value=normalise(kind, value))
    found = known.select_related("customer").first()
    return found.customer if found else None


def block_on(organisation_id: int, *, kind: str, value: str) -> Block | None:
    """What keeps this address out of the inbox; None for nearly everybody."""
    blocks = Block.objects.filter(organisation_id=organisation_id, kind=kind, value__in=blocked_as(kind, value))
    return blocks.order_by("id").first()


def blocks_of(member: Membership) -> QuerySet[Block]:
    """Everybody whom the member's organisation has blocked, the latest first."""
    mine = Block.objects.filter(organisation_id=member.organisation_id)
    return mine.select_related("blocked_by__user").order_by("-id")


def identities_at(organisation_id: int, *, kind: str, value: str) -> QuerySet[Identity]:
    """The identity of that address, found by its one spelling: one row or none."""
    return Identity.objects.filter(organisation_id=organisation_id, kind=kind, value=normalise(kind, value))


def lost_since(organisation_id: int, *, kind: str, value: str) -> datetime | None:
    """When mail to this address last came back because nobody is there; None for an address that is well."""
    known = identities_at(organisation_id, kind=kind, value=value).first()
    return known.bounced_at if known else None


def trouble_at(organisation_id: int, *, kind: str, value: str) -> str:
    """Why this address should not simply be written to: "bounced", "complained", or "" when nothing is known."""
    known = identities_at(organisation_id, kind=kind, value=value).first()
    if known is None:
        return ""
    return "bounced" if known.bounced_at else "complained" if known.complained_at else ""


def lost_identity(identity_id: int) -> Identity | None:
    """The address of that id, where nobody is; None once somebody is there after all."""
    return Identity.objects.filter(id=identity_id, bounced_at__isnull=False).first()


def identities_of(customer: Customer) -> list[Identity]:
    """Every address of the customer, the verified ones first."""
    return list(Identity.objects.filter(customer=customer).order_by("kind", "-verified", "id"))


def found_customers(member: Membership, words: str = "") -> QuerySet[Customer]:
    """Customers whose name, town or address holds the words; everybody, newest first, when there are none."""
    customers = visible_to(member).order_by("-id")
    if not words:
        return customers
    # A phone number is stored without the spaces with which people write it.
    dense = "".join(words.split()).replace("-", "")
    typed = dense if dense.lstrip("+").isdecimal() else words
    addresses = Identity.objects.filter(organisation_id=member.organisation_id, value__icontains=typed)
    return customers.filter(
        Q(name__icontains=words) | Q(city__icontains=words) | Q(id__in=addresses.values("customer"))
    ).order_by("name", "id")
