"""What each of the first steps takes and shows."""

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opieka.accounts import brand
from opieka.accounts.access import MemberRequest
from opieka.accounts.actions import BadColour, save_organisation
from opieka.accounts.models import Organisation
from opieka.assistant import preparing
from opieka.channels import actions as channels_actions
from opieka.channels.models import Inbox
from opieka.channels.queries import asks_consent, channel_of
from opieka.channels.registry import channel_class
from opieka.knowledge import actions as knowledge
from opieka.knowledge import queries as articles
from opieka.knowledge.sources.base import CannotRead
from opieka.web.settings.hours import HoursForm, next_holidays
from opieka.web.settings.inboxes import PREFIX, say_whether_it_works, secrets_in
from opieka.web.settings.organisation import SWATCHES, refuse_colour, with_offered_colour
from opieka.web.start import steps
from opieka.web.start.answers import publish, templates_for, usual_questions
from opieka.web.start.forms import BlanksForm, FirmForm, LookForm, PageForm, QuestionsForm, firm_initial
from opieka.web.start.views import Result, step_view

PAGE_SOURCE = "page"


@step_view("firm")
def firm(request: MemberRequest) -> Result:
    house = request.membership.organisation
    form = FirmForm(request.POST or None, initial=firm_initial(house))
    hours = HoursForm(request.POST or None, hours=house.opening_hours)
    right: bool | None = None
    if request.method == "POST":
        right = form.is_valid() and hours.is_valid()
        if right:
            save_organisation(request.membership, opening_hours=hours.hours(), **form.cleaned_data)
    return {"form": form, "hours": hours, "holidays": next_holidays(house)}, right


@step_view("look")
def look(request: MemberRequest) -> Result:
    house, data = request.membership.organisation, with_offered_colour(request.POST)
    chat = chat_for(request)
    initial = {
        "brand_colour": house.brand_colour,
        "address_form": house.address_form,
        "greeting": str(chat.settings.get("greeting", "")).replace("\n", " "),
    }
    form = LookForm(data or None, initial=initial)
    offer, right = "", None
    if request.method == "POST":
        right = form.is_valid()
        if right:
            try:
                _keep_look(request, chat, form.cleaned_data)
            except BadColour as bad:
                offer, right = refuse_colour(form, bad), False
    ratio = brand.contrast(house.brand_colour, brand.WHITE)
    return {"form": form, "swatches": SWATCHES, "offer": offer, "ratio": ratio}, right


@transaction.atomic
def _keep_look(request: MemberRequest, chat: Inbox, said: dict[str, Any]) -> None:
    member = request.membership
    member.organisation = save_organisation(
        member, brand_colour=said["brand_colour"], address_form=said["address_form"]
    )
    if chat.settings.get("greeting", "") != said["greeting"]:
        kept = chat.settings | {"greeting": said["greeting"]}
        channels_actions.reconfigure(chat, name=chat.name, cleaned=kept, by=member)


def chat_for(request: MemberRequest) -> Inbox:
    """The firm's chat, connected now with its usual settings when there is none."""
    member, kind = request.membership, steps.pasted_kind()
    known = steps.inbox_of(member.organisation, kind)
    if known:
        return known
    channel = channel_class(kind)
    blank = channel.Form(dict.fromkeys(channel.Form.base_fields, ""))
    blank.is_valid()
    return channels_actions.connect(
        member.organisation, kind, name=str(channel.label), cleaned=blank.cleaned_data, by=member
    )


@step_view("mailbox")
def mailbox(request: MemberRequest) -> Result:
    member, kind = request.membership, steps.fetched_kind()
    known, channel = steps.inbox_of(member.organisation, kind), channel_class(kind)
    usual = {"address": member.organisation.contact_email} if "address" in channel.Form.base_fields else {}
    initial = channel.Form.as_typed(known.settings) if known else usual
    form = channel.Form(request.POST or None, prefix=PREFIX, initial=initial)
    if known and known.sealed_secrets:
        for field in secrets_in(form.fields.values()):
            field.widget.attrs["placeholder"] = _("saved; leave empty to keep it")
    right: bool | None = None
    # A half-typed mailbox is not tried: it is kept when the button is pressed.
    if request.method == "POST" and not request.GET.get("auto"):
        right = form.is_valid() and _mailbox_works(request, known, kind, form.cleaned_data)
    usual_fields = [form[name] for name in form.fields if name not in form.rare]
    rare = [form[name] for name in form.rare]
    return {
        "form": form,
        "usual": usual_fields,
        "rare": rare,
        "rare_open": any(b.errors for b in rare),
        "inbox": known,
        "asks_consent": bool(known and asks_consent(known)),
    }, right


def _mailbox_works(request: MemberRequest, known: Inbox | None, kind: str, cleaned: dict[str, Any]) -> bool:
    member = request.membership
    if known:
        channels_actions.reconfigure(known, name=known.name, cleaned=cleaned, by=member)
    made = known or channels_actions.connect(
        member.organisation, kind, name=str(channel_class(kind).label), cleaned=cleaned, by=member
    )
    return say_whether_it_works(request, made)


@step_view("snippet")
def snippet(request: MemberRequest) -> Result:
    chat = chat_for(request)
    code = channel_of(chat, secrets=False).snippet(settings.PUBLIC_URL)
    return {"snippet": code, "chat": chat, "seen": chat.last_seen_at}, True if request.method == "POST" else None


@step_view("answers")
def answers(request: MemberRequest) -> Result:
    member = request.membership
    page = PageForm(request.POST or None)
    blanks = BlanksForm(request.POST or None, templates=templates_for(member))
    right: bool | None = None
    if request.method == "POST" and not request.GET.get("auto"):
        if "bring_in" in request.POST:
            right = _brought_in(request, page)
        else:
            right = blanks.is_valid()
            for template, said in blanks.filled() if right else []:
                publish(member, template, said)
    published = articles.public_articles(member.organisation, member.organisation.language).count()
    return {"page": page, "blanks": blanks, "published": published}, right


def _brought_in(request: MemberRequest, page: PageForm) -> bool:
    """The shop's own page becomes drafts, which somebody reads before customers do."""
    if not page.is_valid() or not page.cleaned_data["page"]:
        return page.is_valid()
    try:
        report = knowledge.bring_in(
            request.membership.organisation, PAGE_SOURCE, page.cleaned_data["page"], by=request.membership
        )
    except CannotRead as problem:
        page.add_error("page", str(problem))
        return False
    number = report.created + report.changed
    text = ngettext("%(n)d article is waiting as a draft.", "%(n)d articles are waiting as drafts.", number)
    messages.success(request, text % {"n": number})
    return True


@step_view("trial")
def trial(request: MemberRequest) -> Result:
    house = request.membership.organisation
    known = [question.text for question in preparing.questions_of(house)] or usual_questions(house)
    form = QuestionsForm(request.POST or None, questions=known)
    results: list[preparing.Trial] = []
    right: bool | None = None
    took = 0.0
    if request.method == "POST" and not request.GET.get("auto"):
        right = form.is_valid()
        if right and "ask" in request.POST:
            knowledge.reindex(house.pk)
            began = time.perf_counter()
            results = preparing.keep_questions(house, form.texts())
            took = time.perf_counter() - began
    return {
        "form": form,
        "results": results,
        "took": took,
        "checks": checks_of(house),
        "answered": _answered(results),
    }, right


def _answered(results: list[preparing.Trial]) -> int:
    return sum(result.outcome == "answer" for result in results)


def checks_of(house: Organisation) -> list[dict[str, Any]]:
    """What is ready and what is not, as the last page lists it."""
    chat, mail = steps.inbox_of(house, steps.pasted_kind()), steps.inbox_of(house, steps.fetched_kind())
    published = articles.public_articles(house, house.language).count()
    return [
        {
            "well": bool(mail and not mail.trouble),
            "text": _("Mailbox connected") if mail else _("No mailbox yet"),
            "note": (mail.trouble or mail.name) if mail else "",
            "url": BY_STEP["mailbox"],
        },
        {
            "well": bool(chat and chat.last_seen_at),
            "text": _("The chat was opened on your page")
            if chat and chat.last_seen_at
            else _("The chat was not seen on your page yet"),
            "note": house.shop_url,
            "url": BY_STEP["snippet"],
        },
        {
            "well": published > 0,
            "text": ngettext("%(n)d answer published", "%(n)d answers published", published) % {"n": published},
            "note": "",
            "url": BY_STEP["answers"],
        },
    ]


BY_STEP = {step.name: step.url for step in steps.STEPS}
