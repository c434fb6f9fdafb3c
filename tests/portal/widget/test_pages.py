"""What a browser loads for the chat."""

import gzip
import json
import re

import pytest
from django.test import Client

from opieka.channels.models import Inbox
from opieka.portal.widget.page import shades
from opieka.portal.widget.schedule import schedule_words
from tests.world import World


def config_on(page: str, name: str = "config") -> dict[str, object]:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_the_loader_comes_compressed_and_is_asked_for_again_within_an_hour(client: Client):
    answer = client.get("/w.js", headers={"Accept-Encoding": "gzip"})

    assert len(answer.content) <= 2048
    assert b"attachShadow" in gzip.decompress(answer.content)
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert client.get("/w.js", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert b"attachShadow" in client.get("/w.js").content


def test_the_frame_tells_the_panel_what_it_needs(client: Client, chat: Inbox):
    page = client.get(f"/widget/{chat.key}/?lang=pl").content.decode()
    config = config_on(page)

    assert '<html lang="pl">' in page
    assert config["greeting"] == "Dzień dobry!\nW czym możemy pomóc?"
    assert [cut["label"] for cut in config["shortcuts"]] == [  # type: ignore[union-attr]
        "Gdzie jest paczka?",
        "Zwrot lub odstąpienie",
        "Reklamacja",
        "Faktura lub paragon",
    ]
    assert config["team"] == [{"name": "Ola", "initials": "OT"}, {"name": "Piotr", "initials": "PT"}]
    assert config["fallback"] == {"email": "pomoc@lampa.example", "phone": None}
    assert config_on(page, "texts")["person"] == "Człowiek"


def test_it_speaks_english_where_the_shops_page_does(client: Client, chat: Inbox):
    page = client.get(f"/widget/{chat.key}/?lang=en").content.decode()

    assert '<html lang="en-GB">' in page
    assert config_on(page)["greeting"] == "Hello!\nHow can we help?"
    assert config_on(page, "texts")["person"] == "Person"


def test_the_frame_runs_nothing_but_its_own_files(client: Client, chat: Inbox):
    first, second = (client.get(f"/widget/{chat.key}/") for _ in range(2))
    policy = first["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy != second["Content-Security-Policy"]
    nonce = re.search(r"script-src 'nonce-([^']+)'", policy)
    assert nonce
    assert first.content.decode().count(f'nonce="{nonce[1]}"') == 2


def test_what_the_owner_wrote_cannot_leave_its_place(client: Client, chat: Inbox):
    chat.settings = {"greeting": "</script><script>alert(1)</script>"}
    chat.save(update_fields=["settings"])

    assert "<script>alert" not in client.get(f"/widget/{chat.key}/").content.decode()


@pytest.mark.proves(183)
def test_the_privacy_page_maps_six_categories_and_allows_only_the_necessary(client: Client, chat: Inbox):
    page = client.get(f"/widget/{chat.key}/privacy/?lang=pl").content.decode()

    values = re.findall(r'name="category" value="(\w+)"( checked disabled)?', page)
    assert values == [
        ("necessary", " checked disabled"),
        ("functional", ""),
        ("performance", ""),
        ("analytical", ""),
        ("advertisement", ""),
        ("other", ""),
    ]
    assert "Set-Cookie" not in client.get(f"/widget/{chat.key}/privacy/").headers


def test_no_address_of_the_chat_sets_a_cookie(client: Client, chat: Inbox):
    for path in ("/w.js", f"/widget/{chat.key}/"):
        assert not client.get(path).cookies


def test_a_shops_colour_comes_in_shades_that_can_be_read(world: World):
    assert shades("#ffcc00")["on-primary"] == "#ffffff"
    assert shades("#ffcc00")["primary"] != "#ffcc00"


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({str(day): ["08:00", "16:00"] for day in range(5)}, "pn–pt 8:00–16:00"),
        (
            {"0": ["08:00", "16:00"], "1": ["08:00", "16:00"], "5": ["09:30", "13:00"]},
            "pn–wt 8:00–16:00, sob 9:30–13:00",
        ),
        ({"0": ["10:00", "18:00"], "2": ["10:00", "18:00"]}, "pn 10:00–18:00, śr 10:00–18:00"),
        ({}, "tylko przez e‑mail"),
    ],
)
def test_opening_hours_are_a_few_words_on_one_line(hours: dict[str, list[str]], words: str):
    from django.utils import translation

    with translation.override("pl"):
        said = schedule_words(hours)

    assert said.replace("\u2060", "").replace("\u00a0", " ") == words
