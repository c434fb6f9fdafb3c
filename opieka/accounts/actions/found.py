"""Founding an organisation, and giving people their place in one."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.text import slugify

from opieka.accounts.events import MemberJoined
from opieka.accounts.models import Membership, Organisation, Role, User
from opieka.plumbing import audit
from opieka.plumbing.events import publish

FOLDED = str.maketrans("łŁ", "lL")


class Taken(Exception):
    """An account with this e-mail exists, and the one who asks did not prove that it is theirs."""


@transaction.atomic
def found(
    name: str, *, email: str, person: str = "", password: str | None = None, language: str = "pl"
) -> Membership:  # fmt: skip
    """Create an organisation and its owner. Raises Taken when the e-mail already has an account and a password is given."""
    known = User.objects.filter(email__iexact=email.strip()).first()
    if known and password:
        raise Taken
    owner = known or make_user(email, person=person, password=password, language=language)
    organisation = Organisation.objects.create(
        name=name.strip(), slug=free_slug(name), language=language, contact_email=owner.email
    )
    member = give_place(organisation, owner, Role.OWNER)
    audit.record(
        organisation.pk, f"membership:{member.pk}", "founded organisation", subject=f"organisation:{organisation.pk}"
    )
    return member


def make_user(email: str, *, person: str, password: str | None, language: str) -> User:
    """A person whose e-mail somebody trustworthy vouches for: the operator, or a letter that reached it."""
    user = User.objects.create_user(email.strip(), password, name=person.strip()[:120], language=language)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def give_place(organisation: Organisation, user: User, role: str) -> Membership:
    """The person works here from now on; somebody who left comes back to the same row and history."""
    member, _ = Membership.objects.update_or_create(
        organisation=organisation, user=user, defaults={"role": role, "left_at": None}
    )
    publish(MemberJoined(organisation_id=organisation.pk, membership_id=member.pk))
    return member


def free_slug(name: str) -> str:
    base = slugify(name.translate(FOLDED))[:40] or "firma"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(len(taken) + 1) if (slug := f"{base}-{n + 1}" if n else base) not in taken)
