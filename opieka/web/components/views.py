"""The living page: every component in every state, in the theme and density asked for."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from opieka.accounts.access import public
from opieka.channels.registry import channels
from opieka.web.components import samples


class SampleForm(forms.Form):
    """A form with one wrong value, so that an error is seen."""

    reply_to = forms.EmailField(
        label=gettext_lazy("E-mail address"), help_text=gettext_lazy("We will send the answer to this address")
    )
    order = forms.CharField(label=gettext_lazy("Order number"))
    invoice_to = forms.EmailField(
        label=gettext_lazy("E-mail for the invoice"),
        error_messages={"invalid": gettext_lazy("Please give an address in the form name@domain.com")},
    )
    queue = forms.ChoiceField(
        label=gettext_lazy("Queue"),
        choices=[("complaints", gettext_lazy("Complaints")), ("sales", gettext_lazy("Sales"))],
    )


@public
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    asked = {
        "theme": _one_of(request.GET.get("theme"), ["system", "light", "dark"]),
        "density": _one_of(request.GET.get("density"), ["comfortable", "compact"]),
    }
    context = {
        **asked,
        "themes": _choices(asked, "theme", {"system": _("System"), "light": _("Light"), "dark": _("Dark")}),
        "densities": _choices(asked, "density", {"comfortable": _("Comfortable"), "compact": _("Compact")}),
        "form": SampleForm(
            {"reply_to": "anna@poczta.example", "order": "10142", "invoice_to": "biuro@", "queue": "complaints"}
        ),
        "messages_by": samples.messages(),
        "events": samples.events(),
        "deliveries": samples.deliveries(),
        "suggestion": samples.suggestion(),
        "sources_only": samples.sources_only(),
        "rows": samples.rows(),
        "tiles": samples.tiles(),
        "chart_of_week": samples.chart(),
        "steps": samples.steps(),
        "rail": _rail(),
        "me": {"name": "Ola Krawczyk", "url": "#top", "presence": "here"},
        "reply": {"id": "reply", "mode": "reply", "text": "Dzień dobry, nową kuchenkę wyślemy dziś.", "url": ""}
        | {"watching": _("%(name)s is reading too") % {"name": "Piotr"}},
        "note": {"id": "note", "mode": "note", "text": "@Piotr czy mamy jeszcze sztuki z nowej partii?", "url": ""},
        "colours": COLOURS,
        "channels": [{"kind": kind, "label": channel.label} for kind, channel in channels().items()],
    }
    return render(request, "web/components.html", context)


# Token, its name, its contrast on the surface in light and in dark, as measured.
COLOURS = [
    ("primary", gettext_lazy("Primary"), 7.9, 8.6),
    ("link", gettext_lazy("Link, focus"), 7.0, 9.1),
    ("danger", gettext_lazy("Error, overdue"), 6.5, 7.6),
    ("warn", gettext_lazy("Warning, soon"), 6.3, 9.4),
    ("success", gettext_lazy("Done"), 6.6, 9.3),
    ("info", gettext_lazy("Information"), 6.4, 8.5),
    ("assistant", gettext_lazy("Assistant"), 6.2, 8.0),
    ("note", gettext_lazy("Note"), 9.6, 11.1),
    ("text", gettext_lazy("Text"), 16.3, 14.7),
    ("muted", gettext_lazy("Second voice"), 6.3, 7.0),
]


def _one_of(asked: str | None, allowed: list[str]) -> str:
    return asked if asked in allowed else allowed[0]


def _choices(asked: dict[str, str], name: str, labels: dict[str, str]) -> list[dict[str, Any]]:
    """Links that change one of the two parameters and keep the other."""
    return [
        {"label": label, "url": "?" + urlencode({**asked, name: value}), "current": asked[name] == value}
        for value, label in labels.items()
    ]


def _rail() -> list[dict[str, Any]]:
    return [
        {"label": _("Inbox"), "icon": "inbox", "url": "#rows", "current": True, "count": 12},
        {"label": pgettext("rail", "Knowledge"), "icon": "book-open", "url": "#top"},
        {"label": _("Customers"), "icon": "users", "url": "#top"},
        {"label": _("Reports"), "icon": "chart-column", "url": "#tiles"},
        {"label": _("Settings"), "icon": "settings-2", "url": "#top", "at_end": True},
    ]
