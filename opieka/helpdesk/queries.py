"""Questions about who is here and what they look at."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from statistics import median

from django.core.cache import cache
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from opieka.accounts.models import Membership, Team
from opieka.channels.registry import channels
from opieka.commerce.queries import order_count
from opieka.conversations.models import Author, Conversation, Kind, Message, Speaker, Status
from opieka.customers.models import Customer
from opieka.helpdesk.models import Presence, ReplyTemplate, SpamFilter
from opieka.helpdesk.rules import AWAY_AFTER, LOOKS_FOR, TYPES_FOR, may_quarantine
from opieka.helpdesk.spam import Lessons

LATELY = timedelta(days=30)
FEWEST_WAITS = 3
LONGEST_SAID = 60


@dataclass(frozen=True, kw_only=True)
class Watchers:
    """Who else has this conversation open, who of them types, and whether the customer does."""

    reading: list[str]
    typing: list[str]
    customer_types: bool

    @property
    def seconds(self) -> int:
        """How long this picture holds before it must be looked at again."""
        return int((TYPES_FOR if self.typing or self.customer_types else LOOKS_FOR).total_seconds())


def watchers(conversation: Conversation, *, besides: Membership) -> Watchers:
    """First names of the colleagues who look at this conversation now."""
    now = timezone.now()
    looking = Presence.objects.filter(looking_at=conversation, seen_at__gt=now - LOOKS_FOR).exclude(member=besides)
    found = list(looking.select_related("member__user").order_by("id"))
    typing = [one for one in found if one.typing_until and one.typing_until > now]
    return Watchers(
        reading=[one.member.user.get_short_name() for one in found if one not in typing],
        typing=[one.member.user.get_short_name() for one in typing],
        customer_types=cache.get(typing_key(conversation)) is not None,
    )


def typing_key(conversation: Conversation) -> str:
    """Where the cache holds that the customer types."""
    return f"typing:{conversation.pk}"


def lessons_of(organisation_id: int) -> Lessons | None:
    """What the organisation's agents have taught about spam; None until that is enough to tell anything by."""
    known = SpamFilter.objects.filter(organisation_id=organisation_id)
    learnt_at = known.values_list("learnt_at", flat=True).first()
    return _lessons(organisation_id, learnt_at) if learnt_at else None


@lru_cache(maxsize=16)
def _lessons(organisation_id: int, _learnt_at: datetime) -> Lessons | None:
    """Read once for each time they were learnt: thousands of words, for every letter of a stranger."""
    row = SpamFilter.objects.filter(organisation_id=organisation_id).first()
    if row is None:
        return None
    return Lessons(words={word: (bad, fine) for word, (bad, fine) in row.words.items()}, spam=row.spam, good=row.good)


def known_to_us(customer: Customer) -> bool:
    """Whether the shop has had to do with them, so that the filter may not put their letter away."""
    theirs = Conversation.objects.filter(customer=customer)
    answered = Message.objects.filter(conversation__in=theirs, author=Author.AGENT, kind=Kind.REPLY, withdrawn_at=None)
    return not may_quarantine(
        written_to=answered.exists(),
        has_orders=order_count(customer) > 0,
        resolved_before=theirs.filter(status=Status.RESOLVED).exists(),
        cleared_before=theirs.filter(quarantine__cleared=True).exists(),
    )


def spam_lessons(organisation_id: int, *, latest: int = 300) -> tuple[list[Message], list[Message]]:
    """The first letters of conversations that agents have called spam, and of those they answered or cleared."""
    instant = [kind for kind, channel in channels().items() if channel.traits.instant]
    letters = Conversation.objects.filter(organisation_id=organisation_id).exclude(channel__in=instant)
    spam = letters.filter(status=Status.SPAM, quarantine__by="agent")
    good = letters.exclude(status=Status.SPAM).filter(Q(first_reply_at__isnull=False) | Q(quarantine__cleared=True))
    return _first_letters(spam, latest), _first_letters(good, latest)


def _first_letters(conversations: QuerySet[Conversation], latest: int) -> list[Message]:
    ids = list(conversations.order_by("-id").values_list("id", flat=True)[:latest])
    theirs = Message.objects.filter(conversation__in=ids, author=Author.CUSTOMER).defer("html", "full_text")
    first: dict[int, Message] = {}
    for message in theirs.select_related("conversation").order_by("id"):
        first.setdefault(message.conversation_id, message)
    return list(first.values())


def agent_typing(conversation: Conversation) -> str:
    """The first name of a person who types an answer to the customer now; "" when nobody does."""
    typing = Presence.objects.filter(looking_at=conversation, typing_until__gt=timezone.now())
    first = typing.select_related("member__user").order_by("id").first()
    return first.member.user.get_short_name() if first else ""


def here_now(organisation_id: int) -> QuerySet[Presence]:
    """Members who take conversations now."""
    return Presence.objects.filter(
        organisation_id=organisation_id, state=Presence.State.HERE, seen_at__gt=timezone.now() - AWAY_AFTER
    )


def is_here(member: Membership) -> bool:
    """Whether the member counts as available. Whoever asks for a page is here unless they said otherwise."""
    return not Presence.objects.filter(member=member).exclude(state=Presence.State.HERE).exists()


def team_with_people(organisation_id: int, *, preferred: Team | None) -> Team | None:
    """The preferred team when one of its members is here; else a team that takes new conversations and has people."""
    members = here_now(organisation_id).values("member")
    teams = Team.objects.filter(organisation_id=organisation_id, members__in=members).distinct()
    if preferred and teams.filter(id=preferred.pk).exists():
        return preferred
    fitting = teams.filter(Q(takes_new=True)).order_by("id").first()
    return fitting or preferred


def place_in_queue(conversation: Conversation) -> int:
    """How many customers of the organisation asked for a person earlier and still wait."""
    waiting = Conversation.objects.filter(
        organisation_id=conversation.organisation_id, speaker=Speaker.QUEUE, status=Status.OPEN
    )
    asked_at = conversation.asked_for_person_at or timezone.now()
    return waiting.filter(asked_for_person_at__lt=asked_at).exclude(id=conversation.pk).count()


def usual_wait_minutes(conversation: Conversation) -> int | None:
    """How long customers of this inbox waited for a person lately (median), at least a minute.

    None when too few did to tell, or when it is so long that a number of minutes would say nothing.
    """
    joined = Conversation.objects.filter(
        inbox_id=conversation.inbox_id,
        asked_for_person_at__isnull=False,
        person_joined_at__gt=F("asked_for_person_at"),
        person_joined_at__gte=timezone.now() - LATELY,
    )
    times = joined.order_by("-person_joined_at").values_list("asked_for_person_at", "person_joined_at")[:50]
    waits = [(came - asked).total_seconds() for asked, came in times if asked and came]
    usual = median(waits) / 60 if len(waits) >= FEWEST_WAITS else LONGEST_SAID + 1
    return max(1, round(usual)) if usual <= LONGEST_SAID else None


def templates_of(member: Membership, words: str = "") -> QuerySet[ReplyTemplate]:
    """The reply templates of the member's organisation, by name; with words, those whose name or text holds them."""
    found = ReplyTemplate.objects.filter(organisation_id=member.organisation_id, removed_at=None).order_by("name")
    return found.filter(Q(name__icontains=words) | Q(text__icontains=words)) if words else found


def templates_ever(member: Membership) -> QuerySet[ReplyTemplate]:
    """Every template there was, for the log."""
    return ReplyTemplate.objects.filter(organisation_id=member.organisation_id)


def removed_template(member: Membership, template_id: int) -> ReplyTemplate | None:
    """One that was removed and can be brought back."""
    gone = ReplyTemplate.objects.filter(organisation_id=member.organisation_id, removed_at__isnull=False)
    return gone.filter(id=template_id).first()
