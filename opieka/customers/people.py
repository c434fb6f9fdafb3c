"""Getting to know several people at once: asked for together, written down together."""

from collections.abc import Iterable

from opieka.accounts.models import Organisation
from opieka.customers.models import Block, Customer, Identity
from opieka.customers.rules import blocked_as, normalise
from opieka.plumbing.rows import Ids, insert

LONGEST_NAME = 160


class People:
    """Whoever writes from these addresses, all of one kind. Lives within one transaction; `write` adds those who are new."""

    def __init__(self, organisation: Organisation, kind: str, values: Iterable[str]) -> None:
        self._organisation = organisation
        self._kind = kind
        wanted = list(dict.fromkeys(values))
        own = Identity.objects.filter(
            organisation=organisation, kind=kind, value__in={normalise(kind, value) for value in wanted}
        )
        self._known = {identity.value: identity for identity in own.select_related("customer")}
        self._customer_ids = Ids(Customer, at_once=len(wanted))
        self._identity_ids = Ids(Identity, at_once=len(wanted))
        self._new: dict[str, Identity] = {}
        self._blocks = self._blocks_on(wanted)

    def _blocks_on(self, values: list[str]) -> dict[str, Block]:
        ways = {way for value in values for way in blocked_as(self._kind, value)}
        blocks = Block.objects.filter(organisation=self._organisation, kind=self._kind, value__in=ways)
        return {block.value: block for block in blocks}

    def at(self, value: str, *, name: str = "") -> Customer:
        """The customer who writes from this address; a new one when nobody does. A missing name is filled in."""
        address = normalise(self._kind, value)
        known = self._known.get(address) or self._met(address, name)
        customer = known.customer
        if name and not customer.name:
            customer.name = name[:LONGEST_NAME]
            if address not in self._new:
                customer.save(update_fields=["name"])
        return customer

    def _met(self, address: str, name: str) -> Identity:
        customer = Customer(id=self._customer_ids.take(), organisation=self._organisation, name=name[:LONGEST_NAME])
        identity = Identity(
            id=self._identity_ids.take(),
            organisation=self._organisation,
            customer=customer,
            kind=self._kind,
            value=address,
        )
        self._known[address] = identity
        self._new[address] = identity
        return identity

    def known_at(self, value: str) -> Customer | None:
        """Whoever has written from this address before; None for those met just now."""
        address = normalise(self._kind, value)
        return self._known[address].customer if address in self._known and address not in self._new else None

    def block_on(self, value: str) -> Block | None:
        """What keeps this address out of the inbox; None for nearly everybody."""
        if not self._blocks:
            return None
        found = [self._blocks[way] for way in blocked_as(self._kind, value) if way in self._blocks]
        return min(found, key=lambda block: block.pk, default=None)

    def is_bounced(self, value: str) -> bool:
        """Whether a letter to this address came back, so that a letter from it is news."""
        known = self._known.get(normalise(self._kind, value))
        return bool(known and known.bounced_at)

    def write(self) -> None:
        """Insert those who are new."""
        insert([identity.customer for identity in self._new.values()])
        insert(list(self._new.values()))
        self._new = {}
