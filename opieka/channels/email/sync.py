"""What is new in one folder, in batches, each with the cursor to keep in the transaction that keeps its mails."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings

from opieka.channels.base import Connection, Hook, Polled
from opieka.channels.email.imap import first_day, identity_of, news, select
from opieka.channels.email.keys import beginning_of, key_of

if TYPE_CHECKING:
    from imapclient import IMAPClient

LOOKED_AT_ONCE = 500
BATCH_MAILS = 200
BATCH_BYTES = 8 * 1024 * 1024
BEGINNING_BYTES = 256 * 1024
KEY_FIELDS = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM)]"

Item = tuple[str, Hook]


def sync(client: "IMAPClient", connection: Connection, folder: str, cursor: Mapping[str, Any]) -> Iterator[Polled]:
    """Everything in the folder that the cursor does not cover, oldest first.

    The cursor is `{"mailbox": …, "folders": {folder: {"validity": …, "uid": …}}}`: UIDs up to `uid` are done.
    """
    known = dict(cursor) if cursor.get("mailbox") == identity_of(connection) else {}
    while True:
        opened = select(client, folder)
        news(client)
        validity = int(opened.get(b"UIDVALIDITY", 0))
        done = dict(known.get("folders", {}).get(folder, {}))
        uids = _wanted(client, connection, done, validity)
        last = int(done.get("uid", 0)) if done.get("validity") == validity else 0
        left = len(uids)
        for batch, upto in _batches(client, uids):
            items = _fetched(client, folder, batch)
            last, left = max(last, upto), max(0, left - len(batch))
            known = _moved(known, connection, folder, {"validity": validity, "uid": last})
            yield Polled(items=tuple(items), cursor=known, more=True, left=left)
        if done.get("validity") != validity:
            # Whatever else lies in the folder was there before; from now on only later mails are new.
            last = max(last, int(opened.get(b"UIDNEXT", 1)) - 1)
            known = _moved(known, connection, folder, {"validity": validity, "uid": last})
            yield Polled(items=(), cursor=known, more=True)
        if not news(client) and not uids:
            return


def _moved(known: Mapping[str, Any], connection: Connection, folder: str, state: Mapping[str, int]) -> dict[str, Any]:
    folders = {**known.get("folders", {}), folder: dict(state)}
    return {"mailbox": identity_of(connection), "folders": folders}


def _wanted(client: "IMAPClient", connection: Connection, done: Mapping[str, int], validity: int) -> list[int]:
    """UIDs to fetch, in order. Where the server has numbered its mails anew, those whose header we do not know."""
    if done.get("validity") == validity:
        last = int(done.get("uid", 0))
        # "n:*" always names the newest mail, even one below n.
        return sorted(uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last)
    start = first_day(connection)
    uids = sorted(client.search(["SINCE", (start - timedelta(days=1)).date()]))
    wanted: list[int] = []
    for chunk in _chunks(uids, LOOKED_AT_ONCE):
        wanted += _unknown(client, connection, chunk, start)
    return wanted


def _unknown(client: "IMAPClient", connection: Connection, uids: Sequence[int], start: datetime) -> list[int]:
    found = client.fetch(uids, ["INTERNALDATE", KEY_FIELDS])
    beginnings: dict[int, str] = {}
    for uid, said in found.items():
        if _aware(said.get(b"INTERNALDATE")) >= start:
            head = next((value for name, value in said.items() if name.startswith(b"BODY[")), b"")
            beginnings[uid] = beginning_of(head or b"", arrived=_stamp(said))
    known = connection.known(list(beginnings.values()))
    # A Message-ID may have been used again lately: the newest are fetched in any case, their whole text decides.
    recent = set(sorted(beginnings)[-BATCH_MAILS:])
    return [uid for uid in sorted(beginnings) if beginnings[uid] not in known or uid in recent]


def _batches(client: "IMAPClient", uids: Sequence[int]) -> Iterator[tuple[dict[int, int], int]]:
    """(UID to size, last UID that is done with it): small mails together, a big one alone."""
    for chunk in _chunks(uids, LOOKED_AT_ONCE):
        sizes = {uid: int(said.get(b"RFC822.SIZE", 0)) for uid, said in client.fetch(chunk, ["RFC822.SIZE"]).items()}
        batch: dict[int, int] = {}
        # A mail that vanished meanwhile has no size; its number is passed over.
        for uid in chunk:
            size = sizes.get(uid)
            if batch and (len(batch) >= BATCH_MAILS or sum(batch.values()) + (size or 0) > BATCH_BYTES):
                yield batch, max(batch)
                batch = {}
            if size is not None:
                batch[uid] = size
        yield batch, chunk[-1]


def _fetched(client: "IMAPClient", folder: str, sizes: Mapping[int, int]) -> list[Item]:
    whole = [uid for uid, size in sizes.items() if size <= settings.MAX_MAIL_BYTES]
    items = _fetch(client, folder, whole, "BODY.PEEK[]") if whole else []
    for uid, size in sizes.items():
        if size > settings.MAX_MAIL_BYTES:
            for key, hook in _fetch(client, folder, [uid], f"BODY.PEEK[]<0.{BEGINNING_BYTES}>"):
                items.append((key, _with(hook, cut="yes", size=str(size))))
    return items


def _fetch(client: "IMAPClient", folder: str, uids: list[int], what: str) -> list[Item]:
    """The mails of these UIDs. One that the server cannot hand over becomes an item that says so."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

    try:
        found = client.fetch(uids, [what, "INTERNALDATE"])
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        if len(uids) > 1:
            return [item for uid in uids for item in _fetch(client, folder, [uid], what)]
        headers = {"folder": folder, "uid": str(uids[0]), "refused": " ".join(str(error).split())[:300]}
        return [(f"refused.{folder}.{uids[0]}"[:200], Hook(body=b"", headers=headers, content_type="message/rfc822"))]
    return [_item(folder, uid, found[uid]) for uid in uids if uid in found]


def _item(folder: str, uid: int, said: Mapping[bytes, Any]) -> Item:
    body = next((value for name, value in said.items() if name.startswith(b"BODY[")), b"") or b""
    headers = {"folder": folder, "uid": str(uid), "arrived": _stamp(said)}
    return key_of(body, arrived=headers["arrived"]), Hook(body=body, headers=headers, content_type="message/rfc822")


def _with(hook: Hook, **more: str) -> Hook:
    return Hook(body=hook.body, headers={**hook.headers, **more}, content_type=hook.content_type)


def _stamp(said: Mapping[bytes, Any]) -> str:
    return _aware(said.get(b"INTERNALDATE")).isoformat()


def _aware(at: datetime | None) -> datetime:
    if at is None:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _chunks(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), size):
        yield uids[start : start + size]
