"""What the assistant says, in the customer's language. Short, warm, neutral, and never "I" as a person."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opieka.assistant.engines.base import Reason
from opieka.knowledge.finding.passages import readable_text

PERSON_CHOICE = "person"


@dataclass(frozen=True, kw_only=True)
class Saying:
    """`text` is whole and stands alone in any channel; `extra` lets richer channels draw a card instead."""

    text: str
    extra: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Source:
    """The article behind an answer."""

    title: str
    url: str
    updated: date
    summary: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An article to choose; `hint` says on which shelf it stands."""

    article: str
    title: str
    url: str
    hint: str = ""


def quoted(text: str) -> str:
    """In the reader's quotation marks; a quotation inside gets those of the second order."""
    opening, closing = "»«" if "„" in text else "‘’"
    inner = re.sub("[„“]([^„“”]*)”", rf"{opening}\1{closing}", text)
    return pgettext("opening quote", "“") + inner + pgettext("closing quote", "”")


def disclosure() -> str:
    return _(
        "An automatic assistant is answering. To talk to a person at any time, it is enough to write back “person”."
    )


def greet() -> Saying:
    """A greeting for a greeting, and the question that brings the matter out."""
    return Saying(text=_("Hello! How can we help?"), extra={"says": "greeting"})


def answer(quotation: str, source: Source) -> Saying:
    """The quotation with its source, and a question whether it is enough."""
    quotation = readable_text(quotation)
    text = "\n\n".join(
        part
        for part in (
            source.summary,
            quoted(quotation),
            _("Source: %(title)s, updated %(date)s") % {"title": source.title, "date": f"{source.updated:%d.%m.%Y}"}
            + f"\n{source.url}",
            _("Is that enough? If not, please write back; a person will help."),
        )
        if part
    )
    quote = {"text": quotation, "title": source.title, "url": source.url, "updated": source.updated.isoformat()}
    return Saying(text=text, extra={"says": "answer", "lead": source.summary, "quote": quote})


def offer(choices: list[Choice]) -> Saying:
    """Up to three articles to choose from, and a person."""
    intro = _("It is not certain what will help best. Is it about…?")
    lines = [f"{number}. {choice.title}\n   {choice.url}" for number, choice in enumerate(choices, 1)]
    foot = _("Please write back with the number, or describe it differently. To reach a person, write “person”.")
    return Saying(
        text="\n\n".join([intro, "\n".join(lines), foot]),
        extra={
            "says": "offer",
            "lead": intro,
            "choices": [
                {"id": f"article:{choice.article}", "label": choice.title, "hint": choice.hint} for choice in choices
            ],
        },
    )


def hand_over(reason: Reason, *, opens: str) -> Saying:
    """A person takes over; `opens` says when people are back, "" when they are here now."""
    intro = {
        Reason.NOTHING_FOUND: _("I do not know the answer to that. A person will look into it."),
        Reason.LEGAL: _("Thank you for the message. A person will take care of this matter."),
    }.get(reason) or _("A person will take it from here.")
    parts = [intro, _("The whole conversation is visible to them, so nothing needs repeating.")]
    if opens:
        parts.append(_("People are back %(when)s. The answer will come here.") % {"when": opens})
    return Saying(text=" ".join(parts), extra={"says": "hand over", "reason": str(reason)})
