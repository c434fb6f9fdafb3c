"""Our own look at the signatures of a mail, where no server we trust has looked (DKIM: RFC 6376, DMARC: RFC 7489).

SPF is left out: it needs to know which computer handed the mail over, and a mailbox does not reliably tell.
"""

import binascii
import re
from collections.abc import Callable
from email import message_from_bytes
from typing import Any

import dkim

from opieka.channels.base import Authentication
from opieka.channels.email.authentication import UNPROVEN, aligned
from opieka.channels.email.headers import mailboxes
from opieka.plumbing.dns_records import Unreachable, txt

MOST_SIGNATURES = 4
SMALLEST_KEY = 1024

# Everything the library raises about a mail or a key; not all of it is of one family.
WRONG = (
    dkim.DKIMException,
    dkim.DigestTooLargeError,
    dkim.InvalidCanonicalizationPolicyError,
    dkim.UnparsableKeyError,
    binascii.Error,
)

Lookup = Callable[[str], list[bytes]]


def checked(raw: bytes, *, sender: str, lookup: Lookup = txt) -> Authentication:
    """Whether a signature proves that the domain of this address sent the mail.

    "failed" only where one of its own signatures does not fit what arrived; with no key or no network, "unproven".
    """
    try:
        mail = dkim.DKIM(raw, minkey=SMALLEST_KEY)
    except WRONG:
        return UNPROVEN
    if not _written_by(mail, sender):
        return UNPROVEN
    domain = sender.rpartition("@")[2].lower()
    names = [name.lower() for name, _value in mail.headers]
    broken = ""
    for number in range(min(names.count(b"dkim-signature"), MOST_SIGNATURES)):
        try:
            signer, fits = _verified(mail, number, domain=domain, lookup=lookup)
        except Unreachable:
            return UNPROVEN
        if fits:
            return Authentication(state="proven", method="dkim", domain=signer)
        broken = broken or ("" if fits is None else signer)
    return Authentication(state="failed", method="dkim", domain=broken) if broken else UNPROVEN


def _written_by(mail: Any, sender: str) -> bool:
    """Whether the library has read the very From that we have: a line end that one takes for another hides a header."""
    said = [value for name, value in mail.headers if name.lower() == b"from"]
    found = [mailboxes(message_from_bytes(b"From:" + value + b"\r\n\r\n"), "from") for value in said]
    return [[one.address.lower() for one in each] for each in found] == [[sender.lower()]]


def _verified(mail: Any, number: int, *, domain: str, lookup: Lookup) -> tuple[str, bool | None]:
    """Who signed, and whether the signature fits; None where it says nothing about this domain, or nobody can tell."""
    try:
        fields, signed, headers = mail.verify_headerprep(number)
    except WRONG:
        return "", None
    signer = fields[b"d"].decode("ascii", "replace").lower()
    # A signature of a part of the text ("l=") leaves room to add another after it.
    if b"l" in fields or not _covers(signer, domain, lookup):
        return signer, None
    selector = fields[b"s"].decode("ascii", "replace")
    record = next(iter(lookup(f"{selector}._domainkey.{signer}")), None)
    if not _usable(record):
        return signer, None
    try:
        return signer, bool(mail.verify_sig(fields, signed, headers[number], lambda *_name, **_patience: record))
    except WRONG:
        return signer, False


def _usable(record: bytes | None) -> bool:
    """Whether a key can be read from the record: one that is gone, revoked or of another kind accuses nobody."""
    try:
        return bool(record) and bool(dkim.load_pk_from_dns(b"key", lambda *_name, **_patience: record)[0])
    except WRONG:
        return False


def _covers(signer: str, domain: str, lookup: Lookup) -> bool:
    """Whether a signature of `signer` speaks for `domain`; its owner may have said that only the very same name does."""
    if not aligned(signer, domain):
        return False
    if signer == domain:
        return True
    policies = lookup(f"_dmarc.{domain}") or lookup(f"_dmarc.{'.'.join(domain.split('.')[-2:])}")
    return not any(re.search(rb"(?i)\badkim\s*=\s*s\b", one) for one in policies if one.startswith(b"v=DMARC1"))
