"""Offering people a place: invitations that expire, work once, and can be sent again or withdrawn."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from opieka.accounts import mail
from opieka.accounts.actions.found import give_place, make_user
from opieka.accounts.actions.people import MayNot
from opieka.accounts.events import MemberInvited
from opieka.accounts.models import Invitation, Membership, Team, User, invitation_end, new_salt
from opieka.accounts.rules import grantable
from opieka.accounts.tokens import derived, hash_of
from opieka.plumbing import audit
from opieka.plumbing.events import publish


class AlreadyHere(Exception):
    """A person with this e-mail works here already."""


class NotOpen(Exception):
    """The invitation was used, withdrawn, has expired, or is meant for somebody else."""


@transaction.atomic
def invite(by: Membership, email: str, *, role: str, team: Team | None = None) -> Invitation:
    """Offer a place. An open invitation to the same e-mail is replaced. Raises AlreadyHere or MayNot."""
    if role not in grantable(by.role):
        raise MayNot
    address = email.strip().lower()
    here = Membership.objects.filter(organisation_id=by.organisation_id, left_at=None)
    if here.filter(user__email__iexact=address).exists():
        raise AlreadyHere
    earlier = Invitation.objects.filter(organisation_id=by.organisation_id, email=address, accepted_at=None)
    earlier.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())
    invitation = Invitation(
        organisation_id=by.organisation_id, email=address, role=role, team=team, invited_by=by, salt=new_salt()
    )
    _send(invitation)
    audit.record(by.organisation_id, f"membership:{by.pk}", "invited", subject=f"invitation:{invitation.pk}", role=role)
    return invitation


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: Membership) -> None:
    """Send it again with a new link and seven new days; the old link stops working. Raises NotOpen or MayNot."""
    if invitation.accepted_at or invitation.withdrawn_at:
        raise NotOpen
    if invitation.role not in grantable(by.role):
        raise MayNot
    invitation.salt = new_salt()
    invitation.expires_at = invitation_end()
    _send(invitation)
    audit.record(by.organisation_id, f"membership:{by.pk}", "resent invitation", subject=f"invitation:{invitation.pk}")


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: Membership) -> None:
    if invitation.accepted_at or invitation.withdrawn_at:
        return
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    audit.record(
        by.organisation_id, f"membership:{by.pk}", "withdrew invitation", subject=f"invitation:{invitation.pk}"
    )


@transaction.atomic
def accept_new(invitation: Invitation, *, person: str, password: str) -> Membership:
    """Somebody without an account takes the place. Raises NotOpen, also when the e-mail has an account by now."""
    offer = _locked(invitation)
    if User.objects.filter(email__iexact=offer.email).exists():
        raise NotOpen
    user = make_user(offer.email, person=person, password=password, language=offer.organisation.language)
    return _settle(offer, user)


@transaction.atomic
def accept_as(invitation: Invitation, user: User) -> Membership:
    """The logged-in person takes the place; it must be theirs. Raises NotOpen."""
    offer = _locked(invitation)
    if offer.email != user.email.lower():
        raise NotOpen
    return _settle(offer, user)


def link_of(invitation: Invitation) -> str:
    """The address that accepts it."""
    return f"{settings.PUBLIC_URL}/invitation/{_token_of(invitation)}/"


def _locked(invitation: Invitation) -> Invitation:
    found = Invitation.objects.select_for_update(of=("self",)).select_related("organisation", "team")
    offer = found.get(pk=invitation.pk)
    if not offer.open:
        raise NotOpen
    return offer


def _settle(offer: Invitation, user: User) -> Membership:
    offer.accepted_at = timezone.now()
    offer.save(update_fields=["accepted_at"])
    member = give_place(offer.organisation, user, offer.role)
    if offer.team:
        offer.team.members.add(member)
    audit.record(
        offer.organisation_id, f"membership:{member.pk}", "joined", subject=f"invitation:{offer.pk}", role=offer.role
    )
    return member


def _token_of(invitation: Invitation) -> str:
    return derived("invitation", invitation.email, invitation.salt)


def _send(invitation: Invitation) -> None:
    invitation.token_hash = hash_of(_token_of(invitation))
    invitation.save()
    house = invitation.organisation
    inviter = invitation.invited_by.name if invitation.invited_by else house.name
    words = {"house": house.name, "inviter": inviter, "link": link_of(invitation)}
    with translation.override(house.language):
        mail.post(
            invitation.email,
            subject=_("%(house)s: an invitation to the team") % words,
            text=_(
                "Hello,\n\n%(inviter)s invites you to the customer care team of %(house)s.\n\n"
                "Set your name and password here:\n%(link)s\n\n"
                "The link works once and for seven days. If you do not expect it, you can leave this letter unanswered."
            )
            % words,
            organisation_id=house.pk,
        )
    publish(MemberInvited(organisation_id=invitation.organisation_id, invitation_id=invitation.pk))
