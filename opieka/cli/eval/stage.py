"""Plays scripted mail threads inside a product of its own: `python -m opieka.cli.eval.stage FILE`.

One scenario a line: {"id", "tokens": {"SK-1": step}, "steps": [{"from", "to", "cc"?, "subject", "message_id",
"in_reply_to", "references", "date", "text", "headers"?, "expect"}]}. Steps are counted from 0. `expect` is "new",
"joins:<step>", "suggest", or null for a mail sent by support. "[#SK-1]" in a subject stands for our own token of the
conversation that was begun at that step.
"""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, getaddresses
from typing import Any

from opieka.cli.base import start_django

SUPPORT = "pomoc@sklep.example"
TOKEN = re.compile(r"\[#([A-Z]{1,5}-\d{1,12})\]")
ASCII = 128


def main() -> None:
    start_django()
    from opieka.plumbing.preparing import prepare

    prepare(with_backup=False)
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - A path given on the command line.
        scenarios = [json.loads(line) for line in file if line.strip()]
    support = Support.opened()
    wrong, steps, joined_wrongly = [], 0, 0
    for scenario in scenarios:
        for number, expected, outcome in support.played(scenario):
            steps += 1
            if outcome != expected:
                wrong.append(f"{scenario['id']} step {number}: expected {expected}, came out {outcome}")
                joined_wrongly += outcome.startswith("joins:")
    sys.stdout.write(json.dumps({"steps": steps, "wrong": wrong, "joined_wrongly": joined_wrongly}) + "\n")


@dataclass
class Thread:
    """What one scenario has come to: the conversation of each step, and of each Message-ID."""

    tokens: Mapping[str, int]
    conversations: dict[int, int] = field(default_factory=dict)
    by_id: dict[str, int] = field(default_factory=dict)

    def first_step_of(self, conversation: int) -> int | None:
        return next((step for step, known in self.conversations.items() if known == conversation), None)


@dataclass(frozen=True, kw_only=True)
class Support:
    """A shop with one mailbox, and one agent who answers from it."""

    inbox: Any
    agent: Any

    @classmethod
    def opened(cls) -> "Support":
        from opieka.accounts.actions import found
        from opieka.channels.actions import connect

        agent = found("Eval", email="owner@sklep.example", person="Owner")
        return cls(inbox=connect(agent.organisation, "email", name="Pomoc", cleaned={"address": SUPPORT}), agent=agent)

    def played(self, scenario: Mapping[str, Any]) -> list[tuple[int, str, str]]:
        """(step, what was expected, what came out) for each step that expects something; nothing of it stays."""
        from django.db import transaction

        thread, found = Thread(tokens=scenario.get("tokens") or {}), []
        with transaction.atomic():
            for number, step in enumerate(scenario["steps"]):
                if step.get("expect") is None:
                    self._answers(thread, number, step)
                else:
                    outcome = self._arrives(thread, number, step)
                    found.append((number, _in_words(step["expect"], thread), outcome))
            transaction.set_rollback(True)
        return found

    def _answers(self, thread: Thread, number: int, step: Mapping[str, Any]) -> None:
        from opieka.conversations import actions
        from opieka.conversations.models import Conversation, Delivery, Message

        named = re.findall(r"<[^<>]+>", f"{step.get('in_reply_to') or ''} {step.get('references') or ''}")
        known = next((thread.by_id[one] for one in named if one in thread.by_id), None)
        addressed = [address for _, address in getaddresses([step.get("to") or "", step.get("cc") or ""])]
        conversation = Conversation.objects.get(pk=known) if known else self._begun(step, to=addressed[0])
        own = {one.value for one in conversation.customer.identities.all()}
        copies = [address for address in addressed if address.lower() not in own]
        message = actions.reply(conversation, step.get("text") or "…", by=self.agent, copies=copies)
        message_id = step.get("message_id") or ""
        if message_id:
            Message.objects.filter(pk=message.pk).update(external_id=message_id)
            Delivery.objects.filter(message=message).update(external_id=message_id, state="accepted")
        self._remember(thread, number, step, conversation.pk)

    def _begun(self, step: Mapping[str, Any], *, to: str) -> Any:
        from opieka.conversations import actions

        return actions.begin(self.inbox, to=to, subject=_subject(step, {}))

    def _arrives(self, thread: Thread, number: int, step: Mapping[str, Any]) -> str:
        from opieka.channels.actions import keep
        from opieka.channels.base import Hook
        from opieka.channels.events import RawArrived
        from opieka.channels.queries import channel_of
        from opieka.conversations import actions
        from opieka.conversations.models import Message

        hook = Hook(body=_mail(step, self._marks(thread)), headers={}, content_type="message/rfc822")
        raw, _new = keep(self.inbox, hook, dedupe_key=channel_of(self.inbox).dedupe_key(hook))
        actions.take_in(RawArrived(organisation_id=raw.organisation_id, raw_id=raw.pk, inbox_id=self.inbox.pk))
        message = Message.objects.filter(raw=raw).first()
        if message is None:
            return "unclear"
        before = thread.first_step_of(message.conversation_id)
        self._remember(thread, number, step, message.conversation_id)
        if before is not None:
            return f"joins:{before}"
        return "suggest" if message.extra.get("maybe") else "new"

    def _remember(self, thread: Thread, number: int, step: Mapping[str, Any], conversation: int) -> None:
        from opieka.conversations.models import Conversation

        thread.conversations[number] = conversation
        if step.get("message_id"):
            thread.by_id[step["message_id"].strip()] = conversation
        # The mail came when it says it did, not now.
        Conversation.objects.filter(pk=conversation).update(last_message_at=_moment(step))

    def _marks(self, thread: Thread) -> dict[str, int]:
        """The number of the conversation that each token of the scenario stands for, once it has begun."""
        from opieka.conversations.models import Conversation

        begun = {token: thread.conversations.get(step) for token, step in thread.tokens.items()}
        return {token: Conversation.objects.get(pk=known).number for token, known in begun.items() if known is not None}


def _in_words(expected: str, thread: Thread) -> str:
    """ "joins:5" as the first step of the same conversation, so that any of its steps may be named."""
    if not expected.startswith("joins:"):
        return expected
    conversation = thread.conversations.get(int(expected.removeprefix("joins:")))
    first = thread.first_step_of(conversation) if conversation is not None else None
    return expected if first is None else f"joins:{first}"


def _mail(step: Mapping[str, Any], marks: Mapping[str, int]) -> bytes:
    """The mail as a program would have sent it."""
    fields = [
        ("From", _people(step.get("from") or "")),
        ("To", _people(step.get("to") or "")),
        ("Cc", _people(step.get("cc") or "")),
        ("Subject", _encoded(_subject(step, marks))),
        ("Message-ID", step.get("message_id") or ""),
        ("In-Reply-To", step.get("in_reply_to") or ""),
        ("References", step.get("references") or ""),
        ("Date", format_datetime(_moment(step))),
        *(step.get("headers") or {}).items(),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
    ]
    head = "".join(f"{name}: {str(value).strip()}\n" for name, value in fields if str(value).strip())
    return f"{head}\n{step.get('text') or ''}\n".encode()


def _subject(step: Mapping[str, Any], marks: Mapping[str, int]) -> str:
    subject = step.get("subject") or ""
    return TOKEN.sub(lambda found: f"[#{marks[found[1]]}]" if found[1] in marks else found[0], subject)


def _encoded(value: str) -> str:
    return value if all(ord(sign) < ASCII for sign in value) else Header(value, "utf-8", maxlinelen=900).encode()


def _people(value: str) -> str:
    """Names encoded, addresses as they are."""
    if all(ord(sign) < ASCII for sign in value):
        return value
    pairs = getaddresses([value])
    return ", ".join(f"{_encoded(name)} <{address}>" if name else address for name, address in pairs)


def _moment(step: Mapping[str, Any]) -> datetime:
    found = datetime.fromisoformat(step["date"])
    return found if found.tzinfo else found.replace(tzinfo=UTC)


if __name__ == "__main__":
    main()
