"""What programs can do: read, answer, note, resolve; and how they are told what they did wrong."""

import json

import pytest
from django.test import Client

from opieka.accounts.actions import revoke_key
from opieka.accounts.models import ApiKey, KeptAnswer, Membership, Role
from opieka.conversations.models import Conversation, Message
from opieka.customers.actions import recognise
from opieka.knowledge.models import Article
from tests.api.conftest import program
from tests.world import World

PROBLEM = "application/problem+json"


def post(client: Client, path: str, body: object = None, **headers: str):
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def test_a_program_reads_conversations(ours: Client, world: World):
    asked = world.ask("Kiedy dojdzie moja paczka?")

    listed = ours.get("/api/v1/conversations").json()
    one = ours.get(f"/api/v1/conversations/{asked.number}").json()
    said = ours.get(f"/api/v1/conversations/{asked.number}/messages").json()

    assert [row["number"] for row in listed["items"]] == [asked.number]
    assert one["status"] == "open"
    assert [row["text"] for row in said["items"]] == ["Kiedy dojdzie moja paczka?"]


def test_pages_follow_each_other_without_gap_or_repetition(ours: Client, world: World):
    numbers = [world.ask(f"Pytanie numer {n}").number for n in range(7)]

    seen, cursor = [], ""
    while cursor is not None:
        page = ours.get("/api/v1/conversations", {"limit": 3, "cursor": cursor}).json()
        seen += [row["number"] for row in page["items"]]
        cursor = page["next"]

    assert seen == sorted(numbers, reverse=True)


def test_a_foreign_cursor_is_refused(ours: Client):
    for cursor in ("xyz", "W10", "WzEsMl0", "WyJ4IiwgMV0"):
        answer = ours.get("/api/v1/conversations", {"cursor": cursor})
        assert (answer.status_code, answer["Content-Type"]) == (422, PROBLEM)


def test_a_reply_goes_to_the_customer_and_a_note_does_not(ours: Client, world: World):
    asked = world.ask()

    reply = post(ours, f"/api/v1/conversations/{asked.number}/replies", {"text": "Jutro."})
    note = post(ours, f"/api/v1/conversations/{asked.number}/notes", {"text": "Kurier potwierdził."})

    assert (reply.status_code, reply.json()["kind"], reply.json()["delivery"]) == (201, "reply", "queued")
    assert (note.status_code, note.json()["kind"], note.json()["delivery"]) == (201, "note", None)
    assert Message.objects.get(id=reply.json()["id"]).member == world.ewa


def test_resolving_twice_is_harmless_and_can_be_taken_back(ours: Client, world: World):
    asked = world.ask()
    path = f"/api/v1/conversations/{asked.number}/resolution"

    assert [post(ours, path).json()["status"] for _ in range(2)] == ["resolved", "resolved"]
    assert ours.delete(path).json()["status"] == "open"


def test_the_same_idempotency_key_answers_once(ours: Client, world: World):
    asked = world.ask()
    path = f"/api/v1/conversations/{asked.number}/replies"

    first = post(ours, path, {"text": "Jutro."}, **{"idempotency-key": "a-1"})
    again = post(ours, path, {"text": "Jutro."}, **{"idempotency-key": "a-1"})
    other = post(ours, path, {"text": "Pojutrze."}, **{"idempotency-key": "a-1"})

    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert other.status_code == 422
    assert Message.objects.filter(conversation=asked, author="agent", kind="reply").count() == 1


def test_a_request_that_failed_is_not_kept(ours: Client, world: World):
    path = "/api/v1/conversations/999/replies"

    assert post(ours, path, {"text": "Jutro."}, **{"idempotency-key": "b-1"}).status_code == 404
    assert not KeptAnswer.objects.exists()


def test_customers_are_found_by_e_mail_and_made_known(ours: Client, world: World):
    made = post(ours, "/api/v1/customers", {"email": "Jan@poczta.example", "name": "Jan"})
    found = ours.get("/api/v1/customers", {"email": "jan@POCZTA.example"}).json()

    assert (made.status_code, made.json()["addresses"][0]["value"]) == (201, "jan@poczta.example")
    assert [row["id"] for row in found["items"]] == [made.json()["id"]]
    assert ours.get("/api/v1/customers", {"email": "nikt@poczta.example"}).json()["items"] == []


def test_an_article_is_written_changed_and_published(ours: Client, world: World):
    made = post(ours, "/api/v1/articles", {"title": "Zwroty", "body": "Masz 14 dni."}).json()
    changed = ours.patch(
        f"/api/v1/articles/{made['id']}", json.dumps({"summary": "14 dni."}), content_type="application/json"
    )
    published = post(ours, f"/api/v1/articles/{made['id']}/publication")

    assert (changed.json()["summary"], changed.json()["body"]) == ("14 dni.", "Masz 14 dni.")
    assert (published.json()["state"], published.json()["version"]) == ("published", 1)


def test_an_empty_article_is_not_published(ours: Client, world: World):
    made = post(ours, "/api/v1/articles", {"title": "Zwroty"}).json()

    assert post(ours, f"/api/v1/articles/{made['id']}/publication").status_code == 422


def test_inboxes_tell_no_secrets(ours: Client, world: World):
    told = ours.get("/api/v1/inboxes").content.decode()

    assert world.inbox.name in told
    assert world.inbox.key not in told
    assert world.inbox.hook_secret not in told


def test_without_a_key_nothing_is_told(client: Client, world: World):
    answer = client.get("/api/v1/conversations")

    assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_person_who_is_logged_in_still_needs_a_key(client: Client, world: World):
    client.force_login(world.ewa.user)

    assert client.get("/api/v1/conversations").status_code == 401


def test_a_revoked_key_stops(ours: Client, world: World):
    revoke_key(ApiKey.objects.get(), by=world.ewa)

    assert ours.get("/api/v1/conversations").status_code == 401


def test_a_key_does_only_what_its_scopes_say(world: World):
    reader = program(world.ewa, "read")
    asked = world.ask()

    assert reader.get("/api/v1/conversations").status_code == 200
    assert post(reader, f"/api/v1/conversations/{asked.number}/replies", {"text": "x"}).status_code == 403
    assert post(reader, "/api/v1/articles", {"title": "x"}).status_code == 403


def test_a_key_never_does_more_than_the_person_who_made_it(world: World):
    writer = program(world.marek, "read", "write")
    asked = world.ask()
    Membership.objects.filter(pk=world.marek.pk).update(role=Role.READ_ONLY)

    assert writer.get("/api/v1/conversations").status_code == 200
    assert post(writer, f"/api/v1/conversations/{asked.number}/replies", {"text": "x"}).status_code == 403


def test_what_belongs_to_another_shop_is_not_there(ours: Client, theirs: Client, world: World):
    asked = world.ask()
    article = Article.objects.create(organisation=world.shop, title="Nasz", slug="nasz")

    assert theirs.get("/api/v1/conversations").json()["items"] == []
    for path in (
        f"/api/v1/conversations/{asked.number}",
        f"/api/v1/conversations/{asked.number}/messages",
        f"/api/v1/customers/{world.anna.pk}",
        f"/api/v1/articles/{article.pk}",
        f"/api/v1/inboxes/{world.inbox.pk}",
    ):
        assert theirs.get(path).status_code == 404, path
    assert theirs.get("/api/v1/conversations", {"customer_id": world.anna.pk}).json()["items"] == []
    assert post(theirs, f"/api/v1/conversations/{asked.number}/replies", {"text": "x"}).status_code == 404
    assert Conversation.objects.get(pk=asked.pk).messages.count() == 1


def test_the_same_e_mail_at_two_shops_is_two_customers(ours: Client, theirs: Client, world: World):
    mine = recognise(world.shop, kind="email", value="jan@poczta.example", name="Jan")

    made = post(theirs, "/api/v1/customers", {"email": "jan@poczta.example"}).json()

    assert made["id"] != mine.pk
    assert made["name"] == ""


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/api/v1/nothing", None, 404),
        ("get", "/api/", None, 404),
        ("put", "/api/v1/conversations", {}, 405),
        ("get", "/api/v1/conversations/abc", None, 422),
        ("get", "/api/v1/conversations?limit=1000", None, 422),
        ("get", "/api/v1/conversations?status=angry", None, 422),
        ("post", "/api/v1/customers", {"email": "not an address"}, 422),
        ("post", "/api/v1/articles", {"title": " "}, 422),
        ("post", "/api/v1/articles", {}, 422),
        ("get", "/hooks/", None, 404),
    ],
)
def test_every_failure_is_a_problem(ours: Client, world: World, method: str, path: str, body, status: int):
    answer = getattr(ours, method)(
        path, json.dumps(body) if body is not None else None, content_type="application/json"
    )

    told = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    assert {"type", "title", "status", "detail"} <= told.keys()
    assert told["status"] == status


def test_a_body_that_is_no_json_is_told_so(ours: Client, world: World):
    answer = ours.post("/api/v1/articles", "{nie", content_type="application/json")

    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)


def test_headers_say_how_many_requests_are_left_and_too_many_are_refused(ours: Client, world: World, settings):
    settings.API_REQUESTS_A_MINUTE = 3

    answers = [ours.get("/api/v1/inboxes") for _ in range(4)]

    assert [answer["RateLimit-Remaining"] for answer in answers[:3]] == ["2", "1", "0"]
    assert (answers[3].status_code, answers[3]["Content-Type"]) == (429, PROBLEM)
    assert 0 < int(answers[3]["Retry-After"]) <= 60


def test_guessing_keys_is_slowed_down(world: World):
    guesses = [
        Client(headers={"authorization": f"Bearer op_{n}"}).get("/api/v1/inboxes").status_code for n in range(32)
    ]

    assert guesses[0] == 401
    assert guesses[-1] == 429


def test_somebody_who_guesses_keys_behind_the_same_proxy_slows_down_nobody_else(ours: Client, settings):
    settings.TRUSTED_PROXIES = 1
    for n in range(31):
        guesser = Client(headers={"authorization": f"Bearer op_{n}", "x-forwarded-for": "192.0.2.66"})
        guesser.get("/api/v1/inboxes")

    assert guesser.get("/api/v1/inboxes").status_code == 429
    assert ours.get("/api/v1/inboxes", headers={"x-forwarded-for": "192.0.2.7"}).status_code == 200


def test_the_description_is_open_and_names_every_operation(client: Client, world: World):
    described = client.get("/api/v1/openapi.json").json()

    assert {"/api/v1/conversations", "/api/v1/customers", "/api/v1/articles", "/api/v1/inboxes"} <= described[
        "paths"
    ].keys()
