"""Being here, looking, typing; and finding a queue for what was handed over."""

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.conversations.actions import assign
from opieka.conversations.events import HandedOver
from opieka.conversations.models import Conversation
from opieka.helpdesk.events import CustomerTyping, PresenceChanged
from opieka.helpdesk.models import Presence, ReplyTemplate
from opieka.helpdesk.queries import team_with_people, typing_key
from opieka.helpdesk.rules import TYPES_FOR, still_looks
from opieka.plumbing import audit
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
