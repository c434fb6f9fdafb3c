"""One conversation while it is being written: who says what, and how long they take."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from opieka.demo import shelf
from opieka.demo.seeds import Weighted
from opieka.demo.words import Scenario, common, fill, surrounding, typed
from opieka.demo.working_time import after_working, is_open, utc

Row = dict[str, Any]
DELIVERIES = Weighted([("delivered", 85.0), ("accepted", 14.1), ("failed", 0.6), ("uncertain", 0.3)])


@dataclass
class Thread:
    """The conversation so far; `now` moves on with everything said. Times are local and aware."""

    rng: random.Random
    scenario: Scenario
    channel: str
    slots: dict[str, str]
    agent: Row
    now: datetime
    messages: list[Row] = field(default_factory=list)

    @property
    def chat(self) -> bool:
        return self.channel == "webchat"

    def line(self, **said: Any) -> Row:
        """Add a line as it is; `at` is now."""
        row = {"at": self.now, "kind": "reply", "channel": self.channel, "text": "", "agent": None, **said}
        self.messages.append(row)
        return row

    def customer(self, text: str, *, after: float = 0, opening: bool = False) -> None:
        """The customer writes, so many seconds after the last line; an opening has a greeting or a signature."""
        self.now += timedelta(seconds=after)
        said = fill(text, self.slots, self.rng)
        if opening:
            said = self._greeted(said) if self.chat else said + self._surround("signatures_customer")
        said = typed(said, self.rng, chat=self.chat, angry=self.scenario.angry)
        self.line(author="customer", text=said)

    def _greeted(self, said: str) -> str:
        """A chat begins with a greeting as often as not."""
        greeting = self.rng.choice(common()["greetings"])
        polite = self.scenario.language != "pl" or said.lower().startswith(("dzień", "hej", "witam", "cześć"))
        return said if polite or not greeting else greeting + said[:1].lower() + said[1:]

    def assistant(self, text: str = "", *, article: str = "", choices: tuple[str, ...] = ()) -> None:
        """The assistant speaks at once: its own words, or an article's answer with the quotation."""
        self.now += timedelta(seconds=self.rng.randrange(1, 4))
        quote = shelf.answers()[article] if article else None
        offered = [{"article": slug, "title": shelf.answers()[slug]["title"]} for slug in choices]
        self.line(
            author="assistant",
            text=text or (shelf.first_sentence(quote["text"]) if quote else ""),
            article=article or None,
            quote=quote,
            choices=offered,
            confidence=round(self.rng.uniform(0.66, 0.97) if article else self.rng.uniform(0.2, 0.6), 2),
            delivery="delivered",
        )

    def event(self, name: str, *, after: float = 0, **data: str) -> None:
        self.now += timedelta(seconds=after)
        self.line(author="system", kind="event", event=name, data=data)

    def hand_over(self, reason: str) -> None:
        """A person is called, and the customer is told what to expect."""
        self.assistant(self._surround("assistant_hand_over" if is_open(self.now) else "assistant_hand_over_closed"))
        self.messages[-1]["why"] = "asked_for_person" if reason == "customer asked" else reason
        self.event("handed over", reason=reason)

    def reply(self, text: str, *, minutes: float, first: bool = False) -> None:
        """The agent answers after so many working minutes."""
        self.now = after_working(self.now, minutes)
        if first:
            self.event("joined", by=self.agent["slug"])
            self.now += timedelta(seconds=self.rng.randrange(20, 90))
        said = fill(text, self.slots, self.rng)
        if self.chat and first and not said.startswith(("Dzień dobry", "Hello", "Добрий")):
            said = self._surround("chat_greetings_agent") + said
        if not self.chat:
            said += self._surround("signatures_agent")
        self.line(author="agent", agent=self.agent["slug"], text=said, delivery=self._delivery())

    def _surround(self, name: str) -> str:
        return fill(self.rng.choice(surrounding(name, self.scenario.language)), self.slots, self.rng)

    def _delivery(self) -> str:
        return "delivered" if self.chat else DELIVERIES.pick(self.rng)

    def note(self, text: str) -> None:
        self.now += timedelta(seconds=self.rng.randrange(30, 600))
        self.line(author="agent", agent=self.agent["slug"], kind="note", text=text)

    def resolve(self, by: str, *, after: float) -> None:
        self.event("resolved", after=after, who=by)

    def rows(self) -> list[Row]:
        """The lines with their times as text."""
        return [{**row, "at": utc(row["at"])} for row in self.messages]
