"""Invitations: what a calendar file (RFC 5545, RFC 5546) asks for, in our words."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from opieka.channels.base import Invitation
from opieka.channels.email.headers import decode_bytes, tidy

KINDS = {"text/calendar", "application/ics"}
LONGEST = 500_000
MOST_ANSWERS = 20
METHODS = {"request", "cancel", "reply", "publish", "counter", "refresh", "add", "declinecounter"}
# What icalendar is known to raise on a file that is none, besides its own errors, which are ValueErrors.
BROKEN = (
    ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError, AssertionError,
)  # fmt: skip


def invitation_of(content: bytes, *, charset: str = "") -> Invitation | None:
    """The first event of the file; None when it is too long, damaged, or holds no event."""
    if len(content) > LONGEST or b"BEGIN:VEVENT" not in content.upper():
        return None
    from icalendar import Calendar

    try:
        calendar = Calendar.from_ical(tidy(decode_bytes(content, charset)))
        event = next(iter(calendar.walk("VEVENT")), None)
        return _invitation(calendar, event, hashlib.sha256(content).hexdigest()) if event is not None else None
    except BROKEN:
        return None


def _invitation(calendar: Any, event: Any, sha256: str) -> Invitation | None:
    starts, ends = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if starts is None:
        return None
    length = getattr(event.get("DURATION"), "dt", None)
    if ends is None and isinstance(length, timedelta):
        ends = starts + length
    if isinstance(ends, datetime) is not isinstance(starts, datetime):
        ends = None
    method = _word(calendar, "METHOD").lower()
    cancelled = _word(event, "STATUS").lower() == "cancelled"
    return Invitation(
        method="cancel" if cancelled else method if method in METHODS else "publish",
        uid=_word(event, "UID"),
        title=_word(event, "SUMMARY"),
        starts=starts,
        ends=ends,
        where=_word(event, "LOCATION"),
        organiser=_person(event.get("ORGANIZER")),
        repeats="RRULE" in event or "RDATE" in event,
        answers=tuple(_answers(event)),
        sha256=sha256,
    )


def _word(part: Any, name: str) -> str:
    """One line of text; the first where a program writes several."""
    value = part.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return " ".join(tidy(str(value)).split())[:300] if value else ""


def _moment(event: Any, name: str) -> datetime | date | None:
    value = event.get(name)
    found = getattr(value[0] if isinstance(value, list) and value else value, "dt", None)
    if isinstance(found, datetime) and found.tzinfo:
        # A moment that no clock can show, in the year 1 or 9999, is refused here rather than on a page.
        return found.astimezone(tz=None).astimezone(found.tzinfo)
    return found if isinstance(found, date) else None


def _person(value: Any) -> str:
    """ "Anna Kowalska (anna@x.pl)", or what of it is known."""
    value = value[0] if isinstance(value, list) and value else value
    if not value:
        return ""
    address = str(value)
    address = address[7:] if address.lower().startswith("mailto:") else address
    name = str(getattr(value, "params", {}).get("CN", "")).strip("\"' ")
    both = f"{name} ({address})" if name and address and name != address else name or address
    return " ".join(tidy(both).split())[:200]


def _answers(event: Any) -> Iterator[tuple[str, str]]:
    """(who, accepted | declined | tentative) of those who have answered."""
    value = event.get("ATTENDEE")
    for one in (value if isinstance(value, list) else [value] if value else [])[:MOST_ANSWERS]:
        answer = str(getattr(one, "params", {}).get("PARTSTAT", "")).lower()
        if answer in {"accepted", "declined", "tentative"}:
            yield _person(one), answer
