"""Making one thread of two conversations, and two of one again. The rules are in `conversations.merging`."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.channels.registry import channel_class
from opieka.conversations.actions.card import card_of, put_card, told_by_messages
from opieka.conversations.actions.lock import hold, save
from opieka.conversations.actions.log import log_event
from opieka.conversations.events import ConversationChanged, ConversationMerged, ConversationSeparated
from opieka.conversations.merging import SAID, STATE, Card, Refusal, carried_on, merged_card
from opieka.conversations.models import Author, Conversation, Draft, Kind, Merge, Message, Split, Status, Undo
from opieka.conversations.queries import parts_of
from opieka.plumbing.events import publish


class CannotMerge(Exception):
    """Not these two; the text is a `merging.Refusal`. `number` is which one of several."""

    def __init__(self, why: str, *, number: int = 0) -> None:
        super().__init__(why)
        self.number = number


@transaction.atomic
def merge(
    source: Conversation, *, into: Conversation, by: Membership, strangers: bool = False, undo: bool = True
) -> Merge:
    """From now on `source` leads to `into`, whose thread shows the messages of both. Raises CannotMerge.

    Two customers become one thread only where `strangers` says that it is meant. Of two who merge at once the first wins.
    """
    gone, stays = _held(source.pk, into.pk)
    if why := why_not_merge(gone, stays, strangers=strangers):
        raise CannotMerge(why)
    status, before = gone.status, card_of(stays)
    card, home = _brought_home(gone, stays)
    Conversation.objects.filter(merged_into=gone).update(merged_into=stays)
    gone.status, gone.merged_into = Status.MERGED, stays
    save(gone, "status", "merged_into")
    put_card(stays, card)
    _move_drafts(gone, stays)
    made = Merge.objects.create(
        organisation_id=stays.organisation_id,
        source=gone,
        target=stays,
        member=by,
        status=status,
        before=before,
        after=card,
        messages=home,
        last_message=_last_message(stays),
    )
    log_event(stays, "merged", by=by, number=gone.number, part=gone.pk, customer=_stranger(gone, stays))
    if undo:
        _remember(stays, "merge", by=by, other=gone)
    _publish(ConversationMerged(organisation_id=gone.organisation_id, conversation_id=gone.pk, into_id=stays.pk), stays)
    return made


@transaction.atomic
def merge_all(
    sources: Sequence[Conversation], *, into: Conversation, by: Membership, strangers: bool = False
) -> list[Merge]:
    """Merge each of these into one, or none of them when one cannot be. Each can be taken back, and separated, by itself.

    Raises CannotMerge, with the number of the one that is refused.
    """
    # All of them first, the oldest first: of two who pick the same ones neither waits for the other in the middle.
    for row_id in sorted({into.pk, *(one.pk for one in sources)}):
        hold(row_id)
    made = []
    for source in sources:
        try:
            made.append(merge(source, into=into, by=by, strangers=strangers))
        except CannotMerge as why:
            raise CannotMerge(str(why), number=source.number) from why
    return made


def _held(one: int, other: int) -> tuple[Conversation, Conversation]:
    """Both rows, the older first, so that two who do this the other way round do not wait for each other."""
    held = {row_id: hold(row_id) for row_id in sorted({one, other})}
    return held[one], held[other]


def why_not_merge(gone: Conversation, stays: Conversation, *, strangers: bool = False) -> Refusal | None:
    """Why these two cannot be merged this way round; None when they can."""
    if gone.pk == stays.pk:
        return Refusal.ITSELF
    if gone.organisation_id != stays.organisation_id:
        return Refusal.ELSEWHERE
    if gone.merged_into_id or stays.merged_into_id:
        return Refusal.MERGED
    if Status.SPAM in (gone.status, stays.status):
        return Refusal.QUARANTINE
    goes_home = Split.objects.filter(source=stays, target=gone, ended_at=None).exists()
    if channel_class(gone.channel).traits.instant and gone.status != Status.RESOLVED and not goes_home:
        return Refusal.LIVE_CHAT
    if gone.customer_id != stays.customer_id and not strangers:
        return Refusal.STRANGERS
    return None


def _brought_home(gone: Conversation, stays: Conversation) -> tuple[Card, list[int]]:
    """The card of both, and the messages that had been split off and are home again."""
    split = Split.objects.filter(source=stays, target=gone, ended_at=None).first()
    if split is None:
        return merged_card(card_of(stays), card_of(gone)), []
    messages = Message.objects.filter(id__in=split.messages, conversation=gone)
    home = list(messages.order_by("id").values_list("id", flat=True))
    messages.update(conversation=stays)
    split.ended_at = timezone.now()
    split.save(update_fields=["ended_at"])
    card = carried_on(card_of(stays), was=split.after, becomes=split.before)
    untouched = card_of(gone) == split.made
    return (card if untouched else merged_card(card, card_of(gone))), home


def _move_drafts(gone: Conversation, stays: Conversation) -> None:
    """What somebody was typing goes along."""
    for draft in Draft.objects.filter(conversation=gone).order_by("id"):
        there = Draft.objects.filter(conversation=stays, member=draft.member_id, kind=draft.kind).first()
        if there is None:
            draft.conversation = stays
            draft.save(update_fields=["conversation"])
            continue
        there.text = f"{there.text}\n\n{draft.text}"
        there.save(update_fields=["text", "changed_at"])
        draft.delete()


def _last_message(thread: Conversation) -> int:
    return Message.objects.filter(conversation__in=parts_of(thread)).aggregate(last=Max("id"))["last"] or 0


def _stranger(gone: Conversation, stays: Conversation) -> str:
    return str(gone.customer) if gone.customer_id != stays.customer_id else ""


def _remember(thread: Conversation, verb: str, *, by: Membership, other: Conversation) -> None:
    Undo.objects.create(
        organisation_id=thread.organisation_id, member=by, conversation=thread, verb=verb, after={"other": other.pk}
    )


def _publish(event: ConversationMerged | ConversationSeparated, stays: Conversation) -> None:
    """Both changed, and both are counted afresh."""
    publish(event)
    publish(ConversationChanged(organisation_id=stays.organisation_id, conversation_id=stays.pk))


# --- and back ----------------------------------------------------------------
@transaction.atomic
def separate(source: Conversation, *, by: Membership, undo: bool = True) -> bool:
    """Let a merged conversation stand by itself again; each is as it was, and has what came for it since.

    False when it stands already. Raises CannotMerge when it went along with another one, which is separated first.
    """
    going_on = Merge.objects.filter(source=source, ended_at=None).first()
    if going_on is None:
        return False
    back, stays = _held(source.pk, going_on.target_id)
    merged = Merge.objects.filter(id=going_on.pk, ended_at=None).first()
    if merged is None:
        return False
    if stays.merged_into_id:
        raise CannotMerge(Refusal.SEPARATE)
    now, (was, becomes) = card_of(stays), _replayed(merged)
    _leave(back, merged)
    theirs = card_of(back) | {"status": merged.status}
    ours = carried_on(now, was=was, becomes=becomes)
    _share_unread(theirs, ours, now=now, was=was, came=_came(back, merged).filter(author=Author.CUSTOMER).count())
    put_card(back, _since(back, theirs, merged), "merged_into")
    put_card(stays, _settled_or_since(stays, ours, becomes, merged))
    log_event(stays, "separated", by=by, number=back.number)
    log_event(back, "separated", by=by, number=stays.number)
    if undo:
        _remember(back, "unmerge", by=by, other=stays)
    _publish(
        ConversationSeparated(organisation_id=back.organisation_id, conversation_id=back.pk, from_id=stays.pk), stays
    )
    return True


def _replayed(ended: Merge) -> tuple[Card, Card]:
    """The card as the mergings left it, and as they would have without this one, which ends."""
    ended.ended_at = timezone.now()
    ended.save(update_fields=["ended_at"])
    card, was = ended.before, ended.after
    later = Merge.objects.filter(target=ended.target_id, ended_at=None, id__gt=ended.pk).select_related("source")
    for merged in later.order_by("id"):
        before = carried_on(merged.before, was=was, becomes=card)
        if merged.messages:
            card = carried_on(before, was=merged.before, becomes=merged.after)
        else:
            card = merged_card(before, card_of(merged.source) | {"status": merged.status})
        was, merged.before, merged.after = merged.after, before, card
        merged.save(update_fields=["before", "after"])
    return was, card


def _leave(back: Conversation, merged: Merge) -> None:
    """Out of the other's thread, with whatever had been merged into this one before."""
    back.merged_into = None
    mine = [back.pk]
    while found := set(Merge.objects.filter(target__in=mine, ended_at=None).values_list("source", flat=True)) - set(
        mine
    ):
        mine += found
    Conversation.objects.filter(id__in=mine[1:]).update(merged_into=back)
    if merged.messages:
        Message.objects.filter(id__in=merged.messages, conversation=merged.target_id).update(conversation=back)
        Split.objects.filter(source=merged.target_id, target=back).update(ended_at=None)


def _came(thread: Conversation, merged: Merge) -> QuerySet[Message]:
    """What was said to or by this conversation's customer since they were merged."""
    said = Message.objects.filter(conversation__in=parts_of(thread), id__gt=merged.last_message, kind=Kind.REPLY)
    return said.filter(withdrawn_at=None, automatic=False).exclude(author=Author.SYSTEM)


def _share_unread(theirs: Card, ours: Card, *, now: Card, was: Card, came: int) -> None:
    """What came unread since goes where it belongs; what the team has read stays read."""
    if not now["unread"]:
        theirs["unread"] = 0 if was["unread"] else theirs["unread"]
        return
    theirs["unread"] += came
    ours["unread"] = max(0, ours["unread"] - came)


def _since(thread: Conversation, card: Card, merged: Merge) -> Card:
    """The card with what came for it since: what its customer wrote is open, what they were answered waits for them."""
    last = _came(thread, merged).order_by("id").last()
    if last is None:
        return card
    status = Status.OPEN if last.author == Author.CUSTOMER else Status.WAITING
    return card | told_by_messages(thread) | {"status": status.value, "snoozed_until": None, "resolved_at": None}


def _settled_or_since(thread: Conversation, card: Card, becomes: Card, merged: Merge) -> Card:
    """What somebody has settled or put away since stays so; else the work state is what its own messages make it."""
    state = {name: card[name] for name in STATE}
    said = card | {name: becomes[name] for name in (*SAID, *STATE)}
    told = _since(thread, said, merged)
    return told | state if card["status"] in {Status.RESOLVED, Status.SNOOZED} else told


def undo_merging(last: Undo) -> bool:
    """Take back a merge, a separation or a split. False when it has been taken back, or gone on with, already."""
    other = Conversation.objects.get(id=last.after["other"])
    try:
        if last.verb == "merge":
            return separate(other, by=last.member, undo=False)
        merge(last.conversation, into=other, by=last.member, strangers=True, undo=False)
    except CannotMerge:
        return False
    return True
