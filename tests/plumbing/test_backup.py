"""A restore drill: what was backed up comes back, row for row and byte for byte."""

import json
import stat
import tarfile
import threading
from pathlib import Path

import pytest
from django.db import connection

from opieka.accounts.models import Organisation
from opieka.plumbing import files
from opieka.plumbing.backup import POSTGRES, SQLITE, CannotBackUp, _add, back_up, count_rows, restore
from opieka.plumbing.models import EventRow
from tests.world import make_world


@pytest.fixture
def shop(transactional_db: None) -> str:
    """A world that is really committed, and a file."""
    world = make_world()
    world.ask("Gdzie paczka?")
    return files.store().put("żółć".encode(), folder="attachments")


@pytest.mark.proves(206)
def test_a_restore_brings_back_every_row_and_file(shop: str, tmp_path: Path):
    path = tmp_path / "opieka.tar"
    manifest = back_up(path)
    before = count_rows()
    Organisation.objects.filter(slug="lampa").update(name="Zepsute")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM conversations_messagewords")
        cursor.execute("DELETE FROM conversations_message")
    files.store().delete(shop)

    restore(path, replace=True)

    assert count_rows() == before == manifest["rows"]
    assert Organisation.objects.get(slug="lampa").name == "Lampa"
    assert files.store().get(shop) == "żółć".encode()


def test_the_keys_are_in_a_second_file_for_the_owner_alone(shop: str, tmp_path: Path, settings):
    path = tmp_path / "opieka.tar"
    back_up(path)
    keys = path.with_name("opieka.tar.keys")

    assert stat.S_IMODE(keys.stat().st_mode) == stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(keys.read_text())["field"] == settings.FIELD_KEY
    assert settings.FIELD_KEY.encode() not in path.read_bytes()


def test_a_database_that_holds_something_is_left_alone(shop: str, tmp_path: Path):
    path = tmp_path / "opieka.tar"
    back_up(path)

    with pytest.raises(CannotBackUp, match="--replace"):
        restore(path)


@pytest.mark.parametrize("what", ["nothing", "garbage", "another tar"])
def test_what_is_no_backup_is_refused_in_a_sentence(db: None, tmp_path: Path, what: str):
    path = tmp_path / "x.tar"
    if what == "garbage":
        path.write_bytes(b"not a tar")
    elif what == "another tar":
        with tarfile.open(path, "w") as tar:
            tar.addfile(tarfile.TarInfo("hello"))

    with pytest.raises(CannotBackUp, match="not a backup"):
        restore(path, replace=True)


def cut_short(path: Path, name: str) -> None:
    """Leave out the end of one file of the archive: some of the data, while what describes it is whole."""
    with tarfile.open(path) as tar:
        kept = {member.name: tar.extractfile(member).read() for member in tar}
    kept[name] = kept[name][:-200]
    with tarfile.open(path, "w") as tar:
        for member, content in kept.items():
            _add(tar, member, content)


def test_a_backup_that_is_cut_short_leaves_the_database_as_it_was(shop: str, tmp_path: Path):
    path = tmp_path / "opieka.tar"
    back_up(path)
    cut_short(path, SQLITE if connection.vendor == "sqlite" else POSTGRES)
    Organisation.objects.filter(slug="lampa").update(name="Jak było")
    before = count_rows()

    with pytest.raises(CannotBackUp):
        restore(path, replace=True)

    assert count_rows() == before
    assert Organisation.objects.get(slug="lampa").name == "Jak było"


def test_what_is_written_meanwhile_does_not_make_a_backup_disagree_with_itself(shop: str, tmp_path: Path):
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            EventRow.objects.create(organisation_id=1, name="Test", payload={}, topics=[])
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        manifest = back_up(tmp_path / "opieka.tar")
    finally:
        done.set()
        writer.join()
    assert EventRow.objects.count() > manifest["rows"]["plumbing_eventrow"]

    restore(tmp_path / "opieka.tar", replace=True)

    assert EventRow.objects.count() == manifest["rows"]["plumbing_eventrow"]
