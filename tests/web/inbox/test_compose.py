"""Writing from the inbox: replies, notes, drafts, files."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from opieka.channels.console import Console
from opieka.conversations import actions, queries
from opieka.conversations.models import Attachment, Kind, Message, Status
from opieka.plumbing.jobs import drain
from tests.world import World

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def last_of(conversation) -> int:
    return queries.thread(conversation)[-1].pk


def test_a_reply_goes_out_and_the_page_gets_only_what_changed(world: World, at_desk):
    one = world.ask()

    answer = at_desk(world.piotr).post(f"/conversations/{one.number}/reply/", {"text": "Jutro.", "seen": last_of(one)})
    drain()

    body = answer.content.decode()
    assert Console.sent[-1].text == "Jutro."
    assert "<html" not in body
    assert "Jutro." in body
    assert f'hx-target="#row-{one.pk}"' in body
    assert "replied" in answer["HX-Trigger"]


def test_sending_may_resolve_at_once(world: World, at_desk):
    one = world.ask()

    answer = at_desk(world.piotr).post(
        f"/conversations/{one.number}/reply/", {"text": "Proszę.", "seen": last_of(one), "send": "resolve"}
    )

    one.refresh_from_db()
    assert one.status == Status.RESOLVED
    assert json.loads(answer["HX-Trigger"]) == {"resolved": {"number": one.number}}


def test_whoever_did_not_see_a_colleagues_answer_is_asked_first(world: World, at_desk):
    one = world.ask()
    seen = last_of(one)
    actions.reply(one, "Już odpisuję.", by=world.ola)
    client = at_desk(world.piotr)

    stopped = client.post(f"/conversations/{one.number}/reply/", {"text": "Ja też.", "seen": seen, "began": seen})
    sent = client.post(f"/conversations/{one.number}/reply/", {"text": "Ja też.", "seen": seen, "anyway": "1"})

    said = [message.text for message in queries.public_thread(one)]
    assert stopped.status_code == 409
    assert "Ola" in stopped.content.decode()
    assert sent.status_code == 200
    assert said == ["Kiedy dojdzie moja paczka?", "Już odpisuję.", "Ja też."]


def test_a_colleagues_answer_shown_while_typing_still_stops_the_second_one(world: World, at_desk):
    one = world.ask()
    began = last_of(one)
    actions.reply(one, "Już odpisuję.", by=world.ola)

    answer = at_desk(world.piotr).post(
        f"/conversations/{one.number}/reply/", {"text": "Ja też.", "seen": last_of(one), "began": began}
    )

    assert answer.status_code == 409


def test_a_customers_line_shown_while_typing_stops_nothing(world: World, at_desk):
    one = world.ask()
    began = last_of(one)
    actions.receive(world.inbox, _more("Halo?"), customer=world.anna, conversation=one)

    answer = at_desk(world.piotr).post(
        f"/conversations/{one.number}/reply/", {"text": "Jestem.", "seen": last_of(one), "began": began}
    )

    assert answer.status_code == 200


def _more(text: str):
    from opieka.channels.base import Inbound

    return Inbound(external_id=f"more-{text}", sender="anna", text=text)


def test_the_same_text_asked_for_twice_is_sent_once(world: World, at_desk):
    one = world.ask()
    client, post = at_desk(world.piotr), {"text": "Jutro.", "seen": last_of(one), "token": "abc"}

    for _ in range(2):
        assert client.post(f"/conversations/{one.number}/reply/", post).status_code == 200

    assert Message.objects.filter(conversation=one, text="Jutro.").count() == 1


@pytest.mark.parametrize("kind", ["reply", "note"])
@pytest.mark.django_db(transaction=True)
def test_the_same_text_asked_for_at_the_same_moment_is_written_once(
    transactional_db: None, world: World, at_desk, kind: str
):
    one = world.ask()
    post = {"text": "Jutro.", "seen": last_of(one), "token": "abc"}
    together = Barrier(2)

    def ask() -> int:
        client = at_desk(world.piotr)
        together.wait()
        try:
            return client.post(f"/conversations/{one.number}/{kind}/", post).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pages:
        answers = [pages.submit(ask) for _ in range(2)]

    assert [answer.result() for answer in answers] == [200, 200]
    assert Message.objects.filter(conversation=one, text="Jutro.").count() == 1


def test_a_page_that_lost_the_answer_is_not_asked_about_what_was_said_since(world: World, at_desk):
    one = world.ask()
    client, post = at_desk(world.piotr), {"text": "Jutro.", "seen": last_of(one), "token": "abc"}
    client.post(f"/conversations/{one.number}/reply/", post)
    actions.receive(world.inbox, _more("Dziękuję"), customer=world.anna, conversation=one)

    assert client.post(f"/conversations/{one.number}/reply/", post).status_code == 200
    assert Message.objects.filter(conversation=one, text="Jutro.").count() == 1


def test_a_file_alone_asked_for_twice_is_sent_once(world: World, at_desk):
    one = world.ask()
    client = at_desk(world.piotr)
    chip = client.post(f"/conversations/{one.number}/files/", {"files": SimpleUploadedFile("a.png", PNG)})
    file = re.search(r'name="file" value="([^"]+)"', chip.content.decode())
    assert file
    post = {"seen": last_of(one), "file": file[1], "token": "abc"}

    assert [client.post(f"/conversations/{one.number}/reply/", post).status_code for _ in range(2)] == [200, 200]


def test_an_empty_reply_is_refused_and_may_be_sent_again_filled(world: World, at_desk):
    one = world.ask()
    client = at_desk(world.piotr)

    refused = client.post(f"/conversations/{one.number}/reply/", {"text": " ", "seen": last_of(one), "token": "t"})
    taken = client.post(f"/conversations/{one.number}/reply/", {"text": "Już", "seen": last_of(one), "token": "t"})

    assert (refused.status_code, taken.status_code) == (422, 200)
    assert Message.objects.filter(conversation=one, text="Już").exists()


def test_a_note_stays_inside(world: World, at_desk):
    one = world.ask()

    answer = at_desk(world.piotr).post(f"/conversations/{one.number}/note/", {"text": "@Ola zadzwoń"})
    drain()

    note = Message.objects.get(kind=Kind.NOTE)
    assert note.text == "@Ola zadzwoń"
    assert '<span class="mention">@Ola</span>' in answer.content.decode()
    assert all("zadzwoń" not in sent.text for sent in Console.sent)
    assert {message.kind for message in queries.public_thread(one)} == {Kind.REPLY}


def test_drafts_of_reply_and_note_are_kept_apart(world: World, at_desk):
    one = world.ask()
    client = at_desk(world.piotr)

    client.post(f"/conversations/{one.number}/draft/", {"kind": "reply", "text": "Dzień dobry"})
    client.post(f"/conversations/{one.number}/draft/", {"kind": "note", "text": "Sprawdzić"})

    assert queries.drafts_of(one, world.piotr) == {"reply": "Dzień dobry", "note": "Sprawdzić"}
    assert queries.drafts_of(one, world.ola) == {"reply": "", "note": ""}
    page = client.get(f"/conversations/{one.number}/").content.decode()
    assert re.search(r'id="reply-text"[^>]*>Dzień dobry<', page)
    assert re.search(r'id="note-text"[^>]*>Sprawdzić<', page)


def test_files_are_uploaded_first_and_go_with_the_reply(world: World, at_desk):
    one = world.ask()
    client = at_desk(world.piotr)

    chip = client.post(f"/conversations/{one.number}/files/", {"files": SimpleUploadedFile("zdjęcie.png", PNG)})
    token = re.search(r'name="file" value="([^"]+)"', chip.content.decode())
    assert token
    client.post(
        f"/conversations/{one.number}/reply/", {"text": "W załączniku.", "seen": last_of(one), "file": token[1]}
    )
    drain()

    assert [(file.name, file.content) for file in Console.sent[-1].files] == [("zdjęcie.png", PNG)]


@pytest.mark.parametrize("who", ["ola", "olek"])
def test_somebody_elses_upload_cannot_be_sent(world: World, at_desk, who: str):
    one = world.ask()
    chip = at_desk(world.piotr).post(f"/conversations/{one.number}/files/", {"files": SimpleUploadedFile("a.png", PNG)})
    token = re.search(r'name="file" value="([^"]+)"', chip.content.decode())
    assert token

    at_desk(getattr(world, who)).post(
        f"/conversations/{one.number}/reply/", {"text": "x", "seen": last_of(one), "file": token[1]}
    )

    assert Attachment.objects.get().message is None


def test_a_file_over_the_limit_is_refused_with_both_numbers(world: World, at_desk, settings):
    settings.MAX_UPLOAD_BYTES = 1000
    one = world.ask()

    answer = at_desk(world.piotr).post(
        f"/conversations/{one.number}/files/", {"files": SimpleUploadedFile("duży.png", PNG + b"0" * 2000)}
    )

    assert answer.status_code == 422
    assert "duży.png" in answer.content.decode()
    assert "limit to 1\u00a0kB" in answer.content.decode()
