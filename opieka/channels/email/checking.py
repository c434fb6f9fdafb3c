"""Our own look at the signatures of a mail, where no server we trust has looked (DKIM: RFC 6376, DMARC: RFC 7489).

SPF is left out: it needs to know which computer handed the mail over, and a mailbox does not reliably tell.
"""

import re
from collections.abc import Callable
from typing import Any

import dkim

from opieka.channels.base import Authentication
from opieka.channels.email.authentication import UNPROVEN, aligned
from opieka.plumbing.dns_records import Unreachable, txt

MOST_SIGNATURES = 4
SMALLEST_KEY = 1024

Lookup = Callable[[str], list[bytes]]


def checked(raw: bytes, *, domain: str, lookup: Lookup = txt) -> Authentication:
    """Whether a signature proves that this domain sent the mail.

    "failed" only where one of its own signatures does not fit what arrived; with no key or no network, "unproven".
    """
    try:
        mail = dkim.DKIM(raw, minkey=SMALLEST_KEY)
    except dkim.MessageFormatError:
        return UNPROVEN
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


def _verified(mail: Any, number: int, *, domain: str, lookup: Lookup) -> tuple[str, bool | None]:
    """Who signed, and whether the signature fits; None where it says nothing about this domain."""
    keys: list[bytes] = []

    def key_at(name: bytes, **_patience: int) -> bytes | None:
        keys.extend(lookup(name.decode("ascii", "replace")))
        return keys[0] if keys else None

    try:
        fields, signed, headers = mail.verify_headerprep(number)
        signer = fields[b"d"].decode("ascii", "replace").lower()
        # A signature of a part of the text ("l=") leaves room to add another after it.
        if b"l" in fields or not _covers(signer, domain, lookup):
            return signer, None
        return signer, mail.verify_sig(fields, signed, headers[number], key_at) or (False if keys else None)
    except dkim.DKIMException:
        # Keys are asked for before the text is looked at: whoever got that far carries a signature that does not fit.
        return domain, False if keys else None


def _covers(signer: str, domain: str, lookup: Lookup) -> bool:
    """Whether a signature of `signer` speaks for `domain`; its owner may have said that only the very same name does."""
    if not aligned(signer, domain):
        return False
    if signer == domain:
        return True
    policies = lookup(f"_dmarc.{domain}") or lookup(f"_dmarc.{'.'.join(domain.split('.')[-2:])}")
    return not any(re.search(rb"(?i)\badkim\s*=\s*s\b", one) for one in policies if one.startswith(b"v=DMARC1"))
