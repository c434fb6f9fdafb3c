"""Writing articles in the console."""

import pytest
from django.test import Client

from opieka.knowledge import actions
from opieka.knowledge.models import Article, Version
from opieka.plumbing.jobs import drain
from tests.world import World

GIVEN = {"title": "Zwrot", "body": "Na zwrot jest 14 dni.", "questions": "ile mam na zwrot", "visibility": "public"}


@pytest.fixture
def piotr(client: Client, world: World) -> Client:
    client.force_login(world.piotr.user)
    return client


def test_a_draft_is_saved_and_nobody_else_sees_it(piotr: Client):
    piotr.post("/knowledge/new/", GIVEN)

    article = Article.objects.get()
    assert (article.state, article.slug) == ("draft", "zwrot")


@pytest.mark.proves(60)
def test_publishing_keeps_a_version_and_leads_questions_to_the_article(piotr: Client):
    piotr.post("/knowledge/new/", GIVEN | {"publish": "1"})
    drain()
    article = Article.objects.get()
    page = piotr.get(f"/knowledge/{article.pk}/").content.decode()

    assert article.state == "published"
    assert Version.objects.get().number == 1
    assert "ile mam na zwrot" in page
    assert 'class="found"' in page


def test_a_missing_title_is_explained_and_the_text_is_kept(piotr: Client):
    page = piotr.post("/knowledge/new/", GIVEN | {"title": ""})

    assert page.status_code == 422
    assert "Na zwrot jest 14 dni." in page.content.decode()


def test_somebody_who_may_only_read_cannot_write(client: Client, world: World):
    article = actions.save(world.shop, title="Zwrot", body="…")
    client.force_login(world.rita.user)

    assert client.get(f"/knowledge/{article.pk}/").status_code == 200
    assert client.post(f"/knowledge/{article.pk}/", GIVEN).status_code == 403


def test_another_organisation_does_not_find_the_article(client: Client, world: World):
    article = actions.save(world.shop, title="Zwrot", body="…")
    client.force_login(world.olek.user)

    assert client.get(f"/knowledge/{article.pk}/").status_code == 404


def test_a_question_can_be_tried_before_customers_ask_it(piotr: Client):
    piotr.post("/knowledge/new/", GIVEN | {"publish": "1"})
    drain()
    article = Article.objects.get()

    fragment = piotr.get(f"/knowledge/{article.pk}/try/", {"question": "ile dni na zwrot"}).content.decode()

    assert "Na zwrot jest 14 dni." in fragment.replace("\xa0", " ")


def test_a_draft_of_a_published_article_is_marked_as_not_published_whatever_it_changes(piotr: Client):
    piotr.post("/knowledge/new/", GIVEN | {"publish": "1"})
    article = Article.objects.get()
    unchanged = piotr.get(f"/knowledge/{article.pk}/").content.decode()

    piotr.post(f"/knowledge/{article.pk}/", GIVEN | {"visibility": "internal"})
    changed = piotr.get(f"/knowledge/{article.pk}/").content.decode()

    assert ("zmiany nieopublikowane" in unchanged, "zmiany nieopublikowane" in changed) == (False, True)
    assert f"/pomoc/pl/{article.slug}/" in changed


def test_a_translation_leads_back_to_its_original_and_nothing_is_made_twice(piotr: Client):
    piotr.post("/knowledge/new/", GIVEN)
    polish = Article.objects.get()

    piotr.post(f"/knowledge/{polish.pk}/in/en/")
    english = Article.objects.get(language="en")
    back = piotr.post(f"/knowledge/{english.pk}/in/pl/")
    itself = piotr.post(f"/knowledge/{polish.pk}/in/pl/")

    assert back["Location"] == itself["Location"] == f"/knowledge/{polish.pk}/"
    assert english.translation_of == polish
    assert Article.objects.count() == 2
