"""Being here, looking, typing; finding a queue for what was handed over; keeping spam out of the queues."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from opieka.accounts.models import Membership, Organisation
from opieka.assistant.understanding.understood import Legal
from opieka.conversations.actions import assign, flag_legal, not_spam, quarantine
from opieka.conversations.events import ConversationCleared, ConversationQuarantined, HandedOver, StrangerWrote
from opieka.conversations.models import Conversation, Message, Status
from opieka.helpdesk import spam
from opieka.helpdesk.events import CustomerTyping, PresenceChanged
from opieka.helpdesk.models import Presence, ReplyTemplate, SpamFilter
from opieka.helpdesk.queries import known_to_us, lessons_of, spam_lessons, team_with_people, typing_key
from opieka.helpdesk.rules import TYPES_FOR, still_looks
from opieka.knowledge.encoders.base import named
from opieka.plumbing import audit, jobs
from opieka.plumbing.events import publish


@transaction.atomic
def give_sign(member: Membership, *, looking_at: Conversation | None = None, typing: bool = False) -> None:
    """A page of this member is alive and shows that conversation. Others hear of it only when something changed."""
    now = timezone.now()
    presence, _ = Presence.objects.get_or_create(
        member=member, defaults={"organisation_id": member.organisation_id, "seen_at": now}
    )
    before, was_fresh = presence.looking_at_id, still_looks(presence.seen_at, now)
    was_typing = bool(presence.typing_until and presence.typing_until > now)
    presence.seen_at = now
    presence.looking_at = looking_at
    presence.typing_until = now + TYPES_FOR if typing else None
    presence.save(update_fields=["seen_at", "looking_at", "typing_until"])
    after = looking_at.pk if looking_at else None
    if before and before != after:
        _tell(member, before, typing=was_typing)
    if after and (before != after or not was_fresh or was_typing != typing):
        _tell(member, after, typing=was_typing or typing)


def _tell(member: Membership, conversation_id: int, *, typing: bool) -> None:
    publish(
        PresenceChanged(
            organisation_id=member.organisation_id,
            conversation_id=conversation_id,
            member_id=member.pk,
            typing=typing,
        )
    )


@transaction.atomic
def set_state(member: Membership, state: str) -> None:
    """The member takes conversations ("here"), wants no new ones ("busy"), or is not working ("away")."""
    Presence.objects.update_or_create(
        member=member,
        defaults={
            "organisation_id": member.organisation_id,
            "state": Presence.State(state),
            "seen_at": timezone.now(),
        },
    )


def customer_types(conversation: Conversation) -> None:
    """The customer types; repeated signs within six seconds are one. Nothing of it is stored."""
    if not cache.add(typing_key(conversation), 1, timeout=TYPES_FOR.total_seconds()):
        cache.touch(typing_key(conversation), TYPES_FOR.total_seconds())
        return
    with transaction.atomic():
        publish(CustomerTyping(organisation_id=conversation.organisation_id, conversation_id=conversation.pk))


def find_owner(event: HandedOver) -> None:
    """See that what was handed over lies in a queue where somebody is present.

    A conversation somebody holds is left alone, and so is one whose own team is here. When nobody is here at all
    it stays where it is: opening hours tell the customer when people are back.
    """
    thread = Conversation.objects.select_related("team").filter(id=event.conversation_id).first()
    if thread is None or thread.assignee_id:
        return
    team = team_with_people(thread.organisation_id, preferred=thread.team)
    if team and team != thread.team:
        assign(thread, by=None, team=team)


def sift(event: StrangerWrote) -> None:
    """Put away what looks like spam, unless the shop knows its sender or it may have a legal meaning.

    What is in quarantine already is read for its legal meaning too: what the filter has put away comes back, what an
    agent has or a blocked sender wrote is marked where it lies.
    """
    message = Message.objects.select_related("conversation__customer").get(id=event.message_id)
    thread = message.conversation
    if thread.status == Status.SPAM:
        if legal := _legal_meaning(message):
            flag_legal(message, legal=legal)
            if (thread.quarantine or {}).get("by") == "filter":
                not_spam(thread)
        return
    lessons = lessons_of(event.organisation_id)
    suspicion = spam.suspicion_of(_letter(message), lessons) if lessons else None
    if suspicion is None or known_to_us(thread.customer):
        return
    if legal := _legal_meaning(message):
        flag_legal(message, legal=legal, chance=suspicion.chance)
    else:
        quarantine(thread, chance=suspicion.chance, words=list(suspicion.words))


def _letter(message: Message) -> spam.Letter:
    sender = str(message.recipients.get("from", ""))
    text = f"{message.conversation.subject}\n{message.text}"
    return spam.Letter(sender=sender, text=text, automatic=message.automatic)


def _legal_meaning(message: Message) -> str:
    """Which legal clock the message may start, as the assistant understands it; "" for none."""
    from opieka.assistant.understanding.understand import understand

    text = f"{message.conversation.subject}\n{message.text}"[:4000]
    legal = understand(text, encoder=named(settings.ENCODER)).legal
    return "" if legal == Legal.NONE else str(legal)


def learn_spam(event: ConversationQuarantined | ConversationCleared) -> None:
    """An agent has shown what spam is, or is not. However many at once are shown, the filter learns once a minute."""
    if event.by != "agent":
        return
    minute = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    options = jobs.Options(
        once=f"spam:{event.organisation_id}:{minute.isoformat()}",
        # A mark that was made in the last moment of the minute is in the database by then.
        run_after=minute + timedelta(seconds=5),
        organisation_id=event.organisation_id,
    )
    jobs.enqueue(learn, options, organisation_id=event.organisation_id)


@jobs.job()
def learn(organisation_id: int) -> None:
    """The filter afresh, from everything agents have shown; what was taken back is then not in it."""
    bad, fine = spam_lessons(organisation_id)
    lessons = spam.learn(map(_letter, bad), map(_letter, fine))
    with transaction.atomic():
        Organisation.objects.filter(id=organisation_id).update(sifts_mail=lessons is not None)
        if lessons is None:
            SpamFilter.objects.filter(organisation_id=organisation_id).delete()
            return
        learnt = {"words": lessons.words, "spam": lessons.spam, "good": lessons.good, "learnt_at": timezone.now()}
        SpamFilter.objects.update_or_create(organisation_id=organisation_id, defaults=learnt)


class NameTaken(Exception):
    """Another template of the organisation has this name."""


@transaction.atomic
def save_template(by: Membership, *, name: str, text: str, template: ReplyTemplate | None = None) -> ReplyTemplate:
    """Write a reply template, a new one when none is given. Raises NameTaken."""
    kept = template or ReplyTemplate(organisation_id=by.organisation_id)
    verb = "changed template" if kept.pk else "wrote template"
    if _others(by, name).exclude(pk=kept.pk).exists():
        raise NameTaken
    kept.name, kept.text, kept.changed_by = name, text, by
    kept.save()
    audit.record(by.organisation_id, f"membership:{by.pk}", verb, subject=f"template:{kept.pk}")
    return kept


def _others(by: Membership, name: str) -> QuerySet[ReplyTemplate]:
    return ReplyTemplate.objects.filter(organisation_id=by.organisation_id, removed_at=None, name=name)


@transaction.atomic
def remove_template(template: ReplyTemplate, *, by: Membership) -> None:
    """Nobody is offered it any more; it can be brought back."""
    template.removed_at = timezone.now()
    template.save(update_fields=["removed_at"])
    audit.record(by.organisation_id, f"membership:{by.pk}", "removed template", subject=f"template:{template.pk}")


@transaction.atomic
def bring_back_template(template: ReplyTemplate, *, by: Membership) -> None:
    """As it was. Raises NameTaken when a new one has its name."""
    if _others(by, template.name).exclude(pk=template.pk).exists():
        raise NameTaken
    template.removed_at = None
    template.save(update_fields=["removed_at"])
    audit.record(by.organisation_id, f"membership:{by.pk}", "brought back template", subject=f"template:{template.pk}")
