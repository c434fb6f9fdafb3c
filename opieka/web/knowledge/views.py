"""Articles: the list, the editor with its quality, importing."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import READ, WRITE_ARTICLES
from opieka.knowledge import actions, queries
from opieka.knowledge.models import Article
from opieka.knowledge.rendering import render as rendered
from opieka.knowledge.sources.base import CannotRead
from opieka.web.knowledge.forms import ArticleForm, ImportForm
from opieka.web.knowledge.quality import quality, trial

PAGE = 50


@needs(READ)
@require_GET
def articles(request: MemberRequest) -> HttpResponse:
    member, state = request.membership, request.GET.get("state", "")
    text = request.GET.get("q", "").strip()
    found = queries.listed(member, state=state, text=text)
    page = int(request.GET["page"]) if request.GET.get("page", "").isdigit() else 1
    counts = queries.state_counts(member)
    labels = {
        "": _("All"),
        "draft": _("Drafts"),
        "published": _("Published"),
        "internal": _("Internal"),
        "review": _("To review"),
    }
    return render(
        request,
        "web/knowledge/articles.html",
        {
            "tabs": [
                {"label": label, "url": f"?state={name}", "current": name == state, "count": counts[name]}
                for name, label in labels.items()
            ],
            "articles": found[(page - 1) * PAGE : page * PAGE],
            "more": found.count() > page * PAGE,
            "page": page,
            "state": state,
            "text": text,
            "gaps": queries.unanswered_searches(member, most=8),
        },
    )


def _article(request: MemberRequest, article_id: int) -> Article:
    return get_object_or_404(queries.visible_to(request.membership), id=article_id)


@needs(WRITE_ARTICLES)
@require_http_methods(["GET", "POST"])
def new(request: MemberRequest) -> HttpResponse:
    organisation = request.membership.organisation
    initial = {"title": request.GET.get("title", "")[:200]}
    form = ArticleForm(request.POST or None, organisation=organisation, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = actions.save(organisation, language=organisation.language, **form.cleaned_data)
        return _saved(request, made)
    status = 422 if request.method == "POST" else 200
    return render(request, "web/knowledge/editor.html", {"form": form, "article": None}, status=status)


@needs(READ)
@require_http_methods(["GET", "POST"])
def article(request: MemberRequest, article_id: int) -> HttpResponse:
    found = _article(request, article_id)
    if request.method == "POST":
        return edit(request, article_id)
    form = ArticleForm(organisation=request.membership.organisation, article=found)
    return render(request, "web/knowledge/editor.html", _editor(found, form))


@needs(WRITE_ARTICLES)
def edit(request: MemberRequest, article_id: int) -> HttpResponse:
    found = _article(request, article_id)
    form = ArticleForm(request.POST, organisation=request.membership.organisation)
    if not form.is_valid():
        return render(request, "web/knowledge/editor.html", _editor(found, form), status=422)
    actions.save(request.membership.organisation, article=found, **form.cleaned_data)
    return _saved(request, found)


def _saved(request: MemberRequest, found: Article) -> HttpResponse:
    if "publish" in request.POST:
        actions.publish_article(found, by=request.membership)
        messages.success(request, _("Published. The assistant will know it in a moment."))
    else:
        messages.success(request, _("Draft saved."))
    return redirect("article", article_id=found.pk)


def _editor(found: Article, form: ArticleForm) -> dict[str, Any]:
    changed = found.state == Article.State.PUBLISHED and found.differs
    return {
        "form": form,
        "article": found,
        "changed": changed,
        "quality": quality(found),
        "versions": queries.versions(found)[:8],
        "remarks": queries.remarks(found),
        "translations": queries.translations(found),
        "public_url": reverse("help-article", args=[found.language, found.slug]),
        "preview": rendered(found.body).html,
    }


@needs(WRITE_ARTICLES)
@require_POST
def archive(request: MemberRequest, article_id: int) -> HttpResponse:
    actions.archive(_article(request, article_id), by=request.membership)
    messages.success(request, _("Withdrawn. It can be published again at any time."))
    return redirect("article", article_id=article_id)


@needs(WRITE_ARTICLES)
@require_POST
def translated(request: MemberRequest, article_id: int, language: str) -> HttpResponse:
    if language not in {"pl", "en"}:
        return HttpResponse(status=404)
    return redirect("article", article_id=actions.translate(_article(request, article_id), language).pk)


@needs(READ)
@require_GET
def try_question(request: MemberRequest, article_id: int) -> HttpResponse:
    """What the assistant would say to this question now, as a fragment of the editor."""
    found = _article(request, article_id)
    question = request.GET.get("question", "").strip()[:300]
    context = {"trial": trial(found, question)} if question else {}
    return render(request, "web/knowledge/trial.html", context)


@needs(WRITE_ARTICLES)
@require_http_methods(["GET", "POST"])
def bring_in(request: MemberRequest) -> HttpResponse:
    form = ImportForm(request.POST or None)
    report = None
    if request.method == "POST" and form.is_valid():
        try:
            report = actions.bring_in(
                request.membership.organisation,
                form.cleaned_data["source"],
                form.cleaned_data["where"],
                by=request.membership,
            )
        except CannotRead as problem:
            form.add_error("where", str(problem))
        else:
            number = report.created + report.changed
            text = ngettext("%(n)d article is waiting as a draft.", "%(n)d articles are waiting as drafts.", number)
            messages.success(request, text % {"n": number})
    status = 422 if form.errors else 200
    return render(request, "web/knowledge/bring_in.html", {"form": form, "report": report}, status=status)
