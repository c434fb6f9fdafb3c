"""Keys for programs: made, shown once, revoked."""

from datetime import timedelta

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from opieka.accounts import actions, queries
from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import CONFIGURE

SCOPES = [
    ("read", gettext_lazy("Read conversations, customers, articles and channels")),
    ("write", gettext_lazy("Answer, write notes, resolve")),
    ("articles", gettext_lazy("Write and publish articles")),
]
# The same in a word, after "allowed to".
ABILITIES = {
    "read": pgettext_lazy("a key may", "read"),
    "write": pgettext_lazy("a key may", "answer"),
    "articles": pgettext_lazy("a key may", "write articles"),
}
LASTS = [
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("a year")),
    ("", gettext_lazy("until revoked")),
]


class KeyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What is it for?"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What may it do?"), choices=SCOPES, initial=["read"], widget=forms.CheckboxSelectMultiple
    )
    lasts = forms.ChoiceField(label=gettext_lazy("It works for"), choices=LASTS, required=False, initial="365")


def abilities(scopes: list[str]) -> str:
    """What a key may do, in words: "read, answer"."""
    return ", ".join(str(ABILITIES.get(scope, scope)) for scope in scopes)


@needs(CONFIGURE)
@reauthentication_required(app="opieka.api")  # type: ignore[untyped-decorator]
@never_cache
@require_http_methods(["GET", "POST"])
def keys(request: MemberRequest) -> HttpResponse:
    """The list; POST makes a key and shows it this one time."""
    form, fresh = KeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        until = timezone.now() + timedelta(days=int(said["lasts"])) if said["lasts"] else None
        _key, fresh = actions.create_key(request.membership, said["name"], scopes=said["scopes"], expires_at=until)
        form = KeyForm()
    context = {
        "form": form,
        "fresh": fresh,
        "keys": queries.keys_of(request.membership.organisation),
        "now": timezone.now(),
        "example": f'curl -H "Authorization: Bearer {fresh}" {request.build_absolute_uri("/api/v1/conversations")}',
    }
    return render(request, "web/settings/keys.html", context, status=422 if form.errors else 200)


@needs(CONFIGURE)
@require_POST
def revoke(request: MemberRequest, key_id: int) -> HttpResponse:
    key = get_object_or_404(queries.keys_of(request.membership.organisation), id=key_id)
    actions.revoke_key(key, by=request.membership)
    messages.success(request, _("The key “%(name)s” no longer works") % {"name": key.name})
    return redirect("keys")
