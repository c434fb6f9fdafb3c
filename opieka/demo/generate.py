"""The demo world of the shop "Trzy Sosny": the same plain rows from the same seed and anchor, on every machine."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from opieka.demo import asked, cast, goods, orders, people, shelf, talks
from opieka.demo.lists import toml
from opieka.demo.working_time import WARSAW, utc

Row = dict[str, Any]
World = dict[str, list[Row]]
SEED = 2409
ANCHOR = datetime(2026, 11, 16, 9, tzinfo=WARSAW)
CUSTOMERS, CONVERSATIONS = 2_000, 5_200
LIVE = ("ola-krawczyk", "marta-zielinska", "zuzanna-pietrzak", "julia-sobczak", "pawel-sikora")
"""Who has one more conversation waiting on the anchor's morning, beside the screenplay's."""


def world(seed: int = SEED, anchor: datetime = ANCHOR) -> World:
    """Everything, by kind. References are ids, order numbers and slugs; money is in grosze; times are UTC text."""
    customers = people.customers(seed, anchor, CUSTOMERS)
    sold = orders.orders(seed, anchor, customers)
    opened = orders.cases(seed, anchor, sold)
    orders.take_back(sold, opened)
    spoken = _conversations(seed, anchor, customers, sold)
    return {
        "organisation": [people.organisation(anchor)],
        "inboxes": toml("shop.toml")["inbox"],
        "teams": people.teams(),
        "agents": people.agents(anchor),
        "categories": list(shelf.categories()),
        "articles": shelf.articles(seed, anchor),
        "customers": customers,
        "products": goods.products(seed),
        "orders": [_order(row) for row in sold],
        "payments": orders.payments(seed, anchor, sold),
        "shipments": [{"order": row["number"], **parcel} for row in sold for parcel in row["parcels"]],
        "cases": opened,
        "conversations": spoken,
        "surveys": asked.surveys(seed, anchor, spoken),
    }


def _conversations(seed: int, anchor: datetime, customers: list[Row], sold: list[Row]) -> list[Row]:
    """All of them, oldest first, numbered in that order."""
    told = cast.talks(seed, anchor, customers)
    waiting = talks.live(seed, anchor, sold, LIVE)
    settled = talks.talks(seed, anchor, sold, CONVERSATIONS - len(told) - len(waiting))
    found = sorted([*told, *waiting, *settled], key=lambda row: (row["created"], row["id"]))
    for place, row in enumerate(found):
        row["number"] = place + 1
    return found


def _order(row: Row) -> Row:
    """An order without the working notes of its making."""
    kept = ("id", "number", "source", "payment", "lines", "carrier", "delivery_price", "total", "state")
    return {
        **{name: row[name] for name in kept},
        "customer": row["customer"]["id"],
        "placed": utc(row["placed"]),
        "sent": utc(row["sent"]) if row["parcels"] else None,
    }


def lines(made: World) -> Iterator[str]:
    """The world as JSON lines, kind by kind."""
    for kind, rows in made.items():
        for row in rows:
            yield json.dumps({"kind": kind, **row}, ensure_ascii=False, sort_keys=True) + "\n"


def dump(seed: int = SEED, anchor: datetime = ANCHOR, *, file: Path | None = None) -> str:
    """The SHA-256 of the world's JSON lines; they are written to `file` when one is given."""
    digest = hashlib.sha256()
    out = file.open("w", encoding="utf-8", newline="\n") if file else None
    try:
        for line in lines(world(seed, anchor)):
            digest.update(line.encode())
            if out:
                out.write(line)
    finally:
        if out:
            out.close()
    return digest.hexdigest()
