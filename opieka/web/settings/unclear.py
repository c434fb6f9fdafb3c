"""What came in and nobody could read: seen as it came, taken out as a file, tried again, or set aside with a reason."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import CONFIGURE
from opieka.channels import actions, queries
from opieka.channels.models import Raw
from opieka.plumbing.files.base import MissingFile

PAGE = 50
SHOWN_BYTES = 64 * 1024
SUFFIXES = {"message/rfc822": "eml", "application/json": "json", "text/plain": "txt"}


@needs(CONFIGURE)
@require_GET
def unclear(request: MemberRequest) -> HttpResponse:
    found = queries.unclear(request.membership).select_related("inbox").defer("body")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "web/settings/unclear.html", {"page": page})


def _raw(request: MemberRequest, raw_id: int) -> Raw:
    return get_object_or_404(queries.unclear(request.membership).select_related("inbox"), id=raw_id)


def _body(raw: Raw) -> bytes | None:
    """What came; None when its file is lost, which may be why nobody could read it."""
    try:
        return queries.hook_of(raw).body
    except MissingFile:
        return None


@needs(CONFIGURE)
@require_GET
def item(request: MemberRequest, raw_id: int) -> HttpResponse:
    """The item as text: nothing of it is interpreted."""
    raw = _raw(request, raw_id)
    body = _body(raw)
    context = {
        "raw": raw,
        "text": _("Its file is lost.") if body is None else body[:SHOWN_BYTES].decode("utf-8", errors="replace"),
        "cut": body is not None and len(body) > SHOWN_BYTES,
        "shown_kib": SHOWN_BYTES // 1024,
    }
    return render(request, "web/settings/unclear_item.html", context)


@needs(CONFIGURE)
@require_GET
def download(request: MemberRequest, raw_id: int) -> HttpResponse:
    """The very bytes, as a file that no browser opens by itself."""
    raw = _raw(request, raw_id)
    body = _body(raw)
    if body is None:
        raise Http404
    suffix = SUFFIXES.get(raw.content_type.partition(";")[0], "bin")
    answer = HttpResponse(body, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="item-{raw.pk}.{suffix}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@needs(CONFIGURE)
@require_POST
def again(request: MemberRequest, raw_id: int) -> HttpResponse:
    actions.read_again(_raw(request, raw_id), by=request.membership)
    messages.success(request, _("It is being read again; if it is still unclear, it will come back here"))
    return redirect("unclear")


@needs(CONFIGURE)
@require_POST
def aside(request: MemberRequest, raw_id: int) -> HttpResponse:
    raw, reason = _raw(request, raw_id), request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Say why nothing needs doing; the sentence stays with the item."))
        return redirect("unclear-item", raw.pk)
    actions.set_aside(raw, reason=reason[:500], by=request.membership)
    messages.success(request, _("Set aside"))
    return redirect("unclear")
