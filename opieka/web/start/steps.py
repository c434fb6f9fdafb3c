"""The first steps: which there are, how long each takes, and how far a firm has come."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Organisation
from opieka.channels.base import Channel
from opieka.channels.models import Inbox
from opieka.channels.queries import inboxes_of
from opieka.channels.registry import channels

DONE, SKIPPED = "done", "skipped"


@dataclass(frozen=True, kw_only=True)
class Step:
    """`next_label` stands on the button that leads to the following step."""

    name: str
    title: Any
    minutes: int
    next_label: Any

    @property
    def url(self) -> str:
        return f"/start/{self.name}/"


STEPS = [
    Step(name="firm", title=_("Company"), minutes=1, next_label=_("Next: the look")),
    Step(name="look", title=_("Look and greeting"), minutes=2, next_label=_("Next: the mailbox")),
    Step(name="mailbox", title=_("Mailbox"), minutes=2, next_label=_("Next: code for your pages")),
    Step(name="snippet", title=_("Code for your pages"), minutes=1, next_label=_("Next: ready answers")),
    Step(name="answers", title=_("Ready answers"), minutes=3, next_label=_("Next: the first conversation")),
    Step(name="trial", title=_("First conversation"), minutes=1, next_label=_("Switch on for customers")),
]
BY_NAME = {step.name: step for step in STEPS}


def following(step: Step) -> Step | None:
    place = STEPS.index(step) + 1
    return STEPS[place] if place < len(STEPS) else None


def preceding(step: Step) -> Step | None:
    place = STEPS.index(step)
    return STEPS[place - 1] if place else None


def first_open(organisation: Organisation) -> Step:
    """The step to go on with; the last one when all are behind."""
    return next((step for step in STEPS if step.name not in organisation.first_steps), STEPS[-1])


def minutes_left(organisation: Organisation) -> int:
    return sum(step.minutes for step in STEPS if step.name not in organisation.first_steps)


def progress(organisation: Organisation, now: Step) -> list[dict[str, Any]]:
    """The list at the side: each step with its state (done, now, ahead) and a word about it."""
    rows = []
    for step in STEPS:
        state = organisation.first_steps.get(step.name, "")
        rows.append({"step": step, "done": state == DONE, "skipped": state == SKIPPED, "now": step == now})
    return rows


# --- which channels the steps are about: told by what they can do, not by their names ------------------------------
def _first(suits: Callable[[type[Channel]], bool]) -> str:
    return next((kind for kind, channel in channels().items() if channel.offered and suits(channel)), "")


def fetched_kind() -> str:
    """The channel whose messages we fetch: the mailbox."""
    return _first(lambda channel: channel.traits.watched)


def pasted_kind() -> str:
    """The channel that a shop pastes into its pages: the chat."""
    return _first(lambda channel: channel.snippet is not Channel.snippet)


def inbox_of(organisation: Organisation, kind: str) -> Inbox | None:
    """The firm's oldest inbox of that kind."""
    return inboxes_of(organisation).filter(kind=kind).order_by("id").first()
