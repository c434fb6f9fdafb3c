"""The help: its pages, its search, and the bundle to send when something is wrong."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import CONFIGURE, READ, may
from opieka.web.help import diagnostics
from opieka.web.help.finding import find
from opieka.web.help.pages import language, page_called, pages, shelves

LONGEST_QUESTION = 200


@needs(READ)
@require_GET
def start(request: MemberRequest) -> HttpResponse:
    """All topics, or those found."""
    text = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    spoken = language()
    context = {"text": text, "hits": find(text, spoken=spoken) if text else [], "shelves": shelves(spoken)}
    return render(request, "web/help/start.html", context)


@needs(READ)
@require_GET
def topic(request: MemberRequest, slug: str) -> HttpResponse:
    spoken = language()
    page = page_called(slug, spoken)
    if page is None:
        raise Http404
    beside = [other for other in pages(spoken) if other.shelf == page.shelf and other != page]
    return render(request, "web/help/topic.html", {"page": page, "beside": beside})


@needs(READ)
@require_GET
def problem(request: MemberRequest) -> HttpResponse:
    """How to report a problem; whoever may download the bundle sees all of it first."""
    member = request.membership
    parts = diagnostics.parts_for(member) if may(member.role, CONFIGURE) else []
    return render(request, "web/help/problem.html", {"parts": parts})


@needs(CONFIGURE)
@require_GET
def bundle(request: MemberRequest) -> HttpResponse:
    """The bundle as a ZIP file."""
    content = diagnostics.archive(diagnostics.parts_for(request.membership))
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{file_name(timezone.localdate())}"'
    response["Cache-Control"] = "no-store"
    return response


def file_name(day: date) -> str:
    return f"opieka-diagnostics-{day:%Y-%m-%d}.zip"
