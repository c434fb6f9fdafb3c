"""One question by real e-mail, end to end: Dovecot receives, Postfix sends, nothing is pretended."""

import hashlib
from email import policy
from email.message import EmailMessage

import pytest

from opieka.assistant.models import Setup
from opieka.channels.actions import connect
from opieka.channels.jobs import fetch_all
from opieka.conversations.actions import reply
from opieka.conversations.models import Attachment, Author, Delivery, Message, Status
from opieka.knowledge import actions as knowledge
from opieka.plumbing import files
from opieka.plumbing.jobs import drain
from tests.mail.conftest import Post, mail
from tests.world import World

pytestmark = pytest.mark.mail

# Twenty megabytes once it is written in letters.
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 58_000
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100


def _illustrated(post: Post) -> bytes:
    """A mail as a phone sends it: HTML with a picture inside, and a PDF."""
    letter = EmailMessage(policy=policy.SMTP)
    letter["From"] = f"Michał Łoś <{post.customer}>"
    letter["To"] = f"Sklep Lampa <{post.address}>"
    letter["Subject"] = "Pęknięta żarówka – zamówienie 1042, Łódź"
    letter["Date"] = "Mon, 16 Nov 2026 09:12:00 +0100"
    letter["Message-ID"] = "<zarowka.1042@poczta.example>"
    letter.set_content("Dzień dobry,\n\nżarówka pękła, zdjęcie i paragon w załączniku.\n\nMichał Łoś\n")
    letter.add_alternative(
        '<p>Dzień dobry,</p><p>żarówka pękła, zdjęcie i paragon w załączniku.</p><img src="cid:zdjecie@telefon">'
        '<img src="https://track.example/p.gif"><script>alert(1)</script><p>Michał Łoś</p>',
        subtype="html",
    )
    html = letter.get_body(("html",))
    assert html is not None
    html.add_related(PNG, "image", "png", cid="<zdjecie@telefon>", filename="zdjęcie.png")
    letter.add_attachment(PDF, maintype="application", subtype="pdf", filename="paragon ąę.pdf")
    return letter.as_bytes()


@pytest.mark.proves(27)
@pytest.mark.usefixtures("postfix")
def test_a_mail_with_a_picture_and_a_pdf_is_answered_and_the_answer_is_answered(post: Post, world: World):
    # It arrives while we wait.
    post.wait_for_mail(lambda: post.dovecot.hand_in(post.address, _illustrated(post)))
    asked = post.messages()[0]
    conversation = asked.conversation
    kept = {file.name: file for file in Attachment.objects.filter(message=asked)}
    assert conversation.subject == "Pęknięta żarówka – zamówienie 1042, Łódź"
    assert conversation.customer.name == "Michał Łoś"
    assert asked.text == "Dzień dobry,\n\nżarówka pękła, zdjęcie i paragon w załączniku.\n\nMichał Łoś"
    assert 'src="cid:zdjecie@telefon"' in asked.html
    assert "script" not in asked.html
    assert asked.extra["remote_pictures"] == ["https://track.example/p.gif"]
    assert {name: (file.content_type, file.cid) for name, file in kept.items()} == {
        "zdjęcie.png": ("image/png", "zdjecie@telefon"),
        "paragon ąę.pdf": ("application/pdf", ""),
    }
    assert files.store().get(kept["paragon ąę.pdf"].file) == PDF
    assert kept["zdjęcie.png"].sha256 == hashlib.sha256(PNG).hexdigest()

    # An agent answers, and the answer lies in the customer's mailbox.
    written = reply(conversation, "Bardzo przepraszamy. Nowa żarówka wyjedzie dziś.", by=world.piotr)
    drain()
    answer = post.arrived()[0]
    plain = answer.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert Delivery.objects.get(message=written).state == Delivery.State.ACCEPTED
    assert answer["Subject"] == "Re: Pęknięta żarówka – zamówienie 1042, Łódź"
    assert answer["To"].addresses[0].display_name == "Michał Łoś"
    assert answer["In-Reply-To"] == "<zarowka.1042@poczta.example>"
    assert answer["References"] == "<zarowka.1042@poczta.example>"
    assert "Michał Łoś pisze:\n> Dzień dobry,\n>\n> żarówka pękła, zdjęcie i paragon w załączniku.\n" in plain

    # The customer answers from a phone; it joins the same conversation.
    quoted = "\n".join(f"> {line}".rstrip() for line in plain.splitlines())
    text = f"Dziękuję, to miłe!\n\npon., 16 lis 2026 o 10:30 Sklep Lampa <{post.address}> napisał(a):\n\n{quoted}\n"
    thanks = mail(
        text,
        to=post.address,
        sender=f"Michał Łoś <{post.customer}>",
        subject="Odp: Pęknięta żarówka – zamówienie 1042, Łódź",
        in_reply_to=answer["Message-ID"],
        references=f"{answer['References']} {answer['Message-ID']}",
    )
    post.wait_for_mail(lambda: post.dovecot.hand_in(post.address, thanks))
    last = post.messages()[-1]
    conversation.refresh_from_db()
    assert last.conversation == conversation
    assert last.text == "Dziękuję, to miłe!"
    assert "żarówka pękła" in last.full_text
    assert conversation.status == Status.OPEN
    assert len(post.conversations()) == 1


@pytest.mark.usefixtures("postfix", "assistant_on")
def test_the_assistant_answers_from_an_article_and_says_what_it_is(post: Post, world: World):
    article = knowledge.save(
        world.shop,
        title="Kiedy dojdzie paczka",
        body="Paczkę wysyłamy w ciągu 24 godzin. Paczka dochodzi w 1–2 dni robocze.",
        questions="kiedy dojdzie moja paczka",
    )
    knowledge.publish_article(article, by=world.piotr)
    Setup.objects.update_or_create(organisation=world.shop, defaults={"threshold": 0.0, "offer_threshold": 0.0})
    drain()

    letter = mail("Kiedy dojdzie moja paczka?", sender=f"Anna <{post.customer}>", message_id="<kiedy@poczta.example>")
    post.wait_for_mail(lambda: post.dovecot.hand_in(post.address, letter))

    answer = post.arrived()[0]
    plain = answer.get_body(("plain",)).get_content()
    assert Message.objects.get(author=Author.ASSISTANT).extra["quote"]["text"] in plain
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["X-Auto-Response-Suppress"] == "All"
    assert answer["In-Reply-To"] == "<kiedy@poczta.example>"
    assert "automat" in plain.lower()
    assert "człowiek" in plain or "“person”" in plain


@pytest.mark.usefixtures("postfix", "assistant_on")
def test_an_automatic_mail_is_read_and_never_answered(post: Post):
    away = mail("Jestem poza biurem.", sender=post.customer, subject="Automatyczna odpowiedź: Paczka")

    post.wait_for_mail(lambda: post.dovecot.hand_in(post.address, away))

    assert post.messages()[0].automatic
    assert Message.objects.filter(inbox=post.inbox).count() == 1
    assert Delivery.objects.count() == 0


@pytest.mark.usefixtures("postfix", "assistant_on")
def test_two_shops_that_both_answer_by_themselves_fall_silent_after_one_answer(post: Post, world: World):
    theirs = connect(
        world.stranger_shop, "email", name="Obca", cleaned=post.inbox.settings | {"address": post.customer}
    )
    theirs.sealed_secrets = post.inbox.sealed_secrets
    theirs.save(update_fields=["sealed_secrets"])
    letter = mail("Kiedy dojdzie paczka?", to=post.address, sender=f"Obcy <{post.customer}>")
    post.dovecot.put(post.address, letter)

    for _round in range(3):
        post.fetch()
        fetch_all(theirs)
        drain()

    sent = Delivery.objects.filter(state=Delivery.State.ACCEPTED)
    assert 1 <= sent.count() <= 2
    assert set(sent.values_list("organisation", flat=True)) == {world.shop.pk}
    assert set(Message.objects.filter(inbox=theirs).values_list("automatic", flat=True)) == {True}
