"""Two years of conversations: those of the screenplay, and as many others as are missing."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opieka.demo import flows
from opieka.demo.people import agents
from opieka.demo.seasons import calendar, moment_of
from opieka.demo.seeds import Weighted, id_for, rng_for
from opieka.demo.slots import slots_for
from opieka.demo.thread import Thread
from opieka.demo.words import Phrase, Scenario, fitting, scenarios
from opieka.demo.words import fill as fill_in
from opieka.demo.working_time import utc

Row = dict[str, Any]
CHANNELS = Weighted([("email", 60.0), ("webchat", 40.0)])
QUEUE = "Obsługa zamówień"
TEAMS = {
    "returns": "Reklamacje i zwroty", "refund": "Reklamacje i zwroty", "complaint": "Reklamacje i zwroty",
    "damaged": "Reklamacje i zwroty", "warranty": "Reklamacje i zwroty", "invoice": "Faktury i firmy",
    "payment": "Faktury i firmy", "business": "Faktury i firmy", "product": "Doradcy produktowi",
    "availability": "Doradcy produktowi",
}  # fmt: skip
LATER = {
    "order_status": (1, 5), "order_change": (0, 1), "returns": (4, 14), "refund": (9, 20), "complaint": (9, 260),
    "damaged": (2, 6), "warranty": (40, 400), "invoice": (0, 10), "payment": (0, 1),
}  # fmt: skip
"""How many days after the order people write about it, by topic."""
LEFT = timedelta(days=200)


@dataclass(frozen=True)
class Stage:
    """What every conversation draws from."""

    seed: int
    anchor: datetime
    orders: Sequence[Row]
    agents: Sequence[Row]


def talks(seed: int, anchor: datetime, orders: list[Row], count: int) -> list[Row]:
    """So many settled conversations, none of which goes on past the anchor."""
    stage = Stage(seed, anchor, orders, agents(anchor))
    return [_talk(stage, number) for number in range(count)]


def live(seed: int, anchor: datetime, orders: list[Row], assignees: Sequence[str]) -> list[Row]:
    """One conversation per assignee that began in the last hours and still waits for them."""
    stage = Stage(seed, anchor, orders[-400:-60], agents(anchor))
    return [_live(stage, number, slug) for number, slug in enumerate(assignees)]


def _talk(stage: Stage, number: int) -> Row:
    """Draws again while the conversation would end after the anchor."""
    for attempt in range(40):
        rng = rng_for(stage.seed, "talk", f"{number}/{attempt}")
        order = stage.orders[rng.randrange(len(stage.orders))]
        scenario = _scenario(rng, order["customer"]["language"])
        order = _fitting_order(stage, rng, scenario, order)
        thread = _thread(stage, rng, scenario, order)
        ask = rng.choice(flows.askable(scenario, thread.channel))
        flows.flow_for(thread, ask)(thread, ask, flows.tag_of(ask))
        if thread.now < stage.anchor:
            return _row(stage, thread, order, key=str(number), ask=ask)
    raise RuntimeError(f"Conversation {number} would never end.")


def _scenario(rng: random.Random, language: str, *, topics: tuple[str, ...] = ()) -> Scenario:
    while True:
        scenario = scenarios().pick(rng)
        if scenario.language == language and (not topics or scenario.topic in topics):
            return scenario


def _fitting_order(stage: Stage, rng: random.Random, scenario: Scenario, order: Row) -> Row:
    """The order itself, or another one of something this can be about."""
    for _ in range(400):
        if order["lines"][0]["product"].startswith(scenario.products or ""):
            return order
        other = stage.orders[rng.randrange(len(stage.orders))]
        order = other if other["customer"]["language"] == scenario.language else order
    raise RuntimeError(f"Nobody ordered anything for {scenario.key}.")


def _thread(stage: Stage, rng: random.Random, scenario: Scenario, order: Row) -> Thread:
    start = _start(stage, rng, scenario, order)
    channel = CHANNELS.pick(rng)
    agent = _agent(stage, rng, scenario, start)
    slots = slots_for(rng, customer=order["customer"], order=order, now=start)
    return Thread(
        rng=rng,
        scenario=scenario,
        channel=channel,
        slots={**slots, "agent": agent["name"].split()[0]},
        agent=agent,
        now=start,
    )


def _start(stage: Stage, rng: random.Random, scenario: Scenario, order: Row) -> datetime:
    later = LATER.get(scenario.topic)
    if later is None:
        return moment_of(calendar(stage.anchor).pick(rng), rng)
    start = moment_of((order["placed"] + timedelta(days=rng.randint(*later))).date(), rng)
    soonest: datetime = order["placed"] + timedelta(minutes=rng.randrange(10, 300))
    return max(start, soonest)


def _agent(stage: Stage, rng: random.Random, scenario: Scenario, now: datetime) -> Row:
    team = TEAMS.get(scenario.topic, QUEUE)
    long_ago = now < stage.anchor - LEFT
    fit = [
        (row, float(row["load"]))
        for row in stage.agents
        if team in row["teams"] and row["load"] and (row["active"] or long_ago)
    ]
    if scenario.language == "uk":
        return next(row for row in stage.agents if "uk" in row["languages"])
    return Weighted(fit).pick(rng)


def _row(stage: Stage, thread: Thread, order: Row, *, key: str, ask: Phrase) -> Row:
    """The conversation with its lines, as plain data."""
    scenario, rng = thread.scenario, thread.rng
    people = [row for row in thread.messages if row["author"] == "agent" or row.get("event") == "handed over"]
    closing = thread.messages[-1] if thread.messages[-1].get("event") == "resolved" else None
    return {
        "id": id_for(stage.seed, "conversation", key),
        "story": None,
        "channel": thread.channel,
        "customer": order["customer"]["id"],
        "order": order["number"],
        "subject": "" if thread.chat else fill_in(_subject(scenario, ask, rng), thread.slots, rng),
        "scenario": scenario.key,
        "topic": scenario.topic,
        "language": scenario.language,
        "tags": ["spam"] if scenario.spam else [],
        "team": TEAMS.get(scenario.topic, QUEUE),
        "assignee": thread.agent["slug"] if people else None,
        "status": "resolved" if closing else "open",
        "resolved_by": closing["data"]["who"] if closing else None,
        "snoozed_until": None,
        "unread": 0 if closing else 1,
        "messages": thread.rows(),
        "created": utc(thread.messages[0]["at"]),
    }


def _subject(scenario: Scenario, ask: Phrase, rng: random.Random) -> str:
    if scenario.language != "pl":
        return rng.choice(scenario.subjects)
    return fitting(scenario.subjects, ask.text, rng)


def _live(stage: Stage, number: int, slug: str) -> Row:
    rng = rng_for(stage.seed, "live", number)
    order = stage.orders[rng.randrange(len(stage.orders))]
    scenario = _scenario(rng, "pl", topics=("returns", "invoice", "refund"))
    order = _fitting_order(stage, rng, scenario, order)
    thread = _thread(stage, rng, scenario, order)
    thread.channel = "email"
    thread.agent = next(row for row in stage.agents if row["slug"] == slug)
    thread.now = stage.anchor - timedelta(minutes=rng.choice((rng.randrange(15, 95), rng.randrange(690, 860))))
    ask = rng.choice([ask for ask in flows.askable(scenario, "email") if scenario.about("agent", flows.tag_of(ask))])
    thread.customer(ask.text, opening=True)
    thread.event("assigned", after=5, to=slug)
    return _row(stage, thread, order, key=f"live/{number}", ask=ask) | {"assignee": slug}
