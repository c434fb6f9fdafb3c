"""Mail that a mail server hands us over HTTP: who may, with a key that is worth nothing for anything else."""

import hashlib
import hmac
from collections.abc import Sequence

from django.utils.translation import gettext as _

from opieka.channels.base import Hook, Refused

MEDIA_TYPE = "message/rfc822"
SIGNATURE = "x-opieka-signature"


def key_from(secret: str) -> str:
    """The key of the relay. From it nobody can make the inbox's secret, which seals our Message-IDs."""
    return hmac.new(secret.encode(), b"mail relay", hashlib.sha256).hexdigest()[:40]


def verify(hook: Hook, *, keys: Sequence[str]) -> None:
    """Refuse what is no mail, or not from our mail server: it shows one of the keys, or signs the body with it."""
    if not any(_shows(hook, key) or _signs(hook, key) for key in keys):
        raise Refused(
            _(
                "The key is missing or wrong. Send it as “Authorization: Bearer …”, or the body's HMAC-SHA256 made with it."
            )
        )
    if hook.content_type.lower() != MEDIA_TYPE:
        raise Refused(_("Send the mail as it is, as message/rfc822."))
    if not hook.body.strip():
        raise Refused(_("The mail is empty."))


def _shows(hook: Hook, key: str) -> bool:
    kind, _space, given = hook.headers.get("authorization", "").partition(" ")
    return kind.lower() == "bearer" and _same(given.strip(), key)


def _signs(hook: Hook, key: str) -> bool:
    return _same(hook.headers.get(SIGNATURE, ""), hmac.new(key.encode(), hook.body, hashlib.sha256).hexdigest())


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
