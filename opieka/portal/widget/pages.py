"""What a browser loads: the loader, the page of the frame, the page of privacy choices."""

import gzip
import hashlib
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from opieka.accounts.access import public
from opieka.channels.actions import note_contact
from opieka.channels.models import Inbox
from opieka.portal.widget.page import (
    LOCALES,
    check_framed_by,
    config_of,
    language_of,
    policy,
    privacy_categories,
    stands_elsewhere,
    texts_of,
)
from opieka.portal.widget.problems import Problem
from opieka.portal.widget.visitors import chat_of


@cache
def _loader() -> tuple[bytes, bytes, str]:
    """The loader plain and compressed, and its ETag."""
    content = Path(str(finders.find("opieka/widget/w.js"))).read_bytes()
    return content, gzip.compress(content, 9, mtime=0), f'"{hashlib.sha256(content).hexdigest()[:20]}"'


@public
@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """`/w.js`, small and cached for an hour, so that a new version reaches every shop within one."""
    content, compressed, etag = _loader()
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(compressed, content_type="text/javascript; charset=utf-8")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(content, content_type="text/javascript; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=3600"
    response["Vary"] = "Accept-Encoding"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@public
@require_safe
@xframe_options_exempt
def panel(request: HttpRequest, key: str) -> HttpResponse:
    return _framed(request, key, "portal/widget/page.html", _panel_context)


@public
@require_safe
@xframe_options_exempt
def privacy(request: HttpRequest, key: str) -> HttpResponse:
    return _framed(request, key, "portal/widget/privacy.html", _privacy_context)


def _panel_context(inbox: Inbox, language: str) -> dict[str, Any]:
    title = _("Chat with %(organisation)s") % {"organisation": inbox.organisation.name}
    return {"title": title, "config": config_of(inbox, language), "texts": texts_of(language)}


def _privacy_context(inbox: Inbox, language: str) -> dict[str, Any]:
    return {"key": inbox.key, "language": language, "categories": privacy_categories()}


def _framed(request: HttpRequest, key: str, template: str, context_of: Any) -> HttpResponse:
    """A page only the shop's own pages may hold; a refusal is a sentence that no page may hold."""
    try:
        inbox = chat_of(key)
        check_framed_by(request, inbox)
        if stands_elsewhere(request):
            note_contact(inbox)
    except Problem as problem:
        response = render(request, "portal/widget/refused.html", {"sentence": problem.detail}, status=problem.status)
        response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        return response
    language, nonce = language_of(request, inbox), secrets.token_urlsafe(16)
    with translation.override(language):
        context = {"locale": LOCALES[language], "nonce": nonce} | context_of(inbox, language)
        response = render(request, template, context)
    response["Content-Security-Policy"] = policy(inbox, nonce)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
