"""A survey by its link: one question, saved by the first tap; then, if wanted, why."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opieka.accounts.access import public
from opieka.accounts.models import Membership
from opieka.conversations.models import Conversation
from opieka.portal.frame import frame
from opieka.surveys import actions, queries
from opieka.surveys.kinds import kinds
from opieka.surveys.models import Survey

FACES = {1: "angry", 2: "frown", 3: "meh", 4: "smile", 5: "laugh"}


def _context(survey: Survey, token: str) -> dict[str, Any]:
    kind, conversation = kinds()[survey.kind], survey.conversation
    faces = kind.highest - kind.lowest == 4
    person = conversation.assignee
    return frame(survey.organisation, language=translation.get_language()) | {
        "reference": _("Conversation %(number)s") % {"number": conversation.number},
        "about": {
            "title": conversation.subject,
            "text": " · ".join(part for part in (_who(person), _ended(conversation)) if part),
            "person": person.name if person else "",
        },
        "question": kind.question,
        "url": reverse("survey", args=[token]),
        "score": survey.score,
        "scale": {
            "kind": "faces" if faces else "numbers",
            "answers": [
                {"value": value, "icon": FACES.get(value) if faces else None, "label": kind.labels.get(value, "")}
                for value in range(kind.lowest, kind.highest + 1)
            ],
            "worst": kind.labels.get(kind.lowest, ""),
            "best": kind.labels.get(kind.highest, ""),
        },
    }


def _who(person: Membership | None) -> str:
    """Customers learn the first name only."""
    return person.user.get_short_name() if person else _("Automatic assistant")


def _ended(conversation: Conversation) -> str:
    if conversation.resolved_at is None:
        return ""
    return _("ended %(date)s") % {"date": f"{localtime(conversation.resolved_at):%d.%m.%Y}"}


@public
@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    found = queries.by_token(token)
    if found is None:
        return render(request, "portal/survey/gone.html", {"shop": {"name": "Opieka"}}, status=404)
    with translation.override(found.conversation.language or found.organisation.language):
        if request.method == "POST":
            return _take(request, found, token)
        context = _context(found, token)
        if found.score is None:
            context["who_sees"] = _("The rating is seen by the team of %(shop)s.") % {"shop": found.organisation.name}
            return render(request, "portal/survey/question.html", context)
        return render(request, "portal/survey/reason.html", context | _reasons(found, token))


def _take(request: HttpRequest, found: Survey, token: str) -> HttpResponse:
    score = request.POST.get("score", "")
    if not score.isdigit() or not kinds()[found.kind].accepts(int(score)):
        return render(request, "portal/survey/question.html", _context(found, token), status=422)
    actions.answer(found, int(score))
    return redirect("survey", token=token)


def _reasons(found: Survey, token: str) -> dict[str, Any]:
    kind, score = kinds()[found.kind], found.score or 0
    low = score < kind.happy_from
    return {
        "reasons_url": reverse("survey-reasons", args=[token]),
        "heading": _("What went wrong?") if low else _("What made the difference?"),
        "reasons": [
            {"value": word, "label": label, "checked": word in found.reasons}
            for word, label in kind.reasons_for(score).items()
        ],
        "comment": found.comment,
        "contact": found.wants_contact,
    }


@public
@require_http_methods(["POST"])
def reasons(request: HttpRequest, token: str) -> HttpResponse:
    found = queries.by_token(token)
    if found is None or found.score is None:
        return redirect("survey", token=token)
    with translation.override(found.conversation.language or found.organisation.language):
        actions.explain(
            found,
            reasons=request.POST.getlist("reason"),
            comment=request.POST.get("comment", ""),
            wants_contact=request.POST.get("contact") == "on",
        )
        text = _("We will get in touch about this.") if found.wants_contact else _("It helps us answer better.")
        shop_url = found.organisation.shop_url
        link = {"label": _("Back to the shop"), "url": shop_url} if shop_url else None
        return render(request, "portal/survey/thanks.html", _context(found, token) | {"text": text, "link": link})
