"""From the raw bytes of one mail to a message in our words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import Message

from django.utils.html import escape
from django.utils.translation import gettext as _

from opieka.channels.base import Authentication, File, Inbound, Invitation, Report, Unreadable
from opieka.channels.email.authentication import authentication_of
from opieka.channels.email.automatic import is_automatic, is_robot
from opieka.channels.email.headers import Mailbox, date_of, decode, mailboxes, raw_header, tidy
from opieka.channels.email.keys import NO_ID, Seal, key_of, normal_id, thread_of
from opieka.channels.email.mime import BROKEN, Opened, open_mail
from opieka.channels.email.names import CALENDAR
from opieka.channels.email.replies import new_text
from opieka.channels.email.reports import report_of
from opieka.plumbing.html import bare_text, longest_text_of, sanitise, text_of

ANSWER = re.compile(r"^\s*(?:re|odp|odpowied[źz]|aw|sv|r|rv|vs|antw|від|ответ)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
FORWARD = re.compile(r"^\s*(?:pd|fwd?|wg|tr|doorst)\s*(?:\[\d+\])?:", re.IGNORECASE)
TOKEN = re.compile(r"\[#(?:[A-Z]{1,5}-)?(\d{1,12})\]")
NO_HTML_HERE = re.compile(
    r"(?i)(?:nie obs[łl]uguje|does not support|not support|nie wy[śs]wietla|view (?:this|it) in|w formacie|format) .{0,40}\bhtml"
)
LONGEST_SHOWN = 400_000
LONGEST_HTML = 2_000_000
MOST_PICTURES = 200


@dataclass(frozen=True, kw_only=True)
class Text:
    """What a mail says: all of it as plain text, and its harmless HTML ("" for a plain mail)."""

    plain: str
    html: str = ""
    remote_pictures: tuple[str, ...] = ()
    pixels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail whose sender, id and text are known."""

    opened: Opened
    sender: Mailbox
    message_id: str
    text: Text


def parse(raw: bytes, headers: Mapping[str, str], *, seal: Seal, trusted_server: str = "") -> list[Inbound]:
    """The message in this mail; for a copy of a mail of our own only the report that it was taken. Raises Unreadable with a sentence.

    `headers` are what the mailbox or the mail server said about it: "arrived", "x-envelope-to" (to whom it was
    delivered), and "size" when only its beginning was fetched.
    """
    if not raw.strip():
        raise Unreadable(_("The mail is empty."))
    for opened in open_mail(raw):
        try:
            return _read(opened, raw=raw, headers=headers, seal=seal, trusted_server=trusted_server)
        except BROKEN:
            continue
    raise Unreadable(_("The mail is damaged and could not be taken apart."))


def _read(opened: Opened, *, raw: bytes, headers: Mapping[str, str], seal: Seal, trusted_server: str) -> list[Inbound]:
    message = opened.message
    if headers.get("cut"):
        size = int(headers.get("size", "0")) // (1024 * 1024)
        opened.files.clear()
        opened.invitations.clear()
        opened.remarks = [_("The mail has %(size)d MB. Its attachments stay in the mailbox.") % {"size": size}]
    sender = _sender(message, seal)
    message_id = normal_id(raw_header(message, "message-id"))
    if seal.is_ours(sender.address) and seal.number_in(message_id):
        # A copy of a mail of our own, e.g. in the Sent folder: no message, but a proof that the server took it.
        taken = Report(external_id=message_id, state="accepted")
        return [Inbound(external_id=message_id, sender=sender.address, text="", automatic=True, report=taken)]
    letter = Letter(opened=opened, sender=sender, message_id=message_id, text=text_in(opened))
    return [_inbound(letter, raw=raw, headers=headers, seal=seal, trusted_server=trusted_server)]


def _inbound(letter: Letter, *, raw: bytes, headers: Mapping[str, str], seal: Seal, trusted_server: str) -> Inbound:
    message, sender, text = letter.opened.message, letter.sender, letter.text
    subject = decode(raw_header(message, "subject"))[:500]
    number, hint = _named_conversation(message, subject, seal, envelope=headers.get("x-envelope-to", ""))
    return Inbound(
        external_id=letter.message_id or f"<{key_of(raw, arrived=headers.get('arrived', ''))}{NO_ID}",
        sender=sender.address,
        sender_name=sender.name,
        subject=subject,
        text=_new_text(message, subject, text.plain),
        full_text=text.plain,
        html=text.html,
        remote_pictures=text.remote_pictures,
        pixels=text.pixels,
        invitations=_one_each(letter.opened.invitations),
        files=without_repeats(letter.opened.files),
        sent_at=date_of(message) or _moment(headers.get("arrived", "")),
        thread=thread_of(message),
        proof=number,
        hint=hint,
        recipients=tuple(one.address for one in mailboxes(message, "to")),
        copies=tuple(one.address for one in mailboxes(message, "cc")),
        automatic=is_automatic(message, sender=sender.address) or seal.is_ours(sender.address),
        report=report_of(message, seal=seal, plain=text.plain),
        authentication=_authentication(message, headers, trusted_server=trusted_server, sender=sender.address),
        remarks=(*letter.opened.remarks, *_reply_remark(message, sender, seal)),
    )


def _new_text(message: Message, subject: str, plain: str) -> str:
    """What of it the customer newly wrote. Some programs do not say that a mail answers, but quote the address it answers."""
    ours = {one.address for one in mailboxes(message, "to")}
    told = bool(thread_of(message) or ANSWER.match(subject) or not subject.strip())
    answers = told or any(address in plain.lower() for address in ours)
    return new_text(plain, forwarded=bool(FORWARD.match(subject)), answers=answers, ours=ours)


def _authentication(
    message: Message, headers: Mapping[str, str], *, trusted_server: str, sender: str
) -> Authentication:
    """A signature of the whole mail cannot be looked at when only its beginning was fetched."""
    found = authentication_of(message, trusted_server=trusted_server, sender=sender)
    return replace(found, pending=False) if found.pending and headers.get("cut") else found


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _sender(message: Message, seal: Seal) -> Mailbox:
    """Who wrote. A form on the shop's own site writes from our address or from no-reply: then Reply-To is the customer."""
    from_ = mailboxes(message, "from")
    answers = [one for one in mailboxes(message, "reply-to") if not seal.is_ours(one.address)]
    if answers and (not from_ or seal.is_ours(from_[0].address) or is_robot(from_[0].address)):
        return answers[0]
    found = from_ or mailboxes(message, "sender") or mailboxes(message, "return-path")
    if found:
        return found[0]
    if _is_report(message):
        return Mailbox(name="", address=f"mailer-daemon@{seal.domain}")
    subject = decode(raw_header(message, "subject"))[:120]
    if subject:
        raise Unreadable(_("The mail “%(subject)s” does not say who sent it.") % {"subject": subject})
    raise Unreadable(_("The mail does not say who sent it."))


def _is_report(message: Message) -> bool:
    return message.get_content_type() == "multipart/report" or "<>" in raw_header(message, "return-path")


def _reply_remark(message: Message, sender: Mailbox, seal: Seal) -> list[str]:
    """The answer goes to the sender; another address in Reply-To is only shown, for it may be a thief's."""
    others = [one.address for one in mailboxes(message, "reply-to") if not seal.is_ours(one.address)]
    if not others or sender.address in others or any(is_robot(one) for one in others):
        return []
    return [_("The sender asks for answers to another address: %(address)s") % {"address": others[0]}]


def _named_conversation(message: Message, subject: str, seal: Seal, *, envelope: str) -> tuple[str, str]:
    """(conversation that a signed mark of ours names, conversation that the subject merely names)."""
    reached = mailboxes(message, "to", "cc", "delivered-to", "x-original-to", "envelope-to")
    signed = [seal.opened(address)[0] for address in (envelope, *(one.address for one in reached))]
    signed += [seal.number_in(one) for one in thread_of(message)]
    token = TOKEN.search(subject)
    return next((number for number in signed if number), ""), token[1] if token else ""


def text_in(opened: Opened) -> Text:
    """All pieces of the mail one after another, as plain text and, where any is HTML, as HTML."""
    plain: list[str] = []
    html: list[str] = []
    remote: list[str] = []
    pixels: list[str] = []
    for said, markup in opened.pieces:
        markup = _with_own_pictures(markup, opened)  # noqa: PLW2901 - The same text, its pictures named.
        clean = sanitise(markup) if markup.strip() else None
        if clean:
            remote += clean.remote_pictures
            pixels += clean.pixels
        plain.append(tidy(_readable(said, clean.html if clean else "", markup)).strip("\n"))
        html.append(tidy(clean.html) if clean and clean.html else _as_html(plain[-1]))
    has_html = any(markup.strip() for _said, markup in opened.pieces)
    whole = "\n\n".join(piece for piece in plain if piece.strip())
    return Text(
        plain=whole[:LONGEST_SHOWN],
        html="\n".join(html)[:LONGEST_HTML] if has_html else "",
        remote_pictures=tuple(dict.fromkeys(remote))[:MOST_PICTURES],
        pixels=tuple(dict.fromkeys(pixels))[:MOST_PICTURES],
    )


def _with_own_pictures(markup: str, opened: Opened) -> str:
    """The HTML naming by `cid:` the pictures that came with it under an address."""
    for location, cid in opened.located.items():
        for quote in ('"', "'"):
            markup = markup.replace(f"{quote}{escape(location)}{quote}", f"{quote}cid:{cid}{quote}")
    return markup


def _readable(said: str, clean: str, markup: str) -> str:
    """What a person reads of a text and the same in HTML: the plain one, if it says what the other says."""
    if clean and said.strip() and len(said) >= 0.2 * longest_text_of(clean) and not _sends_to_html(said):
        # However the HTML reads, it cannot be so much longer that the plain one is a stub.
        return said
    read = text_of(clean) if clean else bare_text(markup)
    return said if _plain_will_do(said, read) else read


def _plain_will_do(said: str, read: str) -> bool:
    """Whether the plain version says what the HTML one says; some programs leave a stub there."""
    if not said.strip():
        return False
    shorter = len(said) < 0.2 * len(read) and len(read) > 200
    return not shorter and not (_sends_to_html(said) and len(said) < len(read))


def _sends_to_html(said: str) -> bool:
    """ "Your program does not show HTML." The pattern is slow, and few texts name HTML at all."""
    return "html" in said.lower() and bool(NO_HTML_HERE.search(said))


def _as_html(text: str) -> str:
    return "<p>" + escape(text).replace("\n", "<br>") + "</p>" if text.strip() else ""


def without_repeats(files: list[File]) -> tuple[File, ...]:
    """Each file once: some programs enclose a picture both in the text and at its end, and an invitation in both too."""
    seen: dict[tuple[str, bytes, str], File] = {}
    for file in files:
        name = "" if file.content_type == CALENDAR else file.name
        seen.setdefault((name, file.content, file.cid), file)
    return tuple(seen.values())


def _one_each(invitations: list[Invitation]) -> tuple[Invitation, ...]:
    """Each event once, however many times it is enclosed."""
    return tuple({(one.uid, one.method, one.starts): one for one in reversed(invitations)}.values())[:20]
