"""Two years of orders with their payments."""

import random
from datetime import datetime, timedelta
from typing import Any

from opieka.demo import goods, parcels
from opieka.demo.lists import toml
from opieka.demo.screenplay import stories
from opieka.demo.seasons import calendar, moment_of
from opieka.demo.seeds import Weighted, id_for, rng_for
from opieka.demo.working_time import after_working, utc

Row = dict[str, Any]
COUNT = 6_400
FIRST_NUMBER = 4_000
SOURCES = Weighted([("shop", 58.0), ("allegro", 31.0), ("store", 8.0), ("phone", 3.0)])
PAYMENTS = Weighted([("blik", 55.0), ("transfer", 14.0), ("card", 15.0), ("cash_on_delivery", 10.0), ("paypo", 6.0)])
LINES = Weighted([(1, 46.0), (2, 28.0), (3, 16.0), (4, 10.0)])
RETURNED, COMPLAINED, GUARANTEED = 560, 120, 40


def orders(seed: int, anchor: datetime, customers: list[Row]) -> list[Row]:
    """All orders, oldest first, numbered in that order."""
    buyers = Weighted([(row, 1 / (place + 30) ** 0.75) for place, row in enumerate(_shuffled(seed, customers))])
    drafts = sorted((_draft(seed, anchor, number, buyers) for number in range(COUNT)), key=lambda row: row["placed"])
    _cast(seed, drafts, customers)
    for place, row in enumerate(drafts):
        row["number"] = str(FIRST_NUMBER + place)
        _settle(seed, anchor, row)
    return drafts


def _shuffled(seed: int, customers: list[Row]) -> list[Row]:
    found = [row for row in customers if "story" not in row]
    rng_for(seed, "buyers", 0).shuffle(found)
    return found


def _draft(seed: int, anchor: datetime, number: int, buyers: Weighted[Row]) -> Row:
    rng = rng_for(seed, "order", number)
    source = SOURCES.pick(rng)
    placed = moment_of(calendar(anchor).pick(rng), rng)
    if source == "store":
        placed = _while_open(placed)
    return {
        "id": id_for(seed, "order", number),
        "draw": number,
        "placed": min(placed, anchor - timedelta(minutes=rng.randrange(5, 600))) if source != "store" else placed,
        "customer": buyers.pick(rng),
        "source": source,
        "payment": PAYMENTS.pick(rng),
        "lines": [_line(rng, goods.popularity(seed).pick(rng)) for _ in range(LINES.pick(rng))],
    }


def _while_open(moment: datetime) -> datetime:
    """The shop in Kielce sells on weekdays from 10 and on Saturdays until 14, so Sunday's buyers came on Saturday."""
    day = moment - timedelta(days=moment.weekday() == 6)
    return day.replace(hour=10 + moment.hour % (4 if day.weekday() == 5 else 8))


def _line(rng: random.Random, product: Row) -> Row:
    variant = rng.choice(product["variants"])
    label = f"{product['name']}, {variant['name']}" if variant["name"] else product["name"]
    return {
        "sku": variant["sku"],
        "product": product["name"],
        "name": label,
        "quantity": 1 if rng.random() < 0.88 else rng.randrange(2, 5),
        "price": variant["price"] or product["price"],
    }


def _cast(seed: int, drafts: list[Row], customers: list[Row]) -> None:
    """Give the orders that the screenplay names to its people."""
    people = {row["story"]: row for row in customers if "story" in row}
    products = {product["name"]: product for product in goods.products(seed)}
    for story in stories():
        for number, name in story.orders:
            row = drafts[number - FIRST_NUMBER]
            row["customer"] = people[story.key]
            row["source"] = "shop"
            row["parcel"] = story.heads.get("parcel")
            row["lines"] = [_line(rng_for(seed, "cast", number), products[name]) | {"quantity": 1}]
            row["returned"] = str(number) in story.heads.get("returned", "").split(", ")


def _settle(seed: int, anchor: datetime, row: Row) -> None:
    """What became of the order by the anchor: money, parcel, state."""
    rng = rng_for(seed, "settle", row["draw"])
    delivery = toml("shop.toml")["delivery"]
    goods_total = sum(line["price"] * line["quantity"] for line in row["lines"])
    row["carrier"] = parcels.carrier(rng, row)
    fee = 0 if goods_total >= delivery["free_from"] else delivery["prices"][row["carrier"]]
    row["delivery_price"] = fee + (delivery["cash_on_delivery"] if row["payment"] == "cash_on_delivery" else 0)
    row["total"] = goods_total + row["delivery_price"]
    row["paid"] = row["placed"] + timedelta(minutes=2 if row["payment"] != "transfer" else rng.randrange(300, 2_000))
    row["sent"] = after_working(row["paid"], rng.randrange(60, 420))
    cancelled = rng.random() < 0.015 and not row["customer"].get("story")
    row["parcels"] = [] if cancelled or row["source"] == "store" else parcels.parcels(seed, anchor, row)
    parcels.stop_at(row["parcels"], row.get("parcel"))
    row["state"] = "cancelled" if cancelled else "returned" if row.get("returned") else _state(anchor, row)


def _state(anchor: datetime, row: Row) -> str:
    if row["source"] == "store":
        return "delivered"
    if row["paid"] > anchor:
        return "new"
    if row["sent"] > anchor:
        return "packed" if (row["sent"] - anchor) < timedelta(hours=2) else "paid"
    last = row["parcels"][-1]["state"]
    return last if last in ("delivered", "returned") else "sent"


def take_back(sold: list[Row], opened: list[Row]) -> None:
    """An order whose return was refunded counts as returned."""
    refunded = {case["order"] for case in opened if case["state"] == "refunded"}
    for row in sold:
        if row["number"] in refunded:
            row["state"] = "returned"


def payments(seed: int, anchor: datetime, sold: list[Row]) -> list[Row]:
    """One payment per order, a failed attempt before some; what was refunded is told in `refunds`."""
    found = []
    for row in sold:
        rng = rng_for(seed, "payment", row["draw"])
        if rng.random() < 0.016:
            found.append(_payment(seed, row, "failed", "a"))
        state = (
            "refunded" if row["state"] in ("cancelled", "returned") else "pending" if row["paid"] > anchor else "paid"
        )
        found.append(_payment(seed, row, state, "b"))
    return found


def _payment(seed: int, row: Row, state: str, part: str) -> Row:
    return {
        "id": id_for(seed, "payment", f"{row['draw']}{part}"),
        "order": row["number"],
        "method": row["payment"],
        "amount": row["total"],
        "state": state,
        "at": utc(row["paid"] - timedelta(minutes=6 if part == "a" else 0)),
    }


def cases(seed: int, anchor: datetime, sold: list[Row]) -> list[Row]:
    """Returns, complaints and guarantee claims at every stage of their clocks."""
    delivered = [
        row
        for row in sold
        if row["state"] == "delivered" and row["placed"] < anchor - timedelta(days=6) and "story" not in row["customer"]
    ]
    rng = rng_for(seed, "cases", 0)
    chosen = rng.sample(delivered, RETURNED + COMPLAINED + GUARANTEED)
    kinds = ["return"] * RETURNED + ["complaint"] * COMPLAINED + ["guarantee"] * GUARANTEED
    return [
        _case(seed, anchor, number, (kind, row)) for number, (kind, row) in enumerate(zip(kinds, chosen, strict=True))
    ]


def _case(seed: int, anchor: datetime, number: int, what: tuple[str, Row]) -> Row:
    kind, row = what
    rng = rng_for(seed, "case", number)
    opened = min(
        row["sent"] + timedelta(days=rng.randrange(2, 15 if kind == "return" else 200)),
        anchor - timedelta(hours=number % 90),
    )
    due = opened + timedelta(days=14)
    answered: datetime | None = after_working(opened, rng.randrange(120, 4_000))
    if kind == "complaint" and number % 30 == 0:
        answered = due + timedelta(days=2)
    if answered and answered > anchor:
        answered = None
    overdue = due < (answered or anchor)
    return {
        "id": id_for(seed, "case", number),
        "kind": kind,
        "order": row["number"],
        "sku": row["lines"][0]["sku"],
        "amount": row["lines"][0]["price"],
        "opened": utc(opened),
        "due": utc(due),
        "answered": utc(answered) if answered else None,
        "state": _stage(rng, kind, answered=answered is not None, overdue=overdue),
    }


def _stage(rng: random.Random, kind: str, *, answered: bool, overdue: bool) -> str:
    if kind == "complaint" and overdue:
        return "accepted by law"
    if not answered:
        return "waiting for parcel" if kind == "return" and rng.random() < 0.5 else "received"
    endings = {
        "return": ("refunded",),
        "complaint": ("accepted", "accepted", "repaired", "refused"),
        "guarantee": ("repaired", "replaced"),
    }
    return rng.choice(endings[kind])
