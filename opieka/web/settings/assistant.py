"""The assistant: whether it answers, how sure it must be, and what it leaves to people."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import CONFIGURE
from opieka.assistant.actions import setup_of
from opieka.assistant.preparing import save_setup
from opieka.assistant.topics import LABELS
from opieka.assistant.words import disclosure

FIELDS = ["active", "name", "greeting", "threshold", "offer_threshold", "share_percent", "people_only"]
# Words of understanding that name no subject: a person asked for is always called.
NO_TOPICS = {"person", "other", "praise"}


def share(low: float) -> forms.FloatField:
    return forms.FloatField(
        min_value=low,
        max_value=0.99,
        widget=forms.NumberInput(attrs={"type": "range", "min": low, "max": 0.99, "step": 0.01}),
    )


class AssistantForm(forms.Form):
    active = forms.BooleanField(
        label=gettext_lazy("Answers customers"),
        required=False,
        help_text=gettext_lazy("Switched off, it still suggests answers to your team."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    greeting = forms.CharField(
        label=gettext_lazy("Greeting"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Empty: the assistant introduces itself in its own words."),
    )
    share_percent = forms.IntegerField(
        label=gettext_lazy("Share of customers it talks to"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("Begin with ten, look at its conversations, then raise it."),
    )
    threshold = share(0.3)
    offer_threshold = share(0.05)
    people_only = forms.MultipleChoiceField(
        label=gettext_lazy("Only people answer about"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["threshold"].label = _("It answers when at least this sure")
        self.fields["threshold"].help_text = _("Higher: fewer answers, and fewer wrong ones.")
        self.fields["offer_threshold"].label = _("It offers articles to choose from when at least this sure")
        self.fields["offer_threshold"].help_text = _("Below, it calls a person.")
        people_only = self.fields["people_only"]
        assert isinstance(people_only, forms.MultipleChoiceField)  # noqa: S101 - Tells the type checker.
        people_only.choices = [(topic, label) for topic, label in LABELS.items() if topic not in NO_TOPICS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sure, offers = cleaned.get("threshold"), cleaned.get("offer_threshold")
        if sure is not None and offers is not None and offers >= sure:
            self.add_error("offer_threshold", _("This must be lower than the certainty for answering."))
        return cleaned


@needs(CONFIGURE)
@require_http_methods(["GET", "POST"])
def assistant(request: MemberRequest) -> HttpResponse:
    setup = setup_of(request.membership.organisation)
    form = AssistantForm(request.POST or None, initial={name: getattr(setup, name) for name in FIELDS})
    if request.method == "POST" and form.is_valid():
        save_setup(request.membership, **form.cleaned_data)
        messages.success(request, _("Saved"))
        return redirect("assistant-settings")
    context = {"form": form, "disclosure": disclosure(), "setup": setup}
    return render(request, "web/settings/assistant.html", context, status=422 if form.errors else 200)
