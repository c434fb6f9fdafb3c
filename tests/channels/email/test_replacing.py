"""The key of the relay and the addresses for forwarding are replaced: shown once, the old one for a day, revoked at once."""

import hashlib
import hmac
import re

import pytest
from django.test import Client

from opieka.channels.actions import reconfigure
from opieka.channels.models import Inbox, Raw
from opieka.channels.queries import channel_of, feeders_of
from opieka.plumbing.audit import entries
from tests.channels.email.test_relay import forwarded, hand_in, inbox, key_of, mailbox, mother
from tests.mail.conftest import mail
from tests.world import World, after

__all__ = ["inbox", "mother"]


def at_desk(world: World, name: str = "ewa") -> Client:
    client = Client()
    client.force_login(getattr(world, name).user)
    return client


def replaced(client: Client, inbox: Inbox, do: str = "replace") -> str:
    """Press the button; the key that the page shows, if it does."""
    answer = client.post(f"/settings/inboxes/{inbox.pk}/key/", {"do": do}, follow=True)
    assert answer.status_code == 200
    inbox.refresh_from_db()
    found = re.search(r'id="fresh-key">([\w-]+)<', answer.content.decode())
    return found[1] if found else ""


def taken(inbox: Inbox, key: str, text: str) -> int:
    return int(hand_in(inbox, mail(text), authorization=f"Bearer {key}").status_code)


def test_the_new_key_is_shown_once_and_the_old_one_works_for_a_day_more(inbox: Inbox, world: World):
    ewa, old = at_desk(world), key_of(inbox)
    assert old in ewa.get(f"/settings/inboxes/{inbox.pk}/").content.decode()

    new = replaced(ewa, inbox)
    page = ewa.get(f"/settings/inboxes/{inbox.pk}/").content.decode()

    assert new
    assert (new in page, old in page, "Stary klucz działa do" in page) == (False, False, True)
    assert [taken(inbox, new, "Nowy"), taken(inbox, old, "Stary"), taken(inbox, "zły", "Zły")] == [202, 202, 403]
    with after(hours=25):
        assert [taken(inbox, new, "Jutro nowy"), taken(inbox, old, "Jutro stary")] == [202, 403]
        ewa = at_desk(world)
        assert "Stary klucz działa do" not in ewa.get(f"/settings/inboxes/{inbox.pk}/").content.decode()
    assert Raw.objects.count() == 3
    assert new not in inbox.sealed_secrets


def test_the_old_key_is_revoked_at_once_and_everything_is_written_down(inbox: Inbox, world: World):
    ewa, old = at_desk(world), key_of(inbox)
    new = replaced(ewa, inbox)

    assert replaced(ewa, inbox, "revoke") == ""
    assert [taken(inbox, old, "Stary"), taken(inbox, new, "Nowy")] == [403, 202]
    verbs = [entry.verb for entry in entries(world.shop.pk)]
    assert verbs[:2] == ["revoked old hook key", "replaced hook key"]
    log = ewa.get("/settings/audit/").content.decode()
    assert "wymienił(a) klucz dla programów" in log
    assert new not in log


def test_of_two_replacements_only_the_last_old_key_works(inbox: Inbox, world: World):
    ewa, first = at_desk(world), key_of(inbox)
    second, third = replaced(ewa, inbox), replaced(ewa, inbox)

    assert [taken(inbox, key, key) for key in (first, second, third)] == [403, 202, 202]


def test_a_signature_made_with_the_old_key_counts_as_long_as_the_key(inbox: Inbox, world: World):
    old, letter = key_of(inbox), mail("Podpisany")
    signature = {"x-opieka-signature": hmac.new(old.encode(), letter, hashlib.sha256).hexdigest()}
    replaced(at_desk(world), inbox)

    with after(hours=25):
        assert hand_in(inbox, letter, authorization="", **signature).status_code == 403
    assert hand_in(inbox, letter, authorization="", **signature).status_code == 202


def test_new_settings_leave_the_key_as_it_is_and_marks_of_threads_too(inbox: Inbox, world: World):
    own = channel_of(inbox).own_id("0" * 32, conversation="7")
    new = replaced(at_desk(world), inbox)

    reconfigure(inbox, name="Inaczej", cleaned=inbox.settings, by=world.ewa)
    inbox.refresh_from_db()

    assert (key_of(inbox), channel_of(inbox).own_id("0" * 32, conversation="7")) == (new, own)


def test_an_address_for_forwarding_is_replaced_alone_and_the_old_one_leads_there_for_a_day(mother: Inbox, world: World):
    child, other = (
        mailbox(world, address=f"{name}@druga.example", receives="sent", imap_host="") for name in ("sklep", "biuro")
    )
    ewa, (old, kept) = at_desk(world), (feeders_of(one)[0].address for one in (child, other))
    where = f"/settings/inboxes/{child.pk}/forwarding/{mother.pk}/"

    page = ewa.post(where, {"do": "replace"}, follow=True).content.decode()
    mother.refresh_from_db()
    new = feeders_of(child)[0].address
    assert (new in page, old in page, "Stary adres prowadzi tu do" in page, new == old) == (True, False, True, False)
    assert feeders_of(other)[0].address == kept

    def leads_to(address: str, text: str) -> int:
        hand_in(mother, forwarded(address, text))
        return Raw.objects.latest("id").inbox_id

    assert [leads_to(old, "Stary"), leads_to(new, "Nowy"), leads_to(kept, "Inny")] == [child.pk, child.pk, other.pk]
    with after(hours=25):
        assert [leads_to(old, "Stary jutro"), leads_to(new, "Nowy jutro")] == [mother.pk, child.pk]
    ewa.post(where, {"do": "revoke"})
    mother.refresh_from_db()
    assert [leads_to(old, "Unieważniony"), leads_to(new, "Dalej")] == [mother.pk, child.pk]
    assert {"replaced forwarding address", "revoked old forwarding address"} <= {
        entry.verb for entry in entries(world.shop.pk)
    }


@pytest.mark.parametrize(("who", "status"), [("piotr", 403), ("rita", 403), ("olek", 404)])
def test_nobody_else_replaces_anything(inbox: Inbox, mother: Inbox, world: World, who: str, status: int):
    client, key = at_desk(world, who), key_of(inbox)

    for where in (f"/settings/inboxes/{inbox.pk}/key/", f"/settings/inboxes/{inbox.pk}/forwarding/{mother.pk}/"):
        assert client.post(where, {"do": "replace"}).status_code == status
    inbox.refresh_from_db()
    assert key_of(inbox) == key


def test_a_channel_that_no_program_calls_has_no_key_to_replace(world: World, mother: Inbox):
    from opieka.channels.actions import connect

    chat = connect(world.shop, "webchat", name="Czat", cleaned={})

    assert at_desk(world).post(f"/settings/inboxes/{chat.pk}/key/", {"do": "replace"}).status_code == 404
    assert at_desk(world).post(f"/settings/inboxes/{mother.pk}/forwarding/{chat.pk}/").status_code == 404
