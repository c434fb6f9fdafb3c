"""The page inside the frame and what it is told: names, colours, hours, texts."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext as _

from opieka.accounts.brand import HOUSE, INK, WHITE, contrast, is_colour, on_dark, on_light, under_white
from opieka.accounts.models import Organisation, Role
from opieka.accounts.queries import members_of
from opieka.channels.models import Inbox
from opieka.portal.widget.problems import Problem
from opieka.portal.widget.threads import file_limit, hours_json, initials, short_name

LOCALES = {"pl": "pl", "en": "en-GB"}
TEAM_SHOWN = 2


def config_of(inbox: Inbox, language: str) -> dict[str, Any]:
    """The settings the panel reads, as widget/src/panel/protocol.ts has them."""
    organisation, chosen = inbox.organisation, inbox.settings
    return {
        "key": inbox.key,
        "language": language,
        "organisation": organisation.name,
        "greeting": chosen.get("greeting") or _("Hello!\nHow can we help?"),
        "shortcuts": chosen.get("shortcuts") or usual_shortcuts(),
        "brand": brand_of(organisation),
        # The address of a firm would fill the foot; the privacy notice has it whole.
        "controller": (organisation.controller or organisation.name).split(",")[0],
        "privacy_url": organisation.privacy_url or None,
        "hours": hours_json(organisation),
        "fallback": {"email": organisation.contact_email or None, "phone": organisation.contact_phone or None},
        "team": team_of(inbox),
        "live": "/live",
        "file_limit": file_limit(),
    }


def usual_shortcuts() -> list[dict[str, str]]:
    return [
        {
            "label": _("Where is my parcel?"),
            "hint": _("The order number is enough"),
            "text": _("Where is my parcel?"),
            "icon": "parcel",
        },
        {
            "label": _("Return or withdrawal"),
            "hint": _("14 days, no reason needed"),
            "text": _("I would like to return something I bought."),
            "icon": "return",
        },
        {
            "label": _("Complaint"),
            "hint": _("Photos and a description, an answer in 14 days"),
            "text": _("I would like to make a complaint."),
            "icon": "shield",
        },
        {
            "label": _("Invoice or receipt"),
            "hint": _("A copy right away"),
            "text": _("I need a copy of my invoice."),
            "icon": "receipt",
        },
    ]


def brand_of(organisation: Organisation) -> dict[str, Any]:
    """The shop's colour in the shades that can be read, and its pictures."""
    colour = organisation.brand_colour.lower()
    pictures = {
        "logo": static("demo/logo-white.svg") if organisation.demo else None,
        "illustration": static("opieka/widget/ridge.svg") if organisation.demo else None,
    }
    return pictures | ({"colours": shades(colour)} if is_colour(colour) and colour != HOUSE else {})


def shades(colour: str) -> dict[str, str]:
    light, dark = on_light(colour), on_dark(colour)
    return {
        "primary": light,
        "on-primary": WHITE,
        "primary-dark": dark,
        "on-primary-dark": max((WHITE, INK), key=lambda text: contrast(text, dark)),
        "deep": under_white(_darkened(colour)),
    }


def _darkened(colour: str) -> str:
    channels = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(channel * 0.68):02x}" for channel in channels)


def team_of(inbox: Inbox) -> list[dict[str, str]]:
    """First names of some who answer here."""
    working = members_of(inbox.organisation)
    in_team = working.filter(teams=inbox.team_id) if inbox.team_id else working
    agents = in_team.filter(role=Role.AGENT)[:TEAM_SHOWN] or in_team[:TEAM_SHOWN]
    return [{"name": short_name(member), "initials": initials(member.name)} for member in agents]


@cache
def texts_of(language: str) -> dict[str, Any]:
    """The sentences of the panel, which its own build writes."""
    found = finders.find(f"opieka/widget/texts.{language}.json")
    return dict(json.loads(Path(str(found)).read_text(encoding="utf-8")))


def language_of(request: HttpRequest, inbox: Inbox) -> str:
    """The language the shop's page asks for, else the organisation's."""
    asked = request.GET.get("lang", "")
    language = asked if asked in LOCALES else inbox.organisation.language
    return language if language in LOCALES else "en"


def may_frame(inbox: Inbox) -> list[str]:
    """The origins whose pages may hold this chat: the settings', the shop's, and our own."""
    shop = inbox.organisation.shop_url
    origins = [*inbox.settings.get("origins", []), settings.PUBLIC_URL]
    if shop:
        parts = urlsplit(shop)
        host = parts.netloc.removeprefix("www.")
        origins += [f"{parts.scheme}://{host}", f"{parts.scheme}://www.{host}"]
    return list(dict.fromkeys(origins))


def check_framed_by(request: HttpRequest, inbox: Inbox) -> None:
    """A frame on a page that may not hold the chat is told so. Raises Problem 403."""
    referrer = urlsplit(request.headers.get("Referer", ""))
    origin = f"{referrer.scheme}://{referrer.netloc}"
    if referrer.netloc and referrer.netloc != request.get_host() and origin not in may_frame(inbox):
        words = {"origin": origin}
        raise Problem(
            403, _("The chat may not stand on %(origin)s. Its settings list the pages that may carry it.") % words
        )


def stands_elsewhere(request: HttpRequest) -> bool:
    """Whether the frame is on a page that is not ours: the shop has pasted the code."""
    referrer = urlsplit(request.headers.get("Referer", "")).netloc
    return bool(referrer) and referrer != request.get_host()


def policy(inbox: Inbox, nonce: str) -> str:
    """The Content-Security-Policy of the frame."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            f"style-src 'nonce-{nonce}'",
            "img-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self' " + " ".join(may_frame(inbox)),
        ]
    )


def privacy_categories() -> list[dict[str, Any]]:
    """The six categories, and what the chat does with each."""
    unused = _("The chat does not use these now")
    return [
        {
            "value": "necessary",
            "name": _("Necessary"),
            "use": _("Coming back to the conversation, and messages that wait to be sent"),
            "always": True,
        },
        {
            "value": "functional",
            "name": _("Functional"),
            "use": _("The agent sees which page of the shop the question comes from"),
        },
        {"value": "performance", "name": _("Performance"), "use": unused},
        {"value": "analytical", "name": _("Analytical"), "use": unused},
        {"value": "advertisement", "name": _("Advertisement"), "use": unused},
        {"value": "other", "name": _("Other"), "use": unused},
    ]
