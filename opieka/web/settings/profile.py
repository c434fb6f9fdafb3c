"""What a person may change about themselves."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from opieka.accounts import queries
from opieka.accounts.access import personal
from opieka.accounts.actions import save_profile
from opieka.accounts.models import User

LANGUAGES = [("pl", "Polski"), ("en", "English")]
THEMES = [("system", gettext_lazy("as the system")), ("light", gettext_lazy("light")), ("dark", gettext_lazy("dark"))]
DENSITIES = [("comfortable", gettext_lazy("comfortable")), ("compact", gettext_lazy("compact"))]


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("First and last name"),
        max_length=120,
        help_text=gettext_lazy("Customers see the first name."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    theme = forms.ChoiceField(label=gettext_lazy("Colours"), choices=THEMES)
    density = forms.ChoiceField(label=gettext_lazy("Density of lists"), choices=DENSITIES)
    shortcuts = forms.BooleanField(
        label=gettext_lazy("Keyboard shortcuts"),
        required=False,
        help_text=gettext_lazy("Single letters act in the inbox. Switch them off if you use voice control."),
    )
    signature = forms.CharField(
        label=gettext_lazy("Signature"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Stands under your replies by e-mail."),
    )


@personal
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - @personal has let nobody else in.
    member = getattr(request, "membership", None) or None
    known: dict[str, Any] = {
        name: getattr(user, name) for name in ("name", "language", "theme", "density", "shortcuts")
    }
    form = ProfileForm(request.POST or None, initial=known | {"signature": member.signature if member else ""})
    if member is None:
        del form.fields["signature"]
    if request.method == "POST" and form.is_valid():
        save_profile(user, member, **form.cleaned_data)
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Saved"))
        return redirect("profile")
    places = queries.memberships_of(user)
    context = {"form": form, "places": places, "member": member}
    return render(request, "web/settings/profile.html", context, status=422 if form.errors else 200)
