"""A mailbox read over IMAP: what is new in it, and waiting for more. Nothing in it is ever marked, moved or deleted."""

import imaplib
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from opieka.channels.base import Connection, Polled, TryLater, WontWork
from opieka.channels.email.oauth import access_token

if TYPE_CHECKING:
    from imapclient import IMAPClient

CONNECT_SECONDS, READ_SECONDS = 20, 60
# RFC 2177 allows 29 minutes; routers at home forget a silent connection sooner.
IDLE_SECONDS = 9 * 60
# One connection can wait in one folder only; the others are looked at this often.
OTHER_FOLDERS_SECONDS = 60
WITHOUT_IDLE_SECONDS = 30
SLICE_SECONDS = 1.0
# A mail may be stamped before the inbox was connected and still be a new one: clocks differ.
GRACE = timedelta(minutes=10)
FOR_NOW = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "TOO MANY", "TEMPORAR", "TRY AGAIN", "[SERVERBUG]", "[CONTACTADMIN]")


def folders_of(connection: Connection) -> list[str]:
    """The folders to read, the first of them with IDLE."""
    named = str(connection.settings.get("folders", "")).replace("\n", ",").split(",")
    return [name.strip() for name in named if name.strip()] or ["INBOX"]


def identity_of(connection: Connection) -> str:
    """Which mailbox a cursor belongs to: after a move to another server its numbers mean nothing."""
    settings = connection.settings
    return f"{user_of(connection)}@{settings.get('imap_host', '')}".lower()


def user_of(connection: Connection) -> str:
    return str(connection.settings.get("imap_user") or connection.settings.get("address", ""))


@contextmanager
def opened(connection: Connection) -> Iterator["IMAPClient"]:
    """A logged-in connection. Errors of the network, the certificate and the login come out as ours."""
    import imapclient.exceptions as trouble

    client: IMAPClient | None = None
    host = str(connection.settings.get("imap_host", ""))
    try:
        client = _connect(connection, host)
        _log_in(client, connection)
        yield client
    except ssl.SSLCertVerificationError as error:
        why = {"host": host, "why": error.verify_message}
        raise TryLater(_("The certificate of %(host)s is not to be trusted: %(why)s") % why) from error
    except trouble.LoginError as error:
        raise _refused_login(str(error)) from error
    except (trouble.IMAPClientError, OSError) as error:
        raise TryLater(_in_plain_words(host, error)) from error
    finally:
        if client:
            with suppress(trouble.IMAPClientError, OSError):
                client.shutdown()


def _in_plain_words(host: str, error: Exception) -> str:
    """What a person can make of a broken connection."""
    if isinstance(error, socket.gaierror):
        return _("There is no server %(host)s, or this machine cannot reach the network.") % {"host": host}
    if isinstance(error, ConnectionRefusedError):
        return _("The mail server %(host)s takes no connections.") % {"host": host}
    if isinstance(error, TimeoutError):
        return _("The mail server %(host)s does not answer.") % {"host": host}
    why = {"host": host, "why": " ".join(str(error).split())[:200]}
    return _("The connection with the mailbox at %(host)s broke: %(why)s") % why


def _connect(connection: Connection, host: str) -> "IMAPClient":
    from imapclient import IMAPClient, SocketTimeout

    # A mailbox of a million mails may answer a search with one line of several megabytes.
    imaplib._MAXLINE = max(imaplib._MAXLINE, 50_000_000)  # type: ignore[attr-defined]  # noqa: SLF001
    settings = connection.settings
    security = settings.get("imap_security", "tls")
    context = ssl.create_default_context() if security != "none" else None
    client = IMAPClient(
        host,
        port=int(settings.get("imap_port") or 993),
        ssl=security == "tls",
        ssl_context=context if security == "tls" else None,
        timeout=SocketTimeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
    )
    client.normalise_times = False
    _keep_alive(client.socket())
    if security == "starttls":
        client.starttls(context)
    return client


def _keep_alive(line: socket.socket) -> None:
    """A line that was cut without a word is noticed within a minute, not at the end of a long wait."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in ((socket.TCP_KEEPIDLE, 30), (socket.TCP_KEEPINTVL, 10), (socket.TCP_KEEPCNT, 3)):
        line.setsockopt(socket.IPPROTO_TCP, option, value)


def _log_in(client: "IMAPClient", connection: Connection) -> None:
    from imapclient.exceptions import LoginError

    user = user_of(connection)
    if connection.settings.get("login") != "oauth":
        client.login(user, connection.secrets.get("imap_password", ""))
        return
    try:
        client.oauth2_login(user, access_token(connection))
    except LoginError:
        # The provider may have ended the token before its time; a fresh one decides.
        client.oauth2_login(user, access_token(connection, renew=True))


def _refused_login(answer: str) -> TryLater | WontWork:
    if any(word in answer.upper() for word in FOR_NOW):
        return TryLater(_("The mailbox does not let us in at the moment: %(why)s") % {"why": answer[:200]})
    return WontWork(_("The mailbox does not accept the login: %(why)s") % {"why": answer[:200]})


def select(client: "IMAPClient", folder: str) -> Mapping[bytes, Any]:
    """Open the folder for reading only. Raises WontWork when it does not exist."""
    import imapclient.exceptions as trouble

    try:
        found: Mapping[bytes, Any] = client.select_folder(folder, readonly=True)
    except trouble.IMAPClientAbortError:
        raise
    except trouble.IMAPClientError as error:
        raise WontWork(_("The mailbox has no folder “%(folder)s”.") % {"folder": folder}) from error
    return found


def listen(connection: Connection, cursor: Mapping[str, Any], stop: Event) -> Iterator[Polled]:
    """Everything new, then everything that comes, over one connection."""
    from opieka.channels.email.sync import sync

    folders = folders_of(connection)
    with opened(connection) as client:
        while not stop.is_set():
            for folder in reversed(folders):
                for polled in sync(client, connection, folder, cursor):
                    cursor = polled.cursor
                    yield polled
                    if stop.is_set():
                        return
            # The folder that is read last is the one to wait in.
            yield Polled(items=(), cursor=cursor)
            _wait(client, stop, longest=IDLE_SECONDS if len(folders) == 1 else OTHER_FOLDERS_SECONDS)


def news(client: "IMAPClient") -> bool:
    """Whether the server has mentioned new mail since the last time this was asked.

    It may do so within the answer to any command; imaplib files such lines here and nobody else looks.
    """
    return client._imap.untagged_responses.pop("EXISTS", None) is not None  # noqa: SLF001


def _wait(client: "IMAPClient", stop: Event, *, longest: float) -> None:
    """Until the server tells of a change, `stop` is set, or it is time to look anyway."""
    if not client.has_capability("IDLE"):
        stop.wait(min(longest, WITHOUT_IDLE_SECONDS))
        return
    until = time.monotonic() + longest
    client.idle()
    if not news(client) and not _read_already(client):
        _idle(client, stop, until)
    client.idle_done()


def _read_already(client: "IMAPClient") -> bool:
    """Whether news came in one piece with the leave to idle: it then waits in a buffer, where no poll will see it."""
    client.socket().setblocking(False)
    try:
        return bool(client._imap.file.peek(1))  # noqa: SLF001
    except ssl.SSLWantReadError:
        return False
    finally:
        client.socket().settimeout(READ_SECONDS)


def _idle(client: "IMAPClient", stop: Event, until: float) -> None:
    quick = 0
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        started = time.monotonic()
        said = client.idle_check(timeout=min(SLICE_SECONDS, left))
        if any(len(line) > 1 and line[1] in {b"EXISTS", b"EXPUNGE", b"RECENT"} for line in said):
            return
        # A dead connection is readable at once and says nothing.
        quick = quick + 1 if not said and time.monotonic() - started < SLICE_SECONDS / 4 else 0
        if quick >= 5:
            raise ConnectionResetError("the server closed the connection")


def first_day(connection: Connection) -> datetime:
    """From when on mail counts: since the inbox was connected, less the days of history the owner wants."""
    since = connection.since or datetime.now(UTC)
    return since - GRACE - timedelta(days=int(connection.settings.get("history_days") or 0))
