"""Counting: from conversations' histories to facts."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Organisation
from opieka.conversations.models import Conversation
from opieka.insight.history import History, histories
from opieka.insight.measures import FORMULAS, measures
from opieka.insight.models import Fact, Position
from opieka.plumbing.events import forget
from opieka.plumbing.models import EventRow

# Events may become visible a little out of order; looking back over them again changes nothing.
LOOK_BACK = timedelta(seconds=60)
# As many at once as may be counted while whoever writes to this organisation waits.
BATCH = 100


def facts_of(history: History) -> list[Fact]:
    """Every fact of one conversation by every measure; a fact that two measures share is counted once."""
    found = {}
    for measure in measures().values():
        for counted in measure.facts(history):
            found[counted.name, counted.source] = Fact(
                organisation_id=history.organisation_id,
                name=counted.name,
                at=counted.at,
                value=counted.value,
                conversation_id=history.conversation_id,
                customer_id=history.customer_id,
                member_id=counted.member_id,
                channel=history.channel,
                label=counted.label,
                source=counted.source,
            )
    return list(found.values())


def names_counted() -> set[str]:
    """The names of all facts."""
    return {name for measure in measures().values() for name in measure.names}


def count(organisation: Organisation, conversation_ids: Iterable[int]) -> int:
    """Count these conversations afresh, replacing what was counted of them before. Returns the number of facts.

    One that was merged is counted with the conversation that shows it.
    """
    ids = sorted(set(conversation_ids))
    for start in range(0, len(ids), BATCH):
        merged = Conversation.objects.filter(id__in=ids[start : start + BATCH], merged_into__isnull=False)
        ids += [one.standing_id for one in merged.only("id", "merged_into_id")]
    ids = sorted(set(ids))
    return sum(_count_alone(organisation, ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))


@transaction.atomic
def _count_alone(organisation: Organisation, ids: list[int]) -> int:
    """The clock and a manager's page count at the same time: the second waits, and reads the histories after the first.

    Without that both would take the old facts away and write the same new ones, or write what has changed meanwhile.
    """
    Position.objects.get_or_create(organisation=organisation)
    Position.objects.select_for_update().get(organisation=organisation)
    found = list(histories(ids))
    facts = [fact for history in found for fact in facts_of(history)]
    Fact.objects.filter(conversation_id__in=[history.conversation_id for history in found]).delete()
    # What was merged, separated or split may still be counted where it was before.
    for start in range(0, len(facts), BATCH):
        sources = [fact.source for fact in facts[start : start + BATCH]]
        Fact.objects.filter(organisation=organisation, name__in=names_counted(), source__in=sources).delete()
    return len(Fact.objects.bulk_create(facts))


def count_new(organisation: Organisation) -> int:
    """Count the conversations that something has happened to since the last time."""
    position, _ = Position.objects.get_or_create(organisation=organisation)
    recent = EventRow.objects.filter(organisation_id=organisation.pk)
    overlap = recent.filter(id__lte=position.last_event_id, at__gt=timezone.now() - LOOK_BACK)
    fresh = recent.filter(id__gt=position.last_event_id)
    newest = fresh.order_by("-id").values_list("id", flat=True).first() or position.last_event_id
    touched = {
        payload["conversation_id"]
        for payload in [*fresh.values_list("payload", flat=True), *overlap.values_list("payload", flat=True)]
        if "conversation_id" in payload
    }
    counted = count(organisation, touched)
    Position.objects.filter(id=position.pk, last_event_id__lt=newest).update(last_event_id=newest)
    return counted


def recount(organisation: Organisation) -> int:
    """Count everything afresh; the figures must come out the same."""
    return count(organisation, Conversation.objects.filter(organisation=organisation).values_list("id", flat=True))


def forget_counted(organisation: Organisation) -> int:
    """Delete the old events that have been counted; what was counted stays, and so does what it was counted from."""
    position = Position.objects.filter(organisation=organisation).first()
    return forget(organisation.pk, up_to=position.last_event_id) if position else 0


def catch_up(organisation: Organisation) -> int:
    """Count what is new; and everything afresh, once, after a version has changed what is counted."""
    position, _ = Position.objects.get_or_create(organisation=organisation)
    if position.formulas == FORMULAS:
        return count_new(organisation)
    counted = recount(organisation)
    Position.objects.filter(id=position.pk).update(formulas=FORMULAS)
    return counted + count_new(organisation)
