"""What the first steps ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opieka.accounts.models import Organisation
from opieka.web.settings.organisation import ADDRESS_EXAMPLE, ADDRESSES, ColourField

LONGEST_GREETING = 60
QUESTIONS = 10


class FirmForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the company"), max_length=120)
    shop_url = forms.URLField(
        label=gettext_lazy("Address of the shop"),
        required=False,
        assume_scheme="https",
        max_length=200,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    contact_email = forms.EmailField(label=gettext_lazy("E-mail for customers"), required=False)
    controller = forms.CharField(
        label=gettext_lazy("Controller of personal data"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Full name of the company, as in the privacy policy."),
    )
    privacy_url = forms.URLField(
        label=gettext_lazy("Privacy policy"),
        required=False,
        assume_scheme="https",
        max_length=200,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )


class LookForm(forms.Form):
    brand_colour = ColourField(label=gettext_lazy("Brand colour"))
    greeting = forms.CharField(
        label=gettext_lazy("Greeting"),
        required=False,
        max_length=LONGEST_GREETING,
        widget=forms.TextInput(
            attrs={"maxlength": LONGEST_GREETING, "placeholder": gettext_lazy("Hello! How can we help?")}
        ),
    )
    address_form = forms.ChoiceField(
        label=gettext_lazy("How we address customers"),
        choices=ADDRESSES,
        widget=forms.RadioSelect,
        help_text=ADDRESS_EXAMPLE,
    )


class PageForm(forms.Form):
    """The shop's own page of questions and answers."""

    page = forms.URLField(
        label=gettext_lazy("A page of your shop with questions and answers"),
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://sklep.example/faq"}),
    )


class BlanksForm(forms.Form):
    """The blanks of the ready answers, each under the name `<template>-<blank>`, and which of them to publish."""

    def __init__(self, *args: Any, templates: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.templates = templates
        for template in templates:
            self.fields[f"{template['name']}-use"] = forms.BooleanField(
                label=template["title"], required=False, initial=not template["made"]
            )
            for blank in template["blanks"]:
                self.fields[f"{template['name']}-{blank['name']}"] = forms.CharField(
                    label=blank["label"], required=False, max_length=200, initial=blank["usual"]
                )

    def rows(self) -> list[dict[str, Any]]:
        """The templates as they are drawn."""
        return [
            {
                "template": template,
                "use": self[f"{template['name']}-use"],
                "blanks": [self[f"{template['name']}-{blank['name']}"] for blank in template["blanks"]],
            }
            for template in self.templates
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for template in self.templates:
            if cleaned.get(f"{template['name']}-use"):
                for blank in template["blanks"]:
                    name = f"{template['name']}-{blank['name']}"
                    if not cleaned.get(name):
                        self.add_error(name, _("Fill this in, or leave the answer out."))
        return cleaned

    def filled(self) -> list[tuple[dict[str, Any], dict[str, str]]]:
        """The templates to publish, each with its blanks filled in."""
        said = self.cleaned_data
        wanted = [template for template in self.templates if said[f"{template['name']}-use"]]
        return [
            (template, {blank["name"]: said[f"{template['name']}-{blank['name']}"] for blank in template["blanks"]})
            for template in wanted
        ]


class QuestionsForm(forms.Form):
    """Ten questions of the owner's set; empty ones are left out."""

    def __init__(self, *args: Any, questions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        padded = [*questions, *[""] * QUESTIONS][:QUESTIONS]
        for number, question in enumerate(padded, 1):
            self.fields[f"q{number}"] = forms.CharField(
                label=_("Question %(n)d") % {"n": number}, required=False, max_length=300, initial=question
            )

    def texts(self) -> list[str]:
        """What was asked, each question once, in its order."""
        return list(dict.fromkeys(text for text in self.cleaned_data.values() if text))


def firm_initial(organisation: Organisation) -> dict[str, Any]:
    return {name: getattr(organisation, name) for name in FirmForm.base_fields}
