"""Every part of every mail is reachable by the agent, byte for byte, and so is the mail itself."""

import hashlib
from collections.abc import Iterator
from fnmatch import fnmatch

import pytest
from django.test import Client
from django.urls import reverse

from opieka.channels.actions import connect, keep
from opieka.channels.base import Hook
from opieka.channels.email import Email
from opieka.channels.events import RawArrived
from opieka.channels.models import Inbox, Raw
from opieka.conversations.actions import take_in
from opieka.conversations.events import MessageReceived
from opieka.conversations.models import Message
from opieka.flow import FLOW
from opieka.plumbing.events import use_flow
from opieka.plumbing.jobs import drain
from opieka.plumbing.models import JobRow
from tests.mail.shapes import Shape, all_shapes
from tests.world import World


@pytest.fixture
def mailbox(world: World) -> Iterator[Inbox]:
    """A mailbox that is never fetched: what comes is put in by hand, as a fetch would."""
    use_flow({**FLOW, MessageReceived: []})
    given = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    yield connect(world.shop, "email", name="Poczta", cleaned=given | {"address": "pomoc@lampa.example"})
    use_flow(FLOW)


def arrive(mailbox: Inbox, raw: bytes, *, key: str) -> Raw:
    """The item as it is kept before it is read; `drain` reads it."""
    kept, _new = keep(mailbox, Hook(body=raw, content_type="message/rfc822"), dedupe_key=key)
    return kept


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def downloaded(client: Client, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.proves(27)
def test_every_part_of_every_shape_is_reachable_byte_for_byte(world: World, mailbox: Inbox):
    shapes = all_shapes()
    assert len(shapes) >= 60
    kept = {one.name: arrive(mailbox, one.raw, key=one.name) for one in shapes}

    drain()

    client, owner, wrong = signed_in(world.piotr), signed_in(world.ewa), []
    for one in shapes:
        wrong += [f"{one.name}: {trouble}" for trouble in troubles(one, kept[one.name], client, owner)]
    assert "\n".join(wrong) == ""
    assert not JobRow.objects.exclude(last_error="").exists()


def troubles(one: Shape, raw: Raw, client: Client, owner: Client) -> Iterator[str]:
    raw.refresh_from_db()
    if one.unclear:
        if raw.state != Raw.State.UNCLEAR or downloaded(owner, reverse("unclear-file", args=[raw.pk])) != one.raw:
            yield "the item of the list of unclear ones is not the mail"
        return
    message = Message.objects.filter(raw=raw).first()
    if message is None:
        yield f"is no message: {raw.state} {raw.problem}"
        return
    yield from (
        f"“{words}” is not in {message.full_text[:200]!r}" for words in one.says if words not in message.full_text
    )
    yield from wrong_files(one, message, client)
    yield from wrong_parts(one, message, client)
    if downloaded(client, f"/messages/{message.pk}/mail/") != one.raw:
        yield "the original is another one"


def wrong_files(one: Shape, message: Message, client: Client) -> Iterator[str]:
    found = list(message.attachments.all())
    wanted = sorted((name, kind, hashlib.sha256(content).hexdigest()) for name, kind, content in one.files)
    stored = sorted((file.name, file.content_type, file.sha256) for file in found)
    fits = len(wanted) == len(stored) and all(
        fnmatch(have[0], want[0]) and have[1:] == want[1:] for have, want in zip(stored, wanted, strict=True)
    )
    if not fits:
        yield f"has {[row[:2] for row in stored]} and not {[row[:2] for row in wanted]}"
    contents = {hashlib.sha256(downloaded(client, f"/files/{file.pk}/")).hexdigest() for file in found}
    if contents != {file.sha256 for file in found}:
        yield "a file is handed over as other bytes than were stored"


def wrong_parts(one: Shape, message: Message, client: Client) -> Iterator[str]:
    page = client.get(f"/messages/{message.pk}/parts/").content.decode()
    count = page.count("?part=")
    said = [downloaded(client, f"/messages/{message.pk}/parts/?part={number}") for number in range(1, count + 1)]
    if said != one.leaves:
        yield f"its parts are {[part[:60] for part in said]} and not {[part[:60] for part in one.leaves]}"


def test_a_mail_taken_in_twice_is_not_told_to_belong_to_itself(world: World, mailbox: Inbox):
    raw = arrive(mailbox, all_shapes()[0].raw, key="x")
    drain()
    Raw.objects.filter(pk=raw.pk).update(state=Raw.State.NEW)

    take_in(RawArrived(organisation_id=raw.organisation_id, raw_id=raw.pk, inbox_id=mailbox.pk))

    assert "maybe" not in Message.objects.get(raw=raw).extra
