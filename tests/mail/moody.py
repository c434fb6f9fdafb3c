"""An SMTP server with moods: it refuses, puts off or breaks the connection where a test wants it to."""

from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller

from tests.mail.servers import free_port


@dataclass
class Moody:
    """`sender`, `rcpt` and `data` are the answers, "" where all is well; "cut" breaks the connection after the mail was taken, in silence."""

    sender: str = ""
    rcpt: dict[str, str] = field(default_factory=dict)
    data: str = "250 2.0.0 Ok"
    taken: list[bytes] = field(default_factory=list)
    tries: int = 0

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if not self.sender:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.sender or "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.tries += 1
        if self.data == "cut":
            self.taken.append(envelope.content)
            server.transport.abort()
        elif self.data.startswith("250"):
            self.taken.append(envelope.content)
        return self.data

    def start(self) -> int:
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port(), data_size_limit=2_000_000)
        self.controller.start()
        return int(self.controller.port)

    def stop(self) -> None:
        self.controller.stop()
