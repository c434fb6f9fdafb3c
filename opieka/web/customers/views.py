"""A list to find a customer in, and a card for each."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import READ
from opieka.conversations.queries import conversations_of
from opieka.customers.models import Customer
from opieka.customers.queries import found_customers, visible_to
from opieka.customers.rules import spoken
from opieka.web.figures.words import whole
from opieka.web.inbox.panel import card_of

PAGE = 50


@needs(READ)
@require_GET
def customers(request: MemberRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    pages = Paginator(found_customers(request.membership, words).prefetch_related("identities"), PAGE)
    page = pages.get_page(request.GET.get("page"))
    rows = [_row(one) for one in page]
    query = f"q={words}&" if words else ""
    context = {"page": page, "rows": rows, "words": words, "query": query, "counted": _counted(pages.count)}
    return render(request, "web/customers/list.html", context)


def _row(customer: Customer) -> dict[str, Any]:
    emails, phones = _lines(customer, "email"), _lines(customer, "phone")
    return {"customer": customer, "emails": emails, "phones": phones, "reached_at": next(iter([*emails, *phones]), "")}


def _counted(number: int) -> str:
    return ngettext("%(n)s customer", "%(n)s customers", number) % {"n": whole(number)}


def _lines(customer: object, kind: str) -> list[str]:
    identities = customer.identities.all()  # type: ignore[attr-defined]
    return [spoken(one.kind, one.value) for one in identities if one.kind == kind]


@needs(READ)
@require_GET
def customer(request: MemberRequest, customer_id: int) -> HttpResponse:
    found = visible_to(request.membership).filter(id=customer_id).first()
    if found is None:
        raise Http404
    context = {**card_of(found, orders=20), "conversations": conversations_of(request.membership, found)}
    return render(request, "web/customers/card.html", context)
