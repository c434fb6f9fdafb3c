"""The list, the conversation and what is fetched again when something changed."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opieka.conversations import actions, lists
from opieka.conversations.lists import Listing
from opieka.conversations.models import Conversation, Delivery, Message
from tests.world import World

WHOLE_PAGE = {"HX-Request": "false"}


def many(world: World, count: int) -> list[Conversation]:
    """Conversations an hour apart, the last one newest."""
    made = [world.ask(f"Pytanie {n}", external_id=f"q{n}") for n in range(count)]
    start = timezone.now() - timedelta(hours=count)
    for n, one in enumerate(made):
        Conversation.objects.filter(id=one.pk).update(
            last_message_at=start + timedelta(hours=n), waiting_since=start + timedelta(hours=n) if n % 3 else None
        )
    return made


@pytest.mark.parametrize("sort", ["newest", "waiting"])
def test_pages_of_the_list_neither_repeat_nor_skip(world: World, sort: str):
    made = many(world, 120)
    listing, seen, after = Listing(view="team", sort=sort), [], None

    for _ in range(5):
        page = lists.page(world.piotr, listing, after=after)
        seen += [row.pk for row in page.rows]
        after = page.after
        if after is None:
            break

    assert sorted(seen) == sorted(one.pk for one in made)
    assert len(seen) == len(set(seen))


def test_the_longest_waiting_stand_first(world: World):
    many(world, 6)

    rows = lists.page(world.piotr, Listing(view="team", sort="waiting")).rows

    waiting = [row.waiting_since for row in rows]
    assert waiting[:4] == sorted(moment for moment in waiting if moment)
    assert waiting[4:] == [None, None]


def test_a_long_list_costs_no_more_queries_than_a_short_one(world: World, at_desk):
    client = at_desk(world.piotr)

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/?view=team", headers=WHOLE_PAGE).status_code == 200
        return len(caught)

    world.ask("Pierwsze", external_id="first")
    client.get("/?view=team", headers=WHOLE_PAGE)
    few = cost()
    many(world, 80)

    assert cost() == few
    assert few <= 12


def test_each_list_holds_its_own(world: World):
    mine, nobodys, asleep, settled = (world.ask(f"{n}", external_id=f"l{n}") for n in range(4))
    actions.assign(mine, by=world.piotr, to=world.piotr)
    actions.ask_for_person(nobodys)
    actions.snooze(asleep, until=timezone.now() + timedelta(hours=3), by=world.piotr)
    actions.resolve(settled, by=world.piotr)

    def held(view: str) -> set[int]:
        return {row.pk for row in lists.listed(world.piotr, view)}

    assert held("mine") == {mine.pk}
    assert held("unassigned") == {nobodys.pk}
    assert held("team") == {mine.pk, nobodys.pk}
    assert (held("snoozed"), held("resolved")) == ({asleep.pk}, {settled.pk})
    assert lists.counts(world.piotr) == {"mine": 1, "unassigned": 1, "team": 2, "snoozed": 1}


def test_search_looks_at_subject_customer_words_and_number(world: World, at_desk):
    boots = world.ask("Buty są za małe", subject="Zwrot butów", external_id="s1")
    invoice = world.ask("Proszę o fakturę", subject="Dokument", external_id="s2")

    def found(words: str) -> list[int]:
        return [row.number for row in lists.page(world.piotr, Listing(view="team", search=words)).rows]

    assert found("butów") == [boots.number]
    assert found("fakturę") == [invoice.number]
    assert found("Kowalska") == [invoice.number, boots.number]
    assert found(f"#{boots.number}") == [boots.number]
    page = at_desk(world.piotr).get("/inbox/list/", {"view": "team", "q": "nic takiego"})
    assert "Szukaj we wszystkich" in page.content.decode()


def test_a_conversation_is_a_page_and_a_fragment(world: World, at_desk):
    one = world.ask("Kiedy dojdzie paczka?")
    client = at_desk(world.piotr)

    page = client.get(f"/conversations/{one.number}/", headers=WHOLE_PAGE)
    pane = client.get(
        f"/conversations/{one.number}/", headers={"HX-Current-URL": "http://testserver/?view=team&sort=waiting"}
    )

    assert page.content.startswith(b"<!doctype html>")
    assert b"<!doctype" not in pane.content
    assert b'id="conversation"' in pane.content
    assert pane["HX-Push-Url"] == f"/conversations/{one.number}/?view=team&sort=waiting"
    assert "no-store" in pane["Cache-Control"]


def test_going_back_in_history_gets_the_whole_page(world: World, at_desk):
    one = world.ask()

    page = at_desk(world.piotr).get(f"/conversations/{one.number}/", headers={"HX-History-Restore-Request": "true"})

    assert page.content.startswith(b"<!doctype html>")


def test_another_shops_conversation_is_not_there(world: World, at_desk):
    one = world.ask()
    message = Message.objects.get(conversation=one)
    client = at_desk(world.olek)

    answers = [
        client.get(f"/conversations/{one.number}/"),
        client.get(f"/messages/{message.pk}/whole/"),
        client.post(f"/conversations/{one.number}/reply/", {"text": "x"}),
        client.post(f"/messages/{message.pk}/resend/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert f"conversation:{one.pk}" not in client.get("/inbox/changes/", {"c": one.pk}).content.decode()
    assert "Kowalska" not in client.get("/inbox/changes/", {"c": one.pk, "have": one.pk}).content.decode()


def test_what_changed_comes_as_rows_counts_and_the_open_thread(world: World, at_desk):
    shown, new = world.ask("Pierwsze", external_id="c1"), world.ask("Drugie", external_id="c2")
    client = at_desk(world.piotr)

    answer = client.get(
        "/inbox/changes/", {"view": "team", "c": f"{shown.pk},{new.pk}", "have": shown.pk, "open": shown.number}
    ).content.decode()

    assert f'hx-target="#row-{shown.pk}"' in answer
    assert 'hx-target="#rows" hx-swap="beforeend"' in answer
    assert f'id="row-{new.pk}"' in answer
    assert 'hx-target="#tabs"' in answer
    for part in ("#conversation-head", "#messages", "#watching"):
        assert f'hx-target="#conversation[data-id=&quot;{shown.pk}&quot;] {part}"' in answer


def test_a_row_that_left_the_list_says_so(world: World, at_desk):
    one = world.ask()
    actions.resolve(one, by=world.piotr)

    answer = at_desk(world.piotr).get("/inbox/changes/", {"view": "team", "c": one.pk, "have": one.pk})

    assert b"data-gone" in answer.content


def test_a_change_costs_few_queries(world: World, at_desk, django_assert_max_num_queries):
    one = world.ask()
    client = at_desk(world.piotr)
    asked = {"view": "team", "c": one.pk, "have": one.pk, "open": one.number}
    client.get("/inbox/changes/", asked)

    with django_assert_max_num_queries(16):
        client.get("/inbox/changes/", asked)


def test_a_reader_sees_the_thread_and_no_composer(world: World, at_desk):
    one = world.ask()
    client = at_desk(world.rita)

    page = client.get(f"/conversations/{one.number}/", headers=WHOLE_PAGE).content.decode()

    assert "Kiedy dojdzie" in page
    assert "reply-form" not in page
    assert client.post(f"/conversations/{one.number}/note/", {"text": "x"}).status_code == 403


def test_markup_in_a_message_is_words(world: World, at_desk):
    one = world.ask('<script>alert(1)</script><img src=x onerror=alert(2)><b hx-get="/x">!</b>', subject="<i>S</i>")

    page = at_desk(world.piotr).get(f"/conversations/{one.number}/", headers=WHOLE_PAGE).content.decode()

    for wrong in ("<script>alert", "<img src=x", '<b hx-get="/x"', "<i>S</i>"):
        assert wrong not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_page_says_where_to_listen_on(world: World, at_desk):
    world.ask()

    page = at_desk(world.piotr).get("/", headers=WHOLE_PAGE).content.decode()

    assert 'data-seq="0"' not in page


def versions(html: str) -> str:
    return ",".join(f"{name}~{version}" for name, version in re.findall(r'id="([\w-]+)" data-v="(\w+)"', html))


def test_a_page_gets_only_what_it_does_not_have_yet(world: World, at_desk):
    one = world.ask("Pierwsza wiadomość")
    actions.join(one, world.piotr)
    client = at_desk(world.piotr)
    page = client.get(f"/conversations/{one.number}/?view=team", headers=WHOLE_PAGE).content.decode()
    asked = {"view": "team", "c": one.pk, "have": one.pk, "open": one.number, "known": versions(page)}

    front = {"HX-Current-URL": f"http://testserver/conversations/{one.number}/?view=team"}
    nothing = client.get("/inbox/changes/", asked, headers=front).content.decode()
    actions.note(one, "Nowa notatka", by=world.ola)
    something = client.get("/inbox/changes/", asked, headers=front).content.decode()

    targets = [target.split()[-1] for target in re.findall(r'hx-target="([^"]+)"', nothing)]
    assert targets == [f"#row-{one.pk}", "#watching"]
    assert "Pierwsza wiadomość</p>" not in something
    assert re.search(r'#messages" hx-swap="beforeend"><li id="m-\d+"[^>]*><div class="note"', something)


def test_lines_that_moved_bring_the_whole_thread(world: World, at_desk):
    one = world.ask("Pierwsza wiadomość")
    message = actions.reply(one, "Cofnięta", by=world.piotr)
    client = at_desk(world.piotr)
    page = client.get(f"/conversations/{one.number}/", headers=WHOLE_PAGE).content.decode()
    Delivery.objects.filter(message=message).update(state="queued")
    actions.withdraw(message)

    answer = client.get("/inbox/changes/", {"c": one.pk, "open": one.number, "known": versions(page)}).content.decode()

    assert '#messages" hx-swap="outerMorph"' in answer
    assert "Cofnięta" not in answer
