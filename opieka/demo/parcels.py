"""Parcels and what their carriers say about them."""

import random
from datetime import datetime, timedelta
from typing import Any

from opieka.demo.seeds import Weighted, id_for, rng_for
from opieka.demo.working_time import at, is_working_day, next_working_day, utc

Row = dict[str, Any]
CARRIERS = Weighted(
    [("inpost_locker", 52.0), ("inpost_courier", 14.0), ("dpd", 15.0), ("dhl", 8.0), ("post", 5.0), ("pickup", 6.0)]
)
LABELS = {
    "inpost_locker": "InPost Paczkomat", "inpost_courier": "InPost Kurier", "dpd": "DPD", "dhl": "DHL",
    "post": "Poczta Polska", "pickup": "Odbiór w sklepie",
}  # fmt: skip
STEPS = {
    "label_created": "Etykieta utworzona",
    "handed_over": "Przekazana przewoźnikowi",
    "in_transit": "W sortowni: {place}",
    "out_for_delivery": "Wydana do doręczenia",
    "ready_for_pickup": "Czeka na odbiór",
    "pickup_reminder": "Przypomnienie o odbiorze",
    "delivered": "Odebrana",
    "failed_attempt": "Nieudana próba doręczenia",
    "returning": "W drodze do nadawcy",
    "returned": "Zwrócona do nadawcy",
    "lost": "Zaginięcie potwierdzone",
}


def carrier(rng: random.Random, order: Row) -> str:
    if order["source"] == "store":
        return "pickup"
    chosen = CARRIERS.pick(rng)
    return "dpd" if order["payment"] == "cash_on_delivery" and chosen != "post" else chosen


def tracking(rng: random.Random, name: str) -> str:
    """A number of the shape the carrier uses."""
    if name.startswith("inpost"):
        return f"6{rng.randrange(10**23):023d}"
    if name == "dpd":
        return f"{rng.randrange(10**13):013d}U"
    if name == "dhl":
        return f"{rng.randrange(10**10, 10**11)}"
    return f"00{rng.randrange(10**18):018d}" if name == "post" else f"KIE{rng.randrange(10**5):05d}"


def locker(rng: random.Random, postcode: str) -> str:
    """The name of a parcel locker, e.g. "KIE07N"."""
    area = {"00": "WAW", "30": "KRA", "25": "KIE", "50": "WRO", "60": "POZ", "80": "GDA", "90": "LOD"}.get(
        postcode[:2], "PLX"
    )
    return f"{area}{rng.randrange(1, 99):02d}{rng.choice('ABMN')}"


def parcels(seed: int, anchor: datetime, order: Row) -> list[Row]:
    """The parcels of an order, one or (5 %) two, with their events up to the anchor."""
    if order["sent"] > anchor:
        return []
    rng = rng_for(seed, "parcels", order["draw"])
    count = 2 if rng.random() < 0.05 and order["carrier"] != "pickup" else 1
    return [_parcel(seed, anchor, order, part) for part in range(count)]


def stop_at(found: list[Row], state: str | None) -> None:
    """Let the way of these parcels end in a state that a story needs."""
    for parcel in found:
        seen = [event["state"] for event in parcel["events"]]
        if state and state in seen:
            parcel["events"] = parcel["events"][: seen.index(state) + 1]
            parcel["state"] = state


def _parcel(seed: int, anchor: datetime, order: Row, part: int) -> Row:
    rng = rng_for(seed, "parcel", f"{order['draw']}/{part}")
    steps = [(state, when) for state, when in _steps(rng, order) if when <= anchor]
    place = order["customer"]["city"]
    return {
        "id": id_for(seed, "parcel", f"{order['draw']}/{part}"),
        "carrier": LABELS[order["carrier"]],
        "tracking": tracking(rng, order["carrier"]),
        "state": steps[-1][0],
        "promised": next_working_day(order["sent"].date()).isoformat(),
        "events": [
            {"at": utc(when), "state": state, "text": STEPS[state].format(place=place)} for state, when in steps
        ],
    }


def _steps(rng: random.Random, order: Row) -> list[tuple[str, datetime]]:
    """Every step of the way, those after the anchor too."""
    sent = order["sent"]
    if order["carrier"] == "pickup":
        ready = at(next_working_day(sent.date()), 10, rng.randrange(60))
        return [
            ("label_created", sent),
            ("ready_for_pickup", ready),
            ("delivered", ready + timedelta(hours=rng.randrange(2, 70))),
        ]
    days = (
        1 + (rng.random() < 0.25) + (order["carrier"] == "post") + (rng.randrange(2, 6) if rng.random() < 0.04 else 0)
    )
    arrives = sent.date()
    for _ in range(days):
        arrives = next_working_day(arrives)
    way = [
        ("label_created", sent),
        ("handed_over", at(sent.date(), 17, rng.randrange(60))),
        ("in_transit", at(sent.date(), 22, rng.randrange(60))),
        ("in_transit", at(arrives, 4, rng.randrange(60))),
        ("out_for_delivery", at(arrives, 7, rng.randrange(60))),
    ]
    if rng.random() < 0.006:
        return [*way[:3], ("lost", at(next_working_day(arrives + timedelta(days=5)), 12))]
    return [*way, *_ending(rng, order, at(arrives, 9, rng.randrange(60)))]


def _ending(rng: random.Random, order: Row, there: datetime) -> list[tuple[str, datetime]]:
    if order["carrier"] == "inpost_locker":
        if rng.random() < 0.02 and not order["customer"].get("story"):
            back = there + timedelta(days=2)
            home = at(next_working_day(back.date() + timedelta(days=2)), 11)
            return [
                ("ready_for_pickup", there),
                ("pickup_reminder", there + timedelta(days=1)),
                ("returning", back),
                ("returned", home),
            ]
        hours = rng.randrange(1, 46)
        reminded = [("pickup_reminder", there + timedelta(days=1))] if hours > 24 else []
        return [("ready_for_pickup", there), *reminded, ("delivered", there + timedelta(hours=hours))]
    if rng.random() < 0.07:
        again = at(next_working_day(there.date()), 13, rng.randrange(60))
        return [("failed_attempt", there), ("out_for_delivery", at(again.date(), 7, 20)), ("delivered", again)]
    until = there + timedelta(minutes=rng.randrange(10, 420))
    return [("delivered", until)] if is_working_day(until.date()) else [("delivered", there)]
