"""Ending sessions. Live connections of a session end with it: they listen for AccessEnded."""

from allauth.usersessions.models import UserSession
from django.db import transaction

from opieka.accounts.events import AccessEnded
from opieka.accounts.models import Membership, User
from opieka.plumbing.events import publish


@transaction.atomic
def end_session(session: UserSession) -> None:
    """End one session of a person."""
    session.end()
    _tell(session.user_id)


@transaction.atomic
def end_other_sessions(user: User, *, keep: str | None) -> int:
    """End every session of the person but the one whose key is `keep`; returns how many ended."""
    ended = 0
    for session in UserSession.objects.filter(user=user).exclude(session_key=keep or ""):
        session.end()
        ended += 1
    if ended:
        _tell(user.pk)
    return ended


def end_all_sessions(user: User) -> int:
    return end_other_sessions(user, keep=None)


def _tell(user_id: int) -> None:
    for member in Membership.objects.filter(user_id=user_id, left_at=None):
        publish(AccessEnded(organisation_id=member.organisation_id, user_id=user_id))
