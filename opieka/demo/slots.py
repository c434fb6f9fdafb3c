"""What fills the slots of a phrase: the customer's, their order's, and the calendar's words."""

import random
from datetime import datetime, timedelta
from typing import Any

from opieka.demo import goods, parcels
from opieka.demo.working_time import ON_WEEKDAY, TO_WEEKDAY, next_working_day, short

Row = dict[str, Any]
SIZES = ("38", "39", "40", "41", "42", "43", "44")


def slots_for(rng: random.Random, *, customer: Row, order: Row, now: datetime) -> dict[str, str]:
    """Every slot's text for one conversation."""
    line = order["lines"][0]
    parcel = order["parcels"][0] if order["parcels"] else None
    later = now + timedelta(days=rng.randrange(3, 10))
    ahead = now + timedelta(days=rng.randrange(2, 6))
    size = line["name"].rpartition(", ")[2] if line["name"].rpartition(", ")[2] in SIZES else rng.choice(SIZES)
    return {
        "gender": customer["gender"],
        "first": customer["first"] or "Biuro",
        "last": customer["last"] or customer["company"],
        "phone": _phone(customer["phone"]),
        "company": customer["company"] or f"{customer['last']} Projekt sp. z o.o.",
        "nip": customer["nip"] or "9997361235",
        "street": customer["street"],
        "house": customer["house"],
        "postcode": customer["postcode"],
        "city": customer["city"],
        "order": order["number"],
        "product": line["product"],
        "product_acc": goods.accusative(line["product"]),
        "amount": zloty(line["price"] * line["quantity"]),
        "size": str(int(size) + 1) if line["name"].endswith(size) else size,
        "tracking": parcel["tracking"] if parcel else "w przygotowaniu",
        "carrier": parcel["carrier"] if parcel else "kurier",
        "locker": parcels.locker(rng, customer["postcode"]),
        "days": str(rng.randrange(2, 5)),
        "count": str(rng.choice((24, 30, 48, 60, 80, 120))),
        "date": short(max(order["sent"], now - timedelta(days=9)) if order["sent"] < now else now - timedelta(days=1)),
        "date2": short(datetime.combine(next_working_day(later.date()), later.timetz())),
        "on_weekday": ON_WEEKDAY[ahead.weekday()],
        "to_weekday": TO_WEEKDAY[ahead.weekday()],
    }


def zloty(minor: int) -> str:
    """1 149,00 zł with no-break spaces."""
    whole = f"{minor // 100:,}".replace(",", "\u00a0")
    return f"{whole},{minor % 100:02d}\u00a0zł"


def _phone(number: str) -> str:
    """+48600000214 -> 600 000 214."""
    digits = number.removeprefix("+48")
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
