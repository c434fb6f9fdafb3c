"""The shop, its people and its customers."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from opieka.demo.lists import all_towns, names_of, streets, surnames, toml, towns
from opieka.demo.screenplay import stories
from opieka.demo.seeds import Weighted, id_for, rng_for

Row = dict[str, Any]
DOMAINS = ("example.com", "example.net", "example.org", "poczta.test", "skrzynka.test")
TRADES = ("Instal", "Foto", "Transport", "Ogrody", "Studio", "Serwis", "Meble", "Biuro", "Projekt", "Gastro")
LANGUAGES = Weighted([("pl", 94.0), ("uk", 4.0), ("en", 2.0)])
FOREIGN = {
    "uk": (("Oksana", "Iryna", "Olena", "Natalia", "Switłana"), ("Andrij", "Ołeksandr", "Taras", "Jurij", "Bohdan"),
           ("Szewczenko", "Kowalenko", "Bondarenko", "Tkaczenko", "Melnyk", "Łysenko", "Petrenko")),
    "en": (("Emma", "Sarah", "Laura", "Hannah"), ("James", "Tom", "Daniel", "Lukas"), ("Smith", "Weber", "Novak", "Clark")),
}  # fmt: skip
NIP_WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)
_PLAIN = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzACELNOSZZ")


def organisation(anchor: datetime) -> Row:
    return {
        **toml("shop.toml")["organisation"],
        "demo": True,
        "since": (anchor - timedelta(days=1100)).date().isoformat(),
    }


def teams() -> list[Row]:
    return [{"takes_new": False, **team} for team in toml("shop.toml")["team"]]


def agents(anchor: datetime) -> list[Row]:
    """Fourteen people, one of whom has left."""
    joined = anchor - timedelta(days=900)
    return [
        {
            "active": True,
            "languages": ["pl"],
            **agent,
            "email": f"{agent['slug'].split('-')[0]}@trzysosny.test",
            "joined": (joined + timedelta(days=31 * place)).date().isoformat(),
        }
        for place, agent in enumerate(toml("shop.toml")["agent"])
    ]


def customers(seed: int, anchor: datetime, count: int) -> list[Row]:
    """The people of the screenplay first, then as many others as are missing."""
    named = [_named(seed, anchor, number) for number in range(len(stories()))]
    found = list(named)
    for number in range(len(named), count):
        rng = rng_for(seed, "customer", number)
        found.append(_twin(rng, found, number) if rng.random() < 0.03 else _customer(rng, number))
        found[-1]["id"] = id_for(seed, "customer", number)
        found[-1]["since"] = (anchor - timedelta(days=rng.randrange(30, 1500))).date().isoformat()
    return found


def _named(seed: int, anchor: datetime, number: int) -> Row:
    person = stories()[number].person
    rng = rng_for(seed, "customer", stories()[number].key)
    company = person["gender"] == "c"
    first, _, last = person["name"].partition(" ")
    return {
        **_home(rng, city=person["city"]),
        "id": id_for(seed, "customer", stories()[number].key),
        "story": stories()[number].key,
        "kind": "company" if company else "person",
        "name": person["name"],
        "first": "" if company else first,
        "last": "" if company else last,
        "gender": "f" if company else person["gender"],
        "company": person["name"] if company else "",
        "nip": nip(rng) if company else "",
        "email": person["email"],
        "phone": person["phone"],
        "language": "pl",
        "consents": _consents(rng),
        "since": (anchor - timedelta(days=rng.randrange(200, 1900))).date().isoformat(),
        "duplicate_of": None,
    }


def _customer(rng: random.Random, number: int) -> Row:
    language = LANGUAGES.pick(rng)
    gender = "f" if rng.random() < 0.54 else "m"
    first, last = _name(rng, language, gender)
    kind = Weighted([("person", 82.0), ("sole_trader", 10.0), ("company", 8.0)]).pick(rng)
    trade = rng.choice(TRADES)
    company = {"person": "", "sole_trader": f"{first} {last} {trade}", "company": f"{last} {trade} sp. z o.o."}[kind]
    return {
        **_home(rng),
        "kind": kind,
        "name": company if kind == "company" else f"{first} {last}",
        "first": first,
        "last": last,
        "gender": gender,
        "company": company,
        "nip": nip(rng) if company else "",
        "email": email(rng, first, last, number),
        "phone": f"+48{rng.choice(('50', '51', '53', '57', '60', '66', '69', '72', '78', '79', '88'))}{rng.randrange(10**7):07d}",
        "language": language,
        "consents": _consents(rng),
        "duplicate_of": None,
    }


def _twin(rng: random.Random, known: list[Row], number: int) -> Row:
    """The same person under another address, for the merging of duplicates."""
    original = rng.choice(known)
    last = original["last"] or original["company"].split()[0]
    return {
        **{key: value for key, value in original.items() if key != "story"},
        "email": email(rng, original["first"] or "biuro", last, number),
        "duplicate_of": original["id"],
    }


def _name(rng: random.Random, language: str, gender: str) -> tuple[str, str]:
    if language in FOREIGN:
        women, men, last = FOREIGN[language]
        return rng.choice(women if gender == "f" else men), rng.choice(last)
    return names_of(gender).pick(rng).name, surnames().pick(rng)[gender == "f"]


def _home(rng: random.Random, *, city: str = "") -> Row:
    town = all_towns()[city] if city else towns().pick(rng)
    start = rng.choice(town.postcodes)
    postcode = start if "-" in start else f"{start}-{rng.randrange(1, 900):03d}"
    flat = f"/{rng.randrange(1, 60)}" if rng.random() < 0.5 else ""
    return {
        "street": rng.choice(streets()),
        "house": f"{rng.randrange(1, 120)}{flat}",
        "postcode": postcode,
        "city": town.name,
        "voivodeship": town.voivodeship,
    }


def _consents(rng: random.Random) -> Row:
    return {"email": rng.random() < 0.46, "sms": rng.random() < 0.21, "phone": rng.random() < 0.09}


def email(rng: random.Random, first: str, last: str, number: int) -> str:
    """An address that no real mailbox has: reserved domains only."""
    start = f"{first}.{last}".lower().translate(_PLAIN).replace(" ", "")
    return f"{start}{number}@{rng.choice(DOMAINS)}"


def nip(rng: random.Random) -> str:
    """A tax number with a right check digit whose office code (999) is given to nobody."""
    for base in _bases(rng):
        check = sum(weight * int(digit) for weight, digit in zip(NIP_WEIGHTS, base, strict=True)) % 11
        if check < 10:
            return f"{base}{check}"
    raise AssertionError("Candidates never end.")


def _bases(rng: random.Random) -> Iterator[str]:
    while True:
        yield f"999{rng.randrange(10**6):06d}"
