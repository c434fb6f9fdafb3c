"""The help centre as a customer without JavaScript sees it."""

import pytest
from django.http import HttpResponse
from django.test import Client

from opieka.knowledge import actions
from opieka.knowledge.models import Article, Category, Search, Vote
from opieka.plumbing.jobs import drain
from opieka.plumbing.limits import counted
from opieka.portal.help.views import SEARCHES_A_MINUTE
from tests.world import World

RETURN = """Na zwrot jest **14 dni** od odbioru paczki.

## Jak odesłać

1. Wypełnić formularz zwrotu.
2. Zapakować towar.

## Koszt

Koszt odesłania to 13,99 zł.
"""


def read(page: HttpResponse) -> str:
    """The page as text, its no-break spaces read as spaces."""
    return page.content.decode().replace("\xa0", " ")


@pytest.fixture
def article(world: World) -> Article:
    shelf = Category.objects.create(organisation=world.shop, slug="zwroty", name="Zwroty")
    made = actions.save(
        world.shop,
        title="Zwrot butów i ubrań",
        body=RETURN,
        category=shelf,
        questions="jak oddać rzecz",
        summary="14 dni.",
    )
    actions.publish_article(made, by=world.piotr)
    drain()
    return made


@pytest.mark.proves(59)
def test_the_help_centre_lists_what_is_published(client: Client, article: Article):
    page = client.get("/pomoc/")

    assert page.status_code == 200
    assert "Zwrot butów i ubrań" in read(page)


def test_whoever_searches_without_end_is_asked_to_wait_and_costs_no_row(client: Client, article: Article):
    counted("search:127.0.0.1", seconds=60, by=SEARCHES_A_MINUTE - 2)
    answers = [client.get("/pomoc/pl/szukaj/", {"q": "zwrot"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].context["busy"]
    assert 'value="zwrot"' in read(answers[2])
    assert Search.objects.count() == 2
    assert client.get("/pomoc/pl/szukaj/", {"q": "zwrot"}, REMOTE_ADDR="192.0.2.7").status_code == 200


@pytest.mark.parametrize("asked", ["zwrot", "zwrotu", "zwroty butow", "BUTY", "zwrócić but"])
def test_search_understands_forms_and_missing_diacritics(client: Client, article: Article, asked: str):
    page = client.get("/pomoc/pl/szukaj/", {"q": asked}).content.decode()

    assert "<mark>" in page
    assert f"/pomoc/pl/{article.slug}/" in page


def test_what_is_found_is_shown_without_the_marks_of_lists(client: Client, world: World, article: Article):
    actions.save(world.shop, article=article, body="Na miejscu:\n\n- Wejście bez schodów\n- Zwroty od ręki\n")
    actions.publish_article(article, by=world.piotr)
    drain()

    page = read(client.get("/pomoc/pl/szukaj/", {"q": "zwroty"}))

    assert "Wejście bez schodów <mark>Zwroty</mark>" in page


def test_what_is_found_is_shown_without_the_marks_of_headings(client: Client, article: Article):
    page = read(client.get("/pomoc/pl/szukaj/", {"q": "formularz"}))

    assert "Jak odesłać. Wypełnić <mark>formularz</mark>" in page


def test_a_shelf_shows_how_its_answers_begin_and_the_other_shelves(client: Client, world: World, article: Article):
    other = Category.objects.create(organisation=world.shop, slug="dostawa", name="Dostawa")
    parcel = actions.save(world.shop, title="Gdzie jest paczka", body="W drodze.", category=other)
    actions.publish_article(parcel, by=world.piotr)
    actions.publish_article(actions.save(world.shop, article=article, summary=""), by=world.piotr)

    page = read(client.get("/pomoc/pl/kategoria/zwroty/"))

    assert "Na zwrot jest 14 dni od odbioru paczki." in page
    assert "/pomoc/pl/kategoria/dostawa/" in page


def test_who_finds_nothing_is_shown_the_shelves_and_a_person(client: Client, article: Article):
    page = read(client.get("/pomoc/pl/szukaj/", {"q": "kajak dwuosobowy"}))

    assert "/pomoc/pl/kategoria/zwroty/" in page
    assert "mailto:pomoc@lampa.example" in page


def test_an_exact_search_does_not(client: Client, article: Article):
    page = client.get("/pomoc/pl/szukaj/", {"q": "zwrotami", "exact": "1"}).content.decode()

    assert f"/pomoc/pl/{article.slug}/" not in page


def test_what_was_not_found_is_kept_for_the_list_of_gaps(client: Client, article: Article):
    client.get("/pomoc/pl/szukaj/", {"q": "kajak dwuosobowy"})

    assert list(Search.objects.values_list("text", "found")) == [("kajak dwuosobowy", 0)]


def test_an_article_shows_its_steps_and_when_it_was_verified(client: Client, article: Article):
    page = client.get(f"/pomoc/pl/{article.slug}/").content.decode()

    assert '<ol class="steps">' in page
    assert 'id="koszt"' in page


def test_a_draft_and_an_internal_article_are_not_there(client: Client, world: World, article: Article):
    draft = actions.save(world.shop, title="Szkic", body="Jeszcze nie")
    inner = actions.save(world.shop, title="Tylko dla nas", body="Rabat 10%", visibility="internal")
    actions.publish_article(inner, by=world.piotr)

    assert [client.get(f"/pomoc/pl/{found.slug}/").status_code for found in (draft, inner)] == [404, 404]
    assert "Tylko dla nas" not in client.get("/pomoc/pl/szukaj/", {"q": "rabat"}).content.decode()


def test_editing_changes_nothing_until_it_is_published(client: Client, world: World, article: Article):
    actions.save(world.shop, article=article, body="Na zwrot jest 30 dni.")

    assert "14 dni" in read(client.get(f"/pomoc/pl/{article.slug}/"))


def test_a_draft_that_is_to_be_public_shows_nothing_of_the_internal_article(client: Client, world: World):
    inner = actions.save(world.shop, title="Rabaty", body="Hasło: świerk.", visibility="internal")
    actions.publish_article(inner, by=world.piotr)

    actions.save(world.shop, article=inner, body="Rabatów nie ma.", visibility="public")
    before = client.get(f"/pomoc/pl/{inner.slug}/").status_code
    actions.publish_article(inner, by=world.piotr)

    assert before == 404
    assert "świerk" not in read(client.get(f"/pomoc/pl/{inner.slug}/"))


def test_a_draft_takes_nothing_from_customers(client: Client, world: World, article: Article):
    other = Category.objects.create(organisation=world.shop, slug="inne", name="Inne")
    drafted = {"summary": "30 dni.", "questions": "zwrot kajaka", "category": other, "visibility": "internal"}
    actions.save(world.shop, article=article, **drafted)

    page = read(client.get(f"/pomoc/pl/{article.slug}/"))
    shelf = read(client.get("/pomoc/pl/kategoria/zwroty/"))
    found = read(client.get("/pomoc/pl/szukaj/", {"q": "kajak"}))

    assert "30 dni" not in page
    assert "Zwroty" in page
    assert ("14 dni." in shelf, "30 dni." in shelf) == (True, False)
    assert article.slug not in found
    assert client.get("/pomoc/pl/kategoria/inne/").status_code == 404


def test_publishing_shows_everything_that_was_drafted(client: Client, world: World, article: Article):
    other = Category.objects.create(organisation=world.shop, slug="inne", name="Inne")
    actions.save(world.shop, article=article, summary="30 dni.", questions="zwrot kajaka", category=other)
    drafted = article.differs

    actions.publish_article(article, by=world.piotr)

    assert (drafted, article.differs) == (True, False)
    assert "30 dni." in read(client.get("/pomoc/pl/kategoria/inne/"))
    assert article.slug in read(client.get("/pomoc/pl/szukaj/", {"q": "kajak"}))


def test_script_in_an_article_is_inert(client: Client, world: World, article: Article):
    actions.save(
        world.shop, article=article, body='<script>alert(1)</script> [x](javascript:alert(1)) <b onclick="x">a</b>'
    )
    actions.publish_article(article, by=world.piotr)

    page = client.get(f"/pomoc/pl/{article.slug}/").content.decode()

    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_a_reader_votes_once_and_says_what_was_missing(client: Client, article: Article):
    for _ in range(2):
        client.post(f"/pomoc/pl/{article.slug}/ocena/", {"helped": "no"})
    client.post(f"/pomoc/pl/{article.slug}/ocena/", {"missing": "Adresu do zwrotu"})

    article.refresh_from_db()
    assert article.unhelpful == 1
    assert Vote.objects.filter(missing="Adresu do zwrotu").count() == 1
