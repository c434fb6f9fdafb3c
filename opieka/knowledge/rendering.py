"""Markdown of articles as safe HTML, with headings that can be linked to."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from opieka.knowledge.rules import fold

TAGS = {
    "p", "br", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a", "img", "hr",
    "h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td", "sup", "sub",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"},
              "th": {"align"}, "td": {"align"}, "ol": {"start", "class"}}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """An article's body as HTML, and its second-level headings."""

    html: SafeString
    headings: list[dict[str, str]]


@lru_cache(maxsize=1)
def _markdown() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


def render(body: str) -> Rendered:
    """The whole body. The first-level heading is the page's own, so headings begin at the second."""
    tokens = _markdown().parse(body)
    headings: list[dict[str, str]] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            _level_down(token, tokens[place + 1].content, headings)
        elif token.type == "heading_close":
            token.tag = _lower(token.tag)
        elif token.type == "ordered_list_open":
            token.attrSet("class", "steps")
    html = _markdown().renderer.render(tokens, _markdown().options, {})
    return Rendered(html=clean(html), headings=[h for h in headings if h["level"] == "h2"])


def _level_down(token: Any, title: str, headings: list[dict[str, str]]) -> None:
    plain = re.sub(r"[*_`]", "", title)
    anchor = slugify(fold(plain)) or f"h{len(headings) + 1}"
    if any(heading["id"] == anchor for heading in headings):
        anchor = f"{anchor}-{len(headings) + 1}"
    token.tag = _lower(token.tag)
    token.attrSet("id", anchor)
    headings.append({"id": anchor, "title": plain, "level": token.tag})


def _lower(tag: str) -> str:
    return {"h1": "h2"}.get(tag, tag if tag in {"h2", "h3", "h4"} else "h4")


def clean(html: str) -> SafeString:
    """Only what an article may hold; links leave no trace and run nothing."""
    safe = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow",
    )
    return mark_safe(safe)  # noqa: S308 - Cleaned on the line above.
