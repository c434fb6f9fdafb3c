"""From nothing to the first conversation: each step saves itself, can be skipped, and is remembered."""

import pytest
from django.test import Client
from django.utils.html import escape

from opieka.accounts.models import Organisation
from opieka.assistant.models import TestQuestion
from opieka.channels.models import Inbox
from opieka.knowledge.models import Article
from opieka.plumbing.jobs import drain
from tests.web.settings.test_inboxes import MAILBOX
from tests.world import World

HOURS = {"open_0": "on", "from_0": "09:00", "to_0": "17:00"}


@pytest.fixture
def ewa(world: World) -> Client:
    client = Client()
    client.force_login(world.ewa.user)
    return client


def house() -> Organisation:
    return Organisation.objects.get(slug="lampa")


def test_the_way_begins_at_the_first_open_step(ewa: Client):
    assert ewa.get("/start/")["Location"] == "/start/firm/"


@pytest.mark.parametrize("name", ["firm", "look", "mailbox", "snippet", "answers", "trial"])
def test_every_step_opens(ewa: Client, name: str):
    page = ewa.get(f"/start/{name}/")

    assert page.status_code == 200
    assert page.context["minutes"] == 10


def test_a_change_saves_itself_and_stays(ewa: Client):
    saved = ewa.post("/start/firm/?auto=1", {"name": "Lampa i Syn", **HOURS}).json()

    assert len(saved["saved"]) == 5
    assert (house().name, house().opening_hours) == ("Lampa i Syn", {"0": ["09:00", "17:00"]})
    assert house().first_steps == {}


def test_going_on_marks_the_step_and_takes_its_minutes_away(ewa: Client):
    answer = ewa.post("/start/firm/", {"name": "Lampa", "go_on": "1", **HOURS})

    assert answer["Location"] == "/start/look/"
    assert house().first_steps == {"firm": "done"}
    assert ewa.get("/start/look/").context["minutes"] == 9


def test_a_skipped_step_is_passed_by_and_a_done_one_stays_done(ewa: Client):
    ewa.post("/start/firm/", {"name": "Lampa", "go_on": "1", **HOURS})
    ewa.post("/start/firm/skip/")
    answer = ewa.post("/start/look/skip/")

    assert answer["Location"] == "/start/mailbox/"
    assert house().first_steps == {"firm": "done", "look": "skipped"}
    assert ewa.get("/start/")["Location"] == "/start/mailbox/"


def test_the_look_reaches_the_chat(ewa: Client):
    ewa.post("/start/look/?auto=1", {"brand_colour": "#1f4f8f", "greeting": "Witamy!", "address_form": "formal"})

    chat = Inbox.objects.get(kind="webchat")
    assert (house().brand_colour, house().address_form) == ("#1f4f8f", "formal")
    assert chat.settings["greeting"] == "Witamy!"
    assert "Witamy!" in ewa.get(f"/widget/{chat.key}/").content.decode()


def test_a_pale_colour_is_not_saved_and_a_better_one_offered(ewa: Client):
    said = {"brand_colour": "#ffd54a", "address_form": "neutral"}

    assert ewa.post("/start/look/?auto=1", said).status_code == 422
    page = ewa.post("/start/look/", said | {"go_on": "1"})
    assert page.context["offer"]
    assert house().brand_colour == "#0b5c55"


def test_opening_the_step_twice_makes_one_chat(ewa: Client):
    ewa.get("/start/look/")
    ewa.get("/start/snippet/")

    chat = Inbox.objects.get(kind="webchat")
    assert chat.key in ewa.get("/start/snippet/").context["snippet"]


def test_a_mailbox_that_does_not_work_keeps_one_on_the_step(ewa: Client):
    answer = ewa.post("/start/mailbox/", MAILBOX | {"go_on": "1"})

    assert answer.status_code == 422
    assert Inbox.objects.get(kind="email").trouble
    ewa.post("/start/mailbox/", MAILBOX | {"go_on": "1"})
    assert Inbox.objects.filter(kind="email").count() == 1


def test_the_code_is_seen_on_the_shops_page(ewa: Client, world: World):
    Organisation.objects.filter(pk=world.shop.pk).update(shop_url="https://lampa.example")
    ewa.get("/start/snippet/")
    chat = Inbox.objects.get(kind="webchat")
    Client().get(f"/widget/{chat.key}/", headers={"referer": "http://testserver/start/look/"})
    assert ewa.get("/start/snippet/").context["seen"] is None

    Client().get(f"/widget/{chat.key}/", headers={"referer": "https://lampa.example/"})
    assert ewa.get("/start/snippet/").context["seen"]


def blanks(ewa: Client) -> dict[str, str]:
    form = ewa.get("/start/answers/").context["blanks"]
    said = {name: field.initial or "19,99 zł" for name, field in form.fields.items() if not name.endswith("-use")}
    return said | {name: "on" for name in form.fields if name.endswith("-use")}


def test_the_ready_answers_are_published_with_their_blanks_filled_in(ewa: Client):
    ewa.post("/start/answers/", blanks(ewa))

    made = Article.objects.filter(source__startswith="start:")
    assert (made.count(), set(made.values_list("state", flat=True))) == (4, {"published"})
    assert "19,99 zł" in made.get(source="start:delivery").published_body
    assert not any("{" in article.published_body + article.summary for article in made)


def test_publishing_again_changes_the_same_articles(ewa: Client):
    said = blanks(ewa)
    ewa.post("/start/answers/", said)
    ewa.post("/start/answers/", said | {"delivery-price": "0 zł"})

    assert Article.objects.filter(source="start:delivery").count() == 1
    assert "0 zł" in Article.objects.get(source="start:delivery").published_body


def test_a_blank_left_empty_is_asked_for_and_a_left_out_answer_is_not(ewa: Client):
    said = blanks(ewa)
    refused = ewa.post("/start/answers/", said | {"delivery-price": ""})
    said.pop("delivery-use")
    accepted = ewa.post("/start/answers/", said | {"delivery-price": "", "go_on": "1"})

    assert refused.context["blanks"].errors["delivery-price"]
    assert accepted["Location"] == "/start/trial/"
    assert Article.objects.filter(source__startswith="start:").count() == 3


def test_ten_questions_are_answered_from_what_was_published(ewa: Client):
    ewa.post("/start/answers/", blanks(ewa))
    drain()
    questions = {name: field.initial for name, field in ewa.get("/start/trial/").context["form"].fields.items()}

    page = ewa.post("/start/trial/", questions | {"ask": "1"})

    results = page.context["results"]
    assert len(results) == len({result.question for result in results}) == 10
    assert any(result.outcome == "answer" for result in results)
    assert results[-1].outcome == "hand over"
    assert (
        f"„{next(escape(result.quote) for result in results if result.outcome == 'answer')}”" in page.content.decode()
    )
    assert TestQuestion.objects.filter(organisation__slug="lampa").count() == 10


def test_the_end_switches_the_shop_on(ewa: Client):
    answer = ewa.post("/start/trial/", {"go_on": "1"})

    assert answer["Location"] == "/"
    assert house().started_at


def test_an_agent_does_not_set_the_firm_up(world: World):
    piotr = Client()
    piotr.force_login(world.piotr.user)

    assert piotr.get("/start/")["Location"] == "/"
    assert piotr.get("/start/firm/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_page_that_cannot_be_read_is_told_beside_the_field(ewa: Client):
    page = ewa.post("/start/answers/", {"page": "http://127.0.0.1:9/faq", "bring_in": "1"})

    assert page.status_code == 422
    assert page.context["page"].errors["page"]
