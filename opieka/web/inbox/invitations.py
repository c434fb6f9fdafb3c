"""The card of an event that came with a letter: what, when in the shop's own time, where, who invites."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opieka.conversations.models import Message

Moment = datetime | date


def invitations_of(message: Message) -> list[dict[str, Any]]:
    """What web/inbox/invitation.html draws, for each event that came with the message."""
    said = message.extra.get("invitations", [])
    files = {attachment.sha256: attachment.pk for attachment in message.attachments.all()} if said else {}
    return [_card(one, files) for one in said]


def _card(said: dict[str, Any], files: dict[str, int]) -> dict[str, Any]:
    starts, ends = _read(said["starts"]), _read(said["ends"])
    number = files.get(said["sha256"])
    return {
        "kind": _kind(said["method"]),
        "cancelled": said["method"] == "cancel",
        "title": said["title"] or _("Event without a name"),
        "when": when(starts, ends) if starts else "",
        "repeats": said["repeats"],
        "where": said["where"],
        "organiser": said["organiser"],
        "answers": [{"who": who, "words": _answer(answer)} for who, answer in said["answers"]],
        "url": f"/files/{number}/" if number else "",
    }


def _kind(method: str) -> str:
    words = {
        "request": pgettext("calendar", "Invitation"),
        "cancel": pgettext("calendar", "Called off"),
        "reply": pgettext("calendar", "Answer"),
        "counter": pgettext("calendar", "Another time proposed"),
        "declinecounter": pgettext("calendar", "Proposal refused"),
    }
    return words.get(method) or pgettext("calendar", "Event")


def _answer(answer: str) -> str:
    words = {
        "accepted": pgettext("calendar", "accepts"),
        "declined": pgettext("calendar", "declines"),
        "tentative": pgettext("calendar", "may come"),
    }
    return words[answer]


def _read(text: str) -> Moment | None:
    return (parse_datetime(text) if "T" in text else parse_date(text)) if text else None


def when(starts: Moment, ends: Moment | None) -> str:
    """ "Thursday, 3 December 2026, 10:00–11:00"; days alone for what lasts whole days."""
    if not isinstance(starts, datetime):
        last = ends - timedelta(days=1) if ends else starts
        return _day(starts) if last <= starts else f"{_day(starts)} – {_day(last)}"
    begins = _here(starts)
    over = _here(ends) if isinstance(ends, datetime) else begins
    if over <= begins:
        return f"{_day(begins)}, {begins:%H:%M}"
    if over.date() == begins.date():
        return f"{_day(begins)}, {begins:%H:%M}–{over:%H:%M}"
    return f"{_day(begins)}, {begins:%H:%M} – {_day(over)}, {over:%H:%M}"


def _here(moment: datetime) -> datetime:
    """In the organisation's zone, in which one without a zone is meant already."""
    return timezone.localtime(moment) if timezone.is_aware(moment) else timezone.make_aware(moment)


def _day(day: Moment) -> str:
    form = pgettext("day with its month in words and year", "j F Y")
    return f"{date_format(day, 'l')}, {date_format(day, form)}"
