"""The audit log: one line for every change a person or a key made."""

from typing import Any

from django.db.models import QuerySet

from opieka.plumbing.models import AuditEntry


def record(organisation_id: int, actor: str, verb: str, *, subject: str = "", **details: Any) -> AuditEntry:
    """Write one entry, e.g. `record(1, "membership:4", "invited", subject="invitation:9")`.

    `details` hold ids and settings, never message text or other personal data.
    """
    return AuditEntry.objects.create(
        organisation_id=organisation_id, actor=actor, verb=verb, subject=subject, details=details
    )


def entries(organisation_id: int) -> QuerySet[AuditEntry]:
    """The log of one organisation, the latest first."""
    return AuditEntry.objects.filter(organisation_id=organisation_id).order_by("-id")
