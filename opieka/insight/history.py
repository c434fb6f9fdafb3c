"""A conversation's history as plain values: what measures count, without the database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from opieka.conversations.models import Conversation, Delivery, Kind, Message, Status
from opieka.surveys.models import Survey

REACHED = {Delivery.State.ACCEPTED, Delivery.State.DELIVERED}
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One reply in either direction. `reached` is whether one of ours is known to have gone out.

    `part` is the conversation it belongs to, where several were merged.
    """

    id: int
    author: str
    at: datetime
    automatic: bool
    reached: bool
    member_id: int | None
    part: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One thing that was done: a word such as "resolved", by whom, in which `part`; `about` is the part it merged in."""

    id: int
    verb: str
    who: str
    at: datetime
    member_id: int | None = None
    part: int = 0
    about: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One survey, answered or not yet."""

    id: int
    kind: str
    asked_at: datetime
    answered_at: datetime | None
    score: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From a customer's first message until the matter was settled; one that opens again begins a new period."""

    number: int
    start: datetime
    said: tuple[Said, ...]
    resolved: Done | None

    @property
    def led_by(self) -> int | None:
        """Who led it: the last person whose reply left, else the person who settled it; None where nobody did."""
        replies = [said.member_id for said in self.said if said.author == "agent" and said.reached]
        return replies[-1] if replies else self.resolved.member_id if self.resolved else None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything about one conversation that is counted, in the order in which it happened.

    What was merged into it is one matter with it. One that was merged has nothing of its own left to count.
    """

    conversation_id: int
    organisation_id: int
    customer_id: int
    channel: str
    said: tuple[Said, ...]
    done: tuple[Done, ...]
    asked: tuple[Asked, ...]

    def periods(self) -> Iterator[Period]:
        """The conversation cut at each settlement. A period begins with a customer's own message."""
        settled = list(self._settlements())
        rest = list(self.said)
        number = 0
        for end in [*settled, None]:
            inside = [s for s in rest if end is None or s.at <= end.at]
            rest = rest[len(inside) :]
            first = next((s for s in inside if s.author == "customer" and not s.automatic), None)
            if first:
                number += 1
                yield Period(number=number, start=first.at, said=tuple(inside), resolved=end)

    def _settlements(self) -> Iterator[Done]:
        """When the matter was settled: of merged conversations only when each of them was."""
        going_on: set[int] = set()
        lines: list[Said | Done] = [*self.said, *self.done]
        for one in sorted(lines, key=lambda line: (line.at, line.id)):
            if isinstance(one, Said):
                going_on |= {one.part} if one.author == "customer" and not one.automatic else set()
            elif one.verb == "merged" and one.about in going_on:
                going_on = going_on - {one.about} | {one.part}
            elif one.verb == "resolved":
                going_on.discard(one.part)
                if not going_on:
                    yield one

    def settled_before(self, at: datetime) -> Period | None:
        """The matter that had been settled last by then: the one a survey of that moment is about."""
        settled = [period for period in self.periods() if period.resolved and period.resolved.at <= at]
        return settled[-1] if settled else None


def histories(conversation_ids: Iterable[int]) -> Iterator[History]:
    """The histories of these conversations, read in batches of a few queries."""
    ids = sorted(set(conversation_ids))
    for start in range(0, len(ids), BATCH):
        yield from _batch(ids[start : start + BATCH])


def _batch(ids: list[int]) -> Iterator[History]:
    said: dict[int, list[Said]] = defaultdict(list)
    done: dict[int, list[Done]] = defaultdict(list)
    asked: dict[int, list[Asked]] = defaultdict(list)
    shown_by = _shown_by(ids)
    lost: set[int] = set()
    states = dict(Delivery.objects.filter(message__conversation_id__in=shown_by).values_list("message_id", "state"))
    rows = Message.objects.filter(conversation_id__in=shown_by, withdrawn_at=None).exclude(kind=Kind.NOTE)
    # What was taken back was a slip of the hand: the matter went on, and so does its period.
    rows = rows.exclude(extra__has_key="undone")
    for row in rows.order_by("created_at", "id").only(
        "id", "conversation_id", "kind", "author", "created_at", "automatic", "member_id", "extra"
    ):
        if row.kind == Kind.EVENT:
            done[shown_by[row.conversation_id]].append(_done(row))
        else:
            said[shown_by[row.conversation_id]].append(_said(row, states))
            if states.get(row.pk) == Delivery.State.FAILED and "survey" in row.extra:
                lost.add(row.extra["survey"])
    for survey in Survey.objects.filter(conversation_id__in=shown_by).order_by("id"):
        # A question that never arrived was not asked.
        if survey.pk not in lost or survey.answered_at:
            asked[shown_by[survey.conversation_id]].append(_asked(survey))
    for conversation in Conversation.objects.filter(id__in=ids).order_by("id"):
        if conversation.status == Status.SPAM:
            # Nobody's question: it is counted in no figure, until somebody finds that it was one.
            for lines in (said, done, asked):
                lines.pop(conversation.pk, None)
        yield History(
            conversation_id=conversation.pk,
            organisation_id=conversation.organisation_id,
            customer_id=conversation.customer_id,
            channel=conversation.channel,
            said=tuple(said[conversation.pk]),
            done=tuple(done[conversation.pk]),
            asked=tuple(asked[conversation.pk]),
        )


def _shown_by(ids: list[int]) -> dict[int, int]:
    """Each conversation whose messages these show, to the one that shows them."""
    standing = Conversation.objects.filter(id__in=ids, merged_into=None).values_list("id", flat=True)
    merged = Conversation.objects.filter(merged_into__in=ids).only("id", "merged_into_id")
    return {one: one for one in standing} | {one.pk: one.standing_id for one in merged}


def _done(row: Message) -> Done:
    return Done(
        id=row.pk,
        verb=row.extra.get("verb", ""),
        who=str(row.extra.get("who", "")),
        at=row.created_at,
        member_id=row.member_id,
        part=row.conversation_id,
        about=row.extra.get("part", 0),
    )


def _said(row: Message, states: dict[int, str]) -> Said:
    return Said(
        id=row.pk,
        author=row.author,
        at=row.created_at,
        automatic=row.automatic,
        reached=states.get(row.pk) in REACHED,
        member_id=row.member_id,
        part=row.conversation_id,
    )


def _asked(survey: Survey) -> Asked:
    return Asked(
        id=survey.pk,
        kind=survey.kind,
        asked_at=survey.asked_at,
        answered_at=survey.answered_at,
        score=survey.score,
    )
