"""Our own look at the signatures of a mail, where no server we trust has looked (DKIM: RFC 6376 and 8463, DMARC: RFC 7489).

SPF is left out; docs/decisions/011 says why.
"""

import base64
import binascii
import re
from collections.abc import Callable
from email import message_from_bytes
from typing import Any

import dkim
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from dkim.util import InvalidTagValueList, parse_tag_value

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
    if not _usable(mail, record, algorithm=fields[b"a"]):
        return signer, None
    try:
        fits = bool(mail.verify_sig_process(fields, signed, headers[number], None))
    except WRONG:
        return signer, False
    return signer, fits and (mail.pk.fits if isinstance(mail.pk, Ed25519Key) else True)


def _usable(mail: Any, record: bytes | None, *, algorithm: bytes) -> bool:
    """Whether a key for this signature can be read from the record, which the library then has: one that is gone, revoked
    or of another kind accuses nobody.
    """
    if not record:
        return False
    try:
        mail.pk, mail.keysize, mail.ktag, mail.seqtlsrpt = _ed25519(record) or dkim.load_pk_from_dns(
            b"key", lambda *_name, **_patience: record
        )
    except WRONG:
        return False
    return bool(mail.pk) and algorithm.startswith(mail.ktag)


class Ed25519Key:
    """A key as the library expects one from PyNaCl, which we do without: it is asked to verify, and raises nothing."""

    def __init__(self, public: bytes) -> None:
        self.key = Ed25519PublicKey.from_public_bytes(public)
        self.fits = False

    def verify(self, digest: bytes, signature: bytes) -> None:
        try:
            self.key.verify(signature, digest)
        except InvalidSignature:
            self.fits = False
        else:
            self.fits = True


def _ed25519(record: bytes) -> tuple[Ed25519Key, int, bytes, bool] | None:
    """The Ed25519 key of a record, as `load_pk_from_dns` returns keys; None when it holds another kind."""
    try:
        tags = parse_tag_value(record)
    except InvalidTagValueList:
        return None
    if tags.get(b"k") != b"ed25519" or tags.get(b"v", b"DKIM1") != b"DKIM1":
        return None
    if tags.get(b"s", b"*") not in {b"*", b"email"}:
        raise dkim.KeyFormatError("The key is not for mail.")
    try:
        return Ed25519Key(base64.b64decode(tags.get(b"p", b""))), 256, b"ed25519", False
    except ValueError as error:
        raise dkim.KeyFormatError("This is no Ed25519 key.") from error


def _covers(signer: str, domain: str, lookup: Lookup) -> bool:
    """Whether a signature of `signer` speaks for `domain`; its owner may have said that only the very same name does."""
    if not aligned(signer, domain):
        return False
    if signer == domain:
        return True
    policies = lookup(f"_dmarc.{domain}") or lookup(f"_dmarc.{'.'.join(domain.split('.')[-2:])}")
    return not any(re.search(rb"(?i)\badkim\s*=\s*s\b", one) for one in policies if one.startswith(b"v=DMARC1"))
