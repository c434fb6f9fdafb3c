"""POST with an Idempotency-Key: sent again, it changes nothing again and gets the same answer."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from ninja import Schema

from opieka.accounts.actions.answers import Answered, UsedForSomethingElse, answer_once
from opieka.api.keys import KeyRequest
from opieka.api.problems import Problem

LONGEST_KEY = 120
Operation = Callable[..., tuple[int, Schema]]


def once(operation: Operation) -> Callable[..., HttpResponse]:
    """The operation returns (status, schema); its answer is kept under the caller's Idempotency-Key."""

    @wraps(operation)
    def answered(request: KeyRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        def produce() -> tuple[int, str]:
            status, said = operation(request, *args, **kwargs)
            return status, said.model_dump_json()

        given = request.headers.get("Idempotency-Key", "")
        if not given:
            status, body = produce()
            return _answer(Answered(status=status, body=body, replayed=False))
        if len(given) > LONGEST_KEY:
            raise Problem(422, f"An Idempotency-Key has at most {LONGEST_KEY} characters.")
        try:
            return _answer(answer_once(request.auth, given, fingerprint=_fingerprint(request), produce=produce))
        except UsedForSomethingElse as error:
            raise Problem(422, "This Idempotency-Key was used for another request.") from error

    return answered


def _fingerprint(request: KeyRequest) -> str:
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()


def _answer(answered: Answered) -> HttpResponse:
    response = HttpResponse(answered.body, status=answered.status, content_type="application/json; charset=utf-8")
    if answered.replayed:
        response["Idempotency-Replayed"] = "true"
    return response
