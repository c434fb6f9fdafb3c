"""Conversations as they stand in the pictures of the design, for looking at and for testing the panel alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]

TIMES = "pn\u2060–\u2060pt\u00a08:00\u2060–\u206016:00"
HOURS_OPEN: Json = {"open": True, "text": TIMES, "back": None}
HOURS_SHUT: Json = {"open": False, "text": TIMES, "back": "w poniedziałek o 8:00"}
OLA: Json = {"name": "Ola", "initials": "OM"}

QUOTED = {
    "lead": "Tak, w ciągu 14 dni od odbioru.",
    "text": "Jeśli widać ślady smażenia, zwrot może być niższy o utratę wartości.",
    "quote": {
        "text": "„Towar można sprawdzić tak, jak w sklepie stacjonarnym. Za zmniejszenie wartości wynikające z używania "
        "ponad to odpowiada kupujący.”",
        "title": "Zwrot używanego towaru, pkt 3",
        "url": "/pomoc/zwrot",
        "updated": "2026-11-12",
    },
}
CHOICES = [
    {"id": "1", "label": "Sprawdzenie, gdzie jest paczka", "hint": "Status od przewoźnika"},
    {"id": "2", "label": "Przekierowanie do Paczkomatu", "hint": "Możliwe do 20:00 dzień przed dostawą"},
    {"id": "3", "label": "Rezygnację z zamówienia", "hint": "Odstąpienie od umowy w 2 krokach"},
]


def config(key: str, language: str) -> Json:
    """The settings the real server puts into the page of the frame."""
    return {
        "key": key,
        "language": language,
        "organisation": "Trzy Sosny",
        "greeting": "Dzień dobry!\nW czym możemy pomóc?" if language == "pl" else "Hello!\nHow can we help?",
        "shortcuts": [
            {"label": "Gdzie jest paczka?", "hint": "Wystarczy numer zamówienia", "text": "Gdzie jest moja paczka?"},
            {"label": "Zwrot lub odstąpienie", "hint": "14 dni, bez podania przyczyny", "text": "Chcę zwrócić towar"},
            {"label": "Reklamacja", "hint": "Zdjęcia i opis, odpowiedź w 14 dni", "text": "Chcę złożyć reklamację"},
            {"label": "Faktura lub paragon", "hint": "Kopia dokumentu od ręki", "text": "Proszę o kopię faktury"},
        ],
        "brand": {"illustration": "/static/opieka/widget/ridge.svg", "logo": "/logo.svg"},
        "controller": "Trzy Sosny sp. z o.o.",
        "privacy_url": "/pomoc/prywatnosc",
        "hours": HOURS_OPEN,
        "fallback": {"email": "pomoc@trzysosny.example", "phone": "+48 22 000 00 00"},
        "team": [OLA, {"name": "Piotr", "initials": "PK"}],
        "live": "/live",
        "file_limit": 1_000_000,
    }


def message(author: str, text: str, **more: Any) -> Json:
    """A message without id and time: the conversation adds them."""
    names = {"agent": "Ola, konsultantka", "assistant": "Asystent AI"}
    plain = {"client_id": None, "lead": None, "quote": None, "choices": None, "files": [], "seen": True}
    return {"author": author, "name": names.get(author, ""), "text": text, **plain, **more}


def state(**more: Any) -> Json:
    plain: Json = {"speaker": "assistant", "person": None, "waiting": None, "status": "open", "rating": "none"}
    return {**plain, "hours": HOURS_OPEN, "contact": None, **more}


def quoted_answer() -> Json:
    return message("assistant", **QUOTED)  # type: ignore[arg-type]


def unsure_answer() -> Json:
    return message("assistant", "Nie mam pewności, co będzie najlepsze. Czy chodzi o…?", choices=CHOICES)


def at(minutes: str) -> str:
    """That clock time today, ISO with offset."""
    hour, minute = minutes.split(":")
    return datetime.now().astimezone().replace(hour=int(hour), minute=int(minute), second=0, microsecond=0).isoformat()


def scene(name: str) -> tuple[list[tuple[str, Json]], Json]:
    """Messages with their times, and the state, of one picture."""
    with_ola = state(speaker="person", person=OLA)
    unsure = message("assistant", "Nie mam pewności, co będzie najlepsze. Czy chodzi o…?")
    last_week = (datetime.now().astimezone() - timedelta(days=3)).replace(hour=21, minute=14).isoformat()
    offer = "Kurier był dziś o 11:40 i nikogo nie zastał. Mogę przekierować paczkę do Paczkomatu WAW21M przy Polnej 3, jutro po 10:00. Może tak być?"
    done = "Gotowe. Paczka będzie jutro po 10:00 w Paczkomacie WAW21M. Kod odbioru przyjdzie SMS-em."
    scenes: dict[str, tuple[list[tuple[str, Json]], Json]] = {
        "cytat": (
            [
                (at("0:02"), message("customer", "Mogę oddać patelnię, jeśli raz na niej smażyłam?")),
                (at("0:02"), quoted_answer()),
            ],
            state(),
        ),
        "wybor": (
            [
                (at("0:04"), message("customer", "kurier nie dojechal a ja juz nie potrzebuje w domu")),
                (at("0:04"), unsure_answer()),
            ],
            state(),
        ),
        "czekanie": (
            [(at("0:04"), unsure), (at("0:05"), message("customer", "Poproszę człowieka"))],
            state(waiting={"minutes": 3, "ahead": 1}, contact="anna@example.com"),
        ),
        "dolaczyla": (
            [
                (at("0:05"), message("customer", "Poproszę człowieka")),
                (at("0:07"), message("system", "Ola dołączyła po 2 min")),
                (at("0:08"), message("agent", "Dzień dobry, tu Ola z Trzech Sosen. Mam przed sobą całą rozmowę i zamówienie 10142.")),
                (at("0:08"), message("agent", offer)),
                (at("0:09"), message("customer", "Tak, to najlepsze rozwiązanie. Dziękuję!")),
            ],
            {**with_ola, "typing": True},
        ),
        "offline": (
            [
                (at("0:09"), message("customer", "Tak, to najlepsze rozwiązanie. Dziękuję!")),
                (at("0:10"), message("agent", done)),
            ],
            with_ola,
        ),
        "pogodzinach": (
            [
                (last_week, message("customer", "Przyszła mi inna patelnia niż w zamówieniu", seen=False)),
                (last_week, message("assistant", "To wymaga sprawdzenia przez człowieka. Odpowiedź przyjdzie e\u2011mailem.")),
            ],
            state(waiting={"minutes": None, "ahead": 0}, hours=HOURS_SHUT),
        ),
        "ocena": (
            [(at("0:16"), message("system", "Rozmowa zakończona"))],
            {
                **with_ola,
                "status": "resolved",
                "rating": "asked",
                "agreements": [
                    "Paczka w Paczkomacie WAW21M jutro po 10:00",
                    "Zapis rozmowy wysłany na anna@example.com",
                ],
            },
        ),
    }
    return scenes[name]
