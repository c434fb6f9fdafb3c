"""What an owner may change about the firm while Opieka runs."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from opieka.accounts import brand
from opieka.accounts.models import Membership, Organisation
from opieka.plumbing import audit

CHANGEABLE = {
    "name", "language", "time_zone", "address_form", "brand_colour", "opening_hours", "contact_email", "contact_phone",
    "privacy_url", "controller", "shop_url", "host",
}  # fmt: skip


class BadColour(Exception):
    """White letters could not be read on this colour; `offer` is the nearest shade on which they can."""

    def __init__(self, colour: str, *, offer: str) -> None:
        super().__init__(colour)
        self.offer = offer


@transaction.atomic
def save_organisation(by: Membership, **fields: Any) -> Organisation:
    """Change the firm's settings; only what really differs is written and noted. Raises BadColour."""
    unknown = set(fields) - CHANGEABLE
    if unknown:
        raise TypeError(f"save_organisation() does not write {', '.join(sorted(unknown))}.")
    colour = fields.get("brand_colour")
    if colour and brand.contrast(colour, brand.WHITE) < brand.READABLE:
        raise BadColour(colour, offer=brand.under_white(colour))
    organisation = Organisation.objects.select_for_update().get(pk=by.organisation_id)
    changed = sorted(name for name, value in fields.items() if getattr(organisation, name) != value)
    for name in changed:
        setattr(organisation, name, fields[name])
    if changed:
        organisation.save(update_fields=changed)
        audit.record(organisation.pk, f"membership:{by.pk}", "changed organisation", changed=changed)
    return organisation


@transaction.atomic
def note_step(by: Membership, step: str, state: str) -> None:
    """Remember that a first step was done or skipped."""
    organisation = Organisation.objects.select_for_update().get(pk=by.organisation_id)
    organisation.first_steps = organisation.first_steps | {step: state}
    organisation.save(update_fields=["first_steps"])


@transaction.atomic
def switch_on(by: Membership) -> Organisation:
    """The first steps are over: customers may come."""
    organisation = Organisation.objects.select_for_update().get(pk=by.organisation_id)
    if organisation.started_at is None:
        organisation.started_at = timezone.now()
        organisation.save(update_fields=["started_at"])
        audit.record(organisation.pk, f"membership:{by.pk}", "switched on", subject=f"organisation:{organisation.pk}")
    return organisation
