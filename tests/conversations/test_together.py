"""Mails that come together are taken in together, with the same outcome as one after the other."""

import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from opieka.channels.actions import keep_all
from opieka.channels.base import Hook
from opieka.channels.events import RawArrived
from opieka.channels.models import Inbox, Raw
from opieka.conversations import actions
from opieka.conversations.actions import Later, take_in
from opieka.conversations.events import MessageReceived
from opieka.conversations.models import Attachment, Conversation, Delivery, Message
from opieka.customers.actions import block
from opieka.customers.models import Customer, Identity
from opieka.flow import FLOW
from opieka.plumbing import files
from opieka.plumbing.events import use_flow
from opieka.plumbing.jobs import drain
from opieka.plumbing.models import EventRow, JobRow
from tests.world import World, mailbox_of

ANNA, JAN, SPAMMER = "anna@poczta.example", "jan@poczta.example", "obcy@spam.example"


def letter(text: str, *, sender: str = ANNA, subject: str = "Paczka", **more: str) -> bytes:
    names = {"message_id": "Message-ID", "answers": "In-Reply-To", "way": "Return-Path", "signed": "DKIM-Signature"}
    head = {"From": f"Ktoś <{sender}>", "To": "pomoc@lampa.example", "Subject": subject}
    head |= {names[name]: value for name, value in more.items()}
    return ("".join(f"{name}: {value}\r\n" for name, value in head.items()) + f"\r\n{text}\r\n").encode()


def with_file(text: str, *, message_id: str) -> bytes:
    head = f"From: {ANNA}\r\nTo: pomoc@lampa.example\r\nSubject: Plik\r\nMessage-ID: {message_id}\r\n"
    body = f'--x\r\n\r\n{text}\r\n--x\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nplik\r\n--x--\r\n'
    return f'{head}Content-Type: multipart/mixed; boundary="x"\r\n\r\n{body}'.encode()


@pytest.fixture
def mailbox(world: World) -> Inbox:
    return mailbox_of(world.shop)


def keep(mailbox: Inbox, mails: list[bytes]) -> list[RawArrived]:
    """As the watcher of a mailbox does."""
    first = Raw.objects.count()
    keep_all(mailbox, [(f"key-{first + n}", Hook(body=body)) for n, body in enumerate(mails)], cursor={})
    new = Raw.objects.filter(inbox=mailbox, state=Raw.State.NEW).order_by("id")
    return [RawArrived(organisation_id=raw.organisation_id, raw_id=raw.pk, inbox_id=mailbox.pk) for raw in new]


def all_at_once(arrived: list[RawArrived]) -> None:
    take_in(*arrived)


def one_by_one(arrived: list[RawArrived]) -> None:
    for event in arrived:
        take_in(event)


def seen() -> dict[str, object]:
    """Everything that mails have changed, without ids, which databases do not give twice."""
    conversations = list(Conversation.objects.order_by("id"))
    place = {one.pk: f"c{n}" for n, one in enumerate(conversations)} | {0: None, None: None}
    people = {pk: n for n, pk in enumerate(Customer.objects.order_by("id").values_list("id", flat=True))}
    raws = {pk: n for n, pk in enumerate(Raw.objects.order_by("id").values_list("id", flat=True))}
    messages = list(Message.objects.order_by("id"))
    said = {one.pk: f"m{n}" for n, one in enumerate(messages)}
    fields = ("number", "subject", "preview", "status", "unread", "version", "quarantine", "speaker")
    return {
        "conversations": [
            {name: getattr(one, name) for name in fields}
            | {"customer": people[one.customer_id], "waits": bool(one.waiting_since), "into": place[one.merged_into_id]}
            for one in conversations
        ],
        "messages": [
            {
                "text": one.text,
                "in": place[one.conversation_id],
                "raw": raws.get(one.raw_id or 0),
                "again": bool(one.claimed_id),
                "extra": {**one.extra, "maybe": place[one.extra.get("maybe", 0)]},
                "files": one.attachments.count(),
                "known": one.authentication,
                "automatic": one.automatic,
            }
            for one in messages
        ],
        "people": list(Identity.objects.order_by("id").values_list("value", "customer__name", "bounced_at")),
        "raws": list(Raw.objects.order_by("id").values_list("state", "problem")),
        "deliveries": list(Delivery.objects.order_by("id").values_list("state", flat=True)),
        "events": [
            (row.name, place.get(row.payload.get("conversation_id")), said.get(row.payload.get("message_id")))
            for row in EventRow.objects.exclude(name="RawUnclear").order_by("id")
        ],
        # What could not be read is told when all others are done: nothing waits for that.
        "unclear": EventRow.objects.filter(name="RawUnclear").count(),
        "jobs": sorted(
            (job.name, said.get(job.payload["data"].get("message_id")) or "")
            for job in JobRow.objects.exclude(payload__data=None)
        ),
    }


def outcome(take: Callable[[list[RawArrived]], None], arrived: list[RawArrived]) -> dict[str, object]:
    with time_machine.travel(timezone.now(), tick=False), transaction.atomic():
        take(arrived)
        found = seen()
        transaction.set_rollback(True)
    return found


def history(world: World, mailbox: Inbox) -> dict[str, Conversation]:
    """Conversations of before: one settled, one merged into another, one with a reply for later, one in doubt."""
    first = [letter(name, message_id=f"<{name}@x>", subject=name) for name in ("a", "b", "c", "d", "e")]
    take_in(*keep(mailbox, first))
    a, b, c, d, e = Conversation.objects.filter(inbox=mailbox).order_by("id")
    actions.resolve(a, by=world.ewa)
    actions.merge(b, into=c, by=world.ewa)
    actions.schedule(d, "Później", by=world.ewa, later=Later(at=timezone.now() + timedelta(days=1)))
    actions.reply(e, "Wysłane?", by=world.ewa)
    Delivery.objects.filter(message__conversation=e).update(external_id="<ours@lampa.example>", state="uncertain")
    Identity.objects.filter(value=ANNA).update(bounced_at=timezone.now())
    block(world.ewa, kind="email", value=SPAMMER)
    return {"a": a, "b": b, "c": c, "d": d, "e": e}


@pytest.mark.parametrize("sifts", [False, True])
def test_together_they_come_to_the_same_as_one_after_the_other(world: World, mailbox: Inbox, sifts: bool):
    history(world, mailbox)
    world.shop.sifts_mail = sifts
    world.shop.save()
    arrived = keep(
        mailbox,
        [
            letter("Nowy klient", sender=JAN, message_id="<1@x>", subject="Zwrot"),
            letter("Ten sam klient", sender=JAN, message_id="<2@x>", subject="Zwrot"),
            letter("Odpowiedź na pierwszy", sender=JAN, message_id="<3@x>", answers="<1@x>"),
            letter("Ten sam identyfikator", sender=ANNA, message_id="<1@x>"),
            letter("Czyja to odpowiedź?", sender=JAN, message_id="<4@x>", answers="<1@x>"),
            letter("Obcy cytuje", sender="cudzy@y.example", message_id="<5@x>", answers="<3@x>"),
            b"\r\n\r\n",
            letter("Załatwione wraca", message_id="<6@x>", answers="<a@x>"),
            letter("I jeszcze raz", message_id="<7@x>", answers="<6@x>"),
            letter("Do połączonej", message_id="<8@x>", answers="<b@x>"),
            letter("Do tej, która czeka", message_id="<9@x>", answers="<d@x>"),
            letter("Doszło", message_id="<10@x>", answers="<ours@lampa.example>"),
            letter("Kup teraz", sender=SPAMMER, message_id="<11@x>"),
            letter("Jestem na urlopie", message_id="<12@x>", answers="<c@x>", subject="Automatyczna odpowiedź"),
            letter("Z numerem", message_id="<13@x>", subject="Odp: [#3] c"),
            letter("Ten sam temat", message_id="<14@x>", subject="PACZKA"),
            letter("Podpisany", message_id="<15@x>", signed="v=1; a=rsa-sha256; d=poczta.example; s=x; b=AAAA"),
            with_file("Z plikiem", message_id="<16@x>"),
            letter("Bez nadawcy", message_id="<17@x>").replace(f"From: Ktoś <{ANNA}>\r\n".encode(), b""),
            letter("Bez identyfikatora"),
        ],
    )

    together, alone = outcome(all_at_once, arrived), outcome(one_by_one, arrived)

    assert together == alone
    assert len(together["messages"]) > 20


def test_the_jobs_of_one_inbox_are_run_together(world: World, mailbox: Inbox, django_assert_max_num_queries):
    use_flow({**FLOW, MessageReceived: []})
    keep(mailbox, [letter(f"Pytanie {n}", sender=f"k{n}@x.example", message_id=f"<{n}@x>") for n in range(60)])

    with django_assert_max_num_queries(60):
        assert drain() == 1

    assert Message.objects.filter(inbox=mailbox).count() == 60
    assert not JobRow.objects.exists()
    assert not Raw.objects.exclude(state=Raw.State.TAKEN_IN).exists()
    use_flow(FLOW)


def test_one_that_cannot_be_taken_in_keeps_its_place_and_those_before_it_are_kept(world: World, mailbox: Inbox):
    arrived = keep(mailbox, [letter(f"Nr {n}", message_id=f"<{n}@x>", subject=str(n)) for n in range(4)])
    Raw.objects.filter(id=arrived[2].raw_id).update(body=b"", body_file="raw/00/gone")
    now = timezone.now()

    with time_machine.travel(now, tick=False):
        drain()

    said = Message.objects.filter(author="customer").order_by("id")
    assert list(said.values_list("text", flat=True)) == ["Nr 0", "Nr 1"]
    waiting = JobRow.objects.filter(name__endswith="take_in").order_by("id")
    assert [job.attempts for job in waiting] == [1, 0]
    assert "gone" in waiting[0].last_error

    with time_machine.travel(now + timedelta(seconds=15), tick=False):
        drain()

    assert list(said.values_list("text", flat=True)) == ["Nr 0", "Nr 1", "Nr 3"]


def test_what_the_database_refuses_is_tried_alone_and_loses_no_other(
    world: World, mailbox: Inbox, monkeypatch: pytest.MonkeyPatch
):
    keep(mailbox, [letter(f"Nr {n}", message_id=f"<{n}@x>", subject=str(n)) for n in range(3)])
    insert = sys.modules["opieka.conversations.actions.intake"].insert

    def refuse_the_last(rows: list[object]) -> None:
        if any(isinstance(row, Message) and row.text == "Nr 2" for row in rows):
            raise IntegrityError("no")
        insert(rows)

    monkeypatch.setattr("opieka.conversations.actions.intake.insert", refuse_the_last)
    with time_machine.travel(timezone.now(), tick=False):
        drain()

    assert list(Message.objects.filter(author="customer").values_list("text", flat=True)) == ["Nr 0", "Nr 1"]
    assert Raw.objects.filter(state=Raw.State.NEW).count() == 1


def test_no_file_stays_of_what_was_not_kept(world: World, mailbox: Inbox, monkeypatch: pytest.MonkeyPatch):
    arrived = keep(mailbox, [with_file("Z plikiem", message_id="<1@x>")])
    before = set(files.store().keys())

    def fail(_rows: list[object]) -> None:
        raise IntegrityError("no")

    with monkeypatch.context() as patch:
        patch.setattr("opieka.conversations.actions.intake.insert", fail)
        with pytest.raises(IntegrityError), transaction.atomic():
            take_in(*arrived)
    assert set(files.store().keys()) == before

    take_in(*arrived)

    assert Attachment.objects.get(message__inbox=mailbox).file in set(files.store().keys()) - before


def test_big_mails_are_taken_in_a_few_at_a_time(world: World, mailbox: Inbox, monkeypatch: pytest.MonkeyPatch):
    # The package has a verb of the module's name.
    module = sys.modules["opieka.conversations.actions.take_in"]
    monkeypatch.setattr(module, "MOST_BYTES", 300)
    sizes = []
    real = module._take_in

    def noted(inbox: Inbox, raws: list[Raw]) -> None:
        sizes.append(len(raws))
        real(inbox, raws)

    monkeypatch.setattr(module, "_take_in", noted)
    take_in(*keep(mailbox, [letter("Długi " + "x" * 100, message_id=f"<{n}@x>") for n in range(4)]))

    assert len(sizes) > 1
    assert sum(sizes) == 4
