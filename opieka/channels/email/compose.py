"""Writing a mail: plain text with a simple HTML twin, the customer's words quoted below, files, and its place in the thread."""

import re
from dataclasses import dataclass
from email import charset
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from opieka.channels.base import File, Outbound, WontWork
from opieka.channels.email.headers import normal_address, tidy
from opieka.channels.email.keys import NO_ID

UTF8 = charset.Charset("utf-8")
UTF8.body_encoding = charset.QP
MOST_QUOTED_LINES = 300
MOST_QUOTED = 20_000
MOST_REFERENCES = 20
LINK = re.compile(r"https?://[^\s<>\"„”]+[^\s<>\"„”.,;:!?)\]]")
MEDIA_TYPE = re.compile(r"^[a-z]+/[a-z0-9.+-]+$")
FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:15px;line-height:1.5;color:#1c1b19"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Whose mail it is: the inbox's address, the name shown, its signature, and where answers go."""

    address: str
    name: str
    signature: str = ""
    reply_to: str = ""
    shows_number: bool = False


def compose(outbound: Outbound, *, sender: Sender, message_id: str) -> bytes:
    """The whole mail as it goes over the wire. The same outbound makes the same mail, but for its date."""
    with translation.override(outbound.language):
        parts = [tidy(outbound.text).strip(), _signature(outbound, sender), _disclosure(outbound)]
        above = "\n\n".join(part for part in parts if part)
        quoted, introduction = _quoted(outbound), _introduction(outbound)
        message = _body(above, introduction, quoted, outbound.files)
        _address(message, outbound, sender)
        subject = _subject(outbound, sender)
        # As an object, so that it is folded only once; typeshed knows only text here.
        message["Subject"] = Header(subject, "us-ascii" if subject.isascii() else "utf-8")  # type: ignore[assignment]
    message["Date"] = format_datetime(timezone.localtime())
    message["Message-ID"] = message_id
    _place_in_thread(message, outbound)
    if outbound.automatic:
        message["Auto-Submitted"] = "auto-replied" if outbound.in_reply_to else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n", max_line_length=SMTP.max_line_length))


def one_line(text: str) -> str:
    """Safe in a header: no line ends, nothing invisible."""
    return " ".join(tidy(text).split())


def _address(message: Message, outbound: Outbound, sender: Sender) -> None:
    message["From"] = _mailbox(sender.name, sender.address)
    message["To"] = _mailbox(outbound.recipient_name, outbound.recipient)
    if outbound.copies:
        message["Cc"] = ", ".join(_mailbox("", copy) for copy in outbound.copies)
    if sender.reply_to:
        message["Reply-To"] = _mailbox(sender.name, sender.reply_to)


def _mailbox(name: str, address: str) -> str:
    return formataddr((one_line(name)[:120], wire_address(address)))


def wire_address(address: str) -> str:
    """The address as SMTP takes it; a domain with Polish letters in its ASCII form. Raises WontWork."""
    local, _at, domain = normal_address(address).rpartition("@")
    try:
        local.encode("ascii")
        return f"{local}@{domain.encode('idna').decode()}" if local and domain else _no_address(address)
    except UnicodeError:
        return _no_address(address)


def _no_address(address: str) -> str:
    raise WontWork(_("“%(address)s” is not an address that mail can be sent to.") % {"address": address[:100]})


def _subject(outbound: Outbound, sender: Sender) -> str:
    subject = one_line(outbound.subject) or str(_("Your message"))
    if sender.shows_number and outbound.conversation:
        subject = f"{subject} [#{outbound.conversation}]"
    return f"Re: {subject}" if outbound.in_reply_to else subject


def _place_in_thread(message: Message, outbound: Outbound) -> None:
    """In-Reply-To and References hold only ids that mails really bear."""
    answered = _real_id(outbound.in_reply_to)
    ids = [_real_id(one) for one in (*outbound.references, outbound.in_reply_to)]
    known = list(dict.fromkeys(one for one in ids if one))
    if answered:
        message["In-Reply-To"] = answered
    if known:
        kept = known if len(known) <= MOST_REFERENCES else [known[0], *known[1 - MOST_REFERENCES :]]
        message["References"] = " ".join(kept)


def _real_id(external_id: str) -> str:
    """The Message-ID in our own note of it, which may have a mark after it; "" for an id that we made up."""
    found = re.match(r"<[^<>\s]+@[^<>\s]+>|<[^<>\s]+>", external_id)
    return "" if not found or found[0].endswith((NO_ID, "@too-long.invalid>")) else found[0]


def _signature(outbound: Outbound, sender: Sender) -> str:
    """The inbox's signature; {name} in it is the agent's name, and a line with it goes when no agent wrote."""
    lines = sender.signature.strip().splitlines()
    if not outbound.author_name:
        lines = [line for line in lines if "{name}" not in line]
    return "\n".join(line.replace("{name}", one_line(outbound.author_name)) for line in lines).strip()


def _disclosure(outbound: Outbound) -> str:
    if not outbound.machine:
        return ""
    return str(
        _("This answer was written by an automatic assistant. To reach a person, it is enough to write back “person”.")
    )


def _introduction(outbound: Outbound) -> str:
    if not outbound.quoted.strip():
        return ""
    name = one_line(outbound.quoted_by) or outbound.recipient
    if outbound.quoted_at is None:
        return str(_("%(name)s wrote:") % {"name": name})
    said = {"date": f"{outbound.quoted_at:%d.%m.%Y}", "time": f"{outbound.quoted_at:%H:%M}", "name": name}
    return str(_("On %(date)s at %(time)s %(name)s wrote:") % said)


def _quoted(outbound: Outbound) -> str:
    lines = tidy(outbound.quoted).strip()[:MOST_QUOTED].splitlines()
    return "\n".join([*lines[:MOST_QUOTED_LINES], "[…]"] if len(lines) > MOST_QUOTED_LINES else lines)


def _body(above: str, introduction: str, quoted: str, files: tuple[File, ...]) -> Message:
    marked = "\n".join(f"> {line}".rstrip() for line in quoted.splitlines())
    plain = f"{above}\n\n{introduction}\n{marked}\n" if quoted else f"{above}\n"
    html = f'<div style="{FONT}">{paragraphs(above)}</div>'
    if quoted:
        style = "margin:0;padding-left:12px;border-left:2px solid #d5d1c8;color:#5d594f"
        html += f'<div style="{FONT};margin-top:20px"><p style="margin:0 0 8px">{escape(introduction)}</p>'
        html += f'<blockquote type="cite" style="{style}">{paragraphs(quoted)}</blockquote></div>'
    both = MIMEMultipart("alternative")
    both.attach(_text(plain, "plain"))
    both.attach(_text(f"<!doctype html><html><body>{html}</body></html>", "html"))
    if not files:
        return both
    whole = MIMEMultipart("mixed")
    whole.attach(both)
    for file in files:
        whole.attach(_attached(file))
    return whole


def _text(text: str, kind: str) -> MIMEText:
    part = MIMEText("", kind, "utf-8")
    del part["Content-Transfer-Encoding"]
    part.set_payload(text.encode("utf-8"), UTF8)
    return part


def _attached(file: File) -> MIMEBase:
    from email.encoders import encode_base64

    kind = file.content_type.lower()
    # An enclosed mail may not be base64 under its own type, and a made-up type may break the header.
    fits = MEDIA_TYPE.match(kind) and not kind.startswith(("message/", "multipart/"))
    main, _slash, sub = (kind if fits else "application/octet-stream").partition("/")
    part = MIMEBase(main, sub)
    part.set_payload(file.content)
    encode_base64(part)
    name = one_line(file.name) or "plik"
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return part


def paragraphs(text: str) -> str:
    """Plain text as simple HTML: paragraphs, line ends, links."""
    blocks = [block for block in re.split(r"\n{2,}", text) if block.strip()]
    return "".join(f'<p style="margin:0 0 12px">{_linked(block.strip(chr(10)))}</p>' for block in blocks)


def _linked(text: str) -> str:
    out, end = "", 0
    for found in LINK.finditer(text):
        out += escape(text[end : found.start()])
        out += f'<a href="{escape(found[0])}">{escape(found[0])}</a>'
        end = found.end()
    return (out + escape(text[end:])).replace("\n", "<br>\n")
