"""Files in the chat: where they go, who may open them, and which are refused."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from opieka.channels.base import File
from opieka.channels.models import Inbox
from opieka.conversations.actions import attach, forget_loose_files
from opieka.conversations.models import Attachment
from opieka.plumbing import files
from opieka.plumbing.files.base import MissingFile
from tests.portal.widget.conftest import Panel
from tests.world import World


def send_up(panel: Panel, content: bytes, name: str = "paragon.pdf") -> dict[str, str]:
    answer = Client().post(
        f"/widget/{panel.inbox.key}/files",
        {"file": SimpleUploadedFile(name, content, content_type="text/html")},
        headers={"Authorization": f"Bearer {panel.token}"},
    )
    return {**answer.json(), "status": str(answer.status_code)}


def test_a_file_goes_with_its_message_and_opens_by_its_address_only(panel: Panel, client: Client):
    sent = send_up(panel, b"%PDF-1.7 paragon")
    panel.say("", files=[sent["id"]])
    file = panel.thread()["messages"][0]["files"][0]
    opened = client.get(file["url"])

    assert (file["name"], file["size"]) == ("paragon.pdf", 16)
    assert opened.content == b"%PDF-1.7 paragon"
    assert opened["Content-Disposition"].startswith("attachment")
    assert opened["Content-Type"] == "application/octet-stream"
    assert client.get(file["url"][:-3] + "abc").status_code == 404


def test_a_file_of_another_visitor_is_refused(panel: Panel, chat: Inbox):
    sent = send_up(panel, b"%PDF-1.7 paragon")
    other = Panel(chat)
    other.begin()
    other.say("Moje", files=[sent["id"]])

    assert other.status == 422


def test_a_file_that_is_too_large_is_refused_with_both_sizes(panel: Panel):
    refusal = send_up(panel, b"x" * 10_000_001)

    assert refusal["status"] == "413"
    assert "11" in refusal["detail"]
    assert "10\u00a0MB" in refusal["detail"]


def test_bytes_without_end_are_refused_by_address_before_they_are_kept(panel: Panel, chat: Inbox, settings):
    settings.MAX_UPLOAD_BYTES = 100
    for _ in range(20):
        other = Panel(chat)
        other.begin()
        assert send_up(other, b"x" * 100)["status"] == "200"

    refusal = send_up(panel, b"x")

    assert (refusal["status"], "e-mail" in refusal["detail"]) == ("429", True)
    assert Attachment.objects.count() == 20


def test_a_file_that_was_never_sent_is_forgotten_after_a_day_and_the_others_stay(panel: Panel, world: World):
    send_up(panel, b"%PDF-1.7 nigdy")
    panel.say("", files=[send_up(panel, b"%PDF-1.7 paragon")["id"]])
    of_a_colleague = attach(None, File(name="a.txt", content=b"a", content_type=""), organisation_id=world.shop.pk)
    never = Attachment.objects.get(message=None, file__startswith="visitors/")

    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=24))
    forget_loose_files()
    assert Attachment.objects.count() == 3
    Attachment.objects.update(created_at=timezone.now() - timedelta(hours=26))
    forget_loose_files()

    assert set(Attachment.objects.exclude(message=None)) | {of_a_colleague} == set(Attachment.objects.all())
    with pytest.raises(MissingFile):
        files.store().get(never.file)
    Attachment.objects.update(created_at=timezone.now() - timedelta(days=8))
    forget_loose_files()
    assert Attachment.objects.filter(message=None).count() == 0
