"""Taking in raw items, and connecting inboxes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from opieka.accounts.models import Membership, Organisation
from opieka.channels import outages
from opieka.channels.base import Hook
from opieka.channels.events import InboxTroubled, RawArrived, RawUnclear
from opieka.channels.models import SECRETS, Inbox, Raw, split_secrets
from opieka.channels.registry import channel_class
from opieka.plumbing import audit, files
from opieka.plumbing.events import publish, publish_all
from opieka.plumbing.rows import Ids, insert
from opieka.plumbing.secrets import decrypt, encrypt

INLINE_BYTES = 256 * 1024
CONTACT_NOTED_EVERY = timedelta(minutes=5)
HEALTH = ["trouble", "trouble_since", "last_seen_at", "catching_up"]


@transaction.atomic
def keep(inbox: Inbox, hook: Hook, *, dedupe_key: str) -> tuple[Raw, bool]:
    """Store a raw item once. Returns the row and whether it is new; only then is it announced."""
    inbox = _receiver(inbox, hook)
    if channel_class(inbox.kind).traits.watched:
        # The same item may be fetched in this very moment.
        Inbox.objects.select_for_update().get(pk=inbox.pk)
    large = len(hook.body) > INLINE_BYTES
    existing = Raw.objects.filter(inbox=inbox, dedupe_key=dedupe_key[:200]).first()
    if existing:
        return existing, False
    raw, is_new = Raw.objects.get_or_create(
        inbox=inbox,
        dedupe_key=dedupe_key[:200],
        defaults={
            "organisation_id": inbox.organisation_id,
            "headers": dict(hook.headers),
            "content_type": hook.content_type[:120],
            "body": b"" if large else hook.body,
            "body_file": files.store().put(hook.body, folder="raw") if large else "",
            "size": len(hook.body),
        },
    )
    if is_new:
        publish(RawArrived(organisation_id=inbox.organisation_id, raw_id=raw.pk, inbox_id=inbox.pk))
    return raw, is_new


def _receiver(inbox: Inbox, hook: Hook) -> Inbox:
    """The inbox an item is for: another one of the same organisation and kind, if its address says so."""
    if not hook.meant_for:
        return inbox
    others = Inbox.objects.filter(organisation_id=inbox.organisation_id, kind=inbox.kind, active=True)
    return others.filter(pk=hook.meant_for).first() or inbox


def keep_all(
    inbox: Inbox, items: Sequence[tuple[str, Hook]], *, cursor: Mapping[str, Any], left: int = 0
) -> int:  # fmt: skip
    """Store a batch of raw items and the cursor that covers them in one transaction. Returns how many were new.

    `left` is how many more are known to wait on the other side. Large bodies are written to the file store first,
    outside the transaction.
    """
    sheaves: dict[Inbox, dict[str, Hook]] = {}
    for key, hook in items:
        sheaves.setdefault(_receiver(inbox, hook), {}).setdefault(key[:200], hook)
    fresh = {one: _without(sheaf, _stored(one, sheaf)) for one, sheaf in sheaves.items()}
    files_of = {id(hook): _in_file(hook) for sheaf in fresh.values() for hook in sheaf.values()}
    with transaction.atomic():
        # One batch of an inbox at a time; two readers of one mailbox must not both find an item new.
        held = Inbox.objects.order_by("pk").select_for_update().in_bulk({inbox.pk, *(one.pk for one in fresh)})
        taken = 0
        for one, sheaf in fresh.items():
            new = _without(sheaf, _stored(one, sheaf))
            ids = Ids(Raw, at_once=len(new))
            numbered = [(ids.take(), key, hook) for key, hook in new.items()]
            insert([_raw(pk, one, key, hook, files_of[id(hook)]) for pk, key, hook in numbered])
            about = {"organisation_id": one.organisation_id, "inbox_id": one.pk}
            publish_all([RawArrived(**about, raw_id=pk) for pk, _key, _hook in numbered])
            taken += len(numbered)
        Inbox.objects.filter(pk=inbox.pk).update(cursor=dict(cursor))
        if held[inbox.pk].catching_up:
            outages.count(inbox, taken, left=left)
    inbox.cursor = dict(cursor)
    return taken


def _without(sheaf: Mapping[str, Hook], stored: set[str]) -> dict[str, Hook]:
    return {key: hook for key, hook in sheaf.items() if key not in stored}


def _stored(inbox: Inbox, keys: Iterable[str]) -> set[str]:
    return set(Raw.objects.filter(inbox=inbox, dedupe_key__in=list(keys)).values_list("dedupe_key", flat=True))


def _in_file(hook: Hook) -> str:
    return files.store().put(hook.body, folder="raw") if len(hook.body) > INLINE_BYTES else ""


def _raw(raw_id: int, inbox: Inbox, key: str, hook: Hook, body_file: str) -> Raw:
    return Raw(
        id=raw_id,
        organisation_id=inbox.organisation_id,
        inbox_id=inbox.pk,
        dedupe_key=key,
        headers=dict(hook.headers),
        content_type=hook.content_type[:120],
        body=b"" if body_file else hook.body,
        body_file=body_file,
        size=len(hook.body),
    )


def take_watch(inbox: Inbox, *, watcher: str, lasts: timedelta, dead: Sequence[str] = ()) -> bool:
    """Become, or stay, the one that fetches this inbox's mail. `dead` are watchers known to be gone."""
    now = timezone.now()
    free = Q(watched_until=None) | Q(watched_until__lt=now) | Q(watched_by__in=[watcher, *dead])
    held = Inbox.objects.filter(free, pk=inbox.pk).update(watched_by=watcher, watched_until=now + lasts)
    return bool(held)


def release_watch(inbox: Inbox, *, watcher: str) -> None:
    """Let another one fetch."""
    Inbox.objects.filter(pk=inbox.pk, watched_by=watcher).update(watched_until=None, watched_by="")


@transaction.atomic
def keep_secrets(inbox_id: int, fresh: Mapping[str, str]) -> None:
    """The other side renewed a secret, e.g. a refresh token: keep it in place of the old one."""
    inbox = Inbox.objects.select_for_update().get(pk=inbox_id)
    inbox.sealed_secrets = encrypt(json.dumps({**_secrets_of(inbox), **fresh}), context=SECRETS)
    inbox.save(update_fields=["sealed_secrets"])


@transaction.atomic
def reconnect(inbox: Inbox, fresh: Mapping[str, str], *, by: Membership | None = None) -> None:
    """A person let us in again at the other side. What has been read already stays read: the cursor is as it was."""
    keep_secrets(inbox.pk, fresh)
    inbox.refresh_from_db(fields=["sealed_secrets"])
    _note(inbox.organisation_id, by, "connected inbox again", f"inbox:{inbox.pk}")


@transaction.atomic
def settle(raw: Raw, *, problem: str = "") -> None:
    """The item was understood, or it was not and waits for a person with the reason."""
    raw.state = Raw.State.UNCLEAR if problem else Raw.State.TAKEN_IN
    raw.problem = problem
    raw.settled_at = timezone.now()
    raw.save(update_fields=["state", "problem", "settled_at"])
    if problem:
        publish(RawUnclear(organisation_id=raw.organisation_id, raw_id=raw.pk, inbox_id=raw.inbox_id))


def settle_all(raws: Sequence[Raw]) -> None:
    """These items were understood."""
    taken = Raw.objects.filter(id__in=[raw.pk for raw in raws])
    taken.update(state=Raw.State.TAKEN_IN, problem="", settled_at=timezone.now())


@transaction.atomic
def set_aside(raw: Raw, *, reason: str, by: Membership | None = None) -> None:
    """A person decided that nothing needs doing about an unclear item."""
    raw.state = Raw.State.SET_ASIDE
    raw.problem = f"{raw.problem}\n{reason}".strip()
    raw.save(update_fields=["state", "problem"])
    _note(raw.organisation_id, by, "set aside item", f"raw:{raw.pk}")


@transaction.atomic
def read_again(raw: Raw, *, by: Membership | None = None) -> None:
    """Let the channel try once more to understand an unclear item, e.g. after an upgrade."""
    if raw.state != Raw.State.UNCLEAR:
        return
    raw.state, raw.problem = Raw.State.NEW, ""
    raw.save(update_fields=["state", "problem"])
    publish(RawArrived(organisation_id=raw.organisation_id, raw_id=raw.pk, inbox_id=raw.inbox_id))
    _note(raw.organisation_id, by, "read item again", f"raw:{raw.pk}")


@transaction.atomic
def connect(
    organisation: Organisation, kind: str, *, name: str, cleaned: dict[str, Any], by: Membership | None = None
) -> Inbox:  # fmt: skip
    """Create an inbox of that channel from the clean data of its form."""
    inbox = Inbox(organisation=organisation, kind=kind, name=name)
    _fill(inbox, cleaned)
    inbox.save()
    _note(organisation.pk, by, "connected inbox", f"inbox:{inbox.pk}", kind=kind)
    return inbox


@transaction.atomic
def reconfigure(inbox: Inbox, *, name: str, cleaned: dict[str, Any], by: Membership | None = None) -> None:
    """Change an inbox's settings. A secret left empty keeps its old value."""
    before = inbox.settings
    inbox.name = name
    _fill(inbox, cleaned)
    # Nothing else: whoever fetches this inbox's mail moves its cursor meanwhile.
    inbox.save(update_fields=["name", "settings", "sealed_secrets", "ends_on"])
    changed = sorted(key for key, value in inbox.settings.items() if before.get(key) != value)
    _note(inbox.organisation_id, by, "changed inbox", f"inbox:{inbox.pk}", changed=changed)


@transaction.atomic
def make_signing_key(inbox: Inbox, fresh: Mapping[str, str], *, by: Membership) -> None:
    """Keep a new key for signatures; nothing is signed with it before its record was found."""
    keep_secrets(inbox.pk, fresh)
    _note(inbox.organisation_id, by, "made signing key", f"inbox:{inbox.pk}")


@transaction.atomic
def drop_signing_key(inbox: Inbox, *, by: Membership) -> None:
    """Sign no more. The key is gone for good."""
    names = [name for name in _secrets_of(inbox) if name.startswith("dkim_")]
    keep_secrets(inbox.pk, dict.fromkeys(names, ""))
    _note(inbox.organisation_id, by, "dropped signing key", f"inbox:{inbox.pk}")


@transaction.atomic
def switch(inbox: Inbox, *, on: bool, by: Membership | None = None) -> None:
    """Let an inbox rest, or wake it: while it rests nothing comes in and nothing goes out through it."""
    if inbox.active == on:
        return
    inbox.active = on
    inbox.save(update_fields=["active"])
    if not on and inbox.catching_up:
        # Nobody waits for what rests. Once it wakes, trouble is found again if there is any.
        outages.catch_up(inbox)
        Inbox.objects.filter(pk=inbox.pk).update(trouble="", trouble_since=None)
    _note(inbox.organisation_id, by, "switched inbox on" if on else "switched inbox off", f"inbox:{inbox.pk}")


def _note(organisation_id: int, by: Membership | None, verb: str, subject: str, **details: Any) -> None:
    """What a person did goes into the log; what commands do is the operator's own."""
    if by:
        audit.record(organisation_id, f"membership:{by.pk}", verb, subject=subject, **details)


def _fill(inbox: Inbox, cleaned: dict[str, Any]) -> None:
    channel = channel_class(inbox.kind)
    inbox.settings, fresh = split_secrets(channel.Form.base_fields, cleaned)
    inbox.ends_on = channel.ends_on(inbox.settings)
    kept = _secrets_of(inbox)
    inbox.sealed_secrets = encrypt(json.dumps(kept | fresh), context=SECRETS) if kept | fresh else ""


def _secrets_of(inbox: Inbox) -> dict[str, str]:
    opened: dict[str, str] = json.loads(decrypt(inbox.sealed_secrets, context=SECRETS)) if inbox.sealed_secrets else {}
    return opened


def note_contact(inbox: Inbox) -> None:
    """A customer came through this inbox; written at most once in five minutes."""
    now = timezone.now()
    if inbox.last_seen_at is None or inbox.last_seen_at < now - CONTACT_NOTED_EVERY:
        Inbox.objects.filter(pk=inbox.pk).update(last_seen_at=now)


@transaction.atomic
def note_health(
    inbox: Inbox, *, trouble: str = "", withdrawn: bool = False, since: datetime | None = None
) -> None:  # fmt: skip
    """Remember that the inbox works, or since when and why it does not; say so only when that changes.

    `withdrawn`: only a person can mend it, by connecting the inbox again. `since` is when it began, if not now.
    """
    row = Inbox.objects.select_for_update().get(pk=inbox.pk)
    changed = bool(trouble) != bool(row.trouble)
    now = timezone.now()
    row.trouble = trouble
    row.trouble_since = (row.trouble_since or since or now) if trouble else None
    row.last_seen_at = row.last_seen_at if trouble else now
    row.catching_up = row.catching_up or bool(trouble)
    row.save(update_fields=HEALTH)
    if trouble:
        outages.go_on(row, withdrawn=withdrawn)
    elif changed:
        outages.end(row)
    for name in HEALTH:
        setattr(inbox, name, getattr(row, name))
    if changed:
        publish(InboxTroubled(organisation_id=inbox.organisation_id, inbox_id=inbox.pk, trouble=trouble))
