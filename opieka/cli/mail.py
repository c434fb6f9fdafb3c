"""`opieka mail`: a mail server's pipe ends here, and the mail goes on to an inbox over HTTP.

It needs no settings and no database, so it runs beside the mail server, wherever that is. The status is one of
sysexits.h: 0 only once the mail is kept; 75 whenever a later attempt may succeed, wrong keys and addresses included,
so that no customer's mail bounces while somebody mends them; 65 for what will never be taken.
"""

import argparse
import hashlib
import hmac
import http.client
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any, NoReturn
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from opieka.cli.base import Command
from opieka.plumbing.words import _

DATA_ERROR, TRY_AGAIN = os.EX_DATAERR, os.EX_TEMPFAIL
SECONDS = 60
MOST_TOLD = 2000


class Later(Exception):
    """The mail must stay in the queue; the text goes into the mail server's log."""


class Never(Exception):
    """The mail will not be taken, however often it comes."""


class Mail(Command):
    """Reads one mail on standard input."""

    help = _("hand a mail from a mail server's pipe to an inbox")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--inbox", metavar="URL", required=True, help=_("the address from the inbox's settings"))
        parser.add_argument("--key-file", metavar="FILE", required=True, help=_("a file that holds the inbox's key"))
        parser.add_argument("--sender", default="", help=_("the envelope's sender"))
        parser.add_argument("--recipient", default="", help=_("the envelope's recipient"))
        # A mail server takes argparse's own status for a refusal and would send the mail back.
        parser.error = partial(_misused, parser)  # type: ignore[method-assign]

    def run(self, options: argparse.Namespace) -> int:
        try:
            hand_over(sys.stdin.buffer.read(), options)
        except Later as reason:
            sys.stderr.write(f"{reason}\n")
            return TRY_AGAIN
        except Never as reason:
            sys.stderr.write(f"{reason}\n")
            return DATA_ERROR
        return os.EX_OK


def _misused(parser: argparse.ArgumentParser, message: str) -> NoReturn:
    parser.exit(TRY_AGAIN, f"{message}\n")


def hand_over(mail: bytes, options: argparse.Namespace) -> None:
    """Returns once the mail is kept. Raises Later or Never."""
    mail = _without_mbox_line(mail)
    if not mail.strip():
        raise Never(_("The mail is empty."))
    if urlsplit(options.inbox).scheme not in {"http", "https"}:
        raise Later(_("--inbox is not a web address; copy it from the settings of the inbox."))
    request = Request(options.inbox, data=mail, method="POST", headers=_headers(mail, options))  # noqa: S310
    try:
        with build_opener(Unmoved, ProxyHandler({})).open(request, timeout=SECONDS) as answer:
            kept = answer.headers.get("Opieka-Kept")
    except HTTPError as refusal:
        raise _refused(refusal) from refusal
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Later(_("Opieka does not answer at %(url)s: %(why)s") % {"url": options.inbox, "why": error}) from error
    if not kept:
        raise Later(_("Something that is not Opieka answers at %(url)s.") % {"url": options.inbox})


def _without_mbox_line(mail: bytes) -> bytes:
    """Some pipes put `From sender date` before the header."""
    return mail.partition(b"\n")[2] if mail.startswith((b"From ", b">From ")) else mail


def _headers(mail: bytes, options: argparse.Namespace) -> dict[str, str]:
    try:
        key = Path(options.key_file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Later(_("The key cannot be read: %(why)s") % {"why": error}) from error
    headers = {
        "Content-Type": "message/rfc822",
        "X-Opieka-Signature": hmac.new(key.encode(), mail, hashlib.sha256).hexdigest(),
    }
    envelope = {"X-Envelope-From": options.sender, "X-Envelope-To": options.recipient}
    return headers | {
        name: value for name, value in envelope.items() if value and value.isascii() and value.isprintable()
    }


def _refused(refusal: HTTPError) -> Later | Never:
    said = refusal.read(MOST_TOLD).decode("utf-8", "replace").replace("\n", " ")
    sentence = f"{refusal.code}: {said}"
    return Never(sentence) if refusal.code == http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE else Later(sentence)


class Unmoved(HTTPRedirectHandler):
    """Follows nobody: what a redirected mail would become, only the other place knows."""

    def redirect_request(self, *_args: Any) -> None:
        return None
