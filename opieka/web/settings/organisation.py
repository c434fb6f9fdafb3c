"""The firm: its name, voice, colour, hours and contact."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opieka.accounts import brand
from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.actions import BadColour, save_organisation
from opieka.accounts.hours import back_words
from opieka.accounts.models import Organisation
from opieka.accounts.rules import CONFIGURE
from opieka.web.settings.hours import HoursForm, next_holidays
from opieka.web.settings.profile import LANGUAGES

HOME = "Europe/Warsaw"
FIELDS = [
    "name", "shop_url", "language", "time_zone", "address_form", "brand_colour", "contact_email", "contact_phone", "controller",
    "privacy_url",
]  # fmt: skip
ADDRESSES = [
    ("neutral", gettext_lazy("neutrally")),
    ("formal", gettext_lazy("formal: Pan, Pani")),
    ("informal", gettext_lazy("by first name")),
]
ADDRESS_EXAMPLE = gettext_lazy("Neutrally, for example: “The message has been sent.”")
SWATCHES = ["#0b5c55", "#1f4f8f", "#6b4fb3", "#8c2f5b", "#9a4a00", "#2f3a45"]


def zones() -> list[tuple[str, str]]:
    """Polish time first, then every zone of Europe by its city, then UTC."""
    from babel.dates import get_timezone_location

    named = {
        zone: get_timezone_location(zone, locale=to_locale(get_language() or "pl"), return_city=True)
        for zone in available_timezones()
        if zone.startswith("Europe/")
    }
    rest = sorted((zone for zone in named if zone != HOME), key=lambda zone: named[zone])
    return [(zone, named.get(zone, zone)) for zone in [HOME, *rest, "UTC"]]


class ColourField(forms.CharField):
    """A colour as "#rrggbb". Whether white letters can be read on it is decided when it is saved."""

    widget = forms.TextInput(attrs={"maxlength": 7, "spellcheck": "false", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        colour = str(super().clean(value)).strip().lower()
        if not brand.is_colour(colour):
            raise forms.ValidationError(_("Write the colour as # and six digits, for example #0b5c55."))
        return colour


class OrganisationForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the company"), max_length=120)
    shop_url = forms.URLField(
        label=gettext_lazy("Address of the shop"), required=False, assume_scheme="https", max_length=200
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of customers"), choices=LANGUAGES)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones)
    address_form = forms.ChoiceField(
        label=gettext_lazy("How we address customers"),
        choices=ADDRESSES,
        widget=forms.RadioSelect,
        help_text=ADDRESS_EXAMPLE,
    )
    brand_colour = ColourField(label=gettext_lazy("Brand colour"))
    contact_email = forms.EmailField(label=gettext_lazy("E-mail for customers"), required=False)
    contact_phone = forms.CharField(label=gettext_lazy("Phone for customers"), required=False, max_length=30)
    controller = forms.CharField(
        label=gettext_lazy("Controller of personal data"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Full name of the company, as in the privacy policy."),
    )
    privacy_url = forms.URLField(
        label=gettext_lazy("Privacy policy"), required=False, assume_scheme="https", max_length=200
    )


@needs(CONFIGURE)
@require_http_methods(["GET", "POST"])
def organisation(request: MemberRequest) -> HttpResponse:
    house, data = request.membership.organisation, with_offered_colour(request.POST)
    form = OrganisationForm(data or None, initial={name: getattr(house, name) for name in FIELDS})
    hours = HoursForm(data or None, hours=house.opening_hours)
    offer = ""
    if request.method == "POST" and form.is_valid() and hours.is_valid():
        try:
            save_organisation(request.membership, opening_hours=hours.hours(), **form.cleaned_data)
        except BadColour as bad:
            offer = refuse_colour(form, bad)
        else:
            messages.success(request, _("Saved"))
            return redirect("organisation")
    status = 422 if form.errors or hours.errors else 200
    return render(
        request, "web/settings/organisation.html", _context(house, form, hours) | {"offer": offer}, status=status
    )


def with_offered_colour(posted: QueryDict) -> QueryDict:
    """What was posted; the shade we offered, when its button was pressed, stands for the colour."""
    data = posted.copy()
    if offered := data.get("offered_colour"):
        data["brand_colour"] = offered
    return data


def refuse_colour(form: forms.Form, bad: BadColour) -> str:
    """Say why, and return the shade to offer."""
    ratio = f"{brand.contrast(str(bad), brand.WHITE):.1f}".replace(".", ",")
    sentence = _("White letters cannot be read on this colour: the contrast is %(ratio)s : 1 and must be 4,5 : 1.")
    form.add_error("brand_colour", sentence % {"ratio": ratio})
    return bad.offer


def _context(house: Organisation, form: OrganisationForm, hours: HoursForm) -> dict[str, Any]:
    return {
        "form": form,
        "hours": hours,
        "swatches": SWATCHES,
        "ratio": brand.contrast(house.brand_colour, brand.WHITE),
        "back": back_words(house, timezone.now()),
        "holidays": next_holidays(house),
    }
