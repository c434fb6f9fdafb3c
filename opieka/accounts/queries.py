"""Questions about people and their places."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from django.utils import timezone

from opieka.accounts.models import ApiKey, Invitation, Membership, Organisation, Team, User
from opieka.accounts.tokens import hash_of


def membership_of(user: Any, *, preferred: int | None = None) -> Membership | None:
    """The person's membership in the preferred organisation, else in their first; None for strangers."""
    if not user.is_authenticated:
        return None
    mine = Membership.objects.filter(user=user, left_at=None).select_related("organisation")
    chosen = mine.filter(organisation_id=preferred).first() if preferred else None
    found = chosen or mine.order_by("id").first()
    if found:
        found.user = user
    return found


def colleagues(member: Membership) -> QuerySet[Membership]:
    """Everybody who works in this member's organisation now."""
    return Membership.objects.filter(organisation_id=member.organisation_id, left_at=None).select_related("user")


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Everybody who works in the organisation now, by name."""
    working = Membership.objects.filter(organisation=organisation, left_at=None).select_related("user")
    return working.order_by("user__name")


def teams_of(organisation: Organisation) -> QuerySet[Team]:
    return Team.objects.filter(organisation=organisation).order_by("name")


def organisation_at(host: str) -> Organisation | None:
    """The organisation whose customers use this host name; where none claims it, the first one there is."""
    name = host.split(":", maxsplit=1)[0].lower()
    organisations = Organisation.objects.order_by("id")
    return organisations.filter(host=name).first() or organisations.filter(host="").first()


def is_alone(organisation: Organisation) -> bool:
    """Whether this is the only organisation of the installation."""
    return not Organisation.objects.exclude(pk=organisation.pk).exists()


def memberships_of(user: User) -> QuerySet[Membership]:
    """Every organisation in which this person works now."""
    return (
        Membership.objects.filter(user=user, left_at=None).select_related("organisation").order_by("organisation__name")
    )


def invitations_of(organisation: Organisation) -> QuerySet[Invitation]:
    """Offers that nobody has taken or withdrawn, expired ones too: they can be sent again."""
    waiting = Invitation.objects.filter(organisation=organisation, accepted_at=None, withdrawn_at=None)
    return waiting.select_related("team", "invited_by__user", "organisation").order_by("-id")


def invitation_by_token(token: str) -> Invitation | None:
    """The open invitation of that token."""
    found = (
        Invitation.objects.filter(token_hash=hash_of(token)).select_related("organisation", "invited_by__user").first()
    )
    return found if found and found.open else None


def has_account(email: str) -> bool:
    return User.objects.filter(email__iexact=email).exists()


def keys_of(organisation: Organisation) -> QuerySet[ApiKey]:
    """Keys that were not revoked, the newest first."""
    return (
        ApiKey.objects.filter(organisation=organisation, revoked_at=None)
        .select_related("created_by__user")
        .order_by("-id")
    )


def key_by_token(token: str) -> ApiKey | None:
    """The live key of that token, whose maker still works here."""
    found = ApiKey.objects.filter(key_hash=hash_of(token), revoked_at=None, created_by__left_at=None)
    key = found.select_related("organisation", "created_by__user", "created_by__organisation").first()
    expired = key is not None and key.expires_at is not None and key.expires_at <= timezone.now()
    return None if expired or key is None or key.created_by is None or not key.created_by.user.is_active else key


def sessions_of(user: User) -> list[UserSession]:
    """Where the person is logged in, the latest seen first; sessions that are gone are forgotten on the way."""
    return sorted(UserSession.objects.purge_and_list(user), key=lambda session: session.last_seen_at, reverse=True)


def nobody_yet() -> bool:
    """Whether this installation has no organisation: the only time at which a stranger may found one."""
    return not Organisation.objects.exists()


def open_invitations_to(email: str) -> list[Invitation]:
    """Offers to this e-mail that can be taken now, of any organisation."""
    waiting = Invitation.objects.filter(email__iexact=email, accepted_at=None, withdrawn_at=None)
    return list(waiting.filter(expires_at__gt=timezone.now()).select_related("organisation", "team"))


def everybody_ever(organisation: Organisation) -> QuerySet[Membership]:
    """Also people who left: the log of changes still names them."""
    return Membership.objects.filter(organisation=organisation).select_related("user")


def organisation_named(slug: str = "") -> Organisation | None:
    """The organisation of that short name; without one, the only or the first there is."""
    organisations = Organisation.objects.order_by("id")
    return organisations.filter(slug=slug).first() if slug else organisations.first()


def every_key(organisation: Organisation) -> QuerySet[ApiKey]:
    """Also revoked ones, for the log of changes."""
    return ApiKey.objects.filter(organisation=organisation)


def every_invitation(organisation: Organisation) -> QuerySet[Invitation]:
    """Also those that were taken or withdrawn, for the log of changes."""
    return Invitation.objects.filter(organisation=organisation)
