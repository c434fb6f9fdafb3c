"""Files that wait to go with a reply: each is known to its member's page by a signed id."""

from collections.abc import Iterable
from typing import Any

from django.core import signing

from opieka.accounts.models import Membership
from opieka.conversations import queries
from opieka.conversations.models import Attachment
from opieka.web.inbox.thread import file_of

SALT = "inbox.file"
MAX_AGE = 7 * 24 * 3600


def signed(attachment: Attachment, member: Membership) -> str:
    return signing.dumps([attachment.pk, member.pk], salt=SALT)


def chip_of(attachment: Attachment, member: Membership) -> dict[str, Any]:
    """What web/inbox/chips.html draws."""
    return {**file_of(attachment), "token": signed(attachment, member)}


def files_of(tokens: Iterable[str], member: Membership) -> list[Attachment]:
    """The member's own uploads, by their signed ids; a forged or foreign id is simply not there."""
    ids = []
    for token in tokens:
        try:
            attachment_id, owner = signing.loads(token, salt=SALT, max_age=MAX_AGE)
        except signing.BadSignature:
            continue
        if owner == member.pk:
            ids.append(attachment_id)
    return queries.loose_attachments(member, ids)
