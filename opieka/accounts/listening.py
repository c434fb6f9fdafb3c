"""Who may listen to live updates: people with a session that stands and a place in the organisation."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from opieka.accounts.middleware import SESSION_KEY as ORGANISATION_KEY
from opieka.accounts.models import Membership, User
from opieka.accounts.queries import membership_of


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A member by the session that speaks for them; `until` is when the session ends."""

    session_key: str
    organisation_id: int
    until: float


def listener_of(session_key: str) -> Listener | None:
    """The member behind a session, in the organisation it shows now; None when it does not stand."""
    for session, user, said in _standing([session_key]):
        if member := membership_of(user, preferred=said.get(ORGANISATION_KEY)):
            ends = session.expire_date.timestamp()
            return Listener(session_key=session_key, organisation_id=member.organisation_id, until=ends)
    return None


def still_listening(pairs: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those (session key, organisation id) whose person still has both; three queries, however many are asked."""
    asked = set(pairs)
    users = {session.session_key: user.pk for session, user, _ in _standing({key for key, _ in asked})}
    places = set(
        Membership.objects.filter(user__in=set(users.values()), left_at=None).values_list("user_id", "organisation_id")
    )
    return {(key, organisation) for key, organisation in asked if (users.get(key), organisation) in places}


def _standing(keys: Iterable[str]) -> list[tuple[Session, User, dict[str, Any]]]:
    """Sessions in the table (no cache is asked: it may not know that one was ended), with their active users.

    A session made before the password changed does not stand.
    """
    sessions = Session.objects.filter(session_key__in=list(keys), expire_date__gt=timezone.now())
    said = {session.session_key: session.get_decoded() for session in sessions}
    ids = {data[SESSION_KEY] for data in said.values() if SESSION_KEY in data and BACKEND_SESSION_KEY in data}
    users = {str(user.pk): user for user in User.objects.filter(id__in=ids, is_active=True)}
    found = [(session, users.get(str(said[session.session_key].get(SESSION_KEY)))) for session in sessions]
    return [
        (session, user, said[session.session_key])
        for session, user in found
        if user
        and constant_time_compare(said[session.session_key].get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    ]
