"""The vendored lists of `data/`, read once: names, towns, streets, products, the shop's own facts."""

import csv
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from opieka.demo.seeds import Weighted

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"


@dataclass(frozen=True, slots=True)
class FirstName:
    """A first name; `gender` is "f" or "m", `vocative` the form used to address its bearer."""

    name: str
    gender: str
    vocative: str


@dataclass(frozen=True, slots=True)
class Town:
    """A town with the beginnings of its postcodes ("30") or whole ones ("34-500")."""

    name: str
    postcodes: tuple[str, ...]
    voivodeship: str
    weight: int


def _rows(name: str, *, delimiter: str = ",") -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@lru_cache(maxsize=1)
def first_names() -> tuple[FirstName, ...]:
    return tuple(FirstName(row["name"], row["gender"], row["vocative"]) for row in _rows("first_names.csv"))


@lru_cache(maxsize=2)
def names_of(gender: str) -> Weighted[FirstName]:
    """First names of one gender; those high on the list are the commonest in Poland."""
    chosen = [name for name in first_names() if name.gender == gender]
    return Weighted([(name, 1 / (place + 6)) for place, name in enumerate(chosen)])


@lru_cache(maxsize=1)
def surnames() -> Weighted[tuple[str, str]]:
    """Pairs of the masculine and the feminine form."""
    pairs = [(row["masculine"], row["feminine"]) for row in _rows("surnames.csv")]
    return Weighted([(pair, 1 / (place + 25)) for place, pair in enumerate(pairs)])


@lru_cache(maxsize=1)
def all_towns() -> dict[str, Town]:
    rows = _rows("towns.csv")
    return {
        row["town"]: Town(row["town"], tuple(row["postcodes"].split()), row["voivodeship"], int(row["weight"]))
        for row in rows
    }


@lru_cache(maxsize=1)
def towns() -> Weighted[Town]:
    """Towns by how many customers live there."""
    return Weighted([(town, town.weight) for town in all_towns().values()])


@lru_cache(maxsize=1)
def streets() -> tuple[str, ...]:
    return tuple((DATA / "streets.txt").read_text(encoding="utf-8").split("\n")[:-1])


@lru_cache(maxsize=1)
def product_rows() -> tuple[dict[str, str], ...]:
    return tuple(_rows("products.csv", delimiter=";"))


@lru_cache(maxsize=8)
def toml(name: str) -> dict[str, Any]:
    """A TOML file of `data/`."""
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)
