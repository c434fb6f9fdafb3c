"""Figures, and the rows they were counted from."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.assistant.models import Decision
from opieka.conversations.lists import Listing, in_list
from opieka.conversations.models import Conversation, Delivery
from opieka.insight.measures import measures
from opieka.insight.measures.base import Figure, Row
from opieka.insight.models import Fact


@dataclass(frozen=True, kw_only=True)
class Span:
    """Whole days of the organisation's own time zone, `first` to `last` inclusive."""

    first: date
    last: date
    zone: str = "Europe/Warsaw"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def bounds(self) -> tuple[datetime, datetime]:
        """From the first midnight to the midnight after the last day; days of 23 or 25 hours included."""
        zone = ZoneInfo(self.zone)
        start = datetime.combine(self.first, datetime.min.time(), zone)
        return start, datetime.combine(self.last + timedelta(days=1), datetime.min.time(), zone)

    def before(self) -> "Span":
        """The same number of days just before."""
        return Span(first=self.first - timedelta(days=self.days), last=self.first - timedelta(days=1), zone=self.zone)


def last_days(member: Membership, days: int) -> Span:
    zone = member.organisation.time_zone
    today = timezone.now().astimezone(ZoneInfo(zone)).date()
    return Span(first=today - timedelta(days=days - 1), last=today, zone=zone)


@dataclass(frozen=True, kw_only=True)
class Cut:
    """What to look at: everything, or one channel, member, topic, weekday (0 is Monday) and hours of the day.

    A topic of "" is no topic, a member 0 is nobody; None is any of them.
    """

    channel: str = ""
    member_id: int | None = None
    topic: str | None = None
    weekday: int | None = None
    hours: frozenset[int] = frozenset()

    def holds(self, at: datetime) -> bool:
        """Whether a moment, given in the organisation's time, lies in the weekday and the hours."""
        return self.weekday in {None, at.weekday()} and (not self.hours or at.hour in self.hours)


FIELDS = ("at", "value", "conversation_id", "member_id", "channel", "label", "name")


def rows(member: Membership, kind: str, span: Span, cut: Cut = Cut()) -> list[Row]:
    """The facts a measure counts in these days, oldest first."""
    start, end = span.bounds()
    facts = Fact.objects.filter(
        organisation_id=member.organisation_id, name__in=measures()[kind].names, at__gte=start, at__lt=end
    )
    if cut.channel:
        facts = facts.filter(channel=cut.channel)
    if cut.member_id is not None:
        facts = facts.filter(member_id=cut.member_id or None)
    if cut.topic is not None:
        facts = _about(facts, member, cut.topic)
    zone = ZoneInfo(span.zone)
    found = (Row(**dict(zip(FIELDS, row, strict=True))) for row in facts.order_by("at", "id").values_list(*FIELDS))
    return [row for row in found if cut.holds(row.at.astimezone(zone))]


def _about(facts: QuerySet[Fact], member: Membership, topic: str) -> QuerySet[Fact]:
    """By the topic their conversation has now."""
    mine = Conversation.objects.filter(organisation_id=member.organisation_id)
    if topic:
        return facts.filter(conversation_id__in=mine.filter(topic=topic).values("id"))
    return facts.exclude(conversation_id__in=mine.exclude(topic="").values("id"))


def figure(member: Membership, kind: str, span: Span, cut: Cut = Cut()) -> Figure:
    """One measure over these days."""
    return measures()[kind].figure(rows(member, kind, span, cut))


def daily(member: Membership, kind: str, span: Span, cut: Cut = Cut()) -> list[tuple[date, Figure]]:
    """The measure for each day, empty days included."""
    zone = ZoneInfo(span.zone)
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in rows(member, kind, span, cut):
        by_day[row.at.astimezone(zone).date()].append(row)
    days = [span.first + timedelta(days=n) for n in range(span.days)]
    return [(day, measures()[kind].figure(by_day[day])) for day in days]


def conversations_behind(member: Membership, found: Sequence[Row]) -> QuerySet[Conversation]:
    """The conversations from which a figure was counted, newest first."""
    mine = Conversation.objects.filter(organisation_id=member.organisation_id)
    ids = {row.conversation_id for row in found}
    return mine.filter(id__in=ids).select_related("customer", "assignee__user").order_by("-created_at")


def parted(member: Membership, kind: str, span: Span, by: str, cut: Cut = Cut()) -> dict[Any, Figure]:
    """The measure for each "channel", "member" or "topic", the one with the most facts first.

    Each is what the measure gives with that cut, so it opens the same rows. The keys are those of `Cut`.
    """
    found = rows(member, kind, span, cut)
    topics = dict(conversations_behind(member, found).values_list("id", "topic")) if by == "topic" else {}
    keys: dict[str, Callable[[Row], Any]] = {
        "channel": lambda row: row.channel,
        "member": lambda row: row.member_id or 0,
        "topic": lambda row: topics.get(row.conversation_id, ""),
    }
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in found:
        groups[keys[by](row)].append(row)
    figures = [(key, measures()[kind].figure(group)) for key, group in groups.items()]
    return dict(sorted(figures, key=lambda pair: -pair[1].n))


def by_hour(member: Membership, span: Span) -> dict[tuple[int, int], int]:
    """New matters by weekday (0 is Monday) and hour, in the organisation's time."""
    zone = ZoneInfo(span.zone)
    local = (row.at.astimezone(zone) for row in rows(member, "volume", span))
    return dict(Counter((at.weekday(), at.hour) for at in local))


def unattended(member: Membership) -> QuerySet[Conversation]:
    """Open conversations in which a person is needed and nobody has them, as the inbox lists them: "bez opieki"."""
    waiting = in_list(member, Listing(view="unattended"))
    return waiting.select_related("customer").order_by("waiting_since")


def outcomes(member: Membership, span: Span) -> dict[str, Figure]:
    """What the assistant did in these days, by outcome; "wrong" is what the customer said was not enough."""
    start, end = span.bounds()
    decided = Decision.objects.filter(
        organisation_id=member.organisation_id, created_at__gte=start, created_at__lt=end
    ).order_by("created_at", "id")
    groups: dict[str, list[Row]] = defaultdict(list)
    for at, conversation_id, channel, outcome, helpful in decided.values_list(
        "created_at", "conversation_id", "conversation__channel", "outcome", "helpful"
    ):
        name = "wrong" if helpful is False else str(outcome)
        groups[name].append(
            Row(
                at=at,
                value=1,
                conversation_id=conversation_id,
                member_id=None,
                channel=channel,
                label=name,
                name="decision",
            )
        )
    return {name: Figure(value=float(len(found)), n=len(found), rows=found) for name, found in groups.items()}


def deliveries_by_state() -> dict[str, int]:
    """Replies in the outbox of the whole installation, by what became of them."""
    return dict(Delivery.objects.values_list("state").annotate(n=Count("id")))
