"""The first steps, one page each. Every step saves by itself when something in it changes, and can be skipped."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from opieka.accounts import actions
from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import CONFIGURE
from opieka.web.start import steps
from opieka.web.start.steps import BY_NAME, DONE, SKIPPED, Step

# What a step gives back: its context, and whether everything posted was right (None when nothing was posted).
Result = tuple[dict[str, Any], bool | None]
Taker = Callable[[MemberRequest], Result]


def step_view(name: str) -> Callable[[Taker], Callable[..., HttpResponse]]:
    """Makes the page of a step from the function that takes what was posted."""
    step = BY_NAME[name]

    def decorate(take: Taker) -> Callable[..., HttpResponse]:
        def page(request: MemberRequest) -> HttpResponse:
            context, right = take(request)
            if request.GET.get("auto"):
                return saved_by_itself(right=right)
            if right and "go_on" in request.POST:
                return _next(request, step, DONE)
            status = 422 if right is False else 200
            return render(request, f"web/start/{name}.html", frame(request, step) | context, status=status)

        return needs(CONFIGURE)(require_http_methods(["GET", "POST"])(page))

    return decorate


def frame(request: MemberRequest, step: Step) -> dict[str, Any]:
    """What stands around every step."""
    organisation = request.membership.organisation
    return {
        "step": step,
        "number": steps.STEPS.index(step) + 1,
        "of": len(steps.STEPS),
        "rows": steps.progress(organisation, step),
        "minutes": steps.minutes_left(organisation),
        "back": steps.preceding(step),
        "organisation": organisation,
        "shop_place": organisation.shop_url.partition("//")[2].rstrip("/"),
        "chat": steps.inbox_of(organisation, steps.pasted_kind()),
    }


def saved_by_itself(*, right: bool | None) -> HttpResponse:
    """The answer to a form that saved itself: when it was, or that something in it is not right yet."""
    if not right:
        return JsonResponse({"saved": None}, status=422)
    return JsonResponse({"saved": f"{timezone.localtime():%H:%M}"})


@needs(CONFIGURE)
@require_POST
def skip(request: MemberRequest, name: str) -> HttpResponse:
    if name not in BY_NAME:
        return HttpResponse(status=404)
    return _next(request, BY_NAME[name], SKIPPED)


def _next(request: MemberRequest, step: Step, state: str) -> HttpResponse:
    if not (state == SKIPPED and request.membership.organisation.first_steps.get(step.name) == DONE):
        actions.note_step(request.membership, step.name, state)
    following = steps.following(step)
    if following:
        return redirect(following.url)
    actions.switch_on(request.membership)
    return redirect("/")
