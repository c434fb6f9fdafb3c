"""The manager's page. Every figure opens the conversations it was counted from."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.models import Membership
from opieka.accounts.rules import SEE_FIGURES
from opieka.assistant.topics import label_of
from opieka.insight import actions, queries
from opieka.insight.measures import measures
from opieka.insight.measures.base import Figure, Measure
from opieka.insight.queries import Span
from opieka.web.figures.asked import address, channel_label, choices, days_of
from opieka.web.figures.charts import Series, chart, heat_step, spark
from opieka.web.figures.words import (
    change,
    duration,
    outcome_words,
    people_waiting,
    reached,
    round_duration,
    span_words,
    target_words,
    weekdays,
    whole,
    written,
)

TILES = ("first_response", "resolution", "self_service", "csat", "volume")
BY_CHANNEL = ("volume", "first_response", "resolution", "csat")
HOURS = range(7, 20)
MOST_TOPICS = 10
# What the assistant did, by outcome: the icon and the colour of its line.
OUTCOMES: dict[str, tuple[str, int]] = {
    "answer": ("circle-check", 1),
    "offer": ("sparkles", 6),
    "hand over": ("user-round", 3),
    "wrong": ("thumbs-down", 2),
}


@needs(SEE_FIGURES)
@require_GET
def overview(request: MemberRequest) -> HttpResponse:
    member, span = request.membership, days_of(request)
    actions.count_new(member.organisation)
    return render(
        request,
        "web/figures/overview.html",
        {
            "span": span,
            "span_words": span_words(span),
            "choices": choices(request, span),
            "alarm": _alarm(member),
            "tiles": [_tile(member, kind, span) for kind in TILES],
            "chart": _chart(member, span),
            "heat": _heat(member, span),
            "assistant": _assistant(member, span),
            "channels": _channels(member, span),
            "topics": _topics(member, span),
        },
    )


def _alarm(member: Membership) -> dict[str, Any]:
    """ "Bez opieki": who waits and nobody has."""
    waiting = queries.unattended(member)
    count, first = waiting.count(), waiting.first()
    since = first.waiting_since if first else None
    return {
        "count": whole(count),
        "words": people_waiting(count),
        "longest": str(duration((timezone.now() - since).total_seconds())) if since else "",
        "names": [str(conversation.customer) for conversation in waiting[:3]],
        "url": "/?view=unattended&sort=waiting" if count else "",
    }


def _tile(member: Membership, kind: str, span: Span) -> dict[str, Any]:
    measure = measures()[kind]
    daily = queries.daily(member, kind, span)
    now = queries.figure(member, kind, span)
    before = queries.figure(member, kind, span.before())
    comparable = not (now.few or before.few) or measure.unit == "count"
    return {
        "title": measure.title,
        "about": measure.description,
        "value": written(now.value, measure.unit),
        "spark": spark([figure.value for _day, figure in daily]),
        "change": change(now.value, before.value, measure) if comparable else None,
        "note": _note(now, measure.unit),
        "median": measure.unit == "seconds",
        "few": now.few and measure.unit != "count",
        "n": now.n,
        "target": target_words(measure),
        "low_is_good": measure.better == "low",
        "reached": reached(now.value, measure) if not now.few else None,
        "url": address(kind, span),
        "beside": _beside(member, measure, span) if measure.beside else None,
    }


def _beside(member: Membership, measure: type[Measure], span: Span) -> dict[str, Any]:
    other = measures()[measure.beside]
    value = written(queries.figure(member, measure.beside, span).value, other.unit)
    return {"title": other.title, "value": value, "url": address(measure.beside, span)}


def _note(figure: Figure, unit: str) -> str:
    return _("median") if unit == "seconds" else "" if unit == "count" else f"n={whole(figure.n)}"


def _chart(member: Membership, span: Span) -> dict[str, Any]:
    """First response above, rating below, over the same days; and the same numbers as a table."""
    first, rating = (queries.daily(member, kind, span) for kind in ("first_response", "csat"))
    response, csat = measures()["first_response"], measures()["csat"]
    drawn = chart(
        [day for day, _f in first],
        [
            Series(
                values=[f.value for _d, f in first],
                say=lambda v: str(duration(v)),
                axis=round_duration,
                hue=1,
                target=response.target,
            ),
            Series(
                values=[f.value for _d, f in rating],
                say=lambda v: written(v, "score").number,
                axis=lambda v: written(v, "score").number,
                hue=4,
                target=csat.target,
                zero=False,
                most=5,
            ),
        ],
    )
    rows = [
        {
            "day": day,
            "first": _of_day("first_response", day, span, f),
            "rating": _of_day("csat", day, span, r),
            "n": r.n,
        }
        for (day, f), (_day, r) in zip(first, rating, strict=True)
    ]
    return {"drawn": drawn, "rows": rows, "empty": not any(f.n for _d, f in first)}


def _of_day(kind: str, day: date, span: Span, found: Figure) -> dict[str, Any]:
    """One point of the chart, and where it opens; a day without any opens nothing."""
    own = replace(span, first=day, last=day)
    return {"text": written(found.value, measures()[kind].unit), "url": address(kind, own) if found.n else ""}


def _heat(member: Membership, span: Span) -> dict[str, Any]:
    counted = queries.by_hour(member, span)
    most = max(counted.values(), default=0)
    rows = [
        {"day": name, "cells": [_cell(counted.get((day, hour), 0), most, span, day, hour) for hour in HOURS]}
        for day, name in enumerate(weekdays())
    ]
    outside = sum(n for (_day, hour), n in counted.items() if hour not in HOURS)
    others = address("volume", span, hour=[hour for hour in range(24) if hour not in HOURS])
    return {
        "hours": list(HOURS), "rows": rows, "outside": outside, "outside_url": others, "total": sum(counted.values()),
    }  # fmt: skip


def _cell(value: int, most: int, span: Span, day: int, hour: int) -> dict[str, Any]:
    url = address("volume", span, weekday=day, hour=hour) if value else ""
    return {"value": value, "step": heat_step(value, most), "url": url}


def _assistant(member: Membership, span: Span) -> dict[str, Any]:
    counted = queries.outcomes(member, span)
    shown = [(name, counted[name].n if name in counted else 0) for name in OUTCOMES]
    total = sum(n for _name, n in shown)
    drawn: list[dict[str, Any]] = []
    start = 0.0
    for name, n in shown if total else []:
        share = 100 * n / total
        icon, hue = OUTCOMES[name]
        title, text = outcome_words()[name]
        words = {"icon": icon, "hue": hue, "title": title, "text": text, "share": round(share, 1)}
        opens = {"n": {"text": whole(n), "url": address("assistant", span, outcome=name) if n else ""}}
        drawn.append(words | opens | {"start": f"{start:.2f}", "width": f"{max(0.0, share - 0.4):.2f}"})
        start += share
    return {"total": whole(total), "lines": drawn}


def _channels(member: Membership, span: Span) -> list[dict[str, Any]]:
    by = {kind: queries.parted(member, kind, span, "channel") for kind in BY_CHANNEL}
    every = list(dict.fromkeys(channel for figures in by.values() for channel in figures))
    return [
        {
            "name": channel_label(channel),
            "cells": [_of_channel(kind, channel, span, figures.get(channel)) for kind, figures in by.items()],
        }
        for channel in every
    ]


def _of_channel(kind: str, channel: str, span: Span, found: Figure | None) -> dict[str, Any]:
    value = found.value if found else 0.0 if measures()[kind].unit == "count" else None
    url = address(kind, span, channel=channel) if found else ""
    return {"text": written(value, measures()[kind].unit), "url": url}


def _topics(member: Membership, span: Span) -> list[dict[str, Any]]:
    counted = queries.parted(member, "volume", span, "topic")
    total = sum(found.n for found in counted.values())
    return [
        {
            "name": label_of(topic),
            "n": whole(found.n),
            "share": round(100 * found.n / total),
            "url": address("volume", span, topic=topic),
        }
        for topic, found in list(counted.items())[:MOST_TOPICS]
    ]
