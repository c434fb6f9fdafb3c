"""The demo shop's two pages: a product with the chat, and questions for the importer to read."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from opieka.accounts.access import public
from opieka.accounts.models import Organisation
from opieka.channels.queries import inboxes_of
from opieka.demo.lists import toml

COLOURS = {"smietanka": "śmietanka", "zielen": "zieleń", "granat": "granat", "rdza": "rdza"}
MOST = 20


@public
@require_GET
def shop_page(request: HttpRequest) -> HttpResponse:
    """The mug "Polana". The basket is what the address says; nothing is stored."""
    chosen = request.GET.get("kolor", "")
    colours = [_colour(key) for key in COLOURS]
    quantity = _quantity(request.GET.get("sztuk", ""))
    context = {
        "page": "product",
        "colours": colours,
        "colour": _colour(chosen if chosen in COLOURS else "smietanka"),
        "quantity": quantity or 1,
        "added": bool(quantity),
        "in_basket": quantity,
    }
    return render(request, "demo/product.html", _frame() | context)


@public
@require_GET
def questions_page(request: HttpRequest) -> HttpResponse:
    """The shop's old page of questions, marked up for machines as schema.org/FAQPage."""
    questions = toml("faq.toml")["question"]
    context = {"page": "questions", "in_basket": 0, "questions": questions, "structured": _structured(questions)}
    return render(request, "demo/questions.html", _frame() | context)


def _frame() -> dict[str, Any]:
    """The key of the demo's chat. Raises Http404 where there is no demo."""
    organisation = Organisation.objects.filter(demo=True).first()
    if organisation is None:
        raise Http404
    chat = inboxes_of(organisation).filter(kind="webchat", active=True).first()
    return {"widget_key": chat.key if chat else ""}


def _colour(key: str) -> dict[str, str]:
    picture = f"demo/kubek-polana-{key}"
    return {"key": key, "name": COLOURS[key], "picture": f"{picture}.svg", "scene": f"{picture}-scena.svg"}


def _quantity(given: str) -> int:
    """A number of pieces from the address, 0 when it is none."""
    return min(int(given), MOST) if given.isascii() and given.isdigit() else 0


def _structured(questions: list[dict[str, str]]) -> SafeString:
    entities = [
        {
            "@type": "Question",
            "name": row["question"],
            "acceptedAnswer": {"@type": "Answer", "text": row["answer"]},
        }
        for row in questions
    ]
    page = {"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": entities}
    return SafeString(json_script(page).replace("application/json", "application/ld+json", 1))
