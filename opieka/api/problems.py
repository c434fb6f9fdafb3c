"""Every failure of the API and of the hooks is told in one form: application/problem+json of RFC 9457."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

MEDIA_TYPE = "application/problem+json"
DOORS = ("/api/", "/hooks/")

SENTENCES = {
    400: "The request cannot be read.",
    401: "Send a key that works in the header: Authorization: Bearer op_….",
    403: "This key may not do that.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    411: "Say the length of the body.",
    413: "The body is too large.",
    415: "This address takes JSON.",
    422: "The request is understood, but its content is not right.",
    429: "Too many requests. Wait as long as Retry-After says.",
    500: "Something broke on our side. Nothing was half done; the request may be sent again.",
}


class Problem(Exception):
    """Stops a request with a status and a sentence; `more` holds further members of the answer."""

    def __init__(self, status: int, detail: str = "", **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more


def problem(status: int, detail: str = "", **more: Any) -> HttpResponse:
    """The answer for a failure."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail or SENTENCES.get(status, title)}
    answer = HttpResponse(json.dumps(body | more), status=status, content_type=MEDIA_TYPE)
    answer["Cache-Control"] = "no-store"
    if "retry_after" in more:
        answer["Retry-After"] = str(more["retry_after"])
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Bearer realm="Opieka"'
    return answer


class ProblemsAtTheDoors:
    """Below /api/ and /hooks/ no failure leaves as a page, and every answer says how many requests are left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if not request.path.startswith(DOORS):
            return answer
        told = as_problem(answer) if answer.status_code >= 400 else answer
        for name, value in getattr(request, "limit_headers", {}).items():
            told[name] = value
        return told


def as_problem(answer: HttpResponse) -> HttpResponse:
    """The same failure as problem+json, with the headers that belong to it."""
    if answer.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
        return answer
    told = problem(answer.status_code)
    for name in ("Allow", "Retry-After"):
        if name in answer.headers:
            told[name] = answer.headers[name]
    return told


def tell_problems(api: NinjaAPI) -> None:
    """Give the API its handlers of failures."""

    def on_problem(_request: HttpRequest, error: Any) -> HttpResponse:
        return problem(error.status, error.detail, **error.more)

    def on_wrong_content(_request: HttpRequest, error: Any) -> HttpResponse:
        return problem(422, errors=[told(one) for one in error.errors])

    def on_no_key(_request: HttpRequest, _error: Any) -> HttpResponse:
        return problem(401)

    def on_nothing(_request: HttpRequest, _error: Any) -> HttpResponse:
        return problem(404)

    def on_http(_request: HttpRequest, error: Any) -> HttpResponse:
        return problem(error.status_code, "" if error.status_code in SENTENCES else str(error))

    api.add_exception_handler(Problem, on_problem)
    api.add_exception_handler(ValidationError, on_wrong_content)
    api.add_exception_handler(AuthenticationError, on_no_key)
    api.add_exception_handler(Http404, on_nothing)
    api.add_exception_handler(HttpError, on_http)


def told(error: dict[str, Any]) -> dict[str, str]:
    """One wrong value: where it stands, and what is wrong."""
    place = [str(part) for part in error.get("loc", ()) if part not in {"body", "query", "path"}]
    return {"pointer": "/" + "/".join(place[1:] or place), "detail": str(error.get("msg", ""))}
