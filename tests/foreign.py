"""What belongs to the other shop, with a word in every text of it that must never be seen in ours."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.core.serializers import serialize
from django.db.models import F, Model
from django.utils import timezone

from opieka.accounts.actions import create_key, invite, save_team
from opieka.channels.actions import connect, keep, settle
from opieka.channels.base import File, Hook, Inbound
from opieka.conversations.actions import Later, attach, note, receive, reply, schedule
from opieka.conversations.models import Message
from opieka.customers.actions import block, recognise
from opieka.helpdesk.actions import save_template
from opieka.knowledge.actions import publish_article, save
from opieka.knowledge.models import Category
from opieka.plumbing.models import JobRow
from tests.world import World

MARK = "tajemnicaobcych"
UNUSED_NUMBER = 7


@dataclass(kw_only=True)
class Foreign:
    """`ids` holds, for every parameter of an address, an object of the other shop."""

    ids: dict[str, Any] = field(default_factory=dict)


def make_foreign(world: World) -> Foreign:
    """One of everything for Olek's shop. Its conversation has a number that ours has not given out."""
    shop, olek = world.stranger_shop, world.olek
    inbox = connect(shop, "console", name=MARK, cleaned={"greeting": MARK})
    customer = recognise(shop, kind="console", value=f"{MARK}@poczta.example", name=MARK)
    conversations = [
        receive(
            inbox, Inbound(external_id=f"f{n}", sender=MARK, text=MARK, subject=MARK), customer=customer
        ).conversation
        for n in range(UNUSED_NUMBER)
    ]
    said = reply(conversations[-1], MARK, by=olek)
    note(conversations[-1], MARK, by=olek)
    scheduled = schedule(conversations[-1], MARK, by=olek, later=Later(at=timezone.now() + timedelta(days=30)))
    assert scheduled
    attachment = attach(
        said, File(name=f"{MARK}.txt", content=MARK.encode(), content_type="text/plain"), organisation_id=shop.pk
    )
    raw, _ = keep(inbox, Hook(body=MARK.encode()), dedupe_key="foreign")
    settle(raw, problem=MARK)
    Message.objects.filter(pk=said.pk).update(raw=raw)
    team = save_team(olek, name=MARK, takes_new=True, members=[olek])
    category = Category.objects.create(organisation=shop, name=MARK, slug="obca")
    article = save(shop, title=MARK, body=MARK, summary=MARK, category=category, owner=olek)
    publish_article(article, by=olek)
    job = JobRow.objects.create(
        name="opieka.surveys.actions.invite",
        organisation_id=shop.pk,
        state="dead",
        run_after=timezone.now(),
        last_error=MARK,
    )
    session = UserSession.objects.create(user=olek.user, ip="10.0.0.1", session_key="f" * 32, user_agent=MARK)
    passkey = Authenticator.objects.create(
        user=olek.user, type=Authenticator.Type.WEBAUTHN, data={"name": MARK, "credential": {}}
    )
    return Foreign(
        ids={
            "number": conversations[-1].number,
            "customer_id": customer.pk,
            "message_id": said.pk,
            "template_id": save_template(olek, name=MARK, text=MARK).pk,
            "scheduled_id": scheduled.pk,
            "attachment_id": attachment.pk,
            "article_id": article.pk,
            "category_id": category.pk,
            "inbox_id": inbox.pk,
            "carrier_id": connect(shop, "console", name=f"{MARK}2", cleaned={"greeting": MARK}).pk,
            "raw_id": raw.pk,
            "team_id": team.pk,
            "member_id": olek.pk,
            "organisation_id": shop.pk,
            "invitation_id": invite(olek, f"{MARK}@zaproszeni.example", role="agent").pk,
            "key_id": create_key(olek, MARK, scopes=["read"], expires_at=timezone.now() + timedelta(days=1))[0].pk,
            "job_id": job.pk,
            "block_id": block(olek, kind="email", value=f"{MARK}@spam.example").pk,
            "session_id": session.pk,
            "pk": passkey.pk,
            "conversation_id": conversations[-1].pk,
        }
    )


# Whatever a form or a body may call a thing of ours, said with an id of theirs.
def nested(foreign: Foreign) -> dict[str, Any]:
    ids = foreign.ids
    return {
        "to": ids["member_id"], "member": ids["member_id"], "members": ids["member_id"], "assignee": ids["member_id"],
        "owner": ids["member_id"], "team": ids["team_id"], "team_id": ids["team_id"], "category": ids["category_id"],
        "id": ids["conversation_id"], "ids": ids["conversation_id"], "conversation": ids["conversation_id"],
        "file": ids["attachment_id"], "files": ids["attachment_id"], "attachments": ids["attachment_id"],
        "customer": ids["customer_id"], "customer_id": ids["customer_id"], "inbox": ids["inbox_id"],
        "inbox_id": ids["inbox_id"], "article": ids["article_id"], "organisation": ids["organisation_id"],
        "organisation_id": ids["organisation_id"], "translation_of": ids["article_id"], "expected": ids["article_id"],
    }  # fmt: skip


def own_models() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("opieka.") and hasattr(model, "organisation_id")
    ]


def snapshot(organisation_id: int) -> str:
    """Every row of an organisation as text: equal before and after means that nothing was touched."""
    rows = []
    for model in own_models():
        rows += sorted(
            serialize("json", [row]) for row in model._default_manager.filter(organisation_id=organisation_id)
        )
    return "\n".join(rows)


def crossings() -> list[str]:
    """Rows of one organisation that point to a row of another: there may never be one."""
    found = []
    for model in own_models():
        for column in model._meta.get_fields():
            target = getattr(column, "related_model", None)
            if not column.concrete or target not in own_models():
                continue
            crossing = model._default_manager.filter(**{f"{column.name}__isnull": False})
            crossing = crossing.exclude(**{f"{column.name}__organisation_id": F("organisation_id")})
            found += [f"{model.__name__}.{column.name}: {row.pk}" for row in crossing]
    return found
