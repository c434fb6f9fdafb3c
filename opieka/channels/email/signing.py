"""DKIM (RFC 6376): a signature under every mail, made with a key of our own whose public half the owner publishes.

The key lies with the inbox's other secrets, sealed. Mail is signed only once the record was really found: a signature
that nobody can check would do harm.
"""

import logging
import re
import secrets as random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from opieka.channels.base import Connection, Record
from opieka.plumbing.names import texts_at

logger = logging.getLogger(__name__)

KEY, SELECTOR, DOMAIN, ON = "dkim_key", "dkim_selector", "dkim_domain", "dkim_on"
BITS = 2048


@dataclass(frozen=True, kw_only=True)
class Signer:
    """The key of one mailbox. `published` is what the last look at the record said."""

    key: str
    selector: str
    domain: str
    published: bool

    def record(self) -> Record:
        """What the owner publishes."""
        public = f"v=DKIM1; k=rsa; p={_public_half(self.key)}"
        return Record(name=f"{self.selector}._domainkey.{self.domain}", value=public, found=self.published)

    def signed(self, payload: bytes) -> bytes:
        """The mail with its signature; as it was when it could not be signed, for a mail must not stay for that."""
        import dkim

        try:
            signature = dkim.sign(
                payload,
                self.selector.encode(),
                self.domain.encode(),
                self.key.encode(),
                canonicalize=(b"relaxed", b"relaxed"),
            )
        except dkim.DKIMException:
            logger.exception("A mail of %s could not be signed and goes without a signature.", self.domain)
            return payload
        return bytes(signature) + payload

    def is_published(self, look_up: Callable[[str], list[str]] = texts_at) -> bool:
        """Whether the very key can be found where receivers look. Raises plumbing.names.NoAnswer."""
        record = self.record()
        return any(_key_in(text) == _key_in(record.value) for text in look_up(record.name))


def new_key(connection: Connection) -> dict[str, str]:
    """Fresh secrets for that mailbox; a new selector, so that mail signed before can still be checked."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    return {KEY: pem, SELECTOR: f"opieka{random.token_hex(3)}", DOMAIN: domain_of(connection), ON: ""}


def signer_of(connection: Connection) -> Signer | None:
    """The key this mailbox signs with; None when there is none, or when it was made for another domain."""
    kept: Mapping[str, str] = connection.secrets
    if not kept.get(KEY) or kept.get(DOMAIN) != domain_of(connection):
        return None
    return Signer(key=kept[KEY], selector=kept[SELECTOR], domain=kept[DOMAIN], published=bool(kept.get(ON)))


def domain_of(connection: Connection) -> str:
    """The domain after the @, in its ASCII form."""
    domain = str(connection.settings.get("address", "")).rpartition("@")[2].lower()
    return domain if domain.isascii() else domain.encode("idna").decode()


def _public_half(pem: str) -> str:
    from base64 import b64encode

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    public = load_pem_private_key(pem.encode(), password=None).public_key()
    return b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _key_in(record: str) -> str:
    found = re.search(r"(?:^|;)\s*p\s*=\s*([A-Za-z0-9+/=\s]*)", record)
    return re.sub(r"\s+", "", found[1]) if found else ""
