"""How conversations go: answered by the assistant, handed over, answered by an agent, or nothing but noise."""

from collections.abc import Callable

from opieka.demo import shelf
from opieka.demo.thread import Thread
from opieka.demo.words import Phrase, Scenario, common

Flow = Callable[[Thread, Phrase, str], None]
DAY = 86_400


def tag_of(ask: Phrase) -> str:
    """The one word that says what the question is about; "" when it says nothing."""
    return min(ask.tags, default="")


def has_article(tag: str) -> bool:
    return tag in shelf.answers()


def askable(scenario: Scenario, channel: str) -> list[Phrase]:
    """The openings somebody can answer: an article, an agent's phrase, or (spam) nobody needs to."""
    part = "chat" if channel == "webchat" else "email"
    return [
        ask
        for ask in scenario.parts[part]
        if scenario.spam
        or (has_article(tag_of(ask)) and not scenario.people_only)
        or scenario.about("agent", tag_of(ask))
    ]


def flow_for(thread: Thread, ask: Phrase) -> Flow:
    """The course this conversation takes."""
    scenario, tag, rng = thread.scenario, tag_of(ask), thread.rng
    if scenario.spam:
        return noise
    people_can = bool(scenario.about("agent", tag))
    machine_can = has_article(tag) and not scenario.people_only
    if not machine_can:
        return handed_over if thread.chat else by_agent
    chance = rng.random()
    if thread.chat:
        if people_can and chance < 0.42:
            return not_enough
        return enough if chance < 0.72 else offered if chance < 0.8 else silent
    if people_can and chance < 0.72:
        return by_agent if chance < 0.6 else not_enough
    return enough if chance < 0.88 else silent


def enough(thread: Thread, ask: Phrase, tag: str) -> None:
    """The assistant's answer was what the customer needed, and they say so."""
    thread.customer(ask.text, opening=True)
    thread.assistant(article=tag)
    thread.messages[-1]["helpful"] = True
    thread.customer(thread.rng.choice(common()["enough"]), after=thread.rng.randrange(20, 400))
    thread.resolve("assistant", after=1)


def silent(thread: Thread, ask: Phrase, tag: str) -> None:
    """The assistant answered and the customer said nothing more. That does not count as solved."""
    thread.customer(ask.text, opening=True)
    thread.assistant(article=tag)
    thread.resolve("system", after=3 * DAY)


def offered(thread: Thread, ask: Phrase, tag: str) -> None:
    """The assistant was not sure, offered choices, and one of them was right."""
    others = sorted(set(shelf.answers()) - {tag})
    thread.customer(ask.text, opening=True)
    choices = (tag, *thread.rng.sample([slug for slug in others if not slug.startswith("wewn-")], 2))
    thread.assistant(common()["assistant_offer"][0], choices=choices)
    thread.customer(shelf.answers()[tag]["title"], after=thread.rng.randrange(8, 60))
    thread.messages[-1]["text"] = shelf.answers()[tag]["title"]
    thread.assistant(article=tag)
    thread.messages[-1]["helpful"] = True
    thread.customer(thread.rng.choice(common()["enough"]), after=thread.rng.randrange(20, 300))
    thread.resolve("assistant", after=1)


def not_enough(thread: Thread, ask: Phrase, tag: str) -> None:
    """The assistant answered, the customer wanted a person."""
    thread.customer(ask.text, opening=True)
    thread.assistant(article=tag)
    thread.messages[-1]["helpful"] = False
    thread.customer(thread.rng.choice(common()["want_person"]), after=thread.rng.randrange(15, 240))
    thread.hand_over("customer asked")
    with_agent(thread, tag, minutes=thread.rng.uniform(1, 9) if thread.chat else thread.rng.uniform(8, 150))


def handed_over(thread: Thread, ask: Phrase, tag: str) -> None:
    """A matter for people from its first line: a complaint, anger, a question no article answers."""
    thread.customer(ask.text, opening=True)
    thread.hand_over(thread.scenario.reason)
    with_agent(thread, tag, minutes=thread.rng.uniform(1, 9))


def by_agent(thread: Thread, ask: Phrase, tag: str) -> None:
    """An e-mail that a person answers."""
    thread.customer(ask.text, opening=True)
    with_agent(thread, tag, minutes=min(thread.rng.expovariate(1 / 95) + 6, 900))


def with_agent(thread: Thread, tag: str, *, minutes: float) -> None:
    """The agent's part: reply, perhaps a note and a second round, thanks, the end."""
    rng, scenario = thread.rng, thread.scenario
    if scenario.parts["note"] and rng.random() < 0.2:
        thread.note(rng.choice(scenario.parts["note"]).text)
    thread.reply(rng.choice(scenario.about("agent", tag)).text, minutes=minutes, first=True)
    _second_round(thread, tag)
    if rng.random() < 0.93:
        thread.customer(rng.choice(scenario.about("thanks", tag)).text, after=_pause(thread))
        if scenario.language == "pl" and rng.random() < (0.8 if thread.chat else 0.5):
            thread.reply(
                rng.choice(common()["closings_agent"]), minutes=rng.uniform(1, 4) if thread.chat else rng.uniform(5, 90)
            )
    thread.resolve("agent", after=rng.randrange(60, 5_000))


def _second_round(thread: Thread, tag: str) -> None:
    """Most people ask one thing more."""
    rng, scenario = thread.rng, thread.scenario
    more, further = scenario.about("more", tag), scenario.about("agent_more", tag)
    if not (more and further) or rng.random() > 0.95:
        return
    thread.customer(rng.choice(more).text, after=_pause(thread))
    thread.reply(rng.choice(further).text, minutes=rng.uniform(1, 6) if thread.chat else rng.uniform(10, 200))


def noise(thread: Thread, ask: Phrase, _tag: str) -> None:
    """Advertising: one line, set aside."""
    thread.customer(ask.text)
    thread.note(thread.scenario.parts["note"][0].text)
    thread.resolve("agent", after=30)


def _pause(thread: Thread) -> int:
    """Seconds until the customer writes again."""
    return thread.rng.randrange(20, 180) if thread.chat else thread.rng.randrange(600, 60_000)
