"""The shop "Lampa": Ewa owns it, Marek manages, Piotr and Ola answer, Rita may only read.

Anna is a customer. Olek works at another shop, "Obcy", and must never see anything of Lampa's.
"""

from dataclasses import dataclass
from datetime import timedelta

import time_machine
from django.utils import timezone

from opieka.accounts.models import Membership, Organisation, Role, Team, User
from opieka.channels.actions import connect
from opieka.channels.base import Inbound
from opieka.channels.models import Inbox
from opieka.channels.registry import channel_class
from opieka.conversations.actions import place_of, receive
from opieka.conversations.models import Conversation, Message
from opieka.customers.actions import recognise
from opieka.customers.models import Customer, Identity
from opieka.customers.rules import normalise

PASSWORD = "lampa-lampa-lampa"
_HASHED: dict[str, str] = {}


@dataclass(kw_only=True)
class World:
    shop: Organisation
    ewa: Membership
    marek: Membership
    piotr: Membership
    ola: Membership
    rita: Membership
    team: Team
    inbox: Inbox
    anna: Customer
    stranger_shop: Organisation
    olek: Membership

    def ask(self, text: str = "Kiedy dojdzie moja paczka?", **fields: object) -> Conversation:
        """Anna asks something; a new conversation unless the console channel knows better."""
        fields.setdefault("external_id", f"m-{Conversation.objects.count()}-{len(text)}")
        inbound = Inbound(sender="anna", text=text, **fields)  # type: ignore[arg-type]
        return receive(self.inbox, inbound, customer=self.anna).conversation


def hash_quickly() -> None:
    """Passwords of tests are hashed at once; the product's own way is slow on purpose."""
    from django.conf import settings

    settings.PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")


def _person(shop: Organisation, name: str, role: Role) -> Membership:
    user = User(email=f"{name.lower()}@{shop.slug}.example", name=f"{name} Testowa")
    if not _HASHED:
        user.set_password(PASSWORD)
        _HASHED["password"] = user.password
    user.password = _HASHED["password"]
    user.save()
    return Membership.objects.create(organisation=shop, user=user, role=role)


def make_world() -> World:
    shop = Organisation.objects.create(name="Lampa", slug="lampa", contact_email="pomoc@lampa.example")
    other = Organisation.objects.create(name="Obcy", slug="obcy")
    people = {
        "ewa": _person(shop, "Ewa", Role.OWNER),
        "marek": _person(shop, "Marek", Role.MANAGER),
        "piotr": _person(shop, "Piotr", Role.AGENT),
        "ola": _person(shop, "Ola", Role.AGENT),
        "rita": _person(shop, "Rita", Role.READ_ONLY),
    }
    team = Team.objects.create(organisation=shop, name="Obsługa", takes_new=True)
    team.members.set([people["piotr"], people["ola"]])
    inbox = connect(shop, "console", name="Konsola", cleaned={"greeting": ""})
    return World(
        shop=shop,
        **people,
        team=team,
        inbox=inbox,
        anna=recognise(shop, kind="console", value="anna", name="Anna Kowalska"),
        stranger_shop=other,
        olek=_person(other, "Olek", Role.OWNER),
    )


def found_at(customer: Customer, *, kind: str, value: str) -> Identity:
    """Let the customer have this address too."""
    value = normalise(kind, value)
    return Identity.objects.create(organisation=customer.organisation, customer=customer, kind=kind, value=value)


def after(**wait: float) -> time_machine.travel:
    """That much later, e.g. `with after(minutes=11): drain()`."""
    return time_machine.travel(timezone.now() + timedelta(**wait))


def mailbox_of(shop: Organisation, *, address: str = "pomoc@lampa.example") -> Inbox:
    """A mailbox that nobody fetches from."""
    fields = channel_class("email").Form.base_fields
    cleaned = {name: field.initial or "" for name, field in fields.items()}
    return connect(shop, "email", name="Poczta", cleaned=cleaned | {"address": address})


def mail(mailbox: Inbox, text: str, *, sender: str = "obcy@spam.example", **fields: object) -> Message:
    """Take in what somebody has written to the mailbox, as `take_in` does with what a channel has read."""
    number = Message.objects.count()
    given = {"external_id": f"<{number}@{sender}>", "text": text, "subject": "", **fields}
    inbound = Inbound(sender=sender, **given)  # type: ignore[arg-type]
    customer = recognise(mailbox.organisation, kind="email", value=sender)
    mailbox.organisation.refresh_from_db()
    place = place_of(mailbox, inbound, customer)
    return receive(mailbox, inbound, customer=customer, conversation=place.conversation, blocked=place.blocked)
