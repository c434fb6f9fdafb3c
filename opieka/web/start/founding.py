"""The very first page of an empty installation: who owns it. It opens only with the word printed at start."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opieka.accounts import actions, queries
from opieka.accounts.access import public
from opieka.accounts.opening_word import opens
from opieka.accounts.rules import CONFIGURE, may
from opieka.web.login.forms import NewcomerForm, too_many
from opieka.web.login.views import BACKEND
from opieka.web.start.steps import first_open


class FoundingForm(NewcomerForm):
    field_order = ("house", "person", "email", "password")
    house = forms.CharField(
        label=gettext_lazy("Name of the company"), max_length=120, widget=forms.TextInput(attrs={"autofocus": True})
    )
    person = forms.CharField(
        label=gettext_lazy("First and last name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))


@public
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Founds the first firm, or leads its owner on with the first steps."""
    if not queries.nobody_yet():
        return _go_on(request)
    word = request.GET.get("word", "")
    if word and too_many("reset_password_from_key", "opening"):
        return render(request, "429.html", status=429)
    if not opens(word):
        return render(request, "web/start/closed.html", {"wrong": bool(word)}, status=403)
    form = FoundingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _found(request, form.cleaned_data)
    return render(request, "web/start/founding.html", {"form": form}, status=422 if form.errors else 200)


def _go_on(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    member = getattr(request, "membership", None) or None
    if member is None or not may(member.role, CONFIGURE):
        return redirect("/")
    return redirect(first_open(member.organisation).url)


def _found(request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
    owner = actions.found(
        said["house"],
        email=said["email"],
        person=said["person"],
        password=said["password"],
        language=translation.get_language() or "pl",
    )
    start_session(request, owner.user, backend=BACKEND)
    messages.success(request, _("Welcome to %(house)s.") % {"house": owner.organisation.name})
    return redirect(first_open(owner.organisation).url)
