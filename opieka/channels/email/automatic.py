"""Mail that no person wrote: out-of-office, receipts, newsletters, delivery reports. RFC 3834 and its relatives."""

import re
from email.message import Message

from opieka.channels.email.headers import decode, parameters, raw_header

ROBOTS = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|nie-?odpowiadaj|noreply-.*|bounces?|bounce[+-].*|daemon|"
    r"auto-?respond(?:er)?|autoodpowiedz)(?:[+.-].*)?@",
    re.IGNORECASE,
)
SUBJECTS = re.compile(
    r"(?i)^\s*\W{0,3}(?:automatyczna odpowied[źz]|odpowied[źz] automatyczna|auto\s?odpowied[źz]|autoresponder|"
    r"poza biurem|nieobecno[śs][ćc]|nieobecn[yae]\b|urlop\b|jestem na urlopie|przebywam na urlopie|"
    r"automatic reply|auto(?:matic)?[- ]?re(?:ply|sponse)|out of (?:the )?office|vacation|abwesenheit\w*|"
    r"undelivered mail|delivery status notification|mail delivery (?:failed|failure|system)|returned mail|"
    r"undeliverable|niedor[ęe]czon[ay]|nie mo[żz]na dor[ęe]czy[ćc]|zwrot wiadomo[śs]ci|failure notice)"
)
BULK = {"bulk", "junk", "list", "auto_reply"}


def is_robot(address: str) -> bool:
    """An address behind which nobody reads."""
    return bool(ROBOTS.match(address))


def is_automatic(message: Message, *, sender: str) -> bool:
    """Whether a program sent this. It is read all the same; it only starts no answer, survey or clock."""
    said = parameters(raw_header(message, "auto-submitted"))[0]
    if said and said != "no":
        return True
    if any(raw_header(message, name) for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "list-id")):
        return True
    if (
        raw_header(message, "x-auto-response-suppress")
        and raw_header(message, "x-auto-response-suppress").lower() != "none"
    ):
        return True
    if raw_header(message, "precedence").lower() in BULK or "".join(raw_header(message, "return-path").split()) == "<>":
        return True
    if message.get_content_type() == "multipart/report" or is_robot(sender):
        return True
    return bool(SUBJECTS.match(decode(raw_header(message, "subject"))))
