"""The help centre. Everything works without JavaScript."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET, require_POST

from opieka.accounts.access import public
from opieka.accounts.brand import stylesheet
from opieka.accounts.models import Organisation
from opieka.knowledge import actions, queries, shelf
from opieka.knowledge.finding.passages import plain_text
from opieka.knowledge.finding.quotation import best_quotation
from opieka.knowledge.models import Article
from opieka.knowledge.rendering import render as rendered
from opieka.knowledge.rules import reading_minutes
from opieka.knowledge.search import Results, remember, search
from opieka.plumbing.addresses import address_of
from opieka.plumbing.limits import counted
from opieka.portal.frame import frame, shop_of
from opieka.portal.help.marks import excerpt, marked, running
from opieka.portal.help.reach import reach_of

PAGE = 10
SHORTEST_FROM = 0.5
SEARCHES_A_MINUTE = 60
LANGUAGES = {"pl": "Polski", "en": "English"}
VOTES = "votes"


def _speak(organisation: Organisation, language: str) -> str:
    """The language of the page; one without articles is not there."""
    if language not in LANGUAGES:
        raise Http404
    if language != organisation.language and not queries.public_articles(organisation, language).exists():
        raise Http404
    translation.activate(language)
    return language


def _frame(organisation: Organisation, language: str) -> dict[str, Any]:
    there = [
        code
        for code in LANGUAGES
        if code == organisation.language or queries.public_articles(organisation, code).exists()
    ]
    languages = [
        {"code": code, "label": LANGUAGES[code], "url": reverse("help-start", args=[code]), "current": code == language}
        for code in there
    ]
    context = frame(organisation, language=language, languages=languages if len(languages) > 1 else None)
    return context | {
        "search_url": reverse("help-search", args=[language]),
        "help_url": reverse("help-start", args=[language]),
        "ask_url": f"mailto:{organisation.contact_email}" if organisation.contact_email else None,
    }


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """`/pomoc/` speaks the organisation's own language."""
    return start(request, shop_of(request).language)


@public
@require_GET
def start(request: HttpRequest, language: str) -> HttpResponse:
    organisation = shop_of(request)
    _speak(organisation, language)
    shelves = queries.shelves(organisation, language)
    popular = queries.public_articles(organisation, language).order_by("-helpful", "published_title")[:3]
    return render(
        request,
        "portal/help/start.html",
        _frame(organisation, language)
        | {
            "ridge": organisation.demo,
            "popular": [{"label": article.published_title, "url": _address(article)} for article in popular],
            "categories": [
                _topic(found, language)
                | {"articles": [{"title": a.published_title, "url": _address(a)} for a in found.articles]}
                for found in shelves
            ],
            "reach": reach_of(organisation),
        },
    )


def _topic(found: queries.Shelf, language: str) -> dict[str, Any]:
    return {
        "name": found.category.name_in(language),
        "icon": found.category.icon,
        "url": reverse("help-category", args=[language, found.category.slug]),
        "count": found.count,
    }


@public
@require_GET
def category(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    organisation = shop_of(request)
    _speak(organisation, language)
    shelves = queries.shelves(organisation, language)
    found = next((s for s in shelves if s.category.slug == slug), None)
    if found is None:
        raise Http404
    articles = queries.public_articles(organisation, language).filter(published_category=found.category)
    return render(
        request,
        "portal/help/category.html",
        _frame(organisation, language)
        | {
            "category": _topic(found, language),
            "articles": [{"title": a.published_title, "url": _address(a), "summary": _beginning(a)} for a in articles],
            "topics": [_topic(s, language) for s in shelves if s is not found],
        },
    )


def _beginning(article: Article) -> str:
    """What the article says in short, or its first paragraph."""
    return article.published_summary or excerpt(running(article.published_body.strip().split("\n\n")[0]), frozenset())


@public
@require_GET
def find(request: HttpRequest, language: str) -> HttpResponse:
    organisation = shop_of(request)
    _speak(organisation, language)
    query = request.GET.get("q", "").strip()[:200]
    # Each search thinks about its words and writes a row.
    if query and counted(f"search:{address_of(request)}", seconds=60) > SEARCHES_A_MINUTE:
        busy = _frame(organisation, language) | {"query": query, "busy": True}
        return render(request, "portal/help/search.html", busy, status=429)
    results = search(organisation, query, language=language, exact="exact" in request.GET)
    if query and "page" not in request.GET:
        remember(organisation, query, language=language, found=len(results.articles))
    here = reverse("help-search", args=[language])
    wanted = request.GET.getlist("where")
    articles = [
        a for a in results.articles if not wanted or (a.published_category and a.published_category.slug in wanted)
    ]
    shown = PAGE if "all" not in request.GET else len(articles)
    asked = request.GET.copy()
    return render(
        request,
        "portal/help/search.html",
        _frame(organisation, language)
        | {
            "query": query,
            "count": len(articles),
            "forms": results.forms,
            "exact_url": f"{here}?{_with(asked, exact='1')}",
            "shortest": _shortest(organisation, query, language),
            "results": [_result(article, results) for article in articles[:shown]],
            "more": {"url": f"{here}?{_with(asked, all='1')}", "count": len(articles) - shown}
            if len(articles) > shown
            else None,
            "where": _places(results, wanted),
            "topics": [] if articles else [_topic(s, language) for s in queries.shelves(organisation, language)],
        },
    )


def _with(asked: Any, **added: str) -> str:
    changed = asked.copy()
    for name, value in added.items():
        changed[name] = value
    return str(changed.urlencode())


def _shortest(organisation: Organisation, query: str, language: str) -> dict[str, Any] | None:
    """The sentence that answers, when the assistant would dare to quote it."""
    best = next(iter(shelf.find(organisation, query, language=language, most=1)), None) if query else None
    if best is None or best.p_right < SHORTEST_FROM:
        return None
    article = queries.public_articles(organisation, language).filter(id=best.article_id).first()
    if article is None:
        return None
    text = plain_text(best_quotation(query, best.passage, longest=220).text)
    return {"html": text, "title": article.published_title, "url": _address(article)}


def _result(article: Article, results: Results) -> dict[str, Any]:
    body = running(article.published_body)
    votes = article.helpful + article.unhelpful
    return {
        "title_html": marked(article.published_title, results.tokens),
        "html": marked(excerpt(body, results.tokens), results.tokens),
        "url": _address(article),
        "category": article.published_category.name_in(article.language) if article.published_category else "",
        "helped": round(100 * article.helpful / votes) if votes else None,
    }


def _places(results: Results, wanted: list[str]) -> list[dict[str, Any]]:
    held: dict[str, dict[str, Any]] = {}
    for article in results.articles:
        if shelved := article.published_category:
            slug, name = shelved.slug, shelved.name_in(article.language)
            place = held.setdefault(slug, {"value": slug, "name": name, "count": 0, "checked": slug in wanted})
            place["count"] += 1
    return sorted(held.values(), key=lambda place: -place["count"]) if len(held) > 1 else []


def _address(article: Article) -> str:
    return reverse("help-article", args=[article.language, article.slug])


def _article_or_404(request: HttpRequest, language: str, slug: str) -> Article:
    return get_object_or_404(queries.public_articles(shop_of(request), language), slug=slug)


@public
@require_GET
def article(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    organisation = shop_of(request)
    _speak(organisation, language)
    found = _article_or_404(request, language, slug)
    body, shelved = rendered(found.published_body), found.published_category
    near = queries.public_articles(organisation, language).filter(published_category=shelved).exclude(id=found.pk)
    votes = found.helpful + found.unhelpful
    return render(
        request,
        "portal/help/article.html",
        _frame(organisation, language)
        | {
            "article": {
                "title": found.published_title,
                "html": body.html,
                "headings": body.headings if len(body.headings) > 1 else [],
                "summary": [line for line in found.published_summary.splitlines() if line.strip()],
                "updated": found.verified_at,
                "minutes": reading_minutes(found.published_body),
                "language": found.language,
                "category": {
                    "name": shelved.name_in(language),
                    "url": reverse("help-category", args=[language, shelved.slug]),
                }
                if shelved
                else None,
            },
            "related": [{"title": a.published_title, "url": _address(a)} for a in near[:4]] if shelved else [],
            "vote": {
                "url": reverse("help-vote", args=[language, slug]),
                "helped": round(100 * found.helpful / votes) if votes else None,
                "votes": votes,
                "given": request.session.get(VOTES, {}).get(str(found.pk), ""),
            },
        },
    )


@public
@require_POST
def vote(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """One vote a visitor and article; a remark may follow a "no"."""
    found = _article_or_404(request, language, slug)
    given = request.session.get(VOTES, {})
    before = given.get(str(found.pk), "")
    if missing := request.POST.get("missing", "").strip():
        if before == "no":
            actions.vote(found, helpful=False, missing=missing, counted=True)
            given[str(found.pk)] = "sent"
    elif request.POST.get("helped") in {"yes", "no"} and not before:
        given[str(found.pk)] = request.POST["helped"]
        actions.vote(found, helpful=request.POST["helped"] == "yes")
    request.session[VOTES] = given
    return redirect(_address(found) + "#vote")


@public
@require_GET
def brand_css(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001 - The slug only keeps caches apart.
    """The organisation's own colour, checked when it was chosen."""
    css = stylesheet(shop_of(request).brand_colour)
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={0 if settings.DEBUG else 300}"
    return response
