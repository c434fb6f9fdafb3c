"""One conformance test over the stores: disk, and an S3-compatible server."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from opieka.plumbing.environment import BadSetting
from opieka.plumbing.files.base import FileStore, MissingFile
from opieka.plumbing.files.disk import Disk
from opieka.plumbing.files.s3 import S3


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    """A real server that speaks S3, on this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moto.server import ThreadedMotoServer

        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        _host, port = server.get_host_and_port()
        yield f"s3://key:secret@127.0.0.1:{port}/care?tls=no"
        server.stop()


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    if request.param == "disk":
        return Disk(str(tmp_path))
    return S3(request.getfixturevalue("s3_url"))


def test_what_is_put_is_got_and_listed_until_it_is_deleted(store: FileStore):
    key = store.put(b"\x00paragon\xff", folder="attachments")

    assert store.get(key) == b"\x00paragon\xff"
    assert key in list(store.keys())
    store.delete(key)
    with pytest.raises(MissingFile):
        store.get(key)


def test_the_same_bytes_twice_are_two_files(store: FileStore):
    assert store.put(b"a", folder="raw") != store.put(b"a", folder="raw")


def test_a_file_of_a_backup_gets_its_own_key_back(store: FileStore):
    store.put_as("raw/ab/abc", b"x")

    assert store.get("raw/ab/abc") == b"x"


def test_a_key_that_climbs_out_of_the_folder_is_no_file(tmp_path: Path):
    (tmp_path / "outside").write_bytes(b"secret")

    with pytest.raises(MissingFile):
        Disk(str(tmp_path / "store")).get("../outside")


def test_an_address_that_is_none_is_explained():
    with pytest.raises(BadSetting, match="s3://KEY"):
        S3("s3://nothing")


@pytest.mark.parametrize("verb", ["put_as", "get", "delete", "keys"])
def test_whatever_a_store_far_away_refuses_is_an_error_of_the_system(s3_url: str, verb: str):
    store = S3(s3_url)
    store.bucket = "nobodys"
    arguments = {"put_as": ("raw/a", b"x"), "get": ("raw/a",), "delete": ("raw/a",), "keys": ()}[verb]

    with pytest.raises(OSError, match="NoSuchBucket"):
        list(getattr(store, verb)(*arguments) or [])


def test_several_are_put_at_once_in_their_order(store: FileStore):
    contents = [bytes([number]) * 10 for number in range(20)]

    keys = store.put_all(contents, folder="attachments")

    assert [store.get(key) for key in keys] == contents
    assert store.put_all([], folder="attachments") == []


def test_where_one_cannot_be_put_none_of_them_stays(store: FileStore, monkeypatch: pytest.MonkeyPatch):
    before = set(store.keys())
    put = store.put_as

    def refuse(key: str, content: bytes) -> None:
        if content == b"bad":
            raise OSError("full")
        put(key, content)

    monkeypatch.setattr(store, "put_as", refuse)

    with pytest.raises(OSError, match="full"):
        store.put_all([b"a", b"bad", b"c"], folder="attachments")

    assert set(store.keys()) == before
