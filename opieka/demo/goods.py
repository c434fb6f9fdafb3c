"""What the shop sells: 180 products in 420 variants, from `data/products.csv`."""

from functools import lru_cache
from typing import Any

from opieka.demo.lists import product_rows
from opieka.demo.seeds import Weighted, id_for, rng_for

Row = dict[str, Any]
ICONS = {
    "kubki-i-termosy": "coffee", "garnki-i-patelnie": "cooking-pot", "kuchenki-i-paliwo": "flame",
    "noze-i-narzedzia": "axe", "namioty": "tent", "spiwory-i-maty": "bed", "plecaki": "backpack", "buty": "footprints",
    "odziez": "shirt", "swiatlo": "flashlight", "woda-i-filtry": "droplets", "zywnosc-i-dodatki": "utensils",
}  # fmt: skip
CODES = dict(zip(ICONS, ("KT", "GP", "KP", "NN", "NA", "SM", "PL", "BU", "OD", "SW", "WF", "ZD"), strict=True))
EXCLUDED = {
    "personalised": "art. 38 pkt 3: rzecz wykonana na zamówienie",
    "perishable": "art. 38 pkt 4: krótki termin przydatności",
    "hygiene": "art. 38 pkt 5: względy higieniczne po otwarciu",
    "used_gift_card": "art. 38 pkt 13: usługa wykonana po użyciu karty",
    "": "",
}
FAVOURITES = ("Kubek", "Termos", "Kartusz", "Patelnia", "Czołówka", "Buty górskie", "Namiot „Limba", "Skarpety")
STOPS = {"do", "z", "na", "przed", "dla", "ze", "w", "i", "pod"}


def products(seed: int) -> list[Row]:
    """One row per product, its variants inside."""
    rows = []
    for number, row in enumerate(product_rows()):
        price = int(row["price"].replace(",", ""))
        rng = rng_for(seed, "product", number)
        rows.append(
            {
                "id": id_for(seed, "product", number),
                "number": number,
                "name": row["name"],
                "category": row["category"],
                "icon": ICONS[row["category"]],
                "price": price,
                "lowest_30_days": price - rng.choice((0, 0, 0, 200, 500)),
                "guarantee_months": int(row["guarantee"] or 0),
                "no_withdrawal_because": EXCLUDED[row["excluded"]],
                "batch": "TS-2409" if "Rysy” 26" in row["name"] else f"TS-{rng.randrange(2501, 2612)}",
                "variants": _variants(seed, number, row),
            }
        )
    return rows


def _variants(seed: int, number: int, row: dict[str, str]) -> list[Row]:
    names = row["variants"].split("|") if row["variants"] else [""]
    code = CODES[row["category"]]
    found = []
    for place, name in enumerate(names):
        rng = rng_for(seed, "variant", f"{number}/{place}")
        found.append(
            {
                "sku": f"TS-{code}-{number:03d}-{place + 1:02d}",
                "name": name,
                "stock": 0 if rng.random() < 0.06 else rng.randrange(2, 160),
                "price": int(name.split()[0]) * 100 if row["name"].startswith("Karta podarunkowa") else None,
            }
        )
    return found


@lru_cache(maxsize=4)
def popularity(seed: int) -> Weighted[Row]:
    """Products by how often they are bought: a few favourites, a long tail, cheap things more often."""
    weighted = []
    for row in products(seed):
        favourite = 4.0 if row["name"].startswith(FAVOURITES) else 1.0
        weighted.append(
            (
                row,
                favourite * (rng_for(seed, "popularity", row["number"]).random() + 0.2) * 9000 / (row["price"] + 6000),
            )
        )
    return Weighted(weighted)


@lru_cache(maxsize=600)
def accusative(name: str) -> str:
    """The name as the object of a sentence: "Patelnia żeliwna „Rysy”" -> "patelnię żeliwną „Rysy”".

    Only feminine heads change; words in quotation marks and after a preposition stay as they are.
    """
    words = name.split(" ")
    if not words[0].endswith("a") or words[0] == "Radio":
        return name[:1].lower() + name[1:]
    changed, moving, quoted = [words[0][:-1].lower() + "ę"], True, False
    for word in words[1:]:
        moving = moving and word not in STOPS
        quoted = quoted or word.startswith("„")
        bends = moving and not quoted and word.endswith("a")
        changed.append(word[:-1] + "ą" if bends else word)
        quoted = quoted and not word.endswith("”")
    return " ".join(changed)
