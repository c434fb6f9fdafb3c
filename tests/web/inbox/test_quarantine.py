"""The list Spam, why something lies in it, and the way back, as the agent sees them."""

import json

import pytest

from opieka.conversations import actions
from opieka.conversations.models import Conversation, Status
from opieka.customers.models import Block
from tests.world import World, mail, mailbox_of

SPAMMER = "oferta@spam.example"


def test_the_list_says_why_and_shows_nothing_else(world: World, at_desk):
    stays = world.ask("Kiedy paczka?", subject="Paczka")
    by_hand = world.ask("Kup teraz", subject="Okazja", external_id="s")
    actions.mark_spam(by_hand, by=world.piotr)
    by_filter = mail(mailbox_of(world.shop), "Bonus", sender=SPAMMER, subject="Zysk").conversation
    actions.quarantine(by_filter, chance=0.987, words=["bonus", "zysk"])

    page = at_desk(world.ola).get("/?view=spam").content.decode()

    # In front of the others, where a narrow list shows it.
    assert page.index('id="tab-spam"') < page.index('id="tab-mine"')
    assert "Piotr Testowa: oznaczono jako spam." in page
    assert "Filtr ma 98% pewności, po słowach: bonus, zysk." in page
    assert f'id="row-{stays.pk}"' not in page
    assert f'id="row-{by_hand.pk}"' not in at_desk(world.ola).get("/?view=team").content.decode()


def test_what_nobody_has_looked_at_in_quarantine_is_counted_in_the_menu(world: World, at_desk):
    client, menu = at_desk(world.ola), 'href="/?view=spam">'
    actions.mark_spam(world.ask("Kup teraz"), by=world.piotr)
    before = client.get("/").content.decode().split(menu)[1].split("</a>")[0]
    one = mail(mailbox_of(world.shop), "Bonus", sender=SPAMMER).conversation
    actions.quarantine(one, chance=0.99, words=["bonus"])

    after = client.get("/").content.decode().split(menu)[1].split("</a>")[0]

    assert ("nieprzeczytane:" in before, "nieprzeczytane: </span>1" in after) == (False, True)


def test_an_empty_quarantine_says_what_it_is_for(world: World, at_desk):
    page = at_desk(world.piotr).get("/?view=spam").content.decode()

    assert "Kwarantanna jest pusta" in page
    assert "Nic nie znika samo." in page


def test_a_conversation_in_quarantine_says_why_and_offers_the_way_back(world: World, at_desk):
    one = mail(mailbox_of(world.shop), "Bonus", sender=SPAMMER).conversation
    client, url = at_desk(world.piotr), f"/conversations/{one.number}/"
    actions.quarantine(one, chance=0.99, words=["bonus"])

    page = client.get(url).content.decode()
    client.post(f"{url}spam/", {"not": "1"})
    back = client.get(url).content.decode()

    assert "Filtr ma 99% pewności" in page
    assert "nie biegnie żaden termin" in page
    assert f'hx-post="{url}spam/" name="not"' in page
    assert f'hx-post="{url}resolve/"' not in page
    assert "Tak, to spam" in page
    assert f'hx-post="{url}spam/" name="not"' not in back
    assert f'hx-post="{url}resolve/"' in back


@pytest.mark.parametrize(("post", "value"), [({}, SPAMMER), ({"domain": "1"}, "@spam.example")])
def test_one_click_blocks_and_z_takes_it_back(world: World, at_desk, post: dict[str, str], value: str):
    one = mail(mailbox_of(world.shop), "Oferta", sender=SPAMMER).conversation
    client, url = at_desk(world.piotr), f"/conversations/{one.number}/"
    offered = client.get(url).content.decode()

    answer = client.post(f"{url}block/", post)
    blocked = Block.objects.get().value
    client.post("/inbox/undo/")

    assert f"Zablokuj {SPAMMER}" in offered
    assert "Zablokuj wszystkich z @spam.example" in offered
    assert f"Zablokowano: {value}." in answer.content.decode()
    assert json.loads(answer["HX-Trigger"]) == {"resolved": {"number": one.number}}
    assert blocked == value
    assert not Block.objects.exists()
    assert Conversation.objects.get(id=one.pk).status == Status.OPEN


def test_a_domain_of_everybody_is_neither_offered_nor_blocked(world: World, at_desk):
    one = mail(mailbox_of(world.shop), "Oferta", sender="ktos@gmail.com").conversation
    client, url = at_desk(world.piotr), f"/conversations/{one.number}/"

    answer = client.post(f"{url}block/", {"domain": "1"})

    assert "Zablokuj wszystkich" not in client.get(url).content.decode()
    assert answer.status_code == 422
    assert "Można zablokować sam adres." in answer.content.decode()
    assert not Block.objects.exists()


def test_many_at_once_go_to_quarantine_and_come_back(world: World, at_desk):
    ids = [world.ask(f"Oferta {n}", external_id=f"o{n}").pk for n in range(3)]
    client = at_desk(world.piotr)

    def states() -> set[str]:
        return set(Conversation.objects.filter(id__in=ids).values_list("status", flat=True))

    client.post("/inbox/bulk/", {"verb": "spam", "id": ids})
    put_away = states()
    client.post("/inbox/bulk/", {"verb": "not-spam", "id": ids})

    assert (put_away, states()) == ({Status.SPAM}, {Status.OPEN})


def test_what_may_have_a_legal_meaning_says_so_beside_the_message(world: World, at_desk):
    message = mail(mailbox_of(world.shop), "Odstępuję od umowy.", sender=SPAMMER)
    actions.flag_legal(message, legal="withdrawal", chance=0.97)

    page = at_desk(world.piotr).get(f"/conversations/{message.conversation.number}/").content.decode()

    assert "Wygląda na spam, ale może mieć znaczenie prawne (odstąpienie), więc zostaje w skrzynce." in page
