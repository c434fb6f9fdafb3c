"""Handing a mail over to an SMTP server, and knowing exactly how far that got."""

import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from django.utils.translation import gettext as _

from opieka.channels.base import Connection, TryLater, Unsure, WontWork
from opieka.channels.email.answers import explain, no_such_address
from opieka.channels.email.oauth import access_token

CONNECT_SECONDS = 20
ANSWER_SECONDS = 75


def hand_over(connection: Connection, payload: bytes, *, sender: str, recipients: Sequence[str]) -> str:
    """Give the mail to the server, `recipients` with the main one first.

    Returns "" or a sentence about copies that were refused. Raises TryLater or WontWork while it certainly has not
    been taken, and Unsure from the moment it may have been.
    """
    with logged_in(connection) as server:
        _check_size(server, payload)
        _expect(server.mail(sender), host_of(connection))
        refused = _recipients(server, recipients)
        _expect(server.docmd("DATA"), host_of(connection), wanted=354)
        return _transfer(server, payload) or refused


def _transfer(server: smtplib.SMTP, payload: bytes) -> str:
    dotted = re.sub(rb"(?m)^\.", b"..", payload.rstrip(b"\r\n") + b"\r\n")
    try:
        server.send(dotted + b".\r\n")
    except (smtplib.SMTPException, OSError) as error:
        # The dot that ends the mail never left completely, so no server may act on it.
        raise TryLater(_("The connection broke while the mail was being sent.")) from error
    try:
        code, answer = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise Unsure(_("The connection broke before the mail server said whether it took the mail.")) from error
    _expect((code, answer), "")
    return ""


def _recipients(server: smtplib.SMTP, recipients: Sequence[str]) -> str:
    refused = []
    for position, recipient in enumerate(recipients):
        code, answer = server.rcpt(recipient)
        if code in {250, 251}:
            continue
        if position == 0:
            _expect((code, answer), "")
        refused.append(f"{recipient}: {explain(_words(answer), code=code)}")
    return _("Copies that were refused: %(refused)s") % {"refused": "; ".join(refused)} if refused else ""


def _check_size(server: smtplib.SMTP, payload: bytes) -> None:
    limit = server.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(payload):
        sizes = {"size": len(payload) // 1_048_576 + 1, "limit": int(limit) // 1_048_576}
        raise WontWork(_("The mail has %(size)d MB; the mail server takes at most %(limit)d MB.") % sizes)


def _expect(answered: tuple[int, bytes], host: str, *, wanted: int = 250) -> None:
    code, answer = answered
    if code == wanted:
        return
    if code == -1:
        raise TryLater(_silence(host))
    sentence = explain(_words(answer), code=code)
    if 500 <= code < 600:
        raise WontWork(sentence, no_such_address=code in {550, 553} and no_such_address(_words(answer)))
    raise TryLater(sentence)


def _words(answer: bytes) -> str:
    return answer.decode("utf-8", "replace")


def _silence(host: str) -> str:
    return (
        _("The mail server %(host)s does not answer.") % {"host": host}
        if host
        else _("The mail server does not answer.")
    )


def host_of(connection: Connection) -> str:
    return str(connection.settings.get("smtp_host", ""))


@contextmanager
def logged_in(connection: Connection) -> Iterator[smtplib.SMTP]:
    """A connection that the server lets send. Errors of the network and of the login come out as ours."""
    host = host_of(connection)
    server: smtplib.SMTP | None = None
    try:
        server = _connect(connection, host)
        _log_in(server, connection)
        if server.sock:
            server.sock.settimeout(ANSWER_SECONDS)
        yield server
    except ssl.SSLCertVerificationError as error:
        raise TryLater(_("The certificate of %(host)s is not to be trusted: %(why)s") % _why(host, error)) from error
    except smtplib.SMTPResponseException as error:
        sentence = explain(
            _words(bytes(error.smtp_error)) if isinstance(error.smtp_error, bytes) else error.smtp_error,
            code=error.smtp_code,
        )
        raise (WontWork if 500 <= error.smtp_code < 600 else TryLater)(sentence) from error
    except smtplib.SMTPNotSupportedError as error:
        raise WontWork(
            _("The mail server %(host)s does not offer what was set: %(why)s") % _why(host, error)
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater(_silence(host)) from error
    finally:
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()


def _why(host: str, error: Exception) -> dict[str, str]:
    return {"host": host, "why": str(getattr(error, "verify_message", "") or error)[:200]}


def _connect(connection: Connection, host: str) -> smtplib.SMTP:
    settings = connection.settings
    port = int(settings.get("smtp_port") or 587)
    # The name we greet with; the system's own name may need a slow look-up and says nothing to the server.
    name = str(settings.get("address", "")).rpartition("@")[2] or "localhost"
    greeting = name if name.isascii() else "localhost"
    security = settings.get("smtp_security", "starttls")
    if security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, local_hostname=greeting, timeout=CONNECT_SECONDS, context=context)
    server = smtplib.SMTP(host, port, local_hostname=greeting, timeout=CONNECT_SECONDS)
    if security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server


def _log_in(server: smtplib.SMTP, connection: Connection) -> None:
    settings = connection.settings
    server.ehlo_or_helo_if_needed()
    user = str(settings.get("smtp_user") or settings.get("imap_user") or settings.get("address", ""))
    if settings.get("login") == "oauth":
        _log_in_with_token(server, connection, user)
        return
    password = connection.secrets.get("smtp_password") or connection.secrets.get("imap_password", "")
    # A relay in the same house may take mail without a login; offering one it does not know would fail.
    if password and server.has_extn("auth"):
        server.login(user, password)


def _log_in_with_token(server: smtplib.SMTP, connection: Connection, user: str) -> None:
    for renew in (False, True):
        said = f"user={user}\1auth=Bearer {access_token(connection, renew=renew)}\1\1"
        try:
            server.auth("XOAUTH2", lambda challenge=None, said=said: said if challenge is None else "")
            return
        except smtplib.SMTPAuthenticationError:
            if renew:
                raise
