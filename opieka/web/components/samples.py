"""What the living page shows: an invented shop's Polish conversation and figures.

It is content, not interface, so it is not translated, just as a customer's words are not.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

DAY = datetime(2026, 11, 24, tzinfo=timezone.get_default_timezone())


def at(hour: int, minute: int) -> datetime:
    return DAY.replace(hour=hour, minute=minute)


def messages() -> dict[str, dict[str, Any]]:
    """One message of each author, and the events around them."""
    return {
        "customer": {
            "author": "customer",
            "name": "Anna Kowalska",
            "role": "klientka",
            "text": "Dzień dobry, palnik rusza tylko od zapałki. Co mogę zrobić?",
            "at": at(14, 2),
        },
        "assistant": {
            "author": "assistant",
            "name": "",
            "text": "Reklamację rozpatrujemy w 14 dni. Można zgłosić ją tutaj, dołączając zdjęcie.",
            "at": at(14, 2),
            "source": {"title": "Jak zgłosić reklamację, §1", "url": "#messages"},
        },
        "note": {
            "name": "Piotr Mazur",
            "at": at(14, 4),
            "text": "Ta sama partia co #2391. Wymieniamy bez odsyłania.",
        },
        "agent": {
            "author": "agent",
            "name": "Ola Krawczyk",
            "role": "konsultantka",
            "mine": True,
            "text": "Dzień dobry, uznaliśmy reklamację. Wyślemy dziś nową kuchenkę.",
            "at": at(14, 5),
            "delivery": "delivered",
        },
    }


def events() -> list[dict[str, Any]]:
    return [
        {"icon": "tag", "at": at(14, 5), "text": "Dodano etykietę Partia 09/2026"},
        {"icon": "scale", "at": at(14, 5), "text": "Termin ustawowy dotrzymany, 2 dni przed czasem"},
        {"icon": "package", "at": at(14, 6), "text": "Utworzono przesyłkę wymienną do zamówienia 10142"},
    ]


def deliveries() -> list[dict[str, Any]]:
    """Our own messages, one in each state of delivery."""
    said = [
        ("queued", "Odezwiemy się rano.", "wyślemy po 8:00"),
        ("accepted", "Faktura w załączniku.", ""),
        ("delivered", "Kurier będzie w czwartek.", ""),
        ("uncertain", "Potwierdzam zwrot 249 zł.", "brak potwierdzenia"),
        ("failed", "Numer przesyłki poniżej.", "skrzynka pełna"),
    ]
    return [
        {
            "author": "agent",
            "name": "Ola Krawczyk",
            "grouped": True,
            "at": at(14, 5),
            "text": text,
            "delivery": state,
            "delivery_note": note,
            "check_url": "#delivery" if state == "uncertain" else "",
            "retry_url": "#delivery" if state == "failed" else "",
        }
        for state, text, note in said
    ]


def suggestion() -> dict[str, Any]:
    return {
        "text": "Nową kuchenkę wyślemy dziś. Starej nie trzeba odsyłać.",
        "certainty": 0.91,
        "quote": "Po uznaniu klient wybiera: wymiana albo zwrot pieniędzy",
        "source": {"title": "Reklamacje, §3", "url": "#suggestion"},
        "wrong_url": "#suggestion",
    }


def sources_only() -> dict[str, Any]:
    return {
        "certainty": 0.38,
        "sources": [
            {"title": "Wysyłka do Czech i Słowacji", "url": "#suggestion"},
            {"title": "Koszty zwrotu spoza Polski", "url": "#suggestion"},
        ],
    }


def rows() -> list[dict[str, Any]]:
    """Three conversations: the current one, an unread one, a quiet one."""
    return [
        {
            "id": 2418,
            "url": "#rows",
            "name": "Anna Kowalska",
            "channel": "webchat",
            "subject": "Kuchenka Kornik nie zapala",
            "snippet": "Czy są już jakieś wieści? W piątek wyjeżdżamy",
            "at": at(14, 2),
            "unread": 2,
            "current": True,
            "target": {"text": "za 12 min", "state": "soon"},
            "law": {"text": "2 dni", "state": "now"},
        },
        {
            "id": 2417,
            "url": "#rows",
            "name": "Łukasz Wójcik",
            "channel": "email",
            "subject": "Faktura na firmę do zam. 10139",
            "snippet": "Dzień dobry, proszę o fakturę na dane spółki",
            "at": at(13, 43),
            "unread": 1,
            "target": {"text": "po terminie 8 min", "state": "late"},
            "tags": ["Faktura"],
        },
        {
            "id": 2410,
            "url": "#rows",
            "name": "Ewa Michalska",
            "channel": "email",
            "subject": "Odstąpienie od umowy – namiot Limba 3",
            "snippet": "Formularz zwrotu złożony, paczka nadana",
            "at": at(13, 4),
            "law": {"text": "zwrot do 2.12", "state": "calm"},
            "tags": ["Zwrot"],
        },
    ]


def tiles() -> list[dict[str, Any]]:
    return [
        {
            "label": "Bez opieki",
            "number": "3",
            "note": "najstarsza czeka 42 min",
            "alarm": True,
            "action": {"label": "Przejmij", "url": "#tiles"},
        },
        {
            "label": "Pierwsza odpowiedź",
            "number": "4",
            "unit": "min",
            "change": "o 1 min szybciej",
            "better": True,
            "url": "#tiles",
        },
        {"label": "CSAT", "number": "4,6", "unit": "/ 5", "change": "o 0,1 mniej", "better": False, "url": "#tiles"},
        {"label": "NPS", "too_few": 12, "url": "#tiles"},
    ]


def chart() -> dict[str, Any]:
    """First response time in minutes over seven days, as the points of a 720 by 160 chart."""
    minutes = [11, 9, 10, 7, 6, 5, 4]
    days = ["18.11", "19.11", "20.11", "21.11", "22.11", "23.11", "24.11"]
    points = [(20 + 104 * place, 140 - 10 * value) for place, value in enumerate(minutes)]
    line = " ".join(f"{x},{y}" for x, y in points)
    return {
        "line": line,
        "area": f"20,140 {line} 644,140",
        "end": {"x": points[-1][0], "y": points[-1][1], "text": "4 min"},
        "days": [{"x": x, "label": day} for (x, _), day in zip(points, days, strict=True)],
        "columns": [{"label": "Dzień"}, {"label": "Minuty", "number": True}],
        "rows": list(zip(days, minutes, strict=True)),
    }


def steps() -> list[dict[str, str]]:
    return [
        {"label": "Skrzynka pocztowa", "hint": "połączona, 2 min", "state": "done"},
        {"label": "Wygląd czatu", "hint": "2 min", "state": "now"},
        {"label": "Pierwsza rozmowa", "hint": "1 min", "state": "ahead"},
    ]
