"""What the pictures need from inside the product: `python -m tools.pictures.inside prepare|opening|walk|survey|answer|resolve`.

Runs as a process of its own with the product's environment, and answers with one JSON object, last on standard output.
`prepare` also puts into the demo what a real shop gathers and the demo shop does not hold: a letter that nobody could
read, a job that gave up, an invitation, surveys on their way.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db.models import Count, Q  # noqa: E402
from django.utils import timezone, translation  # noqa: E402

from opieka.accounts.actions import create_key, invite  # noqa: E402
from opieka.accounts.actions.invite import link_of  # noqa: E402
from opieka.accounts.models import Membership, Organisation, Role, Team  # noqa: E402
from opieka.accounts.opening_word import opening_word  # noqa: E402
from opieka.channels.actions import keep  # noqa: E402
from opieka.channels.base import Hook  # noqa: E402
from opieka.channels.events import RawArrived  # noqa: E402
from opieka.channels.models import Inbox, Raw  # noqa: E402
from opieka.conversations import actions as conversations  # noqa: E402
from opieka.conversations.models import Conversation, Message, Status  # noqa: E402
from opieka.demo.load import AGENT, MANAGER, OWNER, PASSWORD  # noqa: E402
from opieka.knowledge.models import Article  # noqa: E402
from opieka.plumbing.models import JobRow  # noqa: E402
from opieka.surveys import actions as surveys  # noqa: E402
from opieka.surveys.models import Survey  # noqa: E402
from opieka.web.start.steps import DONE, STEPS  # noqa: E402

BROKEN = b"From: =?utf-9?Q?=B1\r\nSubject: =?koi8\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n\xff\xfe\x00"
ERROR = """Traceback (most recent call last):
  File "opieka/channels/email/imap.py", line 66, in opened
    raise TryLater(_("The connection with the mailbox at %(host)s broke: %(why)s") % why) from error
opieka.channels.base.TryLater: Połączenie ze skrzynką na imap.trzysosny.test zostało przerwane: brak odpowiedzi"""


def shop() -> Organisation:
    return Organisation.objects.get(demo=True)


def member(email: str) -> Membership:
    return Membership.objects.get(user__email=email)


def prepare() -> dict[str, Any]:
    """Everything a screen's address may need, by name."""
    organisation = shop()
    mailbox = Inbox.objects.filter(organisation=organisation, kind="email").first()
    chat = Inbox.objects.filter(organisation=organisation, kind="webchat").first()
    article = Article.objects.filter(organisation=organisation, state="published", language="pl").order_by("id").first()
    conversation = richest(organisation)
    return {
        "agent": AGENT,
        "manager": MANAGER,
        "owner": OWNER,
        "password": PASSWORD,
        "conversation": conversation.number,
        "customer": conversation.customer_id,
        "article": article.pk if article else 0,
        "slug": article.slug if article else "",
        "category": article.category.slug if article and article.category else "",
        "mailbox": mailbox.pk if mailbox else 0,
        "chat": chat.pk if chat else 0,
        "team": Team.objects.filter(organisation=organisation).earliest("id").pk,
        "letter": rich_letter(mailbox) if mailbox else 0,
        "unclear": unreadable(mailbox) if mailbox else 0,
        "job": dead_job(organisation),
        "invitation": invitation_link(),
        "key": create_key(member(OWNER), "Magazyn, stany", scopes=["read"])[0].pk,
    }


def richest(organisation: Organisation) -> Conversation:
    """An open conversation of the agent with the most to look at: replies, notes, an answer of the assistant."""
    found = Conversation.objects.filter(organisation=organisation, status=Status.OPEN).annotate(
        said=Count("messages"),
        notes=Count("messages", filter=Q(messages__kind="note")),
        answers=Count("messages", filter=Q(messages__author="assistant")),
        orders=Count("customer__orders", distinct=True),
    )
    return max(found, key=lambda one: (bool(one.answers) + bool(one.notes) + bool(one.orders), one.said, -one.pk))


def unreadable(mailbox: Inbox) -> int:
    """A letter as `take_in` leaves it when the channel cannot read it."""
    raw, _new = Raw.objects.get_or_create(
        inbox=mailbox,
        dedupe_key="pictures-broken",
        defaults={
            "organisation_id": mailbox.organisation_id,
            "content_type": "message/rfc822",
            "body": BROKEN,
            "size": len(BROKEN),
            "state": Raw.State.UNCLEAR,
            "problem": "Części tego listu nie da się oddzielić od siebie.",
        },
    )
    return int(raw.pk)


LETTER = """From: Joanna Lis <joanna.lis@pracowniaswiatla.test>
To: pomoc@trzysosny.test
Subject: =?utf-8?Q?Odbi=C3=B3r_reklamowanego_namiotu?=
Message-ID: <obrazki@pracowniaswiatla.test>
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="m"

--m
Content-Type: text/html; charset=utf-8

<p>Dzień dobry,</p><p>przesyłam list od kuriera i zapraszam na odbiór w czwartek. Co się stało, opisano w protokole.</p><p>Joanna Lis</p>
<img src="https://pracowniaswiatla.test/logo.png" width="180"><img src="https://otwarto.test/p.gif?u=7" width="1" height="1">
--m
Content-Type: text/calendar; charset=utf-8; method=REQUEST

BEGIN:VCALENDAR
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:odbior-7@pracowniaswiatla.test
DTSTART:20261203T090000Z
DTEND:20261203T100000Z
SUMMARY:Odbiór reklamowanego namiotu
LOCATION:ul. Leśna 4\\, Zakopane
ORGANIZER;CN=Joanna Lis:mailto:joanna.lis@pracowniaswiatla.test
END:VEVENT
END:VCALENDAR
--m
Content-Type: message/rfc822

From: Kurier <kurier@przesylki.test>
To: Joanna Lis <joanna.lis@pracowniaswiatla.test>
Subject: =?utf-8?Q?Protok=C3=B3=C5=82_szkody?=
Date: Fri, 13 Nov 2026 18:05:00 +0100
Content-Type: multipart/mixed; boundary="k"

--k
Content-Type: text/plain; charset=utf-8

Protokół spisano przy odbiorcy. Karton był przebity z boku,
stelaż zgięty w dwóch miejscach.
--k
Content-Type: text/plain; charset=utf-8
Content-Disposition: attachment; filename="protokol.txt"

Przesyłka 6800, szkoda częściowa.
--k--
--m--
"""


def rich_letter(mailbox: Inbox) -> int:
    """The number of a conversation whose letter brought a calendar, another letter, and pictures from outside."""
    raw, _new = keep(mailbox, Hook(body=LETTER.encode(), content_type="message/rfc822"), dedupe_key="pictures-letter")
    with translation.override("pl"):
        conversations.take_in(RawArrived(organisation_id=raw.organisation_id, raw_id=raw.pk, inbox_id=mailbox.pk))
    return int(Message.objects.get(raw=raw).conversation.number)


def dead_job(organisation: Organisation) -> int:
    row = JobRow.objects.create(
        name="opieka.channels.jobs.poll_inbox",
        organisation_id=organisation.pk,
        state=JobRow.State.DEAD,
        run_after=timezone.now(),
        attempts=9,
        last_error=ERROR,
    )
    return int(row.pk)


def invitation_link() -> str:
    with translation.override("pl"):
        offered = invite(member(OWNER), "nowa.osoba@trzysosny.test", role=Role.AGENT)
    return link_of(offered)


def walk(steps: str) -> dict[str, Any]:
    """The first steps as they are when so many are behind."""
    behind = {step.name: DONE for step in STEPS[: int(steps)]}
    return {"shops": Organisation.objects.filter(demo=True).update(first_steps=behind)}


def opening() -> dict[str, Any]:
    """The word that opens an installation in which nobody is yet."""
    return {"word": opening_word()}


def survey() -> dict[str, Any]:
    """A survey nobody has answered yet, and the token of its link."""
    token = f"obraz-{Survey.objects.count()}"
    known = Survey.objects.values("conversation_id")
    conversation = (
        Conversation.objects.filter(organisation=shop(), status=Status.RESOLVED, assignee__isnull=False)
        .exclude(id__in=known)
        .latest("id")
    )
    Survey.objects.filter(pk=surveys.ask(conversation).pk).update(token_hash=surveys.token_hash(token))
    return {"token": token}


def newest() -> Conversation:
    return Conversation.objects.filter(organisation=shop(), channel="webchat").latest("id")


def answer() -> dict[str, Any]:
    """Ola joins the newest chat."""
    text = "Dzień dobry, tu Ola. Już sprawdzam w magazynie i za chwilę wracam z odpowiedzią."
    return {"message": conversations.reply(newest(), text, by=member(AGENT)).pk}


def resolve() -> dict[str, Any]:
    return {"resolved": conversations.resolve(newest(), by=member(AGENT))}


VERBS: dict[str, Callable[..., dict[str, Any]]] = {
    verb.__name__: verb for verb in (prepare, opening, walk, survey, answer, resolve)
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(VERBS[sys.argv[1]](*sys.argv[2:])) + "\n")
