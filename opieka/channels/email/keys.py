"""Names of mails: the key under which one is stored once, and the ids and addresses that only we can make."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from functools import lru_cache

from opieka.channels import replacing
from opieka.channels.email.headers import normal_address, raw_header

HEADER_END = re.compile(rb"\r?\n\r?\n")
USUAL = re.compile(rb"(?im)^(?:message-id|from|date):")
WELL_FORMED = re.compile(rb"(?:[!-9;-~]++:[^\r\n]*+\r\n(?:[ \t]++[^\s][^\r\n]*+\r\n)*+)++\r\n")
MAKING_THE_KEY = re.compile(rb"(?im)^(?:message-id|from|date|subject):[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
LONGEST_HEADER = 256 * 1024
LONGEST_ID = 250
ID = re.compile(r"<\s*([^<>\s]+(?:\s+[^<>\s]+)*)\s*>")
OWN_ID = re.compile(r"<conv\.(\d{1,12})\.([0-9a-f]{26})@[^<>\s]+>")
PLUS = re.compile(r"\+([cb])(\d{1,12})\.([0-9a-f]{10,26})$")
BRANCH = re.compile(rb"(?i)\+i(\d{1,12})\.([0-9a-f]{10})@")
NO_ID = "@no-id.invalid>"


def header_block(raw: bytes) -> bytes:
    """The header without the body."""
    end = HEADER_END.search(raw, 0, LONGEST_HEADER)
    return raw[: end.end()] if end else raw[:LONGEST_HEADER]


def key_of(raw: bytes, *, arrived: str) -> str:
    """The same for every copy of one mail, different for two mails that bear one Message-ID: subject and text count.

    `arrived` is the server's own date; it counts only where the mail has no date of its own.
    """
    head = header_block(raw)
    # Without one of the usual headers nobody can tell where the text begins, so all of it counts.
    text = raw[len(head) :] if USUAL.search(head) else raw
    message = BytesHeaderParser().parsebytes(_told_of(head))
    subject = raw_header(message, "subject").encode("utf-8", "surrogateescape")
    said = hashlib.sha256(subject + b"\0" + text.replace(b"\r\n", b"\n").strip()).hexdigest()
    return f"{_beginning(message, arrived)}.{said[:32]}"


def _told_of(head: bytes) -> bytes:
    """The few headers that make the key; all of it where it is no plain list of headers, and the parser has to judge."""
    if not WELL_FORMED.fullmatch(head):
        return head
    return b"".join(MAKING_THE_KEY.findall(head))


def beginning_of(head: bytes, *, arrived: str) -> str:
    """The part of the key that the header alone tells: Message-ID, date and sender."""
    return _beginning(BytesHeaderParser().parsebytes(head), arrived)


def _beginning(message: Message, arrived: str) -> str:
    date = raw_header(message, "date") or f"arrived {arrived}"
    parts = (raw_header(message, "message-id"), date, raw_header(message, "from"))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def normal_id(message_id: str) -> str:
    """A Message-ID in angle brackets, "" when there is none; one too long to store is replaced by its hash."""
    inside = re.sub(r"\s+", "", message_id.strip().strip("<>"))
    if not inside or not inside.isprintable():
        return ""
    if len(inside) > LONGEST_ID:
        inside = f"{hashlib.sha256(inside.encode()).hexdigest()}@too-long.invalid"
    return f"<{inside}>"


def ids_in(value: str) -> list[str]:
    """The Message-IDs of a References or In-Reply-To header, in order."""
    found = [normal_id(inside) for inside in ID.findall(value)]
    if not found and "@" in value and "<" not in value and len(value.split()) == 1:
        found = [normal_id(value)]
    return [one for one in found if one]


def thread_of(message: Message) -> tuple[str, ...]:
    """Ids of earlier mails, nearest first: In-Reply-To, then References from its end."""
    return _thread(raw_header(message, "in-reply-to"), raw_header(message, "references"))


@lru_cache(maxsize=32)
def _thread(near: str, far: str) -> tuple[str, ...]:
    """A mail is asked several times what it answers while it is read."""
    return tuple(dict.fromkeys([*ids_in(near), *reversed(ids_in(far))]))[:60]


@dataclass(frozen=True, kw_only=True)
class Seal:
    """Makes and checks our own marks with the inbox's secret, so that nobody can invent one.

    `kept` are the inbox's other secrets: addresses for forwarding can be replaced, each by itself.
    """

    secret: str
    address: str
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2] or "localhost"

    def _mac(self, text: str) -> str:
        return hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:10]

    def _token(self, number: str, key: str) -> str:
        return key[:16] + self._mac(f"id {number} {key[:16]}")

    def message_id(self, key: str, *, number: str) -> str:
        """`<conv.812.….@shop.pl>`: the same for the same idempotency key (32 hexadecimal digits)."""
        return f"<conv.{number or 0}.{self._token(number or '0', key)}@{self.domain}>"

    def number_in(self, message_id: str) -> str:
        """The conversation that an id of ours names; "" for any other id."""
        found = OWN_ID.fullmatch(message_id)
        if found and hmac.compare_digest(self._token(found[1], found[2]), found[2]):
            return found[1]
        return ""

    def reply_address(self, number: str) -> str:
        """`pomoc+c812.….@shop.pl`: answers to it find the conversation even when their header is lost."""
        local, _, domain = self.address.rpartition("@")
        return f"{local}+c{number}.{self._mac(f'address {number}')}@{domain}"

    def bounce_address(self, message_id: str) -> str:
        """The envelope sender of one mail of ours: a report that comes back to it names the mail."""
        local, _, domain = self.address.rpartition("@")
        found = OWN_ID.fullmatch(message_id)
        return f"{local}+b{found[1]}.{found[2]}@{domain}" if found else self.address

    def branch_address(self, inbox_id: int) -> str:
        """`pomoc+i3.….@shop.pl`: mail forwarded to it belongs to another inbox."""
        local, _, domain = self.address.rpartition("@")
        mark = replacing.current(self.kept, replacing.branch_name(inbox_id), first="")
        return f"{local}+i{inbox_id}.{self._branch_mac(inbox_id, mark)}@{domain}"

    def _branch_mac(self, inbox_id: int, mark: str) -> str:
        return self._mac(f"branch {inbox_id} {mark}".strip())

    def branch_of(self, raw: bytes) -> int:
        """The inbox that a header of this mail names so, whichever header the servers on the way wrote it into."""
        for found in BRANCH.finditer(header_block(raw)):
            number, token = int(found[1]), found[2].decode().lower()
            marks = replacing.accepted(self.kept, replacing.branch_name(number), first="")
            if any(hmac.compare_digest(token, self._branch_mac(number, mark)) for mark in marks):
                return number
        return 0

    def opened(self, address: str) -> tuple[str, str]:
        """(conversation number, Message-ID) that a signed address of ours names; empty where it names none."""
        local, _, domain = normal_address(address).rpartition("@")
        found = PLUS.search(local)
        if not found or domain != self.domain.lower():
            return "", ""
        kind, number, token = found.groups()
        if kind == "c" and hmac.compare_digest(token, self._mac(f"address {number}")):
            return number, ""
        message_id = f"<conv.{number}.{token}@{self.domain}>"
        return (number, message_id) if kind == "b" and self.number_in(message_id) else ("", "")

    def is_ours(self, address: str) -> bool:
        """Whether this is our own address, with or without a +mark."""
        local, _, domain = address.lower().rpartition("@")
        return f"{local.split('+')[0]}@{domain}" == self.address.lower()
