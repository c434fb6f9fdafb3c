"""What happens inside the product whose mail is treated badly: `python -m opieka.cli.chaos.mail_scene VERB …`."""

import json
import re
import sys
from collections import Counter
from typing import Any

from opieka.cli.base import start_django
from opieka.cli.chaos.dovecot import PASSWORD
from opieka.cli.chaos.letters import SUPPORT

MARK = re.compile(r"znak-(\d+)-")


def prepare(imap_port: str, smtp_port: str) -> dict[str, Any]:
    """A shop with one mailbox, reached through those ports."""
    from opieka.accounts.actions import found
    from opieka.channels.actions import connect
    from opieka.channels.email import Email
    from opieka.plumbing.preparing import prepare as bring_up_to_date

    bring_up_to_date(with_backup=False)
    owner = found("Chaos", email="owner@chaos.example", person="Owner")
    form: dict[str, Any] = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    form |= {
        "address": SUPPORT,
        "imap_host": "127.0.0.1",
        "imap_port": int(imap_port),
        "imap_security": "none",
        "imap_password": PASSWORD,
        "smtp_host": "127.0.0.1",
        "smtp_port": int(smtp_port),
        "smtp_security": "none",
        "smtp_user": "",
        "undo": False,
    }
    inbox = connect(owner.organisation, "email", name="Poczta", cleaned=form)
    return {"inbox": inbox.pk, "organisation": owner.organisation_id}


def count() -> dict[str, Any]:
    """What became of the mails."""
    from opieka.channels.models import Raw
    from opieka.channels.queries import hook_of
    from opieka.conversations.models import Delivery, Message
    from opieka.plumbing.jobs import counts

    found: Counter[int] = Counter()
    strangers = 0
    said = Message.objects.filter(author="customer").select_related("conversation__customer")
    for message in said.iterator():
        found.update(set(_marks(f"{message.text}\n{message.full_text}")) or _enclosed(message))
        strangers += not _takes_part(message)
    unclear = list(Raw.objects.filter(state=Raw.State.UNCLEAR))
    for raw in unclear:
        found.update(set(_marks(hook_of(raw).body.decode("utf-8", "replace"))))
    doubtful = Delivery.objects.filter(state=Delivery.State.UNCERTAIN)
    settled = Delivery.objects.filter(state__in=[Delivery.State.ACCEPTED, Delivery.State.DELIVERED])
    return {
        "found": sorted(found),
        "doubled": sum(times - 1 for times in found.values()),
        "joined_wrongly": strangers,
        "stuck": counts()["dead"] + Raw.objects.filter(state=Raw.State.NEW).count(),
        "unclear": len(unclear),
        "accepted": list(settled.values_list("external_id", flat=True)),
        "uncertain": doubtful.count(),
        "unexplained": doubtful.filter(error="").count(),
    }


def reply(replies: str) -> dict[str, Any]:
    """So many conversations with a customer each, and an agent's answer in each."""
    from opieka.accounts.models import Membership
    from opieka.channels.models import Inbox
    from opieka.conversations import actions

    inbox, agent = Inbox.objects.get(), Membership.objects.get()
    for number in range(int(replies)):
        conversation = actions.begin(inbox, to=f"odbiorca{number}@poczta.example", subject=f"Sprawa {number}")
        actions.reply(conversation, f"Odpowiedź {number}", by=agent)
    return {}


def deliveries() -> dict[str, Any]:
    """What became of the replies, and whether those that failed can be sent again."""
    from django.db import transaction
    from django.db.models import Sum

    from opieka.conversations import actions
    from opieka.conversations.models import Delivery
    from opieka.plumbing.jobs import counts

    rows = list(Delivery.objects.select_related("message").order_by("id"))
    failed = [row for row in rows if row.state == Delivery.State.FAILED]
    with transaction.atomic():
        for row in failed:
            actions.resend(row.message)
        again = Delivery.objects.filter(pk__in=[row.pk for row in failed], state=Delivery.State.QUEUED).count()
        transaction.set_rollback(True)
    return {
        "deliveries": [[row.recipient, row.state, row.error] for row in rows],
        "attempts": Delivery.objects.aggregate(all=Sum("attempts"))["all"],
        "retriable": again == len(failed),
        "stuck": counts()["dead"],
    }


def _enclosed(message: Any) -> set[int]:
    """What stands in its files: a mail that says it is nothing but another mail is shown as a file."""
    from opieka.plumbing import files

    contents = [files.store().get(attachment.file) for attachment in message.attachments.all()]
    return {number for content in contents for number in _marks(content.decode("utf-8", "replace"))}


def _marks(text: str) -> list[int]:
    return [int(number) for number in MARK.findall(text)]


def _takes_part(message: Any) -> bool:
    """Whether whoever wrote it is the customer of the conversation it is in: no mail here brings anybody else along."""
    from opieka.customers.models import Identity

    sender = str(message.recipients["from"]).lower()
    return Identity.objects.filter(customer=message.conversation.customer, value__iexact=sender).exists()


if __name__ == "__main__":
    start_django()
    verb, *arguments = sys.argv[1:]
    verbs = {"prepare": prepare, "count": count, "reply": reply, "deliveries": deliveries}
    result = verbs[verb](*arguments)  # type: ignore[operator]
    sys.stdout.write(json.dumps(result) + "\n")
