"""A real Dovecot on free ports, in a folder of its own: for treating mail badly, and for the tests of mail."""

import base64
import hashlib
import hmac
import json
import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from smtplib import LMTP

from imapclient import IMAPClient

PASSWORD = "zielona-lampa"  # noqa: S105 - Of a server that lives for minutes.
PEOPLE = [("pomoc", "lampa.example"), ("anna", "poczta.example")]
TOKEN_SECRET = b"a secret only for tests, thirty-two"

DOVECOT = """
base_dir = {home}/run
state_dir = {home}/state
instance_name = opieka-{port}
log_path = {home}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_username_format = %Lu
recipient_delimiter = +
mail_location = maildir:{home}/mail/%u
mail_max_userip_connections = 100
imap_idle_notify_interval = 2 mins
first_valid_uid = 1
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {group}
passdb {{
  driver = passwd-file
  args = scheme=plain {home}/users
  mechanisms = plain login
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {home}/oauth2.conf
}}
userdb {{
  driver = passwd-file
  args = {home}/users
  override_fields = uid={owner} gid={owner_group} home={home}/mail/%u
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  user = {lmtp_user}
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth_port}
  }}
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
"""
OAUTH = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={home}/keys/
username_attribute = sub
"""


def free_port() -> int:
    """Below those that the system gives to outgoing connections: one of these could take it before a server does."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


def wait_for(port: int, *, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"Nothing listens on port {port}.")


def home_for(name: str) -> Path:
    """A folder that the servers' own users can enter; not under pytest's, which only its owner can."""
    home = Path(tempfile.mkdtemp(prefix=f"opieka-{name}-"))
    home.chmod(0o755)
    return home


@dataclass
class Dovecot:
    """Mailboxes on 127.0.0.1: IMAP, LMTP, and the login for Postfix."""

    home: Path = field(default_factory=lambda: home_for("dovecot"))
    port: int = field(default_factory=free_port)
    lmtp_port: int = field(default_factory=free_port)
    auth_port: int = field(default_factory=free_port)

    @staticmethod
    def found() -> str:
        return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin") or ""

    def start(self, *more: str) -> "Dovecot":
        """Listen, with mailboxes pomoc1@lampa.example, anna1@poczta.example and so on, and `more`."""
        root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid()).pw_name
        for folder in ("run", "state", "mail", "keys/default/HS256"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        # Dovecot looks at this file once a second at most, so the mailboxes of the tests are there from the start.
        numbered = [f"{name}{number}@{domain}" for number in range(1, 400) for name, domain in PEOPLE]
        self.add(*numbered, *more)
        if root:
            shutil.chown(self.home / "mail", "nobody", "nogroup")
        key = self.home / "keys/default/HS256/default"
        key.write_text(base64.b64encode(TOKEN_SECRET).decode())
        (self.home / "oauth2.conf").write_text(OAUTH.format(home=self.home))
        values = {
            "login": "dovenull" if root else me,
            "internal": "dovecot" if root else me,
            "group": "dovecot" if root else me,
            "owner": "nobody" if root else me,
            "owner_group": "nogroup" if root else str(os.getegid()),
            "lmtp_user": "root" if root else me,
        }
        text = DOVECOT.format(
            home=self.home, port=self.port, lmtp_port=self.lmtp_port, auth_port=self.auth_port, **values
        )
        (self.home / "dovecot.conf").write_text(text)
        self.resume()
        return self

    def resume(self) -> None:
        command = [self.found(), "-F", "-c", str(self.home / "dovecot.conf")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        wait_for(self.port)
        wait_for(self.lmtp_port)

    def stop(self) -> None:
        """Cut every connection and listen no more; the mailboxes stay."""
        self.process.terminate()
        self.process.wait(20)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def add(self, *addresses: str) -> None:
        with (self.home / "users").open("a") as users:
            users.writelines(f"{address}:{{PLAIN}}{PASSWORD}::::::\n" for address in addresses)

    def mailbox(self, address: str) -> IMAPClient:
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20)
        client.login(address, PASSWORD)
        return client

    def put(self, address: str, *mails: bytes, folder: str = "INBOX") -> None:
        """Lay mails straight into a mailbox."""
        with self.mailbox(address) as client:
            for mail in mails:
                client.append(folder, mail)

    def hand_in(self, address: str, mail: bytes, *, sender: str = "anna@poczta.example") -> None:
        """Deliver one mail as a mail server does."""
        with LMTP("127.0.0.1", self.lmtp_port) as server:
            server.sendmail(sender, [address], mail)

    def mails(self, address: str, *, count: int = 1, seconds: float = 20) -> list[bytes]:
        """What lies in a mailbox, as soon as there are so many."""
        end = time.monotonic() + seconds
        while True:
            with self.mailbox(address) as client:
                client.select_folder("INBOX", readonly=True)
                uids = client.search()
                if len(uids) >= count or time.monotonic() > end:
                    found = client.fetch(uids, ["BODY.PEEK[]"])
                    return [found[uid][b"BODY[]"] for uid in sorted(found)]
            time.sleep(0.1)

    def flags(self, address: str) -> list[tuple[bytes, ...]]:
        with self.mailbox(address) as client:
            client.select_folder("INBOX", readonly=True)
            return [
                tuple(flag for flag in said if flag != b"\\Recent")
                for said in client.get_flags(client.search()).values()
            ]

    @staticmethod
    def token(address: str, *, seconds: int = 600, secret: bytes = TOKEN_SECRET) -> str:
        """A signed access token, as a provider would give."""

        def packed(value: dict[str, object]) -> str:
            return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

        now = int(time.time())
        head = packed({"alg": "HS256", "typ": "JWT"})
        body = packed({"sub": address, "iat": now - 5, "exp": now + seconds})
        signature = hmac.new(secret, f"{head}.{body}".encode(), hashlib.sha256).digest()
        return f"{head}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
