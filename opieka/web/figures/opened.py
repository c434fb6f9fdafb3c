"""A figure, opened: the conversations it was counted from, with the value each of them adds, and what it parts into."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.models import Membership
from opieka.accounts.rules import SEE_FIGURES
from opieka.assistant.topics import label_of
from opieka.insight import queries
from opieka.insight.measures import measures
from opieka.insight.measures.base import Figure, Measure, Row
from opieka.insight.queries import Cut, Span
from opieka.web.figures.asked import address, choices, cut_of, cut_words, names_of, span_of, whole_number
from opieka.web.figures.words import outcome_words, span_words, whole, written

PAGE = 100
MOST_PARTS = 25


@needs(SEE_FIGURES)
@require_GET
def figure(request: MemberRequest, kind: str) -> HttpResponse:
    """The conversations behind one figure."""
    if kind not in measures():
        raise Http404
    member, span, cut, measure = request.membership, span_of(request), cut_of(request), measures()[kind]
    found = queries.figure(member, kind, span, cut)
    if request.GET.get("format") == "csv":
        return _csv(kind, found, member, span)
    context = {
        "measure": measure,
        "value": written(found.value, measure.unit),
        "few": found.few and measure.unit != "count",
        "cut": cut_words(member, cut),
        "beside": _beside(member, measure, span, cut) if measure.beside else None,
        "parts": _parts(request, kind, span, cut),
    }
    return _page(request, span, found, unit=measure.unit, **context)


@needs(SEE_FIGURES)
@require_GET
def outcome(request: MemberRequest) -> HttpResponse:
    """The conversations in which the assistant did this."""
    member, span, name = request.membership, span_of(request), request.GET.get("outcome", "")
    if name not in outcome_words():
        raise Http404
    title, description = outcome_words()[name]
    found = queries.outcomes(member, span).get(name) or Figure(value=0.0, n=0, rows=[])
    if request.GET.get("format") == "csv":
        return _csv("assistant", found, member, span)
    measure = {"title": title, "description": description}
    return _page(request, span, found, unit="count", measure=measure, value=written(found.value, "count"))


def _page(request: MemberRequest, span: Span, found: Figure, *, unit: str, **context: Any) -> HttpResponse:
    page = whole_number(request.GET.get("page", "")) or 1
    rows = sorted(found.rows, key=lambda row: row.at, reverse=True)
    query = request.GET.copy()
    query.pop("page", None)
    shown = {
        "span": span,
        "span_words": span_words(span),
        "choices": choices(request, span),
        "n": whole(found.n),
        "rows": _rows(request.membership, rows[(page - 1) * PAGE : page * PAGE], unit),
        "page": page,
        "more": len(rows) > page * PAGE,
        "query": query.urlencode(),
    }
    return render(request, "web/figures/figure.html", shown | context)


def _rows(member: Membership, shown: Sequence[Row], unit: str) -> list[dict[str, Any]]:
    """A row whose conversation is kept no longer still counts, so it is shown, without a link."""
    behind = {conversation.pk: conversation for conversation in queries.conversations_behind(member, shown)}
    name = names_of(member)
    return [
        {
            "conversation": behind.get(row.conversation_id),
            "at": row.at,
            "value": _value(row, unit),
            "member": name(row.member_id) if row.member_id else "",
        }
        for row in shown
    ]


def _value(row: Row, unit: str) -> str:
    if unit == "share":
        return _("yes") if row.value else _("no")
    return str(written(row.value, unit)) if unit in {"seconds", "score"} else ""


def _beside(member: Membership, measure: type[Measure], span: Span, cut: Cut) -> dict[str, Any]:
    """The measure that says how far this one can be trusted, of the same time and cut."""
    other = measures()[measure.beside]
    found = queries.figure(member, measure.beside, span, cut)
    return {
        "title": other.title,
        "value": written(found.value, other.unit),
        "n": whole(found.n),
        "url": address(measure.beside, span, **_said(cut)),
    }


def _said(cut: Cut) -> dict[str, Any]:
    """A cut as the words of an address."""
    words = {"channel": cut.channel or None, "topic": cut.topic, "member": cut.member_id, "weekday": cut.weekday}
    hours = {"hour": sorted(cut.hours)} if cut.hours else {}
    return {name: value for name, value in words.items() if value is not None} | hours


def _parts(request: MemberRequest, kind: str, span: Span, cut: Cut) -> list[dict[str, Any]]:
    """The same figure for each person and each topic, unless it is cut by that already."""
    member, unit = request.membership, measures()[kind].unit
    name = names_of(member)
    wanted: list[tuple[str, str, Callable[[Any], str]]] = []
    if cut.member_id is None:
        wanted.append(("member", _("By person"), name))
    if cut.topic is None:
        wanted.append(("topic", _("By topic"), lambda topic: label_of(topic) or _("no topic")))
    found = []
    for by, title, label in wanted:
        figures = queries.parted(member, kind, span, by, cut)
        if set(figures) - {0, ""}:
            lines = [
                {
                    "label": label(key),
                    "value": written(one.value, unit),
                    "few": one.few and unit != "count",
                    "n": whole(one.n),
                    "url": address(kind, span, **(_said(cut) | {by: key})),
                }
                for key, one in list(figures.items())[:MOST_PARTS]
            ]
            found.append({"title": title, "lines": lines})
    return found


def _csv(name: str, found: Figure, member: Membership, span: Span) -> HttpResponse:
    """For Polish Excel: semicolons, decimal commas, and a mark that says UTF-8."""
    numbers = dict(queries.conversations_behind(member, found.rows).values_list("id", "number"))
    person, zone = names_of(member), ZoneInfo(span.zone)
    text = io.StringIO()
    sheet = csv.writer(text, delimiter=";")
    sheet.writerow([_("conversation"), _("time"), _("value"), _("channel"), _("fact"), _("person")])
    for row in found.rows:
        at = row.at.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S")
        value = f"{row.value:.2f}".replace(".", ",")
        who = person(row.member_id) if row.member_id else ""
        sheet.writerow([numbers.get(row.conversation_id, ""), at, value, row.channel, row.name, who])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
