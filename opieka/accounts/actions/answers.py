"""Answering a program once: the same request with the same Idempotency-Key changes nothing a second time."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from opieka.accounts.models import ApiKey, KeptAnswer


class UsedForSomethingElse(Exception):
    """This Idempotency-Key came before with another request."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """The answer, and whether it was kept from before."""

    status: int
    body: str
    replayed: bool


@transaction.atomic
def answer_once(
    key: ApiKey, idempotency_key: str, *, fingerprint: str, produce: Callable[[], tuple[int, str]]
) -> Answered:  # fmt: skip
    """What `produce` gives, or what it gave to the same request before. Raises UsedForSomethingElse.

    The row and the change are one transaction: a request that fails leaves nothing, and of two at the same time the
    second waits for the first.
    """
    kept, is_new = KeptAnswer.objects.select_for_update().get_or_create(
        api_key=key,
        idempotency_key=idempotency_key,
        defaults={"organisation_id": key.organisation_id, "fingerprint": fingerprint},
    )
    if not is_new:
        if kept.fingerprint != fingerprint:
            raise UsedForSomethingElse
        return Answered(status=kept.status, body=kept.body, replayed=True)
    kept.status, kept.body = produce()
    kept.save(update_fields=["status", "body"])
    return Answered(status=kept.status, body=kept.body, replayed=False)
