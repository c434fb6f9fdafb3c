"""The team: people and their roles, invitations, and teams that share a queue."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opieka.accounts import actions, queries
from opieka.accounts.access import MemberRequest, needs
from opieka.accounts.actions.invite import link_of
from opieka.accounts.models import Membership, Role, Team
from opieka.accounts.rules import MANAGE_PEOPLE, grantable


def roles_for(member: Membership) -> list[tuple[str, str]]:
    """The roles this member may give, the plainest first."""
    allowed = grantable(member.role)
    return [(role.value, str(role.label)) for role in reversed(Role) if role.value in allowed]


class InviteForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), initial=Role.AGENT.value)
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        label=gettext_lazy("Team"), queryset=None, required=False, empty_label=gettext_lazy("no team")
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role, team = self.fields["role"], self.fields["team"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - Tells the type checker.
        assert isinstance(team, forms.ModelChoiceField)  # noqa: S101
        role.choices = roles_for(by)
        team.queryset = queries.teams_of(by.organisation)


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """People by their names alone."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Membership) -> str:
        return obj.name


class GroupForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    takes_new = forms.BooleanField(
        label=gettext_lazy("Takes new conversations"),
        required=False,
        help_text=gettext_lazy("What nobody leads goes to these people first."),
    )
    members = PeopleField(label=gettext_lazy("People"), queryset=None, required=False)

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = self.fields["members"]
        assert isinstance(members, PeopleField)  # noqa: S101 - Tells the type checker.
        members.queryset = queries.members_of(by.organisation)


@needs(MANAGE_PEOPLE)
@require_http_methods(["GET", "POST"])
def team(request: MemberRequest) -> HttpResponse:
    """Everybody who works here; POST invites somebody."""
    form = InviteForm(request.POST or None, by=request.membership)
    if request.method == "POST" and form.is_valid() and _invited(request, form):
        return redirect("team")
    return render(
        request,
        "web/settings/team.html",
        _people(request.membership) | {"form": form},
        status=422 if form.errors else 200,
    )


def _invited(request: MemberRequest, form: InviteForm) -> bool:
    said = form.cleaned_data
    try:
        actions.invite(request.membership, said["email"], role=said["role"], team=said["team"])
    except actions.AlreadyHere:
        form.add_error("email", _("This person works here already."))
        return False
    messages.success(request, _("An invitation is on its way to %(email)s") % {"email": said["email"]})
    return True


def _people(me: Membership) -> dict[str, Any]:
    reach = grantable(me.role)
    members = queries.members_of(me.organisation).prefetch_related("teams")
    offers = queries.invitations_of(me.organisation)
    return {
        "people": [{"member": member, "mine": member.pk == me.pk, "reach": member.role in reach} for member in members],
        "roles": roles_for(me),
        "offers": [
            {"offer": offer, "link": link_of(offer) if offer.open else "", "reach": offer.role in reach}
            for offer in offers
        ],
        "groups": queries.teams_of(me.organisation).prefetch_related("members__user"),
    }


def _member(request: MemberRequest, member_id: int) -> Membership:
    return get_object_or_404(queries.colleagues(request.membership), id=member_id)


@needs(MANAGE_PEOPLE)
@require_POST
def role(request: MemberRequest, member_id: int) -> HttpResponse:
    target, wanted = _member(request, member_id), request.POST.get("role", "")
    if wanted not in Role.values:
        return HttpResponse(status=400)
    try:
        actions.change_role(target, wanted, by=request.membership)
    except actions.LastOwner:
        messages.error(request, _("A company needs an owner. Make somebody else an owner first."))
    except actions.MayNot:
        return HttpResponse(status=403)
    else:
        messages.success(request, _("%(name)s: the role was changed") % {"name": target.name})
    return redirect("team")


@needs(MANAGE_PEOPLE)
@require_POST
def remove(request: MemberRequest, member_id: int) -> HttpResponse:
    target = _member(request, member_id)
    try:
        actions.remove_member(target, by=request.membership)
    except actions.LastOwner:
        messages.error(request, _("A company needs an owner. Make somebody else an owner first."))
    except actions.MayNot:
        return HttpResponse(status=403)
    else:
        messages.success(request, _("%(name)s no longer has access") % {"name": target.name})
    return redirect("team")


@needs(MANAGE_PEOPLE)
@require_POST
def resend(request: MemberRequest, invitation_id: int) -> HttpResponse:
    offer = get_object_or_404(queries.invitations_of(request.membership.organisation), id=invitation_id)
    try:
        actions.resend_invitation(offer, by=request.membership)
    except actions.MayNot:
        return HttpResponse(status=403)
    messages.success(request, _("A new link is on its way to %(email)s") % {"email": offer.email})
    return redirect("team")


@needs(MANAGE_PEOPLE)
@require_POST
def withdraw(request: MemberRequest, invitation_id: int) -> HttpResponse:
    offer = get_object_or_404(queries.invitations_of(request.membership.organisation), id=invitation_id)
    actions.withdraw_invitation(offer, by=request.membership)
    messages.success(request, _("The invitation for %(email)s was withdrawn") % {"email": offer.email})
    return redirect("team")


@needs(MANAGE_PEOPLE)
@require_http_methods(["GET", "POST"])
def new_group(request: MemberRequest) -> HttpResponse:
    return _group(request, None)


@needs(MANAGE_PEOPLE)
@require_http_methods(["GET", "POST"])
def group(request: MemberRequest, team_id: int) -> HttpResponse:
    return _group(request, get_object_or_404(queries.teams_of(request.membership.organisation), id=team_id))


def _group(request: MemberRequest, known: Team | None) -> HttpResponse:
    """The form of a team, new or existing."""
    initial = {"name": known.name, "takes_new": known.takes_new, "members": known.members.all()} if known else {}
    form = GroupForm(request.POST or None, by=request.membership, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_team(request.membership, team=known, **form.cleaned_data)
        except IntegrityError:
            form.add_error("name", _("There is a team of this name already."))
        else:
            messages.success(request, _("Saved"))
            return redirect("team")
    context = {"form": form, "group": known}
    return render(request, "web/settings/group.html", context, status=422 if form.errors else 200)


@needs(MANAGE_PEOPLE)
@require_POST
def dissolve(request: MemberRequest, team_id: int) -> HttpResponse:
    found = get_object_or_404(queries.teams_of(request.membership.organisation), id=team_id)
    actions.dissolve_team(found, by=request.membership)
    messages.success(request, _("The team was dissolved"))
    return redirect("team")
