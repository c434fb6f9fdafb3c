import json
import re

import pytest
from django.urls import reverse

from opieka.accounts.models import Organisation
from opieka.channels.models import Inbox


@pytest.fixture
def shop(db):
    shop = Organisation.objects.create(name="Trzy Sosny", slug="trzy-sosny", demo=True)
    Inbox.objects.create(organisation=shop, kind="webchat", name="Czat", key="klucz-czatu")
    return shop


def test_the_product_page_carries_the_chat_of_the_demo(shop, client):
    page = client.get("/demo/sklep/").content.decode()
    assert '<script async src="/w.js" data-inbox="klucz-czatu"' in page
    assert "49,00" in page


def test_the_basket_is_what_the_address_says(shop, client):
    page = client.get("/demo/sklep/", {"kolor": "rdza", "sztuk": "3"}).content.decode()
    assert "rdza, 3" in page
    assert 'value="rdza" checked' in page


@pytest.mark.parametrize("address", ["?kolor=<script>&sztuk=-1", "?sztuk=99999999999999999", "?sztuk=%C2%B2"])
def test_a_strange_address_is_no_error(shop, client, address):
    response = client.get(f"/demo/sklep/{address}")
    assert response.status_code == 200
    assert b"<script>&" not in response.content


def test_the_page_of_questions_is_marked_up_for_machines(shop, client):
    page = client.get(reverse("demo-questions")).content.decode()
    block = re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)
    found = json.loads(block[1])
    assert found["@type"] == "FAQPage"
    assert found["mainEntity"][0]["name"] == "Ile kosztuje dostawa?"
    assert "13,99 zł" in found["mainEntity"][0]["acceptedAnswer"]["text"]


@pytest.mark.parametrize("address", ["/demo/sklep/", "/demo/sklep/pytania/"])
def test_without_a_demo_there_is_no_shop(world, client, address):
    assert client.get(address).status_code == 404
