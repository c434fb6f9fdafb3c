"""Articles for programs: read them, write drafts, publish."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Schema
from pydantic import Field

from opieka.api.keys import ARTICLES, READ, KeyRequest
from opieka.api.once import once
from opieka.api.paging import Page, Paged, page_of
from opieka.api.problems import Problem
from opieka.knowledge import actions, queries
from opieka.knowledge.models import Article

router = Router(tags=["articles"])

ArticleId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Language = Literal["pl", "en"]
Title = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Summary = Annotated[str, Field(max_length=300)]
Body = Annotated[str, Field(max_length=100_000)]
Questions = Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=50)]


class ArticleOut(Schema):
    """`body` is Markdown. `state` is draft, published or archived; customers see what was published last."""

    id: int
    language: str
    title: str
    summary: str
    body: str
    questions: list[str]
    state: str
    visibility: str
    version: int
    published_at: datetime | None
    changed_at: datetime


class Draft(Schema):
    title: Title
    body: Body = ""
    summary: Summary = ""
    language: Language = "pl"
    visibility: Literal["public", "internal"] = "public"
    questions: Questions = []


class Change(Schema):
    title: Title | None = None
    body: Body | None = None
    summary: Summary | None = None
    visibility: Literal["public", "internal"] | None = None
    questions: Questions | None = None


class Filters(Paged):
    state: Literal["draft", "published", "archived"] | None = None
    language: Language | None = None


FiltersQuery = Annotated[Filters, Query()]


def article_out(row: Article) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ArticleOut.model_fields}


def _one(request: KeyRequest, article_id: int) -> Article:
    return get_object_or_404(queries.visible_to(request.member), id=article_id)


@router.get("", response=Page[ArticleOut], auth=READ, summary="List articles, the newest first")
def articles(request: KeyRequest, filters: FiltersQuery) -> dict[str, Any]:
    rows = queries.visible_to(request.member)
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.language:
        rows = rows.filter(language=filters.language)
    return page_of(rows, filters, by="id", show=article_out)


@router.get("/{article_id}", response=ArticleOut, auth=READ, summary="One article")
def article(request: KeyRequest, article_id: ArticleId) -> dict[str, Any]:
    return article_out(_one(request, article_id))


@router.post("", response={201: ArticleOut}, auth=ARTICLES, summary="Write a draft")
@once
def write(request: KeyRequest, draft: Draft) -> tuple[int, Schema]:
    made = actions.save(request.member.organisation, **draft.model_dump())
    return 201, ArticleOut(**article_out(made))


@router.patch("/{article_id}", response=ArticleOut, auth=ARTICLES, summary="Change the draft of an article")
def change(request: KeyRequest, article_id: ArticleId, wanted: Change) -> dict[str, Any]:
    fields = wanted.model_dump(exclude_none=True)
    return article_out(actions.save(request.member.organisation, article=_one(request, article_id), **fields))


@router.post("/{article_id}/publication", response=ArticleOut, auth=ARTICLES, summary="Publish the draft")
@once
def publish(request: KeyRequest, article_id: ArticleId) -> tuple[int, Schema]:
    found = _one(request, article_id)
    try:
        actions.publish_article(found, by=request.member)
    except actions.NotReady as missing:
        raise Problem(422, f"The article cannot be published yet; it lacks: {missing}.") from missing
    return 200, ArticleOut(**article_out(found))
