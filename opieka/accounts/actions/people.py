"""Changing what people may do, removing them, and what each may change about themselves."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from opieka.accounts.actions.keys import revoke_keys_of
from opieka.accounts.actions.sessions import end_all_sessions
from opieka.accounts.events import MemberLeft
from opieka.accounts.models import Membership, Role, User
from opieka.accounts.rules import grantable
from opieka.plumbing import audit
from opieka.plumbing.events import publish

ABOUT_ME = {"name", "language", "theme", "density", "shortcuts"}


class LastOwner(Exception):
    """An organisation always has an owner: the last one can neither leave nor become something else."""


class MayNot(Exception):
    """The role of the one who asks does not reach that far."""


@transaction.atomic
def change_role(member: Membership, role: str, *, by: Membership) -> None:
    """Raises MayNot or LastOwner. A role that is held already changes nothing."""
    target = _locked(member)
    if target.role == role:
        return
    if {target.role, role} - set(grantable(by.role)):
        raise MayNot
    _keep_an_owner(target)
    before, target.role = target.role, role
    target.save(update_fields=["role"])
    audit.record(
        target.organisation_id,
        f"membership:{by.pk}",
        "changed role",
        subject=f"membership:{target.pk}",
        before=before,
        after=role,
    )


@transaction.atomic
def remove_member(member: Membership, *, by: Membership) -> None:
    """They lose access at once: sessions end, their keys stop. What they wrote stays theirs. Raises MayNot, LastOwner."""
    target = _locked(member)
    if target.left_at:
        return
    if target.role not in grantable(by.role):
        raise MayNot
    _keep_an_owner(target)
    end_all_sessions(target.user)
    revoke_keys_of(target, by=by)
    target.left_at = timezone.now()
    target.save(update_fields=["left_at"])
    target.teams.clear()
    audit.record(target.organisation_id, f"membership:{by.pk}", "removed member", subject=f"membership:{target.pk}")
    publish(MemberLeft(organisation_id=target.organisation_id, membership_id=target.pk))


@transaction.atomic
def save_profile(user: User, member: Membership | None, *, signature: str | None = None, **fields: Any) -> None:
    """What a person may change about themselves; the signature belongs to their place in one organisation."""
    unknown = set(fields) - ABOUT_ME
    if unknown:
        raise TypeError(f"save_profile() does not write {', '.join(sorted(unknown))}.")
    for name, value in fields.items():
        setattr(user, name, value)
    user.save(update_fields=sorted(fields))
    if member is not None and signature is not None:
        member.signature = signature
        member.save(update_fields=["signature"])


def _locked(member: Membership) -> Membership:
    return Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)


def _keep_an_owner(member: Membership) -> None:
    if member.role != Role.OWNER:
        return
    owners = Membership.objects.filter(organisation_id=member.organisation_id, role=Role.OWNER, left_at=None)
    # The rows are locked so that two owners cannot remove each other in the same moment.
    if len(owners.select_for_update()) < 2:
        raise LastOwner
