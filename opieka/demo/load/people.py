"""The organisation, those who work in it, and its customers."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from opieka.accounts.models import Membership, Organisation, Team, User
from opieka.channels.models import Inbox
from opieka.customers.models import Customer, Identity
from opieka.demo.generate import Row, World
from opieka.demo.load.rows import Ids, insert

PASSWORD = "trzy-sosny"  # noqa: S105 - The demo's door is open on purpose.
REGULAR_FROM = 8


@dataclass(kw_only=True)
class Cast:
    """Where everybody is: rows by the keys of the world."""

    organisation: Organisation
    now: datetime
    members: dict[str, int]
    names: dict[str, str]
    teams: dict[str, int]
    inboxes: dict[str, int]
    customers: dict[str, int]
    addresses: dict[tuple[str, str], str]


def settle(world: World, *, now: datetime) -> Cast:
    """Write everybody down."""
    row = world["organisation"][0]
    kept = ("slug", "name", "controller", "contact_email", "contact_phone", "brand_colour")
    organisation = Organisation.objects.create(
        **{name: row[name] for name in kept}, demo=True, started_at=now, shop_url=f"{settings.PUBLIC_URL}/demo/sklep/"
    )
    cast = Cast(
        organisation=organisation, now=now, members={}, names={}, teams={}, inboxes={}, customers={}, addresses={}
    )
    _agents(cast, world["agents"])
    _teams(cast, world["teams"], world["agents"])
    _inboxes(cast, world["inboxes"])
    _customers(cast, world)
    return cast


def _noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), ZoneInfo("Europe/Warsaw"))


def _agents(cast: Cast, agents: list[Row]) -> None:
    """People with one password; an account of that address from before keeps its own."""
    password = make_password(PASSWORD)
    for row in agents:
        user, fresh = User.objects.get_or_create(
            email=row["email"], defaults={"name": row["name"], "password": password, "is_active": row["active"]}
        )
        if fresh:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        member = Membership.objects.create(organisation=cast.organisation, user=user, role=row["role"])
        left = None if row["active"] else cast.now
        Membership.objects.filter(pk=member.pk).update(joined_at=_noon(row["joined"]), left_at=left)
        cast.members[row["slug"]] = member.pk
        cast.names[row["slug"]] = row["name"]


def _teams(cast: Cast, teams: list[Row], agents: list[Row]) -> None:
    for row in teams:
        team = Team.objects.create(organisation=cast.organisation, **row)
        inside = [cast.members[agent["slug"]] for agent in agents if row["name"] in agent["teams"] and agent["active"]]
        team.members.set(inside)
        cast.teams[row["name"]] = team.pk


def _inboxes(cast: Cast, inboxes: list[Row]) -> None:
    for row in inboxes:
        inbox = Inbox.objects.create(
            organisation=cast.organisation,
            key=row["key"],
            kind=row["kind"],
            name=row["name"],
            team_id=cast.teams[row["team"]],
            settings=row.get("settings", {}),
            last_seen_at=cast.now,
        )
        cast.inboxes[row["kind"]] = inbox.pk


def _customers(cast: Cast, world: World) -> None:
    regular = _regulars(world["orders"])
    chatted = {talk["customer"] for talk in world["conversations"] if talk["channel"] == "webchat"}
    ids = Ids(Customer)
    rows: list[Row] = []
    identities: list[Row] = []
    taken: set[tuple[str, str]] = set()
    for row in world["customers"]:
        cast.customers[row["id"]] = ids.new()
        rows.append(_customer(cast, row, regular=row["id"] in regular))
        for kind, value in _addresses(row, chatted=row["id"] in chatted):
            cast.addresses.setdefault((row["id"], kind), value)
            if (kind, value) not in taken:
                taken.add((kind, value))
                identities.append(_identity(cast, row["id"], kind, value))
    insert(Customer, rows, now=cast.now)
    counted = Ids(Identity)
    insert(Identity, [{"id": counted.new(), **row} for row in identities], now=cast.now)


def _regulars(orders: list[Row]) -> set[str]:
    count: dict[str, int] = {}
    for row in orders:
        count[row["customer"]] = count.get(row["customer"], 0) + 1
    return {customer for customer, number in count.items() if number >= REGULAR_FROM}


def _customer(cast: Cast, row: Row, *, regular: bool) -> Row:
    tags = (["Stały klient"] if regular else []) + (["B2B"] if row["kind"] == "company" else [])
    return {
        "id": cast.customers[row["id"]],
        "organisation_id": cast.organisation.pk,
        "kind": Customer.Kind.COMPANY if row["kind"] == "company" else Customer.Kind.PERSON,
        "name": row["name"],
        "language": row["language"],
        "city": row["city"],
        "postcode": row["postcode"],
        "tax_number": row["nip"],
        "since": row["since"],
        "tags": tags,
        "created_at": _noon(row["since"]),
    }


def _addresses(row: Row, *, chatted: bool) -> list[tuple[str, str]]:
    """A visitor's id is made from the customer's, so that it is the same in every demo."""
    chat = [("webchat", f"demo-{row['id'][:13]}")] if chatted else []
    return [("email", row["email"]), ("phone", row["phone"]), *chat]


def _identity(cast: Cast, customer: str, kind: str, value: str) -> dict[str, Any]:
    return {
        "organisation_id": cast.organisation.pk,
        "customer_id": cast.customers[customer],
        "kind": kind,
        "value": value,
        "verified": kind != "phone",
    }
