"""A real Postfix for the tests of mail, beside the Dovecot that `opieka chaos` uses too."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from opieka.cli.chaos.dovecot import PASSWORD, TOKEN_SECRET, Dovecot, free_port, home_for, wait_for

__all__ = ["PASSWORD", "TOKEN_SECRET", "Dovecot", "Postfix", "free_port"]

MAIN_CF = """
compatibility_level = 3.6
queue_directory = {home}/spool
data_directory = {home}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.test.example
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
maillog_file = {home}/log/maillog
maillog_file_prefixes = {home}
virtual_mailbox_domains = lampa.example, poczta.example
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
default_transport = error:5.1.2 there is no other mail server in the test
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth_port}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions =
smtpd_tls_security_level = none
smtputf8_enable = no
message_size_limit = 60000000
mailbox_size_limit = 0
delay_warning_time = 0
"""
MASTER_CF = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """A real mail transfer agent that delivers into Dovecot, queues, and sends delivery reports.

    `main` takes the place of settings of main.cf, and `master` is more lines of master.cf.
    """

    dovecot: Dovecot
    home: Path = field(default_factory=lambda: home_for("postfix"))
    port: int = field(default_factory=free_port)
    main: dict[str, str] = field(default_factory=dict)
    master: str = ""

    @staticmethod
    def found() -> bool:
        return os.geteuid() == 0 and Path("/usr/sbin/postfix").exists()

    def start(self) -> "Postfix":
        for folder in ("conf", "spool", "data", "log"):
            (self.home / folder).mkdir()
        shutil.chown(self.home / "data", "postfix")
        values = {"home": self.home, "port": self.port}
        main = MAIN_CF.format(**values, lmtp_port=self.dovecot.lmtp_port, auth_port=self.dovecot.auth_port)
        # A setting that stands twice is warned of by every process, postlogd too, and so often that it hangs on itself.
        settings = dict(line.split(" =", 1) for line in main.strip().splitlines()) | self.main
        text = "".join(f"{name} ={'' if value.startswith(' ') else ' '}{value}\n" for name, value in settings.items())
        (self.home / "conf/main.cf").write_text(text)
        (self.home / "conf/master.cf").write_text(MASTER_CF.format(**values) + self.master)
        self._postfix("start")
        wait_for(self.port)
        return self

    def flush(self) -> None:
        """Try everything in the queue once more, now."""
        self._postfix("flush")

    def waiting(self) -> int:
        """How many mails lie in the queue."""
        command = ["/usr/sbin/postqueue", "-c", str(self.home / "conf"), "-j"]
        return len(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines())

    def _postfix(self, verb: str) -> None:
        done = subprocess.run(
            ["/usr/sbin/postfix", "-c", str(self.home / "conf"), verb], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr + done.stdout)

    def close(self) -> None:
        self._postfix("stop")
        shutil.rmtree(self.home, ignore_errors=True)
