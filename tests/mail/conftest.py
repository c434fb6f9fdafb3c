"""A mailbox on a real server for each test, and the inbox that reads it."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event, Thread

import pytest

from opieka.accounts.models import Organisation
from opieka.channels.actions import connect, keep_all
from opieka.channels.email import Email
from opieka.channels.models import Inbox, Raw
from opieka.channels.queries import channel_of
from opieka.conversations.events import MessageReceived
from opieka.conversations.models import Conversation, Message
from opieka.flow import FLOW
from opieka.plumbing.events import use_flow
from opieka.plumbing.jobs import drain
from tests.mail.servers import PASSWORD, Dovecot, Postfix
from tests.world import World

_numbers = itertools.count(1)
_mailboxes = itertools.count(1)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    if not Dovecot.found():
        pytest.skip("Dovecot is not installed (make test installs it)")
    server = Dovecot().start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    if not Postfix.found():
        pytest.skip("Postfix is not installed, or may not be started by this user (make test installs it)")
    server = Postfix(dovecot).start()
    yield server
    server.close()


def settings_for(address: str, dovecot: Dovecot, *, smtp_port: int = 1, **more: object) -> dict[str, object]:
    """The clean data of the form for a mailbox of the test server."""
    form = Email.Form.base_fields
    given: dict[str, object] = {name: field.initial or "" for name, field in form.items()}
    given |= {
        "address": address,
        "display_name": "Sklep Lampa",
        "imap_host": "127.0.0.1",
        "imap_port": dovecot.port,
        "imap_security": "none",
        "imap_password": PASSWORD,
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp_port,
        "smtp_security": "none",
        "signature": "{name}\nSklep Lampa",
        "undo": True,
    }
    return given | more


@dataclass(kw_only=True)
class Post:
    """One mailbox of the shop: what lies in it, how it is fetched, what was written from it."""

    inbox: Inbox
    address: str
    customer: str
    dovecot: Dovecot
    shop: Organisation

    def fetch(self) -> int:
        """Everything new is taken in and understood."""
        from opieka.channels.jobs import fetch_all

        self.inbox.refresh_from_db()
        taken = fetch_all(self.inbox)
        drain()
        return taken

    def wait_for_mail(self, put: Callable[[], object], *, mails: int = 1) -> None:
        """Wait in IDLE while `put` runs beside; then understand what came."""
        stop, before = Event(), Raw.objects.filter(inbox=self.inbox).count()
        waiting = False
        for polled in channel_of(self.inbox).listen(self.inbox.cursor, stop):
            keep_all(self.inbox, polled.items, cursor=polled.cursor)
            if Raw.objects.filter(inbox=self.inbox).count() >= before + mails:
                stop.set()
            elif not polled.more and not waiting:
                waiting = True
                Thread(target=put).start()
        drain()

    def messages(self) -> list[Message]:
        return list(Message.objects.filter(inbox=self.inbox, author="customer").order_by("id"))

    def conversations(self) -> list[Conversation]:
        return list(Conversation.objects.filter(inbox=self.inbox).order_by("id"))

    def arrived(self, *, count: int = 1) -> list[EmailMessage]:
        """The mails in the customer's own mailbox."""
        found = self.dovecot.mails(self.customer, count=count)
        return [message_from_bytes(mail, policy=policy.default) for mail in found]  # type: ignore[misc]


@pytest.fixture
def assistant_on() -> None:
    """Name it in a test in which the assistant takes part; elsewhere a mail is only taken in, which is quicker."""


@pytest.fixture
def post(world: World, dovecot: Dovecot, settings: object, request: pytest.FixtureRequest) -> Iterator[Post]:
    """A mailbox of the shop and one of a customer. It sends through Postfix where the test names that."""
    settings.UNDO_SECONDS = 0  # type: ignore[attr-defined]
    if "assistant_on" not in request.fixturenames:
        use_flow({**FLOW, MessageReceived: []})
    number = next(_mailboxes)
    address, customer = f"pomoc{number}@lampa.example", f"anna{number}@poczta.example"
    smtp = request.getfixturevalue("postfix").port if "postfix" in request.fixturenames else 1
    inbox = connect(world.shop, "email", name="Poczta", cleaned=settings_for(address, dovecot, smtp_port=smtp))
    yield Post(inbox=inbox, address=address, customer=customer, dovecot=dovecot, shop=world.shop)
    use_flow(FLOW)


def mail(
    text: str = "Kiedy dojdzie moja paczka?",
    *,
    to: str = "pomoc@lampa.example",
    sender: str = "Anna Kowalska <anna@poczta.example>",
    subject: str = "Paczka",
    message_id: str = "",
    **headers: str,
) -> bytes:
    """A plain mail; further headers are given as `in_reply_to="<…>"`."""
    letter = EmailMessage(policy=policy.SMTP)
    letter["From"] = sender
    letter["To"] = to
    letter["Subject"] = subject
    letter["Date"] = headers.pop("date", "Mon, 16 Nov 2026 09:12:00 +0100")
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(text)
    # Written by hand: the library refuses the ids that the world sends.
    own_id = message_id or f"<{next(_numbers)}.test@poczta.example>"
    return f"Message-ID: {own_id}\r\n".encode() + letter.as_bytes()
