"""What an address of the figures asks for, and how such an address is written: the same words both ways."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from opieka.accounts.access import MemberRequest
from opieka.accounts.models import Membership
from opieka.accounts.queries import everybody_ever
from opieka.assistant.topics import label_of
from opieka.channels.registry import channels
from opieka.insight.queries import Cut, Span, last_days
from opieka.web.figures.words import weekdays

DAYS = (7, 30, 90)
LONGEST_AGO = timedelta(days=3660)


def days_of(request: MemberRequest) -> Span:
    """The last 7, 30 or 90 days; 30 when the address says none of these."""
    asked = request.GET.get("days", "30")
    return last_days(request.membership, int(asked) if asked in {str(days) for days in DAYS} else 30)


def span_of(request: MemberRequest) -> Span:
    """One day where the address names one, else the last so many."""
    span = days_of(request)
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return span
    return replace(span, first=day, last=day) if span.last - LONGEST_AGO < day <= span.last else span


def cut_of(request: MemberRequest) -> Cut:
    asked = request.GET
    return Cut(
        channel=asked.get("channel", ""),
        topic=asked.get("topic"),
        member_id=whole_number(asked.get("member", "")),
        weekday=whole_number(asked.get("weekday", ""), most=6),
        hours=frozenset(hour for one in asked.getlist("hour") if (hour := whole_number(one, most=23)) is not None),
    )


def whole_number(text: str, *, most: int = 2**31 - 1) -> int | None:
    """The number, if it is one and no larger than any there can be."""
    return int(text) if text.isdecimal() and len(text) <= 10 and int(text) <= most else None


def address(name: str, span: Span, **cut: Any) -> str:
    """Where a figure of this time and cut opens: `name` is a measure or "assistant"."""
    when = {"days": span.days} if span.days in DAYS else {"day": span.first.isoformat()}
    where = reverse("outcome") if name == "assistant" else reverse("figure", args=[name])
    return f"{where}?{urlencode(when | cut, doseq=True)}"


def choices(request: MemberRequest, span: Span) -> list[dict[str, Any]]:
    """The lengths of time to choose from; the cut stays."""
    found = []
    for days in DAYS:
        query = request.GET.copy()
        query.pop("day", None)
        query.pop("page", None)
        query["days"] = str(days)
        label = _("%(days)d days") % {"days": days}
        found.append({"label": label, "url": f"?{query.urlencode()}", "current": span.days == days})
    return found


def cut_words(member: Membership, cut: Cut) -> list[str]:
    """What a figure is cut by, in words."""
    words = []
    if cut.channel:
        words.append(channel_label(cut.channel))
    if cut.topic is not None:
        words.append(label_of(cut.topic) or _("no topic"))
    if cut.member_id is not None:
        words.append(names_of(member)(cut.member_id))
    if cut.weekday is not None:
        words.append(weekdays()[cut.weekday])
    if cut.hours:
        words.append(", ".join(f"{hour}:00" for hour in sorted(cut.hours)))
    return words


def channel_label(kind: str) -> str:
    channel = channels().get(kind)
    return str(channel.label) if channel else kind


def names_of(member: Membership) -> Callable[[int], str]:
    """From a member's id to their name, also of people who have left; 0 is nobody."""
    people = {person.pk: person.name for person in everybody_ever(member.organisation)}
    return lambda member_id: people.get(member_id, "") if member_id else _("without a person")
