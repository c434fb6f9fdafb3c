"""Merging, separating, splitting and beginning conversations in the console."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opieka.channels.base import Inbound
from opieka.channels.models import Inbox
from opieka.conversations import actions, queries
from opieka.conversations.models import Conversation, Delivery, Message
from opieka.customers.actions import recognise
from tests.conversations.test_merge import post, wrote
from tests.conversations.test_place import letter, take
from tests.world import World, after

__all__ = ["post"]


def two(world: World) -> tuple[Conversation, Conversation]:
    return world.ask("Pierwsze"), world.ask("Drugie", external_id="d")


def leads_to(response) -> str:
    return json.loads(response["HX-Trigger"])["taken-back"]["url"]


@pytest.fixture
def ola(world: World, at_desk) -> Client:
    return at_desk(world.ola)


# --- merging -----------------------------------------------------------------
def test_the_customers_own_conversations_are_offered_first_and_others_are_found_by_number(world: World, ola: Client):
    first, second = two(world)
    jan = recognise(world.shop, kind="console", value="jan", name="Jan Nowak")
    inbound = Inbound(sender="jan", text="Obca sprawa", external_id="j")
    strange = actions.receive(world.inbox, inbound, customer=jan).conversation
    url = f"/conversations/{first.number}/merge/"

    own, found = ola.get(url).content.decode(), ola.get(url, {"results": 1, "q": f"#{strange.number}"}).content.decode()

    assert (f"with={second.number}" in own, f"with={strange.number}" in own) == (True, False)
    assert (f"with={strange.number}" in found, "Jan Nowak" in found) == (True, True)


def test_merging_leads_to_the_one_that_stays_and_can_be_taken_back(world: World, ola: Client):
    first, second = two(world)

    merged = ola.post(f"/conversations/{first.number}/merge/", {"with": second.number, "stays": second.number})
    body = merged.content.decode()

    assert (merged.status_code, leads_to(merged)) == (200, f"/conversations/{second.number}/")
    assert f'id="row-{first.pk}"' in body
    assert 'hx-target="#doing"' in body
    ola.post("/inbox/undo/")
    first.refresh_from_db()
    assert first.merged_into is None


def test_two_customers_are_named_with_what_each_will_see_and_must_be_confirmed(world: World, post: Inbox, ola: Client):
    anna = wrote(post, "anna@a.example")
    jan = wrote(post, "jan@b.example")
    url = f"/conversations/{anna.number}/merge/"

    asked = ola.get(url, {"with": jan.number}).content.decode()
    refused = ola.post(url, {"with": jan.number, "stays": anna.number})
    merged = ola.post(url, {"with": jan.number, "stays": anna.number, "strangers": "1"})

    assert all(words in asked for words in ("anna@a.example", "jan@b.example", 'name="strangers"', "required"))
    assert (refused.status_code, "doing-problem" in refused.content.decode(), merged.status_code) == (409, True, 200)


def test_the_address_of_the_other_leads_on_and_an_open_page_goes_along(world: World, ola: Client):
    first, second = two(world)
    actions.merge(first, into=second, by=world.piotr)

    whole = ola.get(f"/conversations/{first.number}/", headers={"HX-Request": "false"})
    pane = ola.get(f"/conversations/{first.number}/")
    changed = ola.get("/inbox/changes/", {"c": first.pk, "open": first.number, "have": first.pk})

    assert (whole.status_code, whole["Location"]) == (302, f"/conversations/{second.number}/")
    assert pane["HX-Push-Url"] == f"/conversations/{second.number}/"
    assert leads_to(changed) == f"/conversations/{second.number}/"
    assert "data-gone" in changed.content.decode()


def test_of_a_merged_thread_the_agent_sees_whom_the_reply_reaches_and_chooses(world: World, post: Inbox, ola: Client):
    anna = wrote(post, "anna@a.example", copies=("corka@a.example",))
    jan = wrote(post, "jan@b.example")
    actions.merge(jan, into=anna, by=world.ola, strangers=True)
    url = f"/conversations/{anna.number}/"

    page = ola.get(url).content.decode()
    ola.post(url + "reply/", {"text": "Do Anny", "answers": anna.number, "seen": 9**9})
    ola.post(url + "reply/", {"text": "Do Jana", "answers": jan.number, "seen": 9**9})

    assert "jan@b.example" in page.split('id="answers"')[1].split("selected")[1].split("</option>")[0]
    sent = dict(Delivery.objects.values_list("message__text", "recipient"))
    assert sent == {"Do Anny": "anna@a.example", "Do Jana": "jan@b.example"}
    assert Message.objects.get(text="Do Anny").recipients["cc"] == ["corka@a.example"]


def test_a_reply_from_a_page_that_still_shows_the_other_reaches_its_customer(world: World, post: Inbox, ola: Client):
    anna, jan = wrote(post, "anna@a.example"), wrote(post, "jan@b.example")
    actions.merge(anna, into=jan, by=world.piotr, strangers=True)

    ola.post(f"/conversations/{anna.number}/reply/", {"text": "Odpowiedź", "seen": 9**9})
    ola.post(f"/conversations/{anna.number}/draft/", {"text": "Dalej", "kind": "reply"})

    assert Delivery.objects.get().recipient == "anna@a.example"
    assert queries.draft_of(jan, world.ola) == "Dalej"


def test_separating_is_in_the_menu_and_does_it(world: World, ola: Client):
    first, second = two(world)
    actions.merge(first, into=second, by=world.piotr)
    page = ola.get(f"/conversations/{second.number}/").content.decode()

    separated = ola.post(f"/conversations/{second.number}/separate/", {"part": first.number})
    again = ola.post(f"/conversations/{second.number}/separate/", {"part": first.number})

    assert f'/separate/" name="part" value="{first.number}"' in page
    assert (separated.status_code, again.status_code) == (200, 409)
    assert "data-toast" in separated.content.decode()


def test_a_message_that_may_belong_elsewhere_offers_to_merge(world: World, post: Inbox, ola: Client):
    first = take(post, letter("anna@a.example", subject="Paczka"))
    second = take(post, letter("anna@a.example", subject="Re: Paczka"))
    Message.objects.filter(id=second.pk).update(extra={"maybe": first.conversation_id})
    offer = f"/conversations/{second.conversation.number}/merge/?with={first.conversation.number}"

    page = ola.get(f"/conversations/{second.conversation.number}/").content.decode()
    asked = ola.get(f"{offer}&stays={first.conversation.number}").content.decode()

    assert offer in page.replace("&amp;", "&")
    assert f'name="stays" value="{first.conversation.number}" checked' in asked


def test_two_picked_rows_are_merged_from_the_list_and_the_older_one_stays(world: World, ola: Client):
    first, second = two(world)

    asked = ola.get("/inbox/merge/", {"id": [first.pk, second.pk]}).content.decode()
    one_only = ola.get("/inbox/merge/", {"id": first.pk}).content.decode()

    assert f'name="stays" value="{first.number}" checked' in asked
    assert 'name="stays"' not in one_only


def test_a_reply_taken_back_after_a_merge_is_a_draft_where_the_thread_is_shown(world: World, post: Inbox, ola: Client):
    anna, jan = wrote(post, "anna@a.example"), wrote(post, "jan@b.example")
    ola.post(f"/conversations/{anna.number}/reply/", {"text": "Już piszę", "seen": 9**9})
    actions.merge(anna, into=jan, by=world.piotr, strangers=True)

    ola.post("/inbox/undo/")

    assert queries.draft_of(jan, world.ola) == "Już piszę"


def test_a_message_of_the_day_before_is_of_yesterday_in_polish(world: World, ola: Client):
    with after(days=-1):
        asked = world.ask()

    assert "Wczoraj, " in ola.get(f"/conversations/{asked.number}/").content.decode()


# --- splitting ---------------------------------------------------------------
def test_splitting_asks_and_opens_the_new_one(world: World, post: Inbox, ola: Client):
    asked = wrote(post, "anna@a.example", "Gdzie paczka?", external_id="<1@a>")
    later = take(post, letter("anna@a.example", text="I faktura", thread=("<1@a>",)))
    first = Message.objects.get(text="Gdzie paczka?")

    page = ola.get(f"/conversations/{asked.number}/").content.decode()
    question = ola.get(f"/messages/{later.pk}/split/").content.decode()
    split = ola.post(f"/messages/{later.pk}/split/", {"what": "alone", "subject": "Faktura"})

    assert (f"/messages/{later.pk}/split/" in page, f"/messages/{first.pk}/split/" in page) == (True, False)
    assert "I faktura" in question
    made = Conversation.objects.get(subject="Faktura")
    assert leads_to(split) == f"/conversations/{made.number}/"
    assert ola.post(f"/messages/{first.pk}/split/").status_code == 409


# --- beginning ---------------------------------------------------------------
def test_an_agent_writes_first_with_a_file_and_once(world: World, post: Inbox, ola: Client):
    def send() -> object:
        file = SimpleUploadedFile("umowa.pdf", b"%PDF-1.4 x")
        typed = {"to": "jan@b.example", "name": "Jan", "subject": "Umowa", "text": "W załączniku.", "token": "t-1"}
        return ola.post("/inbox/begin/", typed | {"inbox": post.pk, "files": [file]})

    form = ola.get("/inbox/begin/").content.decode()
    anna = wrote(post, "anna@a.example").customer
    to_anna = ola.get("/inbox/begin/", {"customer": anna.pk}).content.decode()
    Conversation.objects.all().delete()
    sent = [send() for _ in range(2)]

    begun = Conversation.objects.get()
    assert (f'value="{post.pk}"' in form, 'value="anna@a.example"' in to_anna) == (True, True)
    assert [leads_to(one) for one in sent] == [f"/conversations/{begun.number}/"] * 2
    assert (begun.subject, begun.status, begun.assignee, str(begun.customer)) == ("Umowa", "waiting", world.ola, "Jan")
    assert Delivery.objects.get().recipient == "jan@b.example"
    assert [file.name for file in Message.objects.get(kind="reply").attachments.all()] == ["umowa.pdf"]


@pytest.mark.parametrize(
    "wrong",
    [{"to": "nikt"}, {"to": "pomoc@lampa.example"}, {"subject": "Re:"}, {"text": " "}, {"inbox": "999"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_wrong_with_it_is_said_and_nothing_leaves(world: World, post: Inbox, ola: Client, wrong):
    typed = {"to": "jan@b.example", "subject": "Umowa", "text": "Tekst", "inbox": post.pk}

    answer = ola.post("/inbox/begin/", typed | wrong)

    assert (answer.status_code, "doing-problem" in answer.content.decode()) == (409, True)
    assert not Conversation.objects.exists()


def test_whoever_may_only_read_does_none_of_it(world: World, at_desk):
    first, second = two(world)
    rita, message = at_desk(world.rita), Message.objects.get(text="Drugie")
    page = rita.get(f"/conversations/{first.number}/").content.decode()
    answers = [
        rita.post(f"/conversations/{first.number}/merge/", {"with": second.number}),
        rita.post(f"/conversations/{first.number}/separate/", {"part": second.number}),
        rita.post(f"/messages/{message.pk}/split/"),
        rita.post("/inbox/begin/", {"inbox": world.inbox.pk, "to": "jan", "subject": "X", "text": "Y"}),
    ]

    assert [one.status_code for one in answers] == [403] * 4
    assert ("/merge/" in page, "/split/" in page) == (False, False)
    assert Conversation.objects.filter(merged_into=None).count() == 2
