"""The side of the settings pages."""

from typing import Any

from django import template
from django.http import HttpRequest

from opieka.web.settings import keys
from opieka.web.settings.places import places_for

register = template.Library()


@register.filter
def abilities(scopes: list[str]) -> str:
    """`{{ key.scopes|abilities }}`: what the key may do, in words."""
    return keys.abilities(scopes)


@register.simple_tag(takes_context=True)
def settings_places(context: dict[str, Any]) -> list[dict[str, Any]]:
    """`{% settings_places as groups %}`: the pages this person may open, in groups."""
    request: HttpRequest = context["request"]
    return places_for(getattr(request, "membership", None) or None, request.path)
