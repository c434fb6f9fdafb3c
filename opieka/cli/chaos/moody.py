"""An SMTP server with moods, drawn by dice. It keeps every mail it took, as often as it took it: it merges nothing."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from typing import Any

from opieka.cli.chaos.dovecot import free_port
from opieka.plumbing.trial import Failed

HANG_SECONDS = 100.0


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One mail that was taken: who it was for, its id, and whether the sender could know that it was taken."""

    recipient: str
    message_id: str
    said_so: bool


@dataclass
class MoodyServer:
    """`moods` are chances: "busy" (4xx), "cut" (the line breaks before DATA), "silent" (taken, and the line breaks).

    `fates` are what happens to one recipient however often it is tried: "refuse" (5xx), "hang" (taken, and nothing is
    said for longer than anybody waits).
    """

    dice: random.Random
    moods: Mapping[str, float] = field(default_factory=dict)
    fates: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def start(self) -> int:
        """The port it listens on. Raises Failed where aiosmtpd is missing."""
        try:
            from aiosmtpd.controller import Controller
        except ImportError as missing:
            raise Failed("The SMTP server of this trial is missing: pip install aiosmtpd") from missing
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()
        return int(self._controller.port)

    def stop(self) -> None:
        self._controller.stop()

    def doubled(self) -> int:
        """How many copies too many lie in the recipients' mailboxes."""
        return sum(times - 1 for times in Counter((one.recipient, one.message_id) for one in self.taken).values())

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name.
        if self.fates.get(address.lower()) == "refuse":
            self.refused[address.lower()] += 1
            return "550 5.1.1 There is no such mailbox."
        if self._in_the_mood("busy"):
            return "451 4.3.0 Busy, please try later."
        if self._in_the_mood("cut"):
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name.
        if self._in_the_mood("busy"):
            return "452 4.2.2 Busy, please try later."
        silent = self._hangs(envelope.rcpt_tos) or self._in_the_mood("silent")
        message_id = str(BytesHeaderParser().parsebytes(envelope.content)["Message-ID"]).strip()
        for recipient in envelope.rcpt_tos:
            self.taken.append(Taken(recipient=recipient.lower(), message_id=message_id, said_so=not silent))
        if silent:
            await asyncio.sleep(HANG_SECONDS if self._hangs(envelope.rcpt_tos) else 0)
            server.transport.abort()
        return "250 2.0.0 Taken."

    def _in_the_mood(self, mood: str) -> bool:
        return self.dice.random() < self.moods.get(mood, 0)

    def _hangs(self, recipients: Sequence[str]) -> bool:
        return any(self.fates.get(one.lower()) == "hang" for one in recipients)
