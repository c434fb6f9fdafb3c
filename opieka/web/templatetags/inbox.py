"""Filters that only the inbox needs."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from opieka.assistant.actions import address_of
from opieka.knowledge.models import Article

register = template.Library()

MENTION = re.compile(r"(?<![\w@])@(\w+)")


@register.filter
def mentions(text: str) -> SafeString:
    """A note's text, escaped, with "@Ola" marked."""
    return mark_safe(MENTION.sub(r'<span class="mention">@\1</span>', conditional_escape(text)))  # noqa: S308 - escaped.


@register.filter
def public_address(article: Article) -> str:
    """Where customers read the article."""
    return address_of(article)
