"""The protocol of the chat, as the panel speaks it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from opieka.channels.base import File
from opieka.channels.models import Inbox, Raw
from opieka.conversations import actions
from opieka.conversations.actions import attach, forget_loose_files
from opieka.conversations.models import Attachment, Conversation, Message, Speaker, Status
from opieka.customers.actions import recognise
from opieka.customers.models import Customer, Identity
from opieka.helpdesk.actions import give_sign
from opieka.plumbing import files
from opieka.plumbing.files.base import MissingFile
from opieka.plumbing.jobs import drain
from opieka.surveys.models import Survey
from tests.portal.widget.conftest import Panel
from tests.world import World, after


def conversation() -> Conversation:
    return Conversation.objects.get(channel="webchat")


def test_a_session_alone_leaves_no_trace(panel: Panel):
    assert panel.token
    assert panel.thread() == panel.thread()
    assert not Conversation.objects.filter(channel="webchat").exists()
    assert not Customer.objects.filter(identities__kind="webchat").exists()


def test_what_was_acknowledged_is_kept_and_in_the_inbox(panel: Panel):
    made = panel.say("Kiedy dojdzie moja paczka?")

    assert panel.status == 201
    message = Message.objects.get(id=made["id"])
    assert (message.text, message.conversation.unread) == ("Kiedy dojdzie moja paczka?", 1)
    assert Raw.objects.get().state == Raw.State.TAKEN_IN


def test_the_same_message_sent_twice_is_one_message(panel: Panel):
    first = panel.say("Halo", client_id="abc")
    again = panel.say("Halo", client_id="abc")

    assert first == again
    assert Message.objects.filter(conversation=conversation()).count() == 1


def test_another_visitor_cannot_name_my_message(panel: Panel, chat: Inbox):
    mine = panel.say("Moje", client_id="abc")
    other = Panel(chat)
    other.begin()
    theirs = other.say("Cudze", client_id="abc")

    assert theirs["id"] != mine["id"]
    assert [message["text"] for message in other.thread()["messages"]] == ["Cudze"]


def test_messages_of_one_visitor_share_a_conversation_until_it_is_settled(panel: Panel, world: World):
    panel.say("Raz")
    panel.say("Dwa")
    actions.resolve(conversation(), by=world.piotr)
    panel.say("Trzy")

    assert Conversation.objects.filter(channel="webchat").count() == 2
    texts = [message["text"] for message in panel.thread()["messages"]]
    assert texts == ["Raz", "Dwa", "Rozmowa zakończona", "Trzy"]


def test_the_thread_goes_on_in_another_session(panel: Panel):
    panel.say("Halo")
    thread = panel.begin()

    assert [message["text"] for message in thread["messages"]] == ["Halo"]
    assert thread["conversation"] == conversation().pk


def test_only_what_is_new_is_sent_again(panel: Panel):
    first = panel.say("Raz")
    panel.say("Dwa")

    assert [message["text"] for message in panel.thread(after=first["id"])["messages"]] == ["Dwa"]


def test_a_persons_answer_reaches_the_panel_and_a_note_never_does(panel: Panel, world: World):
    panel.say("Halo")
    actions.reply(conversation(), "Dzień dobry", by=world.ola)
    actions.note(conversation(), "Uwaga na tego klienta", by=world.ola)
    thread = panel.thread()

    said = thread["messages"][-1]
    assert (said["author"], said["name"], said["text"]) == ("agent", "Ola", "Dzień dobry")
    assert thread["state"]["person"] == {"name": "Ola", "initials": "OT"}
    assert thread["state"]["speaker"] == "person"
    assert "Uwaga" not in str(thread)


@pytest.mark.proves(7)
def test_it_says_who_joined_and_who_speaks(panel: Panel, world: World):
    panel.ask("POST", "person", {"client_id": "a", "text": "Poproszę człowieka"})
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        actions.join(conversation(), world.ola)
    said = panel.thread()["messages"][-1]

    assert (said["author"], said["text"]) == ("system", "Ola dołącza po 2\u00a0min")


# A Monday at ten, when people are here, and a Saturday evening, when they are not.
MONDAY, SATURDAY = "2026-11-16T10:00:00+01:00", "2026-11-21T21:14:00+01:00"


@time_machine.travel(MONDAY)
def test_asking_for_a_person_is_a_message_and_a_place_in_the_queue(panel: Panel, chat: Inbox):
    other = Panel(chat)
    other.begin()
    other.ask("POST", "person", {"client_id": "b", "text": "Poproszę człowieka"})
    panel.ask("POST", "person", {"client_id": "a", "text": "Poproszę człowieka"})
    thread = panel.thread()

    assert thread["messages"][0]["text"] == "Poproszę człowieka"
    assert thread["state"]["waiting"] == {"minutes": None, "ahead": 1}
    assert Message.objects.get(id=thread["messages"][0]["id"]).conversation.speaker == Speaker.QUEUE


@time_machine.travel(MONDAY)
def test_the_wait_is_what_others_waited_lately(panel: Panel, chat: Inbox, world: World):
    start = timezone.now()
    for number in range(3):
        other = Panel(chat)
        other.begin()
        other.ask("POST", "person", {"client_id": "b", "text": "Poproszę człowieka"})
        with time_machine.travel(start + timedelta(minutes=4 + number)):
            actions.join(Conversation.objects.latest("id"), world.ola)
    with time_machine.travel(start + timedelta(minutes=20)):
        panel.ask("POST", "person", {"client_id": "a", "text": "Poproszę człowieka"})
        assert panel.thread()["state"]["waiting"] == {"minutes": 5, "ahead": 0}


@time_machine.travel(MONDAY)
def test_whoever_waits_may_go_back_to_the_assistant_until_a_person_came(panel: Panel, world: World):
    panel.ask("POST", "person", {"client_id": "a", "text": "Poproszę człowieka"})
    panel.ask("DELETE", "person")
    assert panel.thread()["state"]["waiting"] is None
    assert conversation().speaker == Speaker.ASSISTANT

    actions.join(conversation(), world.ola)
    panel.ask("DELETE", "person")
    assert conversation().speaker == Speaker.PERSON


@pytest.mark.proves(42)
@time_machine.travel(SATURDAY)
def test_out_of_hours_it_says_when_people_are_back_and_takes_an_address(panel: Panel):
    panel.say("Przyszła mi inna patelnia niż w zamówieniu")
    panel.ask("POST", "contact", {"email": " Anna@Example.com "})
    state = panel.thread()["state"]

    assert (state["hours"]["open"], state["hours"]["back"]) == (False, "w poniedziałek o 8:00")
    assert (state["speaker"], state["waiting"], state["contact"]) == ("nobody", None, "anna@example.com")
    assert conversation().speaker == Speaker.QUEUE


def test_an_address_anybody_may_type_brings_nobodys_mail_to_them(panel: Panel, world: World):
    panel.say("Halo")
    panel.ask("POST", "contact", {"email": "anna@poczta.example"})

    assert recognise(world.shop, kind="email", value="anna@poczta.example") != conversation().customer


def test_an_address_left_once_is_known_in_the_next_conversation(panel: Panel, world: World):
    panel.say("Halo")
    panel.ask("POST", "contact", {"email": "anna@poczta.example"})
    actions.resolve(conversation(), by=world.ola)
    panel.say("Jeszcze jedno")

    assert panel.thread()["state"]["contact"] == "anna@poczta.example"


def test_an_address_of_somebody_else_is_noted_and_never_taken_over(panel: Panel, world: World):
    owner = recognise(world.shop, kind="email", value="anna@lampa.example")
    panel.say("Halo")
    panel.ask("POST", "contact", {"email": "anna@lampa.example"})

    assert Identity.objects.get(kind="email").customer == owner
    assert conversation().customer != owner
    assert panel.thread()["state"]["contact"] == "anna@lampa.example"


def test_a_wrong_address_is_refused_with_a_sentence(panel: Panel):
    panel.say("Halo")
    refusal = panel.ask("POST", "contact", {"email": "anna"})

    assert panel.status == 422
    assert "@" in refusal["detail"]


def test_the_customer_sees_that_a_person_types(panel: Panel, world: World):
    panel.say("Halo")
    actions.join(conversation(), world.ola)
    give_sign(world.ola, looking_at=conversation(), typing=True)

    assert panel.thread()["state"]["typing"]


def test_the_agent_sees_that_the_customer_types(panel: Panel):
    panel.say("Halo")
    panel.ask("POST", "typing", {})

    assert cache.get(f"typing:{conversation().pk}")


def test_what_was_read_is_marked_on_both_sides(panel: Panel, world: World):
    panel.say("Halo")
    assert not panel.thread()["messages"][0]["seen"]
    actions.mark_read(conversation())
    answer = actions.reply(conversation(), "Dzień dobry", by=world.ola)
    assert panel.thread()["messages"][0]["seen"]

    panel.ask("POST", "seen", {"message": answer.pk})
    answer.refresh_from_db()
    assert answer.seen_at


@pytest.mark.proves(138)
def test_after_the_end_it_asks_how_it_went_and_keeps_the_answer(panel: Panel, world: World):
    panel.say("Halo")
    actions.reply(conversation(), "Gotowe", by=world.ola)
    actions.resolve(conversation(), by=world.ola)
    drain()
    assert panel.thread()["state"]["rating"] == "asked"

    panel.ask("POST", "rating", {"score": 5, "comment": "Szybko i konkretnie"})
    survey = Survey.objects.get()
    assert (survey.score, survey.comment) == (5, "Szybko i konkretnie")
    assert panel.thread()["state"]["rating"] == "given"


@pytest.mark.parametrize("rated", [False, True])
def test_a_question_that_has_expired_takes_no_rating(panel: Panel, world: World, rated: bool):
    panel.say("Halo")
    actions.reply(conversation(), "Gotowe", by=world.ola)
    actions.resolve(conversation(), by=world.ola)
    drain()
    if rated:
        panel.ask("POST", "rating", {"score": 5})
    with after(days=15):
        shown = panel.thread()["state"]["rating"]
        panel.ask("POST", "rating", {"score": 1})

    assert (panel.status, shown) == (409, "given" if rated else "none")
    assert Survey.objects.get().score == (5 if rated else None)


def test_a_rating_off_the_scale_is_refused(panel: Panel, world: World):
    panel.say("Halo")
    actions.reply(conversation(), "Gotowe", by=world.ola)
    actions.resolve(conversation(), by=world.ola)
    drain()

    assert "1" in panel.ask("POST", "rating", {"score": 9})["detail"]
    assert panel.status == 422


def test_an_answer_that_was_enough_settles_the_matter(panel: Panel):
    panel.say("Halo")
    said = actions.say(conversation(), "Do 14 dni.", extra={"says": "answer"})
    panel.ask("POST", f"answers/{said.pk}", {"helpful": True})

    assert panel.status == 200
    assert conversation().status == Status.RESOLVED


def test_nobody_judges_answers_of_another_conversation(panel: Panel, chat: Inbox):
    panel.say("Halo")
    said = actions.say(conversation(), "Do 14 dni.")
    other = Panel(chat)
    other.begin()
    other.say("Halo")
    other.ask("POST", f"answers/{said.pk}", {"helpful": True})

    assert other.status == 404


def send_up(panel: Panel, content: bytes, name: str = "paragon.pdf") -> dict[str, str]:
    answer = Client().post(
        f"/widget/{panel.inbox.key}/files",
        {"file": SimpleUploadedFile(name, content, content_type="text/html")},
        headers={"Authorization": f"Bearer {panel.token}"},
    )
    return {**answer.json(), "status": str(answer.status_code)}


def test_a_file_goes_with_its_message_and_opens_by_its_address_only(panel: Panel, client: Client):
    sent = send_up(panel, b"%PDF-1.7 paragon")
    panel.say("", files=[sent["id"]])
    file = panel.thread()["messages"][0]["files"][0]
    opened = client.get(file["url"])

    assert (file["name"], file["size"]) == ("paragon.pdf", 16)
    assert opened.content == b"%PDF-1.7 paragon"
    assert opened["Content-Disposition"].startswith("attachment")
    assert opened["Content-Type"] == "application/octet-stream"
    assert client.get(file["url"][:-3] + "abc").status_code == 404


def test_a_file_of_another_visitor_is_refused(panel: Panel, chat: Inbox):
    sent = send_up(panel, b"%PDF-1.7 paragon")
    other = Panel(chat)
    other.begin()
    other.say("Moje", files=[sent["id"]])

    assert other.status == 422


def test_a_file_that_is_too_large_is_refused_with_both_sizes(panel: Panel):
    refusal = send_up(panel, b"x" * 10_000_001)

    assert refusal["status"] == "413"
    assert "11" in refusal["detail"]
    assert "10\u00a0MB" in refusal["detail"]


def test_bytes_without_end_are_refused_by_address_before_they_are_kept(panel: Panel, chat: Inbox, settings):
    settings.MAX_UPLOAD_BYTES = 100
    for _ in range(20):
        other = Panel(chat)
        other.begin()
        assert send_up(other, b"x" * 100)["status"] == "200"

    refusal = send_up(panel, b"x")

    assert (refusal["status"], "e-mail" in refusal["detail"]) == ("429", True)
    assert Attachment.objects.count() == 20


def test_a_file_that_was_never_sent_is_forgotten_after_a_day_and_the_others_stay(panel: Panel, world: World):
    send_up(panel, b"%PDF-1.7 nigdy")
    panel.say("", files=[send_up(panel, b"%PDF-1.7 paragon")["id"]])
    of_a_colleague = attach(None, File(name="a.txt", content=b"a", content_type=""), organisation_id=world.shop.pk)
    never = Attachment.objects.get(message=None, file__startswith="visitors/")

    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=24))
    forget_loose_files()
    assert Attachment.objects.count() == 3
    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=26))
    forget_loose_files()

    assert set(Attachment.objects.exclude(message=None)) | {of_a_colleague} == set(Attachment.objects.all())
    with pytest.raises(MissingFile):
        files.store().get(never.file)
    Attachment.objects.update(created_at=timezone.now() - timedelta(days=8))
    forget_loose_files()
    assert Attachment.objects.filter(message=None).count() == 0


@pytest.mark.parametrize(
    "body",
    [{"text": "Halo"}, {"client_id": "a", "text": "  "}, {"client_id": "a", "text": "x" * 4001}, [1], "x"],
)
def test_what_cannot_be_a_message_is_refused_with_a_sentence(panel: Panel, body: object):
    refusal = panel.ask("POST", "messages", body)

    assert panel.status in {400, 422}
    assert refusal["detail"].endswith(".")
    assert panel.answer["Content-Type"] == "application/problem+json"
    assert not Message.objects.exists()


def test_too_many_messages_at_once_wait(panel: Panel):
    for _ in range(20):
        panel.say("Halo")
    refusal = panel.say("Halo")

    assert (panel.status, bool(refusal["detail"])) == (429, True)
    assert int(panel.answer["Retry-After"]) > 0
