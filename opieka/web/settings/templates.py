"""Reply templates: written here, chosen in the composer."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.rules import CONFIGURE
from opieka.conversations.variables import VARIABLES, unknown_in
from opieka.helpdesk import actions, queries


class TemplateForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Agents find the template by it.")
    )
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=20_000, strip=True, widget=forms.Textarea(attrs={"rows": 12})
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if unknown := unknown_in(text):
            names = ", ".join(f"{{{{{name}}}}}" for name in unknown)
            raise forms.ValidationError(_("There is no variable %(names)s."), params={"names": names})
        return text


@needs(CONFIGURE)
@require_GET
def templates(request: MemberRequest) -> HttpResponse:
    """The list; after a removal it offers the way back."""
    removed = request.GET.get("removed", "")
    gone = queries.removed_template(request.membership, int(removed)) if removed.isdecimal() else None
    context = {"templates": queries.templates_of(request.membership), "gone": gone}
    return render(request, "web/settings/templates.html", context)


@needs(CONFIGURE)
@require_http_methods(["GET", "POST"])
def template(request: MemberRequest, template_id: int | None = None) -> HttpResponse:
    """Write a new one, or change one."""
    member = request.membership
    found = get_object_or_404(queries.templates_of(member), id=template_id) if template_id else None
    initial = {"name": found.name, "text": found.text} if found else {}
    form = TemplateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_template(member, **form.cleaned_data, template=found)
        except actions.NameTaken:
            form.add_error("name", _("Another template has this name."))
        else:
            messages.success(request, _("Saved"))
            return redirect("templates")
    variables = [{"name": f"{{{{{name}}}}}", "label": one.label} for name, one in VARIABLES.items()]
    context = {"form": form, "template": found, "variables": variables}
    return render(request, "web/settings/template.html", context, status=422 if form.errors else 200)


@needs(CONFIGURE)
@require_POST
def remove(request: MemberRequest, template_id: int) -> HttpResponse:
    found = get_object_or_404(queries.templates_of(request.membership), id=template_id)
    actions.remove_template(found, by=request.membership)
    return redirect(f"/settings/templates/?removed={found.pk}")


@needs(CONFIGURE)
@require_POST
def restore(request: MemberRequest, template_id: int) -> HttpResponse:
    found = queries.removed_template(request.membership, template_id)
    if found is None:
        get_object_or_404(queries.templates_of(request.membership), id=template_id)
        return redirect("templates")
    try:
        actions.bring_back_template(found, by=request.membership)
    except actions.NameTaken:
        messages.error(
            request, _("Not brought back: another template is called “%(name)s” now.") % {"name": found.name}
        )
    else:
        messages.success(request, _("Brought back: %(name)s") % {"name": found.name})
    return redirect("templates")
