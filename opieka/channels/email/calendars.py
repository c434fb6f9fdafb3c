"""Invitations: what a calendar file (RFC 5545, RFC 5546) asks for, in our words."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any

from opieka.channels.base import Invitation
from opieka.channels.email.headers import decode_bytes, tidy

KINDS = {"text/calendar", "application/ics"}
LONGEST = 500_000
LONGEST_LINE = 2000
MOST_ANSWERS = 20
MOST_LINES = 60
MOST_ZONE_LINES = 400
MOST_RULES = 8
DEEPEST = 6
CALENDAR, EVENT, ZONE = ["", "VCALENDAR"], ["", "VCALENDAR", "VEVENT"], ["", "VCALENDAR", "VTIMEZONE"]
OF_EVENT = {
    "DTSTART", "DTEND", "DURATION", "SUMMARY", "LOCATION", "ORGANIZER", "ATTENDEE", "STATUS", "UID",
}  # fmt: skip
OF_ZONE = {"TZID", "DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"}
YEARLY = re.compile(
    r"RRULE:FREQ=YEARLY(?=.*;BYMONTH=\d)(?:;(?:BYMONTH=\d+|BYMONTHDAY=[-\d]{1,3}(?:,[-\d]{1,3}){0,6}|BYDAY=[-+]?\d?[A-Z]{2}|INTERVAL=1|UNTIL=\w+|WKST=[A-Z]{2}))*"
)
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
    from icalendar.timezone import tzp

    essence = _essence(tidy(decode_bytes(content, charset)))
    try:
        with one_at_a_time:
            tzp.use_default()
            calendar = Calendar.from_ical(essence.written())
        event = next(iter(calendar.walk("VEVENT")), None)
        return _invitation(calendar, event, essence, content) if event is not None else None
    except BROKEN:
        return None


# The library remembers every time zone that a file defines, for all files to come: nobody may set the clock for others.
one_at_a_time = Lock()


@dataclass(kw_only=True)
class _Essence:
    """The lines of a calendar from which its first event is read, and nothing else of it."""

    method: list[str] = field(default_factory=list)
    event: list[str] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)
    repeats: bool = False

    def written(self) -> str:
        event = ["BEGIN:VEVENT", *self.event[:MOST_LINES], "END:VEVENT"]
        return "\r\n".join(["BEGIN:VCALENDAR", *self.method[:1], *self.zones, *event, "END:VCALENDAR", ""])


def _essence(text: str) -> _Essence:
    """What is worth handing to the library, which works out every repetition that a file asks for, however many."""
    found, within, events = _Essence(), [""], 0
    for line in re.sub(r"\n[ \t]", "", text).split("\n")[:LONGEST]:
        kind, name = line.partition(":")[2].strip().upper(), re.split("[:;]", line[:40], maxsplit=1)[0].upper()
        if name == "BEGIN":
            within = [*within, kind][:DEEPEST]
            events += within == EVENT
        elif name == "END" and within[-1] == kind:
            within = within[:-1]
        elif within == EVENT and events == 1:
            found.event += [line[:LONGEST_LINE]] if name in OF_EVENT else []
            found.repeats = found.repeats or name in {"RRULE", "RDATE"}
        elif within == CALENDAR and name == "METHOD":
            found.method.append(line[:LONGEST_LINE])
        if within[:3] == ZONE or (name == "END" and kind == "VTIMEZONE"):
            found.zones += [line[:LONGEST_LINE]] if _of_zone(name, line, kind) else []
    rules = [line for line in found.zones if line.upper().startswith("RRULE")]
    if len(found.zones) > MOST_ZONE_LINES or len(rules) > MOST_RULES or not all(map(_is_yearly, rules)):
        # Known by its name alone, or else meant as the organisation's own: never half of what it says.
        found.zones = []
    return found


def _is_yearly(rule: str) -> bool:
    """Whether a time zone changes by this rule as clocks do, and not every second."""
    return YEARLY.fullmatch(rule.upper()) is not None


def _of_zone(name: str, line: str, kind: str) -> bool:
    """Whether this line of a time zone is one from which its hours are worked out."""
    if name in {"BEGIN", "END"}:
        return line.count(":") == 1 and kind in {"VTIMEZONE", "STANDARD", "DAYLIGHT"}
    return name in OF_ZONE


def _invitation(calendar: Any, event: Any, essence: _Essence, content: bytes) -> Invitation | None:
    starts, ends = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if starts is None:
        return None
    length = getattr(event.get("DURATION"), "dt", None)
    if ends is None and isinstance(length, timedelta):
        ends = _sensible(starts + length)
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
        repeats=essence.repeats,
        answers=tuple(_answers(event)),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _word(part: Any, name: str) -> str:
    """One line of text; the first where a program writes several."""
    value = part.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return " ".join(tidy(str(value)).split())[:300] if value else ""


def _moment(event: Any, name: str) -> datetime | date | None:
    value = event.get(name)
    found = getattr(value[0] if isinstance(value, list) and value else value, "dt", None)
    return _sensible(found) if isinstance(found, date) else None


def _sensible(moment: datetime | date) -> datetime | date | None:
    """The moment, in UTC where it has a zone; None where no calendar of a shop reaches, and clocks overflow."""
    if not 1900 <= moment.year <= 2200:
        return None
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else moment


def _person(value: Any) -> str:
    """The name with the address in brackets, or what of both is known."""
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
