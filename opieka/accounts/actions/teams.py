"""Teams: people who share a queue."""

from collections.abc import Iterable

from django.db import transaction

from opieka.accounts.models import Membership, Team
from opieka.plumbing import audit


@transaction.atomic
def save_team(
    by: Membership, *, team: Team | None = None, name: str, takes_new: bool, members: Iterable[Membership]
) -> Team:  # fmt: skip
    """Create or change a team; members of other organisations are ignored."""
    saved = team or Team(organisation_id=by.organisation_id)
    saved.name, saved.takes_new = name.strip(), takes_new
    saved.save()
    saved.members.set(
        member for member in members if member.organisation_id == by.organisation_id and member.left_at is None
    )
    verb = "changed team" if team else "created team"
    audit.record(
        by.organisation_id,
        f"membership:{by.pk}",
        verb,
        subject=f"team:{saved.pk}",
        takes_new=takes_new,
        members=sorted(saved.members.values_list("id", flat=True)),
    )
    return saved


@transaction.atomic
def dissolve_team(team: Team, *, by: Membership) -> None:
    """The team is gone; its conversations stay, without a team."""
    audit.record(by.organisation_id, f"membership:{by.pk}", "dissolved team", subject=f"team:{team.pk}")
    team.delete()
