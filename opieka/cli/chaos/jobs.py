"""`kill -9` of the running product while messages come in by two doors, from senders that repeat what was not taken."""

import random
import time
from collections.abc import Callable
from typing import Any

from opieka.cli.chaos.senders import Chatting, Hooking, Sender
from opieka.plumbing.trial import Failed, Trial, trial

SCENE = "opieka.cli.chaos.scene"
SENDERS = 4
KILLS = 4
CHAT_SHARE = 8
SETTLE_SECONDS = 240.0


def kill_while_messages_come(messages: int, *, seed: int, database: str = "") -> dict[str, Any]:
    """What became of so many messages: `lost`, `doubled`, `joined_wrongly`, `stuck` jobs, `uncertain` replies."""
    with trial(database=database) as product:
        scene = product.play(SCENE, "prepare")
        product.start()
        senders = _senders(product, scene, messages)
        began = time.monotonic()
        kills = _kill_now_and_then(product, senders, random.Random(seed))
        for sender in senders:
            sender.join()
            if sender.failure:
                raise sender.failure
        took = time.monotonic() - began
        outcome = _settled(product)
    acknowledged = [text for sender in senders for text in sender.taken]
    return {
        "messages": messages,
        "acknowledged": len(acknowledged),
        "repeated": sum(sender.repeated for sender in senders),
        "kills": kills,
        "seconds": round(took, 1),
        "lost": len(set(acknowledged) - set(outcome["texts"])),
        "doubled": len(outcome["texts"]) - len(set(outcome["texts"])),
        "joined_wrongly": outcome["joined_wrongly"],
        "stuck": outcome["stuck"],
        "uncertain": outcome["uncertain"],
    }


def _senders(product: Trial, scene: dict[str, Any], messages: int) -> list[Sender]:
    """Hooks from several callers at once, and one visitor after another in the chat."""
    chats = messages // CHAT_SHARE
    shares = [range(first, messages - chats, SENDERS) for first in range(SENDERS)]
    made: list[Sender] = [Hooking(product.url, share, key=scene["hook"], secret=scene["secret"]) for share in shares]
    made.append(Chatting(product.url, range(messages - chats, messages), key=scene["chat"]))
    for sender in made:
        sender.start()
    return made


def _kill_now_and_then(product: Trial, senders: list[Sender], dice: random.Random) -> int:
    """Kill it when so many messages were taken, and start it again at once."""
    whole = sum(len(sender.numbers) for sender in senders)
    moments = sorted(dice.sample(range(max(1, whole // 20), max(KILLS + 1, whole * 4 // 5)), KILLS))
    for moment in moments:
        _wait_until(lambda moment=moment: sum(len(sender.taken) for sender in senders) >= moment, senders)  # type: ignore[misc]
        time.sleep(dice.uniform(0, 0.05))
        product.kill()
        product.start()
    return len(moments)


def _wait_until(true: Callable[[], bool], senders: list[Sender]) -> None:
    while not true():
        if not any(sender.is_alive() for sender in senders):
            return
        time.sleep(0.005)


def _settled(product: Trial) -> dict[str, Any]:
    """What is there once no job is left that is due. Raises Failed when the product does not get there."""
    end = time.monotonic() + SETTLE_SECONDS
    while (outcome := product.play(SCENE, "count"))["due"]:
        if time.monotonic() > end:
            raise Failed(f"{outcome['due']} jobs were still not done after {SETTLE_SECONDS:.0f} s.")
        time.sleep(0.5)
    return outcome
