"""Refusals of the chat: a status and a sentence that the panel shows, as RFC 9457 problem details."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from opieka.accounts.access import public

Answer = dict[str, Any] | tuple[int, dict[str, Any]]


class Problem(Exception):
    """Refuse the request. `wait` is after how many seconds it may be repeated."""

    def __init__(self, status: int, detail: str, *, wait: int = 0) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.wait = wait


def problem_response(problem: Problem) -> HttpResponse:
    title = HTTPStatus(problem.status).phrase
    body = {"type": "about:blank", "title": title, "status": problem.status, "detail": problem.detail}
    response = JsonResponse(body, status=problem.status, content_type="application/problem+json")
    if problem.wait:
        response["Retry-After"] = str(problem.wait)
    return response


def answers(*methods: str) -> Callable[[Callable[..., Answer]], Callable[..., HttpResponse]]:
    """A view of the chat's protocol: it returns what becomes JSON, or (status, what), or raises Problem.

    No cookie identifies anybody here, so there is no forgery across sites to guard against; see `visitors.py`.
    """

    def decorate(view: Callable[..., Answer]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise Problem(405, _("This address does not take that."))
                answer = view(request, *args, **kwargs)
            except Problem as problem:
                return problem_response(problem)
            status, body = answer if isinstance(answer, tuple) else (200, answer)
            response = JsonResponse(body, status=status)
            response["Cache-Control"] = "no-store"
            return response

        return csrf_exempt(public(guarded))

    return decorate
