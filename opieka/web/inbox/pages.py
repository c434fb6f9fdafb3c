"""The inbox and its panes: what is asked for by GET."""

import json
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_GET

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.models import Membership
from opieka.accounts.rules import ANSWER, READ, may
from opieka.conversations import queries
from opieka.conversations.models import Attachment, Conversation
from opieka.knowledge.search import search
from opieka.plumbing.events import last_seq
from opieka.web.inbox import asked, parts, templates, uploads
from opieka.web.inbox.drawing import known_from, unless_known
from opieka.web.inbox.panel import panel_of
from opieka.web.inbox.suggestions import suggestion_for

MOST_CHANGES = 60


def fetched(member: Membership, number: int) -> Conversation:
    """The conversation of that number, or the one that shows it where it was merged; 404 when this member may see none."""
    conversation = queries.shown(member, number)
    if conversation is None:
        raise Http404
    return conversation


@needs(READ)
@require_GET
def inbox(request: MemberRequest) -> HttpResponse:
    """The list, and no conversation yet."""
    return _page(request, None)


@needs(READ)
@require_GET
def conversation(request: MemberRequest, number: int) -> HttpResponse:
    """One conversation beside the list; htmx gets its two panes alone. The address of a merged one leads on."""
    found = fetched(request.membership, number)
    place = f"/conversations/{found.number}/"
    if found.number != number and not asked.wants_fragment(request):
        return redirect(place + asked.query_of(asked.listing_of(request, request.membership)))
    if not asked.wants_fragment(request):
        return _page(request, found)
    waiting = uploads.files_of(request.GET.getlist("file"), request.membership)
    context = _conversation(request.membership, found, waiting=waiting)
    response = render(request, "web/inbox/opened.html", context)
    listing = asked.listing_in_front(request, request.membership)
    response["HX-Push-Url"] = place + asked.query_of(listing)
    return _private(response)


def _conversation(
    member: Membership, found: Conversation, *, waiting: Iterable[Attachment] = ()
) -> dict[str, object]:  # fmt: skip
    """`waiting` are files that go with the reply besides those that wait with the draft itself."""
    shown = parts.conversation_context(member, found)
    with_draft = queries.files_of_draft(found, member) if shown["drafts"]["reply"] else ()
    chips = {file.pk: uploads.chip_of(file, member) for file in [*waiting, *with_draft]}
    shown |= {"files": list(chips.values()), "key": "back"}
    suggestion = suggestion_for(found) if may(member.role, ANSWER) else None
    return {**shown, **panel_of(found), "suggestion": suggestion}


def _page(request: MemberRequest, found: Conversation | None) -> HttpResponse:
    member, listing = request.membership, asked.listing_of(request, request.membership)
    context = {
        "seq": last_seq(),
        **parts.list_context(member, listing, current=found, path=request.path),
        "conversation": found,
        "can_answer": may(member.role, ANSWER),
        **(_conversation(member, found) if found else {}),
    }
    return _private(render(request, "web/inbox/page.html", context))


@needs(READ)
@require_GET
def list_pane(request: MemberRequest) -> HttpResponse:
    """Another list, order or search; or, with `after`, the rows that follow."""
    member, listing = request.membership, asked.listing_of(request, request.membership)
    path, after = asked.path_in_front(request), request.GET.get("after")
    context = parts.list_context(member, listing, after=after, path=path)
    if after:
        return _private(render(request, "web/inbox/rows.html", context))
    response = render(request, "web/inbox/listed.html", context)
    response["HX-Push-Url"] = path + asked.query_of(listing)
    return _private(response)


@needs(READ)
@require_GET
def changes(request: MemberRequest) -> HttpResponse:
    """The rows, counts and open thread that changed, and nothing else.

    `c` are ids of changed conversations, `have` those whose rows the page shows, `open` the number of the open one,
    `known` the versions of its pieces, `watch` is "1" when who reads it changed.
    """
    member, listing = request.membership, asked.listing_of(request, request.membership)
    changed, have, known = _ids(request, "c"), set(_ids(request, "have")), known_from(request.GET.get("known", ""))
    found = parts.row_parts(member, listing, changed, shown=have) if changed else []
    if changed:
        found += unless_known(parts.tabs_piece(member, listing, path=asked.path_in_front(request)), known)
    shown = request.GET.get("open", "")
    opened = queries.by_number(member, int(shown)) if shown.isdecimal() else None
    if opened and opened.pk in changed and not opened.merged_into_id:
        found += parts.conversation_changes(member, opened, known)
    if opened and (opened.pk in changed or request.GET.get("watch")):
        found.append(parts.watchers_part(member, opened))
    response = _private(parts.answer(found))
    if opened and opened.pk in changed and opened.merged_into:
        # The page shows what has just been merged: it goes on to where that is shown.
        response["HX-Trigger"] = json.dumps({"taken-back": {"url": f"/conversations/{opened.merged_into.number}/"}})
    return response


@needs(READ)
@require_GET
def articles(request: MemberRequest) -> HttpResponse:
    """Templates, filled in for the conversation in front, and articles to put into a reply."""
    words = request.GET.get("q", "").strip()[:100]
    member = request.membership
    organisation = member.organisation
    found = search(organisation, words, language=organisation.language).articles[:8] if words else []
    context = {"articles": found, "words": words, "templates": templates.offered(request, member, words)}
    return _private(render(request, "web/inbox/articles.html", context))


def _ids(request: HttpRequest, name: str) -> list[int]:
    asked_for = request.GET.get(name, "").split(",")
    return [int(one) for one in asked_for if one.isdecimal()][:MOST_CHANGES]


def _private(response: HttpResponse) -> HttpResponse:
    """A pane and a page share an address, so nothing in between may keep either."""
    patch_vary_headers(response, ["HX-Request"])
    patch_cache_control(response, private=True, no_store=True)
    return response
