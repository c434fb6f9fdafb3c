"""Assigning, resolving, snoozing, undoing, and several at once."""

import json
import re
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone

from opieka.channels.base import Traits
from opieka.channels.console import Console
from opieka.conversations import actions, lists, queries
from opieka.conversations.models import Delivery, Status
from opieka.helpdesk.queries import watchers
from opieka.web.inbox.snoozes import moment_ahead
from tests.world import World


def test_assigning_to_me_to_a_colleague_to_a_queue_and_back(world: World, at_desk):
    one = world.ask()
    client, url = at_desk(world.piotr), f"/conversations/{one.number}/assign/"

    def after(**post: object) -> tuple[object, object]:
        assert client.post(url, post).status_code == 200
        one.refresh_from_db()
        return one.assignee, one.team

    assert after(to="me") == (world.piotr, None)
    assert after(to=world.ola.pk) == (world.ola, None)
    assert after(team=world.team.pk) == (None, world.team)
    assert after(to="me")[0] == world.piotr
    assert after(to="")[0] is None


def test_nobody_of_another_shop_can_be_given_a_conversation(world: World, at_desk):
    one = world.ask()

    at_desk(world.piotr).post(f"/conversations/{one.number}/assign/", {"to": world.olek.pk})

    one.refresh_from_db()
    assert one.assignee is None


def test_resolving_and_taking_it_back(world: World, at_desk):
    one = world.ask()
    client = at_desk(world.piotr)

    resolved = client.post(f"/conversations/{one.number}/resolve/")
    one.refresh_from_db()
    was = one.status
    undone = client.post("/inbox/undo/", {"have": one.pk})

    one.refresh_from_db()
    assert (was, one.status) == (Status.RESOLVED, Status.OPEN)
    assert 'hx-post="/inbox/undo/"' in resolved.content.decode()
    assert f"/conversations/{one.number}/" in undone["HX-Trigger"]


def test_spam_is_put_into_quarantine_and_taken_back_as_one_act(world: World, at_desk):
    one = world.ask()
    client, url = at_desk(world.piotr), f"/conversations/{one.number}/spam/"

    marked = client.post(url)
    one.refresh_from_db()
    was = (one.status, one.tags)
    client.post("/inbox/undo/")

    one.refresh_from_db()
    assert was == (Status.SPAM, [])
    assert (one.status, one.tags) == (Status.OPEN, [])
    assert 'hx-post="/inbox/undo/"' in marked.content.decode()
    assert json.loads(marked["HX-Trigger"]) == {"resolved": {"number": one.number}}


def test_no_spam_comes_back_with_its_clock_counted_from_when_it_was_written(world: World, at_desk):
    one = world.ask()
    client, url = at_desk(world.piotr), f"/conversations/{one.number}/spam/"
    asked = client.get(f"/conversations/{one.number}/").content.decode()
    marked = client.post(url).content.decode()

    client.post(url, {"not": "1"})

    one.refresh_from_db()
    assert (one.status, one.waiting_since) == (Status.OPEN, one.messages.earliest("id").created_at)
    assert [f'hx-post="{url}"' in page for page in (asked, marked)] == [True, True]
    assert [f'hx-post="{url}" name="not"' in page for page in (asked, marked)] == [False, True]


@pytest.fixture
def undoable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A channel where replies wait a little, as mail does."""
    monkeypatch.setattr(Console, "traits", Traits(undo=True, leaves_the_house=False))


def test_a_reply_taken_back_leaves_its_text_in_the_draft(undoable: None, world: World, at_desk):
    one = world.ask()
    client = at_desk(world.piotr)
    seen = queries.thread(one)[-1].pk

    client.post(f"/conversations/{one.number}/reply/", {"text": "Za szybko", "seen": seen})
    client.post("/inbox/undo/")

    assert not Delivery.objects.exists()
    assert queries.draft_of(one, world.piotr) == "Za szybko"
    assert [message.text for message in queries.public_thread(one)] == ["Kiedy dojdzie moja paczka?"]


def test_a_reply_taken_back_stands_before_what_was_typed_since(undoable: None, world: World, at_desk):
    one = world.ask()
    client = at_desk(world.piotr)
    client.post(f"/conversations/{one.number}/reply/", {"text": "Za szybko", "seen": queries.thread(one)[-1].pk})
    client.post(f"/conversations/{one.number}/draft/", {"kind": "reply", "text": "I jeszcze"})

    client.post("/inbox/undo/")

    assert queries.draft_of(one, world.piotr) == "Za szybko\n\nI jeszcze"


def test_the_files_of_a_reply_taken_back_wait_in_the_composer(undoable: None, world: World, at_desk):
    one = world.ask()
    client, seen = at_desk(world.piotr), queries.thread(one)[-1].pk
    chip = client.post(f"/conversations/{one.number}/files/", {"files": SimpleUploadedFile("umowa.pdf", b"%PDF-1.4")})
    post = {"text": "Umowa", "seen": seen, "file": token_in(chip)}
    client.post(f"/conversations/{one.number}/reply/", post)

    back = json.loads(client.post("/inbox/undo/")["HX-Trigger"])["taken-back"]["url"]
    opened = client.get(back)
    client.post(f"/conversations/{one.number}/reply/", {**post, "file": token_in(opened)})

    message = queries.public_thread(one).last()
    assert message is not None
    assert "umowa.pdf" in opened.content.decode()
    assert [file.name for file in message.attachments.all()] == ["umowa.pdf"]


def token_in(answer: HttpResponse) -> str:
    found = re.search(r'name="file" value="([^"]+)"', answer.content.decode())
    return found[1] if found else ""


def test_nothing_to_take_back_says_so(world: World, at_desk):
    assert "Nie ma czego cofnąć" in at_desk(world.piotr).post("/inbox/undo/").content.decode()


@pytest.mark.parametrize("name", ["hour", "hours", "morning", "week"])
def test_every_offered_moment_snoozes(world: World, at_desk, name: str):
    one = world.ask()

    at_desk(world.piotr).post(f"/conversations/{one.number}/snooze/", {"until": name})

    one.refresh_from_db()
    assert one.status == Status.SNOOZED
    assert one.snoozed_until > timezone.now()


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(hours=1), "17:55"),
        (timedelta(hours=15, minutes=5), "jutro, 8:00"),
        (timedelta(days=7), "1.12, 16:55"),
    ],
)
def test_an_offered_moment_is_said_as_short_as_it_may_be(ahead: timedelta, words: str):
    now = datetime(2026, 11, 24, 16, 55, tzinfo=timezone.get_default_timezone())

    assert moment_ahead(now + ahead, now) == words


def test_a_moment_of_ones_own_is_in_the_shops_time(world: World, at_desk):
    one = world.ask()
    ahead = timezone.localtime() + timedelta(days=3)

    at_desk(world.piotr).post(f"/conversations/{one.number}/snooze/", {"at": f"{ahead:%Y-%m-%dT%H:%M}"})

    one.refresh_from_db()
    assert one.snoozed_until == ahead.replace(second=0, microsecond=0)


@pytest.mark.parametrize("at", ["", "2020-01-01T08:00", "wczoraj", "2026-13-77T08:00"])
def test_a_moment_that_is_not_ahead_is_refused(world: World, at_desk, at: str):
    one = world.ask()

    answer = at_desk(world.piotr).post(f"/conversations/{one.number}/snooze/", {"at": at})

    assert answer.status_code == 422


def test_being_here_reads_it_and_tells_colleagues(world: World, at_desk):
    one = world.ask()

    at_desk(world.piotr).post(f"/conversations/{one.number}/here/", {"read": "1", "typing": "1"})

    one.refresh_from_db()
    seen = watchers(one, besides=world.ola)
    assert (one.unread, seen.typing, seen.reading) == (0, ["Piotr"], [])


def test_opening_a_page_reads_nothing_by_itself(world: World, at_desk):
    one = world.ask()

    at_desk(world.piotr).get(f"/conversations/{one.number}/")

    one.refresh_from_db()
    assert one.unread == 1


def test_marked_as_unread_it_is_new_again(world: World, at_desk):
    one = world.ask()
    actions.mark_read(one)

    at_desk(world.piotr).post(f"/conversations/{one.number}/unread/")

    one.refresh_from_db()
    assert one.unread == 1


def test_several_at_once_and_all_of_them_back(world: World, at_desk):
    both = [world.ask(f"{n}", external_id=f"b{n}") for n in range(2)]
    client = at_desk(world.piotr)

    done = client.post("/inbox/bulk/", {"verb": "resolve", "id": [one.pk for one in both]})
    settled = lists.counts(world.piotr)["team"]
    client.post("/inbox/undo/", {"times": "2"})

    assert (settled, lists.counts(world.piotr)["team"]) == (0, 2)
    assert '{"times": 2}' in done.content.decode()


def test_picked_conversations_of_another_shop_are_left_alone(world: World, at_desk):
    one = world.ask()

    answer = at_desk(world.olek).post("/inbox/bulk/", {"verb": "resolve", "id": [one.pk]})

    one.refresh_from_db()
    assert (answer.status_code, one.status) == (422, Status.OPEN)
